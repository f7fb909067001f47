"""The Debian benchmark on an index of our own: a dozen packages."""

from __future__ import annotations

import gzip
import json
import lzma
import subprocess
import sys
from pathlib import Path

import debian
import packages
import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "debian.py"

INDEX = """\
Package: base
Version: 1:2.0-1
Priority: required
Provides: shell, editor-api (= 3)

Package: old
Version: 1.0
Breaks: base (<< 1:1.0)
Depends: gone

Package: browser
Version: 5.0~rc1-1
Priority: optional
Depends: base (>= 1:1.9), fonts | nicer-fonts (>= 2), shell
Conflicts: browser2

Package: browser
Version: 4.9
Depends: gone

Package: browser2
Version: 5.0-2
Depends: base:any,
 fonts
Provides: www

Package: fonts
Version: 1

Package: nicer-fonts
Version: 1.9+b2
Conflicts: fonts

Package: plugin
Version: 0.1
Pre-Depends: www
Depends: editor-api (>= 2), browser2 (<< 6)

Package: reader
Version: 1
Depends: browser | browser2, www | reader
"""


def rules() -> packages.Rules:
    return packages.rules_of(packages.packages_of(INDEX))


def test_versions_are_in_debians_order() -> None:
    ordered = [
        "1.0~~",
        "1.0~~a",
        "1.0~",
        "1.0",
        "1.0-0.1",
        "1.0-1",
        "1.0a",
        "1.0+b1",
        "1.0.1",
        "1.9",
        "1.10",
        "1:0.1",
    ]
    keys = [packages.order_of(version) for version in ordered]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert packages.order_of("1.0") == packages.order_of("1.0-0") == packages.order_of("0:1.00-00")


def test_the_rules_of_an_index() -> None:
    found = rules()
    names = {place: name for name, place in found.number.items()}
    said = {
        (("!" if literal < 0 else "") + names[abs(literal)])
        if len(clause) == 1
        else " ".join(("!" if each < 0 else "") + names[abs(each)] for each in clause)
        for clause in found.clauses
        for literal in clause[:1]
    }
    assert said == {
        "!old",
        "!browser base",
        "!browser fonts",
        "!browser !browser2",
        "!browser2 base",
        "!browser2 fonts",
        "!nicer-fonts !fonts",
        "!plugin browser2",
        "!plugin base",
        "!reader browser browser2",
    }


@pytest.mark.parametrize("suffix", ["", ".gz", ".xz"])
def test_an_index_is_read_plain_or_compressed(tmp_path: Path, suffix: str) -> None:
    pack = {"": bytes, ".gz": gzip.compress, ".xz": lzma.compress}[suffix]
    path = tmp_path / f"Packages{suffix}"
    path.write_bytes(pack(INDEX.encode()))
    assert packages.text_of(path) == INDEX


def test_an_installation_is_consistent_and_the_same_each_time() -> None:
    found = rules()
    for size in range(1, 7):
        installed = packages.installation(found, size, 1)
        assert len(installed) <= size
        assert installed == packages.installation(found, size, 1)
        assert found.number["base"] in installed
        assert all(any((each > 0) == (abs(each) in installed) for each in clause) for clause in found.clauses)


@pytest.mark.parametrize("options", [(), ("--not-installed",)])
def test_all_agree_on_the_least_cost(tmp_path: Path, options: tuple[str, ...]) -> None:
    path = tmp_path / "Packages"
    path.write_text(INDEX)
    command = [sys.executable, str(SCRIPT), str(path), "--json", "--quick", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    # Of so few packages all may be installed, so that there is none that must be.
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert list(figures)[:8] == [
        "beliefs",
        "observations",
        "same_cost",
        "median_ms",
        "rc2_median_ms",
        "z3_median_ms",
        "ask_median_ms",
        "certificates_checked",
    ]
    assert figures["observations"] == figures["same_cost"] == figures["certificates_checked"] == 15
    assert "15" in debian.markdown(figures)


def test_z3_finds_the_same(tmp_path: Path) -> None:
    found = rules()
    installed = packages.installation(found, 4, 1)
    situation = debian.situated(found, debian.base_of(found), installed)
    warm = debian.StandingSolver(situation.hard, situation.soft)
    for observation in debian.observed(found, installed, 10):
        least = debian.rc2_optimum(situation, observation)
        assert debian.z3_optimum(situation, observation) == least == warm.optimum(observation.literals)
