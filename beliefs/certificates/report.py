"""What a checker found: a list of claims, each of which holds, does not hold, or could not be decided."""

from __future__ import annotations

from dataclasses import dataclass

_WORDS = {True: "holds", False: "FAILS", None: "unknown"}


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of a certificate, and the answer to it.

    Attributes:
        name: which claim, in a word (`docs/certificates.md` lists them).
        holds: True, False, or None where it could not be decided.
        detail: why, in words a user understands.
    """

    name: str
    holds: bool | None
    detail: str

    def __str__(self) -> str:
        return f"{_WORDS[self.holds]:8}{self.name}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Report:
    """The claims of one certificate, in the order they were checked."""

    claims: tuple[Claim, ...]

    @property
    def valid(self) -> bool:
        """Whether every claim holds. One that could not be decided does not."""
        return all(claim.holds is True for claim in self.claims)

    @property
    def failed(self) -> tuple[Claim, ...]:
        """The claims that do not hold."""
        return tuple(claim for claim in self.claims if claim.holds is False)

    @property
    def undecided(self) -> tuple[Claim, ...]:
        """The claims that could not be decided."""
        return tuple(claim for claim in self.claims if claim.holds is None)

    def __getitem__(self, name: str) -> Claim:
        """Return the claim of that name.

        Raises:
            KeyError: the report has no such claim.
        """
        for claim in self.claims:
            if claim.name == name:
                return claim
        raise KeyError(name)

    def __str__(self) -> str:
        if self.valid:
            verdict = "valid"
        elif self.failed:
            verdict = "not valid: " + ", ".join(claim.name for claim in self.failed)
        else:
            verdict = "not decided: " + ", ".join(claim.name for claim in self.undecided)
        return "\n".join([f"certificate {verdict}", *(f"  {claim}" for claim in self.claims)])
