"""The profile at work: its kinds, its code lists and its shapes, loaded once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Self

from catalog_service.resources import folder

if TYPE_CHECKING:
    from pathlib import Path

    from catalog_service.model.compiler import Kinds
    from catalog_service.model.vocabulary import Vocabularies


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything that says what a good record is."""

    kinds: Kinds
    vocabularies: Vocabularies
    shapes: bytes
    """One shapes graph of all kinds in Turtle, for validators."""

    @classmethod
    def load(cls, *, shapes: Path | None = None, vocab: Path | None = None, ontology: Path | None = None) -> Self:
        """Return the profile of these folders; those not given are our own."""
        from catalog_service.model.compiler import all_shapes, compile_kinds
        from catalog_service.model.vocabulary import load_vocabularies

        place = shapes or folder("shapes")
        return cls(compile_kinds(place, ontology), load_vocabularies(vocab), all_shapes(place))


@cache
def profile() -> Profile:
    """Return our own profile."""
    return Profile.load()
