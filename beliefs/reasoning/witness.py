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

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from immutables import Map

from beliefs.language.clauses import literals
from beliefs.language.mentions import Mentions
from beliefs.language.semantics import Element, Ground, Model, truth
from beliefs.language.syntax import TRUE, Formula
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.features import Features, features
from beliefs.reasoning.grounding import ground, individuals, skolemized
from beliefs.reasoning.joins import Facts, false_instances, false_instances_touching
from beliefs.reasoning.sat_oracle import SatOracle
from beliefs.reasoning.theory import Theory
from beliefs.reasoning.verdict import Label, Sat, Unknown, Unsat, Verdict

INPUT: Label = ("input",)
"""The label of the inputs; a tuple, so that no belief can be called so."""

_LOCAL_SHARE = 0.05
_LOCAL_COUNT = 200
"""Once this share of the theory, and this many beliefs, have been loaded, nothing about the question is
local: the rest is loaded at one go, since further rounds would cost more than the clauses."""


_LOOK_AT_CLOCK = 100
"""How many instances are loaded between two looks at the clock: some milliseconds of work."""


class OutsideFragment(Exception):  # noqa: N818  (a signal to the next search; no user ever sees it)
    """The question touches a formula that grounding does not decide."""


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
        self._oracle = SatOracle()
        self._labels: dict[Label, None] = {}
        self._loaded: set[tuple[Label, Formula]] = set()
        self._everything_loaded = False
        self._rules = {name: self._rule(name, theory.formula(name), name) for name in sorted(theory.rules())}
        self._inputs = [self._rule(INPUT, formula, f"input{number}") for number, formula in enumerate(inputs)]
        self._inputs_about = _by_predicate(self._inputs)
        self._refuse_what_is_not_ground()
        self._hypothesis = hypothesis if hypothesis is not None else _nothing_holds(theory)
        strangers = self._compares and self._dismiss_strangers()
        suspected = list(theory.names() if hypothesis is None else suspects)
        newcomers = self._admit_newcomers(suspected)
        if strangers:
            suspected += [name for name, rule in self._rules.items() if not rule.features.groundable]
        self._domain = {sort: dict.fromkeys(elements) for sort, elements in self._hypothesis.universe.items()}
        self._facts = Facts(self._hypothesis)
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
            verdict = self._oracle.check([INPUT, *filter(active, self._labels)])
            if isinstance(verdict, Unsat):
                return Unsat(verdict.core - {INPUT})
            if isinstance(verdict, Unknown):
                return self._deadline.told(verdict)
            assert verdict.model is not None
            flips = self._flips(verdict.model)
            proposal = self._facts.flipped(flips)
            # What mentions no atom that has changed since the last proposal is as true as it was then.
            falsified = self._falsified(active, flips ^ looked_at, proposal)
            if not falsified:
                return Sat(proposal.model)
            looked_at = flips
            for label, formula in falsified:
                self._load(label, formula)
            self._load_everything_unless_local()

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
        if not all(rule.features.groundable for rule in self._inputs):
            raise OutsideFragment
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
            if _somebody(sort) in elements and sort not in named.values():
                kept[sort] = (_somebody(sort),)
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
                newcomers[sort] = [_somebody(sort)]
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
            if rule.features.ground:
                self._load(INPUT, ground(rule.formula, self._domain))
            else:
                self._load_false_instances(rule)
        for name, rule in self._rules.items():
            if not rule.features.groundable:
                if name in suspect or newcomers:
                    self._insist_on(rule, self._hypothesis)
            elif name in suspect:
                self._load_false_instances(rule)
            elif newcomers:
                self._load_false_instances(rule, newcomers)
        for name in sorted(suspect - self._rules.keys()):
            formula = self._theory.formula(name)
            if truth(formula, self._hypothesis) is not True:
                self._load(name, formula)

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
        functions = Mentions.of(rule.formula).symbols & set(self._theory.signature.functions)
        open_terms = (
            name for name in functions if name not in model.defaults and (name,) not in model.values
        )
        if any(open_terms) or truth(rule.formula, model) is not True:
            raise OutsideFragment

    def _load(self, label: Label, formula: Formula) -> None:
        if (label, formula) not in self._loaded:
            self._oracle.add(label, formula)
            self._loaded.add((label, formula))
            self._labels[label] = None

    def _load_everything_unless_local(self) -> None:
        if not self._everything_loaded and len(self._loaded) > max(
            _LOCAL_COUNT, _LOCAL_SHARE * len(self._theory)
        ):
            for name in sorted(self._theory.names()):
                if name not in self._rules:
                    self._load(name, self._theory.formula(name))
            self._everything_loaded = True

    def _flips(self, model: Model) -> frozenset[Ground]:
        return frozenset(
            atom for atom in self._oracle.atoms if model.holds(atom) != self._hypothesis.holds(atom)
        )

    def _falsified(
        self, active: Callable[[Label], bool], changed: Iterable[Ground], proposal: Facts
    ) -> list[tuple[Label, Formula]]:
        """Return what a proposal falsifies and the solver does not know yet, instance by instance.

        The order is fixed, so that the same question is searched in the same way in every process.
        """
        found: dict[tuple[Label, Formula], None] = {}
        touched: dict[str, None] = {}
        for atom in sorted(changed, key=str):
            for rule in self._inputs_about.get(atom[0], ()):
                found.update(dict.fromkeys(self._falsified_instances(rule, atom, proposal)))
            for name in sorted(self._theory.touching(atom)):
                if not active(name):
                    continue
                if name in self._rules:
                    found.update(dict.fromkeys(self._falsified_instances(self._rules[name], atom, proposal)))
                elif not self._everything_loaded and name not in self._labels:
                    touched[name] = None
        for name in touched:
            formula = self._theory.formula(name)
            if truth(formula, proposal.model) is not True:
                found[name, formula] = None
        return list(found)

    def _falsified_instances(
        self, rule: _Rule, atom: Ground, proposal: Facts
    ) -> Iterator[tuple[Label, Formula]]:
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


def _somebody(sort: str) -> str:
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


def _nothing_holds(theory: Theory) -> Model:
    """The model over the individuals of a theory in which no atom holds."""
    universe: dict[str, list[str]] = {
        sort: list(members or ()) for sort, members in theory.signature.sorts.items()
    }
    for name, sort in sorted(theory.signature.constants.items()):
        if not theory.signature.is_closed(sort):
            universe[sort].append(name)
    return Model(universe=Map({sort: tuple(elements) for sort, elements in universe.items() if elements}))
