"""Two ways to find what contradicts the observations: situation by situation, or all in one theory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from immutables import Map

from beliefs.failure.situations import AllSituations, Situations, at
from beliefs.kernels.kernel import Kernel, kernel_without, shrink
from beliefs.language.clauses import Pattern, literals
from beliefs.language.mentions import Mentions
from beliefs.language.semantics import Element, Ground, Model, truth
from beliefs.language.syntax import TRUE, Atom, Constant, Formula, Implies, Not, conjunction, disjunction
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.inquiry import Inquiry
from beliefs.reasoning.sat_oracle import SatOracle, Selection
from beliefs.reasoning.verdict import Label, Sat, Unknown, Unsat, Verdict

LARGEST = 20_000
"""A base of more beliefs than this is not loaded whole: what the observations touch is most likely far less."""


class Search(Protocol):
    """Finds what contradicts the observations among the candidates; what is certain is always held."""

    def find(self, excluded: frozenset[Label]) -> Kernel | Sat | Unknown:
        """Return candidates, none of those excluded, that contradict the observations; `Sat` if there are none.

        Of observations of several situations they are minimal for the one that they contradict, or, where it
        takes more than one, for all together.
        """

    def agrees(self, excluded: frozenset[Label], assumption: str | None) -> View | Unsat | Unknown:
        """Decide whether all candidates but these agree with the observations, and with an assumption."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """A formula that may be assumed, elaborated, and the situation that it speaks of; None where it is of all alike."""

    formula: Formula
    situation: int | None = None


@dataclass(frozen=True, slots=True)
class View:
    """What a model shows of the situations.

    Attributes:
        situations: the situations.
        model: the model; None where it cannot be read.
        situation: the situation that it is of, in the symbols of the base; None where it is one of `AllSituations`.
    """

    situations: Situations
    model: Model | None
    situation: int | None = None

    def truth(self, assumption: Assumption) -> bool | None:
        """Return whether an assumption is so in the model; None where that has no say in it.

        A function without arguments looks like an individual there, and may have no value: so of terms that are more
        than bare names, or of equality, no model is asked.
        """
        formula, about = assumption.formula, assumption.situation
        if self.model is None or Mentions.of(formula).is_rule:
            return None
        if about is not None and self.situation is None:
            formula = self.situations.said_of(about, formula)
        elif about not in (None, self.situation):
            return None
        return truth(formula, self.model)


def search(
    situations: Situations, deadline: Deadline, assumptions: Mapping[str, Assumption] | None = None
) -> Search:
    """Return the way that suits the beliefs, the observations, and what may be assumed beside, by name."""
    base = situations.base
    assumptions = assumptions or {}
    rules = (Mentions.of(each.formula).is_rule for each in assumptions.values())
    plain = (
        not any(base.rules()) and not any(seen.is_rule for seen in situations.spoken_of) and not any(rules)
    )
    if plain and len(base) <= LARGEST:
        return OneByOne(situations, deadline, assumptions)
    return Together(situations, deadline, assumptions)


class Together:
    """All situations as one theory, whatever the language: see `reasoning.inquiry`.

    Cost: as that of an inquiry into a base of as many beliefs as all the copies that the observations touch.
    """

    def __init__(
        self, situations: Situations, deadline: Deadline, assumptions: Mapping[str, Assumption] | None = None
    ) -> None:
        """Take up all observations, and what may be assumed beside, by name."""
        self._situations = situations
        self._assumptions = assumptions or {}
        theory = AllSituations(situations, self._assumptions)
        self._origin = theory.origin
        seen = [
            situations.said_of(number, formula)
            for number in situations.numbers
            for formula in situations.seen_in(number)
        ]
        # An assumption is a proposition of its own that implies the formula: so a witness stays one, but for it.
        meant = [
            Implies(
                Atom(name),
                each.formula if each.situation is None else situations.said_of(each.situation, each.formula),
            )
            for name, each in self._assumptions.items()
        ]
        self._inquiry = Inquiry(
            theory, *seen, *meant, suspects=self._assumptions.keys(), budget=deadline.rest()
        )
        self._owners: dict[Label, tuple[str, bool]] = {}

    def find(self, excluded: frozenset[Label]) -> Kernel | Sat | Unknown:
        """Return candidates that contradict the observations; see `Search.find`."""
        return kernel_without(self, excluded, spare=_firmness(self._situations))

    def check(self, labels: Collection[Label]) -> Verdict:
        """Decide whether just these candidates, and what is certain, agree with the observations."""
        return self._decide(frozenset(labels).__contains__)

    def without(self, excluded: Collection[Label]) -> Verdict:
        """Decide whether all candidates but these, and what is certain, agree with the observations."""
        return self._decide(lambda label: label not in excluded)

    def agrees(self, excluded: frozenset[Label], assumption: str | None) -> View | Unsat | Unknown:
        """Decide whether all candidates but these agree with the rest, and with an assumption; see `Search`."""
        verdict = self._decide(lambda label: label not in excluded, assumption)
        return View(self._situations, verdict.model) if isinstance(verdict, Sat) else verdict

    def refutation(self) -> Kernel | Unknown:
        """Return certain beliefs that contradict the observations, as few as can be; none if they do not."""
        base = self._situations.base
        verdict = self.certain([belief.name for belief in base if belief.entrenchment.is_certain])
        if isinstance(verdict, Unsat):
            return shrink(_Certain(self), verdict.core)
        return verdict if isinstance(verdict, Unknown) else frozenset()

    def certain(self, names: Collection[Label]) -> Verdict:
        """Decide whether just these certain beliefs agree with the observations."""
        kept = frozenset(names)

        def active(name: Label) -> bool:
            label, certain = self._owner(name)
            return certain and label in kept and name not in self._assumptions

        verdict = self._inquiry.within(active)
        if isinstance(verdict, Unsat):
            return Unsat(frozenset(self._owner(name)[0] for name in verdict.core))
        return verdict

    def _decide(self, kept: Callable[[Label], bool], assumption: str | None = None) -> Verdict:
        def active(name: Label) -> bool:
            if name in self._assumptions:
                return name == assumption
            label, certain = self._owner(name)
            return certain or kept(label)

        verdict = self._inquiry.within(active)
        if not isinstance(verdict, Unsat):
            return verdict
        owners = (self._owner(name) for name in verdict.core)
        return Unsat(frozenset(label for label, certain in owners if not certain))

    def _owner(self, name: Label) -> tuple[str, bool]:
        """The candidate that a copy belongs to, and whether it is certain, as what is assumed is, and seen."""
        if not isinstance(name, str) or name in self._assumptions:
            return "", True
        owner = self._owners.get(name)
        if owner is None:
            belief, situation = self._origin(name)
            label = belief if situation is None else self._situations.label(belief, situation)
            certain = self._situations.base[belief].entrenchment.is_certain
            self._owners[name] = owner = (label, certain)
        return owner


@dataclass(frozen=True, slots=True)
class _Certain:
    """The conflict of what is certain with the observations, for a core of it to be shrunk."""

    search: Together

    def check(self, labels: Collection[Label]) -> Verdict:
        return self.search.certain(labels)


_GIVEN: Label = ("given",)
"""The label of all that is certain, and of what was learnt of situations by comparing them."""


@dataclass(frozen=True, slots=True)
class _Here:
    """The label of a fact of the moment, in whatever situation is looked at."""

    name: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """The label of what was seen in a situation."""

    situation: int


@dataclass(frozen=True, slots=True)
class _Token:
    """The label of the proposition that a candidate is kept, of which what was learnt speaks."""

    label: str


@dataclass(frozen=True, slots=True)
class _Assumed:
    """The label of an assumption."""

    name: str


@dataclass(frozen=True, slots=True)
class _Value:
    """The label of the assumption that a shared atom is true, or false."""

    atom: Ground
    true: bool


@dataclass(frozen=True, slots=True)
class _Contradicted:
    """Candidates that contradict what was seen.

    Attributes:
        core: the candidates.
        situation: where; None if it took more than one situation.
    """

    core: frozenset[Label]
    situation: int | None


class OneByOne:
    """Ground beliefs in one SAT solver, which holds them once and looks at one situation after the other.

    What was seen in a situation is assumed while it is looked at, and so is what is kept. Where candidates
    contradict one situation, they contradict all together. Where they agree with each, they agree with all
    together if the models found can be *glued*: if they say the same of the shared atoms in which situations
    touch. So the shared atoms are assumed to be as they were in the model of the first one. Where that is
    refuted in another, the refuted values and the candidates kept that had a part in it are *learnt*, as a clause
    that every model of all situations satisfies, and the first one is looked at again. There are as many such
    clauses as there are values at most, so it ends; often there are none. (To decide parts apart that share some
    variables, and to have each send clauses over these, is Benders' decomposition in the form that Hooker gave it:
    Hooker and Ottosson, "Logic-based Benders decomposition", Mathematical Programming 96 (2003).)

    That the solver holds no copies is what makes many observations cheap: Ignatiev, Morgado, Weissenbacher and
    Marques-Silva, "Model-Based Diagnosis with Multiple Observations", IJCAI 2019, look at one observation
    after the other too.

    Cost: a check of the solver for each situation where all agree; fewer where one does not, since the one that
    was last contradicted is looked at first.
    """

    def __init__(
        self, situations: Situations, deadline: Deadline, assumptions: Mapping[str, Assumption] | None = None
    ) -> None:
        """Load the beliefs and the observations, and what may be assumed beside, by name."""
        self._assumptions = assumptions or {}
        self._situations = situations
        self._deadline = deadline
        self._firmness = _firmness(situations)
        self._oracle = SatOracle()
        self._shared: dict[str, None] = {}
        self._momentary: dict[str, None] = {}
        self._pinned: dict[Ground, Label] = {}
        self._learnt = False
        self._tokens: dict[str, None] = {}
        self._values: set[_Value] = set()
        self._order = list(situations.numbers)
        self._oracle.add(_GIVEN, TRUE)
        for belief in situations.base:
            self._load(belief.name, belief.formula, belief.entrenchment.is_certain)
        for number in situations.numbers:
            self._oracle.add(_Seen(number), conjunction(situations.seen_in(number)))
        for name, assumption in self._assumptions.items():
            self._oracle.add(_Assumed(name), assumption.formula)
        self._interface, self._preferred = self._interfaces()

    def _load(self, name: str, formula: Formula, certain: bool) -> None:
        if certain:
            self._oracle.add(_GIVEN, formula)
        elif name in self._situations.momentary:
            self._momentary[name] = None
            self._oracle.add(_Here(name), formula)
        else:
            self._shared[name] = None
            self._oracle.add(name, formula)
            atom = formula.operand if isinstance(formula, Not) else formula
            if isinstance(atom, Atom):
                self._pinned[_ground(atom)] = name

    def _interfaces(self) -> tuple[tuple[Ground, ...], Model]:
        """The shared atoms in which one situation can tell another something, and the values that bind them least.

        These are the values that most of what is copied asks for. An atom that stands on one side alone, as the
        health of a part does, then never has to be learnt about.
        """
        situations = self._situations
        if len(situations.numbers) == 1:
            return (), Model()
        assumed = (Mentions.of(each.formula) for each in self._assumptions.values())
        weight: dict[Pattern, int] = {
            atom: 0 for said in (*situations.spoken_of, *assumed) for atom in said.atoms
        }
        for name in situations.copied:
            for atom, positive in literals(situations.base[name].formula):
                weight[atom] = weight.get(atom, 0) + (1 if positive else -1)
        shared = {atom: weight[atom] for atom in weight if atom[0] not in situations.situated}
        interface = sorted(map(_as_ground, shared), key=str)
        return tuple(interface), Model(true=Map((atom, None) for atom in interface if shared[atom] > 0))

    def find(self, excluded: frozenset[Label]) -> Kernel | Sat | Unknown:
        """Return candidates that contradict the observations; see `Search.find`."""
        found = self._contradicted(lambda label: label not in excluded)
        if isinstance(found, Sat | Unknown):
            return found
        if found.situation is None:
            return shrink(self, found.core, spare=self._firmness)
        return shrink(_InOne(self, found.situation), found.core, spare=self._firmness)

    def check(self, labels: Collection[Label]) -> Verdict:
        """Decide whether just these candidates, and what is certain, agree with all observations."""
        found = self._contradicted(frozenset(labels).__contains__)
        return Unsat(found.core) if isinstance(found, _Contradicted) else found

    def without(self, excluded: Collection[Label]) -> Verdict:
        """Decide whether all candidates but these, and what is certain, agree with all observations."""
        found = self._contradicted(lambda label: label not in excluded)
        return Unsat(found.core) if isinstance(found, _Contradicted) else found

    def agrees(self, excluded: frozenset[Label], assumption: str | None) -> View | Unsat | Unknown:
        """Decide whether all candidates but these agree with the rest, and with an assumption; see `Search`."""

        def kept(label: Label) -> bool:
            return label == assumption if label in self._assumptions else label not in excluded

        if assumption is not None and (situation := self._assumptions[assumption].situation) is not None:
            self._look_first_at(situation)
        first = self._order[0]
        found = self._contradicted(kept, assumption, model=True)
        if isinstance(found, Sat):
            return View(self._situations, found.model, first)
        return Unsat(found.core) if isinstance(found, _Contradicted) else found

    def in_one(self, situation: int, labels: Collection[Label]) -> Verdict:
        """Decide whether just these candidates, and what is certain, agree with what was seen in one situation."""
        kept = frozenset(labels).__contains__
        shared = self._oracle.selection([*filter(kept, self._shared)])
        verdict = self._check(self._assumed(situation, kept), shared)
        return Unsat(self._candidates(verdict.core, situation)) if isinstance(verdict, Unsat) else verdict

    def _contradicted(
        self, kept: Callable[[Label], bool], assumption: str | None = None, *, model: bool = False
    ) -> _Contradicted | Sat | Unknown:
        """Look at all situations; with `model`, `Sat` comes with a model of the first one in order."""
        shared = self._oracle.selection([*filter(kept, self._shared)])
        while True:
            found = self._walk(kept, shared, assumption, model)
            if found is not None:
                return found

    def _walk(
        self, kept: Callable[[Label], bool], shared: Selection, assumption: str | None, model: bool
    ) -> _Contradicted | Sat | Unknown | None:
        """Look at one situation after the other; None where something was learnt that the first ones have to heed."""
        # Where a candidate that is kept says what an atom is, there is nothing to agree upon.
        settled = {atom for atom, label in self._pinned.items() if kept(label)}
        interface = [atom for atom in self._interface if atom not in settled]
        glue: list[Label] | None = None
        first: Model | None = None
        for situation in self._order:
            assumed = self._assumed(situation, kept, assumption)
            if glue is None:
                if interface:
                    self._oracle.suggest(self._preferred)
                verdict = self._check(assumed, shared, model=model or bool(interface))
            else:
                verdict = self._check([*assumed, *glue], shared)
                if isinstance(verdict, Unsat) and not verdict.core.isdisjoint(glue):
                    # What contradicts the values of the others may contradict this situation by itself as well.
                    alone = self._check(assumed, shared)
                    if isinstance(alone, Sat):
                        self._learn(verdict.core, situation)
                        return None
                    verdict = alone
            if isinstance(verdict, Unknown):
                return verdict
            if isinstance(verdict, Unsat):
                self._look_first_at(situation)
                core = self._candidates(verdict.core, situation)
                return _Contradicted(core, None if self._learnt else situation)
            if glue is None:
                first = verdict.model
                glue = self._as_in(first, interface)
        return Sat(first)

    def _look_first_at(self, situation: int) -> None:
        self._order.remove(situation)
        self._order.insert(0, situation)

    def _check(self, assumed: Collection[Label], shared: Selection, *, model: bool = False) -> Verdict:
        allowance = self._deadline.remaining()
        if isinstance(allowance, Unknown):
            return allowance
        self._oracle.budget = allowance
        verdict = self._oracle.check(assumed, beside=shared, model=model)
        return self._deadline.told(verdict) if isinstance(verdict, Unknown) else verdict

    def _assumed(
        self, situation: int, kept: Callable[[Label], bool], assumption: str | None = None
    ) -> list[Label]:
        """What is assumed while a situation is looked at, beside the shared candidates and the glue."""
        assumed: list[Label] = [_GIVEN, _Seen(situation)]
        if assumption is not None and self._assumptions[assumption].situation in (None, situation):
            assumed.append(_Assumed(assumption))
        assumed += [_Here(name) for name in self._momentary if kept(at(name, situation))]
        assumed += [_Token(label) for label in self._tokens if kept(label)]
        return assumed

    def _as_in(self, model: Model | None, atoms: Iterable[Ground]) -> list[Label]:
        """The assumption that atoms are as they are in a model."""
        values = [_Value(atom, model is not None and model.holds(atom)) for atom in atoms]
        for value in values:
            if value not in self._values:
                self._values.add(value)
                self._oracle.add(value, _literal(value.atom, value.true))
        return list(values)

    def _learn(self, core: Iterable[Label], situation: int) -> None:
        """Rule out that these candidates are kept while the shared atoms have the values in a core."""
        self._learnt = True
        clause: list[Formula] = []
        for label in sorted(self._candidates(core, situation), key=str):
            token = _Token(str(label))
            proposition = Atom(f"kept {label}")
            if token.label not in self._tokens:
                self._tokens[token.label] = None
                self._oracle.add(token, proposition)
            clause.append(Not(proposition))
        values = sorted((each for each in core if isinstance(each, _Value)), key=str)
        clause += [_literal(value.atom, not value.true) for value in values]
        self._oracle.add(_GIVEN, disjunction(tuple(clause)))

    def _candidates(self, core: Iterable[Label], situation: int) -> frozenset[Label]:
        """The candidates in the core of a check, and what was assumed beside: what is learnt hangs on that too."""
        found: set[Label] = set()
        for label in core:
            match label:
                case str():
                    found.add(label)
                case _Here(name):
                    found.add(at(name, situation))
                case _Token(kept):
                    found.add(kept)
                case _Assumed(name):
                    found.add(name)
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class _InOne:
    """The conflict of candidates with one situation."""

    search: OneByOne
    situation: int

    def check(self, labels: Collection[Label]) -> Verdict:
        return self.search.in_one(self.situation, labels)


def _as_ground(pattern: Pattern) -> Ground:
    return tuple(part for part in pattern if part is not None)


def _ground(atom: Atom) -> Ground:
    return (atom.predicate, *(term.name for term in atom.arguments if isinstance(term, Constant)))


def _literal(ground: Ground, true: bool) -> Formula:
    atom = Atom(str(ground[0]), tuple(map(_constant, ground[1:])))
    return atom if true else Not(atom)


def _constant(element: Element) -> Constant:
    return Constant(str(element))


def _firmness(situations: Situations) -> Callable[[Label], tuple[int, object, object]]:
    """The order in which candidates are tried for deletion: what costs least to give up comes first."""

    def firmness(label: Label) -> tuple[int, object, object]:
        held = situations.entrenchment(label)
        return (held.rank[1], held.weight, situations.seniority(label))

    return firmness
