"""The base against a plain list of beliefs from which everything is worked out anew."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise

import pytest

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.difference import Difference
from beliefs.base.entrenchment import Cost, Entrenchment
from beliefs.errors import DuplicateNameError, SortError, UnknownBeliefError
from beliefs.language.mentions import Mentions
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.semantics import Model
from beliefs.language.sorts import infer

SENTENCES = [
    "p",
    "!p | q",
    "bird(tweety)",
    "bird(opus) & !flies(opus)",
    "forall x. bird(x) -> flies(x)",
    "forall r: Room. clean(r)",
    "clean(hall)",
    "at(tweety, hall)",
    "forall x. at(x, lab) -> quiet(x)",
    "age(tweety) > 3",
    "age(tweety) > 2.5",
    "size(3)",
    "tweety = opus",
    "likes(leader, tweety)",
]
DECLARATIONS = parse_document(
    "sort Room = {hall, lab}\nfunc leader: Thing\nconst tweety, opus: Thing"
).declarations


def belief(name: str, text: str, level: int = 1) -> Belief:
    return Belief(name, parse_formula(text), Entrenchment(level))


def test_random_bases_agree_with_a_base_made_at_once() -> None:
    """However a base came about, its symbols, index and order are those of its beliefs."""
    for seed in range(150):
        rng = random.Random(seed)
        base = BeliefBase().declare(*DECLARATIONS)
        for number in range(12):
            if len(base) and rng.random() < 0.4:
                base = base.remove(*rng.sample(sorted(base.names()), rng.randint(1, min(2, len(base)))))
            else:
                base = base.add(belief(f"k{number}", rng.choice(SENTENCES)))
            at_once = BeliefBase().declare(*DECLARATIONS).add(*base)
            assert base == at_once
            assert list(base) == list(at_once)
            assert base.signature == at_once.signature
            assert base.signature == infer(DECLARATIONS, [(each.name, each.formula) for each in base])
            expect_index(base)


def expect_index(base: BeliefBase) -> None:
    """Hold the index of a base against a look at every belief."""
    mentions = {each.name: Mentions.of(each.formula) for each in base}
    for symbol in {symbol for each in mentions.values() for symbol in each.symbols} | {"nobody"}:
        assert set(base.mentioning(symbol)) == {
            name for name, each in mentions.items() if symbol in each.symbols
        }
    for atom in {atom for each in mentions.values() for atom in each.atoms}:
        touching = list(base.touching(atom))
        assert len(set(touching)) == len(touching)
        assert {name for name, each in mentions.items() if atom in each.atoms} <= set(touching)
        assert {name for name, each in mentions.items() if atom[0] in each.patterns} <= set(touching)
    assert {name for name, each in mentions.items() if each.is_rule} <= set(base.rules())


def test_a_function_without_arguments_may_be_anybody() -> None:
    base = BeliefBase().declare(*DECLARATIONS).add(belief("who", "likes(leader, tweety)"), belief("it", "p"))
    assert "who" in base.touching(("likes", "opus", "tweety"))
    assert set(base.rules()) == {"who"}


def test_a_base_is_a_value() -> None:
    base = BeliefBase().add(belief("one", "p"))
    larger = base.add(belief("two", "q"))
    assert [each.name for each in base] == ["one"]
    assert [each.name for each in larger] == ["one", "two"]
    assert larger.remove("two") == base
    assert hash(larger.remove("two")) == hash(base)
    assert larger != base
    assert base != BeliefBase(unique_names=False).add(belief("one", "p"))


def test_beliefs_age_as_they_enter_and_keep_their_age_when_put_back() -> None:
    base = BeliefBase().add(belief("one", "p"), belief("two", "q"))
    former = base["one"]
    later = base.remove("one").add(belief("three", "r"))
    assert [each.age for each in later] == [2, 3]
    assert [each.name for each in later.add(former)] == ["one", "two", "three"]


def test_names() -> None:
    base = BeliefBase().add(belief("b1", "p"), belief("b3", "q"))
    assert base.fresh_name() == "b4"
    assert base.remove("b3").fresh_name() == "b3"
    assert base.fresh_name(1, {"b4"}) == "b5"
    with pytest.raises(DuplicateNameError, match="'b1'"):
        base.add(belief("b1", "r"))
    with pytest.raises(DuplicateNameError, match="'new'"):
        base.add(belief("new", "r"), belief("new", "s"))
    with pytest.raises(UnknownBeliefError, match="'nobody'"):
        base.remove("nobody")
    with pytest.raises(UnknownBeliefError, match="'nobody'"):
        _ = base["nobody"]


def test_who_says_so() -> None:
    base = BeliefBase().add(
        belief("a", "p & q"), belief("b", "q & p"), belief("c", "p & q"), belief("d", "true")
    )
    assert {each.name for each in base.says(parse_formula("p & q"))} == {"a", "c"}
    assert {each.name for each in base.says(parse_formula("true"))} == {"d"}
    assert not list(base.says(parse_formula("r")))


def test_a_sort_that_was_open_may_be_settled_later() -> None:
    rooms = parse_document("sort Room = {hall, lab}").declarations
    base = BeliefBase().declare(*rooms).add(belief("first", "forall x. clean(x)"))
    assert base.signature.predicates["clean"] == ("Thing",)
    known = base.knowing(Model(), consistent=True)
    settled = known.add(belief("second", "clean(hall)"))
    assert settled.signature.predicates["clean"] == ("Room",)
    assert settled.consistent is None
    assert settled.remove("second").signature.predicates["clean"] == ("Thing",)


def test_symbols_that_nobody_uses_any_more_are_free_again() -> None:
    base = BeliefBase().add(belief("one", "p"), belief("two", "bird(tweety)"))
    changed = base.remove("one", "two").add(belief("three", "p(opus)"), belief("four", "bird"))
    assert changed.signature.predicates["p"] == ("Thing",)
    assert changed.signature.predicates["bird"] == ()
    with pytest.raises(SortError, match="bird"):
        base.add(belief("three", "bird(tweety, opus)"))


def test_declarations_come_and_go() -> None:
    rooms = parse_document("sort Room = {hall, lab}").declarations
    base = BeliefBase().declare(*rooms)
    assert base.declare(*rooms) is base
    used = base.add(belief("one", "forall r: Room. clean(r)"))
    with pytest.raises(SortError, match="Room"):
        used.undeclare(*rooms)
    assert base.undeclare(*rooms) == BeliefBase()


def test_a_part_of_a_consistent_base_is_consistent() -> None:
    base = BeliefBase().add(belief("one", "p"), belief("two", "q")).knowing(Model(), consistent=True)
    assert base.remove("one").consistent
    assert base.remove("one").witness is not None
    assert base.add(belief("three", "r")).consistent is None
    assert base.knowing(None, consistent=False).remove("one").consistent is None


def test_costs_compare_by_the_highest_level_first() -> None:
    def cost(*levels: int, weight: Fraction = Fraction(1)) -> Cost:
        return Cost.of(Entrenchment(level, weight) for level in levels)

    ordered = [cost(), cost(0), cost(0, 0), cost(1), cost(1, 0), cost(1, 1), cost(2), cost(2, 1), cost(3)]
    assert sorted(ordered, key=lambda each: each.by_level) == ordered
    for earlier, later in pairwise(ordered):
        assert earlier < later
        assert later > earlier
    assert cost(1, 1, weight=Fraction(1, 2)) == cost(1)
    assert cost(2, 1, 1).total == 3
    assert str(cost(2, 1, 1)) == "1 at level 2, 2 at level 1"
    with pytest.raises(ValueError, match="never given up"):
        Cost.of([Entrenchment("certain")])


@pytest.mark.parametrize("level", [-1, 1.5, "sure", True])
def test_levels_are_integers_from_0_or_certain(level: object) -> None:
    with pytest.raises(ValueError, match="level"):
        Entrenchment(level)  # type: ignore[arg-type]


def test_weights_are_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        Entrenchment(1, Fraction(0))


def test_difference() -> None:
    earlier = BeliefBase().add(belief("one", "p"), belief("two", "q"))
    later = earlier.remove("two", "one").add(belief("one", "p", level=2), belief("three", "r"))
    difference = Difference.between(earlier, later)
    assert [each.name for each in difference.added] == ["three"]
    assert [each.name for each in difference.removed] == ["two"]
    assert [(was.entrenchment.level, now.entrenchment.level) for was, now in difference.changed] == [(1, 2)]
