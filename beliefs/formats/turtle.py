"""RDF in Turtle: each triple is a fact `predicate(subject, object)`.

Of an IRI with a prefix, `ex:knows`, the name is `ex__knows`; one of the default namespace has its bare name, `knows`.
Any other IRI, a blank node and a literal that is no number become names as well, in the way of `names`, so that every
triple comes back as it was where the same prefixes are known. Integers and decimals are numbers.

RDF lets two names stand for one individual, and a blank node for any. Here both are individuals of their own, as
everything is that beliefs name.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Entrenchment
from beliefs.errors import FormatError, MissingExtraError
from beliefs.formats.contents import (
    Contents,
    Fitting,
    Options,
    Placed,
    Progress,
    Rejected,
    Source,
    Written,
    shown,
)
from beliefs.formats.names import from_name, to_name
from beliefs.language.printer import print_formula, print_number, print_term
from beliefs.language.syntax import MAX_DIGITS, Atom, Constant, Minus, Number, Term

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

NEEDS_EXTRA = "RDF needs the rdflib package: pip install 'beliefs[rdf]'"

DEFAULT_NAMESPACE = "urn:beliefs:"
"""The namespace of names without a prefix, where nothing else is said."""

KNOWN = {
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Prefixes that always mean this."""

_INTEGER = re.compile(r"(-?)(0|[1-9][0-9]*)")
_ABSOLUTE = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\]*""")
_DECIMAL = re.compile(r"(-?)((?:0|[1-9][0-9]*)\.(?:0|[0-9]*[1-9]))")


def read(source: Source, options: Options, progress: Progress) -> Contents:
    """Read Turtle, or N-Triples; the beliefs are in the order of their text, as triples have none of their own.

    Raises:
        FormatError: it is malformed; the message names the line.
        MissingExtraError: rdflib is not installed.
    """
    with _rdflib():
        from rdflib import BNode, Graph
        from rdflib.compare import to_canonical_graph

        graph = Graph(bind_namespaces="none")
        try:
            graph.parse(data=source.text(), format="turtle", publicID=DEFAULT_NAMESPACE)
        except RecursionError:
            raise FormatError(f"{source.name}: it nests too deep; write it as N-Triples") from None
        except FormatError:
            raise
        except Exception as fault:  # the parser raises whatever went wrong, from its own errors to IndexError
            raise FormatError(f"{source.name}: this is no Turtle: {_told(fault)}") from fault
        own = {prefix: str(namespace) for prefix, namespace in graph.namespaces()}
        if any(isinstance(node, BNode) for triple in graph for node in triple):
            # Blank nodes have no names that last; these say the same at every reading.
            graph = to_canonical_graph(graph)
        namer = _Namer({**own, **KNOWN, **dict(options.prefixes)})
        entrenchment = Entrenchment(options.level_or())
        beliefs: list[Placed[Belief]] = []
        rejected: list[Rejected] = []
        for text, triple in sorted((" ".join(node.n3() for node in triple), triple) for triple in graph):
            fact = namer.fact(*triple)
            if isinstance(fact, str):
                rejected.append(Rejected(None, shown(text), fact))
            else:
                beliefs.append(Placed(Belief("", fact, entrenchment, options.source), None, shown(text)))
    return Contents(tuple(beliefs), rejected=tuple(rejected))


def write(base: BeliefBase, options: Options) -> Written:
    """Return the facts of a base about two individuals, or an individual and a number, as Turtle.

    Raises:
        FormatError: a belief is no such fact, or has a name whose prefix is not known, and is not to be skipped.
        MissingExtraError: rdflib is not installed.
    """
    fitting = Fitting("RDF", options.skip)
    with _rdflib():
        from rdflib import Graph

        graph = Graph(bind_namespaces="none")
        prefixes = {"": DEFAULT_NAMESPACE, **KNOWN, **dict(options.prefixes)}
        for prefix, namespace in prefixes.items():
            graph.bind(prefix, namespace)
        speller = _Speller(prefixes)
        for belief in base:
            formula = belief.formula
            if not isinstance(formula, Atom) or len(formula.arguments) != 2:
                fitting.misfit(belief, f"says {print_formula(formula)}, no fact about two")
                continue
            try:
                graph.add(speller.triple(formula))
            except _Unspelled as fault:
                fitting.misfit(belief, str(fault))
        return Written(_serialized(graph), tuple(fitting.skipped))


def _serialized(graph: Graph) -> str:
    return graph.serialize(format="turtle")


@contextmanager
def _rdflib() -> Iterator[None]:
    """Make sure that rdflib is there, and keep it from writing to standard error about literals that it corrects."""
    log = logging.getLogger("rdflib")
    former, log.level = log.level, logging.CRITICAL
    try:
        import rdflib  # noqa: F401  (to find out whether it is there)

        yield
    except ImportError as error:
        raise MissingExtraError(NEEDS_EXTRA) from error
    finally:
        log.setLevel(former)


def _told(fault: Exception) -> str:
    """What a parser says is wrong, in one line."""
    message = getattr(fault, "message", None) or str(fault) or type(fault).__name__
    relative = re.fullmatch(r"Base <.*> has no slash after colon - with relative '(.*)'\.", str(fault))
    if relative is not None:
        return f"it has relative IRIs, as <{shown(relative[1])}>, and no @base; write one"
    line = getattr(fault, "lines", None)
    where = f"line {line + 1}: " if isinstance(line, int) else ""
    return where + " ".join(str(message).split())[:300]


@dataclass(slots=True)
class _Namer:
    """Gives the nodes of triples their names.

    Attributes:
        prefixes: the namespaces by their prefixes; that of names without a prefix by the empty one.
    """

    prefixes: dict[str, str]

    def fact(self, subject: Node, predicate: Node, value: Node) -> Atom | str:
        """Return what a triple states; a text says why it states nothing."""
        term = self._term(value)
        if term is None:
            return f"the number has more than {MAX_DIGITS} digits"
        return Atom(to_name(self._text(predicate)), (Constant(to_name(self._text(subject))), term))

    def _term(self, node: Node) -> Term | None:
        from rdflib import XSD, Literal

        if isinstance(node, Literal):
            kinds = {XSD.integer: (_INTEGER, False), XSD.decimal: (_DECIMAL, True)}
            form, real = kinds.get(node.datatype, (None, False)) if node.datatype else (None, False)
            match = form.fullmatch(str(node)) if form else None
            if match is not None:
                if len(match[0]) > MAX_DIGITS:
                    return None
                number = Number(Fraction(match[2]), real=real)
                return Minus(number) if match[1] else number
        return Constant(to_name(self._text(node)))

    def _text(self, node: Node) -> str:
        """What stands for a node: `ex:knows`, a bare name, or the node as N-Triples writes it."""
        from rdflib import URIRef

        if isinstance(node, URIRef):
            iri = str(node)
            fitting = [prefix for prefix, namespace in self.prefixes.items() if iri.startswith(namespace)]
            for prefix in sorted(fitting, key=lambda each: (-len(self.prefixes[each]), each)):
                text = f"{prefix}:{iri[len(self.prefixes[prefix]) :]}".removeprefix(":")
                if _reads(text, self.prefixes) == iri:
                    return text
            return f"<{iri}>"
        return node.n3()


def _reads(text: str, prefixes: dict[str, str]) -> str | None:
    """The IRI that a short form stands for; None where it is none."""
    if not text or text[0] in '<"_':
        return None
    prefix, colon, local = text.partition(":")
    if colon and not prefix:
        return None
    namespace = prefixes.get(prefix if colon else "")
    return None if namespace is None else namespace + (local if colon else text)


class _Unspelled(Exception):  # noqa: N818  (a signal from a name to the belief it stands in)
    """Why a name has no node."""


@dataclass(slots=True)
class _Speller:
    """Finds the nodes that names stand for: the inverse of `_Namer`."""

    prefixes: dict[str, str]

    def triple(self, atom: Atom) -> tuple[Node, Node, Node]:
        """Return the triple that states a fact.

        Raises:
            _Unspelled: a part of it has no node.
        """
        from rdflib import Literal, URIRef

        subject, value = atom.arguments
        predicate = self._node(atom.predicate)
        first, last = self._spelled(subject), self._spelled(value)
        if not isinstance(predicate, URIRef) or isinstance(first, Literal):
            culprit = atom.predicate if not isinstance(predicate, URIRef) else print_term(subject)
            raise _Unspelled(f"has {culprit} where RDF takes no literal or blank node")
        again = _Namer(self.prefixes).fact(first, predicate, last)
        if again != atom:
            read = again if isinstance(again, str) else print_formula(again)
            raise _Unspelled(f"says {print_formula(atom)}, which would be read back as {read}")
        return first, predicate, last

    def _spelled(self, term: Term) -> Node:
        from rdflib import XSD, Literal

        match term:
            case Constant(name):
                return self._node(name)
            case Number(value, real):
                sign = ""
            case Minus(Number(value, real)):
                sign = "-"
            case _:
                raise _Unspelled(f"is about {print_term(term)}, which is not a name or number")
        text = print_number(value, real)
        if "/" in text:
            raise _Unspelled(f"is about {text}, which is no decimal")
        return Literal(sign + text, datatype=XSD.decimal if real else XSD.integer)

    def _node(self, name: str) -> Node:
        from rdflib import BNode, Literal, URIRef
        from rdflib.util import from_n3

        try:
            text = from_name(name)
        except FormatError as fault:
            raise _Unspelled(f"has a name that does not fit: {fault}") from None
        if text.startswith("_:"):
            return BNode(text[2:])
        if text.startswith(('"', "<")):
            try:
                node = from_n3(text)
            except Exception:  # it raises whatever went wrong
                node = None
            absolute = not text.startswith("<") or _ABSOLUTE.fullmatch(text[1:-1])
            if not isinstance(node, URIRef | Literal) or node.n3() != text or not absolute:
                raise _Unspelled(f"has the name {name}, which stands for no node")
            return node
        iri = _reads(text, self.prefixes)
        if iri is None:
            prefix = text.partition(":")[0]
            if not re.fullmatch(r"[^\W\d_][\w-]*", prefix):
                raise _Unspelled(f"has the name {name}, which stands for no IRI")
            raise _Unspelled(f"has the name {name}, whose prefix is not known; give --prefix {prefix}=IRI")
        if not _ABSOLUTE.fullmatch(iri):
            raise _Unspelled(f"has the name {name}, which cannot be part of an IRI")
        return URIRef(iri)
