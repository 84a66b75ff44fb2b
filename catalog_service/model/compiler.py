"""From shapes to `Kinds`: reads ``shapes/``, the display terms and the alignments, and refuses what it does not know.

A kind is one line of ``shapes/manifest.ttl`` and one shape file. A named property shape with ``stsd:shortName`` becomes
a `Field`; one with ``stsd:unnamed`` is an inner node nobody names, its members belong to the node around it; one with
``stsd:displayOnly`` adds a facet, a set or a dependency; one with ``stsd:refines`` or ``stsd:about`` says more about a
field. ``ontology/display.ttl`` defines every display term. Source of the constraints: SHACL, part 1 (W3C REC 2017).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.model.facets import dependencies, facets, sets
from catalog_service.model.fields import compile_fields
from catalog_service.model.kind import Group, Kind, Rule
from catalog_service.model.parts import COMMON, HEADING, complete
from catalog_service.model.shapegraph import BadProfile, ShapeGraph, required_texts, severity, texts
from catalog_service.model.views import views_of
from catalog_service.namespaces import SHAPES, term
from catalog_service.resources import folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.model.kind import Field
    from catalog_service.model.terms import Term

Kinds = Mapping[str, Kind]
"""Name to kind, in the order of the manifest."""


def compile_kinds(shapes_folder: Path | None = None, ontology_folder: Path | None = None) -> Kinds:
    """Return every kind of a shapes folder, in the order of its manifest."""
    shapes = shapes_folder or folder("shapes")
    ontology = ontology_folder or folder("ontology")
    known = known_terms(ontology)
    views = alignments(ontology)
    manifest = ShapeGraph.read(shapes / "manifest.ttl")
    lines = sorted(manifest.having(term("stsd:kind")), key=lambda node: manifest.number(node, "stsd:order"))
    return MappingProxyType({kind.name: kind for kind in (_kind(shapes, manifest, n, known, views) for n in lines)})


def shape_text(shapes: Path, file: str) -> str:
    """Return the text of a shape file with the shared parts it uses."""
    path = shapes / file
    if not path.is_file():
        raise BadProfile("The profile lacks the file {file}.", file=str(path))
    common = shapes / COMMON
    return complete(path.read_text("utf-8"), common.read_text("utf-8") if common.is_file() else "")


def all_shapes(shapes: Path) -> bytes:
    """Return one shapes graph of all kinds in Turtle: each kind's own shapes, and the shared parts once."""
    manifest = ShapeGraph.read(shapes / "manifest.ttl")
    files = [manifest.text(line, "stsd:shapeFile") for line in manifest.having(term("stsd:kind"))]
    common = shapes / COMMON
    texts_of = [(shapes / file).read_text("utf-8").partition(HEADING)[0] for file in files]
    return "\n".join([*texts_of, common.read_text("utf-8") if common.is_file() else ""]).encode()


def known_terms(ontology: Path) -> frozenset[str]:
    """Return the IRIs of the display terms that ``display.ttl`` defines."""
    graph = ShapeGraph.read(ontology / "display.ttl")
    return frozenset(terms.value(subject) for subject in graph.having(term("rdfs:label")))


def alignments(ontology: Path) -> ShapeGraph:
    """Return all alignments in one graph: shape IRIs to properties and classes of other formats."""
    graph = ShapeGraph("alignments")
    for path in sorted((ontology / "alignments").glob("*.ttl")):
        graph.add(path.read_text("utf-8"), str(path))
    return graph


def _kind(shapes: Path, manifest: ShapeGraph, line: Term, known: frozenset[str], views: ShapeGraph) -> Kind:
    file = manifest.text(line, "stsd:shapeFile")
    graph = ShapeGraph(str(shapes / file)).add(shape_text(shapes, file), str(shapes / file))
    graph.refuse_unknown(known)
    node = line
    if not graph.has(node):
        raise graph.error(node, "形状文件里没有它", "its shape file does not hold it")
    fields = _resolved(graph, compile_fields(graph, node, views))
    names = {each.shape: name for name, each in _walk(fields)}
    return Kind(
        name=terms.value(node).removeprefix(SHAPES),
        class_iri=terms.value(manifest.one(line, "stsd:kind")),
        also=tuple(terms.value(each) for each in graph.many(node, "stsd:also")),
        labels=required_texts(graph, node, "rdfs:label"),
        definitions=required_texts(graph, node, "skos:definition"),
        plurals=required_texts(graph, node, "stsd:plural"),
        counter=required_texts(graph, node, "stsd:counter"),
        prefix=manifest.text(line, "stsd:identifierPrefix"),
        lifecycle=tuple(terms.value(each) for each in manifest.list(manifest.one(line, "stsd:lifecycle"))),
        fields=fields,
        facets=facets(graph, node, fields),
        title=_named(graph, node, "stsd:title", names),
        summary=_named(graph, node, "stsd:summary", names),
        hit_fields=_hit_fields(graph, node, set(names.values())),
        dependencies=dependencies(graph, node, fields),
        sets=sets(graph, node, fields),
        shape=terms.value(node),
        groups=_groups(graph, fields),
        rules=_rules(graph, names),
        identifier_from=_named(graph, node, "stsd:identifierFrom", names),
        views=views_of(views, node),
    )


def _walk(fields: tuple[Field, ...], before: str = "") -> Iterator[tuple[str, Field]]:
    for each in fields:
        yield before + each.name, each
        yield from _walk(each.fields, f"{before}{each.name}.")


def _resolved(graph: ShapeGraph, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Put short names in place of the shapes that ``stsd:copiedFrom`` points at."""
    names = {each.shape: name for name, each in _walk(fields)}
    copying = [each.copied_from for each in fields if each.copied_from]
    for shape in copying:
        if shape not in names:
            raise graph.error(
                f"<{shape}>",
                "stsd:copiedFrom 指向它，它却不是元素",
                "stsd:copiedFrom points at it, yet it is no element",
            )
    return tuple(replace(each, copied_from=names[each.copied_from]) if each.copied_from else each for each in fields)


def _named(graph: ShapeGraph, node: Term, predicate: str, names: Mapping[str, str]) -> str:
    """Return the short name of the field whose shape a display term of the kind points at, empty without one."""
    found = graph.many(node, predicate)
    if not found:
        return ""
    name = names.get(terms.value(found[0]))
    if name is None:
        shape = terms.value(found[0])
        raise graph.error(
            node,
            f"{predicate} 指向的 {shape} 不是它的元素",
            f"{predicate} points at {shape}, no element of it",
        )
    return name


def _hit_fields(graph: ShapeGraph, node: Term, names: set[str]) -> tuple[str, ...]:
    found = graph.many(node, "stsd:hitField")
    fields = tuple(terms.value(each) for each in graph.list(found[0])) if found else ()
    for name in fields:
        if name not in names:
            raise graph.error(node, f"stsd:hitField 中的 {name} 不是元素", f"stsd:hitField: no element {name}")
    return fields


def _groups(graph: ShapeGraph, fields: tuple[Field, ...]) -> tuple[Group, ...]:
    groups = []
    for slug in dict.fromkeys(each.group for each in fields if each.group):
        node = f"<{SHAPES}group-{slug}>"
        groups.append(Group(slug, required_texts(graph, node, "rdfs:label"), int(graph.number(node, "sh:order"))))
    return tuple(sorted(groups, key=lambda group: group.order))


def _rules(graph: ShapeGraph, names: Mapping[str, str]) -> Mapping[str, Rule]:
    """Return what each named shape with a message is about."""
    rules = {}
    for node in graph.having(term("sh:message")):
        if not terms.is_iri(node):
            continue
        about = [each for predicate in ("stsd:about", "stsd:refines") for each in graph.many(node, predicate)] or [node]
        shape = terms.value(node)
        pointed = tuple(names[terms.value(each)] for each in about if terms.value(each) in names)
        if not pointed and (first := _first_member(graph, node, names)):
            pointed = (first,)
        rules[shape] = Rule(shape, pointed, graph.level(node), severity(graph, node), texts(graph, node, "sh:message"))
    return MappingProxyType(rules)


def _first_member(graph: ShapeGraph, node: Term, names: Mapping[str, str]) -> str:
    members = (terms.value(each) for each in graph.many(node, "sh:property"))
    return next((names[member] for member in members if member in names), "")
