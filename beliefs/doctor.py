"""A check of the whole installation: is everything there, do the solvers work, and is the base sound?"""

from __future__ import annotations

import platform
import re
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from typing import Literal, NamedTuple, TypeAlias

from beliefs.agent import Agent
from beliefs.errors import BeliefsError, JournalCorruptError, JournalNotFoundError
from beliefs.journal.journal import Journal
from beliefs.reasoning.verdict import Budget
from beliefs.render import words

State: TypeAlias = Literal["good", "missing", "bad"]
"""Whether all is well; something is not there that not everybody needs; or something is wrong."""

PYTHON = (3, 11)
"""The oldest Python that will do."""

EXTRAS = {
    "mcp": "the MCP server (`mcp`)",
    "planning": "plans (`plan`, `actions`, `mend`, PDDL)",
    "postgresql": "bases in a PostgreSQL database",
    "rdf": "RDF (`import` and `export` of Turtle)",
    "tui": "the terminal interface (`tui`)",
}
"""What each optional part of the package is for."""

LARGE = 100_000
"""The journal of a base of more beliefs is left to `beliefs verify`, which tells how far it is."""

_PROBLEMS = {
    "SAT solver": (("p | q", "!p"), "q"),
    "Z3": (("battery > 2 + 1/2",), "battery >= 2"),
}
"""What each solver has to conclude, and from what; the certificates of both are checked by Z3."""


class Finding(NamedTuple):
    """What was looked at, how it is, and what to do about it, if anything is to be done."""

    what: str
    state: State
    detail: str
    remedy: str | None = None


def examine(place: str, budget: Budget) -> Iterator[Finding]:
    """Yield what is found, in the order in which one thing needs the other.

    Args:
        place: where the base is; it need not be there.
        budget: what each check of a solver may spend.
    """
    yield _python()
    yield from _packages()
    for solver, (told, asked) in _PROBLEMS.items():
        yield _solver(solver, told, asked, budget)
    yield from _base(place)
    yield _graphviz()


def _python() -> Finding:
    version = platform.python_version()
    if sys.version_info < PYTHON:
        needed = ".".join(map(str, PYTHON))
        return Finding("Python", "bad", version, f"install Python {needed} or newer")
    return Finding("Python", "good", version)


def _packages() -> Iterator[Finding]:
    """What the package itself says it needs, and its optional parts."""
    try:
        yield Finding("beliefs", "good", metadata.version("beliefs"))
        requirements = metadata.requires("beliefs") or []
    except metadata.PackageNotFoundError:
        yield Finding("beliefs", "bad", "not installed as a package", "pip install .")
        return
    by_extra: dict[str | None, list[str]] = {}
    for requirement in requirements:
        name = re.match(r"[A-Za-z0-9._-]+", requirement)
        extra = re.search(r"""extra\s*==\s*['"]([^'"]+)['"]""", requirement)
        if name is not None:
            by_extra.setdefault(extra[1] if extra else None, []).append(name[0])
    for name_of in by_extra.pop(None, []):
        version = _version(name_of)
        if version is None:
            yield Finding(name_of, "bad", "not installed", f"pip install '{name_of}'")
        else:
            yield Finding(name_of, "good", version)
    for extra_name, purpose in EXTRAS.items():
        versions = {name: _version(name) for name in by_extra.get(extra_name, [])}
        missing = [name for name, version in versions.items() if version is None]
        if missing or not versions:
            detail = f"for {purpose}: {', '.join(missing) or 'its packages'} not installed"
            yield Finding(f"extra {extra_name}", "missing", detail, f"pip install 'beliefs[{extra_name}]'")
        else:
            detail = ", ".join(f"{name} {version}" for name, version in versions.items())
            yield Finding(f"extra {extra_name}", "good", detail)


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _solver(name: str, told: tuple[str, ...], asked: str, budget: Budget) -> Finding:
    """Have a solver conclude something small, and its certificates checked."""
    remedy = "pip install --force-reinstall z3-solver python-sat; if that does not help, please report it"
    try:
        with Agent.in_memory(budget=budget) as agent:
            statuses = {agent.tell(belief).status for belief in told}
            verdict = agent.ask(asked).verdict
    # Whatever may be wrong with a solver, from a library that does not load to a crash.
    except Exception as fault:
        return Finding(name, "bad", f"{type(fault).__name__}: {fault}", remedy)
    if statuses == {"done"} and verdict == "believed":
        return Finding(name, "good", f"concludes {asked} from {', '.join(told)}")
    return Finding(name, "bad", f"says {verdict} of {asked}, given {', '.join(told)}", remedy)


def _base(place: str) -> Iterator[Finding]:
    try:
        with Journal.open(place, create=False, read_only=True) as journal:
            base = journal.base()
            entries = journal.head
            detail = f"{journal.place}: {words.count(len(base), 'belief')}, {words.count(entries, 'entry')}"
            yield Finding("base", "good", detail)
            if len(base) > LARGE:
                yield Finding("journal", "good", "large, and not looked at here", "beliefs verify")
                return
            faults = list(journal.check_chain())
    except JournalNotFoundError as fault:
        yield Finding("base", "missing", str(fault), "beliefs init, or name another with --base")
    except JournalCorruptError as fault:
        yield Finding("base", "bad", str(fault), "undo what was done to the file, or go back to a copy of it")
    except BeliefsError as fault:
        yield Finding("base", "bad", str(fault), None)
    else:
        if faults:
            detail = f"{faults[0]}" + (f", and {len(faults) - 1} more" if len(faults) > 1 else "")
            yield Finding("journal", "bad", detail, "beliefs verify tells all; go back to a copy of the file")
        else:
            yield Finding("journal", "good", "its chain of hashes is intact")


def _graphviz() -> Finding:
    found = shutil.which("dot")
    if found is None:
        detail = "`dot` is not there, which draws what `beliefs graph --format dot` writes"
        return Finding(
            "Graphviz", "missing", detail, "install Graphviz, such as with apt-get install graphviz"
        )
    return Finding("Graphviz", "good", found)
