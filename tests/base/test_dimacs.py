"""Reading and writing DIMACS: every form, every error, and reading back what was written."""

from __future__ import annotations

import gzip
import io
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beliefs.base.dimacs import (
    Cnf,
    Wcnf,
    clause_formula,
    observation_formula,
    read_cnf,
    read_wcnf,
    write_cnf,
    write_wcnf,
)
from beliefs.errors import DimacsError
from beliefs.language.syntax import FALSE, TRUE, And, Atom, Not, Or


def cnf(text: str | bytes) -> Cnf:
    return read_cnf(io.BytesIO(text if isinstance(text, bytes) else text.encode()))


def wcnf(text: str | bytes) -> Wcnf:
    return read_wcnf(io.BytesIO(text if isinstance(text, bytes) else text.encode()))


class TestCnf:
    def test_plain(self):
        assert cnf("c hello\np cnf 3 2\n1 -2 0\n2 3 0\n") == Cnf(3, ((1, -2), (2, 3)), (), ("hello",))

    def test_comments_stand_anywhere(self):
        read = cnf("p cnf 3 1\nc one\n1\ncaught\n2 0\nc\n")
        assert read.clauses == ((1, 2),)
        assert read.comments == ("one", "aught", "")

    def test_comments_may_hold_bytes_of_any_kind(self):
        assert cnf(b"c caf\xe9 \xe2\x88\xa8\np cnf 0 0\n").comments == ("caf� ∨",)

    @pytest.mark.parametrize(
        "body",
        [
            "1 2 0\n-3 0\n",
            "1\n2\n0\n-3\n0\n",
            "1 2 0 -3 0\n",
            "1 2\n0 -3\n0",
            "  1\t2 0\r\n-3 0\r\n",
            "\n\n1 2 0\n\n-3 0",
            "+1 2 0 -3 0",
        ],
    )
    def test_clauses_are_ended_by_zero_alone(self, body):
        assert cnf("p cnf 3 2\n" + body).clauses == ((1, 2), (-3,))

    def test_percent_ends_the_text(self):
        assert cnf("p cnf 2 1\n1 2 0\n%\n0\n\njunk").clauses == ((1, 2),)

    def test_empty_clause(self):
        assert cnf("p cnf 2 3\n0\n1 0 0\n").clauses == ((), (1,), ())

    def test_no_clauses(self):
        assert cnf("p cnf 0 0\n") == Cnf(0, ())

    def test_variables_beyond_the_header_count(self):
        assert cnf("p cnf 2 1\n1 -7 0\n").variables == 7
        assert cnf("p cnf 9 1\n1 -7 0\n").variables == 9
        assert cnf("o 1 -12 0\np cnf 9 1\n1 -7 0\n").variables == 12

    def test_more_clauses_than_the_header_counts(self):
        assert cnf("p cnf 2 1\n1 0\n2 0\n").clauses == ((1,), (2,))

    def test_observations(self):
        read = cnf("o 1 -2 0\np cnf 2 1\n1 2 0\no 0\n")
        assert read.observations == ((1, -2), ())

    def test_order_and_repetition_are_kept(self):
        assert cnf("p cnf 2 2\n2 1 2 -2 0\n2 1 2 -2 0\n").clauses == ((2, 1, 2, -2),) * 2


class TestWcnf:
    def test_with_header(self):
        read = wcnf("o -1 0\np wcnf 3 3 9\n9 1 -2 0\n4 2 3 0\n10 3 0\n")
        assert read == Wcnf(3, ((1, -2), (3,)), ((4, (2, 3)),), ((-1,),), ())

    def test_without_top_everything_is_soft(self):
        assert wcnf("p wcnf 2 2\n1 1 0\n1000000 2 0\n") == Wcnf(2, (), ((1, (1,)), (1000000, (2,))))

    def test_without_header(self):
        read = wcnf('c {"nvars": 3}\nh 1 -2 0\n4 2 3 0\nh 0\n5 0\n')
        assert read == Wcnf(3, ((1, -2), ()), ((4, (2, 3)), (5, ())), (), ('{"nvars": 3}',))

    def test_over_several_lines(self):
        read = wcnf("h 1\n-2 0 4\n2\n3 0 h 3 0")
        assert read == Wcnf(3, ((1, -2), (3,)), ((4, (2, 3)),))

    def test_weight_zero_is_left_out_but_counted(self):
        assert wcnf("p wcnf 3 3 9\n0 1 0\n0 0\n9 -2 0 0 3 0\n") == Wcnf(3, ((-2,),), ())

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("2.5", Fraction(5, 2)),
            ("3.0", 3),
            ("0.1", Fraction(1, 10)),
            ("1e2", 100),
            (".5", Fraction(1, 2)),
            ("9" * 40, 10**40 - 1),
        ],
    )
    def test_weights_are_exact(self, written, meant):
        ((weight, clause),) = wcnf(f"{written} 1 0\n").soft
        assert (weight, type(weight), clause) == (meant, type(meant), (1,))

    def test_decimal_top(self):
        assert wcnf("p wcnf 1 2 2.5\n2.50 1 0\n2.4 -1 0\n").hard == ((1,),)


class TestSources:
    TEXT = b"p cnf 2 2\n1 0\n-2 0\n"

    def test_path(self, tmp_path):
        path = tmp_path / "a file.cnf"
        path.write_bytes(self.TEXT)
        assert read_cnf(path) == read_cnf(str(path)) == cnf(self.TEXT)

    @pytest.mark.parametrize("name", ["packed.cnf.gz", "packed.cnf"])
    def test_gzip_is_known_by_its_content(self, tmp_path, name):
        path = tmp_path / name
        path.write_bytes(gzip.compress(self.TEXT))
        assert read_cnf(path) == cnf(self.TEXT)

    def test_plain_file_called_gz(self, tmp_path):
        path = tmp_path / "plain.gz"
        path.write_bytes(self.TEXT)
        assert read_cnf(path) == cnf(self.TEXT)

    def test_gzip_of_several_members(self):
        assert cnf(gzip.compress(self.TEXT[:12]) + gzip.compress(self.TEXT[12:])) == cnf(self.TEXT)

    def test_streams_are_left_open(self, tmp_path):
        stream = io.BytesIO(self.TEXT)
        assert read_cnf(stream) == cnf(self.TEXT)
        assert not stream.closed
        path = tmp_path / "f"
        path.write_bytes(self.TEXT)
        with path.open("rb", buffering=0) as raw, path.open("rb") as buffered:
            assert read_cnf(raw) == read_cnf(buffered) == cnf(self.TEXT)
            assert not raw.closed
            assert not buffered.closed

    def test_a_long_clause_is_read_in_linear_time(self):
        literals = range(1, 100_001)
        text = "p cnf 1 1\n" + "\n".join(map(str, literals)) + "\n0\n"
        assert cnf(text).clauses == (tuple(literals),)


MALFORMED_CNF = {
    "empty file": ("", "the input: it is empty; add one"),
    "only comments": ("c a\n", "line 1: no header"),
    "no header": ("1 2 0\n", "line 1: no header"),
    "header too late": ("c a\n1 2 0\np cnf 2 1\n", "line 2: no header"),
    "two headers": ("p cnf 1 0\nc\np cnf 1 0\n", "line 3: a second header; the first is on line 1"),
    "weighted header": ("p wcnf 1 1 5\n", "line 1: the header of a wcnf file; read a weighted file as WCNF"),
    "unknown header": ("p dnf 1 1\n", "line 1: a header that is not understood; write p cnf"),
    "bare p": ("p\n", "line 1: a header that is not understood"),
    "header without numbers": ("p cnf\n", "line 1: a header that is not understood"),
    "header with words": ("p cnf one 2\n", "line 1: a header that is not understood"),
    "negative header": ("p cnf -1 2\n", "line 1: a header that is not understood"),
    "header of three numbers": ("p cnf 1 2 3\n", "line 1: a header that is not understood"),
    "header inside a clause": ("p cnf 1 1\n1\np cnf 1 1\n", "line 2: a clause that does not end"),
    "cut short": ("p cnf 2 3\n1 0\n2 0\n", "line 1: the header counts 3 clauses, the file holds 2"),
    "no 0": ("p cnf 2 2\n1 0\n\n1\n2\n", "line 4: a clause that does not end"),
    "no 0 before %": ("p cnf 2 1\n1\n%\n", "line 2: a clause that does not end"),
    "word": ("p cnf 2 1\n1 two 0\n", "line 2: 'two' in place of a literal"),
    "word further on": (
        "p cnf 2 1\n1\n2x 0\n",
        "line 3: '2x' in place of a literal in the clause begun on line 2",
    ),
    "underscore": ("p cnf 2 1\n1_0 0\n", "line 2: '1_0' in place of a literal"),
    "decimal": ("p cnf 2 1\n1.5 0\n", "line 2: '1.5' in place of a literal"),
    "huge": ("p cnf 2 1\n" + "1" * 5000 + " 0\n", "line 2: '1111111111111111111…'"),
    "two zeros": ("p cnf 2 1\n1 00 0\n", "line 2: a literal that is zero"),
    "hard clause": ("p cnf 2 1\nh 1 0\n", "line 2: a hard clause in a file without weights; read a weighted"),
    "quantifier": ("p cnf 2 1\na 1 0\n1 0\n", "line 2: a quantifier; QDIMACS is not read"),
    "letter": ("p cnf 2 1\nx 1 0\n1 0\n", "line 2: 'x' at the start of a line"),
    "observation without 0": ("o 1 2\np cnf 2 0\n", "line 1: an observation that does not end"),
    "observation inside a clause": ("p cnf 2 1\n1\no 1 0\n", "line 2: a clause that does not end"),
    "observation of words": ("o 1 b 0\n", "line 1: 'b' in place of a literal"),
    "binary": (b"\x7fELF\x02\x00\x00\n\x00", r"line 1: '\x7fELF\x02\x00"),
    "other script": ("p cnf 2 1\n\u0661 0\n", r"line 2: '\xd9\xa1' at the start of a line"),
    "damaged gzip": (b"\x1f\x8b junk that is not gzip", "cannot be unpacked"),
    "gzip cut short": (gzip.compress(b"p cnf 1 1\n1 0\n" * 100)[:-12], "cannot be unpacked"),
    "gzip of junk": (gzip.compress(b"junk"), "line 1: 'junk' at the start of a line"),
}

MALFORMED_WCNF = {
    "empty file": ("", "the input: neither a clause nor a header in it"),
    "only comments": ("c a\n\n", "line 2: neither a clause nor a header in it"),
    "cnf header": ("p cnf 1 1\n", "line 1: the header of a cnf file; read an unweighted file as CNF"),
    "header too late": ("h 1 0\np wcnf 1 1 5\n", "line 2: a header after the first clause"),
    "header of four numbers": ("p wcnf 1 2 3 4\n", "line 1: a header that is not understood"),
    "TOP in words": ("p wcnf 1 2 top\n", "line 1: 'top' in place of TOP"),
    "TOP of zero": ("p wcnf 1 2 0\n", "line 1: a TOP of 0"),
    "cut short": ("p wcnf 2 3 5\n5 1 0\n0 2 0\n", "line 1: the header counts 3 clauses, the file holds 2"),
    "h with a header": ("p wcnf 1 1 5\nh 1 0\n", "line 2: h in a file with a header"),
    "negative weight": ("-3 1 0\n", "line 1: the weight -3; a weight is not negative"),
    "weight in words": ("3x 1 0\n", "line 1: '3x' in place of a weight"),
    "infinite weight": ("p wcnf 1 1 5\n1e9999999 1 0\n", "line 2: '1e9999999' in place of a weight"),
    "lone 0": ("h 1 0\n0\n", "line 2: a 0 that ends no clause"),
    "no 0": ("h 1 2\nh 3 0\n", "line 2: 'h' in place of a literal in the clause begun on line 1"),
    "no 0 at the end": ("h 1 2 0\n5 1 2\n", "line 2: a clause that does not end"),
}


@pytest.mark.parametrize(("text", "message"), MALFORMED_CNF.values(), ids=MALFORMED_CNF)
def test_malformed_cnf(text, message):
    with pytest.raises(DimacsError) as caught:
        cnf(text)
    assert message in str(caught.value)
    assert ";" in str(caught.value), "the message says what to do"


@pytest.mark.parametrize(("text", "message"), MALFORMED_WCNF.values(), ids=MALFORMED_WCNF)
def test_malformed_wcnf(text, message):
    with pytest.raises(DimacsError) as caught:
        wcnf(text)
    assert message in str(caught.value)
    assert ";" in str(caught.value), "the message says what to do"


@pytest.mark.parametrize("read", [read_cnf, read_wcnf])
def test_what_cannot_be_read(read, tmp_path):
    with pytest.raises(DimacsError, match=r"a directory; name one of the files in it") as caught:
        read(tmp_path)
    assert str(tmp_path) in str(caught.value)
    with pytest.raises(DimacsError, match=r"missing\.cnf: cannot be read \(No such file"):
        read(tmp_path / "missing.cnf")


def test_a_fault_names_the_file(tmp_path):
    path = tmp_path / "bad.cnf"
    path.write_text("p cnf 1 1\nx\n")
    with pytest.raises(DimacsError) as caught:
        read_cnf(path)
    assert str(caught.value).startswith(f"{path}, line 2: ")


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data):
    for read in (cnf, wcnf):
        for content in (data, b"p cnf 3 1\n" + data, b"p wcnf 3 1 9\n" + data, b"\x1f\x8b" + data):
            with suppress(DimacsError):
                read(content)


LITERALS = st.integers(-9, 9).filter(bool)
CLAUSES = st.lists(st.lists(LITERALS, max_size=4).map(tuple), max_size=6).map(tuple)
WEIGHTS = st.fractions(min_value=0, max_value=50, max_denominator=6).filter(bool)
SOFT = st.lists(st.tuples(WEIGHTS, st.lists(LITERALS, max_size=3).map(tuple)), max_size=6).map(tuple)
NAMES = st.dictionaries(st.integers(1, 9), st.sampled_from(["p", "at(r2, hall)", "naïve"]))


@given(CLAUSES, CLAUSES, NAMES)
def test_cnf_reads_back_as_written(clauses, observations, names):
    before = Cnf(9, clauses, observations, ("a comment",))
    stream = io.StringIO()
    write_cnf(stream, before, names)
    after = cnf(stream.getvalue())
    assert (after.variables, after.clauses, after.observations) == (9, clauses, observations)
    assert after.comments == ("a comment", *(f"{v} = {name}" for v, name in sorted(names.items())))


@given(CLAUSES, SOFT, CLAUSES, NAMES, st.booleans())
def test_wcnf_reads_back_as_written_but_for_the_unit_of_weight(hard, soft, observations, names, header):
    stream = io.StringIO()
    write_wcnf(stream, Wcnf(9, hard, soft, observations), names, header=header)
    if not (hard or soft or header):
        return  # without a header, an empty file says nothing at all
    after = wcnf(stream.getvalue())
    assert (after.hard, after.observations) == (hard, observations)
    assert [clause for _, clause in after.soft] == [clause for _, clause in soft]
    ratios = {now / Fraction(then) for (now, _), (then, _) in zip(after.soft, soft, strict=True)}
    assert len(ratios) <= 1
    assert all(ratio.denominator == 1 for ratio in ratios)
    assert all(f"every weight is multiplied by {ratio}" in after.comments for ratio in ratios if ratio != 1)


@given(CLAUSES, st.data())
def test_the_layout_of_clauses_does_not_matter(clauses, data):
    """A slow, obvious reader, which joins all words and splits at the zeros, agrees."""
    words = [str(word) for clause in clauses for word in (*clause, 0)]
    gaps = data.draw(
        st.lists(
            st.sampled_from([" ", "\n", "\n\n", "\nc x\n", "\t"]), min_size=len(words), max_size=len(words)
        )
    )
    text = "".join(word + gap for word, gap in zip(words, gaps, strict=True))
    assert cnf(f"p cnf 9 {len(clauses)}\n" + text).clauses == clauses


def test_clause_formula():
    x1, x2, x3 = (Atom(f"x{n}") for n in (1, 2, 3))
    assert clause_formula((1, -2, 3)) == Or((x1, Not(x2), x3))
    assert clause_formula((-2,)) == Not(x2)
    assert clause_formula(()) == FALSE
    assert clause_formula((1, -2), prefix="gate") == Or((Atom("gate1"), Not(Atom("gate2"))))


def test_observation_formula():
    assert observation_formula((1, -2)) == And((Atom("x1"), Not(Atom("x2"))))
    assert observation_formula((-2,)) == Not(Atom("x2"))
    assert observation_formula(()) == TRUE
