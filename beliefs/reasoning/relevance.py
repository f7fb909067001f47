"""Relevance without a witness: what of a consistent theory an input can reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from beliefs.language.clauses import Pattern, literals, unify
from beliefs.language.syntax import Application, Constant, Formula, subterms
from beliefs.reasoning.features import features
from beliefs.reasoning.theory import Theory

_Literal: TypeAlias = tuple[Pattern, bool]


def cone(theory: Theory, inputs: Iterable[Formula]) -> set[str]:
    """Return the labels of all formulas that can have a part in a contradiction with the inputs.

    From each literal of the inputs it goes to every formula that holds the complement, and on through the
    other literals of that formula. Functions and numbers link whatever shares a symbol, in either polarity.
    Where the theory is consistent, a refutation needs nothing else: the inputs are a *set of support* (Wos,
    Robinson and Carson, JACM 1965), and the refutation a connection tableau that starts from them (Letz and
    Stenz, Handbook of Automated Reasoning, 2001). So the inputs contradict the whole theory just if they
    contradict its cone.

    Where the theory is not known to be consistent, or compares individuals of an open sort (then anything may
    be equal to anything), all of it counts.

    Cost: linear in the formulas reached and those that share a predicate with them.
    """
    inputs = list(inputs)
    if not theory.consistent or compares_individuals(theory, inputs):
        return set(theory.names())
    return _Cone(theory).reached_from(inputs)


def compares_individuals(theory: Theory, inputs: Iterable[Formula]) -> bool:
    """Return whether some formula has `=` or `!=` between terms of an open sort."""
    rules = (theory.formula(name) for name in theory.rules())
    return any(features(formula, theory.signature).equality for formula in (*inputs, *rules))


class _Cone:
    """One walk over a theory.

    A formula that is reached through a ground literal is done with that literal: only the others are
    followed, until it is reached through another one. A literal with variables may have other instances to
    follow.
    """

    def __init__(self, theory: Theory) -> None:
        self._theory = theory
        self._withheld: dict[str, _Literal | None] = {}
        self._frontier: list[_Literal] = []
        self._followed: set[_Literal] = set()
        self._functions: list[str] = []
        self._functions_followed: set[str] = set()

    def reached_from(self, inputs: Iterable[Formula]) -> set[str]:
        for formula in inputs:
            self._frontier += literals(formula, self._theory.signature)
            self._functions += _functions(self._theory, formula)
        while self._functions or self._frontier:
            if self._functions:
                self._follow_function(self._functions.pop())
                continue
            literal = self._frontier.pop()
            if literal not in self._followed:
                self._followed.add(literal)
                self._follow(*literal)
        return set(self._withheld)

    def _follow(self, pattern: Pattern, polarity: bool) -> None:
        for name in _candidates(self._theory, pattern):
            for other in literals(self._theory.formula(name), self._theory.signature):
                if other[1] is not polarity and unify(pattern, other[0]):
                    self._reach(name, other)

    def _reach(self, name: str, through: _Literal | None) -> None:
        if name not in self._withheld:
            formula = self._theory.formula(name)
            withheld = through if through is not None and None not in through[0] else None
            self._withheld[name] = withheld
            self._frontier += literals(formula, self._theory.signature) - {withheld}
            self._functions += _functions(self._theory, formula)
            return
        withheld = self._withheld[name]
        if withheld is not None and withheld != through:
            self._frontier.append(withheld)
            self._withheld[name] = None

    def _follow_function(self, symbol: str) -> None:
        if symbol not in self._functions_followed:
            self._functions_followed.add(symbol)
            for name in self._theory.mentioning(symbol):
                self._reach(name, None)


def _candidates(theory: Theory, pattern: Pattern) -> Iterable[str]:
    if None in pattern:
        return theory.mentioning(str(pattern[0]))
    return theory.touching(tuple(part for part in pattern if part is not None))


def _functions(theory: Theory, formula: Formula) -> Iterator[str]:
    """The functions in a formula, those without arguments among them."""
    for term in subterms(formula):
        match term:
            case Application(name, _):
                yield name
            case Constant(name) if name in theory.signature.functions:
                yield name
