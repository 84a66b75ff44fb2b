"""The index is followed in another process during a large load, and only as long as somebody loads."""

from __future__ import annotations

import io
import json
import time
from typing import TYPE_CHECKING

import pytest

from catalog_service.operations.beside import Beside
from catalog_service.operations.documents import Handed, Maker
from catalog_service.operations.follow import LOCK, locked
from catalog_service.operations.load import Source, load
from tests.catalogues import bench_turtle, load_text, make_catalogue
from tests.operations.stories import contents, made_anew, run_python

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from catalog_service.model.raw import RawRecord

LOADING = """
import sys
from pathlib import Path
from catalog_service.operations import beside
from tests.catalogues import make_catalogue

catalogue = make_catalogue(Path(sys.argv[1]), search__engine="embedded")
with beside.Beside(catalogue, wanted=True) as following:
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


def those_that_begin(monkeypatch: pytest.MonkeyPatch) -> list[Beside]:
    """Return a list to which each comes that has begun and whose process is ready: it has caught up by then."""
    begun: list[Beside] = []
    considered = Beside.consider

    def consider(self: Beside, records: int) -> None:
        considered(self, records)
        if self._channel is not None and self not in begun:
            assert self.ready(wait=True)
            begun.append(self)

    monkeypatch.setattr(Beside, "consider", consider)
    return begun


def test_another_process_writes_the_index_while_a_load_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog_service.operations.beside.WORTHWHILE", 100)
    begun = those_that_begin(monkeypatch)
    catalogue = make_catalogue(tmp_path, search__engine="embedded")

    load_text(catalogue, bench_turtle(300), "records.ttl")

    assert [(each._process.returncode, each._position) for each in begun] == [(0, catalogue.store.last_seq())]
    found, expected = contents(catalogue.index.engine), made_anew(catalogue)
    catalogue.close()
    assert json.loads(json.dumps(found)) == json.loads(json.dumps(expected))


def test_a_large_file_has_the_other_process_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    considered: list[int] = []
    monkeypatch.setattr(Beside, "consider", lambda _self, records: considered.append(records))
    source = tmp_path / "records.ttl"
    source.write_text(bench_turtle(100), encoding="utf-8")
    catalogue = make_catalogue(tmp_path / "home", search__engine="embedded")

    load(catalogue, [Source(source.name, source), Source("more.ttl", io.BytesIO(source.read_bytes()))], actor="test")

    catalogue.close()
    assert considered[0] == source.stat().st_size // 3000
    assert considered[1:3] == [1, 2]


def test_one_process_does_all_of_a_load_where_no_other_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog_service.operations.beside.WORTHWHILE", 100)
    begun = those_that_begin(monkeypatch)
    catalogue = make_catalogue(tmp_path, search__engine="embedded", load__second_process="off")

    result = load_text(catalogue, bench_turtle(300), "records.ttl")

    assert not begun
    assert catalogue.index.position() == catalogue.store.last_seq()
    assert not result.behind
    catalogue.close()


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


def test_a_load_goes_on_when_the_process_beside_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog_service.operations.beside.WORTHWHILE", 100)
    monkeypatch.setattr("catalog_service.operations.beside.CHUNK", 50)
    those_that_begin(monkeypatch)
    handed = Beside._hand_over
    killed: list[int] = []

    def hand_over(self: Beside, start: int) -> bool:
        if not killed:
            self._process.kill()
            self._process.wait()
            killed.append(start)
        return handed(self, start)

    monkeypatch.setattr(Beside, "_hand_over", hand_over)
    catalogue = make_catalogue(tmp_path, search__engine="embedded")

    result = load_text(catalogue, bench_turtle(300), "records.ttl")

    assert killed
    assert not result.behind
    found, expected = contents(catalogue.index.engine), made_anew(catalogue)
    catalogue.close()
    assert json.loads(json.dumps(found)) == json.loads(json.dumps(expected))


def loaded(home: Path, turtle: str) -> tuple[list[tuple[str, str]], list[object]]:
    """Load a text into a new catalogue; return what is stored and what is said."""
    catalogue = make_catalogue(home, search__engine="embedded")
    result = load_text(catalogue, turtle, "records.ttl")
    said = [(each.code, each.record, each.place) for each in result.findings]
    stored = [(entry.identifier, entry.public_hash) for entry in catalogue.store.changes(0, 1000)]
    catalogue.close()
    return stored, said


@pytest.mark.parametrize("killed", [False, True])
def test_records_normalised_beside_are_those_that_one_process_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, killed: bool
) -> None:
    lines = bench_turtle(500).split("\n")
    line = next(number for number, text in enumerate(lines) if "BP-0000321" in text)
    turtle = "\n".join([*lines[:line], "<urn:x:broken> a .", *lines[line:]])
    expected = loaded(tmp_path / "alone", turtle)
    monkeypatch.setattr("catalog_service.operations.beside.WORTHWHILE", 100)
    begun = those_that_begin(monkeypatch)
    asked: list[int] = []
    ask = Beside.ask

    def counted(self: Beside, records: Sequence[RawRecord]) -> None:
        asked.append(len(records))
        ask(self, records)
        if killed and len(asked) == 3:
            self._process.kill()

    monkeypatch.setattr(Beside, "ask", counted)

    found = loaded(tmp_path / "shared", turtle)

    assert found == expected
    assert begun
    assert sum(asked) > 200


def test_what_is_handed_over_to_an_index_that_is_elsewhere_is_caught_up_from_the_log(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path, search__engine="embedded")
    load_text(catalogue, bench_turtle(30), "records.ttl", index=False)
    assert catalogue.index.acquire()
    half = catalogue.store.changes(0, 20)
    iris = [entry.iri for entry in half]
    changes, refused = Maker(catalogue).changes(half)

    with catalogue.index.writing() as writer:
        writer.put(Handed(5, half[-1].seq, iris, changes, refused))
    assert catalogue.index.position() == catalogue.store.last_seq()
    with catalogue.index.writing() as writer:
        writer.put(Handed(0, half[-1].seq, iris, changes, refused))

    found, expected = contents(catalogue.index.engine), made_anew(catalogue)
    catalogue.close()
    assert json.loads(json.dumps(found)) == json.loads(json.dumps(expected))


def test_beside_a_server_it_normalises_or_does_without(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path, search__engine="embedded")
    lock_file = locked(tmp_path / LOCK)
    ready = []
    for normalises in (True, False):
        with Beside(catalogue, wanted=True) as following:
            following.normalises = normalises
            following.consider(3_000)
            ready.append(following.ready(wait=True))
            following.hand_on(10_000, 1)
            assert following._position is None
    lock_file.close()
    catalogue.close()
    assert ready == [True, False]


def test_small_loads_and_engines_of_one_process_do_without(tmp_path: Path) -> None:
    for engine, records in (("embedded", 2_999), ("memory", 3_000)):
        catalogue = make_catalogue(tmp_path / engine, search__engine=engine)
        with Beside(catalogue, wanted=True) as following:
            following.consider(records)
            assert following._process is None
