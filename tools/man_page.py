"""Writes `docs/beliefs.1`, the manual page, from the commands; with `--check`, only tells whether it is up to date."""

from __future__ import annotations

import sys
from pathlib import Path

from beliefs.cli.manual import manual

PAGE = Path(__file__).parent.parent / "docs" / "beliefs.1"


def main() -> int:
    """Write the page, or check it; return the exit code."""
    page = manual()
    if sys.argv[1:] == ["--check"]:
        if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page:
            return 0
        print(f"{PAGE} is stale; `make docs` writes it anew", file=sys.stderr)
        return 1
    if sys.argv[1:]:
        print("usage: man_page.py [--check]", file=sys.stderr)
        return 2
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
