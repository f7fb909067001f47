"""Experience as people read it: expectations, episodes and sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.expectation import Expectation
from beliefs.base.track_record import Tally
from beliefs.failure.episode import Episode
from beliefs.language.printer import print_formula
from beliefs.render import words
from beliefs.render.layout import STYLES, Column, grid, local_time, sentence, visible

_NUMBER = Column("episode", STYLES["number"], right=True)
_ENTRY = Column("entry", STYLES["number"], right=True)
_WHEN = Column("when", STYLES["quiet"])


def expectation(value: Expectation, *, dry_run: bool = False) -> RenderableType:
    """Return what is expected from now on, and what that rests on."""
    where = "dry run: nothing was committed" if dry_run else f"entry {value.number}"
    line = Text.assemble(
        (f"Expected: {visible(print_formula(value.formula))}", STYLES["good"]),
        (f"  ({where})", STYLES["quiet"]),
    )
    rests = f"It rests on {words.names(value.because)}." if value.because else "It rests on no belief."
    return Group(line, sentence(rests))


def expectations(values: Sequence[Expectation]) -> RenderableType:
    """Return open expectations as a table."""
    if not values:
        return Text("nothing is expected", style=STYLES["quiet"])
    rows = [[str(each.number), print_formula(each.formula), ", ".join(each.because)] for each in values]
    return grid(
        [_ENTRY, Column("expected", breaks=True), Column("because", STYLES["name"], breaks=True)], rows
    )


def episodes(values: Sequence[Episode]) -> RenderableType:
    """Return episodes as a table: what was seen, who was responsible, what was learned."""
    if not values:
        return Text("nothing has failed yet", style=STYLES["quiet"])
    columns = [
        _NUMBER,
        _ENTRY,
        _WHEN,
        Column("seen", breaks=True),
        Column("against", STYLES["name"], breaks=True),
        Column("learned", breaks=True),
    ]
    rows = [
        [
            str(each.number),
            str(each.entry),
            local_time(each.time),
            each.observation,
            "; ".join(", ".join(kernel) for kernel in each.kernels),
            _learned_in_short(each),
        ]
        for each in values
    ]
    return grid(columns, rows)


def _learned_in_short(episode: Episode) -> str:
    if episode.undone:
        return "(undone)"
    if episode.rejected:
        return "not believed"
    replaced = {old.name for old, _ in episode.repairs}
    learned = [f"{new.name}: {print_formula(new.formula)}" for _, new in episode.repairs]
    gone = [belief.name for belief in episode.diagnosis if belief.name not in replaced]
    learned += [f"gave up {', '.join(gone)}"] if gone else []
    return "; ".join(learned) or "the expectation was wrong"


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence of a story.

    Attributes:
        stage: what it tells of: what was "expected", what was "seen", what "contradicted" that, what was "learned".
        said: the sentence.
        beliefs: the names of the beliefs that it introduces.
    """

    stage: Literal["expected", "seen", "contradicted", "learned"]
    said: str
    beliefs: tuple[str, ...] = ()


def story(value: Episode) -> tuple[Part, ...]:
    """Return an episode as sentences: what was expected, what was seen, what contradicts it, what was learned."""
    parts = []
    for told in value.expectations:
        rests = f", because of {words.names(told.because)}" if told.because else ""
        parts.append(Part("expected", f"Expected: {print_formula(told.formula)}{rests}."))
    by = f", told by {value.source}" if value.source else ""
    parts.append(Part("seen", f"Seen: {value.observation}{by}."))
    for place, kernel in enumerate(value.kernels, start=1):
        numbered = f" ({place} of {len(value.kernels)})" if len(value.kernels) > 1 else ""
        parts.append(Part("contradicted", f"Together these contradict it{numbered}:", kernel))
    parts += (Part("learned", said) for said in words.lesson(value))
    return tuple(parts)


def episode(value: Episode, before: BeliefBase) -> RenderableType:
    """Return an episode as a story.

    Args:
        value: the episode.
        before: the base as it was before.
    """
    undone = " Undone since." if value.undone else ""
    title = f"Episode {value.number}: {value.observation}"
    parts: list[RenderableType] = [
        Text(visible(title), style=STYLES["title"]),
        Text(f"entry {value.entry}, {local_time(value.time)}.{undone}", style=STYLES["quiet"]),
    ]
    stage = None
    for part in story(value):
        if stage is None or part.stage == "expected" or part.stage == "learned" != stage:
            parts.append(Text(""))
        stage = part.stage
        parts.append(sentence(part.said))
        if part.stage == "contradicted":
            parts.append(_beliefs((before[name] for name in part.beliefs if name in before), before))
    return Group(*parts)


def _beliefs(beliefs: Iterable[Belief], base: BeliefBase) -> RenderableType:
    rows = [
        [belief.name, words.at(base.held(belief.name)), print_formula(belief.formula), belief.source or ""]
        for belief in beliefs
    ]
    columns = [
        Column(style=STYLES["name"]),
        Column(style=STYLES["number"]),
        Column(breaks=True),
        Column(style=STYLES["quiet"], breaks=True),
    ]
    return grid(columns, rows, indent=2) if rows else Padding(Text("nothing else"), (0, 0, 0, 2))


def sources(tallies: Mapping[str, Tally], held: Mapping[str, int]) -> RenderableType:
    """Return sources as a table, the least trusted last."""
    if not tallies:
        return Text("no belief has a source", style=STYLES["quiet"])
    by_trust = sorted(tallies, key=lambda source: (-tallies[source].odds, source))
    columns = [
        Column("source", STYLES["name"], breaks=True),
        *(
            Column(heading, STYLES["number"], right=True)
            for heading in ("beliefs", "blamed", "confirmed", "odds")
        ),
    ]
    rows = [
        [
            source,
            str(held[source]),
            words.decimal(tallies[source].blamed),
            words.decimal(tallies[source].confirmed),
            f"×{words.decimal(tallies[source].odds)}",
        ]
        for source in by_trust
    ]
    return grid(columns, rows)
