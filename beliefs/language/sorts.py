"""Sorts: what every symbol of a base is, inferred from how it is used.

Two relations between the places where terms stand decide everything.

*Families.* An argument and the place it fills, the two sides of a comparison, the operands of an arithmetic
operator belong to one family; families are kept by union-find. The members of a family share one sort, or are all
numbers. A family that nothing settles is of the sort `Thing`.

*Numbers.* Int and Real mix: an Int stands for a Real wherever one is meant. In a family of numbers each place that
no declaration settles is

1. Int, if it fills, directly or by way of others, a place that is declared Int;
2. else Real, if it is related to a Real, directly or by way of others of its kind: as argument and place, as sides
   of a comparison, as operands;
3. else Int.

Each step is a least fixed point, so the order of the formulas does not matter. A Real that fills an Int place is
a clash. A name that stands for a number without being declared is a function of no arguments, not an individual:
two such names may have the same value.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from immutables import Map

from beliefs.errors import SortError
from beliefs.language import mistakes
from beliefs.language.clashes import Declared, Known, Place, Use, article, clash, count, did_you_mean
from beliefs.language.printer import print_term
from beliefs.language.signature import INT, NUMERIC, REAL, THING, Signature, declared_name
from beliefs.language.span import Origin
from beliefs.language.syntax import (
    And,
    Application,
    Arithmetic,
    Atom,
    Binding,
    Comparison,
    Constant,
    ConstantDeclaration,
    Declaration,
    Exists,
    ForAll,
    Formula,
    FunctionDeclaration,
    Iff,
    Implies,
    Minus,
    Not,
    Number,
    Or,
    PredicateDeclaration,
    SortDeclaration,
    Term,
    Variable,
    is_quantified,
    subformulas,
    subterms,
)

NUMBER: Final = "number"
"""The sort of a family of numbers, Int and Real mixed. Not a name a sort can have, so no clash with one."""

Kind: TypeAlias = Literal["predicate", "function", "individual"]


def infer(
    declarations: Iterable[Declaration | tuple[Origin, Declaration]], formulas: Iterable[tuple[str, Formula]]
) -> Signature:
    """Return the signature of a whole base.

    Args:
        declarations: what is declared, each with its origin where a message is to show it in its text. Declaring
            the same twice in the same words is fine.
        formulas: every formula with its origin, which messages name: a belief's name, or "input". With an
            `Origin` that has a text, a message shows the formula there, with the line and column it has there.

    Returns:
        Every symbol with its sorts. The result does not depend on the order of the formulas.

    Raises:
        SortError: names do not fit together; the message shows both places.
    """
    origins: dict[Declaration, str] = {}
    for told in declarations:
        origin, declaration = told if isinstance(told, tuple) else ("input", told)
        origins.setdefault(declaration, origin)
    inference = _Inference(_declare(origins), origins=origins)
    for origin, formula in formulas:
        inference.add(origin, formula)
    inference.settle()
    return inference.signature()


def extend(signature: Signature, formula: Formula, origin: str = "input") -> Signature:
    """Return the signature with the new symbols of one more formula; see `extend_all`."""
    return extend_all(signature, [(origin, formula)])


def extend_all(signature: Signature, formulas: Iterable[tuple[str, Formula]]) -> Signature:
    """Return the signature with the new symbols of more formulas; the same object where there are none.

    Every sort in the signature counts as settled. So success means that inference over the whole base and the
    formulas would give the same; a failure need not mean a clash, since a sort that was only a default may give
    way (`Thing` to Room, Int to Real): infer the whole base again to see. Cost: that of the formulas alone.

    Args:
        signature: the signature.
        formulas: the formulas, each with its origin, as for `infer`.

    Raises:
        SortError: a formula does not fit the signature as it is, or the others.
    """
    open_ones = [
        (origin, formula)
        for origin, formula in formulas
        if not all(_is_settled(part, signature) for part in subformulas(formula))
    ]
    if not open_ones:
        return signature
    inference = _Inference(signature, defaults_may_change=True)
    for origin, formula in open_ones:
        inference.add(origin, formula)
    inference.settle()
    inference.check_defaults()
    return inference.signature()


def _is_settled(part: Formula, signature: Signature) -> bool:
    """Whether a part of a formula is a connective, or known individuals of just the sorts that a known predicate takes.

    Then nothing is new in it, and nothing there to be settled.
    """
    if isinstance(part, Atom):
        taken = signature.predicates.get(part.predicate)
        constants = signature.constants
        return (
            taken is not None
            and len(taken) == len(part.arguments)
            and all(
                isinstance(term, Constant) and constants.get(term.name) == sort
                for term, sort in zip(part.arguments, taken, strict=True)
            )
        )
    return not isinstance(part, Comparison | ForAll | Exists)


def elaborate(formula: Formula, signature: Signature) -> Formula:
    """Return the formula with the sort of every variable written at its quantifier.

    A formula without quantifiers, or whose variables all have their sorts, is returned as it is; so elaborating
    twice changes nothing. Cost: that of the formula alone.

    Raises:
        SortError: the formula does not fit the signature.
    """
    if not is_quantified(formula) or not any(map(_lacks_sort, subformulas(formula))):
        return formula
    inference = _Inference(signature)
    inference.add("input", formula)
    inference.settle()
    return _with_sorts(formula, iter([inference.sort(node) for node in inference.bindings]))


def symbols(formula: Formula) -> frozenset[str]:
    """Return the names of the predicates, functions and individuals of a formula."""
    names = {part.predicate for part in subformulas(formula) if isinstance(part, Atom)}
    for term in subterms(formula):
        if isinstance(term, Constant):
            names.add(term.name)
        elif isinstance(term, Application):
            names.add(term.function)
    return frozenset(names)


def declarations(signature: Signature, names: Iterable[str]) -> tuple[Declaration, ...]:
    """Return declarations of the named symbols and of every sort they use, sorts first.

    Under just these, a formula of these symbols is elaborated as under the whole signature, but for the sorts that
    its quantifiers name: name those too. Members of a closed sort are declared by their sort. Names that the
    signature does not hold are left out.
    """
    used: dict[str, None] = {}
    rest: list[Declaration] = []
    for name in sorted(set(names)):
        if name in signature.predicates:
            arguments = signature.predicates[name]
            used.update(dict.fromkeys(arguments))
            rest.append(PredicateDeclaration(name, arguments))
        elif name in signature.functions:
            arguments, result = signature.functions[name]
            used.update(dict.fromkeys((*arguments, result)))
            rest.append(FunctionDeclaration(name, arguments, result))
        elif name in signature.constants:
            sort = signature.constants[name]
            used[sort] = None
            if not signature.is_closed(sort):
                rest.append(ConstantDeclaration(name, sort))
        elif name in signature.sorts:
            used[name] = None
    sorts = [SortDeclaration(sort, signature.sorts[sort]) for sort in sorted(used) if _is_declarable(sort)]
    return (*sorts, *rest)


def _is_declarable(sort: str) -> bool:
    return sort not in NUMERIC and sort != THING


# -------------------------------------------------------------------------------------------- declarations


def _declare(origins: Mapping[Declaration, str]) -> Signature:
    """Return the signature of what is declared, each declaration with its origin, and nothing else."""
    written = tuple(origins)
    sorts: dict[str, tuple[str, ...] | None] = {THING: None}
    owners: dict[str, Declared] = {}
    for declaration in written:
        _check_new(declared_name(declaration), Declared(declaration, None, origins[declaration]), owners)
        if isinstance(declaration, SortDeclaration):
            sorts[declaration.name] = declaration.members
            for index, member in enumerate(declaration.members or ()):
                _check_new(member, Declared(declaration, index, origins[declaration]), owners)
    constants: dict[str, str] = {}
    predicates: dict[str, tuple[str, ...]] = {}
    functions: dict[str, tuple[tuple[str, ...], str]] = {}
    for declaration in written:
        place = Declared(declaration, None, origins[declaration])
        match declaration:
            case SortDeclaration(name, members):
                constants.update(dict.fromkeys(members or (), name))
            case PredicateDeclaration(name, arguments):
                _check_sorts(arguments, place, sorts)
                predicates[name] = arguments
            case FunctionDeclaration(name, arguments, result):
                _check_sorts((*arguments, result), place, sorts)
                functions[name] = (arguments, result)
            case ConstantDeclaration(name, sort):
                _check_sorts((sort,), place, sorts)
                _check_individual(declaration, place, sorts)
                constants[name] = sort
    return Signature(Map(sorts), Map(predicates), Map(functions), Map(constants), written)


def _check_new(name: str, place: Declared, owners: dict[str, Declared]) -> None:
    """Note where a name is declared, and raise if it is declared elsewhere already."""
    if name in NUMERIC or name == THING:
        raise clash(f"`{name}` is a sort of the language and cannot be declared", place)
    earlier = owners.setdefault(name, place)
    if earlier is not place:
        raise clash(f"`{name}` is declared twice", place, earlier, hint="give one of them another name")


def _check_sorts(
    names: tuple[str, ...], place: Declared, sorts: Mapping[str, tuple[str, ...] | None]
) -> None:
    for index, name in enumerate(names):
        if name not in sorts and name not in NUMERIC:
            raise _no_such_sort(name, replace(place, index=index), sorts)


def _check_individual(
    declaration: ConstantDeclaration, place: Declared, sorts: Mapping[str, tuple[str, ...] | None]
) -> None:
    name, sort = declaration.name, declaration.sort
    if sort in NUMERIC:
        hint = f"write `func {name}: {sort}`"
        raise clash(f"an individual is not {article(sort)}", replace(place, index=0), hint=hint)
    if sorts[sort] is not None:
        raise _not_a_member(name, sort, sorts[sort] or (), place)


def _no_such_sort(name: str, place: Place, sorts: Iterable[str]) -> SortError:
    known = did_you_mean(name, (*sorts, *NUMERIC))
    return clash(f"there is no sort `{name}`", place, hint=f"{known}declare it: `sort {name}`")


def _not_a_member(name: str, sort: str, members: tuple[str, ...], place: Place) -> SortError:
    known = did_you_mean(name, members)
    return clash(
        f"`{name}` is not a member of the closed sort `{sort}`",
        place,
        hint=f"{known}add it where `{sort}` is declared, or leave `{sort}` open: `sort {sort}`",
    )


# ------------------------------------------------------------------------------------------------ inference


@dataclass(slots=True)
class _Symbol:
    """A symbol met: its kind, a node for each argument and, but for predicates, one for its value."""

    kind: Kind
    arity: int
    nodes: tuple[int, ...]
    known: bool
    first: Place


class _Inference:
    """Sort inference over some formulas, on top of a signature that counts as settled.

    Call `add` for each formula, then `settle` once, then read the results. A *node* is a place where terms stand:
    an argument or the value of a symbol, a variable, a number, an individual. Nodes are small integers.

    The first walk over a formula joins families. There is a second only if there are numbers, or to explain a
    clash: it visits the same nodes in the same order, and tells a listener what is related to what.
    """

    def __init__(
        self,
        base: Signature,
        *,
        origins: Mapping[Declaration, str] | None = None,
        defaults_may_change: bool = False,
    ) -> None:
        """Begin with a signature; what is Int there undeclared may become Real if `defaults_may_change`.

        `origins` has those of the signature's declarations, as far as they are known.
        """
        self.base = base
        self._origins = origins or {}
        self._defaults_may_change = defaults_may_change
        self._declared: frozenset[str] | None = None
        self.bindings: list[int] = []
        self._symbols: dict[str, _Symbol] = {}
        self._formulas: list[tuple[str, Formula]] = []
        # By node. Of a family, only the entries of its root in `_sort` and `_why` count.
        self._parent: list[int] = []
        self._sort: list[str | None] = []
        self._why: list[Place | None] = []
        self._exact: list[str | None] = []
        # Of the walk under way.
        self._origin = ""
        self._formula: Formula | None = None
        self._listener: _Numbers | _Trace | None = None
        self._met: Iterator[int] = iter(())

    # Results

    def signature(self) -> Signature:
        """Return the base with all symbols met; the base itself where none is new."""
        predicates: dict[str, tuple[str, ...]] = {}
        functions: dict[str, tuple[tuple[str, ...], str]] = {}
        constants: dict[str, str] = {}
        for name, symbol in self._symbols.items():
            if symbol.known:
                continue
            found = tuple([self.sort(node) for node in symbol.nodes])
            if symbol.kind == "predicate":
                predicates[name] = found
            elif symbol.kind == "function" or found[0] in NUMERIC:
                functions[name] = (found[:-1], found[-1])
            else:
                self._check_open(name, found[0], symbol.first)
                constants[name] = found[0]
        if not (predicates or functions or constants):
            return self.base
        return replace(
            self.base,
            predicates=self.base.predicates.update(predicates),
            functions=self.base.functions.update(functions),
            constants=self.base.constants.update(constants),
        )

    def sort(self, node: int) -> str:
        """Return the sort of a node, once all is settled."""
        sort = self._sort[self._find(node)]
        if sort == NUMBER:
            return self._exact[node] or INT
        return sort or THING

    def check_defaults(self) -> None:
        """Raise if something of the base that was Int only for want of a Real turns out to be Real."""
        for name, symbol in self._symbols.items():
            sorts = self._settled_sorts(name) if symbol.known else ()
            if INT in sorts and not self._is_declared(name):
                for node, sort in zip(symbol.nodes, sorts, strict=True):
                    if self.sort(node) != sort:
                        raise clash(f"`{name}` was a matter of Int so far, and is Real here", symbol.first)

    def _check_open(self, name: str, sort: str, place: Place) -> None:
        members = self.base.sorts[sort]
        if members is not None:
            raise _not_a_member(name, sort, members, place)

    # Nodes and families

    def _node(self, sort: str | None = None, why: Place | None = None) -> int:
        """Return a new node, alone in its family; a numeric sort holds exactly, unless it is NUMBER."""
        numeric = sort in NUMERIC
        self._parent.append(len(self._parent))
        self._sort.append(NUMBER if numeric else sort)
        self._exact.append(sort if numeric else None)
        self._why.append(why)
        return len(self._parent) - 1

    def _find(self, node: int) -> int:
        parent = self._parent
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    def _join(self, left: int, right: int, node: Term) -> None:
        """Make one family of two, because of what stands at `node`."""
        first, second = self._find(left), self._find(right)
        if first == second:
            return
        ours, theirs = self._sort[first], self._sort[second]
        if ours is None:
            first, second = second, first
        elif theirs is not None and ours != theirs:
            raise self._clash(left, ours, right, theirs, node)
        self._parent[second] = first

    def _clash(self, left: int, ours: str, right: int, theirs: str, node: Term) -> SortError:
        """Return the error for two families of two sorts that would become one, with the reasons for either sort."""
        here = self._use(node)
        trace = _Trace()
        self._walk_again(trace)
        reasons = []
        for start, sort in ((left, ours), (right, theirs)):
            uses, end = trace.path(start, self._sort, sort)
            reasons += [*uses, self._why[end]]
        return clash(f"`{print_term(node)}` would be both {_a(ours)} and {_a(theirs)}", here, *reasons)

    def _use(self, node: Formula | Term | Binding) -> Use:
        assert self._formula is not None
        return Use(self._origin, self._formula, node)

    # Symbols

    def _lookup(self, name: str, kind: Kind, arity: int, node: Atom | Application | Constant) -> _Symbol:
        """Return a symbol, new or met before, and raise if it is used as something else than it is."""
        symbol = self._symbols.get(name)
        if symbol is None:
            symbol = self._known(name) or self._new(name, kind, arity, node)
            self._symbols[name] = symbol
        if symbol.arity == arity and symbol.kind == kind:
            return symbol
        if kind == "individual" and symbol.kind == "function" and symbol.arity == 0:
            return symbol
        raise self._misuse(name, symbol, kind, arity, node)

    def _new(self, name: str, kind: Kind, arity: int, node: Formula | Term) -> _Symbol:
        place = self._use(node)
        if name in self.base.sorts or name in NUMERIC:
            hint = "a sort is not a predicate: every variable and individual has one sort, for good"
            raise clash(
                f"`{name}` is a sort, but {_kind(kind, arity)} here", place, hint=hint if arity else None
            )
        size = arity if kind == "predicate" else arity + 1
        return _Symbol(kind, arity, tuple([self._node() for _ in range(size)]), False, place)

    def _known(self, name: str) -> _Symbol | None:
        """Return a symbol of the base, its nodes settled."""
        sorts = self._settled_sorts(name)
        if not sorts and name not in self.base.predicates:
            return None
        if self._defaults_may_change and INT in sorts and not self._is_declared(name):
            sorts = tuple([NUMBER if sort == INT else sort for sort in sorts])
        nodes = tuple(
            [
                self._node(sort, Known(self.base, name, index, self._origins))
                for index, sort in enumerate(sorts)
            ]
        )
        kind: Kind = "individual"
        if name in self.base.predicates:
            kind = "predicate"
        elif name in self.base.functions:
            kind = "function"
        arity = len(nodes) if kind == "predicate" else len(nodes) - 1
        return _Symbol(kind, arity, nodes, True, Known(self.base, name, None, self._origins))

    def _settled_sorts(self, name: str) -> tuple[str, ...]:
        """Return the sorts of the arguments and the value of a symbol of the base; none for an unknown name."""
        base = self.base
        if name in base.predicates:
            return base.predicates[name]
        if name in base.functions:
            arguments, result = base.functions[name]
            return (*arguments, result)
        return (base.constants[name],) if name in base.constants else ()

    def _is_declared(self, name: str) -> bool:
        if self._declared is None:
            self._declared = frozenset(declared_name(declaration) for declaration in self.base.declarations)
        return name in self._declared

    def _misuse(
        self, name: str, symbol: _Symbol, kind: Kind, arity: int, node: Atom | Application | Constant
    ) -> SortError:
        """Return the error for a symbol used as another kind of symbol, or with another number of arguments."""
        here = self._use(node)
        if symbol.kind == kind:
            return clash(
                f"`{name}` takes {count(arity, 'argument')} here, but {count(symbol.arity, 'argument')} elsewhere",
                here,
                symbol.first,
            )
        was, now = _kind(symbol.kind, symbol.arity), _kind(kind, arity)
        return clash(
            f"`{name}` is {now} here, but {was} elsewhere",
            here,
            symbol.first,
            hint=self._hint_for_misuse(symbol.first, here),
        )

    def _hint_for_misuse(self, first: Place, here: Use) -> str | None:
        for place in (here, first):
            if isinstance(place, Use) and _under_at_most(place):
                return mistakes.REVERSED_ARROW
        if isinstance(here.node, Application | Constant):
            return mistakes.TERMS
        return mistakes.FORMULAS

    # The walk

    def add(self, origin: str, formula: Formula) -> None:
        """Take in a formula: meet its symbols and join its families.

        Raises:
            SortError: a name is used as two kinds of symbol, or a place for two sorts; or a product is not linear.
        """
        self._formulas.append((origin, formula))
        self._origin, self._formula = origin, formula
        self._walk(formula, {})

    def settle(self) -> None:
        """Settle Int and Real, once all formulas are in.

        Raises:
            SortError: a Real stands where an Int is declared.
        """
        if NUMBER not in self._sort:
            return
        numbers = _Numbers(self._exact)
        self._walk_again(numbers)
        refused = numbers.settle()
        if refused is not None:
            node, place = refused
            raise clash("a Real stands where an Int is meant", place, self._why[node])

    def _walk_again(self, listener: _Numbers | _Trace) -> None:
        """Walk all formulas once more, and tell the listener what is related to what."""
        self._listener, self._met = listener, iter(self.bindings)
        for origin, formula in list(self._formulas):
            self._origin, self._formula = origin, formula
            self._walk(formula, {})

    def _walk(self, formula: Formula, bound: dict[str, int]) -> None:
        match formula:
            case Atom(predicate, arguments):
                symbol = self._lookup(predicate, "predicate", len(arguments), formula)
                for argument, place in zip(arguments, symbol.nodes, strict=True):
                    self._fill(argument, place, bound)
            case Not(operand):
                self._walk(operand, bound)
            case And(operands) | Or(operands):
                for operand in operands:
                    self._walk(operand, bound)
            case Implies(left, right) | Iff(left, right):
                self._walk(left, bound)
                self._walk(right, bound)
            case Comparison():
                self._compare(formula, bound)
            case ForAll(bindings, body) | Exists(bindings, body):
                self._walk(body, bound | {binding.name: self._bind(binding) for binding in bindings})

    def _bind(self, binding: Binding) -> int:
        """Return the node of a variable: a new one on the first walk, the same one on later walks."""
        if self._listener is not None:
            met = next(self._met, None)
            if met is not None:
                return met
        sort = binding.sort
        if sort is not None and sort not in self.base.sorts and sort not in NUMERIC:
            raise _no_such_sort(sort, self._use(binding), self.base.sorts)
        node = self._node(sort, self._use(binding) if sort else None)
        self.bindings.append(node)
        return node

    def _fill(self, term: Term, place: int, bound: dict[str, int]) -> None:
        """Relate a term to the place that it fills."""
        for node in self._nodes(term, bound):
            if self._listener is None:
                self._join(node, place, term)
            else:
                self._listener.fill(node, place, self._use(term))

    def _compare(self, comparison: Comparison, bound: dict[str, int]) -> None:
        left, right = self._nodes(comparison.left, bound), self._nodes(comparison.right, bound)
        numeric = comparison.operator not in ("=", "!=")
        self._relate((*left, *right), comparison.right, numeric=numeric)

    def _relate(self, nodes: tuple[int, ...], term: Term, *, numeric: bool) -> None:
        """Make one family of all that is compared or reckoned with at a term."""
        if self._listener is not None:
            hub = self._node(NUMBER if numeric else None, self._use(term))
            self._listener.relate(nodes, hub, self._use(term))
            return
        if numeric:
            self._join(nodes[0], self._node(NUMBER, self._use(term)), term)
        for node in nodes[1:]:
            self._join(node, nodes[0], term)

    def _nodes(self, term: Term, bound: dict[str, int]) -> tuple[int, ...]:
        """Return the nodes whose sorts make that of a term: its own, or those of the operands of arithmetic."""
        match term:
            case Variable(name):
                if name not in bound:
                    raise clash(f"the variable `{name}` is not bound by a quantifier", self._use(term))
                return (bound[name],)
            case Constant(name):
                return (self._lookup(name, "individual", 0, term).nodes[-1],)
            case Application(function, arguments):
                symbol = self._lookup(function, "function", len(arguments), term)
                for argument, place in zip(arguments, symbol.nodes[:-1], strict=True):
                    self._fill(argument, place, bound)
                return (symbol.nodes[-1],)
            case Number(_, real):
                return (self._node(REAL if real else NUMBER, self._use(term)),)
            case Minus(operand):
                nodes = self._nodes(operand, bound)
            case Arithmetic(operator, left, right):
                if operator == "*" and _has_symbols(left) and _has_symbols(right):
                    raise clash(
                        f"`{print_term(term)}` is not linear: a product has a number on at least one side",
                        self._use(term),
                        hint="multiply by a number, `2 * cost(a)`; what depends on two quantities at once "
                        "cannot be said",
                    )
                nodes = (*self._nodes(left, bound), *self._nodes(right, bound))
        self._relate(nodes, term, numeric=True)
        return nodes


class _Numbers:
    """Int or Real for every node of a family of numbers.

    Attributes:
        exact: by node, Int or Real where it is declared or settled; shared with the inference.
    """

    def __init__(self, exact: list[str | None]) -> None:
        self._exact = exact
        self._fills: list[tuple[int, int, Use]] = []
        self._related: dict[int, list[int]] = {}

    def fill(self, node: int, place: int, use: Use) -> None:
        """Note that a node fills a place: it cannot be Real where the place is Int."""
        self._fills.append((node, place, use))
        self.relate((node,), place, use)

    def relate(self, nodes: tuple[int, ...], hub: int, use: Use) -> None:
        """Note that nodes are related to one another, by way of a hub."""
        for node in nodes:
            self._related.setdefault(node, []).append(hub)
            self._related.setdefault(hub, []).append(node)

    def settle(self) -> tuple[int, Use] | None:
        """Settle every node; return an Int place that a Real fills, with the use, or None."""
        exact = self._exact
        filled_by: dict[int, list[int]] = {}
        for node, place, _ in self._fills:
            filled_by.setdefault(place, []).append(node)
        self._spread(INT, filled_by)
        self._spread(REAL, self._related)
        for node, place, use in self._fills:
            if exact[place] == INT and exact[node] == REAL:
                return place, use
        return None

    def _spread(self, sort: str, along: Mapping[int, list[int]]) -> None:
        """Give a sort to all that is reached from a node of that sort, by way of nodes not settled before."""
        exact = self._exact
        reached = [node for node in along if exact[node] == sort]
        while reached:
            for other in along.get(reached.pop(), ()):
                if exact[other] is None:
                    exact[other] = sort
                    reached.append(other)


class _Trace:
    """What is related to what, and by which use: the way from a place to what settles its sort."""

    def __init__(self) -> None:
        self._related: dict[int, list[tuple[int, Use]]] = {}

    def fill(self, node: int, place: int, use: Use) -> None:
        """Note that a node fills a place."""
        self.relate((node,), place, use)

    def relate(self, nodes: tuple[int, ...], hub: int, use: Use) -> None:
        """Note that nodes are related to one another, by way of a hub."""
        for node in nodes:
            self._related.setdefault(node, []).append((hub, use))
            self._related.setdefault(hub, []).append((node, use))

    def path(self, start: int, sorts: list[str | None], wanted: str) -> tuple[list[Use], int]:
        """Return the uses on a shortest way to a node of the wanted sort, and that node, or `start` without any."""
        ways: dict[int, list[Use]] = {start: []}
        queue = deque([start])
        while queue:
            node = queue.popleft()
            if sorts[node] == wanted:
                return ways[node], node
            for other, use in self._related.get(node, ()):
                if other not in ways:
                    ways[other] = [*ways[node], use]
                    queue.append(other)
        return [], start


# ------------------------------------------------------------------------------------------------ small things


def _a(sort: str) -> str:
    return article(sort if sort == NUMBER else f"`{sort}`")


def _kind(kind: Kind, arity: int) -> str:
    """Return what a symbol is, in words."""
    if kind == "predicate":
        return "a predicate" if arity else "a proposition"
    return "a function" if kind == "function" else "an individual"


def _under_at_most(use: Use) -> bool:
    """Return whether a use is a side of a `<=`, which some take for an arrow."""
    return any(
        isinstance(part, Comparison)
        and part.operator == "<="
        and (part.left is use.node or part.right is use.node)
        for part in subformulas(use.formula)
    )


def _has_symbols(term: Term) -> bool:
    """Return whether the value of a term depends on anything but numbers."""
    return any(isinstance(part, Variable | Constant | Application) for part in subterms(term))


def _lacks_sort(formula: Formula) -> bool:
    return isinstance(formula, ForAll | Exists) and any(binding.sort is None for binding in formula.bindings)


def _with_sorts(formula: Formula, sorts: Iterator[str]) -> Formula:
    """Return the formula with each variable given its sort, in the order of the walk."""
    match formula:
        case Not(operand):
            return Not(_with_sorts(operand, sorts))
        case And(operands):
            return And(tuple([_with_sorts(operand, sorts) for operand in operands]))
        case Or(operands):
            return Or(tuple([_with_sorts(operand, sorts) for operand in operands]))
        case Implies(premise, conclusion):
            first = _with_sorts(premise, sorts)
            return Implies(first, _with_sorts(conclusion, sorts))
        case Iff(left, right):
            first = _with_sorts(left, sorts)
            return Iff(first, _with_sorts(right, sorts))
        case ForAll(bindings, body):
            bound = tuple([replace(binding, sort=next(sorts)) for binding in bindings])
            return ForAll(bound, _with_sorts(body, sorts))
        case Exists(bindings, body):
            bound = tuple([replace(binding, sort=next(sorts)) for binding in bindings])
            return Exists(bound, _with_sorts(body, sorts))
    return formula
