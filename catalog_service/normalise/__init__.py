"""Raw values become canonical ones: codes, dates, prices, inner nodes with IRIs that say what is in them."""

from __future__ import annotations

from catalog_service.normalise.nodes import moved, rename
from catalog_service.normalise.normaliser import Normalised, Normaliser, Reference

__all__ = ["Normalised", "Normaliser", "Reference", "moved", "rename"]
