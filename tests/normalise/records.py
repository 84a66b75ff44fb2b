"""Records for tests of normalisation: a normaliser, samples as raw records, and how to write them in RDF."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING

from catalog_service.model.raw import RawRecord
from catalog_service.model.report import Place
from catalog_service.normalise import Normaliser
from catalog_service.registry import profile
from tests.catalogues import bench_turtle
from tests.readers.readings import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog_service.model.terms import Triple

BASE = "https://bench.example"


@cache
def normaliser() -> Normaliser:
    known = profile()
    return Normaliser(known.kinds, known.vocabularies, iri_base=BASE, today=dt.date(2026, 3, 5), limits={})


@cache
def products() -> tuple[RawRecord, ...]:
    """Return a few full products with blank nodes."""
    records, findings = read(bench_turtle(6), "products.ttl")
    assert not findings
    return tuple(each for each in records if each.kind == "service-product")


def with_triples(raw: RawRecord, triples: Sequence[Triple]) -> RawRecord:
    return RawRecord(Place("other.nt"), raw.kind, iri=raw.iri, triples=tuple(triples))


def canonical(raw: RawRecord) -> bytes:
    return normaliser().normalise(raw).record.canonical()
