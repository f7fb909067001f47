"""Truth in a finite model."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from immutables import Map

Element: TypeAlias = str | Fraction
"""A member of a universe, or a number. An individual of unique name is denoted by itself."""

Ground: TypeAlias = tuple[Element, ...]
"""A ground atom or function term: the symbol, then its arguments. `at(r2, hall)` is `("at", "r2", "hall")`."""


@dataclass(frozen=True)
class Model:
    """A finite structure: what exists, which ground atoms hold, what each function term is.

    It is total: a ground atom that is not listed does not hold; a function term that is not listed has its
    function's default. Persistent maps make a model with a few atoms flipped cost no more than the flips.

    Attributes:
        universe: the elements of each sort in use but Int and Real; never empty for a sort in use.
        true: the ground atoms that hold (a set: the values are None).
        values: values of function terms, and of individuals that are not denoted by themselves, as `("tweety",)`.
        defaults: the value of each function on all other arguments.
    """

    universe: Map[str, tuple[str, ...]] = field(default_factory=Map)
    true: Map[Ground, None] = field(default_factory=Map)
    values: Map[Ground, Element] = field(default_factory=Map)
    defaults: Map[str, Element] = field(default_factory=Map)
