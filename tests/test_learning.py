"""An agent that learns: expectations, episodes and records in a journal, against a plain model and across processes."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from beliefs.agent import Agent
from beliefs.base.entrenchment import Entrenchment
from beliefs.base.track_record import Mark, Tally
from beliefs.errors import (
    BaseError,
    DuplicateNameError,
    JournalCorruptError,
    LanguageError,
    UnknownBeliefError,
)
from beliefs.journal.entry import Decision, Observed
from beliefs.journal.journal import Journal
from beliefs.language.parser import parse_formula
from beliefs.verification import verify


def agent_of(*texts: str, **options: object) -> Agent:
    agent = Agent.in_memory(**options)  # type: ignore[arg-type]
    for text in texts:
        agent.tell(text)
    return agent


# Expectations.


def test_expect_finds_what_it_rests_on() -> None:
    agent = agent_of("[a] p", "[b] p -> q", "[c] r")
    expectation = agent.expect("q")
    assert (expectation.number, expectation.because) == (4, ("a", "b"))
    assert agent.expectations() == (expectation,)
    assert agent.expect("s").because == ()
    assert agent.expect("q", because=["c", "b", "c"]).because == ("b", "c")
    assert str(expectation) == "expected: q, because of a, b"


def test_expectations_last_and_are_settled_once(tmp_path: Path) -> None:
    place = tmp_path / "a.db"
    with Agent.open(place) as agent:
        agent.tell("[a] p")
        agent.expect("p | q", because=["a"])
    with Agent.open(place) as agent:
        (expectation,) = agent.expectations()
        assert expectation.formula == parse_formula("p | q")
        agent.observe("!p & !q")
        assert agent.expectations() == ()
        agent.observe("!p & !q & r")
        (episode,) = agent.episodes()
        assert episode.expectations == (expectation,)
        assert agent.verify().failed == ()


def test_a_dry_run_expects_nothing() -> None:
    agent = agent_of("p")
    assert agent.expect("p", dry_run=True).number == 2
    assert agent.expectations() == ()
    assert len(list(agent.log())) == 1


@pytest.mark.parametrize(("formula", "sure"), [("p | !p", "true"), ("law", "true"), ("!law & p", "false")])
def test_what_is_certain_needs_no_expectation(formula: str, sure: str) -> None:
    agent = agent_of("[a @certain] law", "[b] p")
    with pytest.raises(BaseError, match=f"what is certain makes it {sure} already"):
        agent.expect(formula)
    assert agent.expectations() == ()


@pytest.mark.parametrize(
    ("formula", "because", "error", "message"),
    [
        ("p", ["nobody"], UnknownBeliefError, "there is no belief named 'nobody'"),
        ("p &", None, LanguageError, "line 1, column 4"),
        ("p(tweety)", None, LanguageError, "`p` takes 1 argument here"),
    ],
)
def test_an_expectation_that_makes_no_sense(formula, because, error, message) -> None:
    agent = agent_of("[a] p")
    with pytest.raises(error, match=message.replace("(", "[(]")):
        agent.expect(formula, because)
    assert len(list(agent.log())) == 1


# Episodes.


def test_an_episode_tells_the_whole_failure() -> None:
    agent = agent_of('[plan @2 "floor plan"] door', '[open @1 "rumour"] door -> way')
    expectation = agent.expect("way")
    change = agent.observe("[bump] !way", source="bumper")
    (episode,) = agent.episodes()
    assert episode == agent.episode(1) == agent.episode(-1)
    assert (episode.number, episode.entry) == (1, change.entry)
    assert (episode.observation, episode.source, episode.policy) == ("!way", "bumper", "prioritized")
    assert episode.expectations == (expectation,)
    assert episode.kernels == (("plan", "open"),)
    assert [belief.name for belief in episode.diagnosis] == ["open"]
    assert [belief.name for belief in episode.added] == ["bump"]
    assert not episode.rejected
    assert not episode.undone
    agent.undo()
    assert agent.episode(1).undone
    assert agent.expectations() == (expectation,)
    assert dict(agent.base.record.tallies) == {}


def test_what_agrees_is_no_episode() -> None:
    agent = agent_of("p")
    agent.observe("q")
    agent.observe("p & q")
    agent.revise("!p")
    agent.contract("q")
    assert list(agent.episodes()) == []
    for number in (0, 1, -1):
        with pytest.raises(BaseError, match=f"there is no episode {number}: nothing has failed yet"):
            agent.episode(number)
    agent.observe("p")
    with pytest.raises(BaseError, match="there is no episode 2: they go from 1 to 1"):
        agent.episode(2)


def test_a_failed_guess_is_an_episode_without_a_kernel() -> None:
    agent = agent_of("[a] p")
    agent.expect("q", because=["a"])
    agent.observe("!q")
    (episode,) = agent.episodes()
    assert (episode.kernels, episode.diagnosis) == ((), ())
    assert agent.base.record.of_belief(parse_formula("p")) == Tally(Fraction(1))


def test_after_an_episode_the_failed_prediction_is_not_believed() -> None:
    """Never the same failure twice: on random bases, what failed is not entailed afterwards."""
    from support.truth_tables import random_formula

    failures = 0
    for seed in range(150):
        rng = random.Random(seed)
        agent = Agent.in_memory()
        for _ in range(5):
            agent.tell(random_formula(rng, "pqrs"), source=rng.choice("abc"))
        for _ in range(4):
            observation = random_formula(rng, "pqrs")
            failed = agent.ask(observation).verdict == "disbelieved"
            if agent.observe(observation, source=rng.choice("abc")).status == "done":
                failures += failed
                assert agent.ask(observation).verdict == "believed"
        assert agent.verify().failed == ()
    assert failures > 100


# Policies.


def test_policies_per_agent_and_per_call() -> None:
    texts = ("[law @certain] p", "[firm @3] q")
    assert agent_of(*texts).observe("!p").status == "refused"
    screening = agent_of(*texts, policy="screened")
    assert screening.observe("!p").status == "rejected"
    assert screening.observe("!p", policy="prioritized").status == "refused"
    weighing = agent_of(*texts, policy="weighed")
    assert weighing.observe("!q").status == "rejected"
    assert weighing.observe("!q", level=4).status == "done"
    assert agent_of(*texts).observe("!q", policy="weighed").status == "rejected"


def test_a_rejected_observation_is_kept_as_such_and_the_source_answers_for_it() -> None:
    agent = agent_of("[law @certain] p", policy="screened")
    change = agent.observe("!p", source="camera")
    assert (change.entry, change.reason) == (2, "it contradicts what is certain: law")
    assert change.rejected is not None
    assert agent.beliefs() == agent.as_of(1)._by_age
    assert agent.episode(1).rejected
    assert agent.sources() == {"camera": Tally(Fraction(1))}
    assert agent.verify().failed == ()


def test_a_weighed_observation_of_a_bad_source_loses_to_an_equal() -> None:
    agent = agent_of("[a] p", "[b] q", policy="weighed")
    for number in range(3):
        agent.observe(f"[w{number} @3] x{number}", source="good")
        agent.observe(f"!x{number}", source="bad")
    assert agent.sources()["bad"].blamed == 3
    assert agent.observe("!q", source="bad", weight=2).status == "rejected"
    assert agent.observe("!q", source="good", weight=2).status == "done"


@pytest.mark.parametrize(
    "options",
    [
        {"policy": "naive"},
        {"decay": 0},
        {"decay": "x"},
        {"decay": 2},
        {"decay": float("nan")},
        {"decay": 1e-9},
    ],
)
def test_an_agent_with_bad_options_makes_no_file(options, tmp_path: Path) -> None:
    with pytest.raises(BaseError):
        Agent.open(tmp_path / "a.db", **options)
    assert not (tmp_path / "a.db").exists()


def test_entrenchment_in_one() -> None:
    agent = agent_of()
    agent.observe("[a] p", entrenchment=3)
    agent.observe("[b] q", entrenchment=Entrenchment(2, Fraction(1, 2)))
    assert [str(belief.entrenchment) for belief in agent.beliefs()] == ["3", "2*1/2"]
    with pytest.raises(BaseError, match="give the entrenchment, or level and weight, but not both"):
        agent.observe("r", entrenchment=3, level=2)


def test_a_diagnosis_blames_first_what_misled_before() -> None:
    agent = agent_of("p")
    agent.observe("[gone] !p")
    agent.contract("!p")
    agent.load("[old] p\n[new] q\n[law @3] p & q -> r")
    cheapest, *_ = agent.diagnose(["!r"])
    assert cheapest.labels == ("old",)
    assert cheapest.cost == agent.observe("!r", dry_run=True).cost


def test_decay_lets_the_past_fade() -> None:
    steady, forgetful = agent_of(), agent_of(decay="0.5")
    for agent in (steady, forgetful):
        for number in range(4):
            agent.tell(f"x{number}", source="s")
            agent.observe(f"!x{number}")
        assert agent.verify().failed == ()
    assert steady.sources()["s"].blamed == 4
    assert forgetful.sources()["s"].blamed == Fraction(15, 8)


# Histories.


@pytest.mark.parametrize("seed", range(12))
def test_random_histories_against_a_list_of_records(seed: int, tmp_path: Path) -> None:
    """Whatever is called, undone and opened again: the record is that of the same moment, and verification holds."""
    from support.truth_tables import random_formula

    rng = random.Random(seed)
    place = tmp_path / "a.db"
    agent = Agent.open(place, decay=rng.choice(["1", "0.9"]))
    records = [agent.base.record]
    standing: list[int] = []
    for _ in range(25):
        before = len(records)
        formula = random_formula(rng, "pqrst")
        match rng.randrange(8):
            case 0 | 1:
                agent.tell(
                    formula, source=rng.choice([None, "a", "b"]), level=rng.choice([0, 1, 2, "certain"])
                )
            case 2:
                with suppress(BaseError):  # what is certain may decide it already
                    agent.expect(formula)
            case 3 if standing:
                agent.undo()
                assert agent.base.record == records[standing.pop() - 1]
            case 4:
                agent.close()
                agent = Agent.open(place, decay=agent.decay)
                assert agent.base.record == records[-1]
            case _:
                agent.observe(
                    formula,
                    source=rng.choice([None, "a", "b", "c"]),
                    level=rng.choice([0, 1, 2]),
                    policy=rng.choice(["prioritized", "screened", "weighed"]),
                    repair=rng.random() < 0.5,
                )
        head = sum(1 for _ in agent.log())
        if head == before:
            records.append(agent.base.record)
            if [entry.decision.undoes for entry in agent.log()][-1] is None:
                standing.append(head)
    for number, record in enumerate(records):
        assert agent.as_of(number).record == record
    verification = agent.verify()
    assert (verification.failed, verification.chain) == ((), "intact")
    agent.close()


def test_two_agents_share_what_they_learn(tmp_path: Path) -> None:
    one, other = Agent.open(tmp_path / "a.db"), Agent.open(tmp_path / "a.db")
    one.tell("[a] p", source="s")
    other.expect("p")
    one.observe("!p")
    assert other.sources()["s"].blamed == 1
    assert other.expectations() == ()
    assert one.base.record == other.base.record


# Damage and forgery.


def test_a_mark_changed_in_the_file_is_noticed(tmp_path: Path) -> None:
    place = tmp_path / "a.db"
    with Agent.open(place) as agent:
        agent.tell("p", source="s")
        agent.observe("!p")
    shutil.copy(place, tmp_path / "copy.db")
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("UPDATE mark SET value = '0 9' WHERE kind = 'source'")
    with pytest.raises(JournalCorruptError, match="is damaged"):
        Agent.open(place)
    with Journal.open(place) as journal:
        (fault,) = journal.check_chain()
    assert str(fault) == "the mark of 's' in the track record is not what the history left"


def honest() -> tuple[Journal, Decision]:
    """A journal of three entries, and the decision that would come next: an observation of !q."""
    journal = Journal.in_memory()
    agent = Agent(journal)
    agent.tell('[a "s"] p')
    agent.tell("[b] p -> q")
    agent.expect("q")
    twin = Agent.in_memory()
    twin.tell('[a "s"] p')
    twin.tell("[b] p -> q")
    twin.expect("q")
    twin.observe("!q")
    (*_, entry) = twin.log()
    certificate = twin._journal.certificate(entry.number)
    return journal, replace(entry.decision, certificate=certificate, witness=twin.base.witness)


def test_the_honest_decision_holds() -> None:
    journal, decision = honest()
    journal.append(decision, expected_head=3)
    assert verify(journal).failed == ()


def without(decision: Decision, kind: str) -> tuple[Mark, ...]:
    return tuple(mark for mark in decision.marked if mark.kind != kind)


FORGERIES = {
    "a source spared": (
        lambda decision: replace(decision, marked=without(decision, "source")),
        "what it marks in the track record does not follow from what it did",
    ),
    "somebody else blamed": (
        lambda decision: replace(decision, marked=(*decision.marked, Mark("source", "t", "", "1 0"))),
        "what it marks in the track record does not follow from what it did",
    ),
    "confirmed for nothing": (
        lambda decision: replace(
            decision, marked=(*without(decision, "source"), Mark("source", "s", "", "0 7"))
        ),
        "what it marks in the track record does not follow from what it did",
    ),
    "a case of nothing": (
        lambda decision: replace(
            decision,
            marked=(
                *decision.marked,
                Mark("case", "r", '{"failed": false, "given": [], "individuals": [], "outcome": "r"}', ""),
            ),
        ),
        "it notes a case of a rule that it did not put to the test",
    ),
    "an expectation left open": (
        lambda decision: replace(
            decision, observed=replace(decision.observed, refuted=()), unmarked=decision.unmarked
        ),
        "what it marks in the track record does not follow from what it did",
    ),
    "an expectation that was never open": (
        lambda decision: replace(decision, observed=replace(decision.observed, met=(77,))),
        "it settles expectation 77, which was not open",
    ),
    "weakened what stayed": (
        lambda decision: replace(decision, observed=replace(decision.observed, weakened=(("b3", "a"),))),
        "it weakens what it does not give up, or to what it does not take in",
    ),
    "marks without an observation": (
        lambda decision: replace(decision, observed=None),
        "it is no observation, but marks the track record",
    ),
    "rejected what was taken in": (
        lambda decision: replace(
            decision, observed=replace(decision.observed, rejected=decision.added[0]), marked=(), unmarked=()
        ),
        "what it marks in the track record does not follow from what it did",
    ),
}


@pytest.mark.parametrize(("forge", "reason"), FORGERIES.values(), ids=FORGERIES)
def test_a_forged_record_is_found(forge, reason: str) -> None:
    journal, decision = honest()
    assert isinstance(decision.observed, Observed)
    journal.append(forge(decision), expected_head=3)
    assert [fault.reason for fault in verify(journal).failed] == [reason]


def test_a_forged_weakening_is_found() -> None:
    journal, twin = Journal.in_memory(), Agent.in_memory()
    for agent in (Agent(journal), twin):
        agent.tell("[fly] forall x. bird(x) -> flies(x)")
        agent.tell("[tweety @3] bird(tweety)")
    twin.observe("!flies(tweety)")
    (*_, entry) = twin.log()
    certificate = twin._journal.certificate(entry.number)
    decision = replace(entry.decision, certificate=certificate, witness=twin.base.witness)
    assert decision.observed is not None
    assert decision.observed.weakened == (("fly.2", "fly"),)
    unmarked = replace(decision.observed, weakened=())
    marked = tuple(mark for mark in decision.marked if mark.kind != "lineage")
    journal.append(replace(decision, observed=unmarked, marked=marked), expected_head=2)
    assert [fault.reason for fault in verify(journal).failed] == ["its certificate tells of other weakenings"]


def birds_with_a_record(*observations: str) -> tuple[Journal, Agent, Decision]:
    """A journal of birds of which some flew; a twin that has seen one that did not; and what it decided then."""
    journal, twin = Journal.in_memory(), Agent.in_memory()
    for agent in (Agent(journal), twin):
        agent.load(
            """
            [fly] forall x. bird(x) -> flies(x)
            [robin @3] bird(robin)
            [tweety @3] bird(tweety)
            """
        )
        for seen in observations:
            agent.observe(seen)
    twin.observe("!flies(tweety)")
    (*_, entry) = twin.log()
    certificate = twin._journal.certificate(entry.number)
    return journal, twin, replace(entry.decision, certificate=certificate, witness=twin.base.witness)


def test_a_success_left_out_of_the_certificate_is_found() -> None:
    journal, twin, decision = birds_with_a_record("flies(robin)")
    assert twin.verify().failed == ()
    assert decision.certificate is not None
    (success,) = decision.certificate["successes"]
    assert success["outcome"] == "flies(robin)"
    certificate = {key: value for key, value in decision.certificate.items() if key != "successes"}
    journal.append(replace(decision, certificate=certificate), expected_head=2)
    (fault,) = verify(journal).failed
    assert fault.reason == "its certificate leaves out a success on record of 'fly': flies(robin)"


def test_a_success_that_what_was_seen_overtakes_need_not_be_kept() -> None:
    journal, twin, decision = birds_with_a_record("flies(tweety)")
    assert decision.certificate is not None
    assert "successes" not in decision.certificate
    assert twin.verify().failed == ()
    journal.append(decision, expected_head=2)
    assert verify(journal).failed == ()


def test_a_success_of_an_individual_that_is_known_no_more_need_not_be_kept() -> None:
    agent = agent_of(
        "[fly] forall x. bird(x) -> flies(x)", "[robin @3] bird(robin)", "[tweety @3] bird(tweety)"
    )
    agent.observe("flies(robin)")
    agent.contract("bird(robin)")
    agent.contract("flies(robin)")
    (repair,) = agent.observe("!flies(tweety)").repairs
    assert repair.kept == ()
    assert agent.verify().failed == ()


def test_an_individual_that_only_the_rule_names_is_known_no_more() -> None:
    agent = agent_of(
        "[older] forall x, y. parent(x, y) & x != adam -> older(x, y)",
        "[fact @3] parent(eve, adam)",
        "[other @3] parent(abel, eve)",
    )
    agent.observe("older(eve, adam)")
    agent.contract("parent(eve, adam)")
    agent.contract("older(eve, adam)")
    (repair,) = agent.observe("!older(abel, eve)").repairs
    assert "adam" in str(repair.formula)
    assert repair.kept == ()
    assert agent.verify().failed == ()


def test_a_repair_that_cannot_be_proven_in_time_gives_way_to_retraction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from beliefs.certificates import checker as module
    from beliefs.certificates.report import Claim, Report

    def check(certificate, **options):
        undecided = Report((Claim("weakening", None, "too hard"),))
        return undecided if certificate.weakened else real(certificate, **options)

    real = module.check
    monkeypatch.setattr(module, "check", check)
    agent = agent_of("[fly] forall x. bird(x) -> flies(x)", "[tweety @3] bird(tweety)")
    change = agent.observe("!flies(tweety)")
    assert (change.status, change.weakened) == ("done", ())
    assert [gone.name for gone in change.removed] == ["fly"]


def rejecting(policy: str) -> tuple[Journal, Decision]:
    """A journal of two entries, and the decision that rejects what contradicts them."""
    journal, twin = Journal.in_memory(), Agent.in_memory()
    for agent in (Agent(journal), twin):
        agent.tell("[law @certain] p")
        agent.tell("[other] r")
    twin.observe("!p", source="s", policy=policy)  # type: ignore[arg-type]
    (*_, entry) = twin.log()
    certificate = twin._journal.certificate(entry.number)
    return journal, replace(entry.decision, certificate=certificate, witness=twin.base.witness)


REJECTIONS = {
    "screened, another input": (
        "screened",
        lambda decision: replace(decision, input="!r"),
        "it rejects something else than its input",
    ),
    "screened, and a belief given up": (
        "screened",
        lambda decision: replace(decision, consistent=None),
        "it changes nothing, but says something else of consistency",
    ),
    "screened, other kernels": (
        "screened",
        lambda decision: replace(decision, kernels=(("other",),)),
        "its certificate is about another input, or tells of other kernels",
    ),
    "screened, no certificate": (
        "screened",
        lambda decision: replace(decision, certificate=None),
        "it carries no certificate",
    ),
    "weighed, another input": (
        "weighed",
        lambda decision: replace(decision, input="!r"),
        "it rejects something else than its input",
    ),
    "weighed, other kernels": (
        "weighed",
        lambda decision: replace(decision, kernels=(("other", "b3"),)),
        "its certificate tells of other kernels, or of another cost",
    ),
    "weighed, no certificate": (
        "weighed",
        lambda decision: replace(decision, certificate=None),
        "it carries no certificate",
    ),
}


@pytest.mark.parametrize(("policy", "forge", "reason"), REJECTIONS.values(), ids=REJECTIONS)
def test_a_forged_rejection_is_found(policy: str, forge, reason: str) -> None:
    journal, decision = rejecting(policy)
    journal.append(forge(decision), expected_head=2)
    assert reason in [fault.reason for fault in verify(journal).failed]


@pytest.mark.parametrize("policy", ["screened", "weighed"])
def test_an_honest_rejection_holds(policy: str) -> None:
    journal, decision = rejecting(policy)
    journal.append(decision, expected_head=2)
    assert verify(journal).failed == ()


EXPECTATIONS = {
    "marks something else": (
        {"marked": (Mark("source", "s", "", "1 0"),)},
        "it is an expectation, but does something else",
    ),
    "marks nothing": ({"marked": ()}, "it is an expectation, but does something else"),
    "another number": (
        {"marked": (Mark("expectation", "9", "", '["p"]'),)},
        "it records another expectation than it says",
    ),
    "another formula": ({"input": "q"}, "it records another expectation than it says"),
    "says it is inconsistent": (
        {"consistent": False},
        "it changes nothing, but says something else of consistency",
    ),
}


@pytest.mark.parametrize(("changes", "reason"), EXPECTATIONS.values(), ids=EXPECTATIONS)
def test_a_forged_expectation_is_found(changes, reason: str) -> None:
    journal = Journal.in_memory()
    agent = Agent(journal)
    agent.tell("[a] p")
    honest = Decision(
        "expect",
        input="p",
        marked=(Mark("expectation", "2", "", '["p"]'),),
        consistent=True,
        witness=agent.base.witness,
    )
    journal.append(replace(honest, **changes), expected_head=1)
    assert [fault.reason for fault in verify(journal).failed] == [reason]


def test_the_reasons_of_an_expectation_are_a_list() -> None:
    with Agent.in_memory() as agent:
        agent.tell("p", name="why")
        with pytest.raises(BaseError, match=r"because is a list; write \['why'\] for one of them"):
            agent.expect("q", because="why")


@pytest.mark.parametrize("policy", ["prioritized", "screened", "weighed"])
@pytest.mark.parametrize("repair", [True, False])
def test_an_observation_does_not_take_the_name_of_what_it_refutes(policy: str, repair: bool) -> None:
    agent = agent_of("[r] forall x. p(x) -> q(x)", "[a @3] p(ann)")
    with pytest.raises(DuplicateNameError, match="already a belief named 'r'"):
        agent.observe("[r @2] !q(ann)", policy=policy, repair=repair)  # type: ignore[arg-type]
    with pytest.raises(DuplicateNameError, match="already a belief named 'r'"):
        agent.revise("[r] !q(ann)")
    assert agent.observe("[other] p(ann)", name="r").status == "vacuous"  # it says nothing new, by no name
    assert len(list(agent.log())) == 2


@pytest.mark.parametrize("source", [5, b"camera", ["camera"]])
def test_a_source_that_is_no_text_does_not_damage_the_journal(tmp_path: Path, source: object) -> None:
    agent = Agent.open(tmp_path / "a.db")
    with pytest.raises(BaseError, match="a source is a text"):
        agent.observe("p(ann)", source=source)  # type: ignore[arg-type]
    with pytest.raises(BaseError, match="a source is a text"):
        agent.tell("p(ann)", source=source)  # type: ignore[arg-type]
    agent.close()
    assert Agent.open(tmp_path / "a.db").beliefs() == ()


@pytest.mark.parametrize("weight", [10**1000, Fraction(1, 10**1000), 10**3000])
def test_a_weight_that_could_not_be_written_down_is_refused(weight: Fraction | int) -> None:
    agent = Agent.in_memory()
    with pytest.raises(BaseError, match="a weight has at most 1000 digits"):
        agent.observe("p(ann)", weight=weight)
    assert agent.observe("p(ann)", weight=10**1000 - 1).status == "done"
