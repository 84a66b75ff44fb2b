"""Results and reports, as plain data and as the RDF that SHACL 3.6 defines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog_service.model.terms import Term, language, value
from catalog_service.namespaces import SH
from catalog_service.validation.shacl.names import SH_PREFIX
from catalog_service.validation.shacl.paths import Alternative, Inverse, Path, Predicate, Repeated, Sequence

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_LIMIT = 1_000_000
"""Results after which a validation stops: ``sh:lessThan`` gives one for every pair of values."""


@dataclass(frozen=True, slots=True)
class Source:
    """What all results of one constraint have in common."""

    shape: Term
    path: Path | None
    component: str
    """Local name without ``ConstraintComponent``; a whole term for components of others."""
    severity: Term
    messages: tuple[Term, ...]
    constraint: Term = ""
    """``sh:sourceConstraint``, of SPARQL-based constraints only."""


@dataclass(frozen=True, slots=True)
class Result:
    """One ``sh:ValidationResult``; terms are N-Triples strings."""

    focus_node: Term
    value: Term
    """The value node, empty if the component gives none, such as ``sh:minCount``."""
    source: Source
    result_path: Path | None
    detail: tuple[Result, ...] = ()
    """Why the value did not conform to the shape of ``sh:node``."""

    @property
    def path(self) -> str:
        """The path in SPARQL's notation, such as ``<http://…/a>/<http://…/b>``; empty without one."""
        return "" if self.result_path is None else str(self.result_path)

    @property
    def predicates(self) -> tuple[Term, ...]:
        """The predicates of a path that is one predicate or a sequence of predicates; empty for others."""
        path = self.result_path
        steps = path.paths if isinstance(path, Sequence) else (path,)
        predicates = tuple(step.iri for step in steps if isinstance(step, Predicate))
        return predicates if len(predicates) == len(steps) else ()

    @property
    def component(self) -> Term:
        """The constraint component's IRI as a term."""
        name = self.source.component
        return name if name.startswith("<") else f"{SH_PREFIX}{name}ConstraintComponent>"

    @property
    def severity(self) -> Term:
        """The severity's IRI as a term."""
        return self.source.severity

    @property
    def source_shape(self) -> Term:
        """The shape whose constraint this is; a blank node has the label it had when the shapes were read."""
        return self.source.shape

    @property
    def messages(self) -> Mapping[str, str]:
        """The shape's own messages by language; the first of each language, nothing if the shape has none."""
        return {language(term): value(term) for term in reversed(self.source.messages)}

    def key(self) -> tuple[str, str, str, str, str, str]:
        """Return what identifies a result to other validators: all but messages and details."""
        return self.focus_node, self.path, self.value, self.component, self.severity, self.source_shape


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one validation."""

    results: tuple[Result, ...] = ()
    fallback: tuple[Term, ...] = ()
    """Shapes that pySHACL ran because something on them is not compiled."""
    truncated: bool = False
    """Whether there were more results than the limit."""
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @property
    def conforms(self) -> bool:
        """Whether there is no result, of whatever severity (section 3.6.1)."""
        return not self.results

    def graph(self) -> Any:
        """Return the SHACL report as an rdflib Graph."""
        from rdflib import RDF, BNode, Graph, Literal, URIRef

        graph = Graph()
        graph.bind("sh", SH)
        report = BNode()
        graph.add((report, RDF.type, URIRef(f"{SH}ValidationReport")))
        graph.add((report, URIRef(f"{SH}conforms"), Literal(self.conforms)))
        written: dict[int, Any] = {}
        for result in self.results:
            graph.add((report, URIRef(f"{SH}result"), _write(graph, result, written)))
        return graph


def to_rdflib(term: Term) -> Any:
    """Return the rdflib term of an N-Triples term, its text as it is."""
    from rdflib import BNode, Literal, URIRef

    if term[0] == "<":
        return URIRef(term[1:-1])
    if term[0] == "_":
        return BNode(term[2:])
    tag = language(term)
    kind = term[term.rindex('"') + 4 : -1] if term[-1] == ">" else ""
    return Literal(value(term), lang=tag or None, datatype=URIRef(kind) if kind else None, normalize=False)


def _write(graph: Any, result: Result, written: dict[int, Any]) -> Any:
    from rdflib import RDF, BNode, URIRef

    known = written.get(id(result))
    if known is not None:
        return known
    node = written[id(result)] = BNode()
    parts = {
        "focusNode": result.focus_node,
        "resultSeverity": result.severity,
        "sourceConstraintComponent": result.component,
        "sourceShape": result.source_shape,
        "value": result.value,
        "sourceConstraint": result.source.constraint,
    }
    graph.add((node, RDF.type, URIRef(f"{SH}ValidationResult")))
    for name, term in parts.items():
        if term:
            graph.add((node, URIRef(SH + name), to_rdflib(term)))
    for message in result.source.messages:
        graph.add((node, URIRef(f"{SH}resultMessage"), to_rdflib(message)))
    if result.result_path is not None:
        graph.add((node, URIRef(f"{SH}resultPath"), write_path(graph, result.result_path)))
    for detail in result.detail:
        graph.add((node, URIRef(f"{SH}detail"), _write(graph, detail, written)))
    return node


_REPEATED = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}


def write_path(graph: Any, path: Path) -> Any:
    """Add a path to an rdflib Graph and return its node."""
    from rdflib import BNode, URIRef
    from rdflib.collection import Collection

    match path:
        case Predicate(iri):
            return URIRef(iri[1:-1])
        case Sequence(paths):
            return Collection(graph, BNode(), [write_path(graph, each) for each in paths]).uri
        case Alternative(paths):
            name, inner = "alternativePath", Collection(graph, BNode(), [write_path(graph, each) for each in paths]).uri
        case Inverse(one):
            name, inner = "inversePath", write_path(graph, one)
        case Repeated(one, sign):
            name, inner = _REPEATED[sign], write_path(graph, one)
    node = BNode()
    graph.add((node, URIRef(SH + name), inner))
    return node
