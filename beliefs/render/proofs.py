"""Proofs as trees of sentences: what is concluded, by which belief, and below it from what."""

from __future__ import annotations

from rich.text import Text
from rich.tree import Tree

from beliefs.language.printer import print_formula
from beliefs.language.syntax import Truth
from beliefs.proof import Step
from beliefs.render.layout import STYLES, sentence

DEEP = 30
"""How deep a proof may go to be drawn as a tree."""


def proof(step: Step) -> Tree:
    """Return a proof as a tree, a sentence a step; what has been shown above is not shown again."""
    told: dict[int, str] = {}
    tree = Tree(sentence(_said(step)), guide_style=STYLES["quiet"])
    # A stack, as chains may be long. The steps of a tree are told from left to right.
    waiting = [(tree, each) for each in reversed(step.because)]
    while waiting:
        branch, here = waiting.pop()
        if id(here) in told and here.because:
            branch.add(sentence(f"{told[id(here)]}, as shown above."))
            continue
        told[id(here)] = print_formula(here.says)
        twig = branch.add(sentence(_said(here)))
        waiting += ((twig, each) for each in reversed(here.because))
    return tree


def is_deep(step: Step) -> bool:
    """Return whether a proof goes so deep that a tree of it would be more blank than text."""
    rim, deep = [step], 0
    seen: set[int] = set()
    while rim and deep <= DEEP:
        rim = [each for here in rim for each in here.because if id(each) not in seen]
        seen.update(map(id, rim))
        deep += 1
    return deep > DEEP


def lines(step: Step) -> Text:
    """Return a proof as numbered lines, each after those that it rests on."""
    places: dict[int, int] = {}
    told: list[Text] = []
    waiting: list[tuple[Step, bool]] = [(step, False)]
    while waiting:
        here, ready = waiting.pop()
        if id(here) in places:
            continue
        if not ready:
            waiting.append((here, True))
            waiting += ((each, False) for each in reversed(here.because))
            continue
        places[id(here)] = len(places) + 1
        rests = [str(places[id(each)]) for each in here.because]
        said = f"{len(places)}. {_said(here)}" + (f" (from {', '.join(rests)})" if rests else "")
        told.append(sentence(said))
    return Text("\n").join(told)


def is_plain(step: Step) -> bool:
    """Return whether a proof tells no more than which beliefs it is from."""
    return step.how in ("believed", "together")


def _said(step: Step) -> str:
    """A step as a sentence."""
    says = print_formula(step.says)
    by = f"`{step.by[0]}`" if step.by else "what was supposed"
    rule = "" if step.clause is None else f": {print_formula(step.clause)}"
    match step.how:
        case "believed":
            return f"{says}, as {by} says."
        case "supposed" if step.because:
            return f"Suppose {says}."
        case "supposed":
            return f"{says}, as supposed."
        case "follows":
            return f"{says}, by {by}{rule}." if step.by or step.clause else f"{says}, since this holds:"
        case "cases":
            return f"Each case is impossible, by {by}{rule}."
        case "contradiction":
            if step.says != Truth(False):
                return f"{says}, since the contrary is impossible."
            return f"That cannot be, by {by}{rule}."
    names = ", ".join(f"`{name}`" for name in step.by)
    return f"{says}, from {names} together."
