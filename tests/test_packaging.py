"""What is shipped is whole: the grammar, the types, the licence and the command."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FIND_GRAMMAR = (
    "from importlib.resources import files; "
    "print((files('beliefs.grammar') / 'beliefs.lark').read_text('utf-8'))"
)


def python(code: str, folder: Path, **environment: str) -> str:
    """Run some Python in a folder, away from the project's own, and return what it printed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=kept | {"PYTHONUTF8": "1"} | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder with a wheel and a source distribution, built from a copy and without the network."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("beliefs", "grammar", "docs"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    build = "from setuptools import build_meta as b; b.build_wheel({0!r}); b.build_sdist({0!r})"
    python(build.format(str(out)), source)
    return out


@pytest.fixture(scope="module")
def wheel(built):
    (path,) = built.glob("*.whl")
    return zipfile.ZipFile(path)


def test_the_wheel_holds_every_module(wheel):
    modules = {
        f"beliefs/{path.relative_to(ROOT / 'beliefs').as_posix()}" for path in ROOT.glob("beliefs/**/*.py")
    }
    missing = modules - set(wheel.namelist())
    assert not missing, f"not shipped: {sorted(missing)}; is their package in [tool.setuptools] packages?"


def test_the_wheel_holds_grammar_and_types(wheel):
    grammar = wheel.read("beliefs/grammar/beliefs.lark")
    assert grammar == (ROOT / "grammar" / "beliefs.lark").read_bytes()
    tables = wheel.read("beliefs/language/tables.json")
    assert tables == (ROOT / "beliefs" / "language" / "tables.json").read_bytes()
    assert "beliefs/py.typed" in wheel.namelist()
    assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())


def test_the_wheel_holds_the_page_to_explore_in(wheel):
    folder = ROOT / "beliefs" / "render" / "explorer"
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert any(path.suffix == ".html" for path in files)
    for path in files:
        name = f"beliefs/{path.relative_to(ROOT / 'beliefs').as_posix()}"
        assert wheel.read(name) == path.read_bytes()


def test_the_wheel_holds_the_package_and_the_manual_page_alone(wheel):
    others = [name for name in wheel.namelist() if not name.startswith("beliefs/")]
    (page,) = (name for name in others if not name.partition("/")[0].endswith(".dist-info"))
    assert page.endswith(".data/data/share/man/man1/beliefs.1")


def test_the_wheel_names_the_command(wheel):
    (name,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "beliefs = beliefs.cli:main" in wheel.read(name).decode()


def test_the_grammar_is_found_in_the_wheel(wheel, tmp_path):
    wheel.extractall(tmp_path / "site")
    code = f"import beliefs; assert beliefs.__file__.startswith({str(tmp_path)!r}); " + FIND_GRAMMAR
    found = python(code, tmp_path, PYTHONPATH=str(tmp_path / "site"))
    assert found.strip() == (ROOT / "grammar" / "beliefs.lark").read_text("utf-8").strip()


def test_the_grammar_is_found_in_an_editable_install(tmp_path):
    found = python(FIND_GRAMMAR, tmp_path)
    assert found.strip() == (ROOT / "grammar" / "beliefs.lark").read_text("utf-8").strip()


def test_the_source_distribution_can_be_built_from(built):
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "grammar/beliefs.lark", "beliefs/py.typed", "LICENSE"} <= names


def test_older_pythons_can_read_the_set_up():
    """Else they could not say that they are too old."""
    ast.parse((ROOT / "tools" / "set_up.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_the_project_asks_for_one_python():
    needed = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert f"NEEDED = ({needed.replace('.', ', ')})" in (ROOT / "tools" / "set_up.py").read_text(
        encoding="utf-8"
    )
    assert PROJECT["tool"]["ruff"]["target-version"] == "py" + needed.replace(".", "")
