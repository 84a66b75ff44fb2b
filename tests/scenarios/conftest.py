"""Every engine on a place of its own."""

from tests.engines import analyser, every_place, lasting_place, place

__all__ = ["analyser", "every_place", "lasting_place", "place"]
