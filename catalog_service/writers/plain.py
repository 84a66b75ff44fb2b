"""Plain JSON with the profile's short names, as the API takes it and gives it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from catalog_service.model.derive import to_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalog_service.writers.base import Outgoing, Surroundings


def plain(outgoing: Outgoing) -> dict[str, Any]:
    """Return one record as JSON: kind, IRI, version, then its fields."""
    head = {"kind": outgoing.kind.name, "iri": outgoing.record.iri}
    return head | {name: value for name, value in to_plain(outgoing.record, outgoing.kind).items() if name not in head}


class Json:
    """One record as an object, several as a list."""

    name = "json"
    media_type = "application/json"
    ending = "json"
    one_kind = False

    def write(self, records: Iterable[Outgoing], _around: Surroundings) -> Iterator[bytes]:
        """Yield the document."""
        rows = [plain(outgoing) for outgoing in records]
        yield json.dumps(rows[0] if len(rows) == 1 else rows, ensure_ascii=False, indent=2).encode() + b"\n"


class JsonLines:
    """One record a line."""

    name = "jsonl"
    media_type = "application/x-ndjson"
    ending = "jsonl"
    one_kind = False

    def write(self, records: Iterable[Outgoing], _around: Surroundings) -> Iterator[bytes]:
        """Yield a line for each record."""
        return (json.dumps(plain(outgoing), ensure_ascii=False).encode() + b"\n" for outgoing in records)
