"""Propositional formulas as numbered clauses, for the checker alone."""

from __future__ import annotations

from collections.abc import Iterable

from beliefs.language.syntax import And, Atom, Formula, Iff, Implies, Not, Or, Truth, subformulas

Clause = list[int]
"""Literals, true when one of them is: `n` for variable n, `-n` for its negation."""


def is_propositional(formula: Formula) -> bool:
    """Return whether a formula is built from propositions, `true` and `false` by connectives alone."""
    return all(
        not part.arguments
        if isinstance(part, Atom)
        else isinstance(part, Truth | Not | And | Or | Implies | Iff)
        for part in subformulas(formula)
    )


class Numbering:
    """Variables for propositions and for parts of formulas, numbered from 1 as in the DIMACS format.

    A formula that is not a clause already gets a variable for each part below a disjunction, with clauses
    that say "if the variable is true, so is the part" (D. Plaisted and S. Greenbaum, A Structure-Preserving
    Clause Form Translation, 1986). An assignment of the propositions can be extended to these variables so
    that all clauses of the formula are true, exactly where the formula is: they stand or fall together.
    """

    def __init__(self) -> None:
        self.size = 0
        self._propositions: dict[str, int] = {}

    def fresh(self) -> int:
        """Return a variable not in use."""
        self.size += 1
        return self.size

    def proposition(self, name: str) -> int:
        """Return the variable of a proposition."""
        if name not in self._propositions:
            self._propositions[name] = self.fresh()
        return self._propositions[name]

    def clauses(self, formula: Formula) -> list[Clause]:
        """Return clauses that say what a propositional formula says; linear in its size."""
        writer = _Writer(self)
        return writer.asserted(formula, True) + writer.definitions


class _Writer:
    """Writes one formula as clauses; `definitions` gathers those of the parts that got a variable."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._named: dict[tuple[int, bool], int] = {}
        self.definitions: list[Clause] = []

    def asserted(self, formula: Formula, sign: bool) -> list[Clause]:
        """Return clauses for the formula; for its negation, where `sign` is False."""
        match formula, sign:
            case Not(operand), _:
                return self.asserted(operand, not sign)
            case (And(operands), True) | (Or(operands), False):
                return [clause for part in operands for clause in self.asserted(part, sign)]
            case Implies(premise, conclusion), False:
                return self.asserted(premise, True) + self.asserted(conclusion, False)
            case Iff(left, right), _:
                # (left or not right) and (not left or right); for the negation, the same with right negated.
                return [
                    self._literals(left, True) + self._literals(right, not sign),
                    self._literals(left, False) + self._literals(right, sign),
                ]
            case Truth(value), _:
                return [] if value == sign else [[]]
        return [self._literals(formula, sign)]

    def _literals(self, formula: Formula, sign: bool) -> Clause:
        """Return literals one of which is true only if the formula (its negation, `sign` being False) is."""
        match formula, sign:
            case Atom(predicate), _:
                variable = self._numbering.proposition(predicate)
                return [variable if sign else -variable]
            case Not(operand), _:
                return self._literals(operand, not sign)
            case (Or(operands), True) | (And(operands), False):
                return [literal for part in operands for literal in self._literals(part, sign)]
            case Implies(premise, conclusion), True:
                return self._literals(premise, False) + self._literals(conclusion, True)
        return [self._name(formula, sign)]

    def _name(self, formula: Formula, sign: bool) -> int:
        # Parts are told apart by identity: they all live as long as the formula being written.
        key = (id(formula), sign)
        if key not in self._named:
            variable = self._named[key] = self._numbering.fresh()
            self.definitions += [[-variable, *clause] for clause in self.asserted(formula, sign)]
        return self._named[key]


def dimacs(clauses: Iterable[Clause], variables: int) -> str:
    """Return clauses over the variables 1 to `variables` as a text in the DIMACS format."""
    lines = [" ".join(map(str, [*clause, 0])) for clause in clauses]
    return "\n".join([f"p cnf {variables} {len(lines)}", *lines, ""])
