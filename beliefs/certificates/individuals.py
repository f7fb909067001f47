"""The individuals that have to be reckoned with, where formulas compare individuals with one another."""

from __future__ import annotations

from collections.abc import Iterable

from beliefs.language.signature import Signature
from beliefs.language.syntax import Comparison, Constant, Formula, Number, Term, subformulas, subterms


def reckoned_with(formulas: Iterable[Formula], signature: Signature) -> frozenset[str]:
    """Return individuals of open sorts enough to tell whether formulas can be true together under unique names.

    With these distinct from one another, they can be true together just if they can with all that the signature
    declares. Those are the individuals that the formulas name and, of each sort, one more if there is one. In a model,
    whoever that one is can be given as many twins as there are others, alike in every predicate and function; and no
    formula tells twins apart that compares individuals only with some that it names. Where one compares others, as in
    `x = y`, how many there are may matter, and all are returned.

    Cost: the length of the formulas, and one look at each individual.
    """
    named: set[str] = set()
    all_matter = False
    for formula in formulas:
        all_matter |= any(_compares_unnamed(part, signature) for part in subformulas(formula))
        named.update(term.name for term in subterms(formula) if isinstance(term, Constant))
    chosen: set[str] = set()
    others: dict[str, str] = {}
    for name, sort in sorted(signature.constants.items()):
        if signature.is_closed(sort):
            continue
        if all_matter or name in named:
            chosen.add(name)
        else:
            others.setdefault(sort, name)
    return frozenset(chosen.union(others.values()))


def _compares_unnamed(part: Formula, signature: Signature) -> bool:
    """Whether a part of a formula is an equation neither side of which is a name or a number."""
    if not isinstance(part, Comparison) or part.operator not in ("=", "!="):
        return False
    return not any(_is_named(term, signature) for term in (part.left, part.right))


def _is_named(term: Term, signature: Signature) -> bool:
    """Whether a term is the name of an individual, or a number."""
    return isinstance(term, Number) or (isinstance(term, Constant) and term.name not in signature.functions)
