"""How the stories of `beliefs demo` are told: in sentences with a little colour, and tables of beliefs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

    from beliefs.agent import Agent


def say(words: str) -> None:
    """Tell something, in words with markup for colours."""
    from rich.text import Text

    write(Text.from_markup(words))


def show_beliefs(agent: Agent, *names: str) -> None:
    """Show some beliefs of an agent, by name."""
    from rich.padding import Padding

    from beliefs.render import text

    base = agent.base
    write(Padding(text.beliefs([base[name] for name in names]), (0, 0, 1, 2), expand=False))


def write(shown: RenderableType) -> None:
    """Write something that can be shown."""
    from beliefs.cli.output import write_text

    write_text(shown)
