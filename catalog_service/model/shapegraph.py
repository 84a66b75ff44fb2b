"""A shapes graph as the compiler reads it: subjects, predicates and objects as terms, with clear refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from catalog_service.errors import CatalogError
from catalog_service.i18n import LANGUAGES
from catalog_service.model import terms
from catalog_service.model.kind import LEVELS
from catalog_service.model.record import nodes_of
from catalog_service.namespaces import DISPLAY, RDF, term

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from catalog_service.model.kind import Level
    from catalog_service.model.record import Nodes
    from catalog_service.model.terms import Term

_FIRST, _REST, _NIL = f"<{RDF}first>", f"<{RDF}rest>", f"<{RDF}nil>"
_SEVERITIES: dict[str, Literal["error", "warning", "info"]] = {
    term("sh:Violation"): "error",
    term("sh:Warning"): "warning",
    term("sh:Info"): "info",
}


class BadProfile(CatalogError):
    """Shapes that do not say what a kind needs, or use terms that nobody defined."""

    code = "bad-profile"


class ShapeGraph:
    """The triples of one kind's shapes, or of the manifest, or of the alignments."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self._nodes: Nodes = {}

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the graph of a Turtle file."""
        if not path.is_file():
            raise BadProfile("The profile lacks the file {file}.", file=str(path))
        return cls(str(path)).add(path.read_text("utf-8"), str(path))

    def add(self, text: str, name: str) -> Self:
        """Take in the triples of a Turtle text."""
        from pyoxigraph import RdfFormat, parse

        try:
            triples = [
                terms.split_line(str(quad)) for quad in parse(text, format=RdfFormat.TURTLE, rename_blank_nodes=True)
            ]
        except SyntaxError as error:
            raise BadProfile(
                "The profile’s file {file} is not good Turtle: {problem}", file=name, problem=error
            ) from error
        for subject, properties in nodes_of(triples).items():
            mine = self._nodes.setdefault(subject, {})
            for predicate, objects in properties.items():
                mine.setdefault(predicate, []).extend(objects)
        return self

    def has(self, node: Term) -> bool:
        """Tell whether anything is said about a node."""
        return node in self._nodes

    def having(self, predicate: Term) -> list[Term]:
        """Return the subjects that have a predicate, in the order of the text."""
        return [subject for subject, properties in self._nodes.items() if predicate in properties]

    def pointing(self, predicate: str, node: Term) -> list[Term]:
        """Return the subjects of which a predicate points at a node."""
        name = term(predicate)
        return [subject for subject, properties in self._nodes.items() if node in properties.get(name, ())]

    def properties(self, node: Term) -> Mapping[Term, list[Term]]:
        """Return what is said about a node."""
        return self._nodes.get(node, {})

    def many(self, node: Term, predicate: str) -> list[Term]:
        """Return the objects of a predicate, given as a prefixed name."""
        return self._nodes.get(node, {}).get(term(predicate), [])

    def one(self, node: Term, predicate: str) -> Term:
        """Return the only object of a predicate; refuse none and several."""
        found = self.many(node, predicate)
        if len(found) != 1:
            raise self.error(node, f"需要恰好一个 {predicate}", f"it needs exactly one {predicate}")
        return found[0]

    def text(self, node: Term, predicate: str) -> str:
        """Return the value of the only object of a predicate."""
        return terms.value(self.one(node, predicate))

    def value(self, node: Term, predicate: str) -> str:
        """Return the value of a predicate's object, empty without one."""
        found = self.many(node, predicate)
        return terms.value(found[0]) if found else ""

    def number(self, node: Term, predicate: str) -> float:
        """Return the number a predicate gives, 0 without one."""
        text = self.value(node, predicate)
        try:
            return float(text) if text else 0.0
        except ValueError:
            raise self.error(node, f"{predicate} 应为数字", f"{predicate} must be a number") from None

    def flag(self, node: Term, predicate: str) -> bool | None:
        """Return the truth a predicate gives, None without one."""
        text = self.value(node, predicate)
        return None if not text else text in {"true", "1"}

    def list(self, node: Term) -> list[Term]:
        """Return the members of an RDF list."""
        members = []
        while node != _NIL:
            members += self._nodes.get(node, {}).get(_FIRST, [])
            rest = self._nodes.get(node, {}).get(_REST)
            if not rest:
                raise self.error(node, "列表没有结尾", "a list has no end")
            node = rest[0]
        return members

    def path(self, node: Term) -> tuple[Term, ...]:
        """Return the predicates of a property shape's path: one, or a sequence."""
        found = self.one(node, "sh:path")
        return (found,) if terms.is_iri(found) else tuple(self.list(found))

    def level(self, node: Term) -> Level:
        """Return the level a shape's constraints count from; ``conformant`` if it says nothing."""
        name = self.value(node, "stsd:level").removeprefix(DISPLAY) or "conformant"
        for level in LEVELS:
            if level == name:
                return level
        raise self.error(node, f"stsd:level 不认识 {name}", f"stsd:level knows no {name}")

    def error(self, node: Term, zh: str, en: str) -> BadProfile:
        """Return the error that names file, shape and problem."""
        return BadProfile(
            "The shape {shape} in {file} cannot be used: {problem}.",
            shape=terms.value(node),
            file=self.name,
            problem={"zh": zh, "en": en},
        )

    def refuse_unknown(self, known: frozenset[str]) -> None:
        """Refuse display terms that ``known`` does not list."""
        for node, properties in self._nodes.items():
            for predicate in properties:
                name = terms.value(predicate)
                if name.startswith(DISPLAY) and name not in known:
                    raise self.error(
                        node,
                        f"显示用语 {name} 没有在 display.ttl 中定义",
                        f"the display term {name} is not defined in display.ttl",
                    )


def texts(graph: ShapeGraph, node: Term, predicate: str) -> dict[str, str]:
    """Return the texts of a predicate by language."""
    found = {terms.language(each).split("-")[0]: terms.value(each) for each in graph.many(node, predicate)}
    return {lang: found[lang] for lang in LANGUAGES if lang in found}


def required_texts(graph: ShapeGraph, node: Term, predicate: str) -> dict[str, str]:
    """Return the texts of a predicate by language; refuse if one of our languages is missing."""
    found = texts(graph, node, predicate)
    missing = [lang for lang in LANGUAGES if not found.get(lang)]
    if missing:
        absent = "、".join(missing)
        raise graph.error(node, f"{predicate} 缺少 {absent}", f"{predicate} lacks {', '.join(missing)}")
    return found


def severity(graph: ShapeGraph, node: Term) -> Literal["error", "warning", "info"]:
    """Return how much a shape's results weigh."""
    found = graph.many(node, "sh:severity")
    return _SEVERITIES.get(found[0], "error") if found else "error"
