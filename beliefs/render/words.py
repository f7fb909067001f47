"""Plain sentences: what a change did, and why each belief was given up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import islice

from beliefs.base.belief import Belief
from beliefs.base.entrenchment import CERTAIN, Entrenchment
from beliefs.base.track_record import NO_TALLY, TrackRecord
from beliefs.change.change import Alternatives, Change
from beliefs.change.weakening import Discredited, Repair
from beliefs.failure.episode import Episode
from beliefs.language.printer import print_formula, print_number

QUOTED = 80
"""A sentence quotes an input of at most so many characters; the headline quotes it whole."""

MENTIONED = 5
"""A sentence names this many beliefs; of more it says how many they are."""


def headline(change: Change) -> str:
    """Return what a change comes to, in one line."""
    said = "" if change.input is None else print_formula(change.input)
    match change.status, change.operation:
        case "unknown", _:
            return f"Not decided: {change.reason}. Nothing was changed."
        case "refused", _:
            return f"Refused: {_refusal(change)}"
        case "rejected", _:
            return f"Not believed: {said}: {_refusal(change)}"
        case "vacuous", "contract":
            return f"Nothing to give up: {said} was not believed."
        case "vacuous", "consolidate":
            return "Nothing to give up: the beliefs do not contradict one another."
        case "vacuous", "undo":
            return "Nothing to undo."
        case "vacuous", "revise" | "semi-revise" if change.entry is not None:
            return f"Confirmed: {said} is believed already."
        case "vacuous", _ if change.entry is not None:
            return "Declared."
        case "vacuous", _:
            return f"Nothing to change: {said} is believed already." if said else "Nothing to change."
        case _, "contract":
            return f"No longer believed: {said}"
        case _, "consolidate":
            return "Consistent again."
        case _, "undo":
            return f"Undone: {(change.reason or '').removeprefix('undoes ')}."
    verb = "Revised by" if change.removed else "Now believed:"
    if said:
        return f"{verb} {said}"
    return f"{verb} {count(len(change.added), 'belief')}"


def reasons(change: Change) -> tuple[str, ...]:
    """Return, for each belief that a change gave up, a sentence that says why; none for an undoing.

    After these comes a sentence for each belief that was weakened and not only given up, and for each rule that failed
    too often to be weakened.
    """
    if change.operation == "undo":
        return ()
    return (
        *(reason(change, belief) for belief in change.removed),
        *map(weakening, change.repairs),
        *map(discredit, change.discredited),
    )


def weakening(repair: Repair) -> str:
    """Return to what a belief was weakened, and why just so; with what is taken for granted, if anything is."""
    said = f"Weakened `{repair.of}` to `{repair.name}`: {_why_so(repair)}."
    if repair.assumed:
        said += f" Taken for granted: {conjoined(_some(repair.assumed))}."
    if repair.overtaken:
        outcomes = dict.fromkeys(success.outcome for success in repair.overtaken)
        said += f" True once and no longer: {conjoined(_some(list(outcomes)))}."
    return said


def discredit(rule: Discredited) -> str:
    """Return why a rule was given up whole."""
    return f"Made no exception to `{rule.name}`: it failed for {rule.failed}, and held for {rule.held} since."


def _why_so(repair: Repair) -> str:
    failures = [_tuple(individuals) for individuals in repair.failures]
    match repair.kind:
        case "individual":
            return f"it failed for {conjoined(_some(failures))}"
        case "property":
            none = ", and of no success" if repair.kept else ""
            of = "the failure" if len(failures) == 1 else f"all {len(failures)} failures"
            return f"{repair.detail} holds of {of} on record{none}"
        case "bound":
            return f"{repair.detail} is the nearest bound that agrees with what was seen"
        case "conjunct":
            return f"it no longer says {repair.detail}, which failed"


def _tuple(individuals: Sequence[str]) -> str:
    return individuals[0] if len(individuals) == 1 else f"({', '.join(individuals)})"


def _some(texts: Sequence[str]) -> list[str]:
    """Up to so many texts as a sentence names, and how many more there are."""
    if len(texts) <= MENTIONED:
        return list(texts)
    return [*texts[: MENTIONED - 1], f"{len(texts) - MENTIONED + 1} more"]


def reason(change: Change, belief: Belief) -> str:
    """Return why a change gave one of its beliefs up.

    It names a conflict that nothing else given up would have settled; the certificate has one for each.
    """
    removed = {gone.name for gone in change.removed}
    cut = [kernel for kernel in change.kernels if belief.name in kernel]
    if not cut:
        return f"Gave up `{belief.name}`."
    kernel = min(cut, key=lambda names: (len(removed.intersection(names)), len(names)))
    others = [name for name in kernel if name != belief.name]
    conflict = _conflict(change, others)
    return f"Gave up `{belief.name}`: {conflict}{_choice(change, belief, others, len(cut))}."


def _conflict(change: Change, others: Sequence[str]) -> str:
    """What a kernel does, told of one of its beliefs and the others."""
    said = "what was told" if change.input is None else print_formula(change.input)
    if len(said) > QUOTED:
        said = "the input"
    together = f"together with {names(others)} it" if others else "by itself it"
    match change.operation:
        case "contract":
            return f"{together} entails {said}"
        case "consolidate":
            return f"it contradicts {names(others)}" if others else "it contradicts itself"
    return f"{together} contradicts {said}"


def _choice(change: Change, belief: Belief, others: Sequence[str], conflicts: int) -> str:
    """Why this belief of a kernel and no other, as the end of a sentence."""
    held = change.before.held
    rivals = [change.before[name] for name in others if name in change.before]
    if not rivals:
        return ""
    if all(rival.entrenchment.is_certain for rival in rivals):
        return f"; the {'other is' if len(rivals) == 1 else 'others are'} certain"
    own = _firmness(held(belief.name))
    least = min(_firmness(held(rival.name)) for rival in rivals)
    if own < least:
        return f", and it is the {'less' if len(rivals) == 1 else 'least'} entrenched of them"
    if conflicts > 1:
        return f", and giving it up settles {conflicts} conflicts at once"
    if own > least:
        return "; to give up another of them would have cost more in all"
    equals = [rival for rival in rivals if _firmness(held(rival.name)) == own]
    newest = all(rival.age < belief.age for rival in equals)
    if not newest:
        return ", and none of them is less entrenched"
    if len(equals) < len(rivals):
        return ", and it is the newest of the least entrenched among them"
    return f", and it is the {'newer of the two' if len(rivals) == 1 else 'newest'}, all else being equal"


def _firmness(entrenchment: Entrenchment) -> tuple[bool, int, Fraction]:
    """A key by which entrenchments sort, the least firm first."""
    if entrenchment.level == CERTAIN:
        return True, 0, Fraction(0)
    return False, entrenchment.level, entrenchment.weight


def _refusal(change: Change) -> str:
    if change.reason is not None:
        return change.reason
    return "what is certain forbids it"


def also_possible(alternatives: Alternatives) -> str | None:
    """Return how many other answers would have been as good; None where there is no other."""
    others = alternatives.count - 1
    if others < 1:
        return None
    number = str(others) if alternatives.complete else f"At least {others}"
    noun = "other answer" if others == 1 else "other answers"
    return f"{number} {noun} would have been as good."


def left_inconsistent(change: Change) -> str:
    """Return that a change left the base contradicting itself, and by which beliefs."""
    culprits = ""
    if any(change.kernels[:1]):
        every = "all " if len(change.kernels[0]) > 1 else ""
        culprits = f": {names(change.kernels[0])} cannot {every}be true together with what was added"
    return f"The base now contradicts itself{culprits}. `beliefs consolidate` settles that."


def lesson(episode: Episode) -> tuple[str, ...]:
    """Return what was learned from an episode, in plain sentences."""
    if episode.rejected:
        against = names(
            dict.fromkeys(
                name
                for kernel in episode.kernels
                for name in kernel
                if name not in {belief.name for belief in episode.diagnosis}
            )
        )
        why = "is certain" if episode.policy == "screened" else "is held at least as firmly"
        trust = f", and what `{episode.source}` says counts less from now on" if episode.source else ""
        said = f"The observation was not believed{trust}."
        return (f"{against} {why}." if against else "It contradicts itself.", said)
    replaced = {old.name for old, _ in episode.repairs}
    learned = [
        f"`{old.name}` said too much; `{new.name}` takes its place: {print_formula(new.formula)}."
        for old, new in episode.repairs
    ]
    learned += [
        f"`{belief.name}` is believed no more: {print_formula(belief.formula)}."
        for belief in episode.diagnosis
        if belief.name not in replaced
    ]
    if not learned:
        rests = dict.fromkeys(name for each in episode.expectations for name in each.because)
        blame = f" {names(rests)}, on which it rested, are blamed." if rests else ""
        learned = [f"What was expected did not follow from what is believed, so nothing was given up.{blame}"]
    return tuple(learned)


def on_record(belief: Belief, record: TrackRecord) -> tuple[str, ...]:
    """Return what is on record of a belief, in plain words; nothing where there is nothing."""
    told = []
    tally = record.of_belief(belief.formula)
    if tally != NO_TALLY:
        told.append(f"blamed {decimal(tally.blamed)}, confirmed {decimal(tally.confirmed)}")
    weighed = record.weighed(belief).weight
    if weighed != belief.entrenchment.weight:
        told.append(
            f"counts {decimal(weighed)} inside its level, instead of {decimal(belief.entrenchment.weight)}"
        )
    cases = record.cases_of(belief.formula)
    for failed, verb in ((False, "held for"), (True, "failed for")):
        individuals = dict.fromkeys(", ".join(case.individuals) for case in cases if case.failed is failed)
        if individuals:
            told.append(f"{verb} {conjoined(list(individuals)[:MENTIONED])}" + _more(len(individuals)))
    return tuple(told)


def _more(count: int) -> str:
    return f" … ({count} in all)" if count > MENTIONED else ""


def decimal(number: Fraction) -> str:
    """Return a number as people read it, to three places at most."""
    return f"{float(number):.3f}".rstrip("0").rstrip(".")


def at(entrenchment: Entrenchment) -> str:
    """Return how firmly a belief is held, as a short mark: "@2", "@2*0.5" or "certain"."""
    return "certain" if entrenchment.is_certain else f"@{firmness(entrenchment)}"


def firmness(entrenchment: Entrenchment) -> str:
    """Return how firmly a belief is held, as its header has it: "2", "2*0.5" or "certain"."""
    weight = entrenchment.weight
    if entrenchment.is_certain or weight == 1:
        return str(entrenchment.level)
    return f"{entrenchment.level}*{print_number(weight, real=weight.denominator != 1)}"


def names(beliefs: Iterable[str], limit: int = MENTIONED) -> str:
    """Return names as a list in words: "`a`, `b` and `c`", or "`a`, `b` and 7 more"."""
    every = list(beliefs)
    shown = [f"`{name}`" for name in islice(every, limit if len(every) <= limit else limit - 1)]
    if len(every) > limit:
        shown.append(f"{len(every) - len(shown)} more")
    return conjoined(shown)


def conjoined(words: Sequence[str]) -> str:
    """Return words as an English list: "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]


def count(number: int, noun: str) -> str:
    """Return a number with its noun: "1 belief", "3 beliefs"; the plural of "entry" is known too."""
    if number == 1:
        return f"1 {noun}"
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {plural}"
