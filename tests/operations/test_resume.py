"""A load that is killed goes on where it was: the same final state, one batch, nothing read twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from catalog_service.errors import Conflict
from catalog_service.operations.load import Source, load
from catalog_service.operations.resume import leftover, spool_path, sweep
from tests.catalogues import bench_turtle, make_catalogue
from tests.operations.stories import ROOT, agency, product

if TYPE_CHECKING:
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.load import LoadResult

KILLED = """
import os, signal, sys
from pathlib import Path
from catalog_service.operations.load import Source, load
from tests.catalogues import make_catalogue

home, path, stage, most = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
counts = {}

def progress(name, count):
    counts[name] = counts.get(name, 0) + count
    if counts.get(stage, 0) >= most:
        os.kill(os.getpid(), signal.SIGKILL)

load(make_catalogue(home), [Source("x", path)], actor="test", publishing=True, resumable=True, progress=progress)
"""


def kill_in(home: Path, path: Path, stage: str, most: int) -> None:
    """Load a file in another process that kills itself when so many records are through a stage."""
    command = [sys.executable, "-c", KILLED, str(home), str(path), stage, str(most)]
    done = subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def resume(catalogue: Catalogue, path: Path, stages: list[str] | None = None) -> LoadResult:
    seen = stages if stages is not None else []
    return load(
        catalogue,
        [Source("x", path)],
        actor="test",
        publishing=True,
        resumable=True,
        resume=True,
        progress=lambda stage, _: seen.append(stage),
    )


def state_of(catalogue: Catalogue) -> list[tuple[object, ...]]:
    rows = catalogue.store.listing_records(limit=2000)
    return [(row.iri, row.title, row.state, row.working_version, row.public_hash) for row in rows]


def spools(catalogue: Catalogue) -> list[str]:
    return sorted(each.suffix for each in (catalogue.home / "spool").iterdir())


@pytest.fixture(scope="module")
def turtle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "records.ttl"
    path.write_text(bench_turtle(600), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def nameless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records that get their identifiers when they are stored."""
    path = tmp_path_factory.mktemp("files") / "records.json"
    products = [{name: value for name, value in product(n).items() if name != "identifier"} for n in range(600)]
    path.write_text(json.dumps([agency(), *products]), encoding="utf-8")
    return path


@pytest.mark.parametrize("most", [3, 250, 603])
def test_a_killed_load_goes_on_to_the_same_state(turtle: Path, tmp_path: Path, most: int) -> None:
    whole = make_catalogue(tmp_path / "whole")
    load(whole, [Source("x", turtle)], actor="test", publishing=True)
    kill_in(tmp_path / "killed", turtle, "stored", most)
    killed, stages = make_catalogue(tmp_path / "killed"), list[str]()
    before = leftover(killed, [Source("x", turtle)], publishing=True)

    result = resume(killed, turtle, stages)

    assert before is not None
    assert before.read == 603
    assert before.stored <= most
    assert "bytes" not in stages
    assert state_of(killed) == state_of(whole)
    assert len(killed.store.batches()) == 1
    assert killed.store.batches()[0].closed
    assert killed.store.last_seq() == whole.store.last_seq()
    counts = result.counts
    assert (counts["read"], counts["created"], counts["unchanged"], counts["refused"]) == (603, 603, 0, 0)
    assert counts["published"] == 603
    assert spools(killed) == []
    for each in (killed, whole):
        each.close()


def test_records_that_got_identifiers_keep_them(nameless: Path, tmp_path: Path) -> None:
    kill_in(tmp_path / "home", nameless, "stored", 300)
    catalogue = make_catalogue(tmp_path / "home")
    before = {row.title: row.identifier for row in catalogue.store.listing_records(limit=2000)}

    resume(catalogue, nameless)

    after = catalogue.store.listing_records(limit=2000)
    assert 0 < len(before) < 601
    assert len(after) == 601
    assert len({row.title for row in after}) == 601
    assert {row.title: row.identifier for row in after if row.title in before} == before
    assert len(catalogue.store.batches()) == 1
    catalogue.close()


def test_a_load_killed_while_reading_is_read_again(turtle: Path, tmp_path: Path) -> None:
    kill_in(tmp_path / "home", turtle, "read", 300)
    catalogue, stages = make_catalogue(tmp_path / "home"), list[str]()
    assert spools(catalogue) == [".lock", ".part"]

    result = resume(catalogue, turtle, stages)

    assert "bytes" in stages
    assert result.counts["created"] == 603
    assert spools(catalogue) == []
    catalogue.close()


def test_without_resume_it_begins_anew(turtle: Path, tmp_path: Path) -> None:
    kill_in(tmp_path / "home", turtle, "stored", 250)
    catalogue = make_catalogue(tmp_path / "home")

    result = load(catalogue, [Source("x", turtle)], actor="test", publishing=True, resumable=True)

    assert (result.counts["read"], result.counts["refused"]) == (603, 0)
    assert len(catalogue.store.batches()) == 2
    assert spools(catalogue) == []
    catalogue.close()


def test_a_damaged_spool_is_not_gone_on_with(turtle: Path, tmp_path: Path) -> None:
    kill_in(tmp_path / "home", turtle, "stored", 250)
    catalogue = make_catalogue(tmp_path / "home")
    sources = [Source("x", turtle)]
    path = spool_path(catalogue, sources, "", publishing=True)
    assert path is not None
    path.write_bytes(path.read_bytes()[:5000])

    assert leftover(catalogue, sources, publishing=True) is None
    assert resume(catalogue, turtle).counts["read"] == 603
    catalogue.close()


def test_a_changed_file_is_another_load(turtle: Path, tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path / "home")
    path = tmp_path / "records.ttl"
    path.write_bytes(b"x")
    first = spool_path(catalogue, [Source("x", path)], "", publishing=True)
    path.write_bytes(b"xy")

    assert spool_path(catalogue, [Source("x", path)], "", publishing=True) != first
    assert spool_path(catalogue, [Source("x", path)], "", publishing=False) != first
    catalogue.close()


def test_the_same_files_are_not_loaded_twice_at_once(turtle: Path, tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path / "home")

    def again(stage: str, _: int) -> None:
        if stage == "stored":
            resume(catalogue, turtle)

    with pytest.raises(Conflict):
        load(catalogue, [Source("x", turtle)], actor="test", resumable=True, publishing=True, progress=again)
    catalogue.close()


def test_spools_of_more_than_a_week_ago_are_removed(turtle: Path, tmp_path: Path) -> None:
    kill_in(tmp_path / "home", turtle, "stored", 250)
    catalogue = make_catalogue(tmp_path / "home")
    assert sweep(catalogue) == 0
    for each in (catalogue.home / "spool").iterdir():
        os.utime(each, (time.time() - 8 * 86_400,) * 2)

    assert sweep(catalogue) == 1
    assert spools(catalogue) == []
    catalogue.close()
