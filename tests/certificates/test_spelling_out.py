"""Formulas spelt out over names, and put to Z3 as clauses, against Z3's own way with quantifiers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import z3

from beliefs.certificates import checker, reading
from beliefs.certificates.certificate import Certificate
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.sorts import elaborate, infer
from beliefs.language.syntax import Formula, negation

DECLARATIONS = (
    "sort Robot",
    "sort Room = {hall, lab}",
    "sort Ghost",
    "const r2: Robot",
    "const d2: Robot",
    "const c3: Robot",
    "pred p",
    "pred q",
    "pred busy(Robot)",
    "pred at(Robot, Room)",
    "pred haunts(Ghost, Room)",
)
SIGNATURE = infer(parse_document("\n".join(DECLARATIONS)).declarations, ())
ROBOTS, ROOMS = ("r2", "d2", "c3"), ("hall", "lab")


def random_text(rng: random.Random, bound: dict[str, str], depth: int) -> str:
    """A formula that names decide more often than not."""

    def term(sort: str, names: tuple[str, ...]) -> str:
        return rng.choice([*names, *[name for name, its in bound.items() if its == sort] * 3])

    if depth == 0:
        robot, room = term("Robot", ROBOTS), term("Room", ROOMS)
        ghosts = [name for name, sort in bound.items() if sort == "Ghost"]
        atoms = ["p", "q", f"busy({robot})", f"at({robot}, {room})"]
        atoms += [f"{robot} = {term('Robot', ROBOTS)}", f"{room} != {term('Room', ROOMS)}"]
        atoms += [f"haunts({rng.choice(ghosts)}, {room})"] * 2 if ghosts else []
        return rng.choice(("", "!")) + f"({rng.choice(atoms)})"
    if rng.random() < 0.4:
        sort = rng.choice(("Robot", "Robot", "Room", "Ghost"))
        name = f"v{len(bound)}"
        quantifier = rng.choice(("forall", "forall", "forall", "exists"))
        return f"({quantifier} {name}: {sort}. {random_text(rng, {**bound, name: sort}, depth - 1)})"
    parts = [random_text(rng, bound, rng.choice((0, depth - 1))) for _ in range(2)]
    return f"({parts[0]} {rng.choice(('&', '|', '->', '<->'))} {parts[1]})"


def provers(
    formulas: dict[str, Formula], unique_names: bool
) -> tuple[checker._Prover, Callable[[], checker._FirstOrderProver]]:
    certificate = Certificate(
        operation="consolidate",
        outcome="vacuous",
        input=None,
        declarations=DECLARATIONS,
        unique_names=unique_names,
        scope="whole",
        before=(),
    )
    read = reading.Reading(certificate, SIGNATURE, formulas, None)
    prover = checker._Prover(read, z3.Context(), checker._Deadline(None))
    return prover, prover._first_order


def test_what_is_spelt_out_over_names_is_what_z3_makes_of_the_quantifiers() -> None:
    rng = random.Random(7)
    seen: Counter[object] = Counter()
    for _ in range(350):
        unique_names = rng.random() < 0.8
        formulas: list[Formula] = []
        while len(formulas) < 5:
            text = random_text(rng, {}, rng.choice((0, 1, 2, 3)))
            formulas.append(elaborate(parse_formula(text, canonical=True), SIGNATURE))
        prover, first_order = provers({str(place): each for place, each in enumerate(formulas)}, unique_names)
        formulas += [negation(formula) for formula in formulas]
        able = [formula for formula in formulas if prover._can_be_spelt_out([formula])]
        for _ in range(6):
            chosen = rng.sample(able, min(len(able), rng.randint(1, 4)))
            (*members, test) = chosen or [formulas[0]]
            if not prover._can_be_spelt_out([*members, test]):
                continue
            answer = prover.satisfiable([*members, test])()
            assert answer == first_order().satisfiable([*members, test])
            ours, theirs = prover.kernel(members, test)(), first_order().kernel(members, test)
            assert (ours.whole, list(ours.without)) == (theirs.whole, list(theirs.without))
            quantified = any("forall" in repr(each).lower() for each in chosen)
            seen[answer.satisfiable, quantified, unique_names] += 1
    assert min(seen.values()) > 20, seen
    assert len(seen) == 8
