"""How a rule did of late, and whether it is worth an exception for one more individual."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from beliefs.base.case import Case
from beliefs.failure.rule import Rule

TOO_MANY = 2
"""By so much have failures to outnumber successes among the latest tests of a rule for it to be worth no exception.

One cannot be: that is any failure, for there has to be a first.
"""


@dataclass(frozen=True, slots=True)
class Lately:
    """The latest tests of a rule, as far back as failures outnumber successes by most; the present failure is the last.

    Attributes:
        failed: how often it failed, with those of its failures alone that it could only meet with an exception.
        held: how often it held.
    """

    failed: int
    held: int

    @property
    def is_worth_an_exception(self) -> bool:
        """Whether the rule can be thought right but for an individual, rather than wrong.

        An exception says that an individual is odd, and that the rule is right about the others. The more of them in
        a row, the less likely is that. What tells is Page's test for a change that comes at a time unknown (E. S. Page,
        "Continuous inspection schemes", Biometrika 1954): each failure adds one, each success takes one away, never
        below nothing; the sum is the excess of failures over successes among the latest tests, as many of them as make
        it greatest. The first of these is a failure, the one that raised the question. An excess of two says that the
        rule has failed more often than it held from there on; by Laplace's rule of succession, it is then more likely
        than not to fail the next time.
        """
        return self.failed - self.held < TOO_MANY


def lately(rule: Rule, cases: Iterable[Case]) -> Lately:
    """Return how a rule did of late, the failure included that it meets with now.

    Counted are the tests on record whose place in time is known, each observation once, whatever it was seen of. Of
    the failures, those count for whose individuals the rule makes an exception: a guard, a bound or a weaker
    conclusion is a reason, and what has one is none against the rule as it stands.

    Args:
        rule: the rule that fails now, with the exceptions it had.
        cases: what is on record of it, and of those it was weakened from.
    """
    exceptions = [excepted for _, excepted in rule.exceptions()]
    variables = [variable.name for variable in rule.variables]

    def is_excepted(case: Case) -> bool:
        of = dict(zip(variables, case.individuals, strict=False))
        return any(excepted.items() <= of.items() for excepted in exceptions)

    tests: dict[int, bool] = {}
    for case in cases:
        if case.number and (not case.failed or is_excepted(case)):
            tests[case.number] = tests.get(case.number, False) or case.failed
    failed, held = 1, 0
    most = Lately(failed, held)
    for _, has_failed in sorted(tests.items(), reverse=True):
        failed, held = failed + has_failed, held + (not has_failed)
        if failed - held >= most.failed - most.held:
            most = Lately(failed, held)
    return most
