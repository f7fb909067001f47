"""A base of clauses of numbers, each of which becomes a belief where it is looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.dimacs import Clause, Cnf, Wcnf, Weight, clause_formula
from beliefs.base.entrenchment import CERTAIN, Entrenchment, Level
from beliefs.base.index import Key
from beliefs.base.track_record import TrackRecord
from beliefs.errors import BaseError
from beliefs.language.semantics import Ground
from beliefs.language.signature import Signature
from beliefs.layered import Layered

_PREFIX = "x"
"""What the name of a proposition begins with; the number of its variable follows."""

_KEPT = 200_000
"""How many of the beliefs that were looked at are kept; then all are let go."""

_DIGITS = 18
"""How many digits the number of a variable or clause has at most."""


def clausal_base(clauses: Cnf | Wcnf, level: Level, source: str | None) -> BeliefBase:
    """Return the base of the beliefs of some clauses, of which it is open whether they can all be true together.

    It is equal to the one that `beliefs_of_cnf`, or `beliefs_of_wcnf`, fills belief by belief.

    Raises:
        BaseError: a literal is none, or soft clauses are to be certain.

    Cost: linear in the number of literals, a fraction of a microsecond each.
    """
    blocks: tuple[_Block, ...]
    if isinstance(clauses, Cnf):
        blocks = (_Block("c", 0, clauses.clauses, Entrenchment(level)),)
    elif level == CERTAIN:
        raise BaseError("soft clauses cannot be certain; give them a level from 0, or make them hard")
    else:
        weights, soft = tuple(zip(*clauses.soft, strict=True)) or ((), ())
        for number, weight in enumerate(weights, start=1):
            if not weight > 0:
                raise BaseError(f"clause s{number} has weight {weight}; a weight is a positive number")
        blocks = (
            _Block("h", 0, clauses.hard, Entrenchment(CERTAIN)),
            _Block("s", len(clauses.hard), soft, Entrenchment(level), weights),
        )
    for block in blocks:
        block.expect_literals()
    beliefs = _Beliefs(blocks, source)
    files = _Files(beliefs)
    return BeliefBase.stored(
        beliefs,
        files,
        Signature(predicates=Layered(_Propositions(files))),
        unique_names=True,
        next_age=1 + len(beliefs),
        witness=None,
        consistent=None,
        record=TrackRecord(),
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """Clauses whose beliefs are called alike.

    Attributes:
        letter: what their names begin with; the number of the clause follows, counted from 1.
        older: how many beliefs are older than all of them.
        clauses: the clauses.
        entrenchment: how firmly they are held.
        weights: what each of them weighs, where it is not what their entrenchment says.
    """

    letter: str
    older: int
    clauses: Sequence[Clause]
    entrenchment: Entrenchment
    weights: Sequence[Weight] = ()

    def expect_literals(self) -> None:
        """Make sure that the clauses are of literals.

        Raises:
            BaseError: something in one of them is no integer, or 0.
        """
        # The first look takes a tenth of the time of the second, which tells where.
        if set(map(type, chain.from_iterable(self.clauses))) <= {int} and not any(
            0 in clause for clause in self.clauses
        ):
            return
        for number, clause in enumerate(self.clauses, start=1):
            for literal in clause:
                if type(literal) is not int or literal == 0:
                    raise BaseError(
                        f"clause {self.letter}{number} has {literal!r} in it; "
                        "a literal is the number of a variable, from 1, or its negative"
                    )

    def belief(self, position: int, source: str | None) -> Belief:
        """Return the belief of the clause at a position, counted from 0."""
        entrenchment = self.entrenchment
        if self.weights:
            entrenchment = Entrenchment(entrenchment.level, Fraction(self.weights[position]))
        return Belief(
            f"{self.letter}{position + 1}",
            clause_formula(self.clauses[position], _PREFIX),
            entrenchment,
            source,
            self.older + position + 1,
        )


class _Beliefs(Mapping[str, Belief]):
    """The beliefs by name."""

    def __init__(self, blocks: Sequence[_Block], source: str | None) -> None:
        self.blocks = blocks
        self._source = source
        self._by_letter = {block.letter: block for block in blocks}
        self._looked_at: dict[str, Belief] = {}

    def __getitem__(self, name: str) -> Belief:
        # The same belief each time: what is worked out about a formula is remembered for that very object.
        found = self._looked_at.get(name)
        if found is None:
            block, position = self._place(name)
            if block is None:
                raise KeyError(name)
            if len(self._looked_at) >= _KEPT:
                self._looked_at.clear()
            found = self._looked_at[name] = block.belief(position, self._source)
        return found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._place(name)[0] is not None

    def __iter__(self) -> Iterator[str]:
        for block in self.blocks:
            yield from (f"{block.letter}{number}" for number in range(1, 1 + len(block.clauses)))

    def __len__(self) -> int:
        return sum(len(block.clauses) for block in self.blocks)

    def _place(self, name: str) -> tuple[_Block | None, int]:
        """Where the clause of a name is; nowhere, if there is no block."""
        block = self._by_letter.get(name[:1])
        number = _number(name[1:])
        return (block, number - 1) if block is not None and 1 <= number <= len(block.clauses) else (None, 0)


class _Files:
    """Which beliefs mention a variable. Clauses have nothing else in them to be filed under."""

    def __init__(self, beliefs: _Beliefs) -> None:
        self._blocks = beliefs.blocks
        self.of_variable: dict[int, list[int]] = {}
        of_variable = self.of_variable
        place = 0
        for block in self._blocks:
            for clause in block.clauses:
                for literal in clause:
                    variable = literal if literal > 0 else -literal
                    places = of_variable.get(variable)
                    if places is None:
                        of_variable[variable] = [place]
                    elif places[-1] != place:
                        places.append(place)
                place += 1

    def names(self, key: Key) -> Collection[str]:
        """Return the names of the beliefs filed under a key."""
        return [self._name(place) for place in self._places(key)]

    def some(self, key: Key, limit: int) -> Collection[str]:
        """Return so many of them at most."""
        return [self._name(place) for place in self._places(key)[:limit]]

    def _places(self, key: Key) -> Sequence[int]:
        return self.of_variable.get(_variable(key), ())

    def _name(self, place: int) -> str:
        block = next(block for block in reversed(self._blocks) if block.older <= place)
        return f"{block.letter}{place - block.older + 1}"


class _Propositions(Mapping[str, tuple[str, ...]]):
    """The propositions that occur in clauses, with the sorts of their arguments: none."""

    def __init__(self, files: _Files) -> None:
        self._known = files.of_variable

    def __getitem__(self, name: str) -> tuple[str, ...]:
        if name not in self:
            raise KeyError(name)
        return ()

    def __contains__(self, name: object) -> bool:
        return _variable((str(name),)) in self._known

    def __iter__(self) -> Iterator[str]:
        return (f"{_PREFIX}{variable}" for variable in self._known)

    def __len__(self) -> int:
        return len(self._known)


class Truths(Mapping[Ground, None]):
    """The propositions that hold, as the variables that are true."""

    def __init__(self, variables: frozenset[int]) -> None:
        """Take the variables that are true."""
        self._variables = variables

    def __getitem__(self, key: Ground) -> None:
        if key not in self:
            raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, tuple) and _variable(key) in self._variables

    def __iter__(self) -> Iterator[Ground]:
        return ((f"{_PREFIX}{variable}",) for variable in self._variables)

    def __len__(self) -> int:
        return len(self._variables)


def _variable(key: Key) -> int:
    """The variable of a proposition as it is filed; 0 where it is none."""
    name = key[0] if len(key) == 1 else None
    return _number(name[len(_PREFIX) :]) if isinstance(name, str) and name.startswith(_PREFIX) else 0


def _number(text: str) -> int:
    """A number from 1 as it is printed, of a variable or clause that there may be; 0 where a text is none."""
    return int(text) if len(text) <= _DIGITS and text.isascii() and text.isdigit() and text[0] != "0" else 0
