"""The JavaScript libraries of the page to explore a base in: checks that each is as it was published, or fetches them.

    python tools/explorer_libraries.py --check    tell whether the files are those below
    python tools/explorer_libraries.py            fetch them anew, with npm, and keep only what has the right checksum

To take a newer version, change it below with its checksums; all tests of the page have to pass with it.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent.parent / "beliefs" / "render" / "explorer" / "vendor"


class Published(NamedTuple):
    """A file of a package: the package with its version, where it is in there, and its SHA-256."""

    package: str
    version: str
    path: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.package} {self.version} has as {self.path}"


FILES = {
    "cytoscape.min.js": Published(
        "cytoscape",
        "3.34.4",
        "dist/cytoscape.min.js",
        "081591ab735b2b6a3b31a3c60f8f3a3e2fee8c92939e0c7820ad1208571b6cd8",
    ),
    "dagre.min.js": Published(
        "@dagrejs/dagre",
        "3.1.3",
        "dist/dagre.min.js",
        "54a503e346f93ca0bb10abe7999587e037262935687aca45eb4e4b0f64bbb578",
    ),
    "LICENSE-cytoscape.txt": Published(
        "cytoscape",
        "3.34.4",
        "LICENSE",
        "eb319c6e6f233607f71e8e2f450391751883cfc0eeb3ca7ef574c13d1d9c2203",
    ),
    "LICENSE-heap.txt": Published(
        "heap",
        "0.2.7",
        "LICENSE",
        "e78f28382ac236a42dcbc16caaaaf2e76da55ddc67053a8bcb3aabdfc72df9cc",
    ),
    "LICENSE-lodash.txt": Published(
        "lodash",
        "4.17.21",
        "LICENSE",
        "f71e8ed126b46346494aad5486874cd8f0aafe95092ed67d2e3cb6110f939abc",
    ),
    "LICENSE-dagre.txt": Published(
        "@dagrejs/dagre",
        "3.1.3",
        "LICENSE",
        "6a349742a6cb219d5a2fc8d0844f6d89a6efc62e20c664450d884fc7ff2d6015",
    ),
    "LICENSE-graphlib.txt": Published(
        "@dagrejs/graphlib",
        "4.0.6",
        "LICENSE",
        "6a349742a6cb219d5a2fc8d0844f6d89a6efc62e20c664450d884fc7ff2d6015",
    ),
}
"""Every file in the folder. heap and lodash are in cytoscape.min.js, graphlib is in dagre.min.js."""


def main(arguments: list[str]) -> int:
    """Check or fetch; 1 if something is not as it should be, 2 for a wrong argument."""
    if arguments not in ([], ["--check"]):
        print("usage: explorer_libraries.py [--check]", file=sys.stderr)
        return 2
    if not arguments:
        fetch()
    found = faults()
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


def faults() -> list[str]:
    """Return what is wrong with the files in the folder, one line each."""
    there = {path.name for path in FOLDER.iterdir() if path.is_file()}
    wrong = [
        f"{name} is not what {published}"
        for name, published in sorted(FILES.items())
        if name not in there or _sha256((FOLDER / name).read_bytes()) != published.sha256
    ]
    return wrong + [f"{name} belongs to no library" for name in sorted(there - FILES.keys())]


def fetch() -> None:
    """Put the files that are published into the folder, those of the right checksum only.

    Raises:
        SystemExit: a file is not what it should be; those before it have been written.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        packed: dict[tuple[str, str], Path] = {}
        for name, published in FILES.items():
            of = (published.package, published.version)
            if of not in packed:
                packed[of] = _packed(*of, Path(scratch))
            with tarfile.open(packed[of]) as archive:
                file = archive.extractfile(f"package/{published.path}")
                assert file is not None, f"{published.path} is no file"
                contents = file.read()
            if _sha256(contents) != published.sha256:
                raise SystemExit(f"{name}: what came is not what {published}, by its checksum")
            (FOLDER / name).write_bytes(contents)


def _packed(package: str, version: str, folder: Path) -> Path:
    """The archive of a package, fetched by npm from wherever npm is set up to look."""
    done = subprocess.run(
        ["npm", "pack", "--silent", f"{package}@{version}"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return folder / done.stdout.strip().splitlines()[-1]


def _sha256(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
