"""Reads a shapes graph into a plan; reports everything that is ill-formed at once.

Clauses: SHACL 2 (shapes, targets, paths), 3.4.3 (recursion), 4 (constraint components and the syntax of each).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.model.terms import Term, datatype, is_blank, is_iri, is_literal, value
from catalog_service.validation.shacl import names
from catalog_service.validation.shacl.components import ConstraintReader
from catalog_service.validation.shacl.errors import BadShapes, NoShapes, RecursiveShapes
from catalog_service.validation.shacl.graph import NO_PROPERTIES, Nodes, Properties
from catalog_service.validation.shacl.names import CLASS, PATH, SUBCLASS, TRUE, TYPE, VIOLATION, sh
from catalog_service.validation.shacl.paths import BadList, BadPath, Path, read_list, read_path
from catalog_service.validation.shacl.plan import Plan, Shape, Targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def read_plan(nodes: Nodes) -> Plan:
    """Return the plan of a shapes graph; raise `BadShapes`, `RecursiveShapes` or `NoShapes`."""
    return _Reader(nodes).plan()


class _Reader:
    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._problems: dict[Term, list[str]] = {}
        self._warnings: dict[str, None] = {}
        self._classes = _subclasses_of(nodes, CLASS)
        self._custom = _custom_parameters(nodes)
        self._constraints = ConstraintReader(nodes, self._problem, self._warn)

    def plan(self) -> Plan:
        shapes = {term: self._shape(term) for term in self._terms()}
        if not shapes:
            raise NoShapes("the graph holds no SHACL shape")
        roots = [term for term, shape in shapes.items() if shape.targets]
        order, heights = _ordered(shapes, roots)
        self._raise_or_warn(order)
        uncompiled: set[Term] = set()
        for term in order:
            shape = shapes[term]
            if not shape.deactivated and (
                shape.uncompiled or shape.targets.other or not uncompiled.isdisjoint(shape.references())
            ):
                uncompiled.add(term)
        compiled = tuple(term for term in roots if term not in uncompiled)
        fallback = tuple(term for term in roots if term in uncompiled)
        if fallback:
            order, heights = _ordered(shapes, compiled)
        return Plan(shapes, compiled, fallback, order, heights, tuple(self._warnings))

    def _raise_or_warn(self, used: Iterable[Term]) -> None:
        """Problems of shapes that take part are errors, those of others are warnings."""
        in_use = set(used)
        errors = [problem for term, problems in self._problems.items() if term in in_use for problem in problems]
        if errors:
            raise BadShapes(errors)
        for problems in self._problems.values():
            for problem in problems:
                self._warn(problem)

    def _problem(self, shape: Term, text: str) -> None:
        self._problems.setdefault(shape, []).append(f"{shape}: {text}")

    def _warn(self, text: str) -> None:
        self._warnings[text] = None

    def _terms(self) -> Iterator[Term]:
        """Yield what is a shape by section 2.1, each once, in the graph's order and then as referred to."""
        seen: set[Term] = set()
        waiting = [term for term, properties in self._nodes.items() if self._is_shape(properties)]
        position = 0
        while position < len(waiting):
            term = waiting[position]
            position += 1
            if term not in seen:
                seen.add(term)
                yield term
                waiting += self._referred(term)

    def _is_shape(self, properties: Properties) -> bool:
        kinds = properties.get(TYPE, ())
        if names.NODE_SHAPE in kinds or names.PROPERTY_SHAPE in kinds:
            return True
        if sh("Parameter") in kinds:
            return False
        return not (_SHAPE_MARKS.isdisjoint(properties) and self._custom.keys().isdisjoint(properties))

    def _referred(self, term: Term) -> Iterator[Term]:
        properties = self._nodes.get(term, NO_PROPERTIES)
        for parameter in names.SHAPE_PARAMETERS & properties.keys():
            yield from properties[parameter]
        for parameter in names.SHAPE_LIST_PARAMETERS & properties.keys():
            for head in properties[parameter]:
                try:
                    yield from read_list(self._nodes, head)
                except BadList:
                    continue  # the constraint reader reports it

    def _shape(self, term: Term) -> Shape:
        properties = self._nodes.get(term, NO_PROPERTIES)
        for predicate in properties:
            if predicate.startswith(names.SH_PREFIX) and predicate not in names.KNOWN and predicate not in self._custom:
                self._warn(f"{term} has {predicate}, which is no term of SHACL and has no effect")
        path = self._path(term, properties)
        return Shape(
            term=term,
            path=path,
            severity=self._severity(term, properties),
            messages=self._messages(term, properties),
            deactivated=self._one(term, properties, "deactivated") == TRUE,
            targets=self._targets(term, properties),
            constraints=self._constraints.read(term, properties, is_property=path is not None),
            uncompiled=self._uncompiled(term, properties),
        )

    def _path(self, term: Term, properties: Properties) -> Path | None:
        path = self._one(term, properties, "path")
        if not path:
            if names.PROPERTY_SHAPE in properties.get(TYPE, ()):
                self._problem(term, "a property shape needs one sh:path")
            return None
        try:
            return read_path(self._nodes, path)
        except BadPath as problem:
            self._problem(term, str(problem))
            return None

    def _severity(self, term: Term, properties: Properties) -> Term:
        severity = self._one(term, properties, "severity") or VIOLATION
        if not is_iri(severity):
            self._problem(term, "sh:severity must be an IRI")
        return severity

    def _messages(self, term: Term, properties: Properties) -> tuple[Term, ...]:
        messages = tuple(properties.get(sh("message"), ()))
        for each in messages:
            if not is_literal(each) or datatype(each) not in (names.XSD_STRING, names.LANG_STRING):
                self._problem(term, f"sh:message must be a text, with a language or without, not {each}")
        return messages

    def _one(self, term: Term, properties: Properties, name: str) -> Term:
        values = properties.get(sh(name), ())
        if len(values) > 1:
            self._problem(term, f"sh:{name} may have one value, not {len(values)}")
        return values[0] if values else ""

    def _targets(self, term: Term, properties: Properties) -> Targets:
        classes = list(properties.get(sh("targetClass"), ()))
        if is_iri(term) and not self._classes.isdisjoint(properties.get(TYPE, ())):
            classes.append(term)
        elif names.OWL_CLASS in properties.get(TYPE, ()):
            self._warn(f"{term} is an owl:Class; only an rdfs:Class is its own target (section 2.1.3.3)")
        targets = Targets(
            nodes=tuple(properties.get(sh("targetNode"), ())),
            classes=tuple(dict.fromkeys(classes)),
            subjects_of=tuple(properties.get(sh("targetSubjectsOf"), ())),
            objects_of=tuple(properties.get(sh("targetObjectsOf"), ())),
            other=sh("target") in properties,
        )
        if any(is_blank(node) for node in targets.nodes):
            self._problem(term, "sh:targetNode must be an IRI or a literal")
        if not all(map(is_iri, (*targets.classes, *targets.subjects_of, *targets.objects_of))):
            self._problem(term, "target classes and target predicates must be IRIs")
        return targets

    def _uncompiled(self, term: Term, properties: Properties) -> tuple[str, ...]:
        if sh("js") in properties:
            self._problem(term, "sh:js: constraints in JavaScript are not run")
        found = [f"sh:{name}" for name in ("sparql", "expression") if sh(name) in properties]
        return (*found, *sorted({self._custom[parameter] for parameter in self._custom.keys() & properties.keys()}))


_SHAPE_MARKS = (names.CONSTRAINTS | names.TARGETS | {PATH}) - {sh("flags")}


def _subclasses_of(nodes: Nodes, top: Term) -> frozenset[Term]:
    """Return a class and those that the graph says are below it."""
    found = {top}
    below: dict[Term, list[Term]] = {}
    for node, properties in nodes.items():
        for above in properties.get(SUBCLASS, ()):
            below.setdefault(above, []).append(node)
    waiting = [top]
    while waiting:
        fresh = [node for node in below.get(waiting.pop(), ()) if node not in found]
        found.update(fresh)
        waiting += fresh
    return frozenset(found)


def _custom_parameters(nodes: Nodes) -> dict[Term, str]:
    """Return the parameters of constraint components that the graph declares, with the component (section 6)."""
    found: dict[Term, str] = {}
    kinds = _subclasses_of(nodes, sh("ConstraintComponent"))
    for node, properties in nodes.items():
        if not kinds.isdisjoint(properties.get(TYPE, ())):
            for parameter in properties.get(sh("parameter"), ()):
                for path in nodes.get(parameter, NO_PROPERTIES).get(PATH, ()):
                    found[path] = value(node)
    return {path: component for path, component in found.items() if path not in names.CONSTRAINTS}


def _ordered(shapes: dict[Term, Shape], roots: Iterable[Term]) -> tuple[tuple[Term, ...], dict[Term, int]]:
    """Return what the roots refer to, deepest first, and how deep each refers; raise `RecursiveShapes` on a cycle."""
    heights: dict[Term, int] = {}
    references = {term: shape.references() for term, shape in shapes.items()}
    for root in roots:
        if root in heights:
            continue
        on_way: dict[Term, Iterator[Term]] = {root: iter(references[root])}
        while on_way:
            term, waiting = next(reversed(on_way.items()))
            step = next((each for each in waiting if each not in heights), None)
            if step is None:
                heights[term] = max((heights[each] + 1 for each in references[term]), default=0)
                del on_way[term]
            elif step in on_way:
                way = list(on_way)
                raise RecursiveShapes((*way[way.index(step) :], step))
            else:
                on_way[step] = iter(references[step])
    return tuple(heights), heights
