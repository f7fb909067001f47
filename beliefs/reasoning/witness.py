"""The search from a model outwards: it looks at what the input falsifies, and what that falsifies in turn.

A *hypothesis* is a finite model, at best a witness of the whole theory. The input is laid on it: a SAT solver
holds the input and, at first, nothing else. The model that it proposes differs from the hypothesis in a few
atoms, the *flips*, and a belief that mentions no flip is as true as it was. So only those beliefs (of a rule,
those instances) that mention a flip and are false now are handed to the solver, which proposes again. When
nothing more is falsified, the hypothesis with its flips is a model of everything, by construction; when the
few loaded ones conflict, so does the whole. Where no witness is known, the hypothesis is the model in which
no atom holds, and what that falsifies is loaded first: the same search, with more to look at.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import itemgetter
from weakref import ref

from immutables import Map

from beliefs.language.clauses import Literals, ground_clauses, literals
from beliefs.language.memo import remembered
from beliefs.language.mentions import mentions
from beliefs.language.semantics import Element, Ground, Model, truth
from beliefs.language.syntax import TRUE, Formula
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.features import PROPOSITIONAL, Features, features
from beliefs.reasoning.grounding import ground, individuals, skolemized
from beliefs.reasoning.joins import Facts, false_instances, false_instances_touching
from beliefs.reasoning.sat_oracle import Draft, SatOracle, drafted
from beliefs.reasoning.theory import Theory
from beliefs.reasoning.verdict import Label, Sat, Unknown, Unsat, Verdict

INPUT: Label = ("input",)
"""The label of the inputs; a tuple, so that no belief can be called so."""

_LOCAL_SHARE = 0.05
_LOCAL_COUNT = 20
"""Once this share of the theory, and this many beliefs, have been loaded, nothing about the question is
local: the rest is loaded at one go, since further rounds would cost more than the clauses."""

_FEW_SPARE = 64
_FEW_TIMES = 4
"""A solver for a few beliefs is made anew once it holds so many times as many as it is asked about, and some more."""

_clauses_of = remembered(1 << 16)(ground_clauses)

_LOOK_AT_CLOCK = 100
"""How many instances are loaded between two looks at the clock: some milliseconds of work."""


class OutsideFragment(Exception):  # noqa: N818  (a signal to the next search; no user ever sees it)
    """The question touches a formula that grounding does not decide."""


@dataclass(frozen=True, slots=True)
class AllBut:
    """Whether a label is none of some: which formulas of a theory are active when these are left out."""

    excluded: frozenset[Label]

    def __call__(self, label: Label) -> bool:
        """Return whether a label is active."""
        return label not in self.excluded


@dataclass(frozen=True, slots=True)
class _Rule:
    """A formula that is looked at instance by instance.

    Attributes:
        label: the label its instances are loaded under.
        formula: the formula, elaborated.
        features: what kind of formula it is.
        skolemized: the formula with a new individual in place of each existential variable over an open sort.
        newcomers: these individuals, with their sorts.
    """

    label: Label
    formula: Formula
    features: Features
    skolemized: Formula
    newcomers: Mapping[str, str]


class WitnessSearch:
    """Decides whether parts of a theory are true together with some inputs, from a model outwards.

    Cost: a call follows the beliefs that its flips falsify and, for each round, those that mention a flip;
    the size of the theory does not enter, but for its rules, each of which is glanced at once.
    """

    def __init__(
        self,
        theory: Theory,
        inputs: Sequence[Formula],
        hypothesis: Model | None,
        suspects: Iterable[str],
        deadline: Deadline,
    ) -> None:
        """Lay the inputs on a hypothesis.

        Args:
            theory: the labelled formulas.
            inputs: formulas, elaborated under the theory's signature, that hold throughout.
            hypothesis: a model of every formula of the theory but the suspects; None where no model is known.
            suspects: the labels whose formulas the hypothesis may falsify; without a hypothesis, all are
                suspect.
            deadline: what the whole search may spend.

        Raises:
            OutsideFragment: the inputs are not decided by grounding, or some rules are not in this company.
        """
        self._theory = theory
        self._deadline = deadline
        self._labels: dict[Label, None] = {}
        self._whole: dict[Label, Formula] = {}
        self._instances: set[tuple[Label, Formula]] = set()
        self._everything_loaded = False
        self._few: SatOracle | None = None
        self._few_held: set[Label] = set()
        self._users: dict[Ground, Sequence[str]] = {}
        self._passed_over: dict[str, None] = {}
        self._inputs = [self._rule(INPUT, formula, f"input{number}") for number, formula in enumerate(inputs)]
        if not all(rule.features.groundable for rule in self._inputs):
            raise OutsideFragment
        self._rules = {name: self._rule(name, theory.formula(name), name) for name in sorted(theory.rules())}
        self._inputs_about = _by_predicate(self._inputs)
        self._refuse_what_is_not_ground()
        self._hypothesis = hypothesis if hypothesis is not None else nothing_holds(theory)
        strangers = self._compares and self._dismiss_strangers()
        suspected = list(theory.names() if hypothesis is None else suspects)
        newcomers = self._admit_newcomers(suspected)
        if strangers:
            suspected += [name for name, rule in self._rules.items() if not rule.features.groundable]
        self._domain = {sort: dict.fromkeys(elements) for sort, elements in self._hypothesis.universe.items()}
        self._facts = Facts(self._hypothesis)
        self._proposal = self._hypothesis
        self._flips: frozenset[Ground] = frozenset()
        self._said = [self._spelt_out(rule) for rule in self._inputs if rule.features.ground]
        self._oracle = self._oracle_to_begin_with()
        self._oracle.suggest(self._hypothesis)
        self._oracle.add(INPUT, TRUE)
        self._load_what_is_false(suspected, newcomers)

    def decide(self, active: Callable[[Label], bool]) -> Verdict:
        """Decide whether the inputs and all formulas whose label is active can be true together.

        Returns:
            `Sat` with a model of all of them; `Unsat` with a core of active labels (the inputs go without
            saying); `Unknown` when the time is up.

        Raises:
            OutsideFragment: a rule that grounding does not decide is touched, and the proposal does not
            satisfy it.
        """
        looked_at: frozenset[Ground] = frozenset()
        while True:
            allowance = self._deadline.remaining()
            if isinstance(allowance, Unknown):
                return allowance
            self._oracle.budget = allowance
            if isinstance(active, AllBut):
                verdict = self._oracle.check_all_but(active.excluded)
            else:
                verdict = self._oracle.check([INPUT, *filter(active, self._labels)], model=False)
            if isinstance(verdict, Unsat):
                return Unsat(verdict.core - {INPUT})
            if isinstance(verdict, Unknown):
                return self._deadline.told(verdict)
            flips = self._oracle.departures()
            falsified = [] if self._everything_loaded else self._falsified(active, flips)
            if not self._is_ground:
                proposal = self._facts.flipped(flips)
                # What mentions no atom that has changed since the last proposal is as true as it was then.
                instances = self._falsified_instances(active, flips ^ looked_at, proposal)
            else:
                instances = []
            if not falsified and not instances:
                return Sat(self._hypothesis.flipped(flips))
            looked_at = flips
            self._load_whole(falsified)
            for label, instance in instances:
                self._load(label, instance)
            self._load_everything_unless_local()

    def check(self, labels: Collection[Label]) -> Verdict:
        """Decide whether the inputs and just the formulas of these labels can be true together; see `decide`."""
        verdict = self._decide_among(labels)
        return self.decide(frozenset(labels).__contains__) if verdict is None else verdict

    def _decide_among(self, labels: Collection[Label]) -> Verdict | None:
        """Decide whether the inputs and the formulas of just these labels can be true together, without a model.

        None where the solver does not hold all of them as they are: it may know a rule by some instances only.
        Then `decide` is to be asked.

        Cost: that of these formulas alone, whatever else is held. A core is so shrunk in a solver of its own.
        """
        if not self._inputs_are_ground or any(label not in self._whole for label in labels):
            return None
        allowance = self._deadline.remaining()
        if isinstance(allowance, Unknown):
            return allowance
        oracle = self._oracle_of_few(labels)
        oracle.budget = allowance
        verdict = oracle.check([INPUT, *labels], model=False)
        if isinstance(verdict, Unsat):
            return Unsat(verdict.core - {INPUT})
        return self._deadline.told(verdict) if isinstance(verdict, Unknown) else verdict

    def _oracle_of_few(self, labels: Collection[Label]) -> SatOracle:
        """The solver that holds the inputs, these formulas, and few others."""
        if self._few is None or len(self._few_held) > _FEW_TIMES * len(labels) + _FEW_SPARE:
            self._few = SatOracle()
            self._few_held = set()
            self._few.add(INPUT, TRUE)
            _add(self._few, [(INPUT, formula) for formula in self._said], ground_clauses)
        missing = [label for label in labels if label not in self._few_held]
        _add(self._few, [(label, self._whole[label]) for label in missing])
        self._few_held.update(missing)
        return self._few

    def _spelt_out(self, rule: _Rule) -> Formula:
        """A formula without quantifiers, equalities of individuals decided."""
        return rule.formula if rule.features == PROPOSITIONAL else ground(rule.formula, self._domain)

    def _oracle_to_begin_with(self) -> SatOracle:
        """A solver that holds nothing or, where the inputs speak of much, all ground formulas of the theory."""
        if not self._inputs_are_ground or not self._said:
            return SatOracle()
        spoken_of = sum(len(mentions(formula).atoms) for formula in self._said)
        if not len(self._theory) or spoken_of < _LOCAL_SHARE * len(self._theory):
            return SatOracle()
        draft, self._whole = _draft(self._theory, self._rules)
        self._labels.update(dict.fromkeys(self._whole))
        self._everything_loaded = True
        return SatOracle(draft=draft)

    @property
    def _inputs_are_ground(self) -> bool:
        return not self._inputs_about

    @property
    def _is_ground(self) -> bool:
        return not self._rules and self._inputs_are_ground

    def _rule(self, label: Label, formula: Formula, prefix: str) -> _Rule:
        kind = features(formula, self._theory.signature)
        if not (kind.skolem and kind.groundable):
            return _Rule(label, formula, kind, formula, {})
        return _Rule(label, formula, kind, *skolemized(formula, prefix, self._theory.signature))

    def _refuse_what_is_not_ground(self) -> None:
        """Leave to the general search what names alone do not decide.

        What an existential speaks of may be one of the named individuals. Without equality nothing can tell a
        twin from the original, so it may as well be someone new; with equality on open sorts somebody can.
        """
        everything = [*self._inputs, *self._rules.values()]
        self._compares = any(rule.features.equality for rule in everything)
        if self._compares and (
            not self._theory.unique_names or any(rule.features.skolem for rule in everything)
        ):
            raise OutsideFragment

    def _dismiss_strangers(self) -> bool:
        """Leave out of the universe whom nothing names any more; return whether there was anyone.

        Without equality it does not matter how many there are. With it, only those may be reckoned with who are sure
        to exist: the individuals of the signature. What holds of all still holds of fewer.
        """
        named = self._theory.signature.constants
        universe = self._hypothesis.universe
        kept = {
            sort: tuple(
                element for element in elements if element in named or self._theory.signature.is_closed(sort)
            )
            for sort, elements in universe.items()
        }
        for sort, elements in universe.items():
            # Somebody there is of each sort. Where nobody is named, that one stays, or would come back as someone new.
            if somebody(sort) in elements and sort not in named.values():
                kept[sort] = (somebody(sort),)
        if all(len(kept[sort]) == len(elements) for sort, elements in universe.items()):
            return False
        dismissed = {element for sort, elements in universe.items() for element in elements} - set().union(
            *kept.values()
        )
        self._hypothesis = Model(
            universe=Map({sort: elements for sort, elements in kept.items() if elements}),
            true=Map((atom, None) for atom in self._hypothesis.true if dismissed.isdisjoint(atom[1:])),
            values=Map(
                (term, value)
                for term, value in self._hypothesis.values.items()
                if dismissed.isdisjoint((*term[1:], value))
            ),
            defaults=Map(
                (name, value) for name, value in self._hypothesis.defaults.items() if value not in dismissed
            ),
        )
        return True

    def _admit_newcomers(self, suspects: Iterable[str]) -> dict[str, list[str]]:
        """Extend the universe by individuals that the hypothesis has never heard of; return them by sort."""
        signature = self._theory.signature
        spoken_of: dict[tuple[str, str], None] = {}
        for rule in (*self._inputs, *self._rules.values()):
            spoken_of.update(dict.fromkeys(individuals(rule.formula, signature)))
            spoken_of.update(dict.fromkeys((sort, name) for name, sort in rule.newcomers.items()))
        for name in suspects:
            spoken_of.update(dict.fromkeys(individuals(self._theory.formula(name), signature)))
        if self._compares:
            spoken_of.update(
                dict.fromkeys((sort, name) for name, sort in sorted(signature.constants.items()))
            )
        for sort, members in signature.sorts.items():
            spoken_of.update(dict.fromkeys((sort, member) for member in members or ()))
        known = {sort: frozenset(elements) for sort, elements in self._hypothesis.universe.items()}
        newcomers: dict[str, list[str]] = {}
        for sort, name in spoken_of:
            if name not in known.get(sort, frozenset()):
                newcomers.setdefault(sort, []).append(name)
        for sort in signature.sorts:
            if not known.get(sort) and sort not in newcomers:
                newcomers[sort] = [somebody(sort)]
        for sort, names in newcomers.items():
            for name in names:
                self._hypothesis = self._hypothesis.with_element(sort, name)
        return newcomers

    def _load_what_is_false(self, suspects: Iterable[str], newcomers: Mapping[str, Collection[str]]) -> None:
        """Load what the hypothesis falsifies: of the inputs and suspects anything, of the others what is new.

        A belief that is no suspect was true before the newcomers came, and only a rule can say anything of
        them.
        """
        suspect = set(suspects)
        for rule in self._inputs:
            if not rule.features.ground:
                self._load_false_instances(rule)
        _add(self._oracle, [(INPUT, formula) for formula in self._said], ground_clauses)
        for name, rule in self._rules.items():
            if not rule.features.groundable:
                if name in suspect or (newcomers and not rule.features.ground):
                    self._insist_on(rule, self._hypothesis)
            elif name in suspect:
                self._load_false_instances(rule)
            elif newcomers:
                self._load_false_instances(rule, newcomers)
        open_names = sorted(suspect.difference(self._rules, self._whole))
        said = ((name, self._theory.formula(name)) for name in open_names)
        self._load_whole([each for each in said if truth(each[1], self._hypothesis) is not True])

    def _load_false_instances(
        self, rule: _Rule, newcomers: Mapping[str, Collection[str]] | None = None
    ) -> None:
        """Load what the hypothesis falsifies of a rule, as far as the time allows; `decide` tells when it is up."""
        found = false_instances(rule.skolemized, self._facts, self._domain, newcomers)
        for number, instance in enumerate(found):
            if number % _LOOK_AT_CLOCK == 0 and isinstance(self._deadline.remaining(), Unknown):
                return
            self._load(rule.label, instance)

    def _insist_on(self, rule: _Rule, model: Model) -> None:
        """Go on only if a model is known to satisfy a rule that cannot be loaded.

        A declared function without arguments looks like an individual to `truth`; it needs a value in the model.
        """
        functions = self._theory.signature.functions_among(mentions(rule.formula).symbols)
        open_terms = (
            name for name in functions if name not in model.defaults and (name,) not in model.values
        )
        if any(open_terms) or truth(rule.formula, model) is not True:
            raise OutsideFragment

    def _load(self, label: Label, formula: Formula) -> None:
        """Load an input, or an instance of a rule."""
        if (label, formula) not in self._instances:
            self._oracle.add(label, formula)
            self._instances.add((label, formula))
            self._labels[label] = None

    def _load_whole(self, said: Collection[tuple[Label, Formula]]) -> None:
        """Load ground formulas of the theory that are not loaded yet."""
        _add(self._oracle, said)
        self._whole.update(said)
        self._labels.update((label, None) for label, _ in said)

    def _load_everything_unless_local(self) -> None:
        if not self._everything_loaded and len(self._whole) + len(self._instances) > max(
            _LOCAL_COUNT, _LOCAL_SHARE * len(self._theory)
        ):
            left = set(self._theory.names()).difference(self._whole, self._rules)
            self._load_whole([(name, self._theory.formula(name)) for name in sorted(left)])
            self._everything_loaded = True

    def _falsified(
        self, active: Callable[[Label], bool], flips: frozenset[Ground]
    ) -> list[tuple[Label, Formula]]:
        """Return the ground formulas that a proposal falsifies and the solver does not hold, by name.

        All that the solver does not hold was true in the last proposal, but for what was passed over then for not
        being active. So only that, and what mentions an atom that has changed since, is looked at.
        """
        changed = flips ^ self._flips
        proposal = self._proposal.flipped(changed)
        names = set(self._passed_over)
        for atom in changed:
            names.update(self._users_of(atom))
        found: list[tuple[Label, Formula]] = []
        for name in names.difference(self._whole):
            formula = self._theory.formula(name)
            if truth(formula, proposal) is not True:
                if active(name):
                    found.append((name, formula))
                else:
                    self._passed_over[name] = None
        self._proposal, self._flips = proposal, flips
        # The order is fixed, so that the same question is searched in the same way in every process.
        found.sort(key=itemgetter(0))
        return found

    def _users_of(self, atom: Ground) -> Sequence[str]:
        """The ground formulas that mention an atom, looked up once."""
        users = self._users.get(atom)
        if users is None:
            users = [name for name in self._theory.touching(atom) if name not in self._rules]
            self._users[atom] = users
        return users

    def _falsified_instances(
        self, active: Callable[[Label], bool], changed: Iterable[Ground], proposal: Facts
    ) -> list[tuple[Label, Formula]]:
        """Return the instances of rules that a proposal falsifies, in an order that is fixed as well."""
        found: dict[tuple[Label, Formula], None] = {}
        for atom in sorted(changed, key=str):
            for rule in self._inputs_about.get(atom[0], ()):
                found.update(dict.fromkeys(self._instances_of(rule, atom, proposal)))
            if self._rules:
                for name in sorted(self._rules.keys() & self._theory.touching(atom)):
                    if active(name):
                        found.update(dict.fromkeys(self._instances_of(self._rules[name], atom, proposal)))
        return list(found)

    def _instances_of(self, rule: _Rule, atom: Ground, proposal: Facts) -> Iterator[tuple[Label, Formula]]:
        """Yield the instances of a rule that a proposal falsifies, one of its flips being this atom.

        An existential may have been true of anybody; once it is not, it is about its own individual.
        """
        if not rule.features.groundable:
            self._insist_on(rule, proposal.model)
            return
        if not rule.features.skolem:
            found = false_instances_touching(rule.skolemized, atom, proposal, self._domain)
        elif truth(rule.formula, proposal.model):
            return
        else:
            found = false_instances(rule.skolemized, proposal, self._domain)
        for instance in found:
            yield rule.label, instance


def _draft(theory: Theory, rules: Collection[str]) -> tuple[Draft, dict[Label, Formula]]:
    """The ground formulas of a theory as clauses of numbers, and by label; the last few are kept.

    They follow from the theory alone, so that it makes no difference to any answer whether they were kept.
    """
    for known, draft, whole in _DRAFTS:
        if known() is theory:
            return draft, whole.copy()
    names = (name for name in sorted(theory.names()) if name not in rules)
    said: dict[Label, Formula] = {name: theory.formula(name) for name in names}
    made = drafted((name, formula, _clauses_of(formula)) for name, formula in said.items())
    with suppress(TypeError):  # there are theories to which there can be no weak reference
        _DRAFTS.append((ref(theory), made, said))
    return made, said.copy()


_DRAFTS: deque[tuple[ref[Theory], Draft, dict[Label, Formula]]] = deque(maxlen=4)


def _add(
    oracle: SatOracle,
    said: Iterable[tuple[Label, Formula]],
    clauses_of: Callable[[Formula], tuple[Literals, ...] | None] = _clauses_of,
) -> None:
    """Have an oracle hold ground formulas; most are clauses, and those of beliefs are only worked out once."""
    clausal: list[tuple[Label, Iterable[Literals]]] = []
    for label, formula in said:
        clauses = clauses_of(formula)
        if clauses is None:
            oracle.add(label, formula)
        else:
            clausal.append((label, clauses))
    oracle.add_clauses(clausal)


def somebody(sort: str) -> str:
    """The individual of a sort of which nobody is named; no name of the language has a `#` in it."""
    return f"{sort}#1"


def _by_predicate(rules: Iterable[_Rule]) -> dict[Element | None, list[_Rule]]:
    """The rules that each predicate occurs in, but for ground ones: those are loaded whole at once."""
    about: dict[Element | None, list[_Rule]] = {}
    for rule in rules:
        if not rule.features.ground:
            for predicate in dict.fromkeys(pattern[0] for pattern, _ in literals(rule.formula)):
                about.setdefault(predicate, []).append(rule)
    return about


def nothing_holds(theory: Theory) -> Model:
    """The model over the individuals of a theory in which no atom holds."""
    universe: dict[str, list[str]] = {
        sort: list(members or ()) for sort, members in theory.signature.sorts.items()
    }
    for name, sort in sorted(theory.signature.constants.items()):
        if not theory.signature.is_closed(sort):
            universe[sort].append(name)
    return Model(universe=Map({sort: tuple(elements) for sort, elements in universe.items() if elements}))
