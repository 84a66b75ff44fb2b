"""How elements and kinds look in other formats: the alignments of ``ontology/alignments/``.

A statement ``stsh:service-product-title stsd:oai_dc dc:title`` says that the element is written as ``dc:title`` in the
format ``oai_dc``; several objects are all written. ``stsd:oai_dc_type`` gives classes of a kind or of an inner node,
``stsd:constant`` what every record of a kind has. The format ``twin`` is our own: a second property of the same value.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.model.kind import View
from catalog_service.namespaces import DISPLAY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog_service.model.shapegraph import ShapeGraph
    from catalog_service.model.terms import Term

_TYPE = "_type"
_CONSTANT = "constant"


def aligned(views: ShapeGraph, node: Term) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    """Return an element's properties and an inner node's classes in other formats, by format."""
    properties: dict[str, tuple[str, ...]] = {}
    classes: dict[str, tuple[str, ...]] = {}
    for predicate, objects in views.properties(node).items():
        name = terms.value(predicate).removeprefix(DISPLAY)
        found = tuple(terms.value(each) for each in objects)
        if name.endswith(_TYPE):
            classes[name.removesuffix(_TYPE)] = found
        elif name != _CONSTANT:
            properties[name] = found
    return MappingProxyType(properties), MappingProxyType(classes)


def views_of(views: ShapeGraph, node: Term) -> Mapping[str, View]:
    """Return how records of a kind look in other formats."""
    _, classes = aligned(views, node)
    constants: dict[str, list[tuple[str, Term]]] = {}
    for each in views.many(node, "stsd:constant"):
        pair = (views.text(each, "stsd:property"), views.one(each, "stsd:value"))
        constants.setdefault(views.text(each, "stsd:format"), []).append(pair)
    return MappingProxyType(
        {name: View(classes.get(name, ()), tuple(constants.get(name, ()))) for name in sorted({*classes, *constants})}
    )
