"""Reads the constraints of one shape: which parameters make which component, and what each may have as a value.

Clause: SHACL 4, one table of parameters per component.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.model.terms import Term, datatype, is_iri, is_literal, language, value
from catalog_service.namespaces import XSD
from catalog_service.validation.shacl.graph import NO_PROPERTIES
from catalog_service.validation.shacl.literals import lexical_test
from catalog_service.validation.shacl.names import PATH, PROPERTY, QUALIFIED_VALUE_SHAPE, TRUE, sh
from catalog_service.validation.shacl.paths import BadList, read_list
from catalog_service.validation.shacl.plan import Constraint
from catalog_service.validation.shacl.regex import BadPattern, compile_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalog_service.validation.shacl.graph import Nodes, Properties
    from catalog_service.validation.shacl.regex import Matches

NODE_KINDS = {
    sh(name): kinds
    for name, kinds in (
        ("IRI", "<"), ("BlankNode", "_"), ("Literal", '"'),
        ("BlankNodeOrIRI", "_<"), ("BlankNodeOrLiteral", '_"'), ("IRIOrLiteral", '<"'),
    )
}  # fmt: skip
"""The first letters that terms of each node kind have."""

_NUMBERS = {sh(name): name for name in ("minCount", "maxCount", "minLength", "maxLength")}
_BOUNDS = {sh(name): name for name in ("minExclusive", "minInclusive", "maxExclusive", "maxInclusive")}
_PREDICATES = {sh(name): name for name in ("equals", "disjoint", "lessThan", "lessThanOrEquals")}
_IRIS = {sh(name): name for name in ("class", "datatype")}
_SHAPES = {sh(name): name for name in ("not", "node", "property")}
_SHAPE_LISTS = {sh(name): name for name in ("and", "or", "xone")}
_SINGLE = frozenset(
    sh(name)
    for name in (
        "datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive", "maxExclusive", "maxInclusive",
        "minLength", "maxLength", "flags", "languageIn", "uniqueLang", "in", "closed", "ignoredProperties",
        "qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint",
    )
)  # fmt: skip
_LISTS = frozenset(sh(name) for name in ("languageIn", "in", "ignoredProperties"))
_PROPERTY_ONLY = frozenset(sh(name) for name in ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals"))


class ConstraintReader:
    """Reads shapes of one graph."""

    def __init__(self, nodes: Nodes, problem: Callable[[Term, str], None], warn: Callable[[str], None]) -> None:
        self._nodes = nodes
        self._problem = problem
        self._warn = warn
        self._parents: dict[Term, list[Term]] = {}
        for parent, properties in nodes.items():
            for child in properties.get(PROPERTY, ()):
                self._parents.setdefault(child, []).append(parent)

    def read(self, shape: Term, properties: Properties, *, is_property: bool) -> tuple[Constraint, ...]:
        """Return the constraints of a shape in the order of its parameters."""
        found: list[Constraint] = []
        for parameter, given in properties.items():
            values = self._same(shape, parameter, given) if parameter in _SINGLE and len(given) > 1 else given
            if parameter in _PROPERTY_ONLY and not is_property:
                self._problem(shape, f"{parameter} may only stand on a property shape")
            for each in values:
                found += self._of(shape, properties, parameter, each)
        if is_property:
            found += self._qualified(shape, properties)
        elif QUALIFIED_VALUE_SHAPE in properties:
            self._warn(f"{shape} is no property shape, so its {QUALIFIED_VALUE_SHAPE} has no effect")
        return tuple(found)

    def _same(self, shape: Term, parameter: Term, values: list[Term]) -> list[Term]:
        """Let pass lists that say the same: copies of one shape that met when files were put together."""
        if parameter in _LISTS and len({self._list(shape, parameter, head) for head in values}) == 1:
            return values[:1]
        self._problem(shape, f"{parameter} may have one value, not {len(values)}")
        return values

    def _of(self, shape: Term, properties: Properties, parameter: Term, term: Term) -> Iterator[Constraint]:
        if parameter in _NUMBERS:
            yield Constraint(_component(_NUMBERS[parameter]), term, number=self._number(shape, parameter, term))
        elif parameter in _BOUNDS or parameter == sh("hasValue"):
            yield Constraint(_component(_BOUNDS.get(parameter, "hasValue")), self._bound(shape, parameter, term))
        elif parameter in _PREDICATES or parameter in _IRIS:
            name = _PREDICATES.get(parameter) or _IRIS[parameter]
            yield Constraint(_component(name), self._iri(shape, parameter, term))
        elif parameter in _SHAPES:
            yield Constraint(_component(_SHAPES[parameter]), self._reference(shape, parameter, term))
        elif parameter in _SHAPE_LISTS:
            members = self._list(shape, parameter, term)
            for member in members:
                self._reference(shape, parameter, member)
            yield Constraint(_component(_SHAPE_LISTS[parameter]), term, members=members)
        else:
            yield from self._special(shape, properties, parameter, term)

    def _special(self, shape: Term, properties: Properties, parameter: Term, term: Term) -> Iterator[Constraint]:
        match parameter.removesuffix(">").rpartition("#")[2] if parameter.startswith(sh("")[:-1]) else "":
            case "nodeKind":
                if term not in NODE_KINDS:
                    self._problem(shape, f"{term} is no node kind")
                yield Constraint("NodeKind", term)
            case "pattern":
                flags = value(properties.get(sh("flags"), ['""'])[0])
                self._text(shape, parameter, term)
                yield Constraint("Pattern", term, flags=flags, matcher=self._pattern(shape, term, flags))
            case "languageIn":
                members = self._list(shape, parameter, term)
                for member in members:
                    self._text(shape, parameter, member)
                yield Constraint("LanguageIn", term, members=members)
            case "in":
                yield Constraint("In", term, members=self._list(shape, parameter, term))
            case "uniqueLang" if self._is_true(shape, parameter, term):
                yield Constraint("UniqueLang", term)
            case "closed" if self._is_true(shape, parameter, term):
                yield Constraint("Closed", term, members=self._allowed(shape, properties))

    def _allowed(self, shape: Term, properties: Properties) -> tuple[Term, ...]:
        paths = (
            path
            for child in properties.get(PROPERTY, ())
            for path in self._nodes.get(child, NO_PROPERTIES).get(PATH, ())
        )
        allowed = dict.fromkeys(path for path in paths if is_iri(path))
        for head in properties.get(sh("ignoredProperties"), ()):
            ignored = self._list(shape, sh("ignoredProperties"), head)
            for each in ignored:
                self._iri(shape, sh("ignoredProperties"), each)
            allowed.update(dict.fromkeys(ignored))
        return tuple(allowed)

    def _qualified(self, shape: Term, properties: Properties) -> Iterator[Constraint]:
        disjoint = [
            self._is_true(shape, sh("qualifiedValueShapesDisjoint"), term)
            for term in properties.get(sh("qualifiedValueShapesDisjoint"), ())
        ]
        qualifiers = properties.get(QUALIFIED_VALUE_SHAPE, ())
        for qualifier in qualifiers:
            self._reference(shape, QUALIFIED_VALUE_SHAPE, qualifier)
            siblings = self._siblings(shape, qualifiers) if disjoint == [True] else ()
            for name in ("qualifiedMinCount", "qualifiedMaxCount"):
                for term in properties.get(sh(name), ()):
                    number = self._number(shape, sh(name), term)
                    yield Constraint(_component(name), qualifier, number=number, siblings=siblings)

    def _siblings(self, shape: Term, own: list[Term] | tuple[()]) -> tuple[Term, ...]:
        """Return the sibling shapes (section 4.7.3)."""
        children = (
            child
            for parent in self._parents.get(shape, ())
            for child in self._nodes.get(parent, NO_PROPERTIES).get(PROPERTY, ())
        )
        found = dict.fromkeys(
            qualifier
            for child in children
            for qualifier in self._nodes.get(child, NO_PROPERTIES).get(QUALIFIED_VALUE_SHAPE, ())
        )
        return tuple(each for each in found if each not in own)

    def _reference(self, shape: Term, parameter: Term, term: Term) -> Term:
        if is_literal(term):
            self._problem(shape, f"the value of {parameter} must be a shape, not {term}")
        elif parameter == PROPERTY and PATH not in self._nodes.get(term, NO_PROPERTIES):
            self._problem(shape, f"sh:property must give a property shape; {term} has no sh:path")
        elif term not in self._nodes:
            self._warn(f"{shape} refers to {term}, of which the graph says nothing: everything conforms to it")
        return term

    def _number(self, shape: Term, parameter: Term, term: Term) -> int:
        test = lexical_test(datatype(term)) if is_literal(term) else None
        if test is None or datatype(term) != f"{XSD}integer" or not test(value(term)) or len(term) > 100:
            self._problem(shape, f"{parameter} must be an xsd:integer, not {term}")
            return 0
        return int(value(term))

    def _bound(self, shape: Term, parameter: Term, term: Term) -> Term:
        if parameter in _BOUNDS and not is_literal(term):
            self._problem(shape, f"{parameter} must be a literal, not {term}")
        return term

    def _iri(self, shape: Term, parameter: Term, term: Term) -> Term:
        if not is_iri(term):
            self._problem(shape, f"{parameter} must be an IRI, not {term}")
        return term

    def _text(self, shape: Term, parameter: Term, term: Term) -> None:
        if not is_literal(term) or datatype(term) != f"{XSD}string" or language(term):
            self._problem(shape, f"{parameter} must be an xsd:string, not {term}")

    def _pattern(self, shape: Term, term: Term, flags: str) -> tuple[Matches, bool] | None:
        try:
            return compile_pattern(value(term), flags)
        except BadPattern as problem:
            self._problem(shape, f"sh:pattern: {problem}")
            return None

    def _is_true(self, shape: Term, parameter: Term, term: Term) -> bool:
        """Only ``true`` switches a constraint on; ``"1"^^xsd:boolean`` does not (W3C test uniqueLang-002)."""
        if not is_literal(term) or datatype(term) != f"{XSD}boolean":
            self._problem(shape, f"{parameter} must be an xsd:boolean, not {term}")
        return term == TRUE

    def _list(self, shape: Term, parameter: Term, head: Term) -> tuple[Term, ...]:
        try:
            return read_list(self._nodes, head)
        except BadList as problem:
            self._problem(shape, f"{parameter}: {problem}")
            return ()


def _component(parameter: str) -> str:
    return parameter[0].upper() + parameter[1:]
