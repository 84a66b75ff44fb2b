"""What the tests of readers share: reading bytes as a file of some name."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from catalog_service.model.report import Finding
from catalog_service.readers import open_records
from catalog_service.registry import profile

if TYPE_CHECKING:
    from catalog_service.model.raw import RawRecord

LIMITS = {"record_bytes": 1_000_000, "record_triples": 2000, "record_blank_nodes": 200, "depth": 64,
          "iri_length": 2048, "literal_length": 20_000}  # fmt: skip
BASE = "https://catalogue.example/id/service-product/"
PREFIXES = f"""@prefix ex: <{BASE}> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix sts: <https://w3id.org/stsp/ns#> .
"""


def read(data: str | bytes, name: str, kind: str = "", **limits: int) -> tuple[list[RawRecord], list[Finding]]:
    """Return the records and the findings of a file."""
    source = io.BytesIO(data.encode() if isinstance(data, str) else data)
    found = list(open_records(source, name=name, kind=kind, limits=LIMITS | limits, kinds=profile().kinds))
    records = [each for each in found if not isinstance(each, Finding)]
    return records, [each for each in found if isinstance(each, Finding)]


def names(records: list[RawRecord]) -> list[str]:
    """Return the last part of the records' IRIs."""
    return [record.iri.rsplit("/", 1)[-1] for record in records]


def turtle(*identifiers: str) -> str:
    """Return small records in Turtle, four lines each, with an inner node."""
    return PREFIXES + "".join(piece(each) for each in identifiers)


def piece(identifier: str) -> str:
    """Return one small record in Turtle without prefixes."""
    return (
        f"ex:{identifier} a sts:ServiceProduct ;\n"
        f'    dct:title "服务 {identifier}. 说明"@zh ;\n'
        f'    sts:offer [ dct:title "报价"@zh ] ;\n'
        f'    dct:identifier "{identifier}" .\n'
    )
