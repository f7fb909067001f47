"""`Layered`: a persistent map on top of a mapping that is only read, item by item, where it is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Generic, TypeAlias, TypeVar, overload

from immutables import Map, MapMutation

K = TypeVar("K")
V = TypeVar("V")
D = TypeVar("D")


class _Nothing:
    """The type of the two marks below: neither can be a value of any map."""


_GONE: Final = _Nothing()
_UNTOLD: Final = _Nothing()


class _Looked(Generic[K, V]):
    """What a map and its mutation have in common: to look above first, then below."""

    __slots__ = ("_above", "_below", "_more")

    _above: Map[K, V | _Nothing] | MapMutation[K, V | _Nothing]
    _below: Mapping[K, V]
    _more: int

    @overload
    def get(self, key: K, /) -> V | None: ...
    @overload
    def get(self, key: K, default: V | D, /) -> V | D: ...
    def get(self, key: K, default: Any = None, /) -> Any:
        """Return the value of a key, or the default where there is none."""
        value = self._above.get(key, _UNTOLD)
        if value is _UNTOLD:
            return self._below.get(key, default)
        return default if value is _GONE else value

    def __getitem__(self, key: K) -> V:
        value: Any = self.get(key, _UNTOLD)
        if value is _UNTOLD:
            raise KeyError(key)
        return value  # type: ignore[no-any-return]

    def __contains__(self, key: object) -> bool:
        value = self._above.get(key, _UNTOLD)  # type: ignore[arg-type]
        return key in self._below if value is _UNTOLD else value is not _GONE


class Layered(_Looked[K, V], Mapping[K, V]):
    """A persistent map that keeps what differs from a mapping below it, which nobody changes.

    It stands wherever an `immutables.Map` stands, for contents too large to be held: the mapping below may read each
    item from a database. A map made from another by `set` and `delete` shares the mapping below with it.

    Cost: that of `immutables.Map` and of one look below; to go through it, to count it or to hash it, that of going
    through or counting what is below.
    """

    __slots__ = ()

    _above: Map[K, V | _Nothing]

    def __init__(self, below: Mapping[K, V]) -> None:
        """Make a map of just what the mapping below holds."""
        self._below = below
        self._above = Map()
        self._more = 0

    @classmethod
    def _of(cls, below: Mapping[K, V], above: Map[K, V | _Nothing], more: int) -> Layered[K, V]:
        layered: Layered[K, V] = cls.__new__(cls)
        layered._below, layered._above, layered._more = below, above, more
        return layered

    def __iter__(self) -> Iterator[K]:
        above = self._above
        yield from (key for key in self._below if key not in above)
        yield from (key for key, value in above.items() if value is not _GONE)

    def __len__(self) -> int:
        return len(self._below) + self._more

    def __bool__(self) -> bool:
        return next(iter(self), _UNTOLD) is not _UNTOLD

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Layered) and other._below is self._below:
            # One of them may say of a key what the other leaves to the mapping below.
            return all(
                self.get(key, _UNTOLD) == other.get(key, _UNTOLD) for key in {*self._above, *other._above}
            )
        if not isinstance(other, Mapping):
            return NotImplemented
        return len(self) == len(other) and all(
            key in other and other[key] == value for key, value in self.items()
        )

    def __hash__(self) -> int:
        """Return the hash of the `immutables.Map` that it is equal to."""
        return hash(Map(self.items()))

    def __repr__(self) -> str:
        return f"<Layered of {len(self._above)} changes>"

    def set(self, key: K, value: V) -> Layered[K, V]:
        """Return the map in which a key has this value."""
        return self._of(self._below, self._above.set(key, value), self._more + (key not in self))

    def delete(self, key: K) -> Layered[K, V]:
        """Return the map without a key.

        Raises:
            KeyError: it is not there.
        """
        if key not in self:
            raise KeyError(key)
        return self._of(self._below, self._above.set(key, _GONE), self._more - 1)

    def update(self, other: Mapping[K, V]) -> Layered[K, V]:
        """Return the map in which the keys of another have their values there."""
        changing = self.mutate()
        changing.update(other)
        return changing.finish()

    def mutate(self) -> LayeredMutation[K, V]:
        """Return the map as something that can be changed, to be finished when all changes are made."""
        return LayeredMutation(self._below, self._above, self._more)


class LayeredMutation(_Looked[K, V]):
    """A `Layered` that is being changed; see `Layered.mutate`."""

    __slots__ = ()

    _above: MapMutation[K, V | _Nothing]

    def __init__(self, below: Mapping[K, V], above: Map[K, V | _Nothing], more: int) -> None:
        self._below = below
        self._above = above.mutate()
        self._more = more

    def __setitem__(self, key: K, value: V) -> None:
        self._more += key not in self
        self._above[key] = value

    def __delitem__(self, key: K) -> None:
        if key not in self:
            raise KeyError(key)
        self._more -= 1
        self._above[key] = _GONE

    def pop(self, key: K, default: Any = None, /) -> Any:
        """Take a key away, and return its value; the default where it is not there."""
        value = self.get(key, default)
        if key in self:
            del self[key]
        return value

    def update(self, other: Mapping[K, V]) -> None:
        """Give the keys of another the values that they have there."""
        for key, value in other.items():
            self[key] = value

    def finish(self) -> Layered[K, V]:
        """Return the map with all changes made."""
        return Layered._of(self._below, self._above.finish(), self._more)


PersistentMap: TypeAlias = Map[K, V] | Layered[K, V]
"""A mapping that is never changed, only added to in a new one: held whole, or read where it is looked at."""
