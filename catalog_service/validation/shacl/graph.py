"""Any graph becomes one index: subject to predicate to objects, every term an N-Triples string.

Indexing is half of the time of a validation, so each kind of input has its own way: records are taken as they are,
pyoxigraph writes N-Triples in one piece that is cut into lines, and of rdflib's memory store the dictionaries are read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, cast

from catalog_service.model.terms import Term, Triple, literal
from catalog_service.validation.shacl.errors import BadData

if TYPE_CHECKING:
    from collections.abc import Iterator

Properties = dict[Term, list[Term]]
"""Predicate to objects, for one subject."""
Nodes = dict[Term, Properties]
"""Subject to predicate to objects."""

NO_PROPERTIES: Properties = {}
_CHUNK = 100_000
_END = " .\n"
_XSD_STRING_SUFFIX = "^^<http://www.w3.org/2001/XMLSchema#string>"


def index(data: object) -> Nodes:
    """Return the index of a graph.

    ``data`` is an rdflib Graph, a pyoxigraph Dataset or Store, a record (anything with ``nodes``), such an index
    itself, or an iterable of records or of triples; triples are of pyoxigraph, rdflib or N-Triples strings.
    An index and the nodes of records are used, not copied, and must be sets: no object twice.
    """
    if data is None:
        return {}
    if isinstance(data, Mapping):
        return cast("Nodes", data)
    nodes = getattr(data, "nodes", None)
    if isinstance(nodes, Mapping):
        return cast("Nodes", nodes)
    if _is_a(data, "rdflib", "Graph"):
        return _of_rdflib(data)
    if _is_a(data, "pyoxigraph", "Dataset", "Store"):
        return _of_dataset(data)
    if isinstance(data, Iterable) and not isinstance(data, str | bytes):
        return _of_iterable(iter(data))
    raise BadData(f"this is no graph, no triples and no records: {type(data).__name__}")


def merged(first: Nodes, second: Nodes) -> Nodes:
    """Return the union of two indexes; neither is changed, and what stands in one only is shared."""
    if not first or not second:
        return second or first
    union = {**first, **second}
    for subject in first.keys() & second.keys():
        union[subject] = merged_properties(first[subject], second[subject])
    return union


def merged_properties(first: Properties, second: Properties) -> Properties:
    """Return the properties of a node that stands in two graphs."""
    union = {**first, **second}
    for predicate in first.keys() & second.keys():
        union[predicate] = list(dict.fromkeys(first[predicate] + second[predicate]))
    return union


def _is_a(value: object, module: str, *names: str) -> bool:
    """Tell whether a value is of a class of a library, without importing the library."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(value, tuple(getattr(loaded, name) for name in names))


def _of_iterable(items: Iterator[Any]) -> Nodes:
    first = next(items, None)
    if first is None:
        return {}
    items = chain((first,), items)
    if hasattr(first, "nodes"):
        return _of_records(items)
    nodes: Nodes = {}
    if _is_a(first, "pyoxigraph", "Triple", "Quad"):
        while chunk := list(islice(items, _CHUNK)):
            _add_lines(nodes, _lines(chunk))
    elif isinstance(first, tuple) and len(first) == 3 and isinstance(first[0], str):
        _add(nodes, items if type(first[0]) is str else (_from_rdflib(triple) for triple in items))
    else:
        raise BadData(f"an iterable of {type(first).__name__} is neither triples nor records")
    return _without_doubles(nodes)


def _of_records(records: Iterable[Any]) -> Nodes:
    nodes: Nodes = {}
    size = 0
    for record in records:
        known = len(nodes)
        before = {subject: nodes[subject] for subject in record.nodes if subject in nodes}
        nodes.update(record.nodes)
        size += len(nodes) - known
        for subject, properties in before.items():
            nodes[subject] = merged_properties(properties, nodes[subject])
    return nodes


def _of_dataset(dataset: Any) -> Nodes:
    nodes: Nodes = {}
    try:
        _add_lines(nodes, _lines(dataset))
    except ValueError:  # named graphs: their union is the data graph
        return _of_iterable(quad.triple for quad in dataset)
    return nodes


def _lines(triples: Any) -> list[str]:
    from pyoxigraph import RdfFormat, serialize

    try:
        written = serialize(triples, format=RdfFormat.N_TRIPLES)
    except ValueError:
        if not isinstance(triples, list):
            raise
        plain: Any = (getattr(quad, "triple", quad) for quad in triples)
        written = serialize(plain, format=RdfFormat.N_TRIPLES)
    return cast("bytes", written).decode().removesuffix(_END).split(_END)


def _add_lines(nodes: Nodes, lines: list[str]) -> None:
    """Add N-Triples lines as pyoxigraph writes them: one space between terms; their ends are cut off."""
    last, properties = "", NO_PROPERTIES
    for line in lines:
        if not line:
            continue
        subject, predicate, term = line.split(" ", 2)
        if subject != last:
            last = subject
            found = nodes.get(subject)
            if found is None:
                nodes[subject] = properties = {}
            else:
                properties = found
        if predicate in properties:
            properties[predicate].append(term)
        else:
            properties[predicate] = [term]


def _add(nodes: Nodes, triples: Iterable[Triple]) -> None:
    for subject, predicate, term in triples:
        properties = nodes.setdefault(subject, {})
        properties.setdefault(predicate, []).append(_in_one_form(term) if term[0] == '"' else term)


def _in_one_form(term: Term) -> Term:
    """Return a literal as RDF 1.1 compares it: ``xsd:string`` goes without saying, language tags have no case."""
    last = term[-1]
    if last == ">":
        return term.removesuffix(_XSD_STRING_SUFFIX)
    if last == '"':
        return term
    end = term.rindex('"')
    return term[:end] + term[end:].lower()


def _without_doubles(nodes: Nodes) -> Nodes:
    """A graph is a set; an iterable may give a triple twice."""
    for properties in nodes.values():
        for predicate, objects in properties.items():
            if len(objects) > 1 and len(set(objects)) != len(objects):
                properties[predicate] = list(dict.fromkeys(objects))
    return nodes


def _of_rdflib(graph: Any) -> Nodes:
    stored = _stored(graph)
    nodes: Nodes = {}
    if stored is None:
        # of several graphs their union, which may hold a triple several times
        triples = (
            (quad[:3] for quad in graph.quads())
            if _is_a(graph, "rdflib", "Dataset")
            else graph.triples((None, None, None))
        )
        _add(nodes, map(_from_rdflib, triples))
        return _without_doubles(nodes)
    predicates: dict[object, Term] = {}
    terms: dict[int, Term] = {}
    for subject, properties in stored.items():
        own: Properties = {}
        for predicate, objects in properties.items():
            name = predicates.get(predicate)
            if name is None:
                predicates[predicate] = name = from_rdflib(predicate)
            found = []
            for term in objects:
                known = terms.get(id(term))
                if known is None:
                    terms[id(term)] = known = from_rdflib(term)
                found.append(known)
            if found:
                own[name] = found if len(found) == 1 else list(dict.fromkeys(found))
        if own:
            nodes[from_rdflib(subject)] = own
    return nodes


def _stored(graph: Any) -> Mapping[Any, Mapping[Any, Iterable[Any]]] | None:
    """Return the dictionaries of rdflib's memory stores if the graph is all that is in the store, else None."""
    store = graph.store
    kind = type(store).__name__
    if kind == "Memory" and type(graph).__name__ == "Graph":
        contexts = getattr(store, "_Memory__all_contexts", None)
        if contexts is not None and {context.identifier for context in contexts} <= {graph.identifier}:
            return cast("Mapping[Any, Mapping[Any, Iterable[Any]]] | None", getattr(store, "_Memory__spo", None))
    if kind == "SimpleMemory":
        return cast("Mapping[Any, Mapping[Any, Iterable[Any]]] | None", getattr(store, "_SimpleMemory__spo", None))
    return None


def _from_rdflib(triple: tuple[Any, Any, Any]) -> Triple:
    subject, predicate, term = triple
    return from_rdflib(subject), from_rdflib(predicate), from_rdflib(term)


def from_rdflib(term: Any) -> Term:
    """Return the N-Triples term of an rdflib term."""
    kind = type(term).__name__
    if kind == "URIRef":
        return f"<{term!s}>"
    if kind == "Literal":
        return literal(str(term), term.language, term.datatype and str(term.datatype))
    if kind == "BNode":
        return f"_:{term!s}"
    raise BadData(f"an RDF graph holds no term such as {term!r}")
