"""What an observation adds to the track record, as follows from what it did and had been expected to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.expectation import Expectation
from beliefs.base.track_record import NO_DECAY, Experience
from beliefs.language.syntax import Formula

FIRMER = Fraction(1, 10)
"""How likely a belief is to be the false one in a kernel, next to another that is one level less firm."""

FURTHEST = 6
"""Beliefs that are further apart in level are taken to be so far apart."""


def account(
    base: BeliefBase,
    *,
    kernels: Sequence[Sequence[str]] = (),
    removed: Iterable[Belief] = (),
    rejected: Belief | None = None,
    refuted: Sequence[Expectation] = (),
    met: Sequence[Expectation] = (),
    supports: Iterable[Iterable[str]] = (),
    weakened: Iterable[tuple[Formula, Formula]] = (),
    decay: Fraction = NO_DECAY,
) -> Experience:
    """Return what an observation adds to the record of a base, but for the cases of rules.

    It counts at most once for each belief and source:

    - a belief in a kernel, blamed with its share among those that could have been given up, the less the firmer it is;
      one given up, in full;
    - the beliefs that a refuted expectation rested on, blamed in such shares too, where no kernel tells more;
    - an observation that was rejected, blamed in full, and nothing else with it;
    - the support of what came true, confirmed in full.

    Args:
        base: the base before the observation.
        kernels: what contradicted it.
        removed: what was given up for it.
        rejected: the observation, where it was not believed.
        refuted: the expectations that it contradicts.
        met: the expectations that it fulfils.
        supports: the sets of beliefs from which what came true had been predicted.
        weakened: what weaker beliefs say, each with what that said which it came from.
        decay: the factor by which older experience fades.
    """
    experience = Experience(base.record, decay)
    if rejected is not None:
        experience.count({replace(rejected, age=0): Fraction(1)}, confirmed=False)
    else:
        sets = kernels or [expectation.because for expectation in refuted]
        shares = _shares(base, sets) | dict.fromkeys(removed, Fraction(1))
        experience.count(shares, confirmed=False)
    right = (base[name] for support in supports for name in support if name in base)
    experience.count(dict.fromkeys(right, Fraction(1)), confirmed=True)
    for expectation in (*refuted, *met):
        experience.settle(expectation)
    for new, old in weakened:
        experience.descend(new, old)
    return experience


def _shares(base: BeliefBase, sets: Iterable[Iterable[str]]) -> dict[Belief, Fraction]:
    """The share of blame of each belief in some sets, the largest that it has in any.

    At least one belief of a set is false, and who is firmer is less likely to be: by `FIRMER` a level. (What is certain
    is out of the question.) The share is the probability that it is the one, if just one is.
    """
    shares: dict[Belief, Fraction] = {}
    for names in sets:
        members = [base[name] for name in names if name in base]
        doubtful = {
            belief: belief.entrenchment.level for belief in members if not belief.entrenchment.is_certain
        }
        least = min((level for level in doubtful.values() if isinstance(level, int)), default=0)
        odds = {belief: FIRMER ** min(int(level) - least, FURTHEST) for belief, level in doubtful.items()}
        for belief in doubtful:
            share = odds[belief] / sum(odds.values())
            shares[belief] = max(shares.get(belief, Fraction(0)), share)
    return shares
