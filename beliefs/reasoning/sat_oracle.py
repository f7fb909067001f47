"""The SAT oracle: ground formulas decided by an incremental solver of python-sat."""

from __future__ import annotations

from collections.abc import Collection, Iterable, KeysView, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from math import inf
from operator import neg
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import TypeAlias

from immutables import Map
from pysat.solvers import Solver

from beliefs.errors import UnsupportedFormulaError
from beliefs.language.clauses import Literals, ground_atom
from beliefs.language.printer import print_formula
from beliefs.language.semantics import Ground, Model
from beliefs.language.syntax import And, Atom, Formula, Iff, Implies, Not, Or, Truth, subformulas
from beliefs.reasoning.verdict import UNLIMITED, Budget, Label, Sat, Unknown, Unsat, Verdict

Clause: TypeAlias = list[int]

QUICK_CONFLICTS = 200
"""How many conflicts a check may meet before it goes on in another thread; a few milliseconds of work."""

_AGAIN = 0.1
"""Seconds after which a search that has not ended is told again to: the first time it may not have begun."""

DISTRIBUTED_LITERALS = 4
"""How many literals are repeated in every clause of a conjunction beside them, before a variable names it."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Labels that many checks have in common, looked up once; see `SatOracle.selection`."""

    selectors: tuple[int, ...] = ()


_NOTHING = Selection()


@dataclass(frozen=True)
class Draft:
    """Labelled formulas as clauses of numbers, for any number of oracles to begin with; see `drafted`."""

    encoding: Encoding
    labels: dict[int, Label]
    selectors: dict[Label, int]
    clauses: list[Clause]


class SatOracle:
    """An oracle for ground formulas: atoms without variables, functions or comparisons, under connectives.

    Each label has a selector, a variable that implies the clauses of its formulas; a check assumes the
    selectors of its labels. Individuals are taken for distinct, and declared functions without arguments
    cannot be told from them: `grounding.features` says which formulas belong here.

    A check is first run for a few conflicts, and most end there. One that does not goes on in a thread of its
    own, while the calling thread watches the clock and Ctrl-C. What the solver's memory grows to cannot be
    limited: `Budget.megabytes` is ignored. `Budget.resources` are propagations.

    Attributes:
        budget: what each check may spend; it may be changed between checks.
    """

    def __init__(
        self, budget: Budget = UNLIMITED, solver: str = "minisat22", draft: Draft | None = None
    ) -> None:
        """Make an oracle that holds no formulas but those of a draft.

        Args:
            budget: what each check may spend.
            solver: what python-sat calls the solver; one that can be limited and interrupted, such as those
                descended from MiniSat.
            draft: formulas to begin with, at the price of loading their clauses.
        """
        self.budget = budget
        self._solver = PatientSolver(solver, () if draft is None else draft.clauses)
        self._closed = False
        self._encoding = Encoding() if draft is None else draft.encoding.copy()
        self._selectors: dict[Label, int] = {} if draft is None else draft.selectors.copy()
        self._labels: dict[int, Label] = {} if draft is None else draft.labels.copy()
        self._beside = _NOTHING
        self._assumed: list[int] = []
        self._suggested: Model | None = None
        self._against: set[int] = set()

    @property
    def atoms(self) -> KeysView[Ground]:
        """The ground atoms of all formulas that were added."""
        return self._encoding.variables.keys()

    def add(self, label: Label, formula: Formula) -> None:
        """Add a ground formula under a label; see `Oracle.add`.

        Cost: a formula that is a conjunction of clauses, once negations are moved inwards, is given to the
        solver as it stands; another costs at most a few clauses and a variable for each connective.

        Raises:
            UnsupportedFormulaError: the formula is not ground, or holds a function or a comparison.
        """
        self._open()
        known = len(self.atoms)
        clauses, definitions = self._encoding.encode(formula)
        self._add(label, clauses)
        for clause in definitions:
            self._solver.add_clause(clause)
        self._suggest(known)

    def add_clauses(self, said: Iterable[tuple[Label, Iterable[Literals]]]) -> None:
        """Add formulas that come as ground clauses, each under its label: many at one go.

        Cost: less than half of what `add` takes for each.
        """
        self._open()
        known = len(self.atoms)
        for label, clauses in said:
            self._add(label, self._encoding.clauses(clauses))
        self._suggest(known)

    def _add(self, label: Label, clauses: Iterable[Clause]) -> None:
        selector = self._selectors.get(label)
        if selector is None:
            self._selectors[label] = selector = self._encoding.variable()
            self._labels[selector] = label
        for clause in clauses:
            self._solver.add_clause([-selector, *clause])

    def _suggest(self, start: int) -> None:
        """Prefer the suggested model for the atoms from the one numbered `start` in order of arrival."""
        if self._suggested is not None and len(self.atoms) > start:
            phases = self._phases(self._suggested, start)
            self._against.update(map(neg, phases))
            self._solver.set_phases(phases)

    def selection(self, labels: Collection[Label]) -> Selection:
        """Return labels as something that `check` takes beside others, at less cost than each time anew.

        Raises:
            KeyError: no formula was added under one of the labels.
        """
        return Selection(tuple(sorted(map(self._selectors.__getitem__, labels))))

    def check(
        self, labels: Collection[Label], *, beside: Selection = _NOTHING, model: bool = True
    ) -> Verdict:
        """Decide the formulas of some labels together; see `Oracle.check`.

        Args:
            labels: the labels.
            beside: further labels of this oracle, all of which may be in the core as well.
            model: whether `Sat` is to come with a model: to read it can take longer than to find it. It lists the
                true ones among the `atoms`; all others are false in it, and it has no universe.

        Raises:
            KeyError: no formula was added under one of the labels.
        """
        self._open()
        # The solver first tries the value that a variable had last. Were labels of the last check tried as
        # true, they would be decided together with those of this one.
        if beside is not self._beside:
            self._solver.set_phases(list(map(neg, self._beside.selectors)))
            self._beside = beside
        self._solver.set_phases(list(map(neg, self._assumed)))
        # In the order of arrival, whatever that of the labels: equal calls are to give equal answers.
        self._assumed = sorted(map(self._selectors.__getitem__, labels))
        assumptions = [*beside.selectors, *self._assumed]
        decided = self._decided(assumptions)
        if decided is not None:
            return decided
        if not model:
            return Sat()
        atoms = self._encoding.atoms
        true = {atoms[literal]: None for literal in self._solver.model() if literal in atoms}
        return Sat(Model(true=Map(true)))

    def check_all_but(self, excluded: Collection[Label]) -> Verdict:
        """Decide all formulas together but those of some labels, without a model.

        Labels that are not held are passed over. The rest is as in `check`; only it costs less.
        """
        self._open()
        left_out = {self._selectors[label] for label in excluded if label in self._selectors}
        self._solver.set_phases([-selector for selector in left_out])
        # The labels have come in the order of their selectors.
        self._assumed = [selector for selector in self._labels if selector not in left_out]
        return self._decided(self._assumed) or Sat()

    def _decided(self, assumptions: list[int]) -> Unsat | Unknown | None:
        """Solve under some selectors; None if the formulas can be true together."""
        answer = self._solver.solve(assumptions, self.budget)
        if isinstance(answer, Unknown):
            return answer
        return None if answer else Unsat(frozenset(map(self._labels.__getitem__, self._solver.core())))

    def departures(self) -> frozenset[Ground]:
        """Return the atoms that are otherwise in the model of the last check, which was `Sat`, than was suggested."""
        atoms = self._encoding.atoms
        return frozenset(
            [atoms[abs(literal)] for literal in self._against.intersection(self._solver.model())]
        )

    def suggest(self, model: Model) -> None:
        """Start the search of the next check from this model, and take it for atoms yet to come too.

        Each check after that starts from where the one before ended: near the last model found.
        """
        self._open()
        self._suggested = model
        self._against.clear()
        self._suggest(0)

    def close(self) -> None:
        """Free the solver's memory at once; the oracle is of no use after."""
        self._closed = True
        self._solver.close()

    def __enter__(self) -> SatOracle:
        """Return the oracle, to be closed at the end of the `with` block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the oracle."""
        self.close()

    def _open(self) -> None:
        if self._closed:
            raise ValueError("the oracle is closed")

    def _phases(self, model: Model, start: int) -> list[int]:
        """Return the literals of the atoms, from the one numbered `start` in order of arrival, in a model."""
        latest_first = reversed(self._encoding.variables.items())
        arrived = islice(latest_first, len(self._encoding.variables) - start)
        return [variable if model.holds(atom) else -variable for atom, variable in arrived]


class PatientSolver:
    """A solver of python-sat for clauses of numbers that heeds budgets and Ctrl-C; how, see `SatOracle`."""

    def __init__(self, solver: str = "minisat22", clauses: Iterable[Clause] = ()) -> None:
        """Make a solver that holds some clauses. What it may be called is said in `SatOracle`."""
        self._solver = Solver(name=solver, bootstrap_with=clauses)
        self._limited = False
        self.add_clause, self.set_phases = self._solver.add_clause, self._solver.set_phases

    def model(self) -> list[int]:
        """Return the model just found: of each variable, in order of number, which of its literals is true."""
        model: list[int] = self._solver.get_model()
        return model

    def implied(self, assumptions: Sequence[int]) -> list[int]:
        """Return these literals and what follows from them by unit propagation; of a conflict, what came before it."""
        _, implied = self._solver.propagate(assumptions=assumptions, phase_saving=0)
        return implied or []

    def core(self) -> list[int]:
        """Return assumptions that were just refuted together; not always as few as can be."""
        return self._solver.get_core() or []

    def close(self) -> None:
        """Free the memory at once; the solver is of no use after."""
        self._solver.delete()

    def solve(self, assumptions: list[int], budget: Budget) -> bool | Unknown:
        """Decide whether the clauses can all be true with these literals, no two of which are the same."""
        milliseconds, resources = budget.milliseconds, budget.resources
        begun = 0.0 if milliseconds is None else monotonic()
        before = 0 if resources is None else self._propagations()
        if resources is None and not self._limited:
            self._solver.conf_budget(QUICK_CONFLICTS)
        else:
            self._limit(QUICK_CONFLICTS, resources)
        answer: bool | None = self._solver.solve_limited(assumptions, expect_interrupt=True)
        if answer is not None:
            return answer
        if resources is not None:
            left = resources - (self._propagations() - before)
            if left <= 0:
                return _out_of_resources(resources)
            self._limit(None, left)
        else:
            self._limit(None, None)
        patience = None if milliseconds is None else max(0.0, begun + milliseconds / 1000 - monotonic())
        answer = self._solve_patiently(assumptions, patience)
        if answer is not None:
            return answer
        if resources is not None and self._propagations() - before >= resources:
            return _out_of_resources(resources)
        return Unknown(f"the time limit of {milliseconds} ms ran out")

    def _solve_patiently(self, assumptions: list[int], patience: float | None) -> bool | None:
        """Solve in another thread for so many seconds; None where they, or the limits of the solver, ran out.

        The solver cannot be stopped by a signal while it holds the calling thread, and chopping a long search
        into short ones would make it forget what it learnt about restarts.
        """
        answers: list[bool | None] = []
        done = Event()

        def work() -> None:
            try:
                answers.append(self._solver.solve_limited(assumptions, expect_interrupt=True))
            finally:
                done.set()

        worker = Thread(target=work, name="sat-oracle", daemon=True)
        try:
            worker.start()
            # It wakes now and then: an interrupt of a thread other than the main one comes only then.
            end = inf if patience is None else monotonic() + patience
            while not done.wait(min(_AGAIN, max(0.0, end - monotonic()))) and monotonic() < end:
                pass
        finally:
            if worker.ident is not None:
                self._stop(done)
        return answers[0]

    def _stop(self, done: Event) -> None:
        """Make a search end, and wait until it has, whatever interrupts come meanwhile."""
        while not done.is_set():
            self._solver.interrupt()
            with suppress(KeyboardInterrupt):
                done.wait(_AGAIN)
        self._solver.clear_interrupt()

    def _limit(self, conflicts: int | None, propagations: int | None) -> None:
        if conflicts is None or self._limited:
            self._solver.conf_budget(-1)  # lifts the limit on propagations too
        self._limited = propagations is not None
        if conflicts is not None:
            self._solver.conf_budget(conflicts)
        if propagations is not None:
            self._solver.prop_budget(max(1, propagations))

    def _propagations(self) -> int:
        count: int = self._solver.accum_stats()["propagations"]
        return count


class Encoding:
    """Numbers atoms, and writes formulas as clauses over the numbers.

    Conjunctive normal form by distribution where that repeats next to nothing, elsewhere by variables that
    stand for a part of the formula. Such a variable implies its part; the converse is left out, unless the
    part stands in an equivalence and holds another.

    References:
        D. A. Plaisted, S. Greenbaum, A structure-preserving clause form translation, Journal of Symbolic
        Computation 2 (1986).
    """

    def __init__(self) -> None:
        self.variables: dict[Ground, int] = {}
        self.atoms: dict[int, Ground] = {}
        self._last = 0
        self._definitions: list[Clause] = []
        self._names: dict[int, int] = {}

    def copy(self) -> Encoding:
        """Return an encoding that goes on from here by itself."""
        other = Encoding()
        other.variables, other.atoms, other._last = self.variables.copy(), self.atoms.copy(), self._last
        return other

    def clauses(self, said: Iterable[Literals]) -> list[Clause]:
        """Return ground clauses as clauses of numbers."""
        number = self.number
        return [[number(atom) if positive else -number(atom) for atom, positive in each] for each in said]

    def variable(self) -> int:
        """Return a variable that is not in use."""
        self._last += 1
        return self._last

    def encode(self, formula: Formula) -> tuple[list[Clause], list[Clause]]:
        """Return clauses that say what a formula says, given the definitions of the variables new in them.

        Raises:
            UnsupportedFormulaError: the formula is not ground, or holds a function or a comparison; no atom
                was numbered.
        """
        last = self._last
        self._definitions = []
        self._names = {}
        try:
            clauses = self._clauses(formula, True)
        except UnsupportedFormulaError:
            for variable in range(last + 1, self._last + 1):
                atom = self.atoms.pop(variable, None)
                if atom is not None:
                    del self.variables[atom]
            raise
        return clauses, self._definitions

    def _clauses(self, formula: Formula, positive: bool) -> list[Clause]:
        """Return clauses that say what the formula, or its negation, says."""
        if isinstance(formula, Atom):
            variable = self.atom(formula)
            return [[variable if positive else -variable]]
        if isinstance(formula, Not):
            return self._clauses(formula.operand, not positive)
        if isinstance(formula, Or | And):
            if isinstance(formula, Or) is positive:
                clause = [self._literal(operand, positive) for operand in formula.operands]
                if 0 not in clause:
                    return [clause]
                return self._any([self._clauses(operand, positive) for operand in formula.operands])
            return [clause for operand in formula.operands for clause in self._clauses(operand, positive)]
        if isinstance(formula, Implies):
            parts = [
                self._clauses(formula.premise, not positive),
                self._clauses(formula.conclusion, positive),
            ]
            return self._any(parts) if positive else parts[0] + parts[1]
        if isinstance(formula, Iff):
            left, not_left = self._both(formula.left)
            right, not_right = self._both(formula.right)
            if positive:
                return self._any([not_left, right]) + self._any([left, not_right])
            return self._any([not_left, not_right]) + self._any([left, right])
        if isinstance(formula, Truth):
            return [] if formula.value is positive else [[]]
        raise UnsupportedFormulaError(
            f"the SAT oracle decides ground formulas of atoms alone, not {print_formula(formula)}"
        )

    def _literal(self, formula: Formula, positive: bool) -> int:
        """Return the literal that the formula, or its negation, is; 0 if it is none."""
        if isinstance(formula, Atom):
            return self.atom(formula) if positive else -self.atom(formula)
        if isinstance(formula, Not) and isinstance(formula.operand, Atom):
            return -self.atom(formula.operand) if positive else self.atom(formula.operand)
        return 0

    def _any(self, parts: list[list[Clause]]) -> list[Clause]:
        """Return clauses that say that one of the parts, each said by clauses, is true."""
        literals: Clause = []
        compound: list[list[Clause]] = []
        for clauses in parts:
            if not clauses:
                return []
            if len(clauses) == 1:
                literals += clauses[0]
            else:
                compound.append(clauses)
        if not compound:
            return [literals]
        compound.sort(key=len)
        distributed = compound.pop() if len(literals) + len(compound) <= DISTRIBUTED_LITERALS else [[]]
        for clauses in compound:
            variable = self.variable()
            literals.append(variable)
            self._definitions += [[-variable, *clause] for clause in clauses]
        return [literals + clause for clause in distributed]

    def _both(self, formula: Formula) -> tuple[list[Clause], list[Clause]]:
        """Return clauses that say what a formula says, and clauses that say what its negation does.

        Equivalences inside equivalences would double at each step, so what holds one is named, and just once.
        """
        if not any(isinstance(part, Iff) for part in subformulas(formula)):
            return self._clauses(formula, True), self._clauses(formula, False)
        variable = self._names.get(id(formula))
        if variable is None:
            self._names[id(formula)] = variable = self.variable()
            for clause in self._clauses(formula, True):
                self._definitions.append([-variable, *clause])
            for clause in self._clauses(formula, False):
                self._definitions.append([variable, *clause])
        return [[variable]], [[-variable]]

    def atom(self, atom: Atom) -> int:
        """Return the variable of a ground atom.

        Raises:
            UnsupportedFormulaError: it is not ground, or holds a function.
        """
        try:
            ground = ground_atom(atom)
        except KeyError as error:
            raise UnsupportedFormulaError(
                f"the SAT oracle decides ground formulas without functions, not {atom.predicate} of {error}"
            ) from None
        return self.number(ground)

    def number(self, ground: Ground) -> int:
        """Return the variable of a ground atom given as a tuple."""
        variable = self.variables.get(ground)
        if variable is None:
            self.variables[ground] = variable = self.variable()
            self.atoms[variable] = ground
        return variable


def drafted(said: Iterable[tuple[Label, Formula, Iterable[Literals] | None]]) -> Draft:
    """Return a draft of ground formulas, each with its label and, where it is a conjunction of clauses, with these.

    Raises:
        UnsupportedFormulaError: one of them is not ground, or holds a function or a comparison.
    """
    draft = Draft(Encoding(), {}, {}, [])
    for label, formula, known in said:
        if known is None:
            clauses, definitions = draft.encoding.encode(formula)
        else:
            clauses, definitions = draft.encoding.clauses(known), []
        selector = draft.encoding.variable()
        draft.labels[selector] = label
        draft.selectors[label] = selector
        draft.clauses.extend([-selector, *clause] for clause in clauses)
        draft.clauses.extend(definitions)
    return draft


def _out_of_resources(resources: int) -> Unknown:
    return Unknown(f"the limit of {resources} propagations ran out")
