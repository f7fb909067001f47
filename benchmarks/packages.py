"""Debian package indices: read, and turned into clauses that say which packages go together.

The fields and the order of versions are those of the Debian Policy Manual (section 5.6.12, chapter 7).
"""

from __future__ import annotations

import gzip
import lzma
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

Clause: TypeAlias = tuple[int, ...]

LISTS = Path("/var/lib/apt/lists")
PRIORITIES = ("required", "important", "standard", "optional", "extra")

_FIELDS = re.compile(
    r"^(Package|Version|Priority|Depends|Pre-Depends|Conflicts|Breaks|Provides): *(.*(?:\n[ \t].*)*)", re.M
)
_RELATION = re.compile(r"\s*([^\s(:\[]+)(?::\w+)?\s*(?:\(\s*(<<|<=|=|>=|>>|<|>)\s*([^\s)]+)\s*\))?")


@dataclass(frozen=True)
class Relation:
    """A package in a dependency, conflict or provision, perhaps with a condition on its version."""

    name: str
    operator: str | None = None
    version: str | None = None

    def allows(self, version: str | None) -> bool:
        """Return whether a version meets the condition; a virtual package without one meets none."""
        if self.operator is None or self.version is None:
            return True
        if version is None:
            return False
        have, want = order_of(version), order_of(self.version)
        match self.operator:
            case "<<":
                return have < want
            case ">>":
                return have > want
            case "=":
                return have == want
            case "<=" | "<":
                return have <= want
            case _:
                return have >= want


@dataclass(frozen=True)
class Package:
    """A package of an index. A dependency is met by any of its alternatives."""

    name: str
    version: str
    priority: str = "optional"
    depends: tuple[tuple[Relation, ...], ...] = ()
    conflicts: tuple[Relation, ...] = ()
    provides: tuple[Relation, ...] = ()


@dataclass(frozen=True)
class Rules:
    """What an index says as clauses: `n` stands for the n-th package, counted from 1.

    Attributes:
        packages: the packages by name, the newest version of each.
        clauses: `(-p, a, b)` for each dependency of p on a or b, `(-p, -q)` for each conflict.
    """

    packages: tuple[Package, ...]
    clauses: tuple[Clause, ...]
    number: dict[str, int] = field(repr=False, default_factory=dict)


@cache
def order_of(version: str) -> Any:
    """Return a key that sorts versions as Debian does: epoch, then upstream version, then revision.

    Within these, text and numbers take turns. In a text, a tilde comes before the end, the end before letters, and
    letters before all else.
    """
    epoch, _, rest = version.rpartition(":")
    upstream, _, revision = rest.rpartition("-") if "-" in rest else (rest, "", "")
    return int(epoch or 0), _turns(upstream), _turns(revision or "0")


def _turns(text: str) -> tuple[tuple[tuple[int, ...], int], ...]:
    turns = [
        ((*map(_weight, words), 0), int(digits or 0)) for words, digits in re.findall(r"(\D*)(\d*)", text)
    ]
    return (*turns, ((0,), 0))


def _weight(character: str) -> int:
    if character == "~":
        return -1
    return ord(character) if character.isalpha() else ord(character) + 256


def default_index() -> Path | None:
    """Return the largest package index that apt keeps on this machine; None if there is none."""
    found = [path for path in LISTS.glob("*_Packages*") if path.is_file()]
    return max(found, key=lambda path: path.stat().st_size, default=None)


def text_of(path: Path) -> str:
    """Return the text of an index: plain, or compressed as .gz, .xz or .lz4.

    Raises:
        OSError: it cannot be read, or there is no program to decompress it.
    """
    match path.suffix:
        case ".gz":
            raw = gzip.decompress(path.read_bytes())
        case ".xz":
            raw = lzma.decompress(path.read_bytes())
        case ".lz4":
            try:
                raw = subprocess.run(["lz4", "-dc", str(path)], capture_output=True, check=True).stdout
            except (FileNotFoundError, subprocess.CalledProcessError):
                helper = ["/usr/lib/apt/apt-helper", "cat-file", str(path)]
                raw = subprocess.run(helper, capture_output=True, check=True).stdout
        case _:
            raw = path.read_bytes()
    return raw.decode("utf-8", errors="replace")


def packages_of(text: str) -> list[Package]:
    """Return the packages of an index in alphabetical order; of several versions, the newest."""
    found: dict[str, Package] = {}
    for stanza in re.split(r"\n\s*\n", text):
        fields = dict(_FIELDS.findall(stanza))
        if "Package" not in fields or "Version" not in fields:
            continue
        package = Package(
            name=fields["Package"].strip(),
            version=fields["Version"].strip(),
            priority=fields.get("Priority", "optional").strip(),
            depends=(*_groups(fields.get("Pre-Depends", "")), *_groups(fields.get("Depends", ""))),
            conflicts=(*_relations(fields.get("Conflicts", "")), *_relations(fields.get("Breaks", ""))),
            provides=tuple(_relations(fields.get("Provides", ""))),
        )
        known = found.get(package.name)
        if known is None or order_of(known.version) < order_of(package.version):
            found[package.name] = package
    return [found[name] for name in sorted(found)]


def _groups(text: str) -> Iterator[tuple[Relation, ...]]:
    for group in text.split(","):
        if group.strip():
            yield tuple(map(_relation, group.split("|")))


def _relations(text: str) -> Iterator[Relation]:
    return (_relation(each) for each in text.split(",") if each.strip())


@cache
def _relation(text: str) -> Relation:
    found = _RELATION.match(text)
    if found is None:
        raise ValueError(f"not a relation to a package: {text!r}")
    return Relation(*found.groups())


def rules_of(packages: Iterable[Package]) -> Rules:
    """Return what packages need and exclude, as clauses without repetition.

    A dependency that nothing meets makes a package impossible; one that it meets itself says nothing. A package
    does not conflict with itself, nor with what it provides.
    """
    packages = tuple(packages)
    number = {package.name: place for place, package in enumerate(packages, start=1)}
    offers: dict[str, list[tuple[int, str | None]]] = {}
    for package in packages:
        offers.setdefault(package.name, []).append((number[package.name], package.version))
        for provided in package.provides:
            offers.setdefault(provided.name, []).append((number[package.name], provided.version))

    def met_by(relation: Relation) -> Iterator[int]:
        for place, version in offers.get(relation.name, ()):
            if relation.allows(version):
                yield place

    clauses: dict[Clause, None] = {}
    for package in packages:
        me = number[package.name]
        for group in package.depends:
            meeting = dict.fromkeys(place for relation in group for place in met_by(relation))
            if me not in meeting:
                clauses[(-me, *meeting)] = None
        for relation in package.conflicts:
            for place in met_by(relation):
                if place != me and (-place, -me) not in clauses:
                    clauses[-me, -place] = None
    return Rules(packages, tuple(clauses), number)


def installation(rules: Rules, size: int, seed: int) -> frozenset[int]:
    """Return a consistent installation of so many packages, or as many as fit.

    First come those that Debian gives priority, as far as they go together; then packages by lot, each with what it
    needs: of alternatives, the first. What would make it too large, or goes against what is there, is passed over.
    """
    needs: dict[int, list[Clause]] = {}
    excludes: dict[int, list[int]] = {}
    for first, *others in rules.clauses:
        if len(others) == 1 and others[0] < 0:
            excludes.setdefault(-first, []).append(-others[0])
            excludes.setdefault(-others[0], []).append(-first)
        else:
            needs.setdefault(-first, []).append(tuple(others))
    rank = {name: place for place, name in enumerate(PRIORITIES[:3])}
    drawn = list(range(1, len(rules.packages) + 1))
    Random(seed).shuffle(drawn)
    drawn.sort(key=lambda place: rank.get(rules.packages[place - 1].priority, len(rank)))
    installed: set[int] = set()
    for place in drawn:
        joining: set[int] = set()
        waiting = [place]
        while waiting and len(installed) + len(joining) <= size:
            newcomer = waiting.pop()
            if newcomer in installed or newcomer in joining:
                continue
            there = installed | joining
            if not there.isdisjoint(excludes.get(newcomer, ())) or () in needs.get(newcomer, ()):
                break
            joining.add(newcomer)
            waiting += [group[0] for group in needs.get(newcomer, ()) if there.isdisjoint(group)]
        else:
            if not waiting and len(installed) + len(joining) <= size:
                installed |= joining
        if len(installed) == size:
            break
    return frozenset(installed)
