"""Proofs that people can follow: every step of one is sound, and what they start from is what is believed."""

from __future__ import annotations

import random

import pytest
from support.truth_tables import holds, subsets

from beliefs import Belief, BeliefBase, parse_document, parse_formula, print_formula, why
from beliefs.errors import SortError, UnknownBeliefError
from beliefs.language.syntax import Atom, Formula, Iff, Implies, Not, Or, Truth, conjunction, negation
from beliefs.proof import MOST_CASES, Step, prove

BIRDS = """
[fly] forall x. bird(x) -> flies(x)
[penguin] forall x. penguin(x) -> bird(x)
[b3] penguin(tweety)
"""


def base_of(text: str, *, unique_names: bool = True) -> BeliefBase:
    document = parse_document(text)
    beliefs = [
        Belief(statement.header.name or f"b{number}", statement.formula)
        for number, statement in enumerate(document.statements, start=1)
    ]
    return BeliefBase(unique_names=unique_names).declare(*document.declarations).add(*beliefs)


def proof_of(text: str, formula: str, *, unique_names: bool = True) -> Step:
    """The proof of a formula from all beliefs of a text."""
    base = base_of(text, unique_names=unique_names)
    return prove(base, parse_formula(formula), tuple(belief.name for belief in base))


def told(step: Step, depth: int = 0) -> str:
    """A proof as lines: what is concluded, how, by what, and from what."""
    clause = "" if step.clause is None else f" {print_formula(step.clause)}"
    line = f"{'  ' * depth}{print_formula(step.says)} | {step.how} {','.join(step.by)}{clause}".rstrip()
    return "\n".join([line, *(told(each, depth + 1) for each in step.because)])


def test_a_chain_of_rules() -> None:
    assert told(proof_of(BIRDS, "flies(tweety)")) == (
        "flies(tweety) | follows fly bird(tweety) -> flies(tweety)\n"
        "  bird(tweety) | follows penguin penguin(tweety) -> bird(tweety)\n"
        "    penguin(tweety) | believed b3"
    )


def test_what_a_belief_says() -> None:
    assert told(proof_of(BIRDS, "penguin(tweety)")) == "penguin(tweety) | believed b3"


def test_several_premises_and_a_negated_one() -> None:
    text = "[way] forall x. door(x) & !locked(x) -> open(x)\n[d] door(lab)\n[l] !locked(lab)"
    assert told(proof_of(text, "open(lab)")) == (
        "open(lab) | follows way door(lab) & !locked(lab) -> open(lab)\n"
        "  door(lab) | believed d\n"
        "  !locked(lab) | believed l"
    )


def test_a_conjunction_is_proven_part_by_part() -> None:
    assert told(proof_of("[a] p\n[b] p -> q", "p & q")) == (
        "p & q | follows\n  p | believed a\n  q | follows b p -> q\n    p | believed a"
    )


def test_a_disjunction_is_proven_by_one_part() -> None:
    assert told(proof_of("[a] p\n[b] p -> q", "r | q")).startswith("r | q | follows\n  q | follows b")


def test_an_implication_is_proven_by_its_contrary() -> None:
    assert told(proof_of("[a] p -> q\n[b] q -> r", "p -> r")) == (
        "p -> r | contradiction\n"
        "  false | contradiction b !q | r\n"
        "    q | follows a p -> q\n"
        "      p | supposed\n"
        "    !r | supposed"
    )


def test_cases() -> None:
    text = "[either] p | q\n[one] p -> r\n[other] q -> r"
    assert told(proof_of(text, "r")) == (
        "r | contradiction\n"
        "  false | contradiction either p | q\n"
        "    !p | follows one !r -> !p\n"
        "      !r | supposed\n"
        "    !q | follows other !r -> !q\n"
        "      !r | supposed"
    )
    text = "[a] p | q\n[b] p -> r | s\n[c] q -> r | s\n[d] r -> t | u\n[e] s -> t | u\n[f] !u | !p\n[g] !t | !p\n"
    text += "[h] !u | !q\n[i] !t | !q\n"
    assert "| cases " in told(proof_of(text, "false"))


def test_a_contradiction() -> None:
    assert told(proof_of("[a] p\n[b] !p", "false")) == (
        "false | contradiction\n  false | contradiction b !p\n    p | believed a"
    )


def test_a_tautology_needs_no_belief() -> None:
    base = base_of(BIRDS)
    proof = prove(base, parse_formula("p | !p"), ())
    assert proof.how == "contradiction"
    assert not proof.by


def test_members_of_closed_sorts_are_gone_through() -> None:
    text = "sort Room = {hall, lab}\npred open(Room)\n[a] open(hall)\n[b] open(lab)"
    assert told(proof_of(text, "forall r: Room. open(r)")) == (
        "forall r: Room. open(r) | follows\n  open(hall) | believed a\n  open(lab) | believed b"
    )


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("func f: Int\n[a] f > 3", "f > 2"),
        ("[a] exists x. p(x)\n[b] forall x. p(x) -> q", "q"),
        ("[a] forall x. exists y. r(x, y)", "exists y. r(a, y)"),
    ],
)
def test_what_is_not_shown_step_by_step_is_said_to_follow_together(text: str, formula: str) -> None:
    proof = proof_of(text, formula)
    assert proof.how == "together"
    assert proof.by == tuple(belief.name for belief in base_of(text))


def test_names_that_are_not_unique() -> None:
    proof = proof_of("[a] p(a)\n[b] a = b", "p(b)", unique_names=False)
    assert proof.how == "together"


def test_too_many_cases_are_not_gone_through() -> None:
    holes = 6
    lines = [
        f"[p{pigeon}] {' | '.join(f'in({pigeon}, {hole})' for hole in range(holes))}"
        for pigeon in range(holes + 1)
    ]
    text = "\n".join(lines).replace("in(", "at(p").replace(", ", ", h")
    text += "\n[apart] forall x, y, z. at(x, z) & at(y, z) -> x = y"
    assert MOST_CASES < 100
    assert proof_of(text, "false").how == "together"


def test_what_would_take_too_much_room_is_not_spelt_out() -> None:
    facts = "\n".join(f"[c{number}] p{number}" for number in range(40))
    assert proof_of(facts, " <-> ".join(f"p{number}" for number in range(40))).how == "together"
    facts = "\n".join(f"[f{number}] d(i{number})" for number in range(20))
    rule = "[rule] forall m0, m1, m2, m3, m4. m0 = m1 & m1 = m2 & m2 = m3 & m3 = m4 & d(m0) -> e(m1)\n"
    assert (
        proof_of(rule + facts, " & ".join(f"d(i{number})" for number in range(20)) + " & e(i3)").how
        == "together"
    )


def test_a_long_chain() -> None:
    count = 3_000
    text = "\n".join(f"[r{number}] a{number} -> a{number + 1}" for number in range(count)) + "\n[fact] a0"
    proof = proof_of(text, f"a{count}")
    depth = 0
    while proof.because:
        (proof,) = proof.because
        depth += 1
    assert depth == count


def test_shared_steps_are_made_once() -> None:
    text = "[fact] a0 & b0\n" + "\n".join(
        f"[r{number}] a{number} & b{number} -> a{number + 1} & b{number + 1}" for number in range(60)
    )
    proof = proof_of(text, "a60")
    assert proof.because[0].because[0] is proof.because[1].because[0]


def test_errors() -> None:
    base = base_of(BIRDS)
    with pytest.raises(UnknownBeliefError, match="nobody"):
        prove(base, parse_formula("flies(tweety)"), ("nobody",))
    with pytest.raises(SortError):
        prove(base, parse_formula("flies(tweety, tweety)"), ("fly",))


PROPOSITIONS = ("p", "q", "r", "s")


def random_formula(lots: random.Random, depth: int) -> Formula:
    if depth == 0 or lots.random() < 0.2:
        atom = Atom(lots.choice(PROPOSITIONS))
        return atom if lots.random() < 0.6 else Not(atom)
    kind = lots.choice((Or, Implies, Or, Implies, Iff, conjunction, Not))
    parts = tuple(random_formula(lots, depth - 1) for _ in range(2))
    if kind is Not:
        return Not(parts[0])
    return kind(parts) if kind in (Or, conjunction) else kind(*parts)  # type: ignore[operator]


def entails(premises: list[Formula], conclusion: Formula) -> bool:
    return all(
        holds(conclusion, true)
        for true in subsets(PROPOSITIONS)
        if all(holds(premise, true) for premise in premises)
    )


def expect_sound(step: Step, base: BeliefBase, contrary: Formula, assumed: tuple[Formula, ...] = ()) -> None:
    """Expect that each step follows from those below it and from the beliefs it names, and from nothing else."""
    by = [base[name].formula for name in step.by]
    if step.how == "supposed":
        assert step.says in assumed or entails([contrary], step.says)
        assert not step.because
        return
    if step.how == "cases":
        cases = [each for each in step.because if each.how == "supposed" and each.because]
        others = [each for each in step.because if each not in cases]
        assert entails(
            [*(by or [contrary]), *(each.says for each in others)],
            Or((*(each.says for each in cases), Truth(False))),
        )
        for case in cases:
            assert len(case.because) == 1
            expect_sound(case.because[0], base, contrary, (*assumed, case.says))
        for other in others:
            expect_sound(other, base, contrary, assumed)
        return
    if step.how == "contradiction" and step.says != Truth(False):
        assert [each.says for each in step.because] == [Truth(False)]
    else:
        below = [each.says for each in step.because]
        assert entails([*by, *below, *([contrary] if not by else [])], step.says)
        if step.clause is not None:
            assert entails(by or [contrary], step.clause)
    for each in step.because:
        expect_sound(each, base, contrary, assumed)


def test_every_step_is_sound() -> None:
    lots = random.Random(5)
    seen: dict[str, int] = {}
    for _ in range(1_500):
        base = BeliefBase().add(
            *(Belief(f"b{number}", random_formula(lots, 2)) for number in range(lots.randint(1, 5)))
        )
        formula = random_formula(lots, lots.randint(0, 2))
        found = why(base, formula, limit=3)
        goal = negation(formula) if found.verdict == "disbelieved" else formula
        for reason in found.reasons:
            proof = prove(base, goal, reason)
            assert proof.says == goal
            assert proof.how != "together"
            expect_sound(proof, base, Not(goal))
            for how in hows(proof):
                seen[how] = seen.get(how, 0) + 1
    assert set(seen) == {"believed", "supposed", "follows", "cases", "contradiction"}
    assert min(seen.values()) > 5, seen


def hows(step: Step) -> list[str]:
    return [step.how, *(how for each in step.because for how in hows(each))]
