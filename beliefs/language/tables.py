"""The tables of the grammar, made beforehand: Lark takes 3 ms to load them, and 60 ms to make them.

`tables.json` holds the LALR(1) tables that Lark made of `grammar/beliefs.lark`. It is a part of the package, written
by `make tables`, and never at run time: there is no cache to grow stale, to be tampered with, or to fail in a home that
cannot be written. It says of which grammar and by which Lark its tables were made. Where either is another one, or
the file cannot be read, they are made anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final, cast

import lark
from lark import Lark
from lark.lexer import Lexer

FILE: Final = "tables.json"
STARTS: Final = ("line", "formula")

OWN_OPTIONS: Final = ("lexer", "transformer")
"""The options that are code, and so are not in the file."""


def grammar() -> str:
    """Return the grammar as it is written."""
    return files("beliefs.grammar").joinpath("beliefs.lark").read_text(encoding="utf-8")


def parser(transformer: object, lexer: type[Lexer]) -> Lark:
    """Return Lark's parser of the grammar, from the tables of the file where these fit."""
    text = grammar()
    tables = _shipped(text)
    return made(text, transformer, lexer) if tables is None else loaded(tables, transformer, lexer)


def made(text: str, transformer: Any, lexer: type[Lexer]) -> Lark:
    """Make the parser of a grammar."""
    return Lark(
        text,
        parser="lalr",
        lexer=lexer,
        start=list(STARTS),
        transformer=transformer,
        maybe_placeholders=False,
    )


def loaded(tables: Mapping[str, Any], transformer: object, lexer: type[Lexer]) -> Lark:
    """Make the parser of tables that were read; they are not to be used again."""
    data = tables["data"]
    data["options"] |= {"lexer": lexer, "transformer": transformer}
    data["parser"]["lexer_conf"]["lexer_type"] = lexer
    # What it takes by its types is a file; it takes what would be read from one as well.
    return Lark.load(cast("Any", {"data": data, "memo": tables["memo"]}))


def read(text: str) -> dict[str, Any]:
    """Read the tables that a file holds.

    Raises:
        ValueError: it is no JSON.
    """
    tables: dict[str, Any] = json.loads(text, object_hook=_numbered)
    return tables


def _shipped(text: str) -> dict[str, Any] | None:
    """The tables of the package; None where they are of another grammar or by another Lark, or cannot be read."""
    try:
        tables = read(files("beliefs.language").joinpath(FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    fits = isinstance(tables, dict) and made_of(text).items() <= tables.items()
    return tables if fits else None


def made_of(text: str) -> dict[str, str]:
    """Return what tables are made of: the grammar, and Lark."""
    return {"grammar": sha256(text.encode()).hexdigest(), "lark": lark.__version__}


def _numbered(pairs: dict[str, Any]) -> dict[Any, Any]:
    """Give numbers back to a mapping from numbers, whose keys JSON has made strings."""
    return {int(key): value for key, value in pairs.items()} if "".join(pairs).isdigit() else pairs
