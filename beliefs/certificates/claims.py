"""The claims of a certificate that a look at the sets decides: no solver is needed."""

from __future__ import annotations

from beliefs.base.entrenchment import Cost
from beliefs.certificates.reading import Reading
from beliefs.certificates.report import Claim
from beliefs.language.syntax import TRUE


def outcome(reading: Reading) -> Claim:
    """Outcome: what was added and removed is what this operation, with this outcome, may add and remove."""
    certificate = reading.certificate
    changed = bool(certificate.added or certificate.removed)
    if certificate.operation == "expand" and certificate.removed:
        return Claim("outcome", False, f"an expansion gives up {_list(certificate.removed)}")
    if certificate.operation in ("contract", "consolidate") and certificate.added:
        return Claim(
            "outcome", False, f"this operation adds nothing, but {certificate.added[0].name} was added"
        )
    if certificate.weakened and certificate.operation != "revise":
        return Claim(
            "outcome", False, f"only a revision weakens what it gives up; this is {certificate.operation}"
        )
    if certificate.outcome == "done" and not changed:
        return Claim("outcome", False, "said to be done, but nothing changed")
    if certificate.outcome != "done" and changed:
        return Claim("outcome", False, f"said to be {certificate.outcome}, but the beliefs changed")
    return Claim("outcome", True, f"{certificate.operation}, {certificate.outcome}")


def inclusion(reading: Reading) -> Claim:
    """Inclusion: what is believed after was believed before, is the input, or is weakened from what was believed."""
    inputs = frozenset((reading.input, *reading.conjuncts))
    weaker = frozenset(each.name for each in reading.certificate.weakened)
    for belief in reading.certificate.added:
        if reading.formulas[belief.name] not in inputs and belief.name not in weaker:
            return Claim("inclusion", False, f"{belief.name} was added, but does not say what the input says")
    said = "what is believed after was believed before, or is the input"
    return Claim("inclusion", True, f"{said}, or is a weakening" if weaker else said)


def success(reading: Reading) -> Claim:
    """Success: a revision or expansion that was not refused ends with the input believed."""
    certificate = reading.certificate
    if certificate.outcome == "refused" or certificate.operation in ("contract", "consolidate"):
        return Claim("success", True, "does not apply: the operation is not one that takes its input in")
    believed = frozenset(reading.believed_after())
    if certificate.operation == "expand" and reading.input == TRUE:
        return Claim("success", True, "does not apply: there is nothing to take in")
    if reading.input in believed or (reading.conjuncts and believed.issuperset(reading.conjuncts)):
        return Claim("success", True, "the input is among the beliefs after")
    return Claim("success", False, "the input is not among the beliefs after")


def vacuity(reading: Reading) -> Claim:
    """Vacuity: where there is no kernel, nothing is given up."""
    if reading.certificate.removed and not reading.certificate.kernels:
        return Claim(
            "vacuity", False, f"there is no kernel, but {_list(reading.certificate.removed)} was given up"
        )
    return Claim("vacuity", True, "nothing is given up without a kernel")


def refusal(reading: Reading) -> Claim:
    """Refusal: the one kernel consists of certain beliefs; an expansion is refused for any kernel."""
    certificate = reading.certificate
    if certificate.outcome != "refused":
        return Claim("refusal", True, "does not apply: the operation was not refused")
    if certificate.operation == "expand":
        if certificate.kernels:
            return Claim("refusal", True, "the beliefs before contradict the input")
        return Claim("refusal", False, "no kernel shows that the beliefs before contradict the input")
    if len(certificate.kernels) != 1:
        return Claim("refusal", False, f"a refusal shows one kernel, not {len(certificate.kernels)}")
    if doubtful := sorted(set(certificate.kernels[0]) - _certain(reading)):
        return Claim("refusal", False, f"{_list(doubtful)} in the kernel could be given up")
    return Claim("refusal", True, "the kernel consists of certain beliefs")


def incision(reading: Reading) -> Claim:
    """Incision: what is given up cuts every kernel, and no certain belief is given up."""
    certificate = reading.certificate
    removed = frozenset(certificate.removed)
    if certain := sorted(removed & _certain(reading)):
        return Claim("incision", False, f"{_list(certain)} is certain, but was given up")
    if not reading.cuts:
        return Claim("incision", True, "does not apply: there are no kernels to be cut")
    for position, kernel in enumerate(certificate.kernels):
        if removed.isdisjoint(kernel):
            return Claim("incision", False, f"kernel {position} keeps all its members: {_list(kernel)}")
    return Claim("incision", True, f"each of {len(certificate.kernels)} kernels loses a member")


def relevance(reading: Reading) -> Claim:
    """Relevance: each belief given up has a kernel that would be whole without it."""
    removed = frozenset(reading.certificate.removed)
    needed = {
        name
        for kernel in reading.certificate.kernels
        if len(cut := removed.intersection(kernel)) == 1
        for name in cut
    }
    if idle := sorted(removed - needed):
        return Claim("relevance", False, f"no kernel needs {_list(idle)} to be given up")
    return Claim("relevance", True, "each belief given up has a kernel that nothing else cuts")


def cost(reading: Reading) -> Claim:
    """Cost: the cost claimed is the sum over what is given up."""
    try:
        actual = cost_of(reading, reading.certificate.removed)
    except ValueError:
        return Claim("cost", False, "a certain belief is among those given up: no cost can pay for it")
    if actual != reading.certificate.cost:
        return Claim("cost", False, f"said to be {reading.certificate.cost}, but it is {actual}")
    return Claim("cost", True, str(actual))


def cost_of(reading: Reading, names: tuple[str, ...]) -> Cost:
    """Return the cost of giving up some of the beliefs before.

    Raises:
        ValueError: one of them is certain.
    """
    chosen = frozenset(names)
    return Cost.of(belief.entrenchment for belief in reading.certificate.before if belief.name in chosen)


def _certain(reading: Reading) -> frozenset[str]:
    return frozenset(b.name for b in reading.certificate.before if b.entrenchment.is_certain)


def _list(names: tuple[str, ...] | list[str]) -> str:
    """Name up to five beliefs, and how many more there are."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more
