"""`Agent`: beliefs that last, change, and can say why."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from beliefs import answers, garbage
from beliefs.answers import Answer, Conflicts, Explanation, WhyNot
from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.difference import Difference
from beliefs.base.entrenchment import CERTAIN, Entrenchment, Level
from beliefs.base.expectation import Expectation
from beliefs.base.telling import Told, header_of
from beliefs.base.track_record import NO_DECAY, Tally, expectation_mark
from beliefs.change import Change, consolidate, contract, expand, restore, revise
from beliefs.errors import BaseError, CertificateError
from beliefs.failure.episode import Episode, episodes
from beliefs.failure.observation import Policy, Seen, decay_of, decided, observe, policy_named
from beliefs.journal.entry import Decision, Entry, Observed, StaleHead
from beliefs.journal.journal import Journal, Moved, Present
from beliefs.journal.replay import follow
from beliefs.language.parser import parse_formula
from beliefs.language.printer import print_formula
from beliefs.language.syntax import Declaration, Formula, Header
from beliefs.language.wellformed import check_formula, check_name
from beliefs.planning.levels import EVIDENCE, FACT, LIMIT, READ, WORLD
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.verdict import Budget, Unknown

if TYPE_CHECKING:
    from beliefs.certificates.certificate import Certificate
    from beliefs.failure.diagnosis import Diagnoses
    from beliefs.graph import BeliefGraph, Conclusion, Surroundings
    from beliefs.planning.actions import Domain, Ground, Plan, Problem, State, Step
    from beliefs.planning.evidence import Evidence, Lesson
    from beliefs.planning.goals import Goal
    from beliefs.planning.planner import NoPlan
    from beliefs.planning.pursuit import Pursuit
    from beliefs.planning.review import Review, Reviewer
    from beliefs.planning.world import Outcome, World
    from beliefs.verification import Verification

# What only some calls need is imported by them, so that a command starts at once: Z3 alone, which checks certificates,
# takes longer to import than most questions take to answer.

DEFAULT_BUDGET = Budget(milliseconds=60_000)
"""What one call may spend if the caller does not say: a minute, then the answer is unknown."""

LARGE = 10_000
"""How many beliefs of one change stay in memory at most: more are read from the journal when they are asked for."""

LEAST_CHECK = 1_000
"""Milliseconds that checking a certificate may take in any case, once the change itself was worked out in time."""


class Agent:
    """Beliefs that last: a base with its journal.

    Every method that changes beliefs returns a `Change`. One that is "done" has been committed, together with
    its certificate, which a Z3 of its own has checked first; "vacuous", "refused" and "unknown" have changed
    nothing. With `dry_run=True` nothing is ever committed.

    Several agents, in one process or many, may open the same journal. Each call sees what the others have
    committed; a change that another one overtakes is worked out again on the new state.

    Formulas are given as text in the language, or as syntax trees. Where a call may take a belief, its text
    may carry a header: `[name @level "source"] formula`.

    Examples:
        >>> agent = Agent.in_memory()
        >>> agent.tell("[fly] forall x. bird(x) -> flies(x)").status
        'done'
        >>> agent.tell("bird(tweety)").entry
        2
        >>> agent.ask("flies(tweety)").verdict
        'believed'
    """

    def __init__(
        self,
        journal: Journal,
        *,
        policy: Policy = "prioritized",
        decay: Fraction | float | str = NO_DECAY,
        budget: Budget = DEFAULT_BUDGET,
    ) -> None:
        """Make an agent of an open journal; see `open`, which most callers want."""
        self._journal = journal
        self.policy = policy_named(policy)
        self.decay = decay_of(decay)
        self.budget = budget
        self._present = journal.present()
        self._settled: tuple[int, BeliefBase] | None = None
        self._reviewer: Reviewer | None = None

    @classmethod
    def open(
        cls,
        place: str | os.PathLike[str],
        *,
        create: bool = True,
        read_only: bool = False,
        unique_names: bool = True,
        policy: Policy = "prioritized",
        decay: Fraction | float | str = NO_DECAY,
        budget: Budget = DEFAULT_BUDGET,
    ) -> Self:
        """Open the agent whose journal is at a path or database URL.

        Args:
            place: a file, or an SQLAlchemy URL such as `postgresql+psycopg://…`.
            create: whether to create the journal where there is none.
            read_only: whether to open it for reading only.
            unique_names: whether different individuals of a journal that is created are distinct.
            policy: how observations are met that contradict what is believed, unless `observe` is told otherwise:
                "prioritized", they are believed; "screened", those that contradict what is certain are rejected, and
                kept as such; "weighed", they may be what is given up. See `failure.observation.Policy`.
            decay: the factor, at most 1, by which what is on record of a belief or source fades with each new test
                of it; 1 is not at all.
            budget: what each call may spend before it answers "unknown".

        Raises:
            JournalError: it cannot be opened; the subclass and the message say why.
            BaseError: there is no such policy, or the decay is none.
        """
        policy, decay = policy_named(policy), decay_of(decay)
        journal = Journal.open(place, create=create, read_only=read_only, unique_names=unique_names)
        return cls(journal, policy=policy, decay=decay, budget=budget)

    @classmethod
    def in_memory(
        cls,
        *,
        unique_names: bool = True,
        policy: Policy = "prioritized",
        decay: Fraction | float | str = NO_DECAY,
        budget: Budget = DEFAULT_BUDGET,
    ) -> Self:
        """Return a new agent whose beliefs are gone when it is closed; the arguments are those of `open`."""
        policy, decay = policy_named(policy), decay_of(decay)
        journal = Journal.in_memory(unique_names=unique_names)
        return cls(journal, policy=policy, decay=decay, budget=budget)

    def close(self) -> None:
        """Close the journal; closing it again does nothing."""
        self._journal.close()

    def __enter__(self) -> Self:
        """Return the agent, to be closed at the end of the `with` block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the journal."""
        self.close()

    @property
    def read_only(self) -> bool:
        """Whether the journal can be read but not written: only dry runs of changes are made then."""
        return self._journal.read_only

    @property
    def place(self) -> str:
        """Where the journal is, for messages; no password in it."""
        return self._journal.place

    # What is believed

    @property
    def base(self) -> BeliefBase:
        """The present base, with what other agents of the same journal have committed."""
        return self._now().base

    def _now(self) -> Present:
        """The present state, as one value: a change worked out on it is committed only on top of it."""
        present = self._present
        if self._journal.head != present.head:
            present = self._present = self._journal.present(present)
        return present

    def beliefs(self) -> tuple[Belief, ...]:
        """Return what is believed, oldest first."""
        return tuple(self.base)

    def find(
        self, containing: str = "", *, after: Belief | None = None, limit: int = 100
    ) -> tuple[Belief, ...]:
        """Return some of what is believed, the oldest first, without reading the rest.

        Args:
            containing: a text that their name, formula or source holds, in capitals or not; all hold the empty one.
            after: only those that come after this one.
            limit: how many at most.

        Raises:
            BaseError: the limit is none.
        """
        if limit < 1:
            raise BaseError(f"a limit is a number from 1; not {limit}")
        return self._journal.find(containing, after=after, limit=limit)

    def ask(self, formula: str | Formula, *, as_of: int | None = None) -> Answer:
        """Return whether a formula is believed, disbelieved, undecided or unknown, and why.

        Args:
            formula: what to ask.
            as_of: the number of a journal entry: ask the base as it was after that.

        Raises:
            LanguageError: the formula is malformed, or does not fit the symbols of the base.
        """
        base = self._to_ask(as_of)
        return answers.ask(base, _formula(formula, base), budget=self.budget)

    def why(self, formula: str | Formula, *, limit: int = 10, as_of: int | None = None) -> Explanation:
        """Return the minimal sets of beliefs that entail a formula, or its negation where it is disbelieved.

        Raises:
            LanguageError: the formula is malformed, or does not fit the symbols of the base.
            BaseError: the limit is no number from 1.
        """
        base = self._to_ask(as_of)
        return answers.why(base, _formula(formula, base), limit=limit, budget=self.budget)

    def why_not(self, formula: str | Formula, *, limit: int = 10, as_of: int | None = None) -> WhyNot:
        """Return what blocks a formula that is not believed, and what would have to be believed for it to follow.

        See `answers.why_not`, which says what counts as missing, and what that costs.

        Raises:
            LanguageError: the formula is malformed, or does not fit the symbols of the base.
        """
        base = self._to_ask(as_of)
        return answers.why_not(base, _formula(formula, base), limit=limit, budget=self.budget)

    def conflicts(self, *, limit: int = 10, as_of: int | None = None) -> Conflicts:
        """Return the minimal sets of beliefs that contradict themselves; none if the base is consistent."""
        return answers.conflicts(self._to_ask(as_of), limit=limit, budget=self.budget)

    def diagnose(
        self,
        observations: Sequence[str | Formula],
        *,
        situated: Collection[str] = (),
        as_of: int | None = None,
    ) -> Diagnoses:
        """Return what must be false of what is believed, given several observations: in order of cost, lazily.

        Nothing is changed, and nothing searched before the first diagnosis is asked for; the budget of the call runs
        from now on. See `failure.diagnosis.diagnose`, and `failure.next_test.best_test` for what tells the diagnoses
        apart.

        Args:
            observations: what was seen; without any, the diagnoses are those of what is believed by itself.
            situated: the predicates and functions that differ from one observation to the next; if there are none,
                all observations are of one situation.
            as_of: the number of a journal entry: diagnose with the base as it was after that.

        Raises:
            LanguageError: an observation is malformed, or does not fit the symbols of the base.
            BaseError: something is said to be situated that is no predicate or function, or a list is none.
        """
        for what, given in (("observations", observations), ("situated", situated)):
            if isinstance(given, str):
                raise BaseError(f"{what} is a list; write [{given!r}] for one of them")
            if not isinstance(given, Iterable):
                raise BaseError(f"{what} is a list, and may be empty; {given!r} is none")
        for name in situated:
            if not isinstance(name, str):
                raise BaseError(f"what is situated is the name of a predicate or function; {name!r} is none")
        base = self._to_ask(as_of)
        seen = [_formula(observation, base) for observation in observations]
        from beliefs.failure.diagnosis import diagnose

        return diagnose(base, seen, situated=situated, budget=self.budget)

    def graph(
        self,
        around: str | None = None,
        *,
        depth: int = 2,
        most: int | None = None,
        asked: Sequence[str | Formula] = (),
        as_of: int | None = None,
    ) -> BeliefGraph:
        """Return what is believed as a graph, all of it or what lies around one thing.

        Its nodes are beliefs, held and given up, and what they come from and lead to: sources, conflicts, what was
        seen, changes, episodes, expectations, and what is asked about here. See `graph.model` for its kinds of nodes
        and edges, and `graph.around` for what lies around something.

        Args:
            around: the name of a belief, held or given up, or what else a node is called, such as `entry 7`; without
                it, everything.
            depth: how many edges to go from there, in either direction.
            most: how many nodes a graph around something may have; by default `graph.MOST`.
            asked: formulas, to be drawn with the beliefs from which they follow, or their negations do.
            as_of: the number of a journal entry: the graph as it was after that.

        Raises:
            LanguageError: a formula is malformed, or does not fit the symbols of the base.
            UnknownBeliefError: there is nothing of the name given.
            BaseError: the depth is negative, or nothing may be there.

        Cost: around something, that of what lies there, however much is believed, and of the changes that gave
        something up; without that, linear in what is believed.
        """
        from beliefs import graph

        base = self._to_ask(as_of)
        surroundings = self._surroundings(base, asked, as_of)
        if around is None:
            return graph.view(base, surroundings)
        return graph.around(base, around, depth, surroundings, graph.MOST if most is None else most)

    def explore(
        self,
        around: str | None = None,
        *,
        most: int | None = None,
        asked: Sequence[str | Formula] = (),
        as_of: int | None = None,
    ) -> str:
        """Return a page of HTML in which what is and was believed can be explored in a browser.

        The page is one file, and asks nothing of any network: the graph of beliefs as it was after any entry of the
        journal, every change with its kernels and its certificate, and the episodes.

        Args:
            around: where to begin: the name of a belief, held or given up, or what else a node of the graph is called,
                such as `entry 7`; without it, with what is asked, or else the last change.
            most: how many beliefs the page has at most, by default `exploration.MOST`; where there are or were more, it
                has those that lie nearest to where it begins, and says so.
            asked: formulas, to be shown with the beliefs from which they follow, or their negations do.
            as_of: the number of a journal entry: what there was up to that.

        Raises:
            LanguageError: a formula is malformed, or does not fit the symbols of the base.
            UnknownBeliefError: there is nothing of the name given.
            BaseError: nothing may be there.

        Cost: linear in the history, and in the edges between the beliefs of the page.
        """
        from beliefs import exploration

        if most is not None and most < 1:
            raise BaseError(f"a page has room for one belief at least, not {most}")
        base = self._to_ask(as_of)
        surroundings = self._surroundings(base, asked, as_of)
        return exploration.explore(
            self._journal, base, surroundings, around, exploration.MOST if most is None else most, as_of
        )

    # What changes

    def tell(
        self,
        belief: str | Formula,
        *,
        name: str | None = None,
        level: Level | None = None,
        weight: Fraction | int | None = None,
        source: str | None = None,
        revise: bool = False,
        allow_conflict: bool = False,
        dry_run: bool = False,
    ) -> Change:
        """Take in a belief that contradicts nothing.

        If the base contradicts it, the change is refused, with the kernels that do.

        Args:
            belief: the belief; as text it may have a header, and may be a declaration instead.
            name: what to call it, rather than `b` and a number.
            level: how firmly to hold it, rather than at level 1.
            weight: what giving it up costs inside its level, rather than 1.
            source: who or what said so; an empty text is nobody.
            revise: if the base contradicts it, revise the base instead: give up as little as possible for it.
            allow_conflict: if the base contradicts it, take it in all the same and leave the base
                inconsistent.
            dry_run: whether to commit nothing.

        Raises:
            LanguageError: the text is malformed, or does not fit the symbols of the base.
            DuplicateNameError: the name is taken by another belief.
            JournalError: the change could not be committed.
        """
        if revise and allow_conflict:
            raise BaseError("revise=True and allow_conflict=True exclude each other; give one of them")
        header = header_of(name, level, weight, source)
        told = Told.one_of(belief, header, self.base)
        change = self._expand(told, allow_conflict=allow_conflict, dry_run=dry_run)
        if revise and change.status == "refused" and len(told.statements) == 1:
            return self._revise(told, dry_run=dry_run)
        return change

    def load(self, text: str, *, allow_conflict: bool = False, dry_run: bool = False) -> Change:
        """Take in a whole text of declarations and beliefs, as one change.

        Raises:
            LanguageError: the text is malformed, or does not fit the symbols of the base.
            DuplicateNameError: a name is taken by another belief.
            JournalError: the change could not be committed.
        """
        with garbage.put_off():
            told = Told.all_of(text, self.base)
            return self._expand(told, allow_conflict=allow_conflict, dry_run=dry_run)

    def adopt(
        self,
        beliefs: Sequence[Belief],
        *,
        declarations: Sequence[Declaration] = (),
        allow_conflict: bool = False,
        dry_run: bool = False,
    ) -> Change:
        """Take in beliefs given as values, with declarations of the symbols in them, as one change.

        Raises:
            LanguageError: a formula or name could not be written down and read back.
            SortError: a belief does not fit the symbols of the base.
            DuplicateNameError: a name is taken by another belief.
            JournalError: the change could not be committed.
        """
        for belief in beliefs:
            check_name(belief.name)
            check_formula(belief.formula)

        def operate(base: BeliefBase, budget: Budget) -> Change:
            return expand(base.declare(*declarations), beliefs, allow_conflict=allow_conflict, budget=budget)

        with garbage.put_off():
            return self._change(operate, dry_run=dry_run)

    def expect(
        self, formula: str | Formula, because: Iterable[str] | None = None, *, dry_run: bool = False
    ) -> Expectation:
        """Record what the agent predicts, and what beliefs that rests on.

        The expectation stays open until an observation settles it: one that, together with what is certain,
        contradicts it or entails it; see `observe`.

        Args:
            formula: what is expected to be seen.
            because: the names of the beliefs that it rests on. By default a minimal set that entails it, if any.
            dry_run: whether to commit nothing; the number is then the one it would have.

        Raises:
            LanguageError: the text is malformed, or does not fit the symbols of the base.
            UnknownBeliefError: there is no belief of one of those names.
            BaseError: what is certain decides it already, so that no observation could settle it.
            BaseError: the names are one text, not a list.
            JournalError: it could not be committed.
        """
        if isinstance(because, str):
            raise BaseError(f"because is a list; write [{because!r}] for one of them")
        named = None if because is None else tuple(because)
        while True:
            present = self._now()
            base = present.base
            expected = _formula(formula, base)
            rests_on = self._support(expected) if named is None else named
            for name in rests_on:
                base[name]
            if (known := decided(base, expected, budget=self.budget)) is not None:
                sure = "true" if known else "false"
                raise BaseError(f"no observation can settle this: what is certain makes it {sure} already")
            rests_on = tuple(sorted(set(rests_on), key=lambda name: (base[name].age, name)))
            expectation = Expectation(present.head + 1, expected, rests_on)
            decision = Decision(
                operation="expect",
                input=print_formula(expected),
                marked=(expectation_mark(expectation),),
                consistent=base.consistent,
                witness=base.witness,
            )
            if dry_run:
                return expectation
            with suppress(StaleHead):
                self._append(decision, present, base)
                return expectation

    def expectations(self) -> tuple[Expectation, ...]:
        """Return what is expected and not settled yet, the oldest first."""
        return tuple(expectation for _, expectation in sorted(self.base.record.expectations.items()))

    def observe(
        self,
        observation: str | Formula,
        *,
        name: str | None = None,
        level: Level | None = None,
        weight: Fraction | int | None = None,
        entrenchment: Entrenchment | Level | None = None,
        source: str | None = None,
        policy: Policy | None = None,
        repair: bool = True,
        dry_run: bool = False,
    ) -> Change:
        """Take in what was seen, give up as little as possible of what contradicts it, and learn from that.

        An observation that contradicts what is believed, or what was expected, is a failure: it becomes an episode
        of the journal (see `episodes`). A rule among what has to be given up is weakened rather than lost, where a
        weaker one keeps all successes on record. What is on record of beliefs and sources counts, and is counted
        on; see `failure.observation.observe`.

        By default the observation wins, and is refused only where it contradicts itself, or what is certain; another
        policy may reject it. A change with the status "rejected" is committed: the episode is kept, and the source
        answers for it.

        Args:
            observation: what was seen; as text it may have a header.
            name: what to call it, rather than `b` and a number.
            level: how firmly to hold it, rather than at level 1.
            weight: what giving it up costs inside its level, rather than 1.
            entrenchment: both in one, or a level alone.
            source: who or what saw it; an empty text is nobody.
            policy: how to meet it, rather than as the agent does by default.
            repair: whether to weaken rules; if not, they are given up.
            dry_run: whether to commit nothing.

        Raises:
            LanguageError: the text is malformed, or does not fit the symbols of the base.
            DuplicateNameError: the name is taken by another belief.
            BaseError: there is no such policy; or the observation is a declaration, or more than one belief.
            JournalError: the change could not be committed.
        """
        told = self._one_formula(
            "an observation", observation, _header(name, level, weight, entrenchment, source)
        )
        met_by = self.policy if policy is None else policy_named(policy)
        deadline = Deadline(self.budget)
        while True:
            present = self._now()
            (belief,) = told.beliefs(told.declared_in(present.base))
            seen = self._seen(present.base, belief, met_by, deadline, repairs=repair)
            change = seen.change
            nothing_new = change.status == "vacuous" and not (seen.marked or seen.unmarked)
            if dry_run or nothing_new or change.status in ("refused", "unknown"):
                return change
            with suppress(StaleHead):
                return self._commit(change, _observed(seen, belief), present)

    def revise(
        self,
        formula: str | Formula,
        *,
        name: str | None = None,
        level: Level | None = None,
        weight: Fraction | int | None = None,
        entrenchment: Entrenchment | Level | None = None,
        source: str | None = None,
        dry_run: bool = False,
    ) -> Change:
        """Take in a formula, and give up as little as possible of what contradicts it.

        That is all: nothing is weakened, blamed or confirmed, for nothing was seen. It is refused where the formula
        contradicts itself, or what is certain; see `change.revise`. The arguments and errors are those of `observe`.
        """
        told = self._one_formula("a belief", formula, _header(name, level, weight, entrenchment, source))
        return self._revise(told, dry_run=dry_run)

    def episodes(self) -> Iterator[Episode]:
        """Yield the failures that the agent has learned from, the oldest first. Cost: linear in the history."""
        return episodes(self._journal.turning_points())

    def episode(self, number: int) -> Episode:
        """Return the episode of that number; a negative one counts from the last.

        Raises:
            BaseError: there is none, or what was given is no number.
        """
        if isinstance(number, bool) or not isinstance(number, int):
            raise BaseError(f"an episode has a number, such as 1, or -1 for the last; not {number!r}")
        found = tuple(self.episodes())
        place = number - 1 if number > 0 else len(found) + number
        if number == 0 or not 0 <= place < len(found):
            there_are = f"they go from 1 to {len(found)}" if found else "nothing has failed yet"
            raise BaseError(f"there is no episode {number}: {there_are}")
        return found[place]

    def sources(self) -> dict[str, Tally]:
        """Return the sources that what is believed comes from, or that anything is on record of, with their tallies."""
        base = self.base
        held = (belief.source for belief in base if belief.source is not None)
        on_record = (subject for kind, subject in base.record.tallies if kind == "source")
        return {source: base.record.of_source(source) for source in sorted({*held, *on_record})}

    def contract(self, formula: str | Formula, *, dry_run: bool = False) -> Change:
        """Give up as little as possible so that a formula no longer follows.

        It is refused where the formula is a tautology, or follows from what is certain; see
        `change.contract`.

        Raises:
            LanguageError: the text is malformed, or does not fit the symbols of the base.
            JournalError: the change could not be committed.
        """

        def operate(base: BeliefBase, budget: Budget) -> Change:
            return contract(base, _formula(formula, base), budget=budget)

        return self._change(operate, dry_run=dry_run)

    def consolidate(self, *, dry_run: bool = False) -> Change:
        """Give up as little as possible so that the base is consistent; see `change.consolidate`.

        Raises:
            JournalError: the change could not be committed.
        """
        return self._change(lambda base, budget: consolidate(base, budget=budget), dry_run=dry_run)

    def undo(self, *, dry_run: bool = False) -> Change:
        """Return to the base before the last change that is not undone yet.

        History is not rewritten: the undoing is an entry of its own. Undoing again goes one change further
        back.

        Raises:
            JournalError: the change could not be committed.
        """
        while True:
            present = self._now()
            before = present.base
            entry = self._last_standing()
            if entry is None:
                return Change("undo", None, "vacuous", before, before, reason="there is nothing left to undo")
            undoing = _undoing(entry)
            former = follow(before, undoing, before.next_age)
            former = former.knowing(None, self._consistent_after(entry.number - 1))
            deadline = Deadline(self.budget)
            change = restore(before, former, reason=undoing.reason, budget=deadline.rest())
            if _proven(change, deadline).status == "unknown":
                change = replace(change, after=former, certificate=None)
            change = replace(change, input=_read(undoing.input))
            if dry_run:
                return change
            decision = replace(
                undoing,
                consistent=change.after.consistent,
                certificate=None if change.certificate is None else change.certificate.to_json(),
                witness=change.after.witness,
            )
            with suppress(StaleHead):
                return self._commit(change, decision, present)

    # Acting

    def learn_actions(
        self,
        domain: Domain | str | os.PathLike[str],
        *,
        problem: Problem | None = None,
        empty: bool = False,
        level: Level = READ,
        effects: Level = CERTAIN,
        source: str | None = None,
        dry_run: bool = False,
    ) -> Change:
        """Take in what a domain says of its actions, as one change; see `planning.model.learn_actions`.

        Args:
            domain: the domain, or the path of its PDDL file.
            problem: a problem of the domain, whose facts are taken in as well.
            empty: whether to believe, weakly, that no action needs anything.
            level: how firmly conditions are believed.
            effects: how firmly effects are believed.
            source: who or what says so; the name of the domain by default.
            dry_run: whether to commit nothing.

        Raises:
            PddlError: the file cannot be read, is malformed, or says what is outside the fragment.
            PlanError: the domain has an action or predicate that is known with another arity.
            JournalError: the change could not be committed.
        """
        from beliefs.planning.actions import Domain
        from beliefs.planning.model import learn_actions
        from beliefs.planning.pddl import read_domain

        known = domain if isinstance(domain, Domain) else read_domain(domain)
        return learn_actions(
            self,
            known,
            problem=problem,
            empty=empty,
            level=level,
            effects=effects,
            source=source,
            dry_run=dry_run,
        )

    def learn_facts(
        self,
        facts: Problem | State,
        *,
        level: Level = FACT,
        source: str | None = None,
        dry_run: bool = False,
    ) -> Change:
        """Take in facts, those at the start of a problem or others, as one change.

        Raises:
            PlanError: a fact is of a kind that no action model in the base knows.
            JournalError: the change could not be committed.
        """
        from beliefs.planning.model import learn_facts

        return learn_facts(self, facts, level=level, source=source, dry_run=dry_run)

    def review(self, plan: str | Iterable[str | Step], state: State | None = None) -> Review:
        """Tell, before anything is done, whether the evidence entails that a plan will fail.

        Args:
            plan: the steps, or a text with a step a line.
            state: where it starts, with the facts of the types; by default the facts that are believed. All else is
                false.

        Raises:
            PlanError: a step is none, or of no action that is known; the state is no set of facts; or the base
                contradicts itself.
        """
        from beliefs.planning.actions import as_plan

        return self._reviewing().review(as_plan(plan), state)

    def record(
        self,
        step: str | Step,
        before: State,
        outcome: Outcome,
        *,
        level: Level = EVIDENCE,
        source: str = WORLD,
        doubtful: Collection[Ground] = (),
    ) -> Lesson:
        """Take in what a step shows that was tried in a state; see `planning.evidence.record`.

        Args:
            step: the step.
            before: the state in which it was tried.
            outcome: what came of it.
            level: how firmly what was seen is believed.
            source: who saw it.
            doubtful: the facts of whose truth in that state nothing is known.

        Raises:
            PlanError: the agent knows no such action; or the step, the state or the outcome is none.
            JournalError: the change could not be committed.
        """
        from beliefs.planning.actions import as_state, as_step
        from beliefs.planning.evidence import record
        from beliefs.planning.world import check_outcome

        tried = as_step(step)
        before, outcome = as_state(before), check_outcome(outcome, tried)
        return record(
            self,
            tried,
            before,
            outcome,
            level=level,
            source=source,
            evidence=self._evidence(level),
            doubtful=doubtful,
        )

    def plan(
        self, goal: Goal, state: State | None = None, *, budget: Budget | None = None
    ) -> Plan | NoPlan | Unknown:
        """Return a plan for a goal by what is believed of actions; `NoPlan` where it is proven that there is none.

        Args:
            goal: what should hold in the end: a conjunction such as `on(a, b) & !holding(c)`, or a PDDL problem.
            state: where to start; by default where the problem does, or the facts that are believed.
            budget: what the search may spend, if not what every call may.

        Raises:
            LanguageError: the text of the goal is malformed.
            PlanError: the goal does not fit what is believed, or the base contradicts itself.
            MissingExtraError: the planner is not installed.
        """
        from beliefs.planning.planner import plan_believed

        return plan_believed(self.base, goal, state, budget=self.budget if budget is None else budget)

    def pursue(
        self,
        goal: Goal,
        world: World,
        *,
        limit: int = LIMIT,
        level: Level = EVIDENCE,
        source: str = WORLD,
        budget: Budget | None = None,
    ) -> Pursuit:
        """Reach a goal in a world: plan, act, learn, plan again, and experiment where stuck; see `planning.pursuit`.

        Raises:
            LanguageError: the text of the goal is malformed.
            PlanError: the goal does not fit what is believed, or a step does not fit the world.
            MissingExtraError: the planner is not installed.
            JournalError: what was learned could not be committed.
        """
        from beliefs.planning.pursuit import pursue

        evidence = self._evidence(level)
        return pursue(
            self, goal, world, limit=limit, level=level, source=source, budget=budget, evidence=evidence
        )

    def _reviewing(self) -> Reviewer:
        """The reviewer of the present base; what the last one found out is used where it still holds."""
        from beliefs.planning.review import Reviewer

        base = self.base
        former = self._reviewer
        self._reviewer = Reviewer(base, budget=self.budget) if former is None else former.updated(base)
        return self._reviewer

    def _evidence(self, level: Level) -> Evidence | None:
        """The evidence of the present base, if the one at hand is that of a level."""
        known = self._reviewing().evidence
        return known if level == known.level else None

    # What was

    def log(self, *, newest_first: bool = False) -> Iterator[Entry]:
        """Yield the entries of the journal, each with what it decided."""
        return self._journal.entries(newest_first=newest_first)

    def entry(self, number: int) -> Entry:
        """Return the entry of the journal of that number.

        Raises:
            JournalError: there is no such entry.
        """
        return self._journal.entry(number)

    def certificate(self, number: int) -> Certificate | None:
        """Return the certificate of the entry of that number, to be checked; None where it has none.

        Raises:
            JournalError: there is no such entry, or its certificate is not the one that was written.
            CertificateError: what was written is no certificate.
        """
        from beliefs.certificates.certificate import Certificate

        data = self._journal.certificate(number)
        return None if data is None else Certificate.from_json(data)

    def history(self, name: str, *, as_of: int | None = None) -> tuple[tuple[Entry, Moved, Belief], ...]:
        """Return what became of the belief of a name, and of former ones of that name, the oldest first.

        Each entry of the journal comes with whether it took the belief in or gave it up, and with the belief as it
        was; nothing comes where there never was one of that name.

        Args:
            name: the name of a belief, held or given up.
            as_of: the number of a journal entry: leave out what came after it.
        """
        return tuple(self._journal.history(name, as_of))

    def as_of(self, entry: int) -> BeliefBase:
        """Return the base as it was after the entry of that number; 0 is before the first.

        Raises:
            JournalError: there is no such entry.
        """
        return self._journal.base_at(entry)

    def diff(self, first: int, last: int | None = None) -> Difference:
        """Return what lies between the base after one entry and the base after another, or the present one.

        Raises:
            JournalError: there is no such entry.
        """
        later = self.base if last is None else self.as_of(last)
        return Difference.between(self.as_of(first), later)

    def verify(self, progress: Callable[[int, int], None] | None = None) -> Verification:
        """Check the whole journal: its chain of hashes, and every certificate with a Z3 of its own.

        Args:
            progress: called with how many entries have been checked, and how many there are.
        """
        from beliefs.verification import verify

        return verify(self._journal, progress)

    # How it is done

    def _to_ask(self, as_of: int | None) -> BeliefBase:
        """The base to ask: what can be known about it is found out once, and kept until the next change."""
        if as_of is not None:
            return self.as_of(as_of)
        base = self.base
        if base.consistent is not None and (base.witness is not None or not base.consistent):
            return base
        if self._settled is None or self._settled[0] != self._present.head:
            settled = answers.settled(base, budget=self.budget)
            if isinstance(settled, Unknown):
                return base
            self._settled = (self._present.head, settled)
        return self._settled[1]

    def _surroundings(
        self, base: BeliefBase, asked: Sequence[str | Formula], as_of: int | None
    ) -> Surroundings:
        """What a graph of a base has beside its beliefs: its past, its conflicts, what is asked about it."""
        from beliefs.exploration import events
        from beliefs.graph import Surroundings

        if isinstance(asked, str):
            raise BaseError(f"what is asked is a list; write [{asked!r}] for one formula")
        past = tuple(events(self._journal.turning_points(as_of)))
        undone = {event.undoes for event in past}
        return Surroundings(
            kernels=() if base.consistent else answers.conflicts(base, budget=self.budget).kernels,
            past=tuple(event for event in past if event.entry not in undone),
            conclusions=tuple(_concluded(self.why(formula, as_of=as_of)) for formula in asked),
        )

    def _expand(self, told: Told, *, allow_conflict: bool, dry_run: bool) -> Change:
        def operate(base: BeliefBase, budget: Budget) -> Change:
            declared = told.declared_in(base)
            beliefs = tuple(told.beliefs(declared))
            return expand(declared, beliefs, allow_conflict=allow_conflict, budget=budget)

        return self._change(operate, dry_run=dry_run)

    def _seen(
        self, base: BeliefBase, observation: Belief, policy: Policy, deadline: Deadline, *, repairs: bool
    ) -> Seen:
        """What came of an observation, proven; without repairs where those cannot be proven in time."""

        def observed(*, repairs: bool) -> Seen:
            budget = deadline.rest()
            return observe(base, observation, policy=policy, repairs=repairs, decay=self.decay, budget=budget)

        seen = observed(repairs=repairs)
        proven = _proven(seen.change, deadline)
        if proven.status == "unknown" and seen.change.weakened:
            seen = observed(repairs=False)
            proven = _proven(seen.change, deadline)
        return replace(seen, change=proven)

    def _one_formula(self, what: str, said: str | Formula, header: Header) -> Told:
        told = Told.one_of(said, header, self.base)
        if told.declarations:
            raise BaseError(f"a declaration is not {what}; tell it")
        return told

    def _support(self, expected: Formula) -> tuple[str, ...]:
        """A minimal set of beliefs that entail what is expected; none where nothing does."""
        answer = self.ask(expected)
        return answer.because if answer.verdict == "believed" else ()

    def _revise(self, told: Told, *, dry_run: bool) -> Change:
        def operate(base: BeliefBase, budget: Budget) -> Change:
            (belief,) = told.beliefs(told.declared_in(base))
            return revise(base, belief, budget=budget)

        return self._change(operate, dry_run=dry_run)

    def _change(self, operate: Callable[[BeliefBase, Budget], Change], *, dry_run: bool) -> Change:
        """Work out a change and commit it; work it out again whenever another agent was faster."""
        deadline = Deadline(self.budget)
        while True:
            present = self._now()
            change = _proven(operate(present.base, deadline.rest()), deadline)
            declared = change.after.declarations[len(present.base.declarations) :]
            if dry_run or (change.status != "done" and not (change.status == "vacuous" and declared)):
                return change
            with suppress(StaleHead):
                return self._commit(change, _decision(change, declared), present)

    def _commit(self, change: Change, decision: Decision, present: Present) -> Change:
        return replace(change, entry=self._append(decision, present, change.after).number)

    def _append(self, decision: Decision, present: Present, after: BeliefBase) -> Entry:
        entry = self._journal.append(decision, expected_head=present.head, before=present.base, after=after)
        if len(decision.added) > LARGE:
            self._present = self._journal.present()
            return entry
        record = present.base.record.marked(decision.unmarked, decision.marked)
        witness = None if after.witness is None else after.witness.settled()
        self._present = Present(entry.number, replace(after, record=record, witness=witness))
        return entry

    def _consistent_after(self, number: int) -> bool | None:
        return self._journal.entry(number).decision.consistent if number else None

    def _last_standing(self) -> Entry | None:
        """The last entry that changed the base and has not been undone."""
        undone: set[int] = set()
        for entry in self._journal.entries(newest_first=True):
            if entry.decision.undoes is not None:
                undone.add(entry.decision.undoes)
            elif entry.number not in undone:
                return entry
        return None


def _formula(said: str | Formula, base: BeliefBase) -> Formula:
    return parse_formula(said, base.signature) if isinstance(said, str) else check_formula(said)


def _read(text: str | None) -> Formula | None:
    return None if text is None else parse_formula(text, canonical=True)


def _concluded(found: Explanation) -> Conclusion:
    """What was found out about a formula, as the graph needs it."""
    from beliefs.graph import Conclusion

    follows: Literal["supports", "refutes"] = "refutes" if found.verdict == "disbelieved" else "supports"
    return Conclusion(found.formula, follows, found.reasons)


def _header(
    name: str | None,
    level: Level | None,
    weight: Fraction | int | None,
    entrenchment: Entrenchment | Level | None,
    source: str | None,
) -> Header:
    """The parts of a header that were given apart, a level and weight perhaps in one.

    Raises:
        BaseError: the weight is no number; or level or weight are given twice.
    """
    if entrenchment is None:
        return header_of(name, level, weight, source)
    if level is not None or weight is not None:
        raise BaseError("give the entrenchment, or level and weight, but not both")
    if isinstance(entrenchment, Entrenchment):
        return header_of(name, entrenchment.level, entrenchment.weight, source)
    return header_of(name, entrenchment, None, source)


def _observed(seen: Seen, observation: Belief) -> Decision:
    """What the journal keeps of an observation."""
    change = seen.change
    observed = Observed(
        policy=seen.policy,
        rejected=change.rejected,
        weakened=change.weakened,
        refuted=tuple(expectation.number for expectation in seen.refuted),
        met=tuple(expectation.number for expectation in seen.met),
        supports=seen.supports,
        decay=seen.decay,
    )
    declared = change.after.declarations[len(change.before.declarations) :]
    return replace(
        _decision(change, declared),
        source=observation.source,
        marked=seen.marked,
        unmarked=seen.unmarked,
        observed=observed,
    )


def _decision(change: Change, declared: Sequence[Declaration]) -> Decision:
    """What the journal keeps of a change."""
    sources = {belief.source for belief in change.added}
    return Decision(
        operation=change.operation,
        input=None if change.input is None else print_formula(change.input),
        declared=tuple(declared),
        added=change.added,
        removed=change.removed,
        kernels=change.kernels,
        cost=change.cost,
        source=sources.pop() if len(sources) == 1 else None,
        consistent=change.after.consistent,
        certificate=None if change.certificate is None else change.certificate.to_json(),
        witness=change.after.witness,
    )


def _undoing(entry: Entry) -> Decision:
    """The decision that takes an entry back; whether the result is consistent is left open."""
    decision = entry.decision
    return Decision(
        operation="undo",
        input=decision.input,
        declared=decision.undeclared,
        undeclared=decision.declared,
        added=decision.removed,
        removed=decision.added,
        marked=decision.unmarked,
        unmarked=decision.marked,
        reason=f"undoes entry {entry.number}",
        undoes=entry.number,
    )


def _proven(change: Change, deadline: Deadline) -> Change:
    """The change, its certificate checked; "unknown" where that cannot be decided in time.

    Raises:
        CertificateError: a claim of the certificate does not hold.
    """
    if change.certificate is None:
        return change
    from beliefs.certificates.checker import check

    milliseconds = deadline.rest().milliseconds
    report = check(
        change.certificate, milliseconds=None if milliseconds is None else max(milliseconds, LEAST_CHECK)
    )
    if report.failed:
        failed = "; ".join(f"{claim.name}: {claim.detail}" for claim in report.failed)
        raise CertificateError(
            f"the certificate of this change does not hold, so it was not committed: {failed}"
        )
    if report.valid:
        return change
    undecided = "; ".join(f"{claim.name}: {claim.detail}" for claim in report.undecided)
    reason = f"its certificate could not be checked: {undecided}"
    return Change(change.operation, change.input, "unknown", change.before, change.before, reason=reason)
