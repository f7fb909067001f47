"""The `beliefs` command: each command opens a base, makes one call, and renders what came of it."""

from __future__ import annotations

import gc


def main() -> None:
    """Run the command with the arguments of this process, and leave with its exit code."""
    # Importing makes much that lasts and little to collect. See `group.LazyGroup.get_command`, where it ends.
    gc.disable()
    from beliefs.cli.group import beliefs

    beliefs.main(prog_name="beliefs")
