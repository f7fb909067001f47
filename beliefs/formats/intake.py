"""Taking in what a file says: what fits a base, what is there already, and what is rejected, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from beliefs import garbage
from beliefs.answers import conflicts
from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.change.change import Change
from beliefs.errors import LanguageError, RejectedError, SortError
from beliefs.formats.contents import Contents, Placed, Rejected
from beliefs.formats.language import reason
from beliefs.language import sorts
from beliefs.language.signature import Signature
from beliefs.language.syntax import Declaration
from beliefs.language.wellformed import check_formula, check_name
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.verdict import Budget

LISTED = 20
"""How many rejected lines a message lists."""

PATIENCE = 100
"""So many beliefs that do not fit are held against the whole of the others; further ones only against what the sorts
of the others are by then, which costs less, and may reject one whose sort is still open."""


class Adopter(Protocol):
    """Who takes beliefs in: an agent, as seen from here."""

    @property
    def budget(self) -> Budget:
        """What a call may spend."""

    @property
    def base(self) -> BeliefBase:
        """What is believed."""

    def adopt(
        self,
        beliefs: Sequence[Belief],
        *,
        declarations: Sequence[Declaration] = (),
        allow_conflict: bool = False,
        dry_run: bool = False,
    ) -> Change:
        """Take in beliefs, as one change."""


@dataclass(frozen=True, slots=True)
class Admission:
    """What of a file fits a base.

    Attributes:
        declarations: what it declares that fits.
        beliefs: the beliefs that fit and are not there yet, each with a name of its own.
        rejected: what does not fit, in the order of the file, and what was not of the format.
        passed_over: how many beliefs were there already, by the same name and the same in all else.
    """

    declarations: tuple[Declaration, ...]
    beliefs: tuple[Placed[Belief], ...]
    rejected: tuple[Rejected, ...]
    passed_over: int


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of a file.

    Attributes:
        changes: the changes that took it in, in order; of a refused or unknown one, that one is the last.
        rejected: what was not taken in, in the order of the file.
        passed_over: how many beliefs were there already.
    """

    changes: tuple[Change, ...]
    rejected: tuple[Rejected, ...]
    passed_over: int

    @property
    def added(self) -> tuple[Belief, ...]:
        """The beliefs that were taken in."""
        return tuple(belief for change in self.changes for belief in change.added)


def admit(base: BeliefBase, contents: Contents) -> Admission:
    """Return what of a file fits a base, and why the rest does not.

    A belief is rejected where its name is none, or taken; its formula could not be written down; or it does not fit
    the symbols of the base and of what stands before it. Whether it contradicts anything is not looked at.

    Cost: linear in the file; for each of the first hundred beliefs that do not fit, linear in base and file.
    """
    with garbage.put_off():
        return _admitted(base, contents)


def _admitted(base: BeliefBase, contents: Contents) -> Admission:
    rejected = list(contents.rejected)
    declared = _declared(base, contents, rejected)
    candidates: list[Placed[Belief]] = []
    passed_over = 0
    for placed, fault in _judged(declared, contents):
        if fault is None:
            candidates.append(placed)
        elif fault is _HELD:
            passed_over += 1
        else:
            rejected.append(Rejected(placed.line, placed.text, fault))
    fitting = _fitting(declared, candidates, rejected)
    return Admission(
        declared.declarations[len(base.declarations) :],
        tuple(_named(declared, fitting)),
        tuple(_in_order(rejected)),
        passed_over,
    )


def take_in(
    agent: Adopter,
    contents: Contents,
    *,
    keep_going: bool = False,
    batch: int | None = None,
    allow_conflict: bool = False,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
    committed: Callable[[Change], None] = lambda change: None,
) -> Intake:
    """Take in what a file says: all of it, or nothing.

    What is there already, by the same name and the same in all else, is passed over; so taking in a file again after
    an interruption takes in what is missing.

    Args:
        agent: who takes it in.
        contents: what the file says.
        keep_going: whether to take in what fits where something is rejected. What contradicts the rest is then
            rejected as well: of each kernel, the belief of the file that stands last.
        batch: take in so many beliefs at a time, each time as one change, so that an interruption loses little.
        allow_conflict: whether to take in what contradicts the rest.
        dry_run: whether to commit nothing; it is one change then.
        progress: told how many beliefs were taken in, and how many there are.
        committed: told of each change as soon as it is made, so that an interruption can tell of it.

    Raises:
        RejectedError: something is rejected, and `keep_going` is not set; nothing was changed.
        JournalError: a change could not be committed.
    """
    admission = admit(agent.base, contents)
    if admission.rejected and not keep_going:
        raise rejection(admission.rejected)
    size = max(1, len(admission.beliefs)) if batch is None or dry_run else batch
    rejected = list(admission.rejected)
    passed_over = admission.passed_over
    declarations = admission.declarations
    changes: list[Change] = []
    for start in range(0, max(1, len(admission.beliefs)), size):
        progress(start, len(admission.beliefs))
        part: Sequence[Placed[Belief]] = admission.beliefs[start : start + size]

        def adopted(part: Sequence[Placed[Belief]], declared: Sequence[Declaration] = declarations) -> Change:
            beliefs = [placed.what for placed in part]
            return agent.adopt(beliefs, declarations=declared, allow_conflict=allow_conflict, dry_run=dry_run)

        change = adopted(part)
        if keep_going and change.status == "refused":
            base = change.before.declare(*declarations)
            agreeing = _agreeing(base, part, agent.budget, rejected)
            if len(agreeing) < len(part):
                part = agreeing
                change = adopted(part)
        changes.append(change)
        committed(change)
        if change.status in ("refused", "unknown"):
            break
        passed_over += len(part) - len(change.added)
        declarations = ()
    return Intake(tuple(changes), tuple(_in_order(rejected)), passed_over)


def rejection(rejected: Sequence[Rejected]) -> RejectedError:
    """Return the error that lists rejected lines, of many the first."""
    many = len(rejected) != 1
    lines = [f"{len(rejected)} {'lines are' if many else 'line is'} rejected, and nothing was changed:"]
    lines += map(told, rejected[:LISTED])
    if len(rejected) > LISTED:
        lines.append(f"  … and {len(rejected) - LISTED} more")
    lines.append("mend them, or take in the rest with --keep-going")
    return RejectedError("\n".join(lines), tuple((each.line, each.text, each.reason) for each in rejected))


def told(rejected: Rejected) -> str:
    """Return a rejected line in words, over two lines."""
    where = "" if rejected.line is None else f"line {rejected.line}: "
    return f"  {where}{rejected.text}\n    {rejected.reason}"


def _declared(base: BeliefBase, contents: Contents, rejected: list[Rejected]) -> BeliefBase:
    """The base with all that is declared and fits."""
    try:
        return base.declare(*(placed.what for placed in contents.declarations))
    except SortError:
        pass
    for placed in contents.declarations:
        try:
            base = base.declare(placed.what)
        except SortError as fault:
            rejected.append(Rejected(placed.line, placed.text, reason(fault)))
    return base


_HELD = "it is believed already"


def _judged(base: BeliefBase, contents: Contents) -> Iterator[tuple[Placed[Belief], str | None]]:
    """Yield each belief with what speaks against it: `_HELD`, that its name is taken, or that it cannot be written."""
    first: dict[str, int | None] = {}
    for placed in contents.beliefs:
        belief = placed.what
        fault = _misformed(belief)
        if fault is None and belief.name:
            if belief.name in first:
                line = first[belief.name]
                where = "before it" if line is None else f"on line {line}"
                fault = f"the name {belief.name!r} stands {where} already; give one of the two another name"
            elif belief.name in base:
                fault = (
                    _HELD
                    if replace(base[belief.name], age=0) == belief
                    else (f"there is already another belief named {belief.name!r}; choose another name")
                )
        if fault is None:
            first[belief.name] = placed.line
        yield placed, fault


def _misformed(belief: Belief) -> str | None:
    """Why a belief could not be written down and read back; None if it could."""
    try:
        if belief.name:
            check_name(belief.name)
        check_formula(belief.formula)
    except LanguageError as fault:
        return reason(fault)
    return None


def _fitting(
    base: BeliefBase, candidates: Sequence[Placed[Belief]], rejected: list[Rejected]
) -> list[Placed[Belief]]:
    """Those whose symbols fit the base, and those before them."""
    try:
        base.understanding(*(placed.what.formula for placed in candidates))
    except SortError:
        pass
    else:
        return list(candidates)
    fitting: list[Placed[Belief]] = []
    signature, patience = base.signature, PATIENCE
    for placed in candidates:
        try:
            signature = sorts.extend(signature, placed.what.formula, _origin(placed))
        except SortError as open_fault:
            fault: SortError | None = open_fault
            if patience:
                patience -= 1
                try:
                    signature = _inferred(base, [*fitting, placed])
                    fault = None
                except SortError as clash:
                    fault = clash
            if fault is not None:
                rejected.append(Rejected(placed.line, placed.text, reason(fault)))
                continue
        fitting.append(placed)
    return fitting


def _inferred(base: BeliefBase, placed: Sequence[Placed[Belief]]) -> Signature:
    said = ((belief.name, belief.formula) for belief in base)
    told = ((_origin(each), each.what.formula) for each in placed)
    return sorts.infer(base.declarations, [*said, *told])


def _origin(placed: Placed[Belief]) -> str:
    return placed.what.name or ("input" if placed.line is None else f"line {placed.line}")


def _named(base: BeliefBase, fitting: Sequence[Placed[Belief]]) -> Iterator[Placed[Belief]]:
    """Yield the beliefs, those without a name under one that is free."""
    taken = {placed.what.name for placed in fitting}
    for place, placed in enumerate(fitting):
        if not placed.what.name:
            name = base.fresh_name(place, taken)
            taken.add(name)
            placed = placed._replace(what=replace(placed.what, name=name))
        yield placed


def _agreeing(
    base: BeliefBase, part: Sequence[Placed[Belief]], budget: Budget, rejected: list[Rejected]
) -> Sequence[Placed[Belief]]:
    """Those that can be true together, with all that is believed: of each kernel, the last is rejected.

    Where the budget runs out, or the base contradicts itself, what is left may still not be.
    """
    deadline = Deadline(budget)
    while True:
        found = conflicts(base.add(*(placed.what for placed in part)), budget=deadline.rest())
        places = {placed.what.name: place for place, placed in enumerate(part)}
        cut: dict[int, str] = {}
        for kernel in found.kernels:
            mine = [places[name] for name in kernel if name in places]
            if mine and cut.keys().isdisjoint(mine):
                last = part[max(mine)].what.name
                others = ", ".join(name for name in kernel if name != last)
                cut[max(mine)] = f"it contradicts {others}" if others else "it contradicts itself"
        if not cut:
            return part
        rejected += (Rejected(part[place].line, part[place].text, fault) for place, fault in cut.items())
        part = [placed for place, placed in enumerate(part) if place not in cut]


def _in_order(rejected: Sequence[Rejected]) -> list[Rejected]:
    return sorted(rejected, key=lambda each: each.line or 0)
