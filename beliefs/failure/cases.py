"""Which individuals a rule was put to the test with, and whether it failed for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from beliefs.base.belief_base import BeliefBase
from beliefs.base.case import Case
from beliefs.failure.rule import Individuals, Rule
from beliefs.language.mentions import Mentions
from beliefs.language.printer import print_formula
from beliefs.language.signature import Signature
from beliefs.language.sorts import elaborate
from beliefs.language.syntax import Formula, negation
from beliefs.reasoning.alone import Alone
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.verdict import UNLIMITED, Budget, Unknown


def case_of(
    base: BeliefBase,
    rule: Formula,
    given: Sequence[Formula],
    outcome: Formula,
    *,
    failed: bool,
    budget: Budget = UNLIMITED,
) -> Case | Unknown | None:
    """Return for which individuals a rule failed, or proved right.

    It failed for individuals if its instance there and what was given contradict the outcome, and what was given alone
    does not. It proved right if its instance and what was given entail the outcome, and what was given alone does not.
    Looked at are the individuals that the given formulas and the outcome name; of several instances, the one that
    shares most with these is taken.

    Cost: two questions about the formulas alone for each choice of individuals, but one for most.

    Args:
        base: a base whose symbols these are.
        rule: what the rule says.
        given: what else it was applied with.
        outcome: what was seen.
        failed: whether the rule failed.
        budget: what the search may spend.

    Returns:
        The case; None where the formula is no universal rule, or there is no such instance with names.

    Raises:
        SortError: a formula does not fit the symbols of the base.
    """
    understanding = base.understanding(rule, outcome, *given)
    signature = understanding.signature
    parts = Rule.of(elaborate(rule, signature))
    if not parts.variables:
        return None
    logic = Alone(signature, base.unique_names)
    deadline = Deadline(budget)
    seen = outcome if failed else negation(outcome)
    possible = logic.satisfiable((*given, seen), deadline.rest())
    if isinstance(possible, Unknown):
        return deadline.told(possible)
    if not possible:
        return None
    for individuals in by_relevance(parts, (*given, outcome), signature):
        agrees = logic.satisfiable((parts.at(individuals), *given, seen), deadline.rest())
        if isinstance(agrees, Unknown):
            return deadline.told(agrees)
        if not agrees:
            return Case(individuals, tuple(map(print_formula, given)), print_formula(outcome), failed)
    return None


def by_relevance(rule: Rule, formulas: Iterable[Formula], signature: Signature) -> Iterator[Individuals]:
    """Return the individuals that formulas name, as choices for the variables of a rule.

    Those come first whose instance has most atoms in common with the formulas. An instance without quantifiers,
    functions and numbers that has none in common can contradict nothing that they say, and is left out.
    """
    mentions = [Mentions.of(formula) for formula in formulas]
    atoms = frozenset(atom for each in mentions for atom in each.atoms)
    ruled = any(each.is_rule for each in mentions)
    names = dict.fromkeys(
        name for each in mentions for name in sorted(each.symbols & set(signature.constants))
    )
    choices = [
        [name for name in names if signature.constants[name] == variable.sort] for variable in rule.variables
    ]
    ranked: list[tuple[int, int, Individuals]] = []
    for place, individuals in enumerate(product(*choices)):
        instance = Mentions.of(rule.at(individuals))
        shared = len(instance.atoms & atoms)
        if shared or ruled or instance.is_rule:
            ranked.append((-shared, place, individuals))
    return (individuals for _, _, individuals in sorted(ranked))
