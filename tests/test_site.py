"""The site of the docs is built without a warning, and has every page and every public name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import beliefs

ROOT = Path(__file__).resolve().parent.parent

pytest.importorskip("mkdocs", reason="mkdocs is not installed")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr
    return folder


def test_every_page_is_there_and_listed(site: Path) -> None:
    listed = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        assert (site / f"{page.stem}.html").is_file()
        assert f": {page.name}\n" in listed, f"the navigation of mkdocs.yml leaves {page.name} out"


def test_every_public_name_has_a_place(site: Path) -> None:
    page = (site / "api.html").read_text(encoding="utf-8")
    missing = [name for name in beliefs.__all__ if f'.{name}"' not in page.replace("&quot;", '"')]
    assert not missing, f"docs/api.md leaves out {', '.join(missing)}"


def test_it_fetches_nothing_from_elsewhere(site: Path) -> None:
    for page in site.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        for tag in (
            '<script src="http',
            '<link rel="stylesheet" href="http',
            '<img src="http',
            "fonts.googleapis",
        ):
            assert tag not in text, f"{page.name} has {tag}"
