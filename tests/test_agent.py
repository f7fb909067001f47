"""The agent against a model of it: a list of bases, each changed from the one before by the operators."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.truth_tables import random_entrenchment, random_formula

from beliefs.agent import Agent
from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Entrenchment
from beliefs.certificates.checker import check
from beliefs.change import consolidate, contract, expand, revise
from beliefs.errors import (
    BaseError,
    DuplicateNameError,
    JournalError,
    LanguageError,
    ParseError,
    SortError,
)
from beliefs.language.syntax import Atom
from beliefs.reasoning.verdict import Budget

PROPOSITIONS = ("p", "q", "r", "s")
BIRDS = """
[fly] forall x. bird(x) -> flies(x)
[tweety] bird(tweety)
[rule @certain] forall x. penguin(x) -> !flies(x)
"""


class Model:
    """What an agent should hold: its bases, one after each entry, and which entries are not undone."""

    def __init__(self) -> None:
        self.bases = [BeliefBase()]
        self.standing: list[int] = []

    @property
    def base(self) -> BeliefBase:
        return self.bases[-1]

    def commit(self, base: BeliefBase) -> None:
        self.bases.append(base)
        self.standing.append(len(self.bases) - 1)

    def undo(self) -> None:
        if self.standing:
            self.bases.append(self.bases[self.standing.pop() - 1])


def step(rng: random.Random, agent: Agent, model: Model, number: int) -> None:
    """Do something at random to both."""
    formula = random_formula(rng, PROPOSITIONS)
    entrenchment = random_entrenchment(rng)
    belief = Belief(f"n{number}", formula, entrenchment)
    header = {"name": belief.name, "level": entrenchment.level, "weight": entrenchment.weight}
    match rng.randrange(8):
        case 0 | 1:
            done, expected = agent.tell(formula, **header), expand(model.base, [belief])
        case 2:
            done = agent.tell(formula, allow_conflict=True, **header)
            expected = expand(model.base, [belief], allow_conflict=True)
        case 3 | 4:
            done, expected = agent.observe(formula, **header), revise(model.base, belief)
        case 5:
            done, expected = agent.contract(formula), contract(model.base, formula)
        case 6:
            done, expected = agent.consolidate(), consolidate(model.base)
        case _:
            undone = agent.undo()
            assert (undone.status == "done") == bool(model.standing)
            model.undo()
            return
    assert done.status == expected.status
    assert {gone.name for gone in done.removed} == {gone.name for gone in expected.removed}
    assert (done.entry is not None) == (done.status == "done")
    if expected.status == "done":
        model.commit(done.after)


@pytest.mark.parametrize("seed", range(12))
def test_random_calls(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    place = tmp_path / "agent.db"
    model = Model()
    agent = Agent.open(place)
    for number in range(14):
        step(rng, agent, model, number)
        assert {belief.name for belief in agent.beliefs()} == {belief.name for belief in model.base}
        assert list(agent.beliefs()) == list(model.base)
        if rng.random() < 0.2:
            agent.close()
            agent = Agent.open(place)
    for entry, base in enumerate(model.bases):
        assert list(agent.as_of(entry)) == list(base)
    verification = agent.verify()
    assert verification.failed == ()
    assert verification.chain == "intact"
    assert verification.entries == len(model.bases) - 1
    agent.close()


def test_two_agents_on_one_journal_see_each_other(tmp_path: Path) -> None:
    with Agent.open(tmp_path / "shared.db") as one, Agent.open(tmp_path / "shared.db") as other:
        one.load(BIRDS)
        assert other.ask("flies(tweety)").verdict == "believed"
        other.observe("penguin(tweety)")
        assert one.ask("flies(tweety)").verdict == "disbelieved"
        assert one.observe("heavy(tweety)").entry == 3
        assert other.verify() == one.verify()
        assert one.verify().failed == ()


def test_ask_says_because_of_what() -> None:
    agent = Agent.in_memory()
    agent.load(BIRDS)
    answer = agent.ask("exists x. flies(x)")
    assert (answer.verdict, set(answer.because)) == ("believed", {"fly", "tweety"})
    assert agent.ask("!bird(tweety)").verdict == "disbelieved"
    assert agent.ask("bird(opus)").verdict == "undecided"
    assert agent.ask("penguin(opus) -> !flies(opus)").because == ("rule",)
    assert agent.ask("flies(opus) | !flies(opus)").because == ()


def test_why_lists_every_reason() -> None:
    agent = Agent.in_memory()
    agent.load("[a] p\n[b] p -> r\n[c] q\n[d] q -> r")
    explanation = agent.why("r")
    assert set(explanation.reasons) == {("a", "b"), ("c", "d")}
    assert explanation.complete
    limited = agent.why("r", limit=1)
    assert len(limited.reasons) == 1
    assert not limited.complete
    assert agent.why("s").reasons == ()


def test_a_base_that_contradicts_itself_answers_unknown_and_says_why() -> None:
    agent = Agent.in_memory()
    agent.load("[yes] p\n[other] q")
    assert agent.tell("[no] !p").status == "refused"
    assert agent.tell("[no] !p").kernels == (("yes",),)
    change = agent.tell("[no] !p", allow_conflict=True)
    assert (change.status, change.kernels) == ("done", (("yes",),))
    answer = agent.ask("q")
    assert answer.verdict == "unknown"
    assert "yes, no" in str(answer.reason)
    assert agent.conflicts().kernels == (("yes", "no"),)
    settled = agent.consolidate()
    assert [belief.name for belief in settled.removed] == ["no"]
    assert settled.alternatives().incisions == (("no",), ("yes",))
    assert agent.conflicts().kernels == ()


def test_tell_may_revise() -> None:
    agent = Agent.in_memory()
    agent.load("[yes] p")
    change = agent.tell("[no] !p", revise=True)
    assert (change.operation, change.status) == ("revise", "done")
    with pytest.raises(BaseError, match="exclude each other"):
        agent.tell("q", revise=True, allow_conflict=True)


def test_a_load_that_contradicts_itself_names_the_culprits() -> None:
    change = Agent.in_memory().load("[one] p\n[two] q\n[three] !p")
    assert change.status == "refused"
    assert change.kernels == ((),)
    assert "they contradict one another: one, three" in str(change.reason)


def test_a_dry_run_commits_nothing() -> None:
    agent = Agent.in_memory()
    agent.load("[yes] p")
    for change in (
        agent.tell("q", dry_run=True),
        agent.observe("!p", dry_run=True),
        agent.contract("p", dry_run=True),
        agent.load("[x] r\n[y] s", dry_run=True),
        agent.undo(dry_run=True),
    ):
        assert (change.status, change.entry) == ("done", None)
    assert [entry.number for entry in agent.log()] == [1]
    assert agent.consolidate(dry_run=True).status == "vacuous"


def test_what_cannot_be_done_is_refused_and_changes_nothing() -> None:
    agent = Agent.in_memory()
    agent.load(BIRDS)
    for change, kernel in (
        (agent.contract("p | !p"), ()),
        (agent.contract("penguin(opus) -> !flies(opus)"), ("rule",)),
        (agent.observe("penguin(opus) & flies(opus)"), ("rule",)),
        (agent.observe("p & !p"), ()),
    ):
        assert change.status == "refused"
        assert change.kernels == (kernel,)
        assert change.reason
        assert change.after == change.before
    assert [entry.number for entry in agent.log()] == [1]


def test_declarations_can_be_told_and_undone() -> None:
    agent = Agent.in_memory()
    assert agent.tell("sort Room = {hall, lab}").entry == 1
    agent.tell("forall r: Room. clean(r)")
    assert agent.ask("clean(hall) & clean(lab)").verdict == "believed"
    agent.undo()
    agent.undo()
    assert agent.base == BeliefBase()
    assert agent.undo().status == "vacuous"
    assert agent.verify().failed == ()


def test_sorts_that_only_quantifiers_name_are_certified_too() -> None:
    agent = Agent.in_memory()
    change = agent.load(
        "sort Room = {hall, lab}\nsort Robot\nforall r: Room. alarm\nexists q: Robot. alarm -> go"
    )
    assert change.status == "done"
    assert agent.tell("forall n: Int. n > 2 -> big(n)").status == "done"
    assert agent.ask("big(3)").verdict == "believed"
    assert agent.verify().failed == ()


def test_arithmetic() -> None:
    agent = Agent.in_memory()
    agent.load(
        "sort Robot\nfunc battery(Robot): Real\nconst r2: Robot\n"
        "[floor @2] forall r: Robot. battery(r) >= 0.5\n[low] battery(r2) < 3\n[far] battery(r2) > 1 -> reaches(r2)"
    )
    assert agent.ask("battery(r2) > 4").verdict == "disbelieved"
    change = agent.observe("battery(r2) = 3.5")
    assert [belief.name for belief in change.removed] == ["low"]
    assert agent.ask("reaches(r2)").verdict == "believed"
    assert agent.verify().failed == ()


def test_names_are_chosen_and_clashes_named() -> None:
    agent = Agent.in_memory()
    assert [belief.name for belief in agent.load("p\n[b3] q\nr").added] == ["b1", "b3", "b4"]
    with pytest.raises(DuplicateNameError, match="'b1'"):
        agent.tell("[b1] s")
    assert agent.tell("[again] p").status == "vacuous"
    assert agent.tell("[firmer @2] p").status == "done"


@pytest.mark.parametrize("operate", ["tell", "observe", "contract", "ask", "why"])
def test_what_is_malformed_changes_nothing(operate: str) -> None:
    agent = Agent.in_memory()
    agent.load("bird(tweety)")
    with pytest.raises(ParseError):
        getattr(agent, operate)("p => q")
    with pytest.raises(SortError):
        getattr(agent, operate)("bird(tweety, opus)")
    assert [entry.number for entry in agent.log()] == [1]


def test_one_belief_at_a_time_is_told() -> None:
    with pytest.raises(BaseError, match="load takes them all"):
        Agent.in_memory().tell("p\nq")


def test_a_declaration_is_told_not_observed() -> None:
    with pytest.raises(BaseError, match="not an observation"):
        Agent.in_memory().observe("sort Room")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"level": -1}, "a level is an integer from 0"),
        ({"level": "5"}, "a level is an integer from 0"),
        ({"level": 1.5}, "a level is an integer from 0"),
        ({"weight": 0}, "a weight is a positive number"),
        ({"weight": float("nan")}, "a weight is a positive number"),
        ({"weight": "much"}, "a weight is a positive number"),
    ],
)
def test_an_entrenchment_that_is_none_is_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(BaseError, match=message):
        Agent.in_memory().tell("p", **given)  # type: ignore[arg-type]


def test_a_clash_in_a_text_is_shown_where_it_stands() -> None:
    agent = Agent.in_memory()
    text = "# birds\n[one] bird(tweety)\n\n[two] flies(tweety)\n   [three] bird(tweety, opus) & p\n"
    with pytest.raises(SortError) as caught:
        agent.load(text)
    assert (caught.value.line, caught.value.column) == (5, 12)
    assert "line 2" in str(caught.value)
    assert "bird(tweety, opus) & p" in str(caught.value)
    agent.load("[old] heavy(tweety)")
    with pytest.raises(SortError) as caught:
        agent.load("p\nq\nheavy")
    assert (caught.value.line, caught.value.column) == (3, 1)
    assert "old" in str(caught.value)


@pytest.mark.parametrize("operate", ["tell", "observe", "contract", "ask", "why"])
@pytest.mark.parametrize("said", [5, None, Atom("has space"), Atom("forall"), Atom("")])
def test_trees_that_could_not_be_written_down_are_refused(operate: str, said: object) -> None:
    agent = Agent.in_memory()
    with pytest.raises(LanguageError):
        getattr(agent, operate)(said)
    with pytest.raises(LanguageError):
        agent.adopt([Belief("fine", said)])  # type: ignore[arg-type]
    assert list(agent.log()) == []


@pytest.mark.parametrize("name", ["", "a b", "n\n", "]"])
def test_names_that_no_header_can_hold_are_refused(name: str) -> None:
    agent = Agent.in_memory()
    with pytest.raises(LanguageError):
        agent.tell("p", name=name)
    with pytest.raises(LanguageError):
        agent.adopt([Belief(name, Atom("p"))])


def test_individuals_may_have_one_letter_if_they_are_declared(tmp_path: Path) -> None:
    with Agent.open(tmp_path / "letters.db") as agent:
        agent.tell("const x: Thing")
        agent.tell("p(x)")
        agent.observe("!p(x)")
    with Agent.open(tmp_path / "letters.db") as agent:
        assert agent.ask("p(x)").verdict == "disbelieved"
        assert agent.verify().failed == ()
        assert agent.graph().nodes
        agent.undo()
        assert agent.ask("p(x)").verdict == "believed"


def test_there_is_no_entry_of_that_number() -> None:
    with pytest.raises(JournalError):
        Agent.in_memory().as_of(3)


def test_when_time_is_up_the_answer_is_unknown_and_nothing_is_changed() -> None:
    agent = Agent.in_memory(budget=Budget(milliseconds=0))
    change = agent.tell("p")
    assert (change.status, change.entry) == ("unknown", None)
    assert "time" in str(change.reason)
    assert agent.beliefs() == ()


def test_values_are_taken_as_well_as_text() -> None:
    agent = Agent.in_memory()
    agent.adopt([Belief("one", Atom("p"), Entrenchment(3)), Belief("two", Atom("q"))])
    assert [str(belief.entrenchment) for belief in agent.beliefs()] == ["3", "1"]
    assert agent.ask(Atom("p")).verdict == "believed"


def test_difference() -> None:
    agent = Agent.in_memory()
    agent.load("[a] p\n[b] q")
    agent.observe("[c] !p")
    difference = agent.diff(1)
    assert [belief.name for belief in difference.added] == ["c"]
    assert [belief.name for belief in difference.removed] == ["a"]
    assert agent.diff(0, 1).removed == ()


def test_nothing_to_read_is_told():
    agent = Agent.in_memory()
    for nothing in ("", "  \n", "# a comment"):
        with pytest.raises(BaseError, match="there is nothing to read; write a belief, such as bird"):
            agent.observe(nothing)
        with pytest.raises(BaseError, match="there is nothing to read"):
            agent.tell(nothing)


def test_an_empty_source_is_none():
    agent = Agent.in_memory()
    agent.tell("p", source="")
    agent.tell('[x ""] q')
    agent.observe("r", source="")
    assert {belief.source for belief in agent.beliefs()} == {None}
    assert agent.sources() == {}


@pytest.mark.parametrize("number", ["x", 1.0, True, None])
def test_an_episode_has_a_number(number):
    agent = Agent.in_memory()
    with pytest.raises(BaseError, match="an episode has a number, such as 1, or -1 for the last; not"):
        agent.episode(number)


def test_what_is_to_be_diagnosed_is_a_list():
    agent = Agent.in_memory()
    with pytest.raises(BaseError, match="observations is a list, and may be empty; None is none"):
        agent.diagnose(None)
    with pytest.raises(BaseError, match="situated is a list, and may be empty; None is none"):
        agent.diagnose([], situated=None)
    with pytest.raises(BaseError, match="what is situated is the name of a predicate or function; 5 is none"):
        agent.diagnose([], situated=[5])


@pytest.fixture
def zoo(tmp_path) -> Iterator[Agent]:
    with Agent.open(tmp_path / "zoo.db") as agent:
        agent.load('[fly "Field_Guide"] forall x. bird(x) -> flies(x)\n[b_1] bird(robin)\n[opus] bird(opus)')
        agent.revise("[seen] !flies(opus)")
        agent.tell("[calm] still")
        yield agent


def found(agent: Agent, containing: str = "") -> list[str]:
    return [belief.name for belief in agent.find(containing)]


class TestFind:
    def test_by_name_formula_and_source(self, zoo):
        assert found(zoo, "fly") == ["fly"]
        assert found(zoo, "FIELD") == ["fly"]
        assert found(zoo, "bird(") == ["fly", "b_1"]

    def test_what_means_something_to_a_database_is_meant_literally(self, zoo):
        assert found(zoo, "b_") == ["b_1"]
        assert found(zoo, "%") == []
        assert found(zoo, "\\") == []
        assert found(zoo, "'") == []

    def test_page_by_page(self, zoo):
        everything = list(zoo.base)
        last = None
        pages = []
        while page := zoo.find(after=last, limit=2):
            pages.append(len(page))
            last = page[-1]
        assert sum(pages) == len(everything)
        assert [*zoo.find(limit=2), *zoo.find(after=zoo.find(limit=2)[-1])] == everything

    def test_what_others_committed_is_found(self, zoo):
        with Agent.open(zoo.place) as other:
            other.tell("[sun] shines")
        assert found(zoo, "sun") == ["sun"]


class TestHistory:
    def test_what_became_of_a_belief(self, zoo):
        zoo.undo()
        told = [(entry.number, moved, belief.name) for entry, moved, belief in zoo.history("opus")]
        assert told == [(1, "taken in", "opus"), (2, "given up", "opus")]
        assert [entry.number for entry, _, _ in zoo.history("opus", as_of=1)] == [1]

    def test_names_alike_are_told_apart(self, zoo):
        assert [entry.number for entry, _, _ in zoo.history("b_1")] == [1]
        zoo.tell("[B_1] other")
        assert [entry.number for entry, _, _ in zoo.history("b_1")] == [1]
        assert [entry.number for entry, _, _ in zoo.history("B_1")] == [4]

    def test_a_name_that_never_was(self, zoo):
        assert zoo.history("nobody") == ()

    def test_one_entry_with_its_certificate(self, zoo):
        assert zoo.entry(2) == list(zoo.log())[1]
        certificate = zoo.certificate(2)
        assert certificate is not None
        assert check(certificate).valid
        zoo.expect("shines")
        assert zoo.certificate(4) is None
        for look in (zoo.entry, zoo.certificate):
            with pytest.raises(JournalError):
                look(9)

    def test_whether_it_can_be_written(self, zoo):
        assert not zoo.read_only
        with Agent.open(zoo.place, read_only=True) as reader:
            assert reader.read_only


@pytest.mark.parametrize("limit", [0, -5])
def test_a_limit_is_a_number_from_1(limit: int) -> None:
    with Agent.in_memory() as agent:
        agent.tell("p")
        for call in (
            lambda: agent.why("p", limit=limit),
            lambda: agent.why_not("!p", limit=limit),
            lambda: agent.find(limit=limit),
        ):
            with pytest.raises(BaseError, match=f"a limit is a number from 1; not {limit}"):
                call()
