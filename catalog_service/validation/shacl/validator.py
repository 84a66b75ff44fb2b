"""Compiled shapes, ready to validate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.validation.shacl.checks import CUT, Check, explain_deep, settle
from catalog_service.validation.shacl.compiler import compile_plan
from catalog_service.validation.shacl.errors import BadData
from catalog_service.validation.shacl.graph import index, merged
from catalog_service.validation.shacl.names import SUBCLASS, TYPE
from catalog_service.validation.shacl.reading import read_plan
from catalog_service.validation.shacl.report import DEFAULT_LIMIT, Report, Result
from catalog_service.validation.shacl.run import Context, Enough, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.model.terms import Term
    from catalog_service.validation.shacl.graph import Nodes
    from catalog_service.validation.shacl.plan import Plan, Targets


def compile_shapes(shapes: object, ontology: object = None) -> Validator:
    """Return a validator of a shapes graph.

    Args:
        shapes:
            An rdflib Graph, a pyoxigraph Dataset or an iterable of triples.

        ontology:
            Class hierarchy and whatever else is true of every data graph; it brings no focus nodes.

    Raises:
        BadShapes: for shapes that are ill-formed or recursive, with every problem found; NoShapes: for none at all.
    """
    return Validator(index(shapes), index(ontology))


class Validator:
    """Compiled shapes; may be used by several threads and any number of times."""

    def __init__(self, shapes: Nodes, ontology: Nodes) -> None:
        self._shapes = shapes
        self._ontology = ontology
        self._plan = read_plan(shapes)
        self._checks = compile_plan(self._plan)
        self._by_class = [
            (target, self._checks[root])
            for root in self._plan.roots
            for target in self._plan.shapes[root].targets.classes
        ]
        self._by_other = [
            (self._checks[root], self._plan.shapes[root].targets)
            for root in self._plan.roots
            if _has_other_targets(self._plan.shapes[root].targets)
        ]
        self._bare = self.prepare(None)

    def __repr__(self) -> str:
        return f"<Validator of {len(self._plan.order)} shapes, {len(self._plan.roots)} with targets>"

    @property
    def plan(self) -> Plan:
        """What was read from the shapes graph."""
        return self._plan

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was noticed in the shapes graph and has no effect, such as unknown ``sh:`` terms."""
        return self._plan.warnings

    def prepare(self, context: object, onto: Context | None = None) -> Context:
        """Return triples to be used as the context of many validations, indexed once.

        With ``onto``, they are put on top of a context that was prepared before and stays as it is: code lists are
        prepared once for all, the few facts about other records that one batch needs are put on top for that batch.
        """
        if onto is not None:
            self._must_be_own(onto)
            return onto.extended(index(context))
        return Context(merged(self._ontology, index(context)), self._by_class)

    def _must_be_own(self, context: Context) -> None:
        if context.targets is not self._by_class:
            raise BadData("this context was prepared by another validator; its classes lead to that one's shapes")

    def validate(
        self,
        data: object,
        context: object = None,
        *,
        own_classes: bool = True,
        limit: int = DEFAULT_LIMIT,
        each_pair: bool = True,
    ) -> Report:
        """Return what is wrong with data.

        Args:
            data:
                An rdflib Graph, a pyoxigraph Dataset, a record, or an iterable of triples or of records.

            context:
                Triples that count as data for every look-up but bring no focus nodes, in any of these forms or made by
                `prepare`, which saves indexing them again.

            own_classes:
                Whether ``rdfs:subClassOf`` statements in the data count. Say no to data of strangers.

            limit:
                The most results to give.

            each_pair:
                Whether ``sh:lessThan`` gives a result for each pair of values, as the standard has it; the results of
                one value are all alike. Say no to have one for each value.
        """
        prepared = context if isinstance(context, Context) else self._bare if context is None else self.prepare(context)
        self._must_be_own(prepared)
        run = Run(index(data), prepared, own_classes=own_classes, limit=limit, each_pair=each_pair)
        found: list[Result] = []
        truncated = False
        try:
            self._validate(run, found)
        except Enough:
            truncated = True
        if self._plan.fallback and not truncated:
            more = self._fall_back(run, own_classes=own_classes)
            room = max(limit - len(found), 0)
            found += more[:room]
            truncated = len(more) > room
        return Report(tuple(found), self._plan.fallback, truncated, self._plan.warnings)

    def _fall_back(self, run: Run, *, own_classes: bool) -> tuple[Result, ...]:
        """Return the results of the shapes that are not compiled."""
        from catalog_service.validation.shacl.fallback import run_pyshacl

        focus = {root: _all_focus_nodes(run, self._plan.shapes[root].targets) for root in self._plan.fallback}
        busy = {root: nodes for root, nodes in focus.items() if nodes or self._plan.shapes[root].targets.other}
        data = run.data if own_classes else _without_classes(run.data)
        return run_pyshacl(self._shapes, busy, merged(data, run.context.nodes)) if busy else ()

    def _validate(self, run: Run, found: list[Result]) -> None:
        dispatch = run.dispatch
        for node, properties in run.nodes.items():
            types = properties.get(TYPE)
            if types is None:
                continue
            for check in dispatch[types[0]] if len(types) == 1 else dispatch[tuple(types)]:
                if check.height > CUT:
                    _validate_deep(run, check, node, found)
                elif not check.conforms(run, node):
                    check.explain(run, node, found)
        for check, targets in self._by_other:
            for node in _focus_nodes(run, check, targets):
                _validate_deep(run, check, node, found)


def _without_classes(data: Nodes) -> Nodes:
    """Return data without what it says of the hierarchy of classes."""
    return {
        node: {predicate: terms for predicate, terms in properties.items() if predicate != SUBCLASS}
        if SUBCLASS in properties
        else properties
        for node, properties in data.items()
    }


def _validate_deep(run: Run, check: Check, node: Term, found: list[Result]) -> None:
    if not settle(run, check, node):
        explain_deep(run, check, node, found)


def _has_other_targets(targets: Targets) -> bool:
    return bool(targets.nodes or targets.subjects_of or targets.objects_of)


def _focus_nodes(run: Run, check: Check, targets: Targets) -> Iterator[Term]:
    """Yield the focus nodes that the target classes did not bring already."""
    for node in _named_nodes(run, targets):
        types = run.nodes[node].get(TYPE) if node in run.nodes else None
        if not types or check not in (run.dispatch[types[0]] if len(types) == 1 else run.dispatch[tuple(types)]):
            yield node


def _named_nodes(run: Run, targets: Targets) -> dict[Term, None]:
    """Return the focus nodes of all targets but classes."""
    found = dict.fromkeys(targets.nodes)
    for predicate in targets.subjects_of:
        found.update(dict.fromkeys(node for node, properties in run.data.items() if properties.get(predicate)))
    for predicate in targets.objects_of:
        for properties in run.data.values():
            found.update(dict.fromkeys(properties.get(predicate, ())))
    return found


def _all_focus_nodes(run: Run, targets: Targets) -> list[Term]:
    found = _named_nodes(run, targets)
    classes = frozenset[str]().union(*(run.subclasses[each] for each in targets.classes))
    for node, properties in run.nodes.items():
        if not classes.isdisjoint(properties.get(TYPE, ())):
            found[node] = None
    return list(found)
