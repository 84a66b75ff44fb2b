"""What the catalogue fills in where a record comes without it: identifier, date of issue, what the public never saw."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.model.kind import per_kind
from catalog_service.model.record import Record, parse_canonical
from catalog_service.namespaces import XSD, term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from catalog_service.model.kind import Kind
    from catalog_service.model.terms import Term
    from catalog_service.operations.spool import Candidate
    from catalog_service.store import Store
    from catalog_service.store.rows import Content

IDENTIFIER = term("dct:identifier")
ISSUED = term("dct:issued")


def fill(
    store: Store, kinds: Mapping[str, Kind], candidates: Sequence[Candidate], *, whole: bool = False
) -> list[Candidate]:
    """Fill in what candidates lack: an identifier, and from the version before the date of issue and private fields.

    No public export holds a private field, so that loading one again must not delete it. ``whole`` says that what is
    given replaces everything there was, private fields as well.
    """
    missing = {
        each.number: [
            name for name in _filled_in(kinds[each.record.kind], private=not whole) if not each.record.own.get(name)
        ]
        for each in candidates
    }
    asked = [each.identifier for each in candidates if not {IDENTIFIER}.issuperset(missing[each.number])]
    known = store.contents(asked) if asked else {}
    return [
        _filled(each, missing[each.number], known.get(each.identifier)) if missing[each.number] else each
        for each in candidates
    ]


def _filled(candidate: Candidate, missing: Iterable[Term], known: Content | None) -> Candidate:
    record = candidate.record
    before = parse_canonical(known.canonical, known.iri, record.kind) if known else Record(record.iri, record.kind, {})
    own, nodes = dict(record.own), dict(record.nodes)
    for name in missing:
        if name == IDENTIFIER:
            own[name] = [terms.literal(candidate.identifier)]
        elif kept := before.objects(name):
            own[name] = kept
            nodes |= _inner(before, kept)
        elif name == ISSUED:
            own[name] = [terms.literal(_today(), datatype=f"{XSD}date")]
    return replace(candidate, record=Record(record.iri, record.kind, {**nodes, record.node: own}))


def _inner(record: Record, objects: Iterable[Term]) -> dict[Term, Mapping[Term, list[Term]]]:
    """Return the inner nodes among objects, with those inside them."""
    found: dict[Term, Mapping[Term, list[Term]]] = {}
    waiting = [each for each in objects if each in record.nodes]
    while waiting:
        node = waiting.pop()
        found[node] = record.nodes[node]
        waiting += [each for own in found[node].values() for each in own if each in record.nodes and each not in found]
    return found


def _today() -> str:
    return dt.datetime.now(dt.UTC).date().isoformat()


def _filled_in(kind: Kind, *, private: bool) -> list[Term]:
    return [*_system(kind), *(_private(kind) if private else ())]


@per_kind
def _system(kind: Kind) -> list[Term]:
    """Return the predicates the catalogue fills where they are absent, if the kind has them."""
    own = {each.path[0] for each in kind.fields if each.system}
    return [each for each in (IDENTIFIER, ISSUED) if each in own]


@per_kind
def _private(kind: Kind) -> list[Term]:
    return [each.path[0] for each in kind.fields if each.private]
