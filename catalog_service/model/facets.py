"""Facets, sets and dependencies: what paths of a kind's shapes are good for beside being filled in."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

from catalog_service.model import terms
from catalog_service.model.fields import slug
from catalog_service.model.kind import Facet
from catalog_service.model.shapegraph import required_texts
from catalog_service.namespaces import DISPLAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalog_service.model.kind import Field
    from catalog_service.model.shapegraph import ShapeGraph
    from catalog_service.model.terms import Term

FacetType = Literal["concept", "reference", "boolean", "price", "period", "coverage", "rating"]
_TYPES: dict[str, FacetType] = {each: each for each in get_args(FacetType)}


def facets(graph: ShapeGraph, kind: Term, fields: tuple[Field, ...]) -> tuple[Facet, ...]:
    """Return the facets of a kind in the order they are offered."""
    found = []
    for node in graph.many(kind, "sh:property"):
        if graph.many(node, "stsd:facet"):
            found.append(_facet(graph, node, fields))
    return tuple(sorted(found, key=lambda facet: facet.order))


def _facet(graph: ShapeGraph, node: Term, fields: tuple[Field, ...]) -> Facet:
    path = graph.path(node)
    return Facet(
        name=graph.text(node, "stsd:facet"),
        labels=required_texts(graph, node, "sh:name"),
        definitions=required_texts(graph, node, "sh:description"),
        path=path,
        type=_type(graph, node, fields),
        scheme=_scheme(graph, node, fields),
        foreign=_foreign(path, fields),
        order=int(graph.number(node, "stsd:facetOrder")),
    )


def _type(graph: ShapeGraph, node: Term, fields: tuple[Field, ...]) -> FacetType:
    said = graph.value(node, "stsd:facetType").removeprefix(DISPLAY)
    own = _own(node, fields)
    name = said or (own.type if own else "")
    if name in _TYPES:
        return _TYPES[name]
    raise graph.error(node, f"不知道分面类型“{name}”", f"there is no facet type “{name}”; give stsd:facetType")


def _own(node: Term, fields: tuple[Field, ...]) -> Field | None:
    return next((each for each in fields if each.shape == terms.value(node)), None)


def _scheme(graph: ShapeGraph, node: Term, fields: tuple[Field, ...]) -> str:
    said = graph.many(node, "stsd:list")
    if said:
        return slug(said[0])
    own = _own(node, fields)
    return own.schemes[0] if own and own.schemes else ""


def _foreign(path: tuple[Term, ...], fields: tuple[Field, ...]) -> bool:
    """Tell whether a path goes on beyond a reference, into another record."""
    return any(
        each.type == "reference" and len(path) > len(each.path) and path[: len(each.path)] == each.path
        for each in _all(fields)
    )


def _all(fields: tuple[Field, ...]) -> Iterator[Field]:
    for each in fields:
        yield each
        yield from _all(each.fields)


def dependencies(graph: ShapeGraph, kind: Term, fields: tuple[Field, ...]) -> tuple[tuple[Term, ...], ...]:
    """Return the paths into other records that the kind's shapes name."""
    paths = (graph.path(node) for node in graph.many(kind, "sh:property") if graph.flag(node, "stsd:displayOnly"))
    return tuple(dict.fromkeys(path for path in paths if _foreign(path, fields)))


def sets(graph: ShapeGraph, kind: Term, fields: tuple[Field, ...]) -> Mapping[str, tuple[tuple[Term, ...], str]]:
    """Return the set prefixes of a kind with the path of their value and its code list."""
    return MappingProxyType(
        {
            graph.text(node, "stsd:set"): (graph.path(node), _scheme(graph, node, fields))
            for node in graph.many(kind, "sh:property")
            if graph.many(node, "stsd:set")
        }
    )
