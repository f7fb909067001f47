"""The manual page, made from the help of the commands in the form that `man` reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import metadata

import click

from beliefs.cli.group import SECTIONS, beliefs

_ENVIRONMENT = {
    "BELIEFS_BASE": "The base where no --base names one: a file, or the URL of a database.",
    "NO_COLOR": "Where it is set, there are no colours.",
    "BELIEFS_DEBUG": "Where it is set, a fault of the program itself shows where it happened.",
}

_EXIT_CODES = {
    "0": "A change was done or there was nothing to do; the formula is believed; all is in order.",
    "1": "The change was refused, or lines rejected; the formula is not believed; something is not in order.",
    "2": "An error in what was asked; nothing was changed.",
    "3": "Unknown: the time ran out, or the solver could not tell; nothing was changed.",
    "70": "A fault of the program itself.",
    "130": "Interrupted with Ctrl-C.",
}


def manual() -> str:
    """Return the whole page."""
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    group = click.Context(beliefs, info_name="beliefs", **beliefs.context_settings)
    summary, _, description = (beliefs.help or "").partition("\n\n")
    yield '.\\" Written by tools/man_page.py from the help of the commands. Do not edit it.'
    yield f'.TH BELIEFS 1 "" "beliefs {metadata.version("beliefs")}" "User Commands"'
    yield ".SH NAME"
    yield f"beliefs \\- {_escaped(summary[0].lower() + summary[1:].rstrip('.'))}"
    yield ".SH SYNOPSIS"
    yield "\\fBbeliefs\\fR [\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGS\\fR]..."
    yield ".SH DESCRIPTION"
    yield from _prose(description)
    yield ".SH OPTIONS"
    yield from _options(beliefs, group)
    for section, commands in SECTIONS.items():
        yield f".SH COMMANDS: {section.upper()}"
        for name in commands:
            command = beliefs.get_command(group, name)
            assert command is not None
            context = click.Context(command, parent=group, info_name=name)
            usage = " ".join(command.collect_usage_pieces(context))
            yield f".SS beliefs {name} {_escaped(usage)}"
            yield from _prose(command.help or "")
            yield from _options(command, context)
    yield ".SH ENVIRONMENT"
    yield from _terms(_ENVIRONMENT.items())
    yield ".SH EXIT STATUS"
    yield from _terms(_EXIT_CODES.items())
    yield ".SH SEE ALSO"
    yield from _prose("`beliefs COMMAND --help` tells of one command.")


def _prose(text: str) -> Iterator[str]:
    """Paragraphs of a help text; an example keeps its lines."""
    for paragraph in text.strip().split("\n\n"):
        yield ".PP"
        title, _, example = paragraph.removeprefix("\b\n").partition("\n")
        if title == "Example:":
            yield from ("Example:", ".PP", ".nf", ".RS 4")
            yield from (_escaped(line.strip()) for line in example.split("\n"))
            yield from (".RE", ".fi")
        else:
            yield _marked(" ".join(paragraph.split()))


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    records = (parameter.get_help_record(context) for parameter in command.get_params(context))
    yield from _terms(record for record in records if record is not None)


def _terms(terms: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, meaning in terms:
        yield from (".TP", f"\\fB{_escaped(term)}\\fR", _marked(" ".join(meaning.split())))


def _marked(text: str) -> str:
    """A text whose words in backticks are bold."""
    return re.sub(r"`([^`]+)`", r"\\fB\1\\fR", _escaped(text))


def _escaped(text: str) -> str:
    """A text in which nothing means anything to roff."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text
