"""Hypothesis strategies for formulas, signatures and documents of the language.

`formulas()` draws any tree the language can say, well-sorted or not: for the parser and the printer.
`bases()` draws declarations with formulas that fit them: for inference and all that reasons.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import TypeAlias

from hypothesis import strategies as st

from beliefs.language.syntax import (
    FALSE,
    KEYWORDS,
    TRUE,
    And,
    Application,
    Arithmetic,
    Atom,
    Binding,
    Comparison,
    Constant,
    ConstantDeclaration,
    Declaration,
    Document,
    Exists,
    ForAll,
    Formula,
    FunctionDeclaration,
    Header,
    Iff,
    Implies,
    Minus,
    Not,
    Number,
    Or,
    PredicateDeclaration,
    SortDeclaration,
    Statement,
    Term,
    Variable,
)

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
ARITHMETIC = ("+", "-", "*")

VARIABLES = ("x", "y", "z", "X", "other", "w1")
INDIVIDUALS = ("a", "b", "kitchen", "r2d2", "señor", "k'", "sorted", "_")
PREDICATES = ("p", "q", "at", "bird", "forall_", "notable", "β", "P")
FUNCTIONS = ("f", "battery", "cost'", "true_")
SORTS = ("Room", "Robot", "Int", "Real", "Thing", "été")

names = st.one_of(
    st.sampled_from(INDIVIDUALS + PREDICATES + FUNCTIONS),
    st.from_regex(r"[a-zA-Z_]\w{1,8}'{0,2}", fullmatch=True).filter(lambda name: name not in KEYWORDS),
)
"""Names of symbols; none of them a single letter that looks like a variable."""


@st.composite
def numbers(draw: st.DrawFn) -> Number:
    """Draw a number: an integer, a decimal or a fraction."""
    if draw(st.booleans()):
        return Number(Fraction(draw(st.integers(0, 10**6))))
    return Number(draw(st.fractions(min_value=0, max_denominator=10**4)), real=True)


@cache
def terms(bound: tuple[str, ...] = (), depth: int = 2) -> st.SearchStrategy[Term]:
    """Return a strategy for terms whose variables are among `bound`."""
    individuals = [name for name in INDIVIDUALS if name not in bound]
    leaves: list[st.SearchStrategy[Term]] = [st.builds(Constant, st.sampled_from(individuals)), numbers()]
    if bound:
        leaves.append(st.builds(Variable, st.sampled_from(bound)))
    if depth == 0:
        return st.one_of(leaves)
    inner = st.deferred(lambda: terms(bound, depth - 1))
    return st.one_of(
        *leaves,
        st.builds(
            Application, st.sampled_from(FUNCTIONS), st.lists(inner, min_size=1, max_size=3).map(tuple)
        ),
        st.builds(Minus, inner),
        st.builds(Arithmetic, st.sampled_from(ARITHMETIC), inner, inner),
    )


@cache
def formulas(bound: tuple[str, ...] = (), depth: int = 3) -> st.SearchStrategy[Formula]:
    """Return a strategy for all that the grammar can say, with no regard to sorts."""
    argument = terms(bound)
    leaves: list[st.SearchStrategy[Formula]] = [
        st.builds(Atom, st.sampled_from(PREDICATES), st.lists(argument, max_size=2).map(tuple)),
        st.builds(Comparison, st.sampled_from(COMPARISONS), argument, argument),
        st.sampled_from((TRUE, FALSE)),
    ]
    if depth == 0:
        return st.one_of(leaves)
    inner = st.deferred(lambda: formulas(bound, depth - 1))
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        *leaves,
        st.builds(Not, inner),
        st.builds(And, several),
        st.builds(Or, several),
        st.builds(Implies, inner, inner),
        st.builds(Iff, inner, inner),
        quantified(ForAll, bound, depth),
        quantified(Exists, bound, depth),
    )


@st.composite
def quantified(
    draw: st.DrawFn, node: type[ForAll] | type[Exists], bound: tuple[str, ...], depth: int
) -> ForAll | Exists:
    """Draw a quantified formula."""
    variables = draw(st.lists(st.sampled_from(VARIABLES), min_size=1, max_size=3, unique=True))
    sorted_ones = draw(st.integers(0, len(variables)))
    bindings = tuple(
        Binding(name, draw(st.sampled_from(SORTS)) if index < sorted_ones else None)
        for index, name in enumerate(variables)
    )
    body = draw(formulas(tuple(dict.fromkeys((*bound, *variables))), depth - 1))
    return node(bindings, body)


@st.composite
def headers(draw: st.DrawFn) -> Header:
    """Draw a header; a weight comes with a level."""
    level = draw(st.one_of(st.none(), st.just("certain"), st.integers(0, 10**6)))
    weights = st.none() | st.fractions(min_value=Fraction(1, 1000), max_denominator=1000)
    return Header(
        name=draw(st.none() | names | st.sampled_from(("exit-3.1", "a:b", "not", "3rd", "r-1"))),
        level=level,
        weight=draw(weights) if isinstance(level, int) else None,
        source=draw(st.none() | st.text(max_size=12)),
    )


def declarations() -> st.SearchStrategy[Declaration]:
    """Return a strategy for declarations, with no regard to whether they fit together."""
    sorts = st.lists(st.sampled_from(SORTS), max_size=3).map(tuple)
    sort = st.sampled_from(SORTS)
    return st.one_of(
        st.builds(SortDeclaration, names, st.none() | st.lists(names, min_size=1, max_size=3).map(tuple)),
        st.builds(PredicateDeclaration, names, sorts),
        st.builds(FunctionDeclaration, names, sorts, sort),
        st.builds(ConstantDeclaration, names, sort),
    )


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Draw a document, with no regard to sorts."""
    statements = st.builds(Statement, headers(), formulas(depth=2))
    return Document(
        draw(st.lists(declarations(), max_size=4).map(tuple)),
        draw(st.lists(statements, max_size=4).map(tuple)),
    )


# What fits together: a fixed vocabulary of symbols, of which a base declares some and leaves the others to be
# inferred, and formulas that use each symbol in its sorts.

VOCABULARY: tuple[Declaration, ...] = (
    SortDeclaration("Room", ("kitchen", "hall", "lab")),
    SortDeclaration("Robot"),
    PredicateDeclaration("raining"),
    PredicateDeclaration("open"),
    PredicateDeclaration("at", ("Robot", "Room")),
    PredicateDeclaration("clean", ("Room",)),
    PredicateDeclaration("likes", ("Robot", "Robot")),
    PredicateDeclaration("likely", ("Real",)),
    PredicateDeclaration("many", ("Int",)),
    FunctionDeclaration("battery", ("Robot",), "Real"),
    FunctionDeclaration("size", ("Room",), "Int"),
    FunctionDeclaration("home", ("Robot",), "Room"),
    FunctionDeclaration("leader", (), "Robot"),
    FunctionDeclaration("limit", (), "Real"),
    FunctionDeclaration("crew", (), "Int"),
    ConstantDeclaration("c3po", "Robot"),
    ConstantDeclaration("r2", "Robot"),
)
_ARGUMENTS = {
    declaration.name: declaration.arguments
    for declaration in VOCABULARY
    if isinstance(declaration, PredicateDeclaration)
}


Sorted: TypeAlias = tuple[tuple[str, str], ...]
"""Variables with their sorts."""


@cache
def sorted_terms(sort: str, bound: Sorted = (), depth: int = 1) -> st.SearchStrategy[Term]:
    """Return a strategy for terms of a sort, with variables of the sorts given; Int terms count as Real."""
    fitting = (sort, "Int") if sort == "Real" else (sort,)
    choices: list[st.SearchStrategy[Term]] = [
        st.just(Variable(name)) for name, own in bound if own in fitting
    ]
    for declaration in VOCABULARY:
        match declaration:
            case SortDeclaration(name, members) if name == sort and members:
                choices.append(st.sampled_from(members).map(Constant))
            case ConstantDeclaration(name, own) if own == sort:
                choices.append(st.just(Constant(name)))
            case FunctionDeclaration(name, (), result) if result in fitting:
                choices.append(st.just(Constant(name)))
            case FunctionDeclaration(name, arguments, result) if arguments and result in fitting and depth:
                inner = st.tuples(*[sorted_terms(argument, bound, depth - 1) for argument in arguments])
                choices.append(st.builds(Application, st.just(name), inner))
    if sort in ("Int", "Real"):
        literals = numbers() if sort == "Real" else st.builds(Number, st.integers(0, 20).map(Fraction))
        choices.append(literals)
        if depth:
            inner_term = st.deferred(lambda: sorted_terms(sort, bound, depth - 1))
            choices.append(st.builds(Minus, inner_term))
            choices.append(st.builds(Arithmetic, st.sampled_from(("+", "-")), inner_term, inner_term))
            choices.append(st.builds(Arithmetic, st.just("*"), literals, inner_term))
    return st.one_of(choices)


@cache
def sorted_formulas(
    bound: Sorted = (), depth: int = 3, write_sorts: bool = False
) -> st.SearchStrategy[Formula]:
    """Return a strategy for formulas that use each symbol of the vocabulary in its sorts.

    Args:
        bound: the variables around, with their sorts.
        depth: how many connectives and quantifiers may nest.
        write_sorts: whether every variable has its sort written, or any of them may lack it.
    """
    return _sorted_formulas(bound, depth, write_sorts)


@st.composite
def _sorted_formulas(draw: st.DrawFn, bound: Sorted, depth: int, write_sorts: bool) -> Formula:
    kinds = ["atom", "comparison"]
    if depth > 0:
        kinds += ["not", "and", "or", "implies", "iff", "forall", "exists"]
    kind = draw(st.sampled_from(kinds))
    inner = sorted_formulas(bound, max(0, depth - 1), write_sorts)
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    match kind:
        case "atom":
            predicate = draw(st.sampled_from(sorted(_ARGUMENTS)))
            return Atom(predicate, tuple(draw(sorted_terms(sort, bound)) for sort in _ARGUMENTS[predicate]))
        case "comparison":
            sort = draw(st.sampled_from(("Room", "Robot", "Int", "Real")))
            operators = COMPARISONS if sort in ("Int", "Real") else COMPARISONS[:2]
            sides = sorted_terms(sort, bound)
            return Comparison(draw(st.sampled_from(operators)), draw(sides), draw(sides))
        case "not":
            return Not(draw(inner))
        case "and":
            return And(draw(several))
        case "or":
            return Or(draw(several))
        case "implies":
            return Implies(draw(inner), draw(inner))
        case "iff":
            return Iff(draw(inner), draw(inner))
    variables = draw(st.lists(st.sampled_from(VARIABLES), min_size=1, max_size=2, unique=True))
    sorts = [draw(st.sampled_from(("Room", "Robot", "Int", "Real"))) for _ in variables]
    written = len(variables) if write_sorts else draw(st.integers(0, len(variables)))
    bindings = tuple(
        Binding(name, sort if index < written else None)
        for index, (name, sort) in enumerate(zip(variables, sorts, strict=True))
    )
    around = {**dict(bound), **dict(zip(variables, sorts, strict=True))}
    body = draw(sorted_formulas(tuple(sorted(around.items())), depth - 1, write_sorts))
    return ForAll(bindings, body) if kind == "forall" else Exists(bindings, body)


@st.composite
def bases(draw: st.DrawFn, max_size: int = 6) -> tuple[tuple[Declaration, ...], tuple[Formula, ...]]:
    """Draw declarations and formulas that mostly fit together: every sort is declared, not every symbol is.

    What is not declared is inferred, and that can clash: a Real variable without its sort may be taken for an Int
    by another use. Such bases are worth having too.
    """
    sorts = tuple(declaration for declaration in VOCABULARY if isinstance(declaration, SortDeclaration))
    rest = [declaration for declaration in VOCABULARY if not isinstance(declaration, SortDeclaration)]
    kept = draw(st.lists(st.sampled_from(rest), unique=True, max_size=len(rest)))
    written = draw(st.lists(sorted_formulas(), min_size=1, max_size=max_size))
    return (*sorts, *kept), tuple(written)
