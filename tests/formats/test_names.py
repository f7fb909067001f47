"""Names from elsewhere become names of the language, and nothing is lost on the way."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beliefs.errors import FormatError
from beliefs.formats.names import from_name, to_name
from beliefs.formats.smt_names import name_of, symbol_of
from beliefs.language.syntax import is_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("at_door", "at_door"),
        ("Größe", "Größe"),
        ("x'", "x'"),
        ("main hall", "main_u20_hall"),
        ("ex:knows", "ex__knows"),
        ("2nd", "_u32_nd"),
        ("not", "_u6E_ot"),
        ("Int", "_u49_nt"),
        ("_uA:", "_u5F_uA__"),
        ("", "_u_"),
        ("'", "_u27_"),
        ("\0", "_u0_"),
    ],
)
def test_examples(text, name):
    assert to_name(text) == name
    assert from_name(name) == text


@given(st.text() | st.text("_u2AF0:'a not-", max_size=12))
def test_every_text_has_a_name_of_its_own(text):
    name = to_name(text)
    assert is_name(name)
    assert from_name(name) == text


names = st.from_regex(r"[^\W\d]\w{0,5}'{0,2}", fullmatch=True) | st.from_regex(
    r"[a_u][_uA20a]{0,8}'{0,2}", fullmatch=True
)


@given(names)
def test_a_name_that_comes_back_otherwise_is_an_error(name):
    with suppress(FormatError):
        assert to_name(from_name(name)) == name


def test_a_name_that_to_name_writes_otherwise():
    with pytest.raises(FormatError, match="the name _u41_ cannot be written: 'A' would be read back as A"):
        from_name("_u41_")


@given(
    names.filter(is_name) | st.sampled_from(["and_", "store", "Bool", "let", "beliefs__x", "Thing", "_u7C_"])
)
def test_symbols_of_smt_lib(name):
    assert name_of(symbol_of(name).strip("|")) == name
