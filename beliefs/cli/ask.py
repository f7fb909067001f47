"""Commands that ask: ask, why, why-not, conflicts."""

from __future__ import annotations

import click

from beliefs.cli import options
from beliefs.cli.faults import REFUSED, UNKNOWN
from beliefs.cli.output import write_json, write_text
from beliefs.cli.session import leave, reading, state
from beliefs.cli.settings import Settings
from beliefs.proof import prove
from beliefs.render import data, text

EXIT_CODES = {"believed": 0, "disbelieved": REFUSED, "undecided": REFUSED, "unknown": UNKNOWN}


@click.command("ask")
@options.formula
@options.as_of
@options.timeout
@options.common
def ask_command(settings: Settings, formula: str, as_of: int | None) -> None:
    """Ask whether a formula is believed.

    The answer is `believed` (exit 0), `disbelieved` where its negation is, `undecided` where neither is (both
    exit 1), or `unknown` where the solver could not tell (exit 3).

    Example:
      beliefs ask 'flies(tweety)'
      beliefs ask 'exists x. bird(x) & !flies(x)' --as-of 3
      beliefs ask -- '-1 < battery(r2)'
    """
    with reading(settings, "thinking") as agent:
        answer = agent.ask(formula, as_of=as_of)
        base = state(agent, as_of)
    if settings.as_json:
        write_json(data.answer(answer))
    else:
        write_text(text.answer(answer, base))
    leave(EXIT_CODES[answer.verdict])


@click.command("why")
@options.formula
@options.limit(10, "reasons")
@options.as_of
@options.timeout
@options.common
def why_command(settings: Settings, formula: str, limit: int, as_of: int | None) -> None:
    """Show every reason for a formula, or against it.

    A reason is a smallest set of beliefs from which the formula follows, or its negation where it is
    disbelieved. How it follows is shown below, a sentence a step, the last step first; where numbers or functions are
    spoken of, only the beliefs are told. Exit codes are those of `ask`.

    Example:
      beliefs why 'flies(tweety)'
      beliefs why 'locked(lab)' --json
    """
    with reading(settings, "looking for reasons") as agent:
        explanation = agent.why(formula, limit=limit, as_of=as_of)
        base = state(agent, as_of)
        proofs = [prove(base, explanation.proven, reason) for reason in explanation.reasons]
    if settings.as_json:
        write_json(data.explanation(explanation, proofs))
    else:
        write_text(text.explanation(explanation, base, proofs))
    leave(EXIT_CODES[explanation.verdict])


@click.command("why-not")
@options.formula
@options.limit(10, "sets that block it, and ways")
@options.as_of
@options.timeout
@options.common
def why_not_command(settings: Settings, formula: str, limit: int, as_of: int | None) -> None:
    """Show what a formula lacks, and what blocks it.

    What blocks it is each smallest set of beliefs from which its negation follows. What is missing is each smallest
    set of facts, or negations of facts, up to three, that is consistent with what is believed and from which the
    formula would follow; where it is disbelieved, once the beliefs that `contract` would give up are gone. Exit codes
    are those of `ask`.

    Example:
      beliefs why-not 'flies(tweety)'
      beliefs why-not 'deployable(shop)' --json
    """
    with reading(settings, "looking for what is missing") as agent:
        found = agent.why_not(formula, limit=limit, as_of=as_of)
        base = state(agent, as_of)
    if settings.as_json:
        write_json(data.why_not(found))
    else:
        write_text(text.why_not(found, base))
    leave(EXIT_CODES[found.verdict])


@click.command("conflicts")
@options.limit(10, "conflicts")
@options.timeout
@options.common
def conflicts_command(settings: Settings, limit: int) -> None:
    """Show which beliefs contradict one another.

    Each conflict is a smallest set of beliefs that cannot all be true. Exits 0 where there is none, 1 where
    there are some, 3 where the solver could not tell.

    Example:
      beliefs conflicts
      beliefs conflicts --limit 1 --json
    """
    with reading(settings, "looking for conflicts") as agent:
        found = agent.conflicts(limit=limit)
        base = agent.base
    if settings.as_json:
        write_json(data.conflicts(found))
    else:
        write_text(text.conflicts(found, base))
    leave(REFUSED if found.kernels else 0 if found.complete else UNKNOWN)
