"""Beliefs in the terminal: browse what is believed and why, and try a change before it is made.

Needs the extra `tui`; nothing of it is imported before `browse` is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beliefs.errors import MissingExtraError

if TYPE_CHECKING:
    from beliefs.agent import Agent


def browse(agent: Agent) -> None:
    """Show an agent's beliefs on the whole terminal, until the user leaves.

    The agent is to be left alone meanwhile, and is still open afterwards.

    Raises:
        MissingExtraError: the extra is not installed.
    """
    try:
        import textual  # noqa: F401  (only to see whether it is there: what fails below is another matter)
    except ImportError:
        raise MissingExtraError(
            "the terminal interface needs the textual package: pip install 'beliefs[tui]'"
        ) from None
    from beliefs.tui.app import BeliefsApp
    from beliefs.tui.engine import Engine

    with Engine(agent) as engine:
        BeliefsApp(engine).run()
