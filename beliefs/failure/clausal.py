"""Situations in clauses of numbers: what is believed, read once for each base, and what was seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from weakref import ref

from immutables import Map

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import CERTAIN
from beliefs.errors import UnsupportedFormulaError
from beliefs.failure.situations import Situations
from beliefs.language.syntax import And, Atom, Formula, Not, Or
from beliefs.reasoning.sat_oracle import Clause, Encoding


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen in a situation.

    Attributes:
        literals: what is assumed while it is looked at.
        met: the literals of candidates among these.
        opposed: the literals of candidates whose negations are among these.
    """

    literals: list[int]
    met: Set[int]
    opposed: Set[int]


class _Numbering:
    """Formulas as clauses: as `Encoding` writes them, and what are clauses already at a fraction of its time."""

    def __init__(self) -> None:
        self.encoding = Encoding()
        self._literals: dict[int, int] = {}
        self._kept: list[object] = []
        self._propositions: dict[str, int] = {}

    def copy(self) -> _Numbering:
        """Return a numbering that goes on from this one, and leaves it as it is."""
        copy = _Numbering()
        copy.encoding = self.encoding.copy()
        copy._literals = dict(self._literals)
        copy._kept = [self._kept]
        copy._propositions = dict(self._propositions)
        return copy

    def clauses(self, formula: Formula) -> tuple[list[Clause], list[Clause]]:
        """Return clauses that say what a formula says, given the definitions of the variables new in them.

        Raises:
            UnsupportedFormulaError: the formula is not ground.
        """
        if type(formula) is Or:
            clause = self.numbers(formula.operands)
            if 0 not in clause:
                return [clause], []
        else:
            literals = self.conjoined(formula)
            if literals is not None:
                return [[literal] for literal in literals], []
        return self.encoding.encode(formula)

    def conjoined(self, formula: Formula) -> list[int] | None:
        """Return the literals of which a formula is the conjunction; None where it is none.

        Raises:
            UnsupportedFormulaError: the formula is not ground.
        """
        literals = self.numbers(formula.operands if type(formula) is And else (formula,))
        return literals if 0 not in literals else None

    def numbers(self, formulas: Iterable[Formula]) -> list[int]:
        """Return literals as numbers, 0 for a formula that is none."""
        # Clauses that were made of numbers share the nodes of their literals.
        known = self._literals
        return [known.get(id(formula)) or self._number(formula) for formula in formulas]

    def _number(self, formula: Formula) -> int:
        """The number of a literal; 0 where the formula is none."""
        atom = formula.operand if type(formula) is Not else formula
        if type(atom) is not Atom:
            return 0
        if atom.arguments:
            variable = self.encoding.atom(atom)
        else:
            # Most atoms are propositions: to know these by their names alone takes half the time.
            name = atom.predicate
            variable = self._propositions.get(name, 0)
            if not variable:
                self._propositions[name] = variable = self.encoding.atom(atom)
        # Once known by its identity, it is not to go away: its place might be taken by another.
        self._kept.append(formula)
        self._literals[id(formula)] = literal = variable if atom is formula else -variable
        return literal


class _Believed:
    """The beliefs of a base as clauses of numbers.

    A belief that may be given up and is a literal is assumed as that literal; any other has a *selector*, a variable
    that implies its clauses. What is certain is held outright.

    Attributes:
        numbering: what stands for what.
        candidates: the beliefs that may be given up, the oldest first.
        literals: for each of them, what is assumed where it is kept.
        pins: these literals, but for the selectors.
        facts: the numbers, in this order, of those that are an atom or its negation, with the predicate.
        fixed: the variables of what is certain and a literal.
        clauses: what is certain, and what the selectors imply.
        selectors: the negations of all selectors.
        said: for each belief that is more than a literal, the literals of its clauses, without selectors.
    """

    def __init__(self, base: BeliefBase) -> None:
        """Read a base.

        Raises:
            UnsupportedFormulaError: a belief is not ground.
        """
        self.numbering = _Numbering()
        self.candidates: list[Belief] = []
        self.literals: list[int] = []
        self.pins: set[int] = set()
        self.facts: list[tuple[int, str]] = []
        self.fixed: set[int] = set()
        self.clauses: list[Clause] = []
        self.selectors: list[int] = []
        self.said: list[list[int]] = []
        numbers = self.numbering.numbers
        for belief in base:
            formula = belief.formula
            if belief.entrenchment.level != CERTAIN:
                self._read_candidate(belief)
            elif type(formula) is Or and 0 not in (clause := numbers(formula.operands)):
                # Most are such: to call nothing but this for them takes half the time.
                self.clauses.append(clause)
                self.said.append(clause)
            else:
                self._read_certain(formula)

    def _read_certain(self, formula: Formula) -> None:
        """Take in what is certain."""
        clauses, definitions = self.numbering.clauses(formula)
        self.clauses += clauses
        if len(clauses) == 1 == len(clauses[0]) and not definitions:
            self.fixed.add(abs(clauses[0][0]))
        else:
            self.clauses += definitions
            self.said.append([*chain.from_iterable(clauses), *chain.from_iterable(definitions)])

    def _read_candidate(self, belief: Belief) -> None:
        """Take in a belief that may be given up."""
        formula = belief.formula
        clauses, definitions = self.numbering.clauses(formula)
        atom = formula.operand if type(formula) is Not else formula
        if type(atom) is Atom:
            self.facts.append((len(self.candidates), atom.predicate))
        self.candidates.append(belief)
        is_literal = len(clauses) == 1 == len(clauses[0]) and not definitions
        if is_literal and clauses[0][0] not in self.pins:
            self.pins.add(clauses[0][0])
            self.literals.append(clauses[0][0])
            return
        selector = self.numbering.encoding.variable()
        self.literals.append(selector)
        self.selectors.append(-selector)
        self.clauses += [[-selector, *clause] for clause in clauses]
        if not is_literal:
            self.clauses += definitions
            self.said.append([*chain.from_iterable(clauses), *chain.from_iterable(definitions)])

    @cached_property
    def denials(self) -> dict[int, list[Clause]]:
        """For what is assumed of each candidate, what else the clauses with its negation hold."""
        return _denials(self.literals, self.clauses)


def _denials(literals: Iterable[int], clauses: Iterable[Clause]) -> dict[int, list[Clause]]:
    denials: dict[int, list[Clause]] = {literal: [] for literal in literals}
    for clause in clauses:
        for literal in clause:
            if -literal in denials:
                denials[-literal].append([each for each in clause if each != literal])
    return denials


_read_last: tuple[ref[Map[str, Belief]], _Believed] | None = None
"""The beliefs that were read last: most likely the next diagnosis is of the same."""


def _believed(base: BeliefBase) -> _Believed:
    """The beliefs of a base as clauses, read anew unless they are those that were read last."""
    global _read_last
    last = _read_last
    if last is not None and last[0]() is base.beliefs:
        return last[1]
    believed = _Believed(base)
    if isinstance(base.beliefs, Map):
        _read_last = (ref(base.beliefs), believed)
    return believed


class Clausal:
    """The beliefs and observations of situations as clauses of numbers.

    An observation that is a conjunction of literals is assumed as these; any other has a selector.

    Attributes:
        candidates: the beliefs that may be given up, the oldest first.
        literals: for each of them, what is assumed where it is kept: it implies the clauses of the belief.
        momentary: the numbers, in this order, of those that are given up for each situation by itself.
        seen: what was seen in each situation.
        selectors: the negations of all selectors.
    """

    def __init__(self, situations: Situations) -> None:
        """Read situations.

        Raises:
            UnsupportedFormulaError: a belief or observation is not ground.
        """
        self._situations = situations
        self._believed = believed = _believed(situations.base)
        self._numbering = believed.numbering.copy()
        self.candidates: Sequence[Belief] = believed.candidates
        self.literals: Sequence[int] = believed.literals
        self.momentary = [number for number, predicate in believed.facts if predicate in situations.situated]
        self._added: list[Clause] = []
        self.selectors = list(believed.selectors)
        self._observed: list[int] = []
        self.seen = [self._see(situations.seen_in(number)) for number in situations.numbers]

    @staticmethod
    def of(situations: Situations) -> Clausal | None:
        """Read beliefs and observations; None where they are more than combinations of ground atoms.

        Cost: linear in what was seen, and in what is believed where the base is not the one that was read last.
        """
        if any(situations.base.rules()):
            return None
        try:
            read = Clausal(situations)
        except UnsupportedFormulaError:
            return None
        functions = situations.base.signature.functions
        plain = all(
            isinstance(name, str) and name not in functions
            for atom in read._numbering.encoding.variables
            if len(atom) > 1
            for name in atom[1:]
        )
        return read if plain else None

    @property
    def clauses(self) -> Iterable[Clause]:
        """What is certain, and what the selectors imply."""
        return chain(self._believed.clauses, self._added)

    @cached_property
    def denials(self) -> dict[int, list[Clause]]:
        """For what is assumed of each candidate, what else the clauses with its negation hold."""
        denials = self._believed.denials
        if not self._added:
            return denials
        more = _denials(self.literals, self._added)
        return {literal: denials[literal] + more[literal] for literal in denials}

    @property
    def is_apart(self) -> bool:
        """Whether situations have nothing to agree upon; see `apart.Apart`.

        It is so where there is but one, or each atom in which they touch is one-sided. They touch in the shared atoms
        of what was seen, and of beliefs that speak of what differs as well.
        """
        if len(self.seen) == 1:
            return True
        situated, atoms = self._situations.situated, self._numbering.encoding.atoms
        said = set(chain.from_iterable(self._believed.said))
        said.update(self._observed)
        two_sided = {
            variable
            for variable, atom in atoms.items()
            if variable in said and -variable in said and atom[0] not in situated
        }
        two_sided -= self._believed.fixed
        if not two_sided:
            return True
        if not two_sided.isdisjoint(map(abs, self._observed)):
            return False
        for literals in self._believed.said:
            variables = set(map(abs, literals))
            if not two_sided.isdisjoint(variables) and any(
                atoms[each][0] in situated for each in variables if each in atoms
            ):
                return False
        return True

    def _see(self, observations: Iterable[Formula]) -> Seen:
        """Take in what was seen in a situation."""
        seen: list[int] = []
        for formula in observations:
            literals = self._numbering.conjoined(formula)
            if literals is None:
                clauses, definitions = self._numbering.encoding.encode(formula)
                selector = self._numbering.encoding.variable()
                self._added += [[-selector, *clause] for clause in clauses]
                self._added += definitions
                self.selectors.append(-selector)
                self._observed += chain.from_iterable(clauses)
                self._observed += chain.from_iterable(definitions)
                literals = [selector]
            else:
                self._observed += literals
            seen += literals
        said = set(seen)
        pins = self._believed.pins
        return Seen(
            seen if len(said) == len(seen) else list(dict.fromkeys(seen)),
            said & pins,
            {-literal for literal in said} & pins,
        )
