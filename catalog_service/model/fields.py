"""Property shapes compiled to fields."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.model.kind import Field
from catalog_service.model.shapegraph import required_texts, severity, texts
from catalog_service.model.views import aligned
from catalog_service.namespaces import CODE_LISTS, SHAPES, XSD, expand, term

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog_service.model.kind import FieldType, Obligation
    from catalog_service.model.shapegraph import ShapeGraph
    from catalog_service.model.terms import Term

_DATATYPES: dict[str, FieldType] = {
    expand("rdf:langString"): "text",
    f"{XSD}string": "string",
    f"{XSD}integer": "integer",
    f"{XSD}decimal": "decimal",
    f"{XSD}date": "date",
    f"{XSD}boolean": "boolean",
}
_OBLIGATIONS: dict[str, Obligation] = {"M": "M", "C": "C", "R": "R", "O": "O", "-": "-"}
_IN_SCHEME, _BROADER = term("skos:inScheme"), term("skos:broader")


def compile_fields(graph: ShapeGraph, owner: Term, views: ShapeGraph) -> tuple[Field, ...]:
    """Return the fields of a shape's named property shapes, members of unnamed inner nodes among them, in order."""
    found: list[Field] = []
    for node in graph.many(owner, "sh:property"):
        if graph.flag(node, "stsd:unnamed"):
            found += _lifted(graph, node, views)
        elif graph.many(node, "stsd:shortName"):
            found.append(_field(graph, node, views))
    names = [each.name for each in found]
    for name in names:
        if names.count(name) > 1:
            raise graph.error(owner, f"有两个元素叫 {name}", f"two elements are called {name}")
    return tuple(sorted(found, key=lambda each: each.order))


def _lifted(graph: ShapeGraph, node: Term, views: ShapeGraph) -> list[Field]:
    """Return the members of an unnamed inner node as fields of the node around it."""
    path = graph.path(node)
    classes = _classes(graph, node)
    if not classes:
        raise graph.error(node, "未命名的内部节点需要 sh:class", "an unnamed inner node needs sh:class")
    order, group = int(graph.number(node, "sh:order")), _group(graph, node)
    return [
        replace(
            each, path=path + each.path, through=(classes[0], *each.through), order=order, group=each.group or group
        )
        for each in compile_fields(graph, node, views)
    ]


def _field(graph: ShapeGraph, node: Term, views: ShapeGraph) -> Field:
    """Return a property shape as a field: what it is, with what its values must be and how the catalogue uses it."""
    members = compile_fields(graph, node, views)
    schemes = _schemes(graph, node)
    kind = _type(graph, node, members=bool(members), schemes=bool(schemes))
    alignments, targets = aligned(views, node)
    named = Field(
        name=graph.text(node, "stsd:shortName"),
        number=graph.value(node, "stsd:number"),
        path=graph.path(node),
        type=kind,
        labels=required_texts(graph, node, "sh:name"),
        definitions=required_texts(graph, node, "sh:description"),
        messages=required_texts(graph, node, "sh:message"),
        notes=texts(graph, node, "skos:scopeNote"),
        obligation=_obligation(graph, node),
        datatype=graph.value(node, "sh:datatype"),
        classes=_classes(graph, node),
        schemes=schemes,
        fields=members,
        shape=terms.value(node),
        level=graph.level(node),
        source=_values(graph, node, "dct:source"),
        targets=targets,
        alignments=alignments,
    )
    return _used(graph, node, _bounded(graph, node, named))


def _bounded(graph: ShapeGraph, node: Term, named: Field) -> Field:
    """Return a field with what its values must satisfy, shapes that refine it included."""
    said = [node, *(each for each in graph.pointing("stsd:refines", node) if severity(graph, each) == "error")]
    return replace(
        named,
        min_count=_count(graph, said, "sh:minCount") or 0,
        max_count=_count(graph, said, "sh:maxCount"),
        unique_lang=any(graph.flag(each, "sh:uniqueLang") for each in said),
        codes=tuple(_code(each) for each in _listed(graph, node, "sh:in")),
        leaf=_broader(graph, node, "sh:qualifiedValueShape", "sh:minCount") == 1,
        top=_broader(graph, node, "sh:node", "sh:maxCount") == 0,
        pattern=_first(graph, said, "sh:pattern"),
        max_length=_count(graph, said, "sh:maxLength"),
        min_length=_count(graph, said, "sh:minLength"),
        minimum=_bound(graph, node, "sh:minInclusive"),
        maximum=_bound(graph, node, "sh:maxInclusive"),
        less_than=next(iter(graph.many(node, "sh:lessThanOrEquals") + graph.many(node, "sh:lessThan")), ""),
        checks=_values(graph, node, "stsd:check"),
    )


def _used(graph: ShapeGraph, node: Term, bounded: Field) -> Field:
    """Return a field with how the catalogue fills, shows and searches it."""
    return replace(
        bounded,
        default=next((_code(each) for each in graph.many(node, "sh:defaultValue")), ""),
        group=_group(graph, node),
        search_weight=graph.number(node, "stsd:searchWeight"),
        private=bool(graph.flag(node, "stsd:private")),
        computed=bool(graph.flag(node, "stsd:computed")),
        system=bool(graph.flag(node, "stsd:system")),
        column=graph.flag(node, "stsd:column") is not False,
        examples=_values(graph, node, "stsd:example"),
        aliases=_values(graph, node, "stsd:alias"),
        words=_words(graph, node),
        order=int(graph.number(node, "sh:order")),
        iri_prefix=graph.value(node, "stsd:iriPrefix"),
        copied_from=next(iter(_values(graph, node, "stsd:copiedFrom")), ""),
    )


def _obligation(graph: ShapeGraph, node: Term) -> Obligation:
    found = _OBLIGATIONS.get(graph.text(node, "stsd:obligation"))
    if found is None:
        raise graph.error(node, "stsd:obligation 应为 M、C、R、O 或 -", "stsd:obligation must be M, C, R, O or -")
    return found


def _type(graph: ShapeGraph, node: Term, *, members: bool, schemes: bool) -> FieldType:
    datatype = graph.value(node, "sh:datatype")
    if datatype in _DATATYPES:
        return _DATATYPES[datatype]
    if datatype:
        raise graph.error(node, f"不支持数据类型 {datatype}", f"the datatype {datatype} is not supported")
    if members:
        return "node"
    if schemes:
        return "concept"
    return "reference" if _classes(graph, node) else "iri"


def _words(graph: ShapeGraph, node: Term) -> dict[str, str]:
    """Return what well-known values of a field are called, to their IRIs."""
    return {
        terms.value(word).casefold(): terms.value(each)
        for each in graph.many(node, "stsd:wellKnown")
        for said in ("skos:prefLabel", "skos:altLabel", "skos:notation")
        for word in graph.many(each, said)
    }


def _classes(graph: ShapeGraph, node: Term) -> tuple[str, ...]:
    choices = [each for first in graph.many(node, "sh:or") for each in graph.list(first)]
    return tuple(terms.value(each) for owner in (node, *choices) for each in graph.many(owner, "sh:class"))


def _conditions(graph: ShapeGraph, node: Term) -> list[Term]:
    """Return the node shapes that values of a property shape must satisfy."""
    return graph.many(node, "sh:node") + graph.many(node, "sh:qualifiedValueShape")


def _schemes(graph: ShapeGraph, node: Term) -> tuple[str, ...]:
    """Return the code lists of a field: of its conditions, or the list whose notation it holds."""
    found = list(graph.many(node, "stsd:notationOf"))
    for condition in _conditions(graph, node):
        for inner in graph.many(condition, "sh:property"):
            if graph.many(inner, "sh:path") == [_IN_SCHEME]:
                found += graph.many(inner, "sh:hasValue") + _listed(graph, inner, "sh:in")
    return tuple(dict.fromkeys(slug(each) for each in found))


def slug(scheme: Term) -> str:
    """Return the short name of a code list: its IRI without the base of our lists."""
    return terms.value(scheme).removeprefix(CODE_LISTS)


def _broader(graph: ShapeGraph, node: Term, condition: str, bound: str) -> float | None:
    """Return the bound that a condition sets on the number of broader concepts, None if it sets none."""
    for each in graph.many(node, condition):
        for inner in graph.many(each, "sh:property"):
            if graph.many(inner, "sh:path") == [_BROADER] and graph.many(inner, bound):
                return graph.number(inner, bound)
    return None


def _listed(graph: ShapeGraph, node: Term, predicate: str) -> list[Term]:
    return [each for first in graph.many(node, predicate) for each in graph.list(first)]


def _values(graph: ShapeGraph, node: Term, predicate: str) -> tuple[str, ...]:
    return tuple(terms.value(each) for each in graph.many(node, predicate))


def _code(each: Term) -> str:
    """Return a concept's notation, or the value as it stands."""
    text = terms.value(each)
    return text.removeprefix(CODE_LISTS).partition("/")[2] if text.startswith(CODE_LISTS) else text


def _group(graph: ShapeGraph, node: Term) -> str:
    return graph.value(node, "sh:group").removeprefix(f"{SHAPES}group-")


def _bound(graph: ShapeGraph, node: Term, predicate: str) -> str:
    return next((terms.written(found) for found in graph.many(node, predicate)), "")


def _first(graph: ShapeGraph, nodes: Iterable[Term], predicate: str) -> str:
    return next((text for node in nodes if (text := graph.value(node, predicate))), "")


def _count(graph: ShapeGraph, nodes: Iterable[Term], predicate: str) -> int | None:
    text = _first(graph, nodes, predicate)
    return int(text) if text else None
