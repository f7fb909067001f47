"""All minimal incisions in order of cost, by a search of the tree of what may cut the kernels met."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from heapq import heappop, heappush
from typing import Any, TypeAlias

from beliefs.base.entrenchment import Cost, Entrenchment
from beliefs.kernels.incision import Incision, Irrefutable, KernelSearch, incisions_by_cost
from beliefs.kernels.kernel import Kernel
from beliefs.kernels.order import Priority
from beliefs.reasoning.verdict import UNLIMITED, Budget, Label, Sat, Unknown

PATIENCE = 50_000
"""How many sets are looked at between two questions before the search is handed over to a solver: some 0.2 s."""

_ROOM = 4
"""How many times as many may be kept in mind before it is."""

_Weights: TypeAlias = tuple[tuple[int, int | Fraction], ...]
"""What a set costs, as in `Cost.by_level`; whole numbers as such, since they add up in a fraction of the time."""

_Node: TypeAlias = tuple[_Weights, bool, tuple[Any, ...], _Weights, int]
"""A set of labels that waits.

The least that a set costs that includes it and cuts all kernels; whether it cuts them all itself; the keys of its
labels in order, which no two sets share; what it costs; and its labels, as bits.
"""


def cheapest_first(
    find: KernelSearch,
    entrenchment: Callable[[Label], Entrenchment],
    priority: Priority,
    *,
    known: Iterable[Kernel] = (),
    found: Iterable[frozenset[Label]] = (),
    budget: Budget = UNLIMITED,
    patience: int = PATIENCE,
) -> Iterator[Incision | Irrefutable | Unknown]:
    """Yield all minimal incisions as `incision.incisions_by_cost` does, which finds the same in the same order.

    It is Reiter's tree of hitting sets (AIJ 1987), searched best first: by the least that a set which includes the
    one at hand, and cuts all kernels met, must cost. (Where no label is in all the kernels that it misses it takes two
    more; where so many of these share no label, so many.) A set that misses a kernel is grown by each label of it;
    one that cuts all of them is put to `find`, and misses what is found. Every set that cuts all kernels, and includes
    no incision found, includes one that waits. So, since every weight is positive,

    - once no set waits that might be grown to cost so much or less, all of that cost that cut all kernels are among
      those that wait, and are taken in the canonical order;
    - one that is taken and turns out to be an incision is minimal, and next in order.

    What would cost more when grown is not grown before its time, as in partial expansion A* (Yoshizumi, Miura and
    Ishida, AAAI 2000). With few kernels, or incisions of few labels, each takes a few steps in Python. Where many
    kernels have to be cut apart, the tree is too large: once it has grown too far (`patience`) the search goes on by
    MaxSAT, from the kernels and the incisions found.

    Args:
        find: as in `incisions_by_cost`; so are the others.
        entrenchment: how firmly a label is held.
        priority: what of equal cost comes first.
        known: kernels met before, with which to begin.
        found: incisions that were found before, all that come first in order: with these it goes on from there.
        budget: what each search for a hitting set may spend; in the tree, that is never much.
        patience: how many sets may be looked at between two questions.

    Yields:
        As `incisions_by_cost` does.
    """
    tree = _Tree(entrenchment, priority, patience)
    for kernel in known:
        tree.meet(kernel)
    done = list(found)
    for incision in done:
        tree.rule_out(incision)
    while (candidate := tree.next()) is not None:
        answer = find(candidate)
        if isinstance(answer, Unknown):
            yield answer
            return
        if isinstance(answer, Sat):
            cost = Cost.of(map(entrenchment, candidate))
            yield Incision(candidate, cost, tuple(tree.kernels), answer.model)
            done.append(candidate)
            tree.rule_out(candidate)
        elif tree.meet(answer):
            tree.put_back()
        else:
            yield Irrefutable(answer)
            return
    if not tree.is_exhausted:
        yield from incisions_by_cost(
            find, entrenchment, priority, known=tree.kernels, found=done, budget=budget
        )


class _Tree:
    """Sets of labels that may grow to cut all kernels, in order."""

    def __init__(
        self, entrenchment: Callable[[Label], Entrenchment], priority: Priority, patience: int
    ) -> None:
        self._entrenchment = entrenchment
        self._priority = priority
        self._patience = patience
        self.kernels: list[Kernel] = []
        self._parts: list[int] = []
        self._bits: dict[Label, int] = {}
        self._label: dict[int, Label] = {}
        self._keys: dict[int, Any] = {}
        self._weights: dict[int, tuple[int, int | Fraction]] = {}
        self._least: tuple[int, int | Fraction] = (0, 0)
        self._known: set[int] = set()
        self._ruled_out: dict[int, list[int]] = {}
        self._ruled_out_by_lowest: dict[int, list[int]] = {}
        self._taken: _Node = ((), True, (), (), 0)
        self._waiting: list[_Node] = [self._taken]

    @property
    def is_exhausted(self) -> bool:
        """Whether no set waits: there is no other incision."""
        return not self._waiting

    def next(self) -> frozenset[Label] | None:
        """Return the first set that cuts all kernels met; None if there is none, or the tree is too large."""
        patience = self._patience
        while self._waiting:
            if patience < 0 or len(self._known) > _ROOM * self._patience:
                return None
            node = heappop(self._waiting)
            least, _, keys, cost, labels = node
            missed = [part for part in self._parts if not part & labels]
            if not missed:
                # An incision may have been found within it since it was grown.
                if not self._includes_ruled_out(labels):
                    self._taken = node
                    return frozenset(map(self._label.__getitem__, _bits_of(labels)))
                continue
            bound = self._bound(cost, missed)
            if bound > least:
                heappush(self._waiting, (bound, False, keys, cost, labels))
            else:
                patience -= self._grow(node, missed)
        return None

    def meet(self, kernel: Kernel) -> bool:
        """Take in a kernel; False if all its labels are certain."""
        self.kernels.append(kernel)
        part = 0
        for label in sorted(kernel - self._bits.keys(), key=self._priority):
            held = self._entrenchment(label)
            if held.is_certain:
                continue
            self._bits[label] = bit = 1 << len(self._bits)
            self._label[bit] = label
            weight = held.weight
            self._weights[bit] = (held.rank[1], weight if weight.denominator > 1 else weight.numerator)
            self._least = min(self._weights[bit], self._least) if bit > 1 else self._weights[bit]
            self._keys[bit] = self._priority(label)
        for label in kernel:
            part |= self._bits.get(label, 0)
        self._parts.append(part)
        return part > 0

    def put_back(self) -> None:
        """Let the set that was just returned wait again: it misses a kernel that has been met since."""
        heappush(self._waiting, self._taken)

    def rule_out(self, labels: frozenset[Label]) -> None:
        """Let no set that includes these be returned any more."""
        if not labels:
            self._waiting.clear()
            return
        bits = [self._bits[label] for label in labels]
        if bits:
            self._ruled_out_by_lowest.setdefault(min(bits), []).append(sum(bits))
        for bit in bits:
            self._ruled_out.setdefault(bit, []).append(sum(bits))

    def _grow(self, node: _Node, missed: list[int]) -> int:
        """Let a set wait with each label of a kernel added, if it need not cost more than the set was thought to.

        Otherwise the set itself waits until that is due. Returns how many sets were looked at.
        """
        least, _, keys, cost, labels = node
        later: _Weights | None = None
        candidates = _bits_of(min(missed, key=int.bit_count))
        for bit in candidates:
            larger = labels | bit
            if larger in self._known:
                continue
            ruled_out = self._ruled_out.get(bit)
            if ruled_out and any(each & larger == each for each in ruled_out):
                continue
            total = _plus(cost, self._weights[bit])
            still = [part for part in missed if not part & bit]
            bound = self._bound(total, still) if still else total
            if bound <= least:
                self._known.add(larger)
                ordered = tuple(sorted((*keys, self._keys[bit])))
                heappush(self._waiting, (bound, not still, ordered, total, larger))
            elif later is None or bound < later:
                later = bound
        if later is not None:
            heappush(self._waiting, (later, False, keys, cost, labels))
        return len(candidates)

    def _bound(self, cost: _Weights, missed: list[int]) -> _Weights:
        """The least that it costs to cut these kernels too."""
        common, apart, met = -1, 0, 0
        for part in missed:
            common &= part
            if not part & met:
                apart += 1
                met |= part
        level, weight = self._least
        return _plus(cost, (level, weight if common else weight * max(2, apart)))

    def _includes_ruled_out(self, labels: int) -> bool:
        by_lowest = self._ruled_out_by_lowest
        for bit in _bits_of(labels):
            for each in by_lowest.get(bit, ()):
                if each & labels == each:
                    return True
        return False


def _bits_of(labels: int) -> list[int]:
    """The single bits of which a number is made up, the lowest first."""
    bits = []
    while labels:
        bit = labels & -labels
        bits.append(bit)
        labels ^= bit
    return bits


def _plus(cost: _Weights, more: tuple[int, int | Fraction]) -> _Weights:
    """What a set costs with so much more, at a level."""
    level, weight = more
    if len(cost) == 1 and cost[0][0] == level:
        return ((level, cost[0][1] + weight),)
    for place, (other, total) in enumerate(cost):
        if other == level:
            return (*cost[:place], (level, total + weight), *cost[place + 1 :])
        if other < level:
            return (*cost[:place], (level, weight), *cost[place:])
    return (*cost, (level, weight))
