"""The tools: each makes one call of the agent and describes what came of it."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable
from fractions import Fraction
from inspect import cleandoc
from typing import Annotated, Any, Literal, TypeAlias

from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.types import ToolAnnotations
from pydantic import Field

from beliefs.agent import Agent
from beliefs.base.belief_base import BeliefBase
from beliefs.change.change import Change
from beliefs.mcp_server import teaching
from beliefs.mcp_server.failures import known_step, report
from beliefs.mcp_server.memory import Memory
from beliefs.mcp_server.results import (
    LISTED,
    Changed,
    Clashes,
    Conclusion,
    Lacking,
    Lesson,
    Page,
    Reasons,
    Reported,
    Reviewed,
)

Formula: TypeAlias = Annotated[
    str, Field(description="A formula, such as bird(tweety) or forall x. bird(x) -> flies(x).")
]
Name: TypeAlias = Annotated[
    str | None, Field(description="What to call it: letters, digits and _. By default b and a number.")
]
Level: TypeAlias = Annotated[
    Annotated[int, Field(ge=0, le=999_999_999)] | Literal["certain"] | None,
    Field(
        description="How firmly to hold it: a number from 0, or certain for what is never given up. Default: 1."
    ),
]
Weight: TypeAlias = Annotated[
    float | None, Field(gt=0, description="What giving it up costs among beliefs of its level. Default: 1.")
]
Source: TypeAlias = Annotated[str | None, Field(max_length=200, description="Who or what says so.")]
Limit: TypeAlias = Annotated[int, Field(ge=1, le=LISTED, description="How many to look for at most.")]
AsOf: TypeAlias = Annotated[
    int | None, Field(ge=0, description="Ask the memory as it was after this entry of the log.")
]
DryRun: TypeAlias = Annotated[bool, Field(description="Only tell what would change, and change nothing.")]
Confirm: TypeAlias = Annotated[
    str | None,
    Field(
        description="What an earlier call of this with the same arguments returned as confirm, to carry it out."
    ),
]

READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
ADDS = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
SETTLES = ToolAnnotations(
    read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False
)
COUNTS = ToolAnnotations(
    read_only_hint=False, destructive_hint=True, idempotent_hint=False, open_world_hint=False
)
"""What a tool may do: only read; add; give beliefs up, the same however often it is called; or anew with each call."""


class Tools:
    """The tools of a memory.

    Args:
        memory: the agent that they ask.
        dry_run_first: whether what gives beliefs up is to be confirmed: the first call then only tells what would
            change, and how to confirm it.
    """

    def __init__(self, memory: Memory, *, dry_run_first: bool = False) -> None:
        self._memory = memory
        self._dry_run_first = dry_run_first
        self._secret = secrets.token_bytes(32)

    def offered(self) -> list[Tool]:
        """Return the tools, for a server to offer to its clients."""
        offered: tuple[tuple[Callable[..., Any], str, ToolAnnotations], ...] = (
            (self.tell, "Tell a belief", ADDS),
            (self.ask, "Ask whether a formula is believed", READS),
            (self.why, "Show every reason", READS),
            (self.why_not, "Show what is missing", READS),
            (self.observe, "Take in what was seen", COUNTS),
            (self.report_failure, "Report an action that failed", COUNTS),
            (self.review_plan, "Review a plan", READS),
            (self.revise, "Revise by a formula", SETTLES),
            (self.contract, "Stop believing a formula", SETTLES),
            (self.conflicts, "Show conflicts", READS),
            (self.list_beliefs, "List the beliefs", READS),
            (self.undo, "Take the last change back", COUNTS),
            (self.language_help, "Explain the language", READS),
        )
        return [
            _strict(
                Tool.from_function(
                    function,
                    title=title,
                    description=cleandoc(function.__doc__ or ""),
                    annotations=effect,
                    structured_output=True,
                )
            )
            for function, title, effect in offered
        ]

    async def tell(
        self,
        belief: Annotated[
            str,
            Field(
                description="A belief, such as bird(tweety) or forall x. bird(x) -> flies(x); or several beliefs and "
                "declarations, one a line, each perhaps with a header such as [fly @2]."
            ),
        ],
        name: Name = None,
        level: Level = None,
        weight: Weight = None,
        source: Source = None,
        dry_run: DryRun = False,
    ) -> Changed:
        """Add a belief, or several as one change, that contradict nothing.

        If what is believed contradicts it, nothing changes, and the result shows the smallest sets of beliefs that
        do. If it was seen to be so, use observe instead. What is believed already is not added again.
        """
        text = self._memory.read(belief, "the belief")
        one = name is not None or level is not None or weight is not None or source is not None

        def call(agent: Agent) -> Changed:
            if one:
                change = agent.tell(
                    text, name=name, level=level, weight=_exact(weight), source=source, dry_run=dry_run
                )
            else:
                change = agent.load(text, dry_run=dry_run)
            return Changed.of(change, committed=not dry_run)

        return await self._memory.ask(call)

    async def ask(self, formula: Formula, as_of: AsOf = None) -> Conclusion:
        """Ask whether a formula follows from what is believed, and from which beliefs.

        Ask before you act whether what the action needs is believed.
        """
        text = self._memory.read(formula, "the formula")
        return await self._memory.ask(
            lambda agent: Conclusion.of(agent.ask(text, as_of=as_of), _base(agent, as_of))
        )

    async def why(self, formula: Formula, limit: Limit = 10, as_of: AsOf = None) -> Reasons:
        """Show every reason for a formula, or against it: the smallest sets of beliefs from which that follows."""
        text = self._memory.read(formula, "the formula")
        return await self._memory.ask(
            lambda agent: Reasons.of(agent.why(text, limit=limit, as_of=as_of), _base(agent, as_of))
        )

    async def why_not(self, formula: Formula, limit: Limit = 10, as_of: AsOf = None) -> Lacking:
        """Show what would have to be believed for a formula to follow, and what blocks it.

        Use it when ask says undecided or disbelieved: it names the facts to look into.
        """
        text = self._memory.read(formula, "the formula")
        return await self._memory.ask(
            lambda agent: Lacking.of(agent.why_not(text, limit=limit, as_of=as_of), _base(agent, as_of))
        )

    async def observe(
        self,
        observation: Annotated[str, Field(description="What was seen, as a formula, such as !open(lab).")],
        name: Name = None,
        level: Level = None,
        weight: Weight = None,
        source: Source = None,
        policy: Annotated[
            Literal["prioritized", "screened", "weighed"] | None,
            Field(
                description="prioritized: it wins over what is believed. screened: it is rejected where it contradicts "
                "what is certain. weighed: it may itself be what is given up. By default as the memory is set."
            ),
        ] = None,
        repair: Annotated[bool, Field(description="Whether to mend rules rather than give them up.")] = True,
        dry_run: DryRun = False,
        confirm: Confirm = None,
    ) -> Changed:
        """Take in what was seen, give up as little as possible of what contradicts it, and learn from that.

        The least firmly held beliefs go first; rules are mended by exceptions and guards where that is possible; the
        beliefs and sources that misled count less from now on. Nothing else takes part in learning: tell and revise
        do not.
        """
        text = self._memory.read(observation, "the observation")

        def call(agent: Agent, trial: bool) -> Change:
            return agent.observe(
                text,
                name=name,
                level=level,
                weight=_exact(weight),
                source=source,
                policy=policy,
                repair=repair,
                dry_run=trial,
            )

        asked = ["observe", text, name, level, weight, source, policy, repair]
        return await self._change(asked, call, dry_run, confirm)

    async def report_failure(
        self,
        action: Annotated[
            str,
            Field(
                min_length=1, max_length=200, description="The action or tool that failed, such as deploy."
            ),
        ],
        arguments: Annotated[
            list[str] | dict[str, Any] | None, Field(description="What it was called with.")
        ] = None,
        expected: Annotated[
            str | None, Field(description="The formula that should have held afterwards, such as open(lab).")
        ] = None,
        seen: Annotated[
            str | None,
            Field(
                description="The formula that was seen to hold instead, such as !open(lab) & locked(lab). By default "
                "the negation of what was expected."
            ),
        ] = None,
        because: Annotated[
            list[str] | None,
            Field(
                description="The names of the beliefs that you relied on. By default some from which it follows."
            ),
        ] = None,
        source: Annotated[
            str | None, Field(max_length=200, description="Who saw it. By default the action.")
        ] = None,
        dry_run: DryRun = False,
        confirm: Confirm = None,
    ) -> Reported:
        """Learn from an action or tool call that did not do what was expected.

        Call it whenever a tool fails or its result surprises you. It records what was expected, observes what was
        seen, and gives up as little as possible of what contradicts that. The failure is kept as an episode with its
        lesson, and what foretold it wrongly counts less from now on. Of an action that the memory knows, it is also
        recorded what the failure shows of its needs, so that review_plan refuses plans that would fail alike.
        """
        said = None if expected is None else self._memory.read(expected, "what was expected")
        shown = None if seen is None else self._memory.read(seen, "what was seen")
        given = arguments or []
        if len(json.dumps(given, default=str)) > self._memory.limits.characters:
            raise ToolError("the arguments are too long; give those that matter")

        def call(agent: Agent, trial: bool) -> Reported:
            return report(agent, action, given, said, shown, because=because, source=source, dry_run=trial)

        asked = ["report_failure", action, given, said, shown, because, source]

        def careful(agent: Agent) -> Reported:
            if dry_run:
                return call(agent, True)
            if self._dry_run_first:
                trial = call(agent, True)
                ticket = self._ticket(agent, asked)
                gives_up = trial.change is not None and bool(trial.change.removed)
                # What evidence on a known action would give up is not known before it is recorded.
                is_evidence = known_step(agent, action, given) is not None
                if (gives_up or is_evidence) and not _same(confirm, ticket):
                    return _pending(trial, ticket)
            return call(agent, False)

        return await self._memory.ask(careful)

    async def review_plan(
        self,
        plan: Annotated[
            str | list[str],
            Field(description="The steps, one a line or one an item, such as (move f0 f1)."),
        ],
    ) -> Reviewed:
        """Tell, before anything is done, whether what was seen so far entails that a plan fails.

        It starts where the facts that are believed hold, and no others. A plan that works is never refused; one that
        passes may still fail, and then report_failure teaches the memory why.
        """
        text = self._memory.read(plan if isinstance(plan, str) else "\n".join(plan), "the plan")
        return await self._memory.ask(lambda agent: Reviewed.of(agent.review(text), agent.base))

    async def revise(
        self,
        formula: Formula,
        name: Name = None,
        level: Level = None,
        weight: Weight = None,
        source: Source = None,
        dry_run: DryRun = False,
        confirm: Confirm = None,
    ) -> Changed:
        """Take a formula in, and give up as little as possible of what contradicts it.

        Nothing is mended, blamed or confirmed: for what was seen to happen, use observe.
        """
        text = self._memory.read(formula, "the formula")

        def call(agent: Agent, trial: bool) -> Change:
            return agent.revise(
                text, name=name, level=level, weight=_exact(weight), source=source, dry_run=trial
            )

        return await self._change(["revise", text, name, level, weight, source], call, dry_run, confirm)

    async def contract(self, formula: Formula, dry_run: DryRun = False, confirm: Confirm = None) -> Changed:
        """Give up as little as possible so that a formula no longer follows; its negation is not believed for that."""
        text = self._memory.read(formula, "the formula")
        return await self._change(
            ["contract", text], lambda agent, trial: agent.contract(text, dry_run=trial), dry_run, confirm
        )

    async def conflicts(self, limit: Limit = 10) -> Clashes:
        """Show the smallest sets of beliefs that cannot all be true; none, as a rule."""
        return await self._memory.ask(lambda agent: Clashes.of(agent.conflicts(limit=limit), agent.base))

    async def list_beliefs(
        self,
        about: Annotated[
            str | None,
            Field(description="Only those that mention this predicate, function or individual, such as lab."),
        ] = None,
        offset: Annotated[int, Field(ge=0, description="Pass over so many.")] = 0,
        limit: Annotated[int, Field(ge=1, le=LISTED, description="List so many at most.")] = 50,
        as_of: AsOf = None,
    ) -> Page:
        """List what is believed, the oldest first: all of it, or what mentions a name."""

        def call(agent: Agent) -> Page:
            base = _base(agent, as_of)
            if about is None:
                return Page.of(tuple(base), offset, limit)
            found = sorted((base[each] for each in base.mentioning(about)), key=lambda belief: belief.age)
            return Page.of(found, offset, limit)

        return await self._memory.ask(call)

    async def undo(self, dry_run: DryRun = False, confirm: Confirm = None) -> Changed:
        """Take the last change back that is not taken back yet. Nothing is lost: the log keeps both."""
        return await self._change(["undo"], lambda agent, trial: agent.undo(dry_run=trial), dry_run, confirm)

    async def language_help(
        self,
        topic: Annotated[
            Literal["overview", "formulas", "names", "sorts", "entrenchment", "changes", "errors", "plans"],
            Field(description="What to explain."),
        ] = "overview",
    ) -> Lesson:
        """Explain the language in which beliefs are written, by examples."""
        return Lesson(topic=topic, text=teaching.TOPICS[topic], topics=list(teaching.TOPICS))

    async def _change(
        self, asked: list[Any], call: Callable[[Agent, bool], Change], dry_run: bool, confirm: str | None
    ) -> Changed:
        """Make a change; if it gives beliefs up and has to be confirmed first, tell how."""

        def careful(agent: Agent) -> Changed:
            if dry_run:
                return Changed.of(call(agent, True), committed=False)
            if self._dry_run_first:
                trial = call(agent, True)
                ticket = self._ticket(agent, asked)
                if trial.removed and not _same(confirm, ticket):
                    return Changed.of(trial, committed=False, confirm=ticket)
            return Changed.of(call(agent, False), committed=True)

        return await self._memory.ask(careful)

    def _ticket(self, agent: Agent, asked: list[Any]) -> str:
        """What confirms a call: it is good for this call alone, and only while nothing else changes the memory."""
        last = next((entry.number for entry in agent.log(newest_first=True)), 0)
        text = json.dumps([last, asked], default=str)
        return hmac.digest(self._secret, text.encode(), "sha256").hex()[:16]


def _strict(tool: Tool) -> Tool:
    """A tool that refuses arguments it does not have: to pass over a misspelt `dry_run` would make the change."""
    arguments: Any = tool.fn_metadata.arg_model

    class Strict(arguments, extra="forbid"):  # type: ignore[misc, call-arg]
        """The same arguments, and no others."""

    Strict.__name__ = Strict.__qualname__ = arguments.__name__
    Strict.__doc__ = arguments.__doc__
    tool.fn_metadata.arg_model = Strict
    tool.parameters = Strict.model_json_schema(by_alias=True)
    return tool


def _pending(trial: Reported, ticket: str) -> Reported:
    """What a failure would teach, and how to let it."""
    change = trial.change
    if change is not None:
        explained = ["Nothing has been changed yet; this is what would be.", *change.explanation]
        change = change.model_copy(update={"confirm": ticket, "explanation": explained})
    return trial.model_copy(update={"change": change, "confirm": ticket})


def _same(confirm: str | None, ticket: str) -> bool:
    return confirm is not None and hmac.compare_digest(confirm.encode(), ticket.encode())


def _base(agent: Agent, as_of: int | None) -> BeliefBase:
    return agent.base if as_of is None else agent.as_of(as_of)


def _exact(weight: float | None) -> Fraction | None:
    """A weight as the number that was written, not the nearest binary one."""
    return None if weight is None else Fraction(repr(weight))
