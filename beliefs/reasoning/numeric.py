"""The search from a model outwards where there are functions and numbers: Z3 in place of the SAT solver.

It is the method of `witness`, for ground formulas of atoms and of numeric terms. What can differ from one model to the
next are the *cells*: the ground atoms, and the ground terms such as `start(t1)`. To Z3 each is a variable of its own,
so the solver sees no more of the theory than the formulas that were handed to it. At first that is the input, with the
cells in it held at the values that the hypothesis gives them. What holds them are assumptions, and where these stand in
the way (where they are in a core) they are let go. So a proposal differs from the hypothesis in few cells, and only
beliefs that mention one of those can have become false.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from beliefs.language.mentions import Mentions
from beliefs.language.semantics import Element, Ground, Model, truth
from beliefs.language.signature import INT, NUMERIC, Signature
from beliefs.language.syntax import (
    TRUE,
    And,
    Application,
    Arithmetic,
    Atom,
    Comparison,
    Constant,
    Formula,
    Iff,
    Implies,
    Minus,
    Not,
    Number,
    Or,
    Term,
    Truth,
)
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.linear import cells, turning_points
from beliefs.reasoning.theory import Theory
from beliefs.reasoning.verdict import Label, Sat, Unknown, Unsat, Verdict
from beliefs.reasoning.witness import INPUT, OutsideFragment
from beliefs.reasoning.z3_oracle import Z3Oracle

_SINGLY = 8
"""How many cells are let go one by one before all those go that what was loaded last speaks of."""

_PASSES = 3
"""How often all numbers that moved are drawn back: each that is may let others go further back."""

_FEW = 24
"""Up to how many numbers are drawn back: where more have moved, the question is not local, and it takes too long."""

_Truths: TypeAlias = dict[Ground, Element | bool]
"""Cells with their values: for an atom whether it holds, for a term its number."""


class NumericSearch:
    """Decides whether parts of a theory are true together with some inputs, from a model outwards.

    Cost: a call follows the beliefs that its changes falsify and, for each round, those that mention a cell that
    changed; the size of the theory does not enter.
    """

    def __init__(
        self,
        theory: Theory,
        inputs: Sequence[Formula],
        hypothesis: Model | None,
        suspects: Iterable[str],
        deadline: Deadline,
    ) -> None:
        """Lay the inputs on a hypothesis.

        Args:
            theory: the labelled formulas.
            inputs: formulas, elaborated under the theory's signature, that hold throughout.
            hypothesis: a model of every formula of the theory but the suspects.
            suspects: the labels whose formulas the hypothesis may falsify.
            deadline: what the whole search may spend.

        Raises:
            OutsideFragment: there is no hypothesis, names may be shared, or the inputs or suspects are more than
                combinations of ground atoms and of linear comparisons of ground numeric terms.
        """
        if hypothesis is None or not theory.unique_names:
            raise OutsideFragment
        self._theory = theory
        self._deadline = deadline
        self._cells = _Cells(theory.signature)
        self._oracle = Z3Oracle(Signature())
        self._labels: dict[Label, None] = {}
        self._held: dict[Ground, Label] = {}
        self._about: dict[Ground, list[tuple[Label, Formula]]] = {}
        suspected = sorted(suspects)
        self._hypothesis = self._with_newcomers(hypothesis, [*inputs, *map(theory.formula, suspected)])
        falsified = [
            (name, formula)
            for name in suspected
            if truth(formula := theory.formula(name), self._hypothesis) is not True
        ]
        self._load([(INPUT, TRUE), *((INPUT, formula) for formula in inputs), *falsified])

    def decide(self, active: Callable[[Label], bool]) -> Verdict:
        """Decide whether the inputs and all formulas whose label is active can be true together.

        Returns:
            `Sat` with a model of all of them; `Unsat` with a core of active labels (the inputs go without
            saying); `Unknown` when the time is up.

        Raises:
            OutsideFragment: a formula that cannot be loaded is touched, and the proposal does not satisfy it.
        """
        looked_at: _Truths = {}
        latest: Collection[Ground] = ()
        while True:
            unanswered = self._settle(active, latest)
            if unanswered is not None:
                return unanswered
            changed = self._drawn_back(active, self._changes())
            model = _updated(self._hypothesis, changed)
            since = [cell for cell, value in changed.items() if looked_at.get(cell) != value]
            since += [cell for cell in looked_at if cell not in changed]
            falsified = self._falsified(active, since, model)
            if not falsified:
                return Sat(model)
            looked_at = changed
            latest = self._load(falsified)

    def check(self, labels: Collection[Label]) -> Verdict:
        """Decide whether the inputs and just the formulas of these labels can be true together.

        `Sat` comes without a model where all of them are loaded: then nothing else has to be looked at.
        """
        if not self._labels.keys() >= set(labels):
            return self.decide(frozenset(labels).__contains__)
        verdict = self._ask([INPUT, *labels])
        match verdict:
            case Unsat(core):
                return Unsat(core - {INPUT})
            case Sat():
                return Sat(None)
        return verdict

    def _settle(self, active: Callable[[Label], bool], latest: Collection[Ground]) -> Unsat | Unknown | None:
        """Have the solver make true what is loaded and active; let go of the cells that prevent it.

        Args:
            active: which labels count.
            latest: the cells in what was loaded last.

        Returns:
            None where it could; the answer to the whole question where it could not.
        """
        wanted = [label for label in self._labels if active(label) or label == INPUT]
        let_go = 0
        while True:
            verdict = self._ask([*wanted, *self._held.values()])
            if isinstance(verdict, Sat):
                return None
            if isinstance(verdict, Unknown):
                return verdict
            if not let_go:
                without = self._ask(wanted)
                if isinstance(without, Unsat):
                    return Unsat(without.core - {INPUT})
                if isinstance(without, Unknown):
                    return without
            in_the_way = [cell for cell, label in self._held.items() if label in verdict.core]
            let_go += 1
            if let_go < _SINGLY:
                del self._held[in_the_way[0]]
            else:
                for cell in (*in_the_way, *latest):
                    self._held.pop(cell, None)

    def _ask(self, labels: Collection[Label]) -> Verdict:
        allowance = self._deadline.remaining()
        if isinstance(allowance, Unknown):
            return allowance
        self._oracle.budget = allowance
        verdict = self._oracle.check(labels, model=False)
        return self._deadline.told(verdict) if isinstance(verdict, Unknown) else verdict

    def _changes(self) -> _Truths:
        """The cells to which the solver's model gives other values than the hypothesis does; not those held."""
        free = [cell for cell in self._cells.named if cell not in self._held]
        values = self._oracle.values(map(self._cells.symbol, free))
        if None in values:
            raise OutsideFragment
        return {
            cell: value
            for cell, value in zip(free, values, strict=True)
            if value is not None and value != self._value(cell)
        }

    def _drawn_back(self, active: Callable[[Label], bool], changed: _Truths) -> _Truths:
        """Return changes with each number as near to what it was as what is loaded allows, the others as they are.

        The solver stops at the first values that will do, however far they are; and the further a cell moves, the more
        beliefs it falsifies. What has become true of all that is loaded stays so.
        """
        moved: dict[Ground, Fraction] = {
            cell: value for cell, value in changed.items() if isinstance(value, Fraction)
        }
        if not 0 < len(moved) <= _FEW:
            return changed
        model = _updated(self._hypothesis, changed)
        for _ in range(_PASSES):
            before = model
            for cell, present in moved.items():
                start = self._hypothesis.value_of(cell)
                if not isinstance(start, Fraction) or present == start:
                    continue
                said = [
                    formula for label, formula in self._about.get(cell, ()) if label == INPUT or active(label)
                ]
                nearest = self._nearest(cell, start, present, said, model)
                if nearest != present:
                    moved[cell] = nearest
                    model = model.valued({cell: nearest})
            if model is before:
                break
        return {cell: value for cell, value in (changed | moved).items() if value != self._value(cell)}

    def _nearest(
        self, cell: Ground, start: Fraction, present: Fraction, said: Sequence[Formula], model: Model
    ) -> Fraction:
        """The value nearest to what a cell was with which some formulas are as true in a model as they are."""
        integral = self._theory.signature.functions[str(cell[0])][1] == INT
        candidates = {start}
        for formula in said:
            candidates.update(turning_points(formula, cell, model, integral))
        near = sorted(
            (value for value in candidates if abs(value - start) < abs(present - start)),
            key=lambda value: (abs(value - start), value),
        )
        for value in near:
            other = model.valued({cell: value})
            if all(truth(formula, other) for formula in said):
                return value
        return present

    def _value(self, cell: Ground) -> Element | bool | None:
        """What the hypothesis says of a cell; None where it does not say."""
        if self._cells.is_numeric(cell):
            return self._hypothesis.value_of(cell)
        return self._hypothesis.holds(cell)

    def _falsified(
        self, active: Callable[[Label], bool], changed: Iterable[Ground], model: Model
    ) -> list[tuple[Label, Formula]]:
        """Return what a model falsifies and the solver does not know yet, in a fixed order.

        Args:
            active: which labels count.
            changed: the cells that have other values than when this was last asked.
            model: the model.
        """
        touched: dict[str, None] = {}
        for cell in sorted(changed):
            touched.update(dict.fromkeys(sorted(self._theory.touching(cell))))
        found: list[tuple[Label, Formula]] = []
        for name in touched:
            if name not in self._labels and active(name):
                formula = self._theory.formula(name)
                if truth(formula, model) is not True:
                    found.append((name, formula))
        return found

    def _load(self, formulas: Iterable[tuple[Label, Formula]]) -> Collection[Ground]:
        """Hand formulas to the solver, and hold each cell that is new in them at its value; return all their cells."""
        known = len(self._cells.named)
        latest: dict[Ground, None] = {}
        said = [(label, formula, self._cells.said(formula)) for label, formula in formulas]
        self._oracle.extend_signature(self._cells.signature)
        for label, formula, translated in said:
            self._oracle.add(label, translated)
            self._labels[label] = None
            for cell in cells(formula):
                self._about.setdefault(cell, []).append((label, formula))
                latest[cell] = None
        for cell in list(self._cells.named)[known:]:
            value = self._value(cell)
            if value is not None:
                label = self._held[cell] = ("held", cell)
                self._oracle.add(label, self._cells.fixed(cell, value))
        return latest

    def _with_newcomers(self, hypothesis: Model, formulas: Iterable[Formula]) -> Model:
        """Extend the universe by individuals that the hypothesis has never heard of.

        Only what has quantifiers can say anything of them, or of how many there are.
        """
        extended = hypothesis
        signature = self._theory.signature
        for formula in formulas:
            for name in sorted(Mentions.of(formula).symbols):
                if name in signature.constants:
                    sort = signature.constants[name]
                    for each in signature.sorts.get(sort) or (name,):
                        extended = extended.with_element(sort, each)
        if extended is not hypothesis:
            for name in self._theory.quantified():
                if truth(self._theory.formula(name), extended) is not True:
                    raise OutsideFragment
        return extended


def _updated(hypothesis: Model, changed: _Truths) -> Model:
    """A model with other values for some cells."""
    return hypothesis.updated(
        {cell: value for cell, value in changed.items() if isinstance(value, bool)}
    ).valued({cell: value for cell, value in changed.items() if not isinstance(value, bool)})


class _Cells:
    """Says ground formulas with propositions and numeric symbols without arguments, one for each cell.

    Different names are different individuals, so no two ground atoms or terms of individuals are the same.
    """

    def __init__(self, signature: Signature) -> None:
        self.named: dict[Ground, str] = {}
        self.signature = Signature()
        self._of = signature

    def is_numeric(self, cell: Ground) -> bool:
        """Whether a cell is a term; otherwise it is an atom."""
        return cell[0] in self._of.functions

    def symbol(self, cell: Ground) -> Atom | Constant:
        """Return what stands for a cell."""
        name = self.named[cell]
        return Constant(name) if self.is_numeric(cell) else Atom(name)

    def fixed(self, cell: Ground, value: Element | bool) -> Formula:
        """Return that a cell has a value."""
        match self.symbol(cell), value:
            case Atom() as atom, bool():
                return atom if value else Not(atom)
            case Constant() as term, Fraction():
                number = Number(abs(value), value.denominator != 1)
                return Comparison("=", term, Minus(number) if value < 0 else number)
        raise OutsideFragment

    def said(self, formula: Formula) -> Formula:
        """Return a formula said of cells.

        Raises:
            OutsideFragment: it has quantifiers, functions of anything but individuals, or functions to individuals.
        """
        match formula:
            case Atom(predicate, arguments):
                return Atom(self._cell(predicate, arguments))
            case Not(operand):
                return Not(self.said(operand))
            case Or(operands):
                return Or(tuple(map(self.said, operands)))
            case And(operands):
                return And(tuple(map(self.said, operands)))
            case Implies(premise, conclusion):
                return Implies(self.said(premise), self.said(conclusion))
            case Iff(left, right):
                return Iff(self.said(left), self.said(right))
            case Comparison(operator, Constant(first), Constant(second)) if self._are_individuals(
                first, second
            ):
                return Truth((first == second) is (operator == "="))
            case Comparison(operator, left, right):
                return Comparison(operator, self._term(left), self._term(right))
            case Truth():
                return formula
        raise OutsideFragment

    def _term(self, term: Term) -> Term:
        match term:
            case Number():
                return term
            case Minus(operand):
                return Minus(self._term(operand))
            case Arithmetic(operator, left, right):
                return Arithmetic(operator, self._term(left), self._term(right))
            case Application(function, arguments):
                return Constant(self._cell(function, arguments))
            case Constant(name) if name in self._of.functions:
                return Constant(self._cell(name, ()))
        raise OutsideFragment

    def _cell(self, symbol: str, arguments: tuple[Term, ...]) -> str:
        names: list[str] = []
        for argument in arguments:
            if not isinstance(argument, Constant) or argument.name in self._of.functions:
                raise OutsideFragment
            names.append(argument.name)
        cell = (symbol, *names)
        name = self.named.get(cell)
        if name is None:
            name = f"{symbol}({','.join(names)})"
            if symbol in self._of.functions:
                sort = self._of.functions[symbol][1]
                if sort not in NUMERIC:
                    raise OutsideFragment
                self.signature = replace(
                    self.signature, functions=self.signature.functions.set(name, ((), sort))
                )
            else:
                self.signature = replace(self.signature, predicates=self.signature.predicates.set(name, ()))
            self.named[cell] = name
        return name

    def _are_individuals(self, *names: str) -> bool:
        return not any(name in self._of.functions for name in names)
