"""Small real catalogues for tests: a home in a temporary folder, records by the way a file takes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from benchmarks.records import BASE, Records
from catalog_service.operations.catalogue import Catalogue, open_catalogue
from catalog_service.operations.load import LoadResult, Source, load

if TYPE_CHECKING:
    from pathlib import Path

    from catalog_service.config import Value


def make_catalogue(home: Path, **overrides: Value) -> Catalogue:
    """Return a catalogue with the memory engine unless another is asked for; dots in names are written ``__``."""
    settings: dict[str, Value] = {
        "search.engine": "memory",
        "catalogue.iri_base": BASE,
        "public_url": "http://catalogue.example",
    }
    settings |= {name.replace("__", "."): value for name, value in overrides.items()}
    return open_catalogue(home, environment={}, overrides=settings)


def load_text(catalogue: Catalogue, text: str | bytes, name: str = "records.ttl", **options: object) -> LoadResult:
    """Load a text as if it were a file, and publish what conforms."""
    data = text.encode() if isinstance(text, str) else text
    options.setdefault("publishing", True)
    return load(catalogue, [Source(name, io.BytesIO(data))], actor="test", **options)  # type: ignore[arg-type]


def load_products(catalogue: Catalogue, products: int, agencies: int = 3) -> LoadResult:
    """Load and publish bench records of a few agencies."""
    return load_text(catalogue, bench_turtle(products, agencies))


def bench_turtle(products: int, agencies: int = 3) -> str:
    """Return bench records in Turtle, all provided by the first few agencies."""
    return "".join(Records(agencies=agencies).turtle(products))
