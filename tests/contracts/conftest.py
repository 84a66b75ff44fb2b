"""Every engine on a place of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contracts.asking import SCHEMA
from tests.engines import Place, analyser, every_place, lasting_place, place

if TYPE_CHECKING:
    from indexer.engine import Engine

__all__ = ["analyser", "engine", "every_place", "lasting_place", "place"]


@pytest.fixture
def engine(place: Place) -> Engine:
    """An empty index of each engine."""
    return place.open(SCHEMA)
