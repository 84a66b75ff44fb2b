"""Load: parse Turtle or a workbook, normalise, store, index; without SHACL and with it, in one process and with a second.

Rival: rdflib's parser alone.

Each measurement is a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

from benchmarks.records import AGENCIES, BASE, write_turtle
from benchmarks.workbooks import write_workbook


def run(scale: float = 1.0) -> None:
    """Print the table."""
    print("`one-process` and `without-shacl` leave SHACL out; all but the first may have a second process.\n")
    print("| work | records | records/s | peak memory MB, process beside included |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for records in (int(10_000 * scale), int(100_000 * scale)):
            source = write_turtle(Path(folder) / f"{records}.ttl", records)
            for name in ("one-process", "without-shacl", "compiled"):
                _print(name, records, _measure("load", name, str(source), str(Path(folder) / f"{name}-{records}")))
        rows = min(10_000, int(10_000 * scale))
        book = write_workbook(Path(folder) / "bench.xlsx", rows)
        _print("workbook", rows, _measure("load", "compiled", str(book), str(Path(folder) / "workbook")))
        small = write_turtle(Path(folder) / "small.ttl", int(5_000 * scale))
        _print("rdflib parse alone", int(5_000 * scale), _measure("rdflib", str(small)))
        _print("load with pySHACL", int(1_000 * scale), _measure("load", "pyshacl", str(
            write_turtle(Path(folder) / "tiny.ttl", int(1_000 * scale))), str(Path(folder) / "pyshacl")))  # fmt: skip


def _print(name: str, records: int, figures: dict[str, float]) -> None:
    rate = (records + AGENCIES) / figures["seconds"]
    print(f"| {name} | {records:,} | {rate:,.0f} | {figures['memory']:,.0f} |", flush=True)


def _measure(*arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.bench_load", *arguments]
    finished = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(finished.stdout.splitlines()[-1])
    return figures


def _load(engine: str, source: str, home: str) -> None:
    from catalog_service.operations.catalogue import open_catalogue
    from catalog_service.operations.load import Source, load

    shapes = engine if engine == "pyshacl" else "compiled"
    processes = "off" if engine == "one-process" else "on"
    overrides = {"catalogue.iri_base": BASE, "validation.engine": shapes, "load.second_process": processes}
    catalogue = open_catalogue(Path(home), environment={}, overrides=overrides)
    if engine in ("one-process", "without-shacl"):
        catalogue.validation.without_shapes()
    result = load(catalogue, [Source(Path(source).name, Path(source))], actor="bench", publishing=True)
    assert not result.refused, result.findings[:3]
    assert result.counts["published"] == result.counts["created"], result.counts
    catalogue.close()


def _rdflib(source: str) -> None:
    from rdflib import Graph

    Graph().parse(source, format="turtle")


if __name__ == "__main__":
    started = time.perf_counter()
    {"load": _load, "rdflib": _rdflib}[sys.argv[1]](*sys.argv[2:])  # type: ignore[operator]
    seconds = time.perf_counter() - started
    memory = sum(getrusage(each).ru_maxrss for each in (RUSAGE_SELF, RUSAGE_CHILDREN)) / 1024
    print(json.dumps({"seconds": seconds, "memory": memory}))
