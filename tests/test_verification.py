"""Verification against journals with an intact chain and wrong entries: as an engine in error would write."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from immutables import Map

from beliefs.agent import Agent
from beliefs.base.belief import Belief
from beliefs.base.entrenchment import Cost, Entrenchment
from beliefs.certificates.certificate import Certificate, CertifiedBelief
from beliefs.certificates.checker import check
from beliefs.certificates.report import Report
from beliefs.journal.entry import Decision
from beliefs.journal.journal import Journal
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.semantics import Model
from beliefs.verification import verify

HISTORY = ["p", "p -> q", "[spare] r | s", "[far] t -> u"]
"""What is told before the change that is to be forged: an observation of `!q`."""


def journal_with_history() -> tuple[Journal, Agent]:
    """A journal of four honest entries, and an agent on it."""
    journal = Journal.in_memory()
    agent = Agent(journal)
    for text in HISTORY:
        agent.tell(text)
    return journal, agent


def honest_observation(agent: Agent) -> tuple[Decision, Certificate]:
    """What the agent would have entered."""
    change = agent.observe("[seen] !q", dry_run=True)
    assert change.certificate is not None
    decision = Decision(
        operation="revise",
        input="!q",
        added=change.added,
        removed=change.removed,
        kernels=change.kernels,
        cost=change.cost,
        consistent=True,
        certificate=change.certificate.to_json(),
        witness=change.after.witness,
    )
    return decision, change.certificate


def reasons(journal: Journal) -> list[str]:
    verification = verify(journal)
    assert verification.chain == "intact"
    assert verification.checked == verification.entries - len({fault.entry for fault in verification.failed})
    assert {fault.entry for fault in verification.failed} <= {5}
    return [fault.reason for fault in verification.failed]


def test_an_honest_journal_holds() -> None:
    journal, agent = journal_with_history()
    decision, certificate = honest_observation(agent)
    assert certificate.scope == "touched"
    assert {belief.name for belief in certificate.before} < {belief.name for belief in agent.beliefs()}
    journal.append(decision, expected_head=4)
    assert reasons(journal) == []


def forged(certificate: Certificate, **changes: Any) -> dict[str, Any]:
    return dataclasses.replace(certificate, **changes).to_json()


def without(certificate: Certificate, *names: str) -> tuple[Any, ...]:
    return tuple(belief for belief in certificate.before if belief.name not in names)


FORGERIES: dict[str, tuple[Callable[[Decision, Certificate], Decision], str]] = {
    "no certificate": (
        lambda decision, _: dataclasses.replace(decision, certificate=None),
        "carries no certificate",
    ),
    "another operation": (
        lambda decision, _: dataclasses.replace(decision, operation="contract"),
        "about another operation",
    ),
    "no operation that there is": (
        lambda decision, _: dataclasses.replace(decision, operation="note", certificate=None),
        "'note' is no operation that changes beliefs",
    ),
    "an undoing of nothing": (
        lambda decision, _: dataclasses.replace(decision, operation="undo", certificate=None),
        "does not say of what",
    ),
    "a revision that says it undoes": (
        lambda decision, _: dataclasses.replace(decision, undoes=4),
        "is no undoing",
    ),
    "another input": (
        lambda decision, _: dataclasses.replace(decision, input="zebra"),
        "about another input",
    ),
    "no input": (
        lambda decision, _: dataclasses.replace(decision, input=None),
        "about another input",
    ),
    "other kernels": (
        lambda decision, _: dataclasses.replace(decision, kernels=(("b1",),)),
        "other kernels",
    ),
    "another cost": (
        lambda decision, _: dataclasses.replace(decision, cost=Cost()),
        "another cost",
    ),
    "said to be inconsistent": (
        lambda decision, _: dataclasses.replace(decision, consistent=False),
        "the beliefs are consistent, but it says otherwise",
    ),
    "consistency left open": (
        lambda decision, _: dataclasses.replace(decision, consistent=None),
        "the beliefs are consistent, but it says otherwise",
    ),
    "a part without a model": (
        lambda decision, certificate: dataclasses.replace(
            decision, certificate=forged(certificate, model=None)
        ),
        "has no model that the rest shares",
    ),
    "another belief given up": (
        lambda decision, certificate: dataclasses.replace(
            decision, certificate=forged(certificate, removed=("b1",), model=None)
        ),
        "about giving up other beliefs",
    ),
    "a kernel that is none": (
        lambda decision, certificate: dataclasses.replace(
            decision, certificate=forged(certificate, kernels=(("b1",),))
        ),
        "contradiction",
    ),
    "a belief softer than it was": (
        lambda decision, certificate: dataclasses.replace(
            decision,
            certificate=forged(
                certificate,
                before=tuple(
                    dataclasses.replace(belief, formula="p | q") if belief.name == "far" else belief
                    for belief in (
                        *certificate.before,
                        dataclasses.replace(certificate.before[0], name="far"),
                    )
                ),
            ),
        ),
        "did not hold so",
    ),
    "a whole that is a part": (
        lambda decision, certificate: dataclasses.replace(
            decision, certificate=forged(certificate, scope="whole")
        ),
        "leaves out beliefs",
    ),
    "a symbol of another kind": (
        lambda decision, certificate: dataclasses.replace(
            decision,
            certificate=forged(certificate, declarations=(*certificate.declarations, "pred far(Thing)")),
        ),
        "sorts of symbols",
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_certificate_is_found(forgery: str) -> None:
    journal, agent = journal_with_history()
    forge, expected = FORGERIES[forgery]
    journal.append(forge(*honest_observation(agent)), expected_head=4)
    (reason,) = reasons(journal)
    assert expected in reason


def test_a_certificate_that_passes_over_a_belief_it_touched_is_found() -> None:
    """It claims to touch but the new belief, whose atom another one mentions."""
    journal, agent = journal_with_history()
    truth = dict(agent.base.witness.true) if agent.base.witness is not None else {}
    assert ("t",) not in truth
    change = agent.tell("[new] t & u", dry_run=True)
    assert change.certificate is not None
    assert "far" in {belief.name for belief in change.certificate.before}
    narrow = dataclasses.replace(change.certificate, before=without(change.certificate, "far"))
    assert check(narrow).valid
    decision = Decision(
        operation="expand",
        input="t & u",
        added=change.added,
        consistent=True,
        certificate=narrow.to_json(),
        witness=change.after.witness,
    )
    journal.append(decision, expected_head=4)
    (reason,) = reasons(journal)
    assert "does not speak of belief 'far'" in reason


def test_an_undoing_that_does_not_lead_back_is_found() -> None:
    journal, _ = journal_with_history()
    stray = Belief("b9", parse_formula("z"), age=9)
    journal.append(Decision(operation="undo", undoes=4, added=(stray,)), expected_head=4)
    (reason,) = reasons(journal)
    assert "does not lead back to the base before entry 4" in reason


def test_progress_is_told() -> None:
    journal, _ = journal_with_history()
    told: list[tuple[int, int]] = []
    verify(journal, lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def told(*texts: str) -> tuple[Journal, Agent]:
    """A journal to which some things were told, all of them honestly."""
    journal = Journal.in_memory()
    agent = Agent(journal)
    for text in texts:
        assert agent.tell(text).status in ("done", "vacuous")
    return journal, agent


def enter(
    journal: Journal,
    text: str,
    model: Model,
    declarations: Sequence[str],
    *,
    operation: str = "revise",
    added: bool = True,
    **parts: Any,
) -> list[str]:
    """Enter what claims to touch nothing but its input, its own claims all holding; return what is found of it."""
    last = journal.head
    belief = Belief("b9", parse_formula(text), age=9)
    certificate = Certificate(
        operation=operation,  # type: ignore[arg-type]
        outcome="done" if added else "vacuous",
        input=text,
        declarations=tuple(declarations),
        unique_names=True,
        scope="touched",
        before=(),
        added=(CertifiedBelief("b9", text, Entrenchment()),) if added else (),
        model=model,
    )
    assert check(certificate).valid
    decision = Decision(
        operation=operation,
        input=text,
        declared=parts.pop("declared", ()),
        added=(belief,) if added else (),
        consistent=True,
        certificate=certificate.to_json(),
        **parts,
    )
    journal.append(decision, expected_head=last)
    verification = verify(journal)
    assert verification.chain == "intact"
    assert {fault.entry for fault in verification.failed} == {last + 1}
    return [fault.reason for fault in verification.failed]


def test_a_function_with_another_value_is_found() -> None:
    journal, _ = told("func f(Thing): Int", "f(a) > 3")
    zero = Model(
        Map({"Thing": ("a",)}), values=Map({("f", "a"): Fraction(0)}), defaults=Map({"f": Fraction(0)})
    )
    declarations = ["func f(Thing): Int", "const a: Thing"]
    assert enter(journal, "f(a) < 2", zero, declarations) == [
        "it does not speak of belief 'b1', although f has changed"
    ]


def open_history() -> tuple[Journal, Agent]:
    """A journal whose model leaves open what the rule says of all numbers."""
    journal = Journal.in_memory()
    agent = Agent(journal)
    agent.load("func f(Int): Int\n[rule] forall x: Int. f(x) > 0 & p(a)")
    assert agent.base.witness is not None
    return journal, agent


def test_a_model_that_leaves_a_rule_open_is_enough_for_what_has_nothing_to_do_with_it() -> None:
    journal, agent = open_history()
    change = agent.tell("q")
    assert change.certificate is not None
    assert change.certificate.scope == "touched"
    assert verify(journal).failed == ()


def test_a_model_that_leaves_a_rule_open_does_not_speak_for_it() -> None:
    """No value changes: the first model has them wrong, but Z3 finds the rule consistent, as it is."""
    journal, agent = open_history()
    copy = Journal.in_memory()
    first = journal.entry(1).decision
    data = journal.certificate(1)
    assert data is not None
    certificate = Certificate.from_json(data)
    assert certificate.model is not None
    wrong = dataclasses.replace(certificate.model, defaults=Map({"f": Fraction(-1)}))
    copy.append(
        dataclasses.replace(first, certificate=forged(certificate, model=wrong), witness=agent.base.witness),
        expected_head=0,
    )
    declarations = ["func f(Int): Int"]
    (reason,) = enter(copy, "f(3) < 0", dataclasses.replace(wrong, universe=Map(), true=Map()), declarations)
    assert reason == "consistency: Z3 finds what is claimed to be true together unsatisfiable"


def test_a_rule_over_some_of_those_there_are_is_found() -> None:
    journal, _ = told("!p(b)")
    narrow = Model(Map({"Thing": ("a",)}), true=Map({("p", "a"): None}))
    (reason,) = enter(journal, "forall x. p(x)", narrow, ["pred p(Thing)"])
    assert reason == "belief 'b9' is not shown to agree with those it does not speak of"


def test_an_individual_whom_the_model_does_without_is_found() -> None:
    """No atom changes, and the rule says what it says of those who are there."""
    journal, _ = told("forall x. p(x)", "p(a)")
    (reason,) = enter(journal, "!p(c)", Model(), ["pred p(Thing)", "const c: Thing"])
    assert reason == "its model does without c"


def test_an_individual_of_the_first_model_is_not_forgotten() -> None:
    """Nothing quantifies over Thing until the second entry, whose model has room for somebody else alone."""
    journal = Journal.in_memory()
    certificate = Certificate(
        operation="expand",
        outcome="done",
        input="p(a)",
        declarations=("pred p(Thing)", "const a: Thing"),
        unique_names=True,
        scope="whole",
        before=(),
        added=(CertifiedBelief("b1", "p(a)", Entrenchment()),),
        model=Model(true=Map({("p", "a"): None})),
    )
    assert check(certificate).valid
    first = Decision(
        operation="expand",
        input="p(a)",
        added=(Belief("b1", parse_formula("p(a)"), age=1),),
        consistent=True,
        certificate=certificate.to_json(),
    )
    journal.append(first, expected_head=0)
    assert verify(journal).failed == ()
    somebody = Model(Map({"Thing": ("b",)}), true=Map({("p", "a"): None}))
    (reason,) = enter(journal, "forall x. !p(x)", somebody, ["pred p(Thing)"])
    assert reason == "belief 'b9' is not shown to agree with those it does not speak of"


def test_an_individual_who_is_one_too_many_is_found() -> None:
    """The declaration of a second box contradicts the rule, though no certificate of a part speaks of it."""
    journal, _ = told("sort Box", "pred p(Box)", "forall x, y: Box. x = y", "p(a)")
    declared = parse_document("const b: Box").declarations
    last = journal.head
    nothing = Certificate("expand", "vacuous", "true", (), True, "touched", (), model=Model())
    assert check(nothing).valid
    decision = Decision("expand", declared=declared, consistent=True, certificate=nothing.to_json())
    journal.append(decision, expected_head=last)
    (fault,) = verify(journal).failed
    assert fault.reason == "its model does without b, but beliefs reckon with all there are"


def test_a_stranger_in_a_closed_sort_is_found() -> None:
    journal, _ = told("sort Lamp = {red, green}", "p(red)")
    ghost = Model(Map({"Lamp": ("red", "green", "blue")}), true=Map({("p", "red"): None}))
    declarations = ["sort Lamp = {red, green}", "pred p(Lamp)"]
    assert enter(journal, "p(red) | q", ghost, [*declarations, "pred q"]) == [
        "its model adds blue to sort Lamp, which is closed"
    ]


def test_a_contraction_that_leaves_what_follows_from_others_is_found() -> None:
    journal, _ = told("p")
    (reason,) = enter(journal, "q | p", Model(), ["pred p", "pred q"], operation="contract", added=False)
    assert "does not speak of belief 'b1', although p has changed" in reason


def test_a_contraction_by_what_is_true_all_the_same_is_found() -> None:
    """Its certificate speaks of no atom, but of two individuals who are said to be one."""
    journal, _ = told("func f: Thing", "func g: Thing", "f = a", "g = a")
    other = Model(
        Map({"Thing": ("a", "b")}), values=Map({("f",): "a", ("g",): "b"}), defaults=Map({"f": "a", "g": "b"})
    )
    (reason,) = enter(
        journal, "f = g", other, ["func f: Thing", "func g: Thing"], operation="contract", added=False
    )
    assert reason == "its model gives functions other values than they had"


def test_a_permitted_conflict_that_is_passed_off_as_consistent_is_found() -> None:
    journal, agent = journal_with_history()
    change = agent.tell("!p", dry_run=True, allow_conflict=True)
    assert change.certificate is not None
    assert change.certificate.permits_conflict
    honest = Decision(
        operation="expand",
        input="!p",
        added=change.added,
        kernels=change.kernels,
        consistent=False,
        certificate=change.certificate.to_json(),
    )
    journal.append(dataclasses.replace(honest, consistent=True), expected_head=4)
    (reason,) = reasons(journal)
    assert reason == "its certificate shows that the beliefs are inconsistent, but it says otherwise"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"consistent": None}, "the beliefs are consistent, but it says otherwise"),
        ({"consistent": False}, "the beliefs are consistent, but it says otherwise"),
        ({"input": "zebra"}, "something else, than that it undoes a change"),
        ({"kernels": (("b1",),)}, "something else, than that it undoes a change"),
        ({"consistent": None, "certificate": None}, "it says of consistency what was not known"),
    ],
)
def test_an_undoing_that_says_something_else_is_found(changes: dict[str, Any], expected: str) -> None:
    journal, agent = journal_with_history()
    copy = Journal.in_memory()
    for entry in journal.entries():
        certificate = journal.certificate(entry.number)
        witness = journal.present().base.witness if entry.number == 4 else None
        copy.append(
            dataclasses.replace(entry.decision, certificate=certificate, witness=witness),
            expected_head=entry.number - 1,
        )
    agent.undo()
    undoing = dataclasses.replace(
        journal.entry(5).decision, certificate=journal.certificate(5), witness=agent.base.witness
    )
    copy.append(dataclasses.replace(undoing, **changes), expected_head=4)
    (reason,) = reasons(copy)
    assert expected in reason


def test_beliefs_that_are_read_otherwise_need_a_model() -> None:
    """The belief given up was what made a robot of `a`; without it, the rule no longer speaks of robots alone."""
    journal, agent = told(
        "sort Robot", "pred robot(Robot)", "q(b)", "[gone] robot(a)", "[some] p(a)", "[all] forall x. p(x)"
    )
    last = journal.head
    change = agent.contract("robot(a)", dry_run=True)
    assert change.certificate is not None
    assert [belief.name for belief in change.removed] == ["gone"]
    decision = Decision(
        operation="contract",
        input="robot(a)",
        removed=change.removed,
        kernels=change.kernels,
        cost=change.cost,
        consistent=True,
        certificate=change.certificate.to_json(),
    )
    journal.append(decision, expected_head=last)
    (fault,) = verify(journal).failed
    assert fault.entry == last + 1
    assert "no model shows that 'all' agrees with the rest" in fault.reason


def test_a_kept_model_in_which_a_belief_is_false_is_found() -> None:
    journal, agent = journal_with_history()
    decision, _ = honest_observation(agent)
    assert decision.witness is not None
    wrong = decision.witness.updated({("r",): False, ("s",): False})
    journal.append(dataclasses.replace(decision, witness=wrong), expected_head=4)
    (fault,) = verify(journal).failed
    assert (fault.entry, fault.reason) == (
        5,
        "belief 'spare' is not true in the model that is kept of the present beliefs",
    )


def test_a_kept_model_that_does_without_an_individual_is_found() -> None:
    """A rule is true of everyone in it, but not of everyone there is."""
    journal, agent = told("!p(b)")
    change = agent.tell("p(a)", dry_run=True)
    assert change.certificate is not None
    assert change.after.witness is not None
    decision = Decision(
        operation="expand",
        input="p(a)",
        added=change.added,
        consistent=True,
        certificate=change.certificate.to_json(),
        witness=dataclasses.replace(change.after.witness, universe=Map({"Thing": ("a",)})),
    )
    journal.append(decision, expected_head=1)
    (fault,) = verify(journal).failed
    assert fault.reason == "the model that is kept of the present beliefs does without b"


def test_entries_of_a_broken_journal_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    with Agent.open(path) as agent:
        for text in HISTORY:
            agent.tell(text)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE entry SET time = 'noon' WHERE number = 2")
        connection.commit()
    with Agent.open(path) as agent:
        verification = agent.verify()
    assert (verification.chain, verification.entries, verification.checked) == ("broken", 4, 0)
    assert verification.failed


def test_a_claim_that_could_not_be_decided_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    journal, agent = journal_with_history()
    decision, _ = honest_observation(agent)
    journal.append(decision, expected_head=4)
    monkeypatch.setattr("beliefs.verification.check", lambda certificate: check(certificate, milliseconds=0))
    told_of = {fault.entry: fault.reason for fault in verify(journal).failed}
    assert "contradiction could not be decided: kernel 0: the time is up" in told_of[5]


def test_each_certificate_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    _, agent = journal_with_history()
    agent.observe("!q", policy="weighed")
    agent.observe("[doubt @2] !r", policy="weighed")
    agent.undo()
    agent.tell("[sure @certain] v")
    agent.observe("!v", policy="screened")
    assert {entry.decision.operation for entry in agent.log()} == {"expand", "revise", "semi-revise", "undo"}
    checked: list[Certificate] = []

    def counted(certificate: Certificate) -> Report:
        checked.append(certificate)
        return check(certificate)

    monkeypatch.setattr("beliefs.verification.check", counted)
    verification = agent.verify()
    assert verification.failed == ()
    assert len(checked) == verification.checked == verification.entries


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM mention WHERE key = '[\"wet\"]'", "the index of belief 'b1'"),
        ("UPDATE mention SET key = '[\"dry\"]' WHERE key = '[\"wet\"]'", "the index of belief 'b1'"),
        ("UPDATE symbol SET sorts = '[\"Thing\"]' WHERE name = 'wet'", "the stored sorts of 'wet'"),
        ("DELETE FROM symbol WHERE name = 'rain'", "the stored sorts of 'rain'"),
        ("INSERT INTO symbol VALUES ('fog', 1, 'predicate', '[]', NULL)", "the stored sorts of 'fog'"),
    ],
)
def test_a_damaged_index_is_found(tmp_path: Path, statement: str, told: str) -> None:
    place = tmp_path / "j.db"
    with Agent.open(place) as agent:
        agent.tell("rain -> wet")
        agent.tell("rain")
    with closing(sqlite3.connect(place)) as connection:
        assert connection.execute(statement).rowcount
        connection.commit()
    with Agent.open(place) as agent:
        reasons = [fault.reason for fault in agent.verify().failed]
    assert any(reason.startswith(told) for reason in reasons), reasons
