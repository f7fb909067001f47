"""How names of the language are written as symbols of SMT-LIB, and back."""

from __future__ import annotations

import re

from beliefs.errors import FormatError
from beliefs.formats.names import from_name, to_name
from beliefs.language.signature import THING
from beliefs.language.syntax import is_name

_MARK = "beliefs:"
"""What a symbol begins with whose name would mean something else to a solver."""

TAKEN = frozenset(
    """
    ! - * / + < <= = => > >= _ abs and Array as assert bag BINARY BitVec bool bv Bool check-sat choice concat const
    continued-execution DECIMAL declare-const declare-datatype declare-datatypes declare-fun declare-sort default
    define-fun define-sort distinct div divisible echo error exists exit exp extract false Float16 Float32 Float64
    forall fp get-info get-model HEXADECIMAL if iff immediate-exit implies Int int intersection is is_int ite lambda
    let map match member memout mod model not NUMERAL or par pi pop pow push re Real real RegEx RegLan repeat reset
    RoundingMode sat select seq Seq set set-info set-logic set-option sin cos tan store str STRING String subset
    success to_int to_real true union unknown unsat unsupported update xor
    """.split()  # noqa: SIM905  (a list of so many words is no easier to read)
)
"""Symbols that are reserved, or that a theory or solver gives a meaning of its own."""

_SIMPLE = re.compile(r"[A-Za-z~!$%^&*_\-+=<>.?/][A-Za-z0-9~!@$%^&*_\-+=<>.?/]*")


def spelled(text: str) -> str:
    """Return a symbol as it is written: within bars where it has to be.

    Raises:
        FormatError: it holds what no symbol can.
    """
    if _SIMPLE.fullmatch(text) and text not in TAKEN:
        return text
    if re.search(r"[|\\]", text):
        raise FormatError(f"{text!r} holds what no symbol of SMT-LIB can; give it another name")
    return f"|{text}|"


def symbol_of(name: str) -> str:
    """Return how a name of the language is written in SMT-LIB; `name_of` takes it back."""
    if name == THING:
        return name
    try:
        text = from_name(name)
    except FormatError:
        text = name
    if text in TAKEN or text.startswith(_MARK) or re.search(r"[|\\]", text) or to_name(text) != name:
        return f"|{_MARK}{name}|"
    return spelled(text)


def name_of(symbol: str) -> str:
    """Return the name of the language for a symbol, given without its bars."""
    if symbol == THING:
        return symbol
    marked = symbol.removeprefix(_MARK)
    return marked if marked != symbol and is_name(marked) else to_name(symbol)
