"""What only this engine promises: files, locks and processes. The port's promises are in tests/contracts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from indexer.analysis import Analyser
from indexer.engines import open_engine
from indexer.engines.embedded import engine as embedded
from indexer.errors import IndexLocked, IndexUnreachable, WrongIndex
from indexer.query import All, Search, Sort, Token
from indexer.schema import Deletion, Document, IndexSchema, TextField

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.engine import Engine

ANALYSER = Analyser()
SCHEMA = IndexSchema((TextField("title", pinyin=True),), ("area.within",), ("price.min",))


def opened(path: Path, schema: IndexSchema = SCHEMA, analyser: Analyser = ANALYSER) -> Engine:
    return open_engine("embedded", schema, analyser, path=path)


def documents(count: int, *, first: int = 1) -> list[Document]:
    return [Document(f"KB-{n:07}", "product", n, {"title": "专利检索"}) for n in range(first, first + count)]


def test_a_second_writer_is_told_that_there_is_one(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    first.write(documents(1), 1)

    with pytest.raises(IndexLocked):
        second.write(documents(1), 1)

    first.close()
    assert second.write(documents(1, first=2), 2) == []


def test_a_reader_sees_a_commit_when_it_looks_again(tmp_path: Path) -> None:
    writer, reader = opened(tmp_path), opened(tmp_path)
    writer.write(documents(3), 3)

    assert reader.search(Search(All())).total == 0
    reader.refresh()
    assert reader.search(Search(All())).total == 3
    assert reader.search(Search(All())).position == 3


def test_an_index_of_another_schema_or_dictionary_is_not_opened(tmp_path: Path) -> None:
    opened(tmp_path).close()

    with pytest.raises(WrongIndex):
        opened(tmp_path, IndexSchema(SCHEMA.texts, ("other",), ()))
    with pytest.raises(WrongIndex):
        opened(tmp_path, SCHEMA, Analyser(["科宝"]))


def test_a_damaged_index_is_not_opened(tmp_path: Path) -> None:
    opened(tmp_path).close()
    (tmp_path / "meta.json").write_text("{", encoding="utf-8")

    with pytest.raises(WrongIndex):
        opened(tmp_path)


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(IndexUnreachable):
        opened(tmp_path / "file" / "index")


def test_ids_longer_than_their_columns_keep_their_order(tmp_path: Path) -> None:
    ids = [f"https://example.org/id/service-product/{'x' * 20}/{n:03}" for n in range(30)]
    engine = opened(tmp_path)
    engine.write([Document(id_, "product", 1, {"title": "专利"}) for id_ in reversed(ids)], 1)

    walked, after = [], None
    while hits := engine.search(Search(All(), sort=Sort("price.min"), size=7, after=after)).hits:
        walked += [hit.id for hit in hits]
        after = hits[-1].key

    assert walked == ids
    relevant = engine.search(Search(Token("title", "words", "专利"), size=30)).hits
    assert [hit.id for hit in relevant] == ids


def test_a_group_of_ties_larger_than_any_page_is_walked_in_order_of_ids(tmp_path: Path) -> None:
    engine = opened(tmp_path)
    made = documents(700)
    engine.write(made[350:], 350)
    engine.write(made[:350], 700)

    first = engine.search(Search(Token("title", "words", "专利"), size=5))
    second = engine.search(Search(Token("title", "words", "专利"), size=5, after=first.hits[-1].key))

    assert [hit.id for hit in (*first.hits, *second.hits)] == [document.id for document in made[:10]]


def test_what_was_not_committed_when_the_process_died_is_not_there_and_the_next_one_goes_on(tmp_path: Path) -> None:
    code = f"""
import os, signal
from indexer import bulk
from indexer.analysis import Analyser
from indexer.engines.embedded import layout, open_index
from tests.indexer.engines.embedded.test_engine import SCHEMA, documents
engine = open_index(SCHEMA, Analyser(), path={str(tmp_path)!r})
engine.write(documents(5), 5)
for document in documents(50, first=6):
    engine._writer.add_document(layout.document(bulk.prepared_of(document, SCHEMA, engine._analyser), SCHEMA))
os.kill(os.getpid(), signal.SIGKILL)
"""
    root = os.path.abspath(os.path.join(os.path.dirname(__file__), *[".."] * 4))
    done = subprocess.run([sys.executable, "-c", code], cwd=root, env={**os.environ, "PYTHONPATH": root}, check=False)
    assert done.returncode == -signal.SIGKILL

    engine = opened(tmp_path)
    assert (engine.position(), engine.search(Search(All())).total) == (5, 5)

    engine.write(documents(50, first=6), 55)
    assert (engine.position(), engine.search(Search(All())).total) == (55, 55)


def test_a_failed_write_leaves_index_and_writer_as_they_were(tmp_path: Path) -> None:
    engine = opened(tmp_path)
    engine.write(documents(2), 2)
    broken = Document("KB-9", "product", 9, {"title": object()})  # type: ignore[dict-item]

    with pytest.raises(TypeError):
        engine.write([*documents(2, first=3), broken], 9)

    assert (engine.position(), engine.search(Search(All())).total) == (2, 2)
    engine.write([Deletion("KB-0000001", 3)], 3)
    assert [hit.id for hit in engine.search(Search(All())).hits] == ["KB-0000002"]


def test_tombstones_outlive_the_process(tmp_path: Path) -> None:
    first = opened(tmp_path)
    first.write([Deletion("KB-0000001", 7)], 7)
    first.close()

    second = opened(tmp_path)
    second.write(documents(1), 8)

    assert second.search(Search(All())).total == 0
    assert list(second.entries()) == []


def test_without_a_path_the_index_is_in_memory() -> None:
    engine = open_engine("embedded", SCHEMA, ANALYSER)
    engine.write(documents(2), 2)

    assert engine.search(Search(All())).total == 2


def test_the_name_file_tells_what_made_the_index(tmp_path: Path) -> None:
    opened(tmp_path)

    assert set(json.loads((tmp_path / "kebao-index.json").read_text(encoding="utf-8"))) == {"format", "fingerprint"}


def test_what_found_many_is_not_forgotten_for_rare_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[Search] = []
    whole = embedded.figures
    monkeypatch.setattr(embedded, "figures", lambda search, ask: counted.append(search) or whole(search, ask))
    engine = opened(tmp_path)
    engine.write([*documents(60), Document("KB-9", "product", 61, {"title": "激光"})], 61)
    common, rare = Search(Token("title", "bigrams", "专利")), Search(Token("title", "bigrams", "激光"))
    for number in range(600):
        engine.search(replace(rare, filters=((f"{number}", All()),)))
        if number == 0:
            engine.search(common)

    assert engine.search(common).total == 60
    assert counted.count(common) == 1
    engine.close()
