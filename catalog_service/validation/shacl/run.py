"""What one validation knows: the data's index, the context's, class hierarchy, and what was found out already."""

from __future__ import annotations

from collections import defaultdict
from copy import copy
from typing import TYPE_CHECKING

from catalog_service.validation.shacl.graph import NO_PROPERTIES, Nodes, Properties, merged, merged_properties
from catalog_service.validation.shacl.names import SUBCLASS, TYPE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from catalog_service.model.terms import Term
    from catalog_service.validation.shacl.checks import Check
    from catalog_service.validation.shacl.report import Result

Edges = dict["Term", list["Term"]]
"""Class to its direct subclasses."""


class Subclasses(dict["Term", frozenset["Term"]]):
    """A class to itself and all below it, found when first asked."""

    def __init__(self, edges: Edges) -> None:
        super().__init__()
        self.edges = edges

    def __missing__(self, top: Term) -> frozenset[Term]:
        found, waiting = {top}, [top]
        while waiting:
            fresh = [each for each in self.edges.get(waiting.pop(), ()) if each not in found]
            found.update(fresh)
            waiting += fresh
        self[top] = answer = frozenset(found)
        return answer


class Dispatch(dict["Term | tuple[Term, ...]", "tuple[Check, ...]"]):
    """The types of a node to the checks whose target classes it belongs to."""

    def __init__(self, subclasses: Subclasses, targets: Iterable[tuple[Term, Check]]) -> None:
        super().__init__()
        found: dict[Term, dict[Check, None]] = defaultdict(dict)
        for target, check in targets:
            for each in subclasses[target]:
                found[each][check] = None
        self.update({each: tuple(checks) for each, checks in found.items()})

    def __missing__(self, types: Term | tuple[Term, ...]) -> tuple[Check, ...]:
        if isinstance(types, str):
            return ()
        checks = dict.fromkeys(check for each in types for check in self.get(each, ()))
        answer = tuple(sorted(checks, key=lambda check: check.index))
        if len(self) < _MOST_COMBINATIONS:
            self[types] = answer
        return answer


_MOST_COMBINATIONS = 10_000


class Context:
    """Triples that count for every look-up but are no focus nodes, indexed once; made by ``Validator.prepare``."""

    def __init__(self, nodes: Nodes, targets: Sequence[tuple[Term, Check]]) -> None:
        self.nodes = nodes
        self.lasting = nodes
        """The nodes of which it is worth remembering whether they conform."""
        self.targets = targets
        """The target classes of the validator that prepared it."""
        self.subclasses = Subclasses(subclass_edges(nodes))
        self.dispatch = Dispatch(self.subclasses, targets)
        self.memos: defaultdict[int, dict[Term, bool]] = defaultdict(dict)
        """Shape to node to whether it conforms, for shapes that look no further than the node."""
        self._subjects: dict[Term, Edges] = {}

    def extended(self, nodes: Nodes) -> Context:
        """Return this context with further triples; if they are of other nodes, what is known of its own stays."""
        if not nodes:
            return self
        if not self.nodes.keys().isdisjoint(nodes) or subclass_edges(nodes):
            return Context(merged(self.nodes, nodes), self.targets)
        context = copy(self)
        context.nodes = {**self.nodes, **nodes}
        context._subjects = {}
        return context

    def subjects(self, predicate: Term) -> Edges:
        """Return the objects of a predicate, each with its subjects."""
        found = self._subjects.get(predicate)
        if found is None:
            self._subjects[predicate] = found = turned(self.nodes, predicate)
        return found

    def with_edges(self, edges: Edges) -> tuple[Subclasses, Dispatch]:
        """Return the hierarchy and the dispatch with further subclass statements."""
        union = {above: list(below) for above, below in self.subclasses.edges.items()}
        for above, below in edges.items():
            union.setdefault(above, []).extend(below)
        subclasses = Subclasses(union)
        return subclasses, Dispatch(subclasses, self.targets)


def subclass_edges(nodes: Nodes) -> Edges:
    """Return the subclass statements of a graph, turned round."""
    return turned(nodes, SUBCLASS) if any(SUBCLASS in properties for properties in nodes.values()) else {}


def turned(nodes: Nodes, predicate: Term) -> Edges:
    """Return the objects of a predicate, each with its subjects."""
    found: Edges = {}
    for subject, properties in nodes.items():
        for term in properties.get(predicate, ()):
            found.setdefault(term, []).append(subject)
    return found


class Pending(Exception):
    """A check deep in a chain of shapes has to be settled first, so that Python's stack stays small."""

    def __init__(self, check: Check, node: Term) -> None:
        super().__init__()
        self.check = check
        self.node = node


class Enough(Exception):
    """The limit of results is reached."""


class Run:
    """The state of one validation, handed to every closure."""

    __slots__ = ("_subjects", "context", "data", "details", "dispatch", "each_pair", "is_apart", "later", "look",
                 "memos", "nodes", "room", "shared", "subclasses")  # fmt: skip

    def __init__(self, data: Nodes, context: Context, *, own_classes: bool, limit: int, each_pair: bool = True) -> None:
        self.data = data
        self.context = context
        self.nodes = _patched(data, context.nodes)
        """The data's nodes, each with what the context says of it too."""
        self.look: Callable[[Term], Properties] = _looker(self.nodes, context.nodes)
        self.subclasses, self.dispatch = context.subclasses, context.dispatch
        edges = subclass_edges(data) if own_classes else {}
        if edges:
            self.subclasses, self.dispatch = context.with_edges(edges)
        self.is_apart = self.nodes is data and self.subclasses is context.subclasses
        """Whether the data says nothing of the context's nodes, so that what is known of those still holds."""
        self.shared = context.memos
        self.memos: defaultdict[int, dict[Term, bool]] = defaultdict(dict)
        self.details: dict[tuple[int, Term], tuple[Result, ...]] = {}
        self.later: list[tuple[Check, Term]] = []
        self.room = limit
        self.each_pair = each_pair
        self._subjects: dict[Term, Callable[[Term], Collection[Term]]] = {}

    def subjects(self, predicate: Term) -> Callable[[Term], Collection[Term]]:
        """Return what gives the subjects that have an object by a predicate."""
        found = self._subjects.get(predicate)
        if found is None:
            own, shared = turned(self.data, predicate), self.context.subjects(predicate)
            if shared:
                found = lambda node: (*own.get(node, ()), *shared.get(node, ()))  # noqa: E731
            else:
                found = lambda node: own.get(node, ())  # noqa: E731
            self._subjects[predicate] = found
        return found

    def has_class(self, node: Term, wanted: Term) -> bool:
        """Tell whether a node is a SHACL instance of a class (section 1.1)."""
        types = self.look(node).get(TYPE)
        return types is not None and not self.subclasses[wanted].isdisjoint(types)


def _patched(data: Nodes, shared: Nodes) -> Nodes:
    both = data.keys() & shared.keys() if shared else ()
    if not both:
        return data
    nodes = dict(data)
    for node in both:
        nodes[node] = merged_properties(data[node], shared[node])
    return nodes


def _looker(nodes: Nodes, shared: Nodes) -> Callable[[Term], Properties]:
    own = nodes.get
    if not shared:
        return lambda node: own(node, NO_PROPERTIES)
    other = shared.get

    def look(node: Term) -> Properties:
        found = own(node)
        return other(node, NO_PROPERTIES) if found is None else found

    return look
