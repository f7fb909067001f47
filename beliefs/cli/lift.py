"""A story for `beliefs demo`: an assistant tries plans that others propose, and learns which of them cannot work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beliefs.cli.telling import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beliefs.agent import Agent
    from beliefs.planning.actions import Step
    from beliefs.planning.review import Review
    from beliefs.planning.world import SimulatedWorld

DOMAIN = """
(define (domain lift)
  (:requirements :strips :typing)
  (:types floor person)
  (:predicates (at ?f - floor) (ground ?f - floor) (unlocked)
               (waits ?p - person ?f - floor) (inside ?p - person))
  (:action turn-key :parameters (?f - floor)
    :precondition (and (at ?f) (ground ?f))
    :effect (unlocked))
  (:action move :parameters (?from ?to - floor)
    :precondition (and (at ?from) (unlocked))
    :effect (and (at ?to) (not (at ?from))))
  (:action enter :parameters (?p - person ?f - floor)
    :precondition (and (at ?f) (waits ?p ?f))
    :effect (and (inside ?p) (not (waits ?p ?f))))
  (:action leave :parameters (?p - person ?f - floor)
    :precondition (and (at ?f) (inside ?p))
    :effect (and (waits ?p ?f) (not (inside ?p)))))
"""
"""How the lift really works. The assistant is told the effects, and not the preconditions."""

PROBLEM = """
(define (problem {name}) (:domain lift)
  (:objects f0 f1 f2 - floor guest porter - person)
  (:init (at {at}) (ground f0) (waits guest f1) (waits porter f2))
  (:goal {goal}))
"""

PROPOSED = (
    "(move f0 f1) (enter guest f1) (move f1 f2) (leave guest f2)",
    "(turn-key f0) (move f0 f2) (enter guest f2) (leave guest f2)",
    "(move f0 f2) (enter porter f2) (move f2 f0) (leave porter f0)",
    "(turn-key f0) (move f0 f1) (enter guest f1) (move f1 f2) (leave guest f2)",
)
"""Plans to bring the guest up, or the porter down, as somebody might propose who has never seen the lift."""

LOOK_INTO = """\
  beliefs episodes                            its failures, and what it learned
  beliefs why 'needs_move(unlocked_holds)'    what it concluded, and from what
  echo '(move f2 f1)' | beliefs review -      have a plan of your own reviewed
  beliefs verify                              have Z3 check every change again"""


class Assistant:
    """Somebody who tries what others propose."""

    def __init__(self, agent: Agent) -> None:
        """Put the assistant to work, with an agent for its beliefs."""
        from beliefs.planning.pddl import parse_domain, parse_problem

        self._agent = agent
        self._domain = parse_domain(DOMAIN)
        self._problem = parse_problem(
            PROBLEM.format(name="guest", at="f0", goal="(waits guest f2)"), self._domain
        )

    def tell_its_story(self) -> None:
        """Try one proposal after the other, learn from what fails, and plan in the end."""
        from beliefs.planning.actions import parse_plan

        told = self._agent.learn_actions(self._domain, problem=self._problem, empty=True)
        doubtful = sum(belief.entrenchment.level == 0 for belief in told.added)
        say(
            "An assistant is to work a lift. It has been told what each action does, and not what it needs:\n"
            f"{doubtful} of its beliefs say, weakly, that an action does [i]not[/i] need something.\n"
        )
        for number, text in enumerate(PROPOSED, start=1):
            self._try(number, parse_plan(text.replace(") (", ")\n(")))
        self._plan_by_itself()

    def _try(self, number: int, plan: Sequence[Step]) -> None:
        from beliefs.planning.world import SimulatedWorld

        say(f"[bold]Proposal {number}:[/] {' '.join(map(str, plan))}")
        review = self._agent.review(plan, self._problem.initial)
        if review.refused:
            say(f"  [bold yellow]refused[/] before anything is done: {self._why(review)}\n")
            return
        world = SimulatedWorld(self._domain, self._problem)
        for step in plan:
            if not self._take(step, world):
                say("")
                return
        reached = "and the guest has arrived" if world.solved else "but the guest has not arrived"
        say(f"  [bold green]done[/], all {len(plan)} steps, {reached}\n")

    def _take(self, step: Step, world: SimulatedWorld) -> bool:
        """Take a step and learn from it; return whether it was carried out."""
        from beliefs.language.printer import print_formula

        before = world.state
        outcome = world.execute(step)
        lesson = self._agent.record(step, before, outcome)
        if outcome.executed:
            return True
        say(f"  {step} [bold red]fails[/]")
        for change in lesson.changes:
            believed = ", ".join(print_formula(belief.formula) for belief in change.removed)
            learned = print_formula(change.added[0].formula)
            say(
                f"  it believed {believed}\n  it learned  {learned}"
                if believed
                else f"  it learned  {learned}"
            )
        return False

    def _why(self, review: Review) -> str:
        step, conditions = review.step, review.conditions
        assert step is not None
        needed = " or ".join(each.told(step.arguments) for each in conditions)
        return f"step {review.number}, {step}, needs {needed} because of {', '.join(review.because)}"

    def _plan_by_itself(self) -> None:
        """Bring the porter down, by plans of its own."""
        from beliefs.planning.pddl import parse_problem
        from beliefs.planning.world import SimulatedWorld

        text = PROBLEM.format(name="porter", at="f0", goal="(waits porter f0)")
        problem = parse_problem(text, self._domain)
        world = SimulatedWorld(self._domain, problem)
        say("Now the porter wants to go down. The assistant plans by itself, and learns on the way:")
        pursuit = self._agent.pursue(problem, world)
        for attempt in pursuit.attempts:
            end = "[bold green]done[/]" if attempt.end == "done" else f"{attempt.failed} [bold red]fails[/]"
            say(f"  {' '.join(map(str, attempt.plan))}   {end}")
        say(f"  {pursuit.status}")
