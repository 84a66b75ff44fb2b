"""The sample records: loaded once, by the same way a cataloguer's workbook takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.operations.load import Source, load
from catalog_service.resources import folder

if TYPE_CHECKING:
    from catalog_service.operations.catalogue import Catalogue

_LOADED = "samples.loaded"


def load_samples(catalogue: Catalogue) -> int:
    """Load and publish the sample workbooks unless that was done before; return how many records are new."""
    if catalogue.store.meta(_LOADED):
        return 0
    sources = [Source(path.name, path) for path in sorted(folder("samples").glob("*.xlsx"))]
    result = load(catalogue, sources, actor="samples", publishing=True, note="sample records")
    with catalogue.store.write(actor="samples") as writer:
        writer.set_meta(_LOADED, str(result.batch))
    return result.counts["created"]
