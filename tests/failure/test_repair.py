"""Repairs by example: the four kinds, their order, the record, and what is not repaired."""

# ruff: noqa: ISC004  (a sentence over two lines is no list of sentences)

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

from beliefs.agent import Agent
from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.case import Case
from beliefs.base.entrenchment import Entrenchment
from beliefs.certificates.checker import check
from beliefs.change import Change, contract, expand, revise
from beliefs.change.weakening import Repair
from beliefs.errors import BaseError, UnknownBeliefError
from beliefs.failure.repair import repair, repaired, repairs
from beliefs.failure.standing import Standing
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.printer import print_formula
from beliefs.language.syntax import Formula
from beliefs.reasoning.bounds import bounds, least_shift
from beliefs.reasoning.verdict import Budget, Unknown
from beliefs.render import words


def base_of(text: str) -> BeliefBase:
    """The beliefs of a text, at the levels that its headers say."""
    document = parse_document(text)
    beliefs = [
        Belief(
            statement.header.name or f"a{place}",
            statement.formula,
            Entrenchment(1 if statement.header.level is None else statement.header.level),
            statement.header.source,
        )
        for place, statement in enumerate(document.statements)
    ]
    change = expand(BeliefBase().declare(*document.declarations), beliefs)
    assert change.status == "done"
    return change.after


def revised(text: str, seen: str) -> Change:
    base = base_of(text)
    return revise(base, Belief("seen", parse_formula(seen, base.signature), Entrenchment(9)))


def found(text: str, seen: str, cases: Sequence[Case] = ()) -> list[Repair]:
    """The repairs of the one belief that a revision gives up."""
    change = revised(text, seen)
    (culprit,) = change.removed
    every = list(repairs(change, culprit, cases))
    assert not any(isinstance(each, Unknown) for each in every)
    return [each for each in every if isinstance(each, Repair)]


def told(text: str, seen: str, cases: Sequence[Case] = ()) -> list[tuple[str, str]]:
    """The repairs of the one belief that a revision gives up: of which kind they are, and what they say."""
    return [(each.kind, print_formula(each.formula)) for each in found(text, seen, cases)]


def flew(name: str) -> Case:
    return Case((name,), (f"bird({name})",), f"flies({name})", failed=False)


def fell(name: str) -> Case:
    return Case((name,), (f"bird({name})",), f"!flies({name})", failed=True)


BIRDS = """
[fly @1 "book"] forall x. bird(x) -> flies(x)
[birds @2] forall x. penguin(x) -> bird(x)
[tweety @2] penguin(tweety)
[polly @2] penguin(polly)
[robin @2] bird(robin)
[sam @2] bird(sam) & !penguin(sam)
"""
EXCEPTED = BIRDS.replace("bird(x) ->", "bird(x) & x != polly ->") + "[past @2] !flies(polly)"

INDIVIDUAL = ("individual", "forall x. bird(x) & x != tweety -> flies(x)")
PROPERTY = ("property", "forall x. bird(x) & !penguin(x) -> flies(x)")


class TestWhichComesFirst:
    def test_one_failure_is_an_exception(self) -> None:
        assert told(BIRDS, "!flies(tweety)") == [INDIVIDUAL, PROPERTY]
        assert told(BIRDS, "!flies(tweety)", [flew("robin")]) == [INDIVIDUAL, PROPERTY]

    def test_several_failures_have_a_reason(self) -> None:
        """A guard that they share takes the place of the exception made before."""
        assert told(EXCEPTED, "!flies(tweety)", [fell("polly")]) == [
            PROPERTY,
            ("property", "forall x. bird(x) & x != polly & !penguin(x) -> flies(x)"),
            ("individual", "forall x. bird(x) & x != polly & x != tweety -> flies(x)"),
        ]

    def test_the_present_failure_may_be_on_record_already(self) -> None:
        assert told(BIRDS, "!flies(tweety)", [fell("tweety")])[0] == INDIVIDUAL

    def test_a_guard_that_covers_no_exception_lets_it_stand(self) -> None:
        text = EXCEPTED.replace("[polly @2] penguin(polly)", "[polly @2] bird(polly) & wet(polly)")
        assert told(text, "!flies(tweety)")[:2] == [
            ("individual", "forall x. bird(x) & x != polly & x != tweety -> flies(x)"),
            ("property", "forall x. bird(x) & x != polly & !penguin(x) -> flies(x)"),
        ]

    def test_failures_that_share_nothing_stay_exceptions(self) -> None:
        text = EXCEPTED.replace("[polly @2] penguin(polly)", "[polly @2] bird(polly) & wet(polly)")
        assert [kind for kind, _ in told(text, "!flies(tweety)", [fell("polly")])] == ["individual"]

    def test_what_is_known_comes_before_what_is_assumed(self) -> None:
        """Of Robin it is known that he is not wet; that he is no penguin would have to be assumed."""
        text = BIRDS + "[wet @2] wet(tweety) & wet(polly) & !wet(robin)"
        guards = [each for each in found(text, "!flies(tweety)", [flew("robin")]) if each.kind == "property"]
        assert [each.detail for each in guards] == ["wet(x)", "penguin(x)"]
        assert [each.assumed for each in guards] == [(), ("!penguin(robin)",)]

    def test_several_individuals_at_once(self) -> None:
        assert told(BIRDS, "!flies(tweety) & !flies(polly)") == [
            PROPERTY,
            ("individual", "forall x. bird(x) & x != polly & x != tweety -> flies(x)"),
        ]

    def test_individuals_that_the_kernel_does_not_name(self) -> None:
        """What is seen is a rule: the kernel that was met names one of those it is about."""
        kinds = told(BIRDS, "forall x. penguin(x) -> !flies(x)")
        assert PROPERTY in kinds
        assert ("individual", "forall x. bird(x) & x != tweety & x != polly -> flies(x)") in [
            (kind, formula.replace("x != polly & x != tweety", "x != tweety & x != polly"))
            for kind, formula in kinds
        ]

    def test_one_of_two(self) -> None:
        """Either exception will do; which is needed, nobody knows."""
        kinds = told(BIRDS, "!flies(tweety) | !flies(polly)")
        assert kinds[0][0] == "individual"
        assert kinds[0][1].count("!=") == 1


class TestGuards:
    def test_by_what_is_not(self) -> None:
        text = "[go @1] forall r. robot(r) -> moves(r)\n[a @2] robot(r2) & !charged(r2)"
        assert ("property", "forall r. robot(r) & charged(r) -> moves(r)") in told(text, "!moves(r2)")

    def test_what_is_to_be_so_is_never_assumed(self) -> None:
        text = "[go @1] forall r. robot(r) -> moves(r)\n[a @2] robot(r2) & !charged(r2) & robot(d2)"
        moved = Case(("d2",), ("robot(d2)",), "moves(d2)", failed=False)
        assert [kind for kind, _ in told(text, "!moves(r2)", [moved])] == ["individual"]
        known = told(text + "\n[b @2] charged(d2)", "!moves(r2)", [moved])
        assert [kind for kind, _ in known] == ["individual", "property"]

    def test_of_any_variable_and_of_two(self) -> None:
        text = (
            "[doors @1] forall x, y. door(x, y) -> way(x, y)\n"
            "[a @2] door(hall, lab) & locked(lab) & far(hall, lab) & blocked(hall, bar)\n"
        )
        assert told(text, "!way(hall, lab)") == [
            ("individual", "forall x, y. door(x, y) & (x != hall | y != lab) -> way(x, y)"),
            ("property", "forall x, y. door(x, y) & !locked(y) -> way(x, y)"),
            ("property", "forall x, y. door(x, y) & !far(x, y) -> way(x, y)"),
            ("property", "forall x, y. door(x, y) & !blocked(x, bar) -> way(x, y)"),
            ("property", "forall x, y. door(x, y) & !far(x, lab) -> way(x, y)"),
            ("property", "forall x, y. door(x, y) & !far(hall, y) -> way(x, y)"),
        ]

    def test_a_success_that_is_believed_to_share_it(self) -> None:
        text = BIRDS + "[odd @2] penguin(sally)"
        assert told(text, "!flies(tweety)", [flew("sally")]) == [INDIVIDUAL]

    def test_a_success_that_was_given_it_otherwise(self) -> None:
        """The door to the lab was open then, and is locked now: the guard says just that."""
        text = "[doors @1] forall y. door(y) -> way(y)\n[a @2] door(lab) & locked(lab)"
        then = Case(("lab",), ("door(lab)", "!locked(lab)"), "way(lab)", failed=False)
        (one,) = found(text, "!way(lab)", [then])
        assert (one.kind, one.detail, one.assumed, one.overtaken) == ("property", "locked(y)", (), ())

    def test_a_success_that_is_overtaken(self) -> None:
        """He flew, and in the same circumstances he does not: no repair could keep both."""
        (one, *_) = found(BIRDS, "!flies(robin)", [flew("robin"), flew("sam")])
        assert print_formula(one.formula) == "forall x. bird(x) & x != robin -> flies(x)"
        assert [each.outcome for each in one.kept] == ["flies(sam)"]
        assert [each.outcome for each in one.overtaken] == ["flies(robin)"]

    def test_strangers_on_record_are_passed_over(self) -> None:
        cases = [flew("nobody"), Case(("robin",), ("unheard(robin)",), "flies(robin)", failed=False)]
        assert all(not each.kept for each in found(BIRDS, "!flies(tweety)", cases))

    def test_assumptions_have_to_agree_with_one_another(self) -> None:
        """One of the two is a penguin: that neither is cannot be assumed."""
        text = BIRDS + "[one @2] (penguin(robin) | penguin(kim)) & bird(kim)"
        assert PROPERTY in told(text, "!flies(tweety)", [flew("robin")])
        assert PROPERTY not in told(text, "!flies(tweety)", [flew("robin"), flew("kim")])


class TestBounds:
    ROBOTS = "sort Robot\nfunc battery(Robot): {sort}\n[go @1] forall r. {rule}\n[level @2] {level}"

    @pytest.mark.parametrize(
        ("sort", "rule", "level", "seen", "bound"),
        [
            ("Int", "battery(r) >= 20 -> moves(r)", "battery(r2) = 25", "!moves(r2)", "battery(r) >= 26"),
            ("Int", "20 <= battery(r) -> moves(r)", "battery(r2) = 20", "!moves(r2)", "21 <= battery(r)"),
            ("Int", "battery(r) > 20 -> moves(r)", "battery(r2) = 25", "!moves(r2)", "battery(r) > 25"),
            ("Int", "battery(r) < -5 -> cold(r)", "battery(r2) = -9", "!cold(r2)", "battery(r) < -9"),
            ("Int", "!(battery(r) < 20) -> moves(r)", "battery(r2) = 25", "!moves(r2)", "battery(r) < 26"),
            ("Int", "moves(r) | battery(r) < 20", "battery(r2) = 25", "!moves(r2)", "battery(r) < 26"),
            ("Int", "on(r) -> battery(r) >= 80", "on(r2)", "battery(r2) = 70", "battery(r) >= 70"),
            ("Int", "on(r) -> battery(r) <= 80", "on(r2)", "battery(r2) > 90", "battery(r) <= 91"),
            ("Int", "battery(r) + 3 <= 20 -> low(r)", "battery(r2) = 9", "!low(r2)", "battery(r) + 3 <= 11"),
            ("Real", "battery(r) >= 20 -> moves(r)", "battery(r2) = 25", "!moves(r2)", "battery(r) > 25"),
            ("Real", "battery(r) > 20 -> moves(r)", "battery(r2) = 25.5", "!moves(r2)", "battery(r) > 25.5"),
            ("Real", "battery(r) >= 20 -> moves(r)", "battery(r2) = 20", "!moves(r2)", "battery(r) > 20"),
            ("Real", "on(r) -> battery(r) > 80", "on(r2)", "battery(r2) = 1/3", "battery(r) >= 1/3"),
        ],
    )
    def test_the_least_shift(self, sort: str, rule: str, level: str, seen: str, bound: str) -> None:
        every = found(self.ROBOTS.format(sort=sort, rule=rule, level=level), seen)
        assert [each.kind for each in every] == ["individual", "bound"]
        assert every[1].detail == bound
        assert bound in print_formula(every[1].formula)

    def test_none_that_is_nearest(self) -> None:
        """Any bound above 30 will do, 30 itself as well if it is left out; but how high the battery is, is open."""
        text = self.ROBOTS.format(sort="Real", rule="battery(r) >= 20 -> moves(r)", level="battery(r2) > 30")
        assert [each.kind for each in found(text, "!moves(r2)")] == ["individual"]

    def test_each_of_two_bounds(self) -> None:
        rule = "battery(r) >= 20 & battery(r) <= 90 -> moves(r)"
        text = self.ROBOTS.format(sort="Int", rule=rule, level="battery(r2) = 25")
        shifts = [each.detail for each in found(text, "!moves(r2)") if each.kind == "bound"]
        assert shifts == ["battery(r) >= 26", "battery(r) <= 24"]

    def test_it_keeps_the_successes(self) -> None:
        rule = "battery(r) >= 20 & battery(r) <= 90 -> moves(r)"
        text = self.ROBOTS.format(sort="Int", rule=rule, level="battery(r2) = 25 & battery(d2) = 80")
        moved = Case(("d2",), ("battery(d2) = 80",), "moves(d2)", failed=False)
        shifts = [each.detail for each in found(text, "!moves(r2)", [moved]) if each.kind == "bound"]
        assert shifts == ["battery(r) >= 26"]

    def test_it_is_told_of_what_it_did_not_know(self) -> None:
        """That the other robot stands still too is not part of the first conflict."""
        text = (
            "sort Robot\nfunc battery(Robot): Int\n[go @1] forall r. battery(r) >= 20 -> moves(r)\n"
            "[one @2] battery(r2) = 25\n[two @2] battery(d2) = 40\n[both @2] stuck -> !moves(r2) & !moves(d2)"
        )
        shifts = [each.detail for each in found(text, "stuck") if each.kind == "bound"]
        assert shifts == ["battery(r) >= 41"]

    def test_without_variables(self) -> None:
        text = "func fuel: Int\n[go @1] fuel >= 20 -> moves\n[level @2] fuel {}"
        assert told(text.format("> 24"), "!moves") == [("bound", "fuel >= 26 -> moves")]
        # Where the fuel is known for good, what is weaker says nothing of it.
        assert told(text.format("= 25"), "!moves") == []

    @pytest.mark.parametrize("seed", range(3))
    def test_no_smaller_shift_will_do(self, seed: int) -> None:
        """Against all bounds, tried one by one."""
        rng = random.Random(seed)
        for _ in range(8):
            operator = rng.choice((">=", ">", "<=", "<"))
            levels = {name: rng.randint(0, 9) for name in ("r1", "r2", "r3")}
            start = rng.randint(0, 9)
            applies = {
                name: {bound: self.compare(level, operator, bound) for bound in range(-2, 13)}
                for name, level in levels.items()
            }
            failing = [name for name in levels if applies[name][start]]
            if not failing:
                continue
            stuck = rng.sample(failing, rng.randint(1, len(failing)))
            text = self.ROBOTS.format(
                sort="Int",
                rule=f"battery(r) {operator} {start} -> moves(r)",
                level="\n".join(f"[b{name} @2] battery({name}) = {level}" for name, level in levels.items())[
                    len("[br1 @2] ") :
                ],
            )
            seen = " & ".join(f"!moves({name})" for name in stuck)
            will_do = [bound for bound in range(-2, 13) if not any(applies[name][bound] for name in stuck)]
            nearest = min(will_do, key=lambda bound: abs(bound - start))
            (shift,) = (each.detail for each in found(text, seen) if each.kind == "bound")
            assert shift == f"battery(r) {operator} {nearest}"

    @staticmethod
    def compare(level: int, operator: str, bound: int) -> bool:
        return {">=": level >= bound, ">": level > bound, "<=": level <= bound, "<": level < bound}[operator]

    def test_bounds_that_do_not_count(self) -> None:
        base = BeliefBase().declare(*parse_document("func f: Int\nfunc g: Int").declarations)
        for text in ("f = 3", "f < g", "(f < 3) <-> p", "3 < 4", "p"):
            formula = parse_formula(text, base.signature)
            assert list(bounds(formula, base.understanding(formula).signature)) == []

    def test_a_search_without_means_is_unknown(self) -> None:
        base = base_of("func f: Int\nfunc g: Int\n[a] f < 3 -> g > 7")
        (bound, _) = bounds(base.formula("a"), base.signature)
        told = [bound.sought(), parse_formula("f = 2 & g = 1", base.signature)]
        assert least_shift(bound, told, base.signature) == 2
        assert isinstance(least_shift(bound, told, base.signature, budget=Budget(resources=1)), Unknown)


class TestConjuncts:
    def test_of_a_conclusion(self) -> None:
        text = "[sing @1] forall x. bird(x) -> flies(x) & sings(x) & eats(x)\n[a @2] bird(tweety)"
        (*_, last) = found(text, "!sings(tweety)")
        assert (last.kind, last.detail) == ("conjunct", "sings(x)")
        assert print_formula(last.formula) == "forall x. bird(x) -> flies(x) & eats(x)"

    def test_of_a_belief(self) -> None:
        assert told("[all @1] a & b & c", "!b") == [("conjunct", "a & c")]
        assert told("[all @1] a & b & c", "!a | !b") == [("conjunct", "a & c")]
        assert told("[all @1] a -> b & c\n[a @2] a", "!c") == [("conjunct", "a -> b")]

    def test_nothing_is_left(self) -> None:
        assert told("[all @1] a & b", "!a & !b") == []

    def test_the_rest_is_known_already(self) -> None:
        assert told("[all @1] a & b\n[a @2] a", "!b") == []


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("[one] p", "!p"),
        ("[one] !p(a)", "p(a)"),
        ("func fuel: Int\n[one] fuel >= 3", "fuel < 2"),
        ("[one] a | b", "!a & !b"),
        ("sort Room = {hall, lab}\n[all] forall r: Room. open(r)", "!open(hall) & !open(lab)"),
    ],
)
def test_where_nothing_weaker_says_anything(text: str, seen: str) -> None:
    assert told(text, seen) == []


def test_sorts_stay_as_written() -> None:
    text = "sort Room = {hall, lab, bar}\n[all] forall r: Room. open(r)"
    assert told(text, "!open(hall)") == [("individual", "forall r: Room. r != hall -> open(r)")]


@pytest.mark.parametrize(
    ("name", "weaker"), [("fly", "fly.2"), ("fly.2", "fly.3"), ("fly'", "fly.2"), ("a-1.9", "a-1.10")]
)
def test_what_a_weaker_belief_is_called(name: str, weaker: str) -> None:
    text = BIRDS.replace("[fly ", f"[{name} ")
    (one, *_) = found(text, "!flies(tweety)")
    assert one.name == weaker
    parse_document(f"[{weaker}] p")


def test_a_name_that_is_taken() -> None:
    (one, *_) = found(BIRDS + "[fly.2 @2] p\n[fly.3 @2] q", "!flies(tweety)")
    assert one.name == "fly.4"
    assert (one.belief.entrenchment, one.belief.source, one.belief.age) == (Entrenchment(1), "book", 1)


class TestTheChange:
    def test_it_takes_the_place(self) -> None:
        change = revised(BIRDS, "!flies(tweety)")
        mended = repair(change, {"fly": [flew("robin")]})
        assert [belief.name for belief in mended.added] == ["seen", "fly.2"]
        assert mended.removed == change.removed
        assert (mended.operation, mended.input, mended.cost, mended.kernels) == (
            change.operation,
            change.input,
            change.cost,
            change.kernels,
        )
        assert mended.weakened == (("fly.2", "fly"),)
        assert mended.after.consistent
        assert mended.after["fly.2"].age == mended.before["fly"].age
        assert mended.certificate is not None
        assert check(mended.certificate).valid
        assert next(iter(mended.after)).name == "fly.2"

    def test_another_one_can_be_chosen(self) -> None:
        change = revised(BIRDS, "!flies(tweety)")
        (_, guard) = repairs(change, change.removed[0])
        assert isinstance(guard, Repair)
        mended = repaired(change, {"fly": guard})
        assert print_formula(mended.after["fly.2"].formula) == PROPERTY[1]
        assert mended.certificate is not None
        assert check(mended.certificate).valid

    def test_two_culprits(self) -> None:
        text = "[fly @1] forall x. bird(x) -> flies(x)\n[sing @1] forall x. bird(x) -> sings(x)\n[t @2] bird(tweety)"
        mended = repair(revised(text, "!flies(tweety) & !sings(tweety)"))
        assert mended.weakened == (("fly.2", "fly"), ("sing.2", "sing"))
        assert mended.certificate is not None
        assert check(mended.certificate).valid

    def test_two_culprits_of_one_stem(self) -> None:
        text = "[fly @1] forall x. bird(x) -> flies(x)\n[fly.2 @1] forall x. bird(x) -> sings(x)\n[t @2] bird(tweety)"
        change = revised(text, "!flies(tweety) & !sings(tweety)")
        chosen: dict[str, Repair] = {}
        for culprit in change.removed:
            first = next(repairs(change, culprit))
            assert isinstance(first, Repair)
            chosen[culprit.name] = first
        mended = repaired(change, chosen)
        assert mended.weakened == (("fly.3", "fly"), ("fly.4", "fly.2"))
        assert mended.certificate is not None
        assert check(mended.certificate).valid

    def test_what_is_seen_is_believed_already(self) -> None:
        """The base contradicted itself; the observation was there, as firm."""
        base = base_of(BIRDS)
        conflict = expand(
            base, [Belief("seen", parse_formula("!flies(tweety)"), Entrenchment(9))], allow_conflict=True
        )
        change = revise(conflict.after, Belief("again", parse_formula("!flies(tweety)"), Entrenchment(9)))
        assert [belief.name for belief in change.removed] == ["fly"]
        mended = repair(change)
        assert [belief.name for belief in mended.added] == ["fly.2"]
        assert mended.certificate is not None
        assert check(mended.certificate).valid

    def test_other_changes_stay_as_they_are(self) -> None:
        base = base_of(BIRDS)
        for change in (
            contract(base, parse_formula("flies(tweety)")),
            revise(base, Belief("seen", parse_formula("flies(tweety)"))),
            revise(base, Belief("seen", parse_formula("p & !p"))),
        ):
            assert repair(change) is change

    def test_only_what_was_given_up(self) -> None:
        change = revised(BIRDS, "!flies(tweety)")
        with pytest.raises(UnknownBeliefError, match="did not give up a belief 'robin'"):
            list(repairs(change, change.before["robin"]))

    def test_unknown_is_no_repair(self) -> None:
        change = revised(BIRDS, "!flies(tweety)")
        every = list(repairs(change, change.removed[0], budget=Budget(milliseconds=0)))
        assert len(every) == 1
        assert isinstance(every[0], Unknown)
        assert repair(change, budget=Budget(milliseconds=0)) is change

    def test_a_proof_that_does_not_come_in_time(self) -> None:
        change = revised(BIRDS, "!flies(tweety)")
        (one, _) = repairs(change, change.removed[0])
        assert isinstance(one, Repair)
        assert repaired(change, {"fly": one}, budget=Budget(milliseconds=0)) is change

    def test_a_repair_that_contradicts_is_left_out(self) -> None:
        change = revised(BIRDS, "!flies(tweety)")
        again = Repair("individual", "fly", Belief("fly.2", change.before["fly"].formula, age=1))
        assert repaired(change, {"fly": again}) is change


class TestWords:
    @pytest.mark.parametrize(
        ("text", "seen", "cases", "sentence"),
        [
            (BIRDS, "!flies(tweety)", [], "Weakened `fly` to `fly.2`: it failed for tweety."),
            (
                EXCEPTED,
                "!flies(tweety)",
                [fell("polly"), flew("robin"), flew("sam")],
                "Weakened `fly` to `fly.2`: penguin(x) holds of all 2 failures on record, and of no success. "
                "Taken for granted: !penguin(robin).",
            ),
            (
                BIRDS,
                "!flies(robin)",
                [flew("robin")],
                "Weakened `fly` to `fly.2`: it failed for robin. True once and no longer: flies(robin).",
            ),
            (
                "[go] forall x, y. door(x, y) -> way(x, y)\n[a @2] door(hall, lab)",
                "!way(hall, lab)",
                [],
                "Weakened `go` to `go.2`: it failed for (hall, lab).",
            ),
            (
                "func fuel: Int\n[go] fuel >= 20 -> moves\n[level @2] fuel > 24",
                "!moves",
                [],
                "Weakened `go` to `go.2`: fuel >= 26 is the nearest bound that agrees with what was seen.",
            ),
            ("[all] a & b", "!b", [], "Weakened `all` to `all.2`: it no longer says b, which failed."),
        ],
    )
    def test_a_sentence_for_each_kind(self, text: str, seen: str, cases: list[Case], sentence: str) -> None:
        change = revised(text, seen)
        (culprit,) = change.removed
        mended = repair(change, {culprit.name: cases})
        assert words.reasons(mended) == (*words.reasons(change), sentence)


class TestAnAgentThatRepairs:
    """The journal replays what was weakened, and a later verification looks at every certificate."""

    def test_verify_and_undo(self) -> None:
        agent = Agent.in_memory()
        agent.load(BIRDS)
        for bird in ("robin", "sam"):
            agent.observe(f"flies({bird})")
        assert agent.observe("!flies(tweety)").weakened == (("fly.2", "fly"),)
        change = agent.observe("!flies(polly)")
        assert change.weakened == (("fly.3", "fly.2"),)
        assert change.repairs[0].assumed == ("!penguin(robin)",)
        assert change.certificate is not None
        assert change.certificate.scope == "touched"
        assert print_formula(agent.base["fly.3"].formula) == PROPERTY[1]
        assert agent.ask("flies(sam)").verdict == "believed"
        assert agent.observe("penguin(robin)").status == "done"
        assert not agent.verify().failed
        for _ in range(3):
            agent.undo()
        assert print_formula(agent.base["fly"].formula) == "forall x. bird(x) -> flies(x)"
        assert not agent.verify().failed


def test_a_success_counts_while_the_part_of_the_rule_in_it_is_in_doubt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entails = Standing.entails

    def in_doubt(self: Standing, premises: Sequence[Formula], conclusion: Formula) -> bool | Unknown:
        if premises == (parse_formula("bird(robin)"),):
            return Unknown("too hard")
        return entails(self, premises, conclusion)

    monkeypatch.setattr(Standing, "entails", in_doubt)
    best = found(BIRDS, "!flies(tweety)", [flew("robin")])[0]
    assert [success.outcome for success in best.kept] == ["flies(robin)"]


def test_a_case_there_and_back() -> None:
    case = Case(("a", "b"), ("p(a)", "q"), "r(b)", failed=True)
    assert Case.from_json(case.to_json()) == case
    assert "number" not in case.to_json()  # as those were written that had none
    later = replace(case, number=7)
    assert Case.from_json(later.to_json()) == later != case


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"individuals": "a"}, "the individuals of a case should be a list of texts; not 'a'"),
        ({"given": [1]}, r"the given of a case should be a list of texts; not \[1\]"),
        ({"outcome": None}, "the outcome of a case should be a text; not None"),
        ({"failed": 0}, "whether a case failed should be true or false; not 0"),
        ({"number": -1}, "the number of a case should be an integer from 0; not -1"),
        ({"number": True}, "the number of a case should be an integer from 0; not True"),
        ({"more": 1}, "a case is an object with the keys individuals, given, outcome and failed"),
    ],
)
def test_a_malformed_case_is_named(part: Mapping[str, object], message: str) -> None:
    with pytest.raises(BaseError, match=message):
        Case.from_json({**flew("robin").to_json(), **part})


def test_bounds_are_written_as_they_were() -> None:
    base = base_of("func f: Real\n[a] 0.5 < f -> p")
    (bound,) = bounds(base.formula("a"), base.signature)
    assert print_formula(bound.at(Fraction(-3))) == "-3.0 < f -> p"
    assert [print_formula(each.at(Fraction(7, 2))) for each in bound.variants()] == [
        "3.5 < f -> p",
        "3.5 <= f -> p",
    ]


def test_a_bound_is_moved_before_a_second_exception_is_made() -> None:
    agent = Agent.in_memory()
    agent.load(
        """
        [charge] forall r. charge(r) >= 20 -> moves(r)
        [low @3] charge(r1) = 22
        [mid @3] charge(r2) = 25
        [high @3] charge(r3) = 40
        """
    )
    agent.observe("moves(r3)")
    first, second = agent.observe("!moves(r1)"), agent.observe("!moves(r2)")
    assert [repair.kind for repair in (*first.repairs, *second.repairs)] == ["individual", "bound"]
    assert agent.ask("moves(r3)").verdict == "believed"
    assert agent.verify().failed == ()
