"""A rule taken apart: the variables that it speaks of all for, its premises, and its conclusions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from beliefs.language.signature import NUMERIC, Signature
from beliefs.language.sorts import elaborate
from beliefs.language.syntax import (
    And,
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
    Variable,
    conjunction,
    conjuncts,
    disjunction,
    subformulas,
)
from beliefs.reasoning.grounding import spelt_out

Individuals = tuple[str, ...]
"""What the variables of a rule stand for, one by one."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A belief as premises that entail conclusions, for all there is.

    Attributes:
        quantifiers: the bindings of its outermost universal quantifiers, one by one; none for a ground formula.
        premises: what is true together when it applies; none where it always does.
        conclusions: what it then says, one or more.
    """

    quantifiers: tuple[tuple[Binding, ...], ...]
    premises: tuple[Formula, ...]
    conclusions: tuple[Formula, ...]

    @staticmethod
    def of(formula: Formula) -> Rule:
        """Take an elaborated formula apart. A formula that is no implication has no premises."""
        quantifiers: list[tuple[Binding, ...]] = []
        seen: set[str] = set()
        # A variable that is bound again hides the one outside: what is said then is not about that.
        while isinstance(formula, ForAll) and seen.isdisjoint(binding.name for binding in formula.bindings):
            quantifiers.append(formula.bindings)
            seen.update(binding.name for binding in formula.bindings)
            formula = formula.body
        premises: list[Formula] = []
        while isinstance(formula, Implies):
            premises += conjuncts(formula.premise)
            formula = formula.conclusion
        return Rule(tuple(quantifiers), tuple(premises), tuple(conjuncts(formula)))

    @property
    def variables(self) -> tuple[Binding, ...]:
        """The variables that individuals can stand for: those of its quantifiers, but for those over numbers."""
        return tuple(binding for binding in chain(*self.quantifiers) if binding.sort not in NUMERIC)

    @property
    def body(self) -> Formula:
        """What it says without its quantifiers."""
        conclusion = conjunction(self.conclusions)
        return Implies(conjunction(self.premises), conclusion) if self.premises else conclusion

    @property
    def formula(self) -> Formula:
        """What it says, as one formula."""
        return _quantified(self.quantifiers, self.body)

    def at(self, individuals: Individuals) -> Formula:
        """Return the instance of the rule at some individuals; quantifiers over numbers stay."""
        return self.said_at(self.body, individuals)

    def said_at(self, formula: Formula, individuals: Individuals) -> Formula:
        """Return a formula about the variables of the rule, told of individuals; quantifiers over numbers stay."""
        names = {
            binding.name: Constant(name) for binding, name in zip(self.variables, individuals, strict=True)
        }
        numbers = (
            tuple(binding for binding in bindings if binding.sort in NUMERIC) for bindings in self.quantifiers
        )
        said = spelt_out(formula, names, {}, decide=False)
        return _quantified(tuple(bindings for bindings in numbers if bindings), said)

    def guarded(self, *guards: Formula) -> Rule:
        """Return the rule with further premises."""
        return replace(self, premises=(*self.premises, *guards))

    def excepting(self, exceptions: Iterable[Individuals]) -> Rule:
        """Return the rule with an exception for each of some tuples of individuals."""
        return self.guarded(*(self._other_than(individuals) for individuals in exceptions))

    def concluding(self, conclusions: Sequence[Formula]) -> Rule:
        """Return the rule with other conclusions."""
        return replace(self, conclusions=tuple(conclusions))

    def follows_from(self, other: Rule) -> bool:
        """Return whether it is plain that this follows from another rule: it has more premises, or says less."""
        return (
            self.quantifiers == other.quantifiers
            and set(self.premises) >= set(other.premises)
            and set(self.conclusions) <= set(other.conclusions)
        )

    def exceptions(self) -> Iterator[tuple[Formula, dict[str, str]]]:
        """Yield the premises that make an exception for individuals, each with the individual for each variable."""
        variables = {binding.name for binding in self.variables}
        for premise in self.premises:
            parts = premise.operands if isinstance(premise, Or) else (premise,)
            excepted: dict[str, str] = {}
            for part in parts:
                match part:
                    case Comparison("!=", Variable(variable), Constant(name)) if variable in variables:
                        excepted[variable] = name
                    case _:
                        break
            else:
                if len(excepted) == len(parts):
                    yield premise, excepted

    def without(self, premises: Iterable[Formula]) -> Rule:
        """Return the rule without some of its premises."""
        dropped = tuple(premises)
        return replace(self, premises=tuple(each for each in self.premises if each not in dropped))

    def _other_than(self, individuals: Individuals) -> Formula:
        return disjunction(
            tuple(
                Comparison("!=", Variable(binding.name), Constant(name))
                for binding, name in zip(self.variables, individuals, strict=True)
            )
        )


def is_literal(formula: Formula) -> bool:
    """Return whether a formula is an atom, a comparison or the negation of one."""
    inner = formula.operand if isinstance(formula, Not) else formula
    return isinstance(inner, Atom | Comparison)


def as_written(formula: Formula, original: Formula, signature: Signature) -> Formula:
    """Return a formula that came from another one with as few sorts written out as that had.

    Args:
        formula: the formula, elaborated.
        original: the formula that it was made from, before that was elaborated.
        signature: the symbols of both.
    """
    silent = {
        binding.name
        for part in subformulas(original)
        if isinstance(part, ForAll | Exists)
        for binding in part.bindings
        if binding.sort is None
    }
    plain = _without_sorts(formula, silent)
    return plain if elaborate(plain, signature) == formula else formula


def _without_sorts(formula: Formula, silent: set[str]) -> Formula:
    def inner(part: Formula) -> Formula:
        return _without_sorts(part, silent)

    match formula:
        case ForAll(bindings, body) | Exists(bindings, body):
            plain = tuple(replace(each, sort=None) if each.name in silent else each for each in bindings)
            if [each.sort is None for each in plain] != sorted(each.sort is None for each in plain):
                plain = bindings
            return (ForAll if isinstance(formula, ForAll) else Exists)(plain, inner(body))
        case Not(operand):
            return Not(inner(operand))
        case And(operands):
            return And(tuple(map(inner, operands)))
        case Or(operands):
            return Or(tuple(map(inner, operands)))
        case Implies(premise, conclusion):
            return Implies(inner(premise), inner(conclusion))
        case Iff(left, right):
            return Iff(inner(left), inner(right))
    return formula


def _quantified(quantifiers: tuple[tuple[Binding, ...], ...], body: Formula) -> Formula:
    for bindings in reversed(quantifiers):
        body = ForAll(bindings, body)
    return body
