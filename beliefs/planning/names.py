"""Names of PDDL as names of the language, and back.

The way is stateless: `pick-up` is written `pick_up`, and whoever reads `pick_up` knows that it is `pick-up`. A name
for which that would not lead back is written out in hexadecimal digits after `pddl_`. Primes at the end tell apart
what PDDL may call by one name and the language may not, such as an action and a predicate; PDDL knows no primes, so
reading passes over them.
"""

from __future__ import annotations

import re
from collections.abc import Container

from beliefs.language.mistakes import LOOK_LIKE_VARIABLES
from beliefs.language.syntax import is_name

_SPELLED = "pddl_"
_HEX = re.compile(r"pddl_((?:[0-9a-f]{2})+)")


def to_language(name: str, taken: Container[str] = ()) -> str:
    """Return the name of the language for a name of PDDL, with as many primes as it takes to be a free name."""
    written = _written(name)
    while written in taken or written in LOOK_LIKE_VARIABLES or not is_name(written):
        written += "'"
    return written


def to_pddl(name: str) -> str:
    """Return the name of PDDL that a name of the language stands for."""
    bare = name.rstrip("'")
    spelled = _HEX.fullmatch(bare)
    if spelled is not None:
        return bytes.fromhex(spelled[1]).decode("utf-8", "replace")
    if bare.startswith("_") and bare[1:2].isdigit():
        bare = bare[1:]  # PDDL lets a name begin with a digit, and the language does not
    return re.sub("_+", lambda run: "-" if len(run[0]) == 1 else "_" * (len(run[0]) - 1), bare)


def _written(name: str) -> str:
    short = re.sub("_+", lambda run: "_" * (len(run[0]) + 1), name).replace("-", "_")
    if short[:1].isdigit():
        short = "_" + short
    if to_pddl(short) == name and is_name(short + "'") and not short.startswith(_SPELLED):
        return short
    return _SPELLED + name.encode("utf-8").hex()
