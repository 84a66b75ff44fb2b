"""Raw values become canonical ones: codes, dates, prices, and inner nodes with IRIs that say what is in them.

One path for RDF (`graph`), which keeps what is right as it stands, and one for tables and plain JSON (`draft`), which
understands what people write. Nothing here looks at other records: references keep their text until they are resolved.
"""

from __future__ import annotations

from catalog_service.normalise.fragments import moved, rename
from catalog_service.normalise.normaliser import Normaliser
from catalog_service.normalise.result import Normalised, Reference

__all__ = ["Normalised", "Normaliser", "Reference", "moved", "rename"]
