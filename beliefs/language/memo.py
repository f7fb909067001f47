"""What has been worked out about a formula, remembered for that very formula."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from beliefs.language.syntax import Formula

_T = TypeVar("_T")


def remembered(most: int) -> Callable[[Callable[[Formula], _T]], Callable[[Formula], _T]]:
    """Have a function of formulas work out its value once for each formula object.

    Beliefs keep their formulas, so what is asked of a belief again and again is worked out once. A formula is told
    by its identity: to hash a tree would cost as much as most of what is remembered here. An equal tree elsewhere is
    worked out by itself. The value must not be changed by whoever gets it.

    Args:
        most: for how many formulas; then all are forgotten, which costs less than to keep count of their use.
    """

    def remembering(function: Callable[[Formula], _T]) -> Callable[[Formula], _T]:
        known: dict[int, tuple[Formula, _T]] = {}

        @wraps(function)
        def look_up(formula: Formula) -> _T:
            # The formula is kept beside its value, so that nothing else can come to have its identity.
            found = known.get(id(formula))
            if found is not None:
                return found[1]
            value = function(formula)
            if len(known) >= most:
                known.clear()
            known[id(formula)] = (formula, value)
            return value

        return look_up

    return remembering
