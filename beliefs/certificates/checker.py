"""Check a certificate, claim by claim, with a Z3 of its own.

The checker shares nothing with the search that found the change: it imports neither kernels nor operators
nor oracles, translates formulas to Z3 by itself, and asks in a Z3 context in which nothing but certificates is
checked (`context.checking`), by solvers made for the one certificate. A claim that it cannot decide within its
budget is reported as undecided, and the certificate as not valid.
"""

from __future__ import annotations

import math
import operator
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Any, TypeAlias

import z3

from beliefs.base.entrenchment import Cost, Entrenchment
from beliefs.certificates import claims
from beliefs.certificates.certificate import Certificate
from beliefs.certificates.clausal import MOST_INSTANCES, Clause, Names, Numbering, dimacs
from beliefs.certificates.context import checking
from beliefs.certificates.individuals import reckoned_with
from beliefs.certificates.reading import Reading, ReadSuccess, read
from beliefs.certificates.report import Claim, Report
from beliefs.certificates.structure import Evaluation, evaluate
from beliefs.errors import CertificateError
from beliefs.language.signature import INT, REAL, Signature
from beliefs.language.syntax import (
    And,
    Application,
    Arithmetic,
    Atom,
    Binding,
    Comparison,
    Constant,
    Exists,
    ForAll,
    Formula,
    Iff,
    Implies,
    Minus,
    Not,
    Number,
    Or,
    Term,
    Truth,
    Variable,
    is_quantified,
    negation,
)

CLAIMS = (
    "well-formed",
    "outcome",
    "inclusion",
    "success",
    "vacuity",
    "contradiction",
    "minimality",
    "incision",
    "relevance",
    "cost",
    "least",
    "model",
    "consistency",
    "refusal",
    "weakening",
    "nontrivial",
    "keeps",
)
"""The claims of every report, in order."""


def check(certificate: Certificate, *, milliseconds: int | None = 10_000) -> Report:
    """Check every claim of a certificate.

    Cost: reading the texts, and one run of Z3 for the consistency, one for each kernel, one for each member
    of a kernel, at most one over the kernels alone for the least cost, two or three for each belief that was weakened,
    and a few for each success on record. Where formulas can be spelt out over names, one solver is told them once.

    Args:
        certificate: what to check.
        milliseconds: wall-clock time that all runs of Z3 may take together; None for as long as they need.

    Returns:
        A report with the claims named in `CLAIMS`, in that order. Where the certificate is not well-formed,
        the others are undecided.
    """
    try:
        reading = read(certificate)
        with checking() as context:
            return _checked(reading, context, _Deadline(milliseconds))
    except CertificateError as error:
        return _unread(False, str(error))
    except RecursionError:
        return _unread(None, "a text is nested too deeply to be read")


def _checked(reading: Reading, context: z3.Context, deadline: _Deadline) -> Report:
    prover = _Prover(reading, context, deadline)
    evaluation = evaluate(reading)
    agreement = _agreement(reading, prover)
    contradiction, minimality = _kernels(reading, prover)
    return Report(
        (
            Claim("well-formed", True, "every text can be read under the declarations"),
            claims.outcome(reading),
            claims.inclusion(reading),
            claims.success(reading),
            claims.vacuity(reading),
            contradiction,
            minimality,
            claims.incision(reading),
            claims.relevance(reading),
            claims.cost(reading),
            _least(reading, context, deadline),
            evaluation.claim,
            _consistency(reading, agreement, evaluation, contradiction),
            claims.refusal(reading),
            _weakening(reading, prover),
            _nontrivial(reading, prover),
            _keeps(reading, prover, evaluation),
        )
    )


def _unread(holds: bool | None, detail: str) -> Report:
    rest = (Claim(name, None, "not checked: the certificate could not be read") for name in CLAIMS[1:])
    return Report((Claim(CLAIMS[0], holds, detail), *rest))


# The claims that need a solver.


def _kernels(reading: Reading, prover: _Prover) -> tuple[Claim, Claim]:
    """Contradiction and minimality: each kernel contradicts the test formula, but not without any one member.

    Where a kernel has members, minimality tells that the test formula alone is satisfiable.
    """
    whole: list[tuple[str, _Answer]] = []
    parts: list[tuple[str, _Answer]] = []
    kernels = reading.certificate.kernels
    questions = [
        prover.kernel([reading.formulas[name] for name in kernel], reading.test) for kernel in kernels
    ]
    for position, (kernel, question) in enumerate(zip(kernels, questions, strict=True)):
        proof = question()
        whole.append((f"kernel {position}", proof.whole))
        without_each = (f"kernel {position} without {name}" for name in kernel)
        parts += zip(without_each, proof.without, strict=True)
    return (
        _all("contradiction", whole, False, "can be true together with the test formula"),
        _all("minimality", parts, True, "contradicts the test formula all the same"),
    )


def _all(name: str, answers: Sequence[tuple[str, _Answer]], expected: bool, otherwise: str) -> Claim:
    """The claim that every set of formulas is satisfiable, or none is."""
    for subject, answer in answers:
        if answer.satisfiable is (not expected):
            return Claim(name, False, f"{subject} {otherwise}")
    for subject, answer in answers:
        if answer.satisfiable is None:
            return Claim(name, None, f"{subject}: {answer.reason}")
    word = "satisfiable" if expected else "unsatisfiable"
    return Claim(name, True, f"Z3 finds {len(answers)} of {len(answers)} sets {word}")


def _agreement(reading: Reading, prover: _Prover) -> Question | None:
    """The question whether the beliefs after can be true with the test formula, where that is claimed."""
    certificate = reading.certificate
    if certificate.outcome == "refused" or certificate.permits_conflict:
        return None
    believed = tuple(reading.believed_after())
    if reading.conjuncts and frozenset(believed).issuperset(reading.conjuncts):
        return prover.satisfiable(believed)
    return prover.satisfiable([*believed, reading.test])


def _consistency(
    reading: Reading, agreement: Question | None, evaluation: Evaluation, contradiction: Claim
) -> Claim:
    """Consistency: the beliefs after can be true with the test formula, or a conflict was permitted."""
    if reading.certificate.outcome == "refused":
        return Claim("consistency", True, "does not apply: nothing changed")
    if agreement is None:
        detail = "a conflict was permitted: the kernels are to show that the beliefs after are inconsistent"
        return Claim("consistency", contradiction.holds, detail)
    answer = agreement()
    if answer.satisfiable is not None:
        found = "satisfiable" if answer.satisfiable else "unsatisfiable"
        return Claim(
            "consistency", answer.satisfiable, f"Z3 finds what is claimed to be true together {found}"
        )
    if evaluation.settles:
        return Claim(
            "consistency", True, f"Z3 could not tell ({answer.reason}), but all is true in the model"
        )
    return Claim("consistency", None, f"Z3 could not tell ({answer.reason}), nor does a model")


def _weakening(reading: Reading, prover: _Prover) -> Claim:
    """Weakening: each belief in place of one that was given up follows from that, with beliefs that are kept."""
    certificate = reading.certificate
    if not certificate.weakened:
        return Claim("weakening", True, "does not apply: nothing was weakened")
    # The weight inside a level is the record's affair, and nothing is on record yet of what a weaker belief says.
    levels = {each.name: each.entrenchment.level for each in (*certificate.before, *certificate.added)}
    removed = frozenset(certificate.removed)
    kept = [reading.formulas[belief.name] for belief in certificate.before if belief.name not in removed]
    for each in certificate.weakened:
        if each.of not in removed:
            return Claim("weakening", False, f"{each.of} was not given up")
        if levels[each.name] != levels[each.of]:
            return Claim("weakening", False, f"{each.name} is not held at the level that {each.of} was")
        premise, refuted = reading.formulas[each.of], negation(reading.formulas[each.name])
        answer = prover.one_of_many([premise, refuted])
        if answer.satisfiable is not False and kept:
            answer = prover.one_of_many([*kept, premise, refuted])
        if answer.satisfiable:
            return Claim("weakening", False, f"{each.name} does not follow from {each.of} and what is kept")
        if answer.satisfiable is None:
            return Claim("weakening", None, f"whether {each.name} follows from {each.of}: {answer.reason}")
    names = ", ".join(f"{each.name} from {each.of}" for each in certificate.weakened)
    return Claim("weakening", True, f"Z3 finds that these follow: {names}")


def _nontrivial(reading: Reading, prover: _Prover) -> Claim:
    """Nontrivial: each weaker belief says something: it could be false."""
    if not reading.certificate.weakened:
        return Claim("nontrivial", True, "does not apply: nothing was weakened")
    answers = [
        (f"the negation of {each.name}", prover.one_of_many([negation(reading.formulas[each.name])]))
        for each in reading.certificate.weakened
    ]
    return _all("nontrivial", answers, True, "cannot be true")


def _keeps(reading: Reading, prover: _Prover, evaluation: Evaluation) -> Claim:
    """Keeps: each success on record follows from the weaker belief, with what was given, believed and assumed.

    None of these is in vain; what is said to be believed follows from the beliefs after; and all that is assumed can be
    true together with them.
    """
    if not reading.successes:
        return Claim("keeps", True, "does not apply: no success on record")
    after = tuple(reading.believed_after())
    undecided: str | None = None
    for place, success in enumerate(reading.successes):
        for expected, formulas, otherwise in _expected_of(success, reading.formulas[success.belief], after):
            answer = prover.one_of_many(formulas)
            if answer.satisfiable is (not expected):
                return Claim("keeps", False, f"success {place}: {otherwise}")
            if answer.satisfiable is None:
                undecided = undecided or f"success {place}: {answer.reason}"
        for formula in success.assumed:
            if not _is_closed_world(formula):
                return Claim("keeps", False, f"success {place}: it assumes more than that an atom is false")
    if reading.assumed and not evaluation.settles:
        answer = prover.one_of_many([*after, *reading.assumed])
        if answer.satisfiable is False:
            return Claim("keeps", False, "what is assumed contradicts what is believed")
        if answer.satisfiable is None:
            undecided = undecided or f"whether the assumptions agree with the beliefs: {answer.reason}"
    if undecided is not None:
        return Claim("keeps", None, undecided)
    taken = f", assuming {', '.join(reading.certificate.assumed)}" if reading.assumed else ""
    number = len(reading.successes)
    follow = "1 success still follows" if number == 1 else f"{number} successes still follow"
    return Claim("keeps", True, f"Z3 finds that {follow}{taken}")


def _expected_of(
    success: ReadSuccess, weaker: Formula, after: Sequence[Formula]
) -> Iterator[tuple[bool, Sequence[Formula], str]]:
    """Yield sets of formulas, whether each should be satisfiable, and what it means if it is not as it should be."""
    missed = negation(success.outcome)
    needed = (*success.believed, *success.assumed)
    yield False, (weaker, *success.given, *needed, missed), "it no longer follows"
    yield True, (*success.given, *needed, missed), "it follows without the weaker belief"
    for place in range(len(needed)):
        others = _without(needed, place)
        yield True, (weaker, *success.given, *others, missed), "more is believed or assumed than it needs"
    for literal in success.believed:
        yield False, (*after, negation(literal)), "what it needs is not believed"


def _is_closed_world(formula: Formula) -> bool:
    """Whether a formula denies one ground atom."""
    return (
        isinstance(formula, Not)
        and isinstance(formula.operand, Atom)
        and all(isinstance(term, Constant) for term in formula.operand.arguments)
    )


def _least(reading: Reading, context: z3.Context, deadline: _Deadline) -> Claim:
    """Least cost: no set of beliefs that cuts every kernel, and holds no certain belief, costs less."""
    if not reading.cuts:
        return Claim("least", True, "does not apply: there is nothing to be cut")
    try:
        claimed = claims.cost_of(reading, reading.certificate.removed)
    except ValueError:
        return Claim("least", False, "a certain belief is given up: no cost can pay for it")
    options = _options(reading)
    if not all(options):
        return Claim("least", False, "a kernel has only certain members: nothing cuts it")
    if _disjoint_bound(options) >= claimed:
        return Claim("least", True, "kernels without a common member cost as much already")
    return _optimum(options, claimed, context, deadline)


_Options = Sequence[Mapping[str, Entrenchment]]
"""For each kernel, the members that may be given up."""


def _options(reading: Reading) -> _Options:
    entrenchments = {belief.name: belief.entrenchment for belief in reading.certificate.before}
    return [
        {name: entrenchments[name] for name in kernel if not entrenchments[name].is_certain}
        for kernel in reading.certificate.kernels
    ]


def _disjoint_bound(options: _Options) -> Cost:
    """A cost that no incision undercuts: the cheapest member of each of some kernels that share no member.

    An incision takes another member from each of those; and adding to two costs what is at least as dear for
    the one as for the other keeps their lexicographic order.
    """
    seen: set[str] = set()
    cheapest: list[Entrenchment] = []
    for kernel in sorted(options, key=len):
        if seen.isdisjoint(kernel):
            seen.update(kernel)
            cheapest.append(min(kernel.values(), key=lambda entrenchment: Cost.of([entrenchment])))
    return Cost.of(cheapest)


def _optimum(options: _Options, claimed: Cost, context: z3.Context, deadline: _Deadline) -> Claim:
    """Ask Z3 for the least incision of the kernels, level by level from the highest down."""
    optimize = z3.Optimize(ctx=context)
    options = _without_dominated(options)
    members = {name: entrenchment for kernel in options for name, entrenchment in kernel.items()}
    given_up = {name: z3.Bool(name, ctx=context) for name in members}
    for kernel in options:
        optimize.add(z3.Or([given_up[name] for name in kernel]))
    # Z3 takes objectives in the order in which they come, each only among the optima of those before.
    for level in sorted({_level(entrenchment) for entrenchment in members.values()}, reverse=True):
        names = [name for name in members if members[name].level == level]
        scale = math.lcm(*(members[name].weight.denominator for name in names))
        for name in names:
            optimize.add_soft(z3.Not(given_up[name]), str(members[name].weight * scale), str(level))
    answer = _ask(optimize, (), deadline)
    if not answer.satisfiable:
        return Claim(
            "least", None, f"Z3 could not tell ({answer.reason}), nor do kernels without a common member"
        )
    model = optimize.model()
    chosen = sorted(name for name in members if z3.is_true(model.eval(given_up[name])))
    least = Cost.of(members[name] for name in chosen)
    if least < claimed:
        return Claim("least", False, f"giving up {', '.join(chosen)} costs less: {least}")
    return Claim("least", True, "Z3 finds no incision of the kernels that costs less")


def _without_dominated(options: _Options) -> _Options:
    """Leave out each member for which another, no dearer, cuts the same kernels and perhaps more.

    Put in its place, the other makes no incision dearer; so the least cost stays. Cost: quadratic in the
    number of different sets of kernels that some member cuts.
    """
    cut_by: dict[str, set[int]] = {}
    for position, kernel in enumerate(options):
        for name in kernel:
            cut_by.setdefault(name, set()).add(position)
    members = {name: entrenchment for kernel in options for name, entrenchment in kernel.items()}
    cheapest: dict[frozenset[int], str] = {}
    for name in sorted(members, key=lambda name: (Cost.of([members[name]]), -len(cut_by[name]), name)):
        cheapest.setdefault(frozenset(cut_by[name]), name)
    kept = [
        name
        for position, (cut, name) in enumerate(cheapest.items())
        if not any(cut < other for other in islice(cheapest, position))
    ]
    return [{name: members[name] for name in kept if name in kernel} for kernel in options]


def _level(entrenchment: Entrenchment) -> int:
    assert entrenchment.level != "certain"
    return entrenchment.level


# Two ways to put formulas to Z3.


@dataclass(frozen=True, slots=True)
class _Answer:
    """Whether some formulas are satisfiable; None, with the reason, where Z3 could not tell."""

    satisfiable: bool | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _KernelProof:
    """Whether a kernel and the test formula are satisfiable, as a whole and without each member in turn."""

    whole: _Answer
    without: Sequence[_Answer]


Question: TypeAlias = Callable[[], _Answer]
"""Whether some formulas are satisfiable, to be found out when it is called."""

_KernelQuestion: TypeAlias = Callable[[], _KernelProof]


class _Prover:
    """Puts questions about the formulas of one certificate to Z3.

    What can be spelt out over names goes there as clauses, and anything else as Z3's own expressions.
    """

    def __init__(self, reading: Reading, context: z3.Context, deadline: _Deadline) -> None:
        def reckoned() -> frozenset[str]:
            # Told once, for all the formulas that are asked about: which they are is seen from the certificate.
            return reckoned_with(_formulas(reading), reading.signature)

        unique_names = reading.certificate.unique_names
        self._reckoned = reckoned
        self._reading = reading
        self._context = context
        self._deadline = deadline
        self._names = Names(reading.signature, unique_names=unique_names, individuals=reckoned)
        self._by_clauses = _ClausalProver(self._names, context, deadline)
        self._kept: _FirstOrderProver | None = None
        # By identity; the formulas are kept beside, so that no other comes to have it.
        self._spelt_out: dict[int, tuple[bool, Formula]] = {}

    def satisfiable(self, formulas: Sequence[Formula]) -> Question:
        """Ask whether formulas are satisfiable together."""
        if self._can_be_spelt_out(formulas):
            return self._by_clauses.satisfiable(formulas)
        return lambda: self._first_order().satisfiable(formulas)

    def one_of_many(self, formulas: Sequence[Formula]) -> _Answer:
        """Tell whether formulas are satisfiable together, where many such questions are asked."""
        if self._can_be_spelt_out(formulas):
            return self._by_clauses.satisfiable(formulas)()
        return self._first_order().one_of_many(formulas)

    def kernel(self, members: Sequence[Formula], test: Formula) -> _KernelQuestion:
        """Ask what there is to be known about a kernel."""
        if self._can_be_spelt_out((*members, test)):
            return self._by_clauses.kernel(members, test)
        return lambda: self._first_order().kernel(members, test)

    def _can_be_spelt_out(self, formulas: Iterable[Formula]) -> bool:
        return all(map(self._is_spelt_out, formulas))

    def _is_spelt_out(self, formula: Formula) -> bool:
        known = self._spelt_out.get(id(formula))
        if known is None:
            length = self._names.length(formula)
            known = self._spelt_out[id(formula)] = (
                length is not None and (length <= MOST_INSTANCES or not is_quantified(formula)),
                formula,
            )
        return known[0]

    def _first_order(self) -> _FirstOrderProver:
        if self._kept is None:
            distinct = self._reckoned() if self._reading.certificate.unique_names else frozenset()
            self._kept = _FirstOrderProver(self._reading.signature, distinct, self._context, self._deadline)
        return self._kept


def _formulas(reading: Reading) -> Iterator[Formula]:
    """Yield every formula of a certificate: all that is asked is made of these and of their negations."""
    yield from reading.formulas.values()
    yield reading.test
    for each in reading.successes:
        yield from (*each.given, *each.believed, *each.assumed, each.outcome)


class _ClausalProver:
    """Puts formulas to Z3 as DIMACS texts, which it reads ten times as fast as Python objects.

    One incremental solver answers all questions. It holds every formula under the assumption of a variable (of a
    literal, under that literal itself), and every question under one more, however many formulas that is about.
    Questions are put when they are made and answered when they are called: so those made before the first is called go
    to Z3 as one text.
    """

    def __init__(self, names: Names, context: z3.Context, deadline: _Deadline) -> None:
        self._context = context
        self._deadline = deadline
        self._numbering = Numbering(names)
        self._solver: z3.Solver | None = None
        self._untold: list[Clause] = []
        # By identity; the formulas are kept beside, so that no other comes to have it.
        self._held: dict[int, tuple[int, Formula]] = {}

    def satisfiable(self, formulas: Sequence[Formula]) -> Question:
        """Ask whether formulas are satisfiable together."""
        question = self._all_of([self._holding(formula) for formula in formulas])
        return lambda: self._told(question)

    def kernel(self, members: Sequence[Formula], test: Formula) -> _KernelQuestion:
        """Ask about a kernel: the whole, and all but each member, which is those before it and those behind it."""
        fixed = [self._holding(test)]
        held = [self._holding(member) for member in members]
        before, behind = self._growing(held), self._growing(held[::-1])[::-1]
        whole = self._all_of([*fixed, *before[-1]])
        without = [
            self._all_of([*fixed, *before[place], *behind[place + 1]]) for place in range(len(members))
        ]
        return lambda: _KernelProof(self._told(whole), [self._told(question) for question in without])

    def _growing(self, literals: Sequence[int]) -> list[list[int]]:
        """For each of the first literals, from none to all, at most one literal that implies all of these."""
        grown: list[list[int]] = [[]]
        for literal in literals:
            grown.append([self._all_of([*grown[-1], literal])])
        return grown

    def _all_of(self, literals: Sequence[int]) -> int:
        """A literal that implies all of these, and that nothing else is said of: of one, itself."""
        if len(literals) == 1:
            return literals[0]
        variable = self._numbering.fresh()
        self._untold += ([-variable, literal] for literal in literals)
        return variable

    def _holding(self, formula: Formula) -> int:
        """A literal that implies a formula, and that nothing else is said of."""
        known = self._held.get(id(formula))
        if known is not None:
            return known[0]
        clauses = self._numbering.clauses(formula)
        if len(clauses) == 1 and len(clauses[0]) == 1:
            (literal,) = clauses[0]
        else:
            literal = self._numbering.fresh()
            self._untold += ([-literal, *clause] for clause in clauses)
        self._held[id(formula)] = (literal, formula)
        return literal

    def _told(self, literal: int) -> _Answer:
        """Whether what a literal implies is satisfiable."""
        if literal < 0:
            literal, opposite = self._numbering.fresh(), literal
            self._untold.append([-literal, opposite])
        if self._solver is None:
            self._solver = z3.SolverFor("QF_FD", ctx=self._context)
            self._solver.set(**_AT_EASE)
        if self._untold:
            self._solver.from_string(dimacs(self._untold, self._numbering.size))
            self._untold = []
        # The variables of a DIMACS text are integer symbols to Z3: Bool(1) is one of them, Bool("1") is not.
        return _asked_at_ease(self._solver, z3.Bool(literal, ctx=self._context), self._deadline)


class _FirstOrderProver:
    """Puts formulas to Z3 as objects."""

    def __init__(
        self, signature: Signature, distinct: Iterable[str], context: z3.Context, deadline: _Deadline
    ) -> None:
        self._context = context
        self._deadline = deadline
        self._translation = _Translation(signature, context)
        self._kept: z3.Solver | None = None
        self._axioms: list[z3.BoolRef] = list(self._translation.distinct_names(distinct))

    def satisfiable(self, formulas: Sequence[Formula]) -> _Answer:
        return self._ask_afresh([self._translation.formula(formula) for formula in formulas])

    def one_of_many(self, formulas: Sequence[Formula]) -> _Answer:
        """Tell it by a solver that is kept, and has been told only once who is distinct from whom."""
        translated = [self._translation.formula(formula) for formula in formulas]
        if self._kept is None:
            self._kept = z3.SimpleSolver(ctx=self._context)
            self._kept.add(*self._axioms)
        self._kept.push()
        self._kept.add(*translated)
        answer = _ask(self._kept, (), self._deadline)
        self._kept.pop()
        return answer if answer.satisfiable is not None else self._ask_afresh(translated)

    def kernel(self, members: Sequence[Formula], test: Formula) -> _KernelProof:
        """Tell it by one incremental solver, and by a fresh one where that cannot: it knows more tricks."""
        translated = [self._translation.formula(member) for member in members]
        fixed = self._translation.formula(test)
        held = [z3.FreshBool("held", ctx=self._context) for _ in members]
        solver = z3.SimpleSolver(ctx=self._context)
        solver.add(*self._axioms, fixed)
        solver.add(*(z3.Implies(holds, formula) for holds, formula in zip(held, translated, strict=True)))

        def ask(left_out: int | None) -> _Answer:
            answer = _ask(solver, _without(held, left_out), self._deadline)
            if answer.satisfiable is not None:
                return answer
            return self._ask_afresh([fixed, *_without(translated, left_out)])

        return _KernelProof(ask(None), [ask(position) for position in range(len(members))])

    def _ask_afresh(self, formulas: Sequence[z3.BoolRef]) -> _Answer:
        solver = z3.Solver(ctx=self._context)
        solver.add(*self._axioms, *formulas)
        return _ask(solver, (), self._deadline)


def _without(items: Sequence[Any], left_out: int | None) -> list[Any]:
    return [item for position, item in enumerate(items) if position != left_out]


@dataclass(frozen=True, slots=True)
class _Deadline:
    """The moment by which all runs of Z3 are to have ended."""

    at: float | None

    def __init__(self, milliseconds: int | None) -> None:
        at = None if milliseconds is None else time.monotonic() + milliseconds / 1000
        object.__setattr__(self, "at", at)

    def left(self) -> int | None:
        """Return how many milliseconds are left, from 0; None for as many as one likes."""
        return None if self.at is None else max(0, int((self.at - time.monotonic()) * 1000))


_AT_EASE = {"rlimit": 20_000, "ctrl_c": False}
"""What Z3 may spend on a question before the clock is set, by its own count: a few milliseconds.

So short a run does not swallow Ctrl-C, as a longer one does.
"""

_BY_THE_CLOCK = {"rlimit": 0, "ctrl_c": True}


def _asked_at_ease(solver: z3.Solver, assumption: z3.BoolRef, deadline: _Deadline) -> _Answer:
    """Ask what is probably easy of a solver that is at ease.

    First without a clock, which takes longer to set than most questions to answer.
    """
    if deadline.left() == 0:
        return _Answer(None, "the time is up")
    result = solver.check(assumption)
    if result != z3.unknown:
        return _Answer(result == z3.sat)
    solver.set(**_BY_THE_CLOCK)
    answer = _ask(solver, (assumption,), deadline)
    solver.set(**_AT_EASE, timeout=_NO_TIMEOUT)
    return answer


_NO_TIMEOUT = 2**32 - 1
"""What Z3 takes for no limit."""


def _ask(solver: z3.Solver | z3.Optimize, assumptions: Sequence[z3.BoolRef], deadline: _Deadline) -> _Answer:
    left = deadline.left()
    if left == 0:
        return _Answer(None, "the time is up")
    if left is not None:
        solver.set("timeout", left)
    result = solver.check(*assumptions)
    if result != z3.unknown:
        return _Answer(result == z3.sat)
    reason = solver.reason_unknown()
    if deadline.left() == 0:
        return _Answer(None, "the time is up")
    # Z3 swallows Ctrl-C, and not every solver of it tells that from a time limit.
    if reason in ("canceled", "interrupted from keyboard"):
        raise KeyboardInterrupt
    return _Answer(None, f"Z3 says: {reason}")


# Formulas as Z3 sees them.


class _Translation:
    """Translates elaborated formulas of one signature into one Z3 context."""

    def __init__(self, signature: Signature, context: z3.Context) -> None:
        self._signature = signature
        self._context = context
        self._sorts: dict[str, z3.SortRef] = {INT: z3.IntSort(context), REAL: z3.RealSort(context)}
        self._members: dict[str, z3.ExprRef] = {}
        self._symbols: dict[str, z3.FuncDeclRef] = {}
        self._bound = 0

    def distinct_names(self, names: Iterable[str]) -> Iterator[z3.BoolRef]:
        """Yield, for each open sort, that its individuals are distinct; those of closed sorts always are."""
        individuals: dict[str, list[z3.ExprRef]] = {}
        for name in sorted(names):
            individuals.setdefault(self._signature.constants[name], []).append(self._constant(name))
        return (z3.Distinct(*group) for group in individuals.values() if len(group) > 1)

    def formula(self, formula: Formula, bound: Mapping[str, z3.ExprRef] | None = None) -> z3.BoolRef:
        """Return a formula, its free variables being as in `bound`."""
        bound = bound or {}
        match formula:
            case Truth(value):
                return z3.BoolVal(value, ctx=self._context)
            case Atom(predicate, arguments):
                return self._applied(self._predicate(predicate), arguments, bound)
            case Comparison(relation, left, right):
                return _COMPARISONS[relation](*self._alike(left, right, bound))
            case Not(operand):
                return z3.Not(self.formula(operand, bound))
            case And(operands):
                return z3.And([self.formula(operand, bound) for operand in operands])
            case Or(operands):
                return z3.Or([self.formula(operand, bound) for operand in operands])
            case Implies(premise, conclusion):
                return z3.Implies(self.formula(premise, bound), self.formula(conclusion, bound))
            case Iff(left_side, right_side):
                return self.formula(left_side, bound) == self.formula(right_side, bound)
            case ForAll(bindings, body):
                variables = self._variables(bindings)
                return z3.ForAll(list(variables.values()), self.formula(body, {**bound, **variables}))
            case Exists(bindings, body):
                variables = self._variables(bindings)
                return z3.Exists(list(variables.values()), self.formula(body, {**bound, **variables}))

    def _variables(self, bindings: Sequence[Binding]) -> dict[str, z3.ExprRef]:
        """Return a new constant for each variable: Z3 binds constants, and so an inner one hides an outer."""
        self._bound += 1
        return {
            binding.name: z3.Const(f"{binding.name}!{self._bound}", self._sort(binding.sort or ""))
            for binding in bindings
        }

    def _term(self, term: Term, bound: Mapping[str, z3.ExprRef]) -> z3.ExprRef:
        match term:
            case Variable(name):
                return bound[name]
            case Constant(name):
                return self._constant(name)
            case Number(value, real):
                return z3.RealVal(str(value), self._context) if real else z3.IntVal(int(value), self._context)
            case Application(function, arguments):
                return self._applied(self._function(function), arguments, bound)
            case Minus(operand):
                return -self._term(operand, bound)
            case Arithmetic(operation, left, right):
                return _ARITHMETIC[operation](*self._alike(left, right, bound))

    def _applied(
        self, symbol: z3.FuncDeclRef, arguments: Sequence[Term], bound: Mapping[str, z3.ExprRef]
    ) -> Any:
        return symbol(
            *(
                _coerced(self._term(argument, bound), symbol.domain(position))
                for position, argument in enumerate(arguments)
            )
        )

    def _alike(self, left: Term, right: Term, bound: Mapping[str, z3.ExprRef]) -> tuple[Any, Any]:
        """Both terms, as reals where one of them is."""
        first, second = self._term(left, bound), self._term(right, bound)
        return _coerced(first, second.sort()), _coerced(second, first.sort())

    def _sort(self, name: str) -> z3.SortRef:
        if name not in self._sorts:
            members = self._signature.sorts[name]
            if members is None:
                self._sorts[name] = z3.DeclareSort(name, self._context)
            else:
                # Other certificates share the context, and a sort of that name may have other members in them.
                own = f"{name}#{next(_CLOSED_SORTS)}"
                self._sorts[name], values = z3.EnumSort(
                    own, [f"{own}.{member}" for member in members], ctx=self._context
                )
                self._members.update(zip(members, values, strict=True))
        return self._sorts[name]

    def _constant(self, name: str) -> z3.ExprRef:
        if name in self._signature.functions:
            return self._function(name)()
        sort = self._sort(self._signature.constants[name])
        return self._members[name] if name in self._members else z3.Const(name, sort)

    def _predicate(self, name: str) -> z3.FuncDeclRef:
        return self._symbol(name, self._signature.predicates[name], z3.BoolSort(self._context))

    def _function(self, name: str) -> z3.FuncDeclRef:
        arguments, result = self._signature.functions[name]
        return self._symbol(name, arguments, self._sort(result))

    def _symbol(self, name: str, arguments: Sequence[str], result: z3.SortRef) -> z3.FuncDeclRef:
        if name not in self._symbols:
            self._symbols[name] = z3.Function(name, *(self._sort(sort) for sort in arguments), result)
        return self._symbols[name]


_CLOSED_SORTS = count(1)
"""Numbers for closed sorts, so that no two are called alike."""


def _coerced(term: Any, sort: z3.SortRef) -> Any:
    """An Int term as a Real one, where a Real one is meant."""
    return z3.ToReal(term) if z3.is_int(term) and sort.kind() == z3.Z3_REAL_SORT else term


_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
