"""All formats: their names, the endings of their files, what each can hold, and how it is read and written."""

from __future__ import annotations

import gzip
import os
import zlib
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from beliefs import garbage
from beliefs.base.belief_base import BeliefBase
from beliefs.errors import FormatError
from beliefs.formats.contents import Contents, Options, Progress, Source, Written

STANDARD_STREAM = "-"
"""What stands for standard input or output in place of the name of a file."""

LARGEST = 1 << 31
"""How many bytes a packed file may unpack to."""


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write beliefs down.

    Attributes:
        name: what users call it.
        title: what it is.
        endings: how the names of its files end; a further `.gz` says that the file is packed.
        holds: what comes back when a base is written and read again.
        module: the module of this package that reads and writes it.
        reader: the function that reads it; None where it is only written.
        writer: the function that writes it.
    """

    name: str
    title: str
    endings: tuple[str, ...]
    holds: str
    module: str
    reader: str | None = "read"
    writer: str = "write"

    def read(self, source: Source, options: Options, progress: Progress) -> Contents:
        """Return what a file of this format says.

        Raises:
            FormatError: it is not of the format as a whole, or the format is only written.
            PlanError: a PDDL domain is malformed, or outside the fragment.
            MissingExtraError: what reads it is not installed.
        """
        if self.reader is None:
            raise FormatError(f"{self.title} is only written; {_choices(readable())}")
        with garbage.put_off():
            contents: Contents = self._function(self.reader)(source, options, progress)
        return contents

    def write(self, base: BeliefBase, options: Options) -> Written:
        """Return a base in this format.

        Raises:
            FormatError: a belief does not fit into it, and is not to be skipped.
            PlanError: what is believed of actions could not be found out.
            MissingExtraError: what writes it is not installed.
        """
        with garbage.put_off():
            written: Written = self._function(self.writer)(base, options)
        return written

    def _function(self, name: str) -> Any:
        return getattr(import_module(f"beliefs.formats.{self.module}"), name)


_CLAUSES = "the meaning, for what can be made clauses"

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format(
            "language",
            "the language",
            (".beliefs", ".txt"),
            "everything but whether names are unique",
            "language",
        ),
        Format("jsonl", "JSON Lines", (".jsonl", ".ndjson"), "everything", "json_lines"),
        Format(
            "cnf", "DIMACS CNF", (".cnf", ".dimacs"), _CLAUSES, "clauses", "read_cnf_file", "write_cnf_file"
        ),
        Format(
            "wcnf",
            "DIMACS WCNF",
            (".wcnf",),
            f"{_CLAUSES}, and the order of levels and weights",
            "clauses",
            "read_wcnf_file",
            "write_wcnf_file",
        ),
        Format(
            "gcnf",
            "DIMACS GCNF",
            (".gcnf",),
            f"{_CLAUSES}, and what is certain",
            "clauses",
            "read_gcnf_file",
            "write_gcnf_file",
        ),
        Format(
            "smt2",
            "SMT-LIB 2",
            (".smt2", ".smtlib"),
            "all beliefs; every symbol is declared afterwards",
            "smt_lib",
        ),
        Format("pddl", "a PDDL domain", (".pddl",), "what is believed of actions", "pddl"),
        Format(
            "graphml",
            "GraphML",
            (".graphml",),
            "the graph of the beliefs, for other programs to draw",
            "graphml",
            None,
        ),
        Format("turtle", "RDF in Turtle", (".ttl", ".nt"), "facts about two individuals", "turtle"),
        Format(
            "csv",
            "a CSV table",
            (".csv",),
            "the facts that a template describes",
            "tables",
            "read_csv",
            "write_csv",
        ),
        Format(
            "tsv",
            "a table with tabs",
            (".tsv", ".tab"),
            "the facts that a template describes",
            "tables",
            "read_tsv",
            "write_tsv",
        ),
    )
}
"""Every format by its name."""


def readable() -> list[str]:
    """Return the names of the formats that can be read."""
    return [each.name for each in FORMATS.values() if each.reader is not None]


def format_named(name: str) -> Format:
    """Return the format of that name.

    Raises:
        FormatError: there is none.
    """
    if name in FORMATS:
        return FORMATS[name]
    close = get_close_matches(name, FORMATS, n=1)
    meant = f"; did you mean {close[0]}?" if close else ""
    raise FormatError(f"there is no format {name!r}{meant}; {_choices(list(FORMATS))}")


def format_of(place: str) -> Format | None:
    """Return the format that the ending of a file's name says; None where it says none."""
    name = Path(place).name.lower().removesuffix(".gz")
    return next((each for each in FORMATS.values() if name.endswith(each.endings)), None)


def is_packed(place: str) -> bool:
    """Return whether the name of a file says that it is packed."""
    return place.lower().endswith(".gz")


def source_of(place: str | os.PathLike[str], stream: IO[bytes] | None = None) -> Source:
    """Return what a file holds, unpacked if it is packed.

    Args:
        place: the file.
        stream: what to read in its place; it is read to its end and left open.

    Raises:
        FormatError: it cannot be read, or cannot be unpacked.
    """
    name = os.fspath(place)
    try:
        data = Path(place).read_bytes() if stream is None else stream.read()
    except OSError as error:
        reason = error.strerror or error
        raise FormatError(f"{name}: cannot be read ({reason}); check the name and its permissions") from error
    return Source(name, _unpacked(name, data) if data[:2] == b"\x1f\x8b" else data)


def _unpacked(name: str, data: bytes) -> bytes:
    try:
        unpacked = bytearray()
        unpacker = zlib.decompressobj(wbits=31)
        while data:
            unpacked += unpacker.decompress(data, LARGEST + 1 - len(unpacked))
            if len(unpacked) > LARGEST:
                raise FormatError(
                    f"{name}: it unpacks to more than {LARGEST:,} bytes; unpack and split it first"
                )
            data = unpacker.unconsumed_tail
            if unpacker.eof:
                # What follows is a further packed part, or padding.
                data = unpacker.unused_data.lstrip(b"\0")
                unpacker = zlib.decompressobj(wbits=31)
                if not data:
                    return bytes(unpacked)
            elif not data:
                raise EOFError("it ends too early")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        remedy = "the file is damaged or was cut short; fetch it again"
        raise FormatError(f"{name}: cannot be unpacked ({error}); {remedy}") from error
    return bytes(unpacked)


def read(
    place: str | os.PathLike[str],
    name: str | None = None,
    options: Options | None = None,
    progress: Progress = lambda done, total: None,
) -> Contents:
    """Return what a file says, to look at or to take in.

    Args:
        place: the file.
        name: the name of its format; by default what its ending says.
        options: what is said about it apart from it. Where no source is given, it is the name of the file, for the
            formats that have no sources of their own.
        progress: told now and then how much is read.

    Raises:
        FormatError: there is no such format, or the file cannot be read or is not of it as a whole.
    """
    found = format_of(os.fspath(place)) if name is None else format_named(name)
    if found is None:
        raise FormatError(f"the ending of {os.fspath(place)} says no format; {_choices(readable())}")
    return found.read(source_of(place), options or Options(source=source_name(found, place)), progress)


def source_name(form: Format, place: str | os.PathLike[str]) -> str | None:
    """Return who says what stands in a file that does not say: the file; nobody, where the format has sources."""
    return None if form.name in ("language", "jsonl", "smt2", "pddl") else Path(place).name


def write(base: BeliefBase, name: str, options: Options | None = None) -> Written:
    """Return a base in a format, by its name.

    Raises:
        FormatError: there is no such format, or a belief does not fit into it and is not to be skipped.
    """
    return format_named(name).write(base, options or Options())


def _choices(names: list[str]) -> str:
    return f"give one of {', '.join(names)}"
