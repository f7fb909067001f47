"""Imports point one way, and each outside library has one home.

The tables below are the design of docs/architecture.md. Where a module is added, give it its layer here.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "beliefs"

LAYERS = (
    ("errors", "contexts", "garbage", "layered", "notebook"),
    ("language",),
    ("reasoning", "base"),
    ("kernels", "certificates", "postulates", "graph", "proof"),
    ("change",),
    ("answers", "bulk"),
    ("failure",),
    ("journal", "render"),
    ("verification", "exploration"),
    ("planning",),
    ("formats",),
    ("agent",),
    ("doctor",),
    ("__init__",),
    ("mcp_server", "tui"),
    ("cli",),
    ("__main__",),
)
"""Each part imports only from lines above its own; parts on one line do not import each other."""

ONLY = {
    "kernels": {
        "base": ("base.entrenchment",),  # kernels are sets of labels; what a belief is, they do not know
    },
    "certificates": {
        "reasoning": ("reasoning.verdict",),  # the checker shares no search with what it checks
    },
}
"""Of these parts, these importers may use these modules alone."""

HOMES = {
    "anyio": ("mcp_server",),
    "click": ("cli",),
    "immutables": ("",),
    "lark": ("language.parser", "language.tables"),
    "mcp": ("mcp_server",),
    "networkx": ("graph",),
    "pydantic": ("mcp_server",),
    "pysat": ("reasoning.sat_oracle", "kernels.hitting_set"),
    "rdflib": ("formats.turtle",),
    "rich": ("render", "cli", "tui"),
    "sqlalchemy": ("journal",),
    "starlette": ("mcp_server",),
    "textual": ("tui",),
    "unified_planning": ("planning.pddl",),
    "uvicorn": ("mcp_server",),
    "z3": ("reasoning.z3_oracle", "certificates.checker", "certificates.context", "contexts"),
}
"""Where each outside library may be imported; "" is everywhere."""


class Import(NamedTuple):
    """One import: the module that imports, by its name below the package, the line, and the dotted name."""

    importer: str
    line: int
    imported: str


def imports(package: Path) -> Iterator[Import]:
    """Yield every import of a package: inside functions and for type checking as well."""
    for path in sorted(package.rglob("*.py")):
        importer = _module_name(path, package)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            for name in _imported_names(node, path, package):
                yield Import(importer, getattr(node, "lineno", 0), name)


def _module_name(path: Path, package: Path) -> str:
    """Return the name of a module below its package; `__init__` for the package itself."""
    parts = path.relative_to(package).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def _imported_names(node: ast.AST, path: Path, package: Path) -> Iterator[str]:
    match node:
        case ast.Import(names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module, names, level):
            base = [module] if module else []
            if level:
                folders = path.relative_to(package.parent).parent.parts
                base = [*folders[: len(folders) - level + 1], *base]
            # What is imported may be a module or a name inside one; the full name serves for both.
            yield from (".".join([*base, alias.name]) for alias in names)
        case ast.Call(
            ast.Name("__import__") | ast.Attribute(attr="import_module"), [ast.Constant(str(name)), *_]
        ):
            yield name


def faults(package: Path) -> Iterator[str]:
    """Yield what is wrong with the imports of a package, each with its place and its reason."""
    layer_of = {part: layer for layer, parts in enumerate(LAYERS) for part in parts}
    for module in sorted({_module_name(path, package).partition(".")[0] for path in package.rglob("*.py")}):
        if module not in layer_of:
            yield f"{package.name}.{module} has no layer: give it one in LAYERS, and in docs/architecture.md"
    for found in imports(package):
        library, _, below = found.imported.partition(".")
        where = f"{package.name}.{found.importer}, line {found.line}: imports {found.imported}"
        if library != package.name:
            reason = _homeless(library, found.importer)
        else:
            reason = _against_layers(found.importer, below, layer_of) or _beyond_allowance(
                found.importer, below
            )
        if reason:
            yield f"{where}: {reason}"


def _against_layers(importer: str, imported: str, layer_of: dict[str, int]) -> str | None:
    source, target = importer.partition(".")[0], imported.partition(".")[0]
    if target not in layer_of:
        target = "__init__"  # a name that the package itself exports
    if source == target or source not in layer_of:
        return None
    if layer_of[target] == layer_of[source]:
        return f"{source} and {target} are on one layer, and do not import each other"
    if layer_of[target] > layer_of[source]:
        return f"{target} is a layer above {source}; imports point downwards"
    return None


def _beyond_allowance(importer: str, imported: str) -> str | None:
    source, target = importer.partition(".")[0], imported.partition(".")[0]
    allowed = ONLY.get(source, {}).get(target)
    if allowed is None or any(_within(imported, module) for module in allowed):
        return None
    return f"of {target}, {source} imports only {', '.join(allowed)}"


def _homeless(library: str, importer: str) -> str | None:
    if library in sys.stdlib_module_names:
        return None
    if library not in HOMES:
        return f"{library} has no home: give it one in HOMES, and in docs/architecture.md"
    if any(home == "" or _within(importer, home) for home in HOMES[library]):
        return None
    return f"the home of {library} is {' and '.join(HOMES[library])}"


def _within(name: str, module: str) -> bool:
    return name == module or name.startswith(module + ".")


def test_the_package_keeps_its_layers():
    found = list(faults(PACKAGE))
    assert not found, "\n" + "\n".join(found)


def test_the_tables_speak_of_one_another():
    parts = [part for parts in LAYERS for part in parts]
    assert len(parts) == len(set(parts))
    homes = {home.partition(".")[0] for homes in HOMES.values() for home in homes if home}
    assert homes | set(ONLY) <= set(parts)


BAD = {
    "upwards": ("base/belief.py", "import beliefs.kernels.kernel", "kernels is a layer above base"),
    "sideways": ("base/belief.py", "from beliefs.reasoning import verdict", "are on one layer"),
    "from the root": ("change/revise.py", "from beliefs import journal", "journal is a layer above change"),
    "public name": ("change/revise.py", "from beliefs import Agent", "__init__ is a layer above change"),
    "relative": ("language/parser.py", "from ..base import belief", "base is a layer above language"),
    "relative sibling": ("graph.py", "from .change import revise", "change is a layer above graph"),
    "lazily": ("errors.py", "def f():\n    import beliefs.language", "language is a layer above errors"),
    "for types": (
        "errors.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from beliefs.agent import Agent",
        "agent is a layer above errors",
    ),
    "by name": (
        "errors.py",
        "import importlib\nimportlib.import_module('beliefs.agent')",
        "agent is a layer above errors",
    ),
    "belief in kernels": (
        "kernels/kernel.py",
        "from beliefs.base.belief import Belief",
        "of base, kernels imports only base.entrenchment",
    ),
    "oracle in certificates": (
        "certificates/checker.py",
        "from beliefs.reasoning.z3_oracle import Z3Oracle",
        "of reasoning, certificates imports only reasoning.verdict",
    ),
    "library away from home": ("base/belief.py", "import z3", "the home of z3 is reasoning.z3_oracle and"),
    "library in a sibling of its home": ("reasoning/z3_model.py", "from z3 import Bool", "the home of z3 is"),
    "submodule of a library": ("change/a.py", "import sqlalchemy.orm", "the home of sqlalchemy is journal"),
    "unknown library": ("base/belief.py", "import requests", "requests has no home"),
    "module without a layer": ("novelty.py", "", "beliefs.novelty has no layer"),
    "package without a layer": ("novelty/__init__.py", "", "beliefs.novelty has no layer"),
}

GOOD = {
    "downwards": ("change/revise.py", "from beliefs.base import belief\nimport beliefs.errors"),
    "inside a part": ("base/belief_base.py", "from beliefs.base.belief import Belief\nfrom . import belief"),
    "exception": (
        "kernels/kernel.py",
        "from beliefs.base.entrenchment import Cost\nfrom beliefs.reasoning.oracle import Oracle",
    ),
    "verdict": ("certificates/checker.py", "import z3\nfrom beliefs.reasoning.verdict import Sat"),
    "library at home": ("journal/database.py", "from sqlalchemy.engine import Engine"),
    "library anywhere": ("language/clauses.py", "from immutables import Map"),
    "standard library": ("language/clauses.py", "import collections.abc"),
    "public names": ("__init__.py", "from beliefs.agent import Agent"),
    "command": ("cli/__init__.py", "from beliefs import Agent\nimport click\nimport rich.table"),
}


@pytest.fixture
def package(tmp_path):
    def write(name: str, text: str) -> Path:
        path = tmp_path / "beliefs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
        return tmp_path / "beliefs"

    return write


@pytest.mark.parametrize(("name", "text", "reason"), BAD.values(), ids=BAD)
def test_the_check_sees(package, name, text, reason):
    (fault,) = faults(package(name, text))
    assert reason in fault


@pytest.mark.parametrize(("name", "text"), GOOD.values(), ids=GOOD)
def test_the_check_allows(package, name, text):
    assert list(faults(package(name, text))) == []
