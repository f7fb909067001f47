"""Random histories of an agent against a whole-base Z3 that knows nothing of them: only what is believed now counts.

Sorts are inferred, individuals come and go, and beliefs compare and count them: everything that what an agent carries
from change to change (its witness, its signature) could get wrong.
"""

from __future__ import annotations

import random
from pathlib import Path
from threading import Thread

import pytest

from beliefs.agent import Agent
from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.change import contract
from beliefs.errors import SortError
from beliefs.language.parser import parse_formula
from beliefs.language.sorts import elaborate
from beliefs.language.syntax import TRUE, Comparison, Constant, Formula, negation
from beliefs.reasoning.verdict import Sat, Unknown
from beliefs.reasoning.z3_oracle import Z3Oracle

SENTENCES = [
    "p({a})",
    "!p({a})",
    "q({a})",
    "!q({b})",
    "r({a}, {b})",
    "at({a}, hall)",
    "at({a}, lab) | q({a})",
    "alarm",
    "!alarm | p({b})",
    "forall x. p(x) -> q(x)",
    "forall x. q(x) -> !r(x, {a})",
    "forall x, y. r(x, y) -> r(y, x)",
    "forall x: Robot. at(x, hall) -> alarm",
    "forall w: Room. lit(w)",
    "!lit(hall)",
    "exists x. p(x)",
    "exists x. q(x) & !p(x)",
    "!(forall x. p(x))",
    "forall x. x = {a}",
    "forall x. p(x) -> x = {a}",
    "exists x. x != {a}",
    "{a} = {b}",
    "home = hall",
    "lit(home)",
    "age({a}) > 3",
    "age({a}) < 2.5",
    "age({a}) = age({b})",
]
DECLARED = "sort Room = {hall, lab}\nsort Robot\nfunc home: Room"


def sentence(rng: random.Random) -> str:
    return rng.choice(SENTENCES).format(a=rng.choice(("ann", "bob")), b=rng.choice(("ann", "bob", "cyd")))


def afresh(base: BeliefBase) -> BeliefBase:
    """A base that has no history: the same beliefs, put in at once."""
    return BeliefBase(unique_names=base.unique_names).declare(*base.declarations).add(*base)


def satisfiable(base: BeliefBase, *formulas: Formula) -> bool | None:
    """Whether all beliefs of a base are satisfiable together with some formulas, by a Z3 that is given everything."""
    understood = base.understanding(*formulas)
    oracle = Z3Oracle(understood.signature, unique_names=base.unique_names)
    individuals = [
        Comparison("=", Constant(name), Constant(name)) for name in sorted(understood.signature.constants)
    ]
    said = [elaborate(formula, understood.signature) for formula in formulas]
    for formula in (*individuals, *said, *map(understood.formula, sorted(understood.names()))):
        oracle.add("all", formula)
    oracle.add("all", TRUE)
    verdict = oracle.check(["all"])
    return None if isinstance(verdict, Unknown) else isinstance(verdict, Sat)


def present(base: BeliefBase) -> list[Formula]:
    """Formulas that say of every individual of a base that it exists."""
    return [Comparison("=", Constant(name), Constant(name)) for name in sorted(base.signature.constants)]


def step(rng: random.Random, agent: Agent) -> None:
    text = sentence(rng)
    try:
        match rng.randrange(7):
            case 0 | 1:
                agent.tell(text, level=rng.choice((0, 1, 2)))
            case 2 | 3:
                agent.observe(text)
            case 4 | 5:
                agent.contract(text)
            case _:
                if len(agent.base):
                    agent.undo()
    except SortError:
        pass  # the sentence does not fit: a number was taken for an individual, or the other way round


def expect_nothing_but_what_is_believed(rng: random.Random, agent: Agent) -> None:
    """Hold what the agent says of its base against the same beliefs without their history."""
    base, plain = agent.base, afresh(agent.base)
    assert base.signature == plain.signature
    consistent = satisfiable(plain)
    assert consistent is not False, [str(belief) for belief in base]
    probe = sentence(rng)
    try:
        answer = agent.ask(probe)
    except SortError:
        with pytest.raises(SortError):
            plain.understanding(parse_formula(probe, plain.signature))
        return
    formula = parse_formula(probe, plain.signature)
    possible, deniable = satisfiable(plain, formula), satisfiable(plain, negation(formula))
    expected = {
        (True, False): "believed",
        (False, True): "disbelieved",
        (True, True): "undecided",
    }.get((bool(possible), bool(deniable)))
    # Neither is possible where the question names someone whom the beliefs leave no room for.
    if possible is not None and deniable is not None and (possible or deniable):
        assert answer.verdict == expected, (probe, [str(belief) for belief in base])
    if answer.because:
        others = [belief.name for belief in base if belief.name not in answer.because]
        against = negation(formula) if answer.verdict == "believed" else formula
        # Whoever is named in the base exists, whichever beliefs are asked.
        assert satisfiable(base.remove(*others).keeping(base.signature), against, *present(plain)) is not True


@pytest.mark.parametrize("seed", range(60))
def test_only_what_is_believed_counts(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    place = tmp_path / "agent.db"
    agent = Agent.open(place)
    agent.load(DECLARED)
    for _ in range(9):
        step(rng, agent)
        expect_nothing_but_what_is_believed(rng, agent)
        if rng.random() < 0.15:
            agent.close()
            agent = Agent.open(place)
    assert agent.verify().failed == ()
    agent.close()


def told(*sentences: str) -> Agent:
    agent = Agent.in_memory()
    for text in sentences:
        assert agent.tell(text).status in ("done", "vacuous"), text
    return agent


def test_what_settled_a_sort_is_kept_as_a_declaration() -> None:
    agent = told("temp > 3", "temp = limit")
    change = agent.contract("temp > 3")
    assert [str(belief.name) for belief in change.removed] == ["b1"]
    assert {each.name for each in change.declared} == {"temp", "limit"}
    assert agent.base.signature.functions["limit"] == ((), "Int")
    assert agent.tell("q").status == "done"
    assert agent.undo().status == "done"
    assert agent.undo().status == "done"
    assert agent.base.declarations == ()
    assert agent.verify().failed == ()


def test_a_real_stays_real() -> None:
    agent = told("n != 1.5", "n > 1", "n < 2")
    agent.contract("n != 1.5")
    assert agent.ask("n = 1.5").verdict == "undecided"
    assert agent.ask("exists m: Real. n = m").verdict == "believed"


def test_the_value_of_a_change_keeps_sorts_too() -> None:
    base = BeliefBase().add(
        Belief("a", parse_formula("n != 1.5")), Belief("b", parse_formula("n > 1 & n < 2"))
    )
    assert base.remove("a").consistent is None
    after = contract(base, parse_formula("n != 1.5")).after
    assert after.consistent
    assert after.signature.functions["n"] == ((), "Real")


@pytest.mark.parametrize(
    ("sentences", "contracted", "question", "verdict"),
    [
        (["p(b)", "p(a)"], "p(b)", "forall x. x = a", "undecided"),
        (["exists x. p(x)", "p(a)"], "exists x. p(x)", "forall x. x = a", "undecided"),
        (["p(r1)", "q(r2)"], "q(r2)", "exists y. y != r1", "undecided"),
        (["forall x. p(x)"], None, "p(newone)", "believed"),
        (["p(a)"], None, "forall x. x = a", "undecided"),
        (["p(a)", "q(b)"], None, "forall x. x = a", "disbelieved"),
        (["p(a)"], None, "n <= 2", "undecided"),
    ],
)
def test_individuals_that_come_and_go(
    sentences: list[str], contracted: str | None, question: str, verdict: str
) -> None:
    agent = told(*sentences)
    if contracted is not None:
        assert agent.contract(contracted).status == "done"
    assert agent.ask(question).verdict == verdict
    assert agent.verify().failed == ()


@pytest.mark.parametrize(
    ("text", "question", "verdict"),
    [
        ("sort Room = {kitchen}\nfunc home: Room", "home = kitchen", "believed"),
        ("sort Room = {kitchen, hall}\nfunc home: Room\nlit(kitchen)\nlit(hall)", "lit(home)", "believed"),
        ("sort Room = {kitchen}\nforall x: Room. p(x)", "p(kitchen)", "believed"),
        ("func n: Int\np", "n > 3", "undecided"),
        ("func n: Int", "n + 1 > n", "believed"),
    ],
)
def test_what_the_witness_has_no_say_in(text: str, question: str, verdict: str) -> None:
    agent = Agent.in_memory()
    agent.load(text)
    assert agent.ask(question).verdict == verdict


def test_whoever_is_declared_exists() -> None:
    agent = Agent.in_memory()
    agent.load("sort Box\npred p(Box)\n[r] forall x, y: Box. x = y | q\np(a)")
    assert agent.tell("const b: Box").entry == 2
    assert agent.ask("q").verdict == "believed"
    assert agent.verify().failed == ()
    strict = Agent.in_memory()
    strict.load("sort Box\npred p(Box)\n[r] forall x, y: Box. x = y\np(a)")
    refused = strict.tell("const b: Box")
    assert (refused.status, refused.kernels) == ("refused", (("r",),))


def test_a_placeholder_is_nobody() -> None:
    agent = Agent.in_memory()
    agent.load("sort Robot")
    agent.tell("forall x: Robot. ok(x)")
    agent.tell("ok(r1)")
    assert agent.ask("forall x: Robot. x = r1").verdict == "undecided"
    assert agent.tell("forall x: Robot. x = r1").status == "done"


def test_a_question_may_settle_a_sort() -> None:
    agent = Agent.in_memory()
    agent.load("sort Room = {kitchen}")
    agent.tell("forall x. p(x)")
    assert agent.ask("p(kitchen)").verdict == "believed"
    assert agent.base.signature.predicates["p"] == ("Thing",)


def test_an_inconsistent_base_says_so_when_told_more() -> None:
    agent = Agent.in_memory()
    agent.load("p\n!p", allow_conflict=True)
    change = agent.tell("z")
    assert change.status == "refused"
    assert "the base contradicts itself already" in str(change.reason)


def test_threads_may_share_an_agent() -> None:
    for _ in range(20):
        agent = Agent.in_memory()
        done: list[str] = []

        def tell(text: str, agent: Agent = agent, done: list[str] = done) -> None:
            if agent.tell(text).status == "done":
                done.append(text)

        threads = [Thread(target=tell, args=(text,)) for text in ("p", "!p")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(done) == 1
        assert len(agent.beliefs()) == 1
        assert agent.verify().failed == ()
