"""The command that sets up shell completion: completion."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

from beliefs.cli.output import write_raw

SHELLS = ("bash", "zsh", "fish")

VARIABLE = "_BELIEFS_COMPLETE"
"""The environment variable by which a shell asks the command what may follow."""


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def completion_command(shell: str) -> None:
    """Print what makes a shell complete commands and names.

    SHELL is bash (4.4 or newer), zsh or fish. Commands, options, files, formats and the names of beliefs are completed,
    those of the base that --base or BELIEFS_BASE names.

    Example:
      beliefs completion fish > ~/.config/fish/completions/beliefs.fish
      echo 'eval "$(beliefs completion bash)"' >> ~/.bashrc
      echo 'eval "$(beliefs completion zsh)"' >> ~/.zshrc
    """
    kind = get_completion_class(shell)
    assert kind is not None
    root = click.get_current_context().find_root().command
    # The scripts of click as they are; its class for bash would first run a bash to ask for its version.
    write_raw(ShellComplete.source(kind(root, {}, "beliefs", VARIABLE)))
