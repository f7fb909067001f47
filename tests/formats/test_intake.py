"""Bulk import: what fits is told from what does not, nothing is lost, and an interruption loses little."""

from __future__ import annotations

import pytest
from support.files import base_of, rejected, said

from beliefs.agent import Agent
from beliefs.errors import RejectedError
from beliefs.formats import admit, take_in
from beliefs.formats.intake import LISTED, PATIENCE


def test_every_rejected_line_has_its_place_and_reason():
    reasons = dict(rejected(said("language", "p(a)\nq(b\n[n] p(a, b)\n[m] r\n[m] s\n[n.x] p(c)\n")))
    assert reasons == {
        2: "`(` is never closed; write `)` where it should end",
        3: "`p` takes 2 arguments here, but 1 argument elsewhere",
        5: "the name 'm' stands on line 4 already; give one of the two another name",
    }


def test_a_name_that_is_taken():
    base = base_of(said("language", "[n @2] p"))
    assert rejected(said("language", "[n] p"), base) == [
        (1, "there is already another belief named 'n'; choose another name")
    ]
    admission = admit(base, said("language", "[n @2] p"))
    assert (admission.rejected, admission.beliefs, admission.passed_over) == ((), (), 1)


def test_declarations_that_clash():
    base = base_of(said("language", "pred p(Thing)\n[n] p(a)"))
    contents = said("language", "pred p\nsort Room\npred q(Room)\nq(hall)")
    (fault,) = admit(base, contents).rejected
    assert fault.line == 1
    assert len(admit(base, contents).declarations) == 2


def test_all_or_nothing():
    agent = Agent.in_memory()
    with pytest.raises(RejectedError) as caught:
        take_in(agent, said("language", "p\nq(\nr"))
    assert "1 line is rejected, and nothing was changed" in str(caught.value)
    assert "line 2: q(" in str(caught.value)
    assert caught.value.rejected[0][0] == 2
    assert len(agent.base) == 0


def test_the_listing_is_bounded_and_counts_all():
    with pytest.raises(RejectedError) as caught:
        take_in(Agent.in_memory(), said("language", "q)\n" * 500))
    assert str(caught.value).count("line ") == LISTED
    assert f"and {500 - LISTED} more" in str(caught.value)
    assert len(caught.value.rejected) == 500


def test_keep_going_takes_in_the_rest():
    agent = Agent.in_memory()
    intake = take_in(agent, said("language", "p\nq)\n[x] r"), keep_going=True)
    assert [each.line for each in intake.rejected] == [2]
    assert [belief.name for belief in agent.beliefs()] == ["b1", "x"]


def test_of_each_kernel_the_last_is_rejected_where_it_keeps_going():
    agent = Agent.in_memory()
    agent.tell("[old] !q")
    text = "[a] p\n[b] p -> q\n[c] r\n[d] !r\n[e] s & !s\n[f] t"
    refused = take_in(agent, said("language", text))
    assert refused.changes[-1].status == "refused"
    assert len(agent.base) == 1
    intake = take_in(agent, said("language", text), keep_going=True)
    assert [(each.line, each.reason) for each in intake.rejected] == [
        (2, "it contradicts old, a"),
        (4, "it contradicts c"),
        (5, "it contradicts itself"),
    ]
    assert [belief.name for belief in agent.beliefs()] == ["old", "a", "c", "f"]
    assert agent.verify().failed == ()


def test_an_interruption_loses_little_and_the_same_again_takes_in_what_is_missing():
    text = "".join(f"[n{number}] p(a{number})\n" for number in range(10)) + "q(a1)\n"
    agent = Agent.in_memory()

    def interrupted(done: int, total: int) -> None:
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_in(agent, said("language", text), batch=3, progress=interrupted)
    assert len(agent.base) == 6
    intake = take_in(agent, said("language", text), batch=3)
    assert (intake.passed_over, len(intake.added), len(intake.changes)) == (6, 5, 2)
    again = take_in(agent, said("language", text))
    assert (again.passed_over, again.added) == (11, ())
    assert len(agent.base) == 11


def test_a_rehearsal_is_one_change():
    agent = Agent.in_memory()
    intake = take_in(agent, said("language", "p\nq\nr"), batch=1, dry_run=True)
    assert len(intake.changes) == 1
    assert len(agent.base) == 0


def test_what_stands_in_a_file_of_declarations_alone_is_kept():
    agent = Agent.in_memory()
    take_in(agent, said("language", "sort Room\npred at(Room)"))
    assert len(agent.base.declarations) == 2


def test_many_misfits_cost_little_each():
    count = 3 * PATIENCE
    text = "".join(f"[n{n}] p(a{n})\n[m{n}] p(a{n}, a{n})\n" for n in range(count))
    found = rejected(said("language", text))
    assert len(found) == count
    assert {reason for _, reason in found} == {"`p` takes 2 arguments here, but 1 argument elsewhere"}


@pytest.mark.parametrize("form", ["language", "jsonl"])
def test_a_hundred_thousand_lines(form):
    count = 100_000
    if form == "language":
        text = "".join(f"[n{n} @2] at(r{n % 100}, room)\n" for n in range(count - 1)) + "p(\n"
    else:
        text = (
            "".join(f'{{"name": "n{n}", "formula": "at(r{n % 100}, room)"}}\n' for n in range(count - 1))
            + "{\n"
        )
    contents = said(form, text)
    assert len(contents.beliefs) == count - 1
    assert [each.line for each in contents.rejected] == [count]
    admission = admit(base_of(said("language", "[old] at(r1, room)")), contents)
    assert len(admission.beliefs) == count - 1
