"""How firmly what is known of actions is believed, where the caller does not say."""

from __future__ import annotations

WEAK = 0
"""How firmly it is believed that an action does not need a condition, when nothing has been seen of it."""

FACT = 1
"""How firmly the facts of a problem are believed."""

READ = 2
"""How firmly a condition read from a PDDL file is believed."""

EVIDENCE = 9
"""How firmly it is believed what was seen in the world."""

WORLD = "world"
"""The source of what was seen in the world."""

LIMIT = 100
"""How many plans are tried for one goal."""
