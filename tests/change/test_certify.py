"""What certificates speak of: as much as a change touches."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beliefs.agent import Agent
from beliefs.certificates.certificate import Certificate
from beliefs.certificates.checker import check
from beliefs.certificates.locality import next_witness
from beliefs.errors import CertificateError

WORLD = """
sort Box
sort Room
pred wet(Box)
pred cold(Box)
pred near(Box, Box)
pred in(Box, Room)
func weight(Box): Int
"""


def agent(*beliefs: str, boxes: int = 30) -> Agent:
    """An agent that knows many boxes, all of them dry."""
    known = Agent.in_memory()
    constants = "\n".join(f"const b{number}: Box" for number in range(boxes))
    dry = "\n".join(f"[dry{number}] !wet(b{number})" for number in range(boxes))
    known.load("\n".join((WORLD, constants, dry, *beliefs)))
    return known


def certificate(known: Agent, formula: str) -> Certificate:
    change = known.revise(formula)
    assert change.certificate is not None
    assert check(change.certificate).valid
    return change.certificate


def boxes(found: Certificate) -> set[str]:
    assert found.model is not None
    return set(found.model.universe.get("Box", ()))


def test_the_individuals_of_a_certificate_are_those_that_it_is_about() -> None:
    known = agent("[colder] forall b: Box. wet(b) -> cold(b)")
    found = certificate(known, "wet(b3)")
    assert found.scope == "touched"
    assert {belief.name for belief in found.before} == {"dry3", "colder"}
    assert boxes(found) == {"b3"}
    assert not known.verify().failed


def test_those_whom_a_changed_atom_is_about_are_among_them_though_no_text_names_them() -> None:
    known = agent(
        "[spread] forall b, c: Box. near(b, c) & cold(b) -> cold(c)", "[n] near(b4, b5)", "[m] near(b5, b6)"
    )
    found = certificate(known, "cold(b4)")
    assert {belief.name for belief in found.before} == {"spread"}
    assert boxes(found) == {"b4", "b5", "b6"}
    assert not known.verify().failed


def test_all_are_there_where_a_rule_says_that_there_is_somebody() -> None:
    known = agent("[colder] forall b: Box. wet(b) -> cold(b)", "[some] exists b: Box. cold(b)")
    found = certificate(known, "wet(b3)")
    assert "some" in {belief.name for belief in found.before}
    assert boxes(found).issuperset(f"b{number}" for number in range(30))
    assert not known.verify().failed


def test_individuals_that_are_compared_keep_a_certificate_no_less_local() -> None:
    """A sort of which nobody is named must not make each question one about everything."""
    known = agent("[colder] forall b: Box. wet(b) & b != b2 -> cold(b)")
    for number in (3, 4, 2):
        found = certificate(known, f"wet(b{number})")
        assert found.scope == "touched"
        assert {belief.name for belief in found.before} == {f"dry{number}", "colder"}
    assert not known.verify().failed


def test_a_rule_that_a_model_makes_false_where_something_changed_is_found() -> None:
    known = agent("[colder] forall b: Box. wet(b) -> cold(b)")
    before = known.base
    found = certificate(known, "wet(b3)")
    assert found.model is not None
    everything = frozenset(before.names())
    assert next_witness(found, before, everything) == next_witness(found, before)
    warm = replace(found, model=found.model.flipped([("cold", "b3")]))
    with pytest.raises(CertificateError, match="belief 'colder' is not shown to agree"):
        next_witness(warm, before, everything)


def test_a_model_speaks_of_those_only_whom_it_lists() -> None:
    """An atom of somebody else stays as it was, so nothing can be slipped in by leaving him out, or by naming him."""
    known = agent("[colder] forall b: Box. wet(b) -> cold(b)")
    known.revise("wet(b7)")
    before = known.base
    assert before.witness is not None
    assert before.witness.holds(("cold", "b7"))
    found = certificate(known, "wet(b3)")
    assert found.model is not None
    after = next_witness(found, before)
    assert after is not None
    assert after.holds(("cold", "b7"))
    listed = replace(found.model, universe=found.model.universe.set("Box", ("b3", "b7")))
    with pytest.raises(CertificateError):
        next_witness(replace(found, model=listed), before)
    sneaked = replace(found, model=found.model.flipped([("wet", "b8")]))
    with pytest.raises(CertificateError):
        next_witness(sneaked, before, frozenset(before.names()))
