"""The index is followed in another process during a large load, and only as long as somebody loads."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from catalog_service.operations.beside import FollowingBeside
from catalog_service.operations.follow import LOCK, locked
from tests.catalogues import bench_turtle, load_text, make_catalogue
from tests.operations.stories import contents, made_anew, run_python

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

LOADING = """
import sys
from pathlib import Path
from catalog_service.operations import beside
from tests.catalogues import make_catalogue

catalogue = make_catalogue(Path(sys.argv[1]), search__engine="embedded")
with beside.FollowingBeside(catalogue, wanted=True) as following:
    following.consider(beside.WORTHWHILE)
    print("following", flush=True)
    sys.stdin.read()
"""


def held(home: Path) -> bool:
    lock_file = locked(home / LOCK)
    if lock_file is not None:
        lock_file.close()
    return lock_file is None


def until_held(home: Path, wanted: bool) -> None:
    deadline = time.monotonic() + 60
    while held(home) is not wanted:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_another_process_writes_the_index_while_a_load_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog_service.operations.beside.WORTHWHILE", 100)
    begun: list[FollowingBeside] = []
    considered = FollowingBeside.consider

    def consider(self: FollowingBeside, records: int) -> None:
        considered(self, records)
        begun.extend([self] if self._process is not None and self not in begun else [])

    monkeypatch.setattr(FollowingBeside, "consider", consider)
    catalogue = make_catalogue(tmp_path, search__engine="embedded")

    load_text(catalogue, bench_turtle(300), "records.ttl")

    assert [each._process.exitcode for each in begun] == [0]
    found, expected = contents(catalogue.index.engine), made_anew(catalogue)
    catalogue.close()
    assert json.loads(json.dumps(found)) == json.loads(json.dumps(expected))


def test_it_ends_when_the_loading_process_is_killed(tmp_path: Path) -> None:
    loading = run_python(LOADING, tmp_path, stdin=-1)
    try:
        assert loading.stdout is not None
        assert loading.stdout.readline() == "following\n"
        until_held(tmp_path, wanted=True)
        loading.kill()
        until_held(tmp_path, wanted=False)
    finally:
        loading.kill()
        loading.communicate()


def test_small_loads_and_engines_of_one_process_do_without(tmp_path: Path) -> None:
    for engine, records in (("embedded", 2_999), ("memory", 3_000)):
        catalogue = make_catalogue(tmp_path / engine, search__engine=engine)
        with FollowingBeside(catalogue, wanted=True) as following:
            following.consider(records)
            assert following._process is None
