"""Names from elsewhere as names of the language, and back.

Other formats name things freely: `main hall`, `ex:knows`, `2nd`. Letters, digits and single underscores stay as they
are, a colon becomes `__`, and any other character `_u`, its number in hexadecimal digits, and `_`:

    to_name("main hall")  ==  "main_u20_hall"
    to_name("ex:knows")   ==  "ex__knows"
    to_name("2nd")        ==  "_u32_nd"

`from_name` takes that back, so nothing is lost and no two names become one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from beliefs.errors import FormatError
from beliefs.language.signature import NUMERIC, THING
from beliefs.language.syntax import KEYWORDS

_PLAIN = re.compile(r"[^\W_]")
_ENCODED = re.compile(r"_u([0-9A-F]{1,6})_|(__)")
_LIKE_ENCODED = re.compile(r"u[0-9A-F]+[\W_]")
_EMPTY = "_u_"
_TAKEN = KEYWORDS | NUMERIC | {_EMPTY, THING}


@lru_cache(maxsize=1 << 16)
def to_name(text: str) -> str:
    """Return the name of the language that stands for a name from elsewhere; a different one for every text."""
    if not text:
        return _EMPTY
    encoded = "".join(map(_encoded, range(len(text)), [text] * len(text)))
    return encoded if encoded not in _TAKEN else _escape(text[0]) + encoded[1:]


def from_name(name: str) -> str:
    """Return the name from elsewhere that a name of the language stands for.

    Raises:
        FormatError: it stands for none, because `to_name` writes that one in another way.
    """
    text = "" if name == _EMPTY else _ENCODED.sub(_decoded, name)
    if to_name(text) != name:
        raise FormatError(
            f"the name {name} cannot be written: {text!r} would be read back as {to_name(text)}; give it another name"
        )
    return text


def _encoded(place: int, text: str) -> str:
    """What a character of a text becomes, where it stands."""
    character = text[place]
    if _PLAIN.match(character):
        return character if place or not character.isdecimal() else _escape(character)
    if character == ":" and place:
        return "__"
    if character == "_":
        following = text[place + 1 : place + 2]
        lone = not following or _PLAIN.match(following) is not None
        return "_" if lone and not _LIKE_ENCODED.match(text, place + 1) else _escape(character)
    if character == "'" and place and not text[place:].strip("'"):
        return character
    return _escape(character)


def _escape(character: str) -> str:
    return f"_u{ord(character):X}_"


def _decoded(match: re.Match[str]) -> str:
    if match[2]:
        return ":"
    number = int(match[1], 16)
    return chr(number) if number < 0x110000 else match[0]
