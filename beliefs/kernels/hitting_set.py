"""Hitting sets of kernels: those of least cost in the order of entrenchment, and those that are minimal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from math import inf, lcm
from time import monotonic

from pysat.card import ITotalizer
from pysat.solvers import Minisat22

from beliefs.base.entrenchment import Cost, Entrenchment
from beliefs.kernels.kernel import Kernel
from beliefs.kernels.order import Priority, SupportsLessThan
from beliefs.reasoning.verdict import UNLIMITED, Budget, Label, Unknown

_SLICE = 1_000_000
"""Propagations between two looks at the clock: some tenths of a second."""


class HittingSets:
    """The hitting sets of least cost of kernels that are added one by one.

    A hitting set holds a label of every kernel, and none that is certain. Costs are exact: levels compare
    lexicographically, weights are fractions. Sets may be ruled out: from then on, no set that includes one of
    them counts as a hitting set.

    Among hitting sets of least cost one comes *before* another if it holds the label, first in the order of
    `priority`, on which the two differ. The first of all is the canonical one. Since weights are positive,
    none of least cost includes another.

    While no two kernels share a label, each is cut where it is cheapest and no solver is called. Beyond that,
    to find a least hitting set is hard in general; a question that goes beyond the budget (its resources are
    propagations) is answered with `Unknown`, and may be asked again.
    After a KeyboardInterrupt all can be asked again too, at the price of the work done before.
    """

    def __init__(
        self,
        entrenchment: Callable[[Label], Entrenchment],
        priority: Priority,
        budget: Budget = UNLIMITED,
    ) -> None:
        self._entrenchment = entrenchment
        self._priority = priority
        self._budget = budget
        self._held: dict[Label, Entrenchment] = {}
        self._parts: dict[Kernel, None] = {}
        self._ruled_out: dict[frozenset[Label], None] = {}
        self._hopeless = False
        self._disjoint = True
        self._optimum: _Optimum | None = None
        self._waiting: list[Kernel] = []
        self._waiting_out: list[frozenset[Label]] = []
        self._least: frozenset[Label] | None = frozenset()

    def add(self, kernel: Kernel) -> None:
        """Ask that this kernel be hit too, at one of its labels that are not certain."""
        held = {label: self._entrenchment(label) for label in kernel}
        part = frozenset(label for label, entrenchment in held.items() if not entrenchment.is_certain)
        if part in self._parts:
            return
        self._hopeless = self._hopeless or not part
        self._disjoint = self._disjoint and part.isdisjoint(self._held)
        self._held.update((label, held[label]) for label in sorted(part, key=self._priority))
        if self._disjoint and self._least is not None and part:
            self._least |= {min(part, key=self._cheapness)}
        else:
            self._least = None
        self._parts[part] = None
        self._waiting.append(part)

    def rule_out(self, labels: frozenset[Label]) -> None:
        """Let no set that includes all of these labels be a hitting set any more; of no labels, no set at all.

        Raises:
            ValueError: one of them is in no kernel, so that no set of least cost would ever hold it.
        """
        strangers = labels - self._held.keys()
        if strangers:
            culprits = ", ".join(sorted(map(str, strangers)))
            raise ValueError(f"only labels of kernels can be ruled out, not {culprits}")
        if labels in self._ruled_out:
            return
        self._ruled_out[labels] = None
        self._waiting_out.append(labels)
        self._hopeless = self._hopeless or not labels
        self._disjoint = False
        self._least = None

    def least(self) -> frozenset[Label] | Unknown | None:
        """Return a hitting set of least cost; None if there is none: a kernel is certain, or all are ruled out.

        It is the same for the same calls in the same order.
        """
        if self._hopeless:
            return None
        return self._least if self._least is not None else self._remembered(_Optimum.least)

    def canonical(self) -> frozenset[Label] | Unknown | None:
        """Return the first hitting set of least cost; None if there is none.

        It depends on the kernels and on what is ruled out alone, not on the order in which they came.
        """
        if self._hopeless:
            return None
        return self._least if self._disjoint else self._remembered(_Optimum.first)

    def following(self, last: frozenset[Label]) -> frozenset[Label] | Unknown | None:
        """Return the first hitting set of least cost that comes after this one; None if it was the last.

        Kernels may be added between calls.
        """
        return None if self._hopeless else self._ask(lambda optimum: optimum.following(last))

    def all_least(self) -> Iterator[frozenset[Label] | Unknown]:
        """Yield every hitting set of least cost, the canonical one first, each when it is asked for.

        An `Unknown` is the last.
        """
        found = self.canonical()
        while found is not None:
            yield found
            if isinstance(found, Unknown):
                return
            found = self.following(found)

    @property
    def cost(self) -> Cost | Unknown | None:
        """What a hitting set of least cost costs; None if there is no hitting set."""
        least = self.least()
        return Cost.of(self._held[label] for label in least) if isinstance(least, frozenset) else least

    def _cheapness(self, label: Label) -> tuple[object, ...]:
        held = self._held[label]
        return held.level, held.weight, self._priority(label)

    def _remembered(
        self, question: Callable[[_Optimum], frozenset[Label] | None]
    ) -> frozenset[Label] | Unknown | None:
        answer = self._ask(question)
        if isinstance(answer, frozenset):
            self._least = answer
        return answer

    def _ask(
        self, question: Callable[[_Optimum], frozenset[Label] | None]
    ) -> frozenset[Label] | Unknown | None:
        """Put a question to the optimum of all kernels added so far."""
        if self._optimum is None or not self._optimum.admit(self._held):
            self._optimum = _Optimum(self._held, self._priority)
            self._waiting = list(self._parts)
            self._waiting_out = list(self._ruled_out)
        for part in self._waiting:
            self._optimum.hit(part)
        for labels in self._waiting_out:
            self._optimum.rule_out(labels)
        self._waiting.clear()
        self._waiting_out.clear()
        try:
            self._optimum.begin(self._budget)
            if self._optimum.solve():
                return question(self._optimum)
            self._hopeless = True
            return None
        except KeyboardInterrupt:
            # It may have come between two steps that belong together.
            self._optimum = None
            raise
        except _BudgetSpentError:
            count = len(self._parts)
            return Unknown(f"the budget ran out in the search for the least that cuts {count} kernels")


class _BudgetSpentError(Exception):
    """The budget of a question to the solver is spent."""


class _Optimum:
    """The least-weight choices of labels that hit every set given: core-guided MaxSAT.

    The algorithm is OLL (Andres, Kaufmann, Matheis and Schaub, ICLP 2012; Morgado, Dodaro and Marques-Silva,
    CP 2014) with stratified weights (Ansótegui, Bonet and Levy, SAT 2009). A core of soft literals costs at
    least the least weight in it; that much is taken from each, and a soft literal that no more than one of
    them fails takes its place, then one that no more than two do, and so on.

    Once solved, the choices of least weight are exactly the models in which every soft literal holds. So to
    list them, or to find the canonical one, is a matter of plain satisfiability. Sets added or ruled out later
    leave all of this sound: the least weight only goes up from where it was.
    """

    def __init__(self, held: Mapping[Label, Entrenchment], priority: Priority) -> None:
        self._priority = priority
        self._solver = Minisat22()
        self._top = 0
        self._scale = _Scale(held.values())
        self._variable: dict[Label, int] = {}
        self._label: dict[int, Label] = {}
        self._weight: dict[int, int] = {}
        self._soft: dict[int, int] = {}
        self._sums: dict[int, tuple[ITotalizer, int]] = {}
        self._least_weight = 0
        self._solved = True
        self._model: set[int] = set()
        self._deadline = inf
        self._propagations_left = inf
        self.admit(held)

    def admit(self, held: Mapping[Label, Entrenchment]) -> bool:
        """Take in the labels not yet known; False if their weights are beyond the scale."""
        for label in islice(held, len(self._variable), None):
            weight = self._scale.weigh(held[label])
            if weight is None:
                return False
            self._top += 1
            self._variable[label] = self._top
            self._label[self._top] = label
            self._weight[self._top] = weight
            self._soften(-self._top, weight)
        return True

    def begin(self, budget: Budget) -> None:
        """Give the calls that follow, up to the next of this, so much to spend together."""
        milliseconds, propagations = budget.milliseconds, budget.resources
        self._deadline = inf if milliseconds is None else monotonic() + milliseconds / 1000
        self._propagations_left = inf if propagations is None else propagations

    def hit(self, part: Kernel) -> None:
        """Ask that a label of this set be chosen."""
        self._solved = False
        self._solver.add_clause(sorted(self._variable[label] for label in part))

    def rule_out(self, labels: Collection[Label]) -> None:
        """Ask that not all labels of this set be chosen."""
        self._solved = False
        self._solver.add_clause(sorted(-self._variable[label] for label in labels))

    def solve(self) -> bool:
        """Raise the least weight until a choice attains it; False if none is left, at whatever weight."""
        if self._solved:
            return True
        stratum = max(self._soft.values(), default=0)
        while True:
            assumptions = [literal for literal, weight in self._soft.items() if weight >= stratum]
            if not self._satisfiable(assumptions):
                core = sorted(self._solver.get_core() or ())
                if not core:
                    return False
                self._relax(core)
            elif len(assumptions) == len(self._soft):
                self._solved = True
                return True
            else:
                below = max(weight for weight in self._soft.values() if weight < stratum)
                stratum = max(below // 2, 1)

    def least(self) -> frozenset[Label]:
        """Return the choice of least weight that was met last."""
        return self._chosen(self._model)

    def first(self) -> frozenset[Label]:
        """Return the canonical choice of least weight."""
        self._attained([])
        return self._chosen(self._completed([], self._order()))

    def following(self, last: frozenset[Label]) -> frozenset[Label] | None:
        """Return the choice of least weight that comes next in the canonical order; None if there is none.

        It agrees with the last one as far as can be, then leaves out a label that the last one held.
        """
        order = self._order()
        signed = [variable if self._label[variable] in last else -variable for variable in order]
        for place in reversed(range(len(order))):
            if signed[place] > 0:
                prefix = [*signed[:place], -order[place]]
                if self._attained(prefix):
                    return self._chosen(self._completed(prefix, order[place + 1 :]))
        return None

    def _completed(self, prefix: list[int], order: Sequence[int]) -> set[int]:
        """Choose early variables first, beyond a prefix under which the least weight was just attained."""
        signed = list(prefix)
        left = self._least_weight - sum(self._weight[literal] for literal in prefix if literal > 0)
        for variable in order:
            if not left:
                break
            # A variable whose soft literal still counts is false in every choice of least weight.
            if variable not in self._model and (
                -variable in self._soft or not self._attained([*signed, variable])
            ):
                signed.append(-variable)
            else:
                signed.append(variable)
                left -= self._weight[variable]
        return set(signed)

    def _attained(self, literals: Sequence[int]) -> bool:
        """Whether a choice of least weight has these literals."""
        # No assumption is repeated: each opens a level of decision, for which Glucose, for one, then lacks
        # room.
        return self._satisfiable([*self._soft, *(each for each in literals if each not in self._soft)])

    def _satisfiable(self, assumptions: Sequence[int]) -> bool:
        """Ask the solver, by slices of work: in between Python sees to interrupts, and this to the budget.

        Raises:
            _BudgetSpentError: the budget is spent; all is as it was.
        """
        answer = None
        while answer is None:
            if self._propagations_left <= 0 or monotonic() >= self._deadline:
                raise _BudgetSpentError
            before = self._solver.accum_stats()["propagations"]
            self._solver.prop_budget(int(min(self._propagations_left, _SLICE)))
            answer = self._solver.solve_limited(assumptions=assumptions, expect_interrupt=True)
            self._propagations_left -= self._solver.accum_stats()["propagations"] - before
        if answer:
            self._model = {literal for literal in self._solver.get_model() if literal > 0}
        return bool(answer)

    def _relax(self, core: Sequence[int]) -> None:
        """Pay for a core of soft literals, of which one fails in every choice."""
        paid = min(self._soft[literal] for literal in core)
        self._least_weight += paid
        for literal in core:
            self._soft[literal] -= paid
            if not self._soft[literal]:
                del self._soft[literal]
            if literal in self._sums:
                total, bound = self._sums[literal]
                self._allow(total, bound + 1, paid)
        if len(core) == 1:
            self._solver.add_clause([-core[0]])
            return
        total = ITotalizer(lits=[-literal for literal in core], ubound=1, top_id=self._top)
        self._solver.append_formula(total.cnf.clauses)
        self._top = total.top_id
        self._allow(total, 1, paid)

    def _allow(self, total: ITotalizer, bound: int, weight: int) -> None:
        """Make it a soft literal that no more than so many inputs of a totalizer are true."""
        if bound >= len(total.lits):
            return
        if bound >= len(total.rhs):
            total.increase(ubound=bound, top_id=self._top)
            self._solver.append_formula(total.cnf.clauses[len(total.cnf.clauses) - total.nof_new :])
            self._top = max(self._top, total.top_id)
        literal = -total.rhs[bound]
        self._sums[literal] = total, bound
        self._soften(literal, weight)

    def _soften(self, literal: int, weight: int) -> None:
        self._soft[literal] = self._soft.get(literal, 0) + weight

    def _order(self) -> list[int]:
        """Return the variables of the labels in the order of priority."""
        return [self._variable[label] for label in sorted(self._variable, key=self._priority)]

    def _chosen(self, literals: Collection[int]) -> frozenset[Label]:
        return frozenset(self._label[literal] for literal in literals if literal in self._label)


class _Scale:
    """Whole numbers that add up and compare as costs do, for solvers that weigh with whole numbers.

    One unit of a level outweighs all that its lower levels may hold together; each has room for some more
    than it held when the scale was made.
    """

    _SPARE_BITS = 16

    def __init__(self, held: Collection[Entrenchment]) -> None:
        levels = sorted({entrenchment.level for entrenchment in held}, key=int)
        self._denominator = lcm(*(entrenchment.weight.denominator for entrenchment in held))
        total = sum(entrenchment.weight * self._denominator for entrenchment in held)
        bits = int(total).bit_length() + self._SPARE_BITS
        self._capacity = 1 << bits
        self._shift = {level: bits * rank for rank, level in enumerate(levels)}
        self._spent = dict.fromkeys(levels, 0)

    def weigh(self, entrenchment: Entrenchment) -> int | None:
        """Return the weight of one more belief so entrenched; None if the scale has no room for it."""
        weight = entrenchment.weight * self._denominator
        level = entrenchment.level
        if level not in self._shift or weight.denominator != 1:
            return None
        self._spent[level] += int(weight)
        if self._spent[level] >= self._capacity:
            return None
        return int(weight) << self._shift[level]


class MinimalHittingSets:
    """Hitting sets that are minimal by inclusion, each found once; kernels may be added in between.

    A solver finds some hitting set that includes none of those settled before; what others make superfluous
    is then taken out of it.
    """

    def __init__(self, order: Callable[[Label], SupportsLessThan]) -> None:
        self._order = order
        self._solver = Minisat22()
        self._variable: dict[Label, int] = {}
        self._labels: list[Label] = []
        self._kernels_of: dict[Label, list[int]] = {}
        self._kernels = 0

    def add(self, kernel: Kernel) -> None:
        """Ask that this kernel be hit too, at any of its labels. It has at least one."""
        for label in sorted(kernel, key=self._order):
            if label not in self._variable:
                self._labels.append(label)
                self._variable[label] = len(self._labels)
            self._kernels_of.setdefault(label, []).append(self._kernels)
        self._kernels += 1
        self._solver.add_clause(sorted(self._variable[label] for label in kernel))

    def settle(self, hitting_set: Collection[Label]) -> None:
        """Ask that no hitting set found from now on includes this one."""
        self._solver.add_clause([-self._variable[label] for label in hitting_set])

    def find(self) -> frozenset[Label] | None:
        """Return a minimal hitting set that includes none of those settled; None if there is none left."""
        if not self._solver.solve():
            return None
        chosen = [self._labels[literal - 1] for literal in self._solver.get_model() if literal > 0]
        times_hit = Counter(kernel for label in chosen for kernel in self._kernels_of[label])
        kept = []
        for label in chosen:
            kernels = self._kernels_of[label]
            if all(times_hit[kernel] > 1 for kernel in kernels):
                times_hit.subtract(kernels)
            else:
                kept.append(label)
        return frozenset(kept)
