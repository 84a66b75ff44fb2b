"""What the sandbox costs: the same files read and checked without storing, inside this process and in a worker of its own."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.records import BASE, write_turtle

if TYPE_CHECKING:
    from collections.abc import Callable

_ROUNDS = 15


def run(scale: float = 1.0) -> None:
    """Print the table; the two ways take turns."""
    from catalog_service.operations.catalogue import open_catalogue
    from catalog_service.operations.load import Source, load

    print("| records | inside, ms | in the sandbox, ms | more |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        catalogue = open_catalogue(Path(folder) / "home", environment={}, overrides={"catalogue.iri_base": BASE})
        agencies = write_turtle(Path(folder) / "agencies.ttl", 0)
        load(catalogue, [Source("agencies.ttl", agencies)], actor="bench", publishing=True)
        for records in (100, 300, int(1_000 * scale), int(3_000 * scale)):
            file = write_turtle(Path(folder) / f"{records}.ttl", records, agencies=False)

            def loaded(*, isolated: bool, file: Path = file) -> None:
                load(catalogue, [Source("bench.ttl", file)], actor="bench", dry=True, isolated=isolated)

            inside, outside = _in_turns(lambda: loaded(isolated=False), lambda: loaded(isolated=True))
            print(f"| {records:,} | {inside * 1000:.1f} | {outside * 1000:.1f} | {outside / inside - 1:+.0%} |")
        catalogue.close()


def _in_turns(one: Callable[[], None], other: Callable[[], None]) -> tuple[float, float]:
    """Return the median seconds of each."""
    spent: tuple[list[float], list[float]] = ([], [])
    for turn in range(_ROUNDS + 1):
        for number, work in enumerate((one, other)):
            started = time.perf_counter()
            work()
            if turn:
                spent[number].append(time.perf_counter() - started)
    return statistics.median(spent[0]), statistics.median(spent[1])
