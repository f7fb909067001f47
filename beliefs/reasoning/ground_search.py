"""The search that holds a ground theory whole, in one SAT solver whose models can be looked into.

For questions that nothing makes local: no model of the theory is known to start from. Each label has a number, which
is also the variable that selects its clauses; whoever asks many questions about one conflict (`kernels.numbered`) puts
them in numbers, and looks at what a model falsifies.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from immutables import Map

from beliefs.language.semantics import Model
from beliefs.language.syntax import Atom, Formula, Not, Or
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.features import PROPOSITIONAL, features
from beliefs.reasoning.sat_oracle import Encoding, PatientSolver
from beliefs.reasoning.theory import Theory
from beliefs.reasoning.verdict import Budget, Label, Sat, Unknown, Unsat, Verdict
from beliefs.reasoning.witness import OutsideFragment, nothing_holds, somebody

_LOOK_AT_CLOCK = 1000
"""How many formulas are encoded between two looks at the clock: some milliseconds of work."""


class GroundSearch:
    """Decides whether parts of a ground theory are true together with some inputs, all of it loaded at once.

    Attributes:
        labels: the labels; the first has the number 1.

    Cost: the theory is loaded once, in linear time: some microseconds a clause. A question costs what the SAT
    solver takes, and the length of the theory beside that.
    """

    def __init__(self, theory: Theory, inputs: Sequence[Formula], deadline: Deadline) -> None:
        """Load a theory, and inputs that hold throughout.

        Raises:
            OutsideFragment: some formula is not ground, or holds a function, a number or an equality.
        """
        signature = theory.signature
        if any(True for _ in theory.rules()) or not all(
            features(formula, signature) is PROPOSITIONAL for formula in inputs
        ):
            raise OutsideFragment
        self._theory = theory
        self._deadline = deadline
        self._encoding = Encoding()
        self.labels: Sequence[Label] = sorted(theory.names())
        self._numbers: dict[Label, int] = {label: self._encoding.variable() for label in self.labels}
        # A clause that no model falsifies stands for formulas that say nothing.
        self._idle = [self._encoding.variable()]
        self._given: list[list[int]] = [self._idle]
        self._first: list[list[int]] = [self._idle]
        self._further: dict[int, list[list[int]]] = {}
        self._literals: dict[int, int] = {}
        self._literal_nodes: list[Formula] = []
        self._true: set[int] = set()
        self._given_in: dict[int, list[Sequence[int]]] | None = None
        self._found_in: dict[int, list[tuple[int, Sequence[int]]]] = {}
        clauses = self._read(theory, inputs)
        self._not_read = clauses if isinstance(clauses, Unknown) else None
        self._solver = PatientSolver(clauses=() if isinstance(clauses, Unknown) else clauses)

    def decide(self, active: Callable[[Label], bool]) -> Verdict:
        """Decide whether the inputs and all formulas whose label is active can be true together.

        Returns:
            `Sat` with a model of all of them; `Unsat` with a core of active labels (the inputs go without saying);
            `Unknown` when the budget is spent.
        """
        answer = self.solve([number for label, number in self._numbers.items() if active(label)])
        if isinstance(answer, Unknown):
            return answer
        return Sat(self._model()) if answer else Unsat(frozenset(self.named(self.core())))

    def check(self, labels: Collection[Label]) -> Verdict:
        """Decide whether the inputs and just the formulas of these labels can be true together, without a model."""
        answer = self.solve([self._numbers[label] for label in labels if label in self._numbers])
        if isinstance(answer, Unknown):
            return answer
        return Sat() if answer else Unsat(frozenset(self.named(self.core())))

    # What follows speaks of numbers.

    def numbers(self, labels: Iterable[Label]) -> list[int]:
        """Return the numbers of labels.

        Raises:
            KeyError: one of them labels no formula.
        """
        return [self._numbers[label] for label in labels]

    def named(self, numbers: Iterable[int]) -> Iterator[Label]:
        """Return the labels of numbers."""
        return (self.labels[number - 1] for number in numbers)

    def solve(self, numbers: list[int]) -> bool | Unknown:
        """Decide whether the inputs and the formulas of just these numbers can be true together."""
        allowance = self.remaining()
        if isinstance(allowance, Unknown):
            return allowance
        answer = self._solver.solve(numbers, allowance)
        return self._deadline.told(answer) if isinstance(answer, Unknown) else answer

    def remaining(self) -> Budget | Unknown:
        """Return what one more question may spend, or `Unknown` once that is nothing."""
        return self._deadline.remaining() if self._not_read is None else self._not_read

    def core(self) -> list[int]:
        """Return numbers, of those last asked about, that are unsatisfiable together; the answer was that all are."""
        return [number for number in self._solver.core() if number <= len(self.labels)]

    def look(self) -> None:
        """Look into the model that was found last: what follows is about it."""
        self._true = set(self._solver.model()[len(self.labels) :])

    def falsified(self, numbers: Iterable[int]) -> list[int]:
        """Return the numbers, of these, whose formulas are not seen to be true in the model looked into.

        Those of all others are. A part of a formula that has a variable of its own is seen by that alone.
        """
        missed, first = self._true.isdisjoint, self._first
        if not self._further:
            return [number for number in numbers if missed(first[number])]
        return [
            number
            for number in numbers
            if missed(first[number]) or any(map(missed, self._further.get(number, ())))
        ]

    def focus(self, numbers: Collection[int]) -> None:
        """Let `necessary` be about some of these numbers from now on."""
        found_in: dict[int, list[tuple[int, Sequence[int]]]] = {}
        self._found_in = found_in
        for number in numbers:
            for clause in (self._first[number], *self._further.get(number, ())):
                for literal in clause:
                    found_in.setdefault(literal, []).append((number, clause))

    def necessary(self, number: int, among: Collection[int], known: Collection[int]) -> list[int]:
        """Return numbers without each of which the rest is satisfiable, as flips of a model show.

        Before: the model looked into satisfies the inputs and all the numbers among which this one is, but this one;
        these are among those that the focus is on. Each number returned is another one among them, and not known
        before.

        A literal of the clause that is false is flipped. If that leaves just one other number false, the
        flipped model shows that the others are satisfiable, and is flipped in turn (recursive model rotation:
        Belov and Marques-Silva, "Accelerating MUS extraction with recursive model rotation", FMCAD 2011). The model
        is as it was in the end.

        Cost: for each number found, the clauses that hold the complement of a literal of its clause. No check.
        """
        missed, found_in = self._true.isdisjoint, self._found_in
        found: dict[int, None] = {}
        flipped: list[int] = []
        paths = [iter(self._ways_to_mend(number))]
        while paths:
            literal = next(paths[-1], 0)
            if not literal:
                paths.pop()
                if flipped:
                    self._flip(-flipped.pop())
                continue
            self._flip(literal)
            false = 0
            for owner, clause in found_in.get(-literal, ()):
                if owner != false and owner in among and missed(clause):
                    if false:
                        false = 0
                        break
                    false = owner
            if (
                false
                and false not in known
                and false not in found
                and false != number
                and not any(map(missed, self._given_with(-literal)))
            ):
                found[false] = None
                paths.append(iter(self._ways_to_mend(false)))
                flipped.append(literal)
            else:
                self._flip(-literal)
        return list(found)

    def excluded(self, numbers: Sequence[int]) -> set[int]:
        """Return numbers that cannot be true together with these, as far as unit propagation shows.

        These must be satisfiable.
        """
        count = len(self.labels)
        return {-literal for literal in self._solver.implied(numbers) if -count <= literal < 0}

    def mark(self) -> int:
        """Return a mark: a number beyond those of the labels, to be asked about beside them; see `forbid`."""
        return self._encoding.variable()

    def forbid(self, mark: int, numbers: Collection[int]) -> None:
        """Ask that one of these numbers be true wherever the mark is asked about; of no numbers, that none ever is."""
        self._solver.add_clause([-mark, *numbers])

    def _read(self, theory: Theory, inputs: Sequence[Formula]) -> list[list[int]] | Unknown:
        """Return all that the solver is to hold; or why not, if the time is up."""
        clauses = [self._idle]
        for formula in inputs:
            self._given += self._encoded(formula)
        for number, label in enumerate(self.labels, start=1):
            if number % _LOOK_AT_CLOCK == 0:
                remaining = self._deadline.remaining()
                if isinstance(remaining, Unknown):
                    return remaining
            formula = theory.formula(str(label))
            clause = self._clause(formula)
            if clause is not None:
                self._first.append(clause)
                clauses.append([-number, *clause])
                continue
            first, *further = self._encoded(formula) or [self._idle]
            self._first.append(first)
            self._further[number] = further
            clauses += [[-number, *clause] for clause in (first, *further)]
        # The solver is not to be given an empty clause.
        clauses += [clause or [-self._idle[0]] for clause in self._given]
        return clauses

    def _encoded(self, formula: Formula) -> list[list[int]]:
        """Return the clauses that say what a formula says; what defines new variables in them is given."""
        clauses, definitions = self._encoding.encode(formula)
        self._given += definitions
        return clauses

    def _clause(self, formula: Formula) -> list[int] | None:
        """Return what a formula is as a clause, if it is a disjunction of literals or a literal as it stands.

        Literals are known by the object that is their node: the clauses of a large file share theirs.
        """
        known = self._literals.get
        operands = formula.operands if isinstance(formula, Or) else (formula,)
        clause = [known(id(each)) or self._literal(each) for each in operands]
        return clause if 0 not in clause else None

    def _literal(self, formula: Formula) -> int:
        """Return the literal that a formula is; 0 if it is none."""
        atom = formula.operand if isinstance(formula, Not) else formula
        if not isinstance(atom, Atom):
            return 0
        variable = self._encoding.atom(atom)
        self._literals[id(formula)] = literal = variable if atom is formula else -variable
        self._literal_nodes.append(formula)  # so that no other object ever has its identity
        return literal

    def _given_with(self, literal: int) -> Sequence[Sequence[int]]:
        """Return the clauses given throughout that hold a literal."""
        if self._given_in is None:
            self._given_in = {}
            for clause in self._given:
                for each in clause:
                    self._given_in.setdefault(each, []).append(clause)
        return self._given_in.get(literal, ())

    def _ways_to_mend(self, number: int) -> Iterable[int]:
        """Return the literals that, flipped, make all clauses of a number true, as the model stands."""
        further = self._further.get(number)
        if further is None:
            return self._first[number]
        false = [clause for clause in (self._first[number], *further) if self._true.isdisjoint(clause)]
        return [literal for literal in false[0] if all(literal in clause for clause in false[1:])]

    def _flip(self, literal: int) -> None:
        self._true.discard(-literal)
        self._true.add(literal)

    def _model(self) -> Model:
        """Read the model that was found last, over the individuals of the signature."""
        atoms = self._encoding.atoms
        true = {atoms[literal]: None for literal in self._solver.model() if literal in atoms}
        model = nothing_holds(self._theory)
        for sort in self._theory.signature.sorts:
            if sort not in model.universe:
                model = model.with_element(sort, somebody(sort))
        return replace(model, true=Map(true))
