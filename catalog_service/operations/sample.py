"""The sample records: loaded once, by the same way a cataloguer's workbook takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.model.report import Finding
from catalog_service.operations.load import Source, load
from catalog_service.readers import open_records
from catalog_service.resources import folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalog_service.model.kind import Kind
    from catalog_service.model.raw import RawRecord, RawValue
    from catalog_service.operations.catalogue import Catalogue

_LOADED = "samples.loaded"
_LIMITS = {"xlsx_bytes": 10_000_000, "xlsx_inflated": 100_000_000, "xlsx_rows": 10_000}


def load_samples(catalogue: Catalogue) -> int:
    """Load and publish the sample workbooks unless that was done before; return how many records are new."""
    if catalogue.store.meta(_LOADED):
        return 0
    sources = [Source(path.name, path) for path in sorted(folder("samples").glob("*.xlsx"))]
    result = load(catalogue, sources, actor="samples", publishing=True, note="sample records")
    with catalogue.store.write(actor="samples") as writer:
        writer.set_meta(_LOADED, str(result.batch))
    return result.counts["created"]


def example_row(kinds: Mapping[str, Kind], kind: str) -> dict[str, str]:
    """Return the cells of the example of a kind by column: values that belong together, of a record that is no sample.

    Empty for a kind without an example.
    """
    return next((_cells(each) for each in _examples(kinds) if each.kind == kind), {})


def _examples(kinds: Mapping[str, Kind]) -> Iterator[RawRecord]:
    for path in sorted(folder("samples").glob("examples/*.xlsx")):
        with path.open("rb") as file:
            read = open_records(file, name=path.name, limits=_LIMITS, kinds=kinds)
            yield from (each for each in read if not isinstance(each, Finding))


def _cells(record: RawRecord) -> dict[str, str]:
    return {f"{name}@{each.language}" if each.language else name: _text(each) for name, each in record.values}


def _text(found: RawValue) -> str:
    """Return a cell as people write it: whole numbers without a point."""
    whole = isinstance(found.value, float) and found.value.is_integer()
    return f"{found.value:.0f}" if whole else str(found.value)
