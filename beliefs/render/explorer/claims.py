"""What a certificate claims, in plain sentences; whether it holds is for the checker to say."""

from __future__ import annotations

from collections.abc import Iterator

from beliefs.base.entrenchment import Cost
from beliefs.certificates.certificate import Certificate
from beliefs.render import words

_CONFLICT = {
    "expand": "contradicts what was told",
    "revise": "contradicts what was told",
    "contract": "entails what is to be believed no more",
    "consolidate": "contradicts itself",
}


_ALONE = {
    "expand": "cannot be true",
    "revise": "cannot be true",
    "contract": "is always true",
    "consolidate": "cannot be true",
}
"""What it means for the input, where a kernel holds no belief."""


def claims(certificate: Certificate) -> Iterator[str]:
    """Yield the claims of a certificate, one sentence each."""
    yield _scope(certificate)
    kernels = len(certificate.kernels)
    if any(certificate.kernels):
        each = "The conflict" if kernels == 1 else f"Each of the {kernels} conflicts"
        yield f"{each} {_CONFLICT[certificate.operation]}, and would not without any one of its beliefs."
    elif kernels:
        yield f"By itself, without any belief, what it is about {_ALONE[certificate.operation]}."
    if certificate.outcome == "refused":
        yield "Nothing that is not certain could be given up to settle that, so nothing was changed."
        return
    if certificate.removed:
        yield "Every conflict loses a belief. Each belief given up has a conflict that nothing else given up settles."
        yield f"What was given up costs {cost(certificate.cost)}; nothing that settles the conflicts costs less."
    else:
        yield "Nothing was given up."
    if certificate.weakened:
        weaker = words.names(each.name for each in certificate.weakened)
        yield f"What is weaker ({weaker}) follows from what it replaces, and still says something."
    if certificate.successes:
        yield f"What came true before still follows: {words.count(len(certificate.successes), 'case')} on record."
    if certificate.model is not None:
        atoms = words.count(len(certificate.model.true), "atom")
        yield f"All that is believed after can be true together: a model with {atoms} true in it is shown."


def cost(value: Cost) -> str:
    """Return a cost in words, the highest level first."""
    parts = [f"{words.decimal(weight)} at level {level}" for level, weight in value.by_level]
    return words.conjoined(parts) or "nothing"


def _scope(certificate: Certificate) -> str:
    before = words.count(len(certificate.before), "belief")
    if certificate.scope == "whole":
        return f"It speaks of all that was believed before: {before}."
    return f"It speaks of what the change touches: {before} of those held before. The others stay true as they were."
