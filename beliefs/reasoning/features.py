"""What a formula needs of a solver."""

from __future__ import annotations

from dataclasses import dataclass

from beliefs.language.signature import NUMERIC, REAL, THING, Signature
from beliefs.language.syntax import (
    And,
    Application,
    Atom,
    Binding,
    Comparison,
    Constant,
    Exists,
    ForAll,
    Formula,
    Iff,
    Implies,
    Not,
    Or,
    Quantified,
    Term,
    Variable,
)


@dataclass(frozen=True, slots=True)
class Features:
    """What a formula needs of a solver.

    Attributes:
        ground: there is no quantifier in it.
        groundable: it can be decided by grounding over names: no functions (nor declared functions without
            arguments), no numbers, and no existential quantifier over an open sort in the scope of a
            universal one (each as seen in negation normal form). Quantifiers over closed sorts do no harm.
        skolem: it has an existential quantifier over an open sort.
        equality: it has `=` or `!=` between terms of an open sort, so that unique names matter to it.
        sorts: the open sorts over which it quantifies universally.
    """

    ground: bool = True
    groundable: bool = True
    skolem: bool = False
    equality: bool = False
    sorts: frozenset[str] = frozenset()


PROPOSITIONAL = Features()
"""The features of a ground formula without numbers, functions or equality."""


def features(formula: Formula, signature: Signature) -> Features:
    """Return what an elaborated formula needs of a solver. Cost: linear."""
    survey = _Survey(signature)
    survey.visit(formula, False, None)
    if not survey.beyond:
        return PROPOSITIONAL
    return Features(
        ground=survey.ground,
        groundable=survey.groundable,
        skolem=survey.skolem,
        equality=survey.equality,
        sorts=frozenset(survey.sorts),
    )


class _Survey:
    """One walk over a formula, noting what lies beyond propositional logic.

    A part of a formula stands in its negation normal form as it is, or negated, or (under an equivalence) in
    both ways. `plain` and `negated` tell of each whether it stands so in the scope of a universal quantifier
    over an open sort; None, that it does not stand so at all.
    """

    def __init__(self, signature: Signature) -> None:
        self.signature = signature
        self.functions = signature.functions
        self.beyond = False
        self.ground = True
        self.groundable = True
        self.skolem = False
        self.equality = False
        self.sorts: set[str] = set()
        self.scope: dict[str, str] = {}

    def visit(self, formula: Formula, plain: bool | None, negated: bool | None) -> None:
        # Tests of types, not patterns: every belief passes here once, and most are propositional.
        if isinstance(formula, Atom):
            if formula.arguments:
                self.terms(formula.arguments)
        elif isinstance(formula, Not):
            self.visit(formula.operand, negated, plain)
        elif isinstance(formula, Or | And):
            for operand in formula.operands:
                self.visit(operand, plain, negated)
        elif isinstance(formula, Implies):
            self.visit(formula.premise, negated, plain)
            self.visit(formula.conclusion, plain, negated)
        elif isinstance(formula, Iff):
            either = bool(plain or negated)
            self.visit(formula.left, either, either)
            self.visit(formula.right, either, either)
        elif isinstance(formula, Comparison):
            self.comparison(formula)
        elif isinstance(formula, ForAll):
            self.quantifier(formula, plain, negated)
        elif isinstance(formula, Exists):
            self.quantifier(formula, negated, plain)

    def terms(self, terms: tuple[Term, ...]) -> None:
        for term in terms:
            kind = type(term)
            if kind is not Variable and (kind is not Constant or term.name in self.functions):  # type: ignore[union-attr]
                self.beyond, self.groundable = True, False

    def comparison(self, comparison: Comparison) -> None:
        self.beyond = True
        self.terms((comparison.left, comparison.right))
        if comparison.operator not in ("=", "!="):
            self.groundable = False
        elif self.is_open(self.sort_of(comparison.left)):
            self.equality = True

    def quantifier(self, formula: Quantified, universal: bool | None, existential: bool | None) -> None:
        """Note a quantifier; its scope where it stands as a universal one, and as an existential one."""
        self.beyond, self.ground = True, False
        scope = self.scope
        self.scope = scope | {binding.name: sort_of(binding) for binding in formula.bindings}
        sorts = {sort_of(binding) for binding in formula.bindings}
        if sorts & NUMERIC:
            self.groundable = False
        open_sorts = {sort for sort in sorts if self.is_open(sort)}
        if open_sorts and existential is not None:
            self.skolem = True
            self.groundable &= not existential
        if open_sorts and universal is not None:
            self.sorts |= open_sorts
            universal = True
        if isinstance(formula, ForAll):
            self.visit(formula.body, universal, existential)
        else:
            self.visit(formula.body, existential, universal)
        self.scope = scope

    def is_open(self, sort: str) -> bool:
        return sort not in NUMERIC and not self.signature.is_closed(sort)

    def sort_of(self, term: Term) -> str:
        match term:
            case Variable(name) if name in self.scope:
                return self.scope[name]
            case Constant(name) if name not in self.functions:
                return self.signature.constants.get(name, THING)
            case Constant(name) | Application(name, _):
                return self.functions[name][1]
            case Variable(name):
                raise ValueError(f"variable {name} is free: not a belief")
        return REAL


def sort_of(binding: Binding) -> str:
    """Return the sort of a variable of an elaborated formula.

    Raises:
        ValueError: it has none; the formula is not elaborated.
    """
    if binding.sort is None:
        raise ValueError(f"variable {binding.name} has no sort: the formula is not elaborated")
    return binding.sort
