"""Which beliefs feed which, and which speak of the same functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.graph.model import BeliefGraph, Edge, Node
from beliefs.language import clauses
from beliefs.language.clauses import Pattern, unify
from beliefs.language.printer import print_formula
from beliefs.language.semantics import Element
from beliefs.language.signature import Signature
from beliefs.language.syntax import (
    And,
    Application,
    Atom,
    Comparison,
    Constant,
    Formula,
    Not,
    subformulas,
    subterms,
)

SYMBOL = "symbol "
"""What the ids of functions begin with. No name of a belief has a space in it."""


def support(base: BeliefBase) -> BeliefGraph:
    """Return which beliefs of a base feed which.

    A belief feeds another when an atom that is positive in the one is negative in the other: `bird(tweety)`
    feeds `forall x. bird(x) -> flies(x)`. In each place, both have the same individual, or one of them
    something else than an individual. Beliefs whose comparisons speak of the same function are joined by a
    node for that function rather than with one another: k beliefs make k edges.

    Cost: linear in the total length of the beliefs, and in the edges as far as one argument of an atom picks
    out its counterparts; an atom is never compared with one of another predicate.
    """
    beliefs = tuple(base)
    return support_among(beliefs, functions_spoken_of(beliefs, base.signature), base.signature)


def functions_spoken_of(beliefs: Iterable[Belief], signature: Signature) -> list[str]:
    """Return the functions that the comparisons of several beliefs speak of."""
    return [function for function, names in _speakers(beliefs, signature).items() if len(names) > 1]


def support_among(beliefs: Sequence[Belief], symbols: Iterable[str], signature: Signature) -> BeliefGraph:
    """Return which of some beliefs feed which, and which of them speak of some functions; see `support`."""
    speakers = _speakers(beliefs, signature)
    joined = {symbol: speakers.get(symbol, ()) for symbol in symbols}
    nodes = (
        *(belief_node(belief) for belief in beliefs),
        *(Node(symbol_id(symbol), "symbol", symbol) for symbol in joined),
    )
    literals = {belief.name: _literals(belief, signature) for belief in beliefs}
    speaks = (
        Edge(name, symbol_id(symbol), "speaks of") for symbol, names in joined.items() for name in names
    )
    return BeliefGraph(nodes, (*_feeds(literals), *speaks))


def neighbours(base: BeliefBase, name: str, most: int) -> tuple[list[str], bool]:
    """Return the beliefs that a belief feeds or that feed it, and whether these are all of them.

    Cost: that of the beliefs that mention an atom or predicate of it, of which at most so many are looked at.
    """
    found: dict[str, None] = {}
    complete = True
    for pattern, positive in _literals(base[name], base.signature):
        atom = tuple(part for part in pattern if part is not None)
        spoken_of = base.touching(atom) if len(atom) == len(pattern) else base.mentioning(str(pattern[0]))
        looked_at = list(islice(spoken_of, most + 1))
        complete &= len(looked_at) <= most
        for other in looked_at[:most]:
            if other != name and other not in found:
                theirs = _literals(base[other], base.signature)
                if any(
                    theirs_positive != positive and each[0] == pattern[0] and unify(each[1:], pattern[1:])
                    for each, theirs_positive in theirs
                ):
                    found[other] = None
    return list(found), complete


def shared_functions(base: BeliefBase, name: str) -> list[str]:
    """Return the functions that the comparisons of a belief, and of another one, speak of."""
    functions = base.signature.functions_among(dict.fromkeys(_compared(base[name].formula)))
    return [function for function in functions if any(other != name for other in speakers_of(base, function))]


def speakers_of(base: BeliefBase, function: str) -> Iterator[str]:
    """Yield the beliefs whose comparisons speak of a function."""
    return (name for name in base.mentioning(function) if function in _compared(base[name].formula))


def belief_node(belief: Belief) -> Node:
    """Return the node of a belief that is held."""
    kind = "fact" if _is_fact(belief.formula) else "rule"
    return Node(belief.name, kind, print_formula(belief.formula), belief)  # type: ignore[arg-type]


def symbol_id(symbol: str) -> str:
    """Return what the node of a function is called."""
    return f"{SYMBOL}{symbol}"


@dataclass(slots=True)
class _Shelf:
    """Patterns of one predicate with their owners, filed by what stands in each argument place."""

    all: list[tuple[Pattern, str]] = field(default_factory=list)
    places: defaultdict[tuple[int, Element | None], list[tuple[Pattern, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def put(self, pattern: Pattern, owner: str) -> None:
        self.all.append((pattern, owner))
        for place, argument in enumerate(pattern):
            self.places[place, argument].append((pattern, owner))

    def meeting(self, pattern: Pattern) -> Iterator[str]:
        """Yield the owners of the patterns that unify with this one, from the shortest file that has them."""
        candidates: Iterable[tuple[Pattern, str]] = self.all
        fewest = len(self.all)
        for place, argument in enumerate(pattern):
            if argument is None:
                continue
            same, open_ = self.places.get((place, argument), []), self.places.get((place, None), [])
            if len(same) + len(open_) < fewest:
                fewest = len(same) + len(open_)
                candidates = chain(same, open_)
        return (owner for other, owner in candidates if unify(pattern, other))


def _feeds(literals: dict[str, list[tuple[Pattern, bool]]]) -> Iterator[Edge]:
    users: defaultdict[Element | None, _Shelf] = defaultdict(_Shelf)
    for name, own in literals.items():
        for (predicate, *arguments), positive in own:
            if not positive:
                users[predicate].put(tuple(arguments), name)
    for name, own in literals.items():
        fed: dict[tuple[str, str], None] = {}
        for (predicate, *arguments), positive in own:
            if positive and predicate in users:
                fed.update(
                    ((user, str(predicate)), None) for user in users[predicate].meeting(tuple(arguments))
                )
        yield from (Edge(name, user, "feeds", label) for user, label in fed if user != name)


def _literals(belief: Belief, signature: Signature) -> list[tuple[Pattern, bool]]:
    """The literals of a belief, in an order that does not change from run to run, as that of a set of texts does."""
    found = clauses.literals(belief.formula, signature)
    return sorted(found, key=lambda literal: ([str(part or "") for part in literal[0]], literal[1]))


def _speakers(beliefs: Iterable[Belief], signature: Signature) -> dict[str, list[str]]:
    """The functions that comparisons of beliefs speak of, with the names of those beliefs."""
    functions = signature.functions
    speakers: defaultdict[str, list[str]] = defaultdict(list)
    if functions:
        for belief in beliefs:
            for symbol in dict.fromkeys(_compared(belief.formula)):
                if symbol in functions:
                    speakers[symbol].append(belief.name)
    return speakers


def _compared(formula: Formula) -> Iterator[str]:
    """Yield the symbols in the comparisons of a formula."""
    for part in subformulas(formula):
        if isinstance(part, Comparison):
            for term in subterms(part):
                if isinstance(term, Application):
                    yield term.function
                elif isinstance(term, Constant):
                    yield term.name


def _is_fact(formula: Formula) -> bool:
    match formula:
        case Atom() | Comparison():
            return True
        case Not(operand):
            return isinstance(operand, Atom | Comparison)
        case And(operands):
            return all(_is_fact(operand) for operand in operands)
    return False
