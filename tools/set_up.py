"""Make a virtual environment and install this package into it: `python3 tools/set_up.py FOLDER REQUIREMENT`.

Run by the Makefile. Where it cannot be done, says plainly what is missing. Pythons older than the package
needs must be able to read this file, or they could not be told so.
"""

import importlib.util
import os
import subprocess
import sys

NEEDED = (3, 11)

TOO_OLD = """\
This is Python {found}, and beliefs needs {needed} or newer.
Install one, and name it if it is not called python3:  make PYTHON=python{needed} …"""

NO_VENV = """\
This Python cannot make virtual environments: its module {module} is missing.
On Debian and Ubuntu:  apt-get install python3-venv"""

VENV_FAILED = """\
The virtual environment {folder} could not be made; what Python said about it stands above."""

INSTALL_FAILED = """\
pip could not install beliefs; what it said stands above.
If it could not reach the package index: connect, or name an index that can be reached in PIP_INDEX_URL,
or a folder of wheels in PIP_FIND_LINKS. Then run the same command again."""


def main(folder: str, requirement: str) -> None:
    """Make the environment in `folder`, unless a working one is there, and install `requirement` into it."""
    if sys.version_info < NEEDED:
        sys.exit(TOO_OLD.format(found=_dotted(sys.version_info), needed=_dotted(NEEDED)))
    python = os.path.join(folder, "bin", "python")
    if not _works(python):
        _make(folder)
    print(f"Installing beliefs into {folder}; the first time takes a minute or two", flush=True)
    command = [python, "-m", "pip", "install", "--quiet", "--editable", requirement]
    if subprocess.call(command) != 0:
        sys.exit(INSTALL_FAILED)


def _make(folder: str) -> None:
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            sys.exit(NO_VENV.format(module=module))
    print("Making", folder, "with Python", _dotted(sys.version_info), flush=True)
    if subprocess.call([sys.executable, "-m", "venv", "--clear", folder]) != 0:
        sys.exit(VENV_FAILED.format(folder=folder))


def _works(python: str) -> bool:
    """Whether an environment is there, is whole, and is of a version that will do."""
    check = f"import sys, pip; sys.exit(sys.version_info < {NEEDED!r})"
    try:
        return subprocess.call([python, "-c", check], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def _dotted(version: "tuple[int | str, ...]") -> str:
    return "{}.{}".format(*version[:2])


if __name__ == "__main__":
    main(*sys.argv[1:])
