"""DIMACS files: propositional clauses, plain, weighted or in groups, read and written.

Four forms are read, each plain or gzipped:

    p cnf 3 2            p wcnf 3 2 9         h 1 -2 0         DIMACS CNF; WCNF with a header, whose last
    1 -2 0               9 1 -2 0             4 2 3 0          number (TOP) is the weight of a hard clause;
    2 3 0                4 2 3 0                               WCNF of the MaxSAT evaluations since 2022

    p gcnf 3 2 1                                               GCNF, whose clauses belong to groups that are
    {0} 1 -2 0                                                 given up whole; group 0 never is
    {1} 2 3 0

All may hold comments (`c …`) anywhere, clauses over several lines or many on one, and observations
(`o 1 -2 0`, from benchmarks of diagnosis): literals that were all seen to be true together. A line `%`, as at
the end of SATLIB's files, ends the text.

A mistake is refused with its line, unless nothing can be lost by reading on: the header's count
of variables is a hint, and more clauses than it counts are all read. Fewer are refused, for then the file has
most likely been cut short.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import chain
from math import lcm
from typing import BinaryIO, Literal, NoReturn, TextIO, TypeAlias, cast

from beliefs.errors import DimacsError
from beliefs.language.syntax import Atom, Formula, Not, conjunction, disjunction

Clause: TypeAlias = tuple[int, ...]
"""Literals, of which one at least is true: `3` is the third variable, `-3` its negation."""

Weight: TypeAlias = int | Fraction
"""A positive number; a Fraction only where the file gives a decimal that is not an integer."""

Source: TypeAlias = str | os.PathLike[str] | BinaryIO
"""A path, or a binary stream, which is read to its end and left open."""


_Form: TypeAlias = Literal["cnf", "wcnf", "gcnf"]


@dataclass(frozen=True, slots=True)
class Cnf:
    """What a CNF file says.

    Attributes:
        variables: the greatest variable, of those that occur and those that the header counts.
        clauses: the clauses, in the order of the file.
        observations: for each `o` line, its literals.
        comments: the text of each `c` line, without the `c`.
    """

    variables: int
    clauses: tuple[Clause, ...]
    observations: tuple[Clause, ...] = ()
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wcnf:
    """What a WCNF file says; `variables`, `observations` and `comments` are as in `Cnf`.

    Attributes:
        hard: the clauses that must hold, in the order of the file.
        soft: the clauses that may be given up, each with its weight, in the order of the file.
    """

    variables: int
    hard: tuple[Clause, ...]
    soft: tuple[tuple[Weight, Clause], ...]
    observations: tuple[Clause, ...] = ()
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gcnf:
    """What a GCNF file says; `variables`, `observations` and `comments` are as in `Cnf`.

    Attributes:
        hard: the clauses of group 0, which must hold, in the order of the file.
        groups: the clauses of each other group by its number, the groups in the order in which they come up.
    """

    variables: int
    hard: tuple[Clause, ...]
    groups: Mapping[int, tuple[Clause, ...]]
    observations: tuple[Clause, ...] = ()
    comments: tuple[str, ...] = ()


def read_cnf(source: Source) -> Cnf:
    """Read a DIMACS CNF file.

    Raises:
        DimacsError: it cannot be read, or is malformed; the message names the file and the line.

    Cost: linear; three to five seconds for a million clauses of three literals.
    """
    with _text(source) as (name, lines):
        scanner = _Scanner(name, lines, "cnf")
        clauses = tuple(map(scanner.clause, scanner.records()))
        header = scanner.require_header()
        scanner.check_count(len(clauses))
        return Cnf(
            variables=max(header.variables, _greatest_variable(clauses, scanner.observations)),
            clauses=clauses,
            observations=tuple(scanner.observations),
            comments=tuple(scanner.comments),
        )


def read_wcnf(source: Source) -> Wcnf:
    """Read a WCNF file, with a header or of the newer form without one.

    Clauses of at least the weight TOP are hard; where a header names no TOP, none is. Soft clauses of weight
    zero cost nothing to give up and are left out.

    Raises:
        DimacsError: it cannot be read, or is malformed; the message names the file and the line.

    Cost: linear; three to five seconds for a million clauses of three literals.
    """
    hard: list[Clause] = []
    soft: list[tuple[Weight, Clause]] = []
    count = 0  # of all clauses, those of weight zero included
    with _text(source) as (name, lines):
        scanner = _Scanner(name, lines, "wcnf")
        for tokens in scanner.records():
            count += 1
            weight = scanner.weight(tokens.pop(0))
            clause = scanner.clause(tokens)
            if weight is None:
                hard.append(clause)
            elif weight:
                soft.append((weight, clause))
        if count == 0 and scanner.header is None:
            scanner.fail("neither a clause nor a header in it", "check that this is the file you mean")
        scanner.check_count(count)
        declared = scanner.header.variables if scanner.header else 0
        return Wcnf(
            variables=max(declared, _greatest_variable(hard, (c for _, c in soft), scanner.observations)),
            hard=tuple(hard),
            soft=tuple(soft),
            observations=tuple(scanner.observations),
            comments=tuple(scanner.comments),
        )


def read_gcnf(source: Source) -> Gcnf:
    """Read a GCNF file, as programs that extract minimal unsatisfiable sets of groups do.

    Raises:
        DimacsError: it cannot be read, or is malformed; the message names the file and the line.

    Cost: linear; three to five seconds for a million clauses of three literals.
    """
    clauses: dict[int, list[Clause]] = {0: []}
    count = 0
    with _text(source) as (name, lines):
        scanner = _Scanner(name, lines, "gcnf")
        for tokens in scanner.records():
            count += 1
            clauses.setdefault(scanner.group(tokens.pop(0)), []).append(scanner.clause(tokens))
        header = scanner.require_header()
        scanner.check_count(count)
        greatest = _greatest_variable(*clauses.values(), scanner.observations)
        hard = tuple(clauses.pop(0))
        return Gcnf(
            variables=max(header.variables, greatest),
            hard=hard,
            groups={number: tuple(group) for number, group in clauses.items()},
            observations=tuple(scanner.observations),
            comments=tuple(scanner.comments),
        )


def write_cnf(stream: TextIO, cnf: Cnf, names: Mapping[int, str] | None = None) -> None:
    """Write a CNF file: the comments, what `names` calls each variable, header, observations, clauses.

    A name is written as a comment, `c 3 = at(r2, hall)`. `read_cnf` reads back what is written here.
    """
    _write_comments(stream, cnf.comments, names)
    stream.write(f"p cnf {cnf.variables} {len(cnf.clauses)}\n")
    _write_rows(stream, (("o", clause) for clause in cnf.observations))
    _write_rows(stream, (("", clause) for clause in cnf.clauses))


def write_wcnf(
    stream: TextIO, wcnf: Wcnf, names: Mapping[int, str] | None = None, *, header: bool = False
) -> None:
    """Write a WCNF file: the comments, what `names` calls each variable, observations, hard and soft clauses.

    Solvers read integer weights only. Where one is not an integer, all are multiplied by their least common
    denominator, which a comment says; the order of costs stays as it was.

    Args:
        stream: what to write to.
        wcnf: what to write.
        names: what to call the variables, in comments of the form `c 3 = at(r2, hall)`.
        header: write the older form, with a header and a TOP above the sum of all weights.
    """
    scale = lcm(*(weight.denominator for weight, _ in wcnf.soft))
    weights = [int(weight * scale) for weight, _ in wcnf.soft]
    top = sum(weights) + 1
    _write_comments(stream, wcnf.comments, names)
    if scale > 1:
        stream.write(f"c every weight is multiplied by {scale}\n")
    if header:
        stream.write(f"p wcnf {wcnf.variables} {len(wcnf.hard) + len(wcnf.soft)} {top}\n")
    _write_rows(stream, (("o", clause) for clause in wcnf.observations))
    _write_rows(stream, ((str(top) if header else "h", clause) for clause in wcnf.hard))
    rows = zip(weights, wcnf.soft, strict=True)
    _write_rows(stream, ((str(weight), clause) for weight, (_, clause) in rows))


def write_gcnf(stream: TextIO, gcnf: Gcnf, names: Mapping[int, str] | None = None) -> None:
    """Write a GCNF file: the comments, what `names` calls each variable, header, observations, clauses.

    `read_gcnf` reads back what is written here, but for groups without clauses.
    """
    count = len(gcnf.hard) + sum(map(len, gcnf.groups.values()))
    _write_comments(stream, gcnf.comments, names)
    stream.write(f"p gcnf {gcnf.variables} {count} {max(gcnf.groups, default=0)}\n")
    _write_rows(stream, (("o", clause) for clause in gcnf.observations))
    _write_rows(stream, (("{0}", clause) for clause in gcnf.hard))
    rows = ((f"{{{number}}}", clause) for number, group in gcnf.groups.items() for clause in group)
    _write_rows(stream, rows)


def clause_formula(clause: Clause, prefix: str = "x") -> Formula:
    """Return a clause as a formula, `x1 | !x2 | x3`; of one literal, the literal; of none, `false`."""
    return disjunction(tuple(_literal_formula(literal, prefix) for literal in clause))


def observation_formula(observation: Clause, prefix: str = "x") -> Formula:
    """Return an observation as a formula, `x1 & !x2 & x3`; of one literal, the literal; of none, `true`."""
    return conjunction(tuple(_literal_formula(literal, prefix) for literal in observation))


@lru_cache(maxsize=1 << 17)
def _literal_formula(literal: int, prefix: str) -> Formula:
    # Cached so that the clauses of a large file share the nodes of their literals.
    atom = Atom(f"{prefix}{abs(literal)}")
    return atom if literal > 0 else Not(atom)


@dataclass(frozen=True, slots=True)
class _Header:
    """A line `p cnf VARIABLES CLAUSES`, `p wcnf VARIABLES CLAUSES [TOP]` or `p gcnf VARIABLES CLAUSES GROUPS`."""

    line: int
    variables: int
    clauses: int
    top: Weight | None


class _Scanner:
    """Splits the lines of a file into clauses, and keeps what else it says.

    `records` yields the tokens of one clause after the other; the rest (`header`, `observations`, `comments`)
    is complete when it has ended. `clause`, `weight` and `group` translate the tokens of the record yielded last.
    """

    def __init__(self, name: str, lines: Iterable[bytes], form: _Form) -> None:
        self.header: _Header | None = None
        self.observations: list[Clause] = []
        self.comments: list[str] = []
        self._name = name
        self._lines = lines
        self._form = form
        self._weighted = form == "wcnf"
        self._line = 0
        self._begun: int | None = None  # the line on which an unfinished clause began
        self._any_clause = False

    def records(self) -> Iterator[list[bytes]]:
        """Yield the tokens of each clause: its weight or group first if it has one, no 0 at the end."""
        first_literal = 0 if self._form == "cnf" else 1
        pending: list[bytes] = []
        for line, text in enumerate(self._lines, start=1):
            self._line = line
            tokens = text.split()
            if not tokens:
                continue
            if not self._holds_literals(tokens[0]):
                if tokens[0] == b"%":
                    break
                self._special_line(text, tokens)
                continue
            self._check_literal_line(text, tokens)
            # The search for the closing 0 passes over the weight, which may be a 0 as well, and over what was
            # searched before: a clause on a million lines takes no longer than one of a million words.
            searched = max(first_literal, len(pending))
            pending += tokens
            while (end := _index(pending, b"0", searched)) >= 0:
                rest = pending[end + 1 :]
                del pending[end:]
                self._any_clause = True
                yield pending
                pending, searched, self._begun = rest, first_literal, None
            if pending and self._begun is None:
                self._begun = self._line
        self._check_ended()

    def clause(self, tokens: list[bytes]) -> Clause:
        """Return the literals that some tokens spell."""
        try:
            literals = tuple(map(int, tokens))
        except ValueError:
            self._fail_at_literal(tokens)
        if 0 in literals:
            self.fail("a literal that is zero, but not written 0", "end a clause with a plain 0")
        return literals

    def weight(self, token: bytes) -> Weight | None:
        """Return the weight that a token spells, None if it marks a hard clause."""
        top = self.header.top if self.header else None
        if token == b"h":
            if self.header:
                self.fail(
                    "h in a file with a header", "give the clause the weight TOP, or leave out the header"
                )
            return None
        weight = self._number(token, "a weight")
        if weight < 0:
            self.fail(f"the weight {weight}", "a weight is not negative; weigh the clause's negation instead")
        return None if top is not None and weight >= top else weight

    def group(self, token: bytes) -> int:
        """Return the number of the group that a token names."""
        found = _GROUP.fullmatch(token)
        if found is None:
            self.fail(f"{_shown(token)} in place of a group", "begin a clause with its group, as {3}")
        return int(found[1])

    def require_header(self) -> _Header:
        """Return the header, which a CNF or GCNF file must have before its first clause."""
        if self.header is None:
            fault = f"no header, {_HEADER[self._form]}, before the clauses" if self._line else "it is empty"
            self.fail(
                fault, "add one" if self._form == "gcnf" else "add one, or read a weighted file as WCNF"
            )
        return self.header

    def check_count(self, count: int) -> None:
        """Refuse a file of fewer clauses than its header counts; often nothing else tells that it was cut."""
        if self.header is not None and count < self.header.clauses:
            self._line = self.header.line
            self.fail(
                f"the header counts {self.header.clauses} clauses, the file holds {count}",
                "fetch the file again if it was cut short; otherwise correct the header",
            )

    def fail(self, fault: str, remedy: str) -> NoReturn:
        """Raise the error for a fault on the present line."""
        where = f", line {self._line}" if self._line else ""
        raise DimacsError(f"{self._name}{where}: {fault}; {remedy}")

    def _holds_literals(self, token: bytes) -> bool:
        return (
            token[0] in _NUMERIC
            or (self._weighted and token == b"h")
            or (self._form == "gcnf" and token.startswith(b"{"))
        )

    def _check_literal_line(self, text: bytes, tokens: list[bytes]) -> None:
        if self.header is None and not self._weighted:
            self.require_header()
        if b"_" in text:  # which int() would read, as in 1_000
            self._fail_at_literal(tokens)
        if self._weighted and len(tokens) == 1 and tokens[0] == b"0" and self._begun is None:
            self.fail("a 0 that ends no clause", "leave the line out")

    def _special_line(self, text: bytes, tokens: list[bytes]) -> None:
        """Take in a line that does not hold (a part of) a clause."""
        if tokens[0].startswith(b"c"):
            self.comments.append(text.decode("utf-8", "replace").strip()[1:].strip())
            return
        self._check_ended()
        match tokens[0]:
            case b"p":
                self._read_header(tokens)
            case b"o":
                if tokens[-1] != b"0":
                    self.fail("an observation that does not end", "end the line with 0")
                self.observations.append(self.clause(tokens[1:-1]))
            case b"h":
                self.fail("a hard clause in a file without weights", _OTHER_FORM["wcnf"])
            case word if word.startswith(b"{"):
                self.fail("a group in a file without groups", _OTHER_FORM["gcnf"])
            case b"a" | b"e":
                self.fail("a quantifier", "QDIMACS is not read, only CNF, WCNF and GCNF are")
            case word:
                self.fail(
                    f"{_shown(word)} at the start of a line",
                    "check that this is a DIMACS file, plain or gzipped: its lines hold literals, or begin "
                    "with c, p, o or, in WCNF, h",
                )

    def _read_header(self, tokens: list[bytes]) -> None:
        form, numbers = tokens[1:2], tokens[2:]
        if self.header is not None:
            self.fail(f"a second header; the first is on line {self.header.line}", "keep one of the two")
        if self._any_clause:
            self.fail("a header after the first clause", "move it to the front")
        other = _FORMS.get(form[0]) if form else None
        if other is not None and other != self._form:
            self.fail(f"the header of a {other} file", _OTHER_FORM[other])
        well_formed = other == self._form and len(numbers) in _HEADER_NUMBERS[self._form]
        counts = numbers if self._form == "gcnf" else numbers[:2]
        if not well_formed or not all(_COUNT.fullmatch(number) for number in counts):
            self.fail("a header that is not understood", f"write {_HEADER[self._form]}")
        top = self._number(numbers[2], "TOP") if self._weighted and len(numbers) == 3 else None
        if top is not None and top <= 0:
            self.fail(
                f"a TOP of {top}", "TOP is the weight of a hard clause, more than all soft weights together"
            )
        self.header = _Header(self._line, int(numbers[0]), int(numbers[1]), top)

    def _check_ended(self) -> None:
        if self._begun is not None:
            self._line = self._begun
            self.fail("a clause that does not end", "end each clause with 0")

    def _number(self, token: bytes, what: str) -> Weight:
        if _COUNT.fullmatch(token):
            return int(token)
        if not _DECIMAL.fullmatch(token):
            self.fail(f"{_shown(token)} in place of {what}", "write an integer or a decimal")
        value = Fraction(token.decode("ascii"))
        return int(value) if value.denominator == 1 else value

    def _fail_at_literal(self, tokens: list[bytes]) -> NoReturn:
        culprit = next((token for token in tokens if not _LITERAL.fullmatch(token)), tokens[0])
        begun = "" if self._begun is None else f" in the clause begun on line {self._begun}"
        self.fail(
            f"{_shown(culprit)} in place of a literal{begun}", "a literal is an integer; a clause ends with 0"
        )


_NUMERIC = frozenset(b"+-.0123456789")
# The bounds on length keep a file from costing more than it weighs: 1e999999999 is eleven bytes.
_COUNT = re.compile(rb"[0-9]{1,1000}")
_LITERAL = re.compile(rb"[-+]?[0-9]{1,4000}")
_DECIMAL = re.compile(rb"[-+]?([0-9]{1,1000}\.?[0-9]{0,1000}|\.[0-9]{1,1000})([eE][-+]?[0-9]{1,3})?")
_GROUP = re.compile(rb"\{([0-9]{1,1000})\}")
_FORMS: dict[bytes, _Form] = {b"cnf": "cnf", b"wcnf": "wcnf", b"gcnf": "gcnf"}
_HEADER_NUMBERS: dict[_Form, tuple[int, ...]] = {"cnf": (2,), "wcnf": (2, 3), "gcnf": (3,)}
_HEADER: dict[_Form, str] = {
    "cnf": "p cnf VARIABLES CLAUSES",
    "wcnf": "p wcnf VARIABLES CLAUSES TOP",
    "gcnf": "p gcnf VARIABLES CLAUSES GROUPS",
}
_OTHER_FORM: dict[_Form, str] = {
    "cnf": "read an unweighted file as CNF",
    "wcnf": "read a weighted file as WCNF",
    "gcnf": "read a file of groups as GCNF",
}


def _index(tokens: list[bytes], token: bytes, start: int) -> int:
    try:
        return tokens.index(token, start)
    except ValueError:
        return -1


def _shown(token: bytes) -> str:
    text = repr(token)[1:]  # without the b of bytes
    return text if len(text) <= 24 else text[:20] + "…" + text[-1]


def _greatest_variable(*collections: Iterable[Clause]) -> int:
    return max(map(abs, chain.from_iterable(chain.from_iterable(collections))), default=0)


@contextmanager
def _text(source: Source) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Open what is to be read, and give what to call it in messages, with its lines, unpacked if gzipped."""
    path = source if isinstance(source, str | os.PathLike) else getattr(source, "name", "the input")
    name = str(path)
    try:
        with _opened(source) as stream:
            if stream.peek(2)[:2] == _GZIP_MAGIC:
                unpacked = gzip.GzipFile(fileobj=stream)
                yield name, io.BufferedReader(cast("io.RawIOBase", unpacked))
            else:
                yield name, stream
    except IsADirectoryError:
        raise DimacsError(f"{name}: a directory; name one of the files in it") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        remedy = "the file is damaged or was cut short; fetch it again"
        raise DimacsError(f"{name}: cannot be unpacked ({error}); {remedy}") from error
    except OSError as error:
        reason = error.strerror or error
        raise DimacsError(f"{name}: cannot be read ({reason}); check the name and its permissions") from error


@contextmanager
def _opened(source: Source) -> Iterator[io.BufferedReader]:
    if isinstance(source, str | os.PathLike):
        with open(source, "rb") as stream:
            yield stream
    else:
        # Any binary stream reads like a raw one; the wrapper looks ahead, and must not close what it wraps.
        stream = io.BufferedReader(cast("io.RawIOBase", source))
        try:
            yield stream
        finally:
            stream.detach()


_GZIP_MAGIC = b"\x1f\x8b"


def _write_comments(stream: TextIO, comments: Iterable[str], names: Mapping[int, str] | None) -> None:
    for comment in comments:
        stream.write(f"c {comment}\n")
    for variable, name in sorted((names or {}).items()):
        stream.write(f"c {variable} = {name}\n")


def _write_rows(stream: TextIO, rows: Iterable[tuple[str, Clause]]) -> None:
    """Write one line for each clause: a mark (nothing, a weight, `h` or `o`), the literals, and 0."""
    for mark, clause in rows:
        words = [mark] if mark else []
        stream.write(" ".join([*words, *map(str, clause), "0"]) + "\n")
