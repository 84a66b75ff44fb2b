"""A damaged index says so, whatever tantivy does with its files: it panics, which is no `Exception`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.engines.embedded.soundness import damaged_file
from indexer.errors import WrongIndex
from indexer.query import All, Search, Sort, Token
from tests.indexer.engines.embedded.test_engine import documents, opened

if TYPE_CHECKING:
    from pathlib import Path

SEARCHES = (Search(All()), Search(Token("title", "words", "检索")), Search(All(), sort=Sort("price.min")))


def spoil(folder: Path, suffix: str) -> str:
    """Turn bits in the first half of a file of an index around; return its name."""
    file = next(folder.glob(f"*{suffix}"))
    raw = file.read_bytes()
    half = len(raw) // 2
    file.write_bytes(raw[:10] + bytes(byte ^ 0x5A for byte in raw[10:half]) + raw[half:])
    return file.name


def search_all(folder: Path) -> None:
    engine = opened(folder)
    for search in SEARCHES:
        engine.search(search)


@pytest.mark.parametrize("suffix", [".idx", ".store", ".fast", ".term"])
def test_what_cannot_be_read_is_said_to_be_no_index(tmp_path: Path, suffix: str) -> None:
    opened(tmp_path).write(documents(300), 300)
    assert damaged_file(tmp_path) == ""

    name = spoil(tmp_path, suffix)

    with pytest.raises(WrongIndex):
        search_all(tmp_path)
    assert damaged_file(tmp_path) == name


def test_an_index_that_is_damaged_while_it_is_open_is_said_to_be_no_index(tmp_path: Path) -> None:
    engine = opened(tmp_path)
    engine.write(documents(300), 300)
    spoil(tmp_path, ".store")

    with pytest.raises(WrongIndex):
        list(opened(tmp_path).entries())


def test_a_file_that_was_cut_short_or_emptied_is_damaged(tmp_path: Path) -> None:
    opened(tmp_path).write(documents(300), 300)
    file = next(tmp_path.glob("*.pos"))

    for rest in (file.read_bytes()[:100], b"1234", b""):
        file.write_bytes(rest)
        assert damaged_file(tmp_path) == file.name


def test_a_fault_of_ours_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = opened(tmp_path)

    def faulty(*_: object) -> None:
        raise TypeError("ours")

    monkeypatch.setattr("indexer.engines.embedded.engine.figures", faulty)
    with pytest.raises(TypeError):
        engine.search(Search(All()))


def test_a_mark_that_is_another_document_is_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(tmp_path).write(documents(3), 3)
    monkeypatch.setattr("indexer.engines.embedded.engine._read", lambda _: {"kind": "product"})

    with pytest.raises(WrongIndex):
        opened(tmp_path)
