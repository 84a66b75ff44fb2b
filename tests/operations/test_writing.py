from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from catalog_service.operations.documents import Handed
from catalog_service.operations.reindex import status
from tests.catalogues import make_catalogue
from tests.operations.stories import agency, load_json, product

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path, search__engine="embedded")
    yield made
    made.close()


def test_changes_of_few_records_are_written_a_chunk_at_a_time(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_json(catalogue, agency(1), product(1), index=False)
    for number in range(20):
        load_json(catalogue, product(1, title={"zh": f"商标检索 {number}"}), index=False)
    monkeypatch.setattr("catalog_service.operations.writing.CHUNK", 5)
    written: list[int] = []
    write = type(catalogue.index.engine).write

    def watched(self: Any, changes: Any, position: int) -> Any:
        written.append(len(changes))
        return write(self, changes, position)

    monkeypatch.setattr(type(catalogue.index.engine), "write", watched)
    assert catalogue.index.acquire()
    catalogue.index.catch_up()

    assert len(written) >= 4
    assert max(written) <= 2


def test_what_is_taken_again_is_refused_no_more(catalogue: Catalogue) -> None:
    load_json(catalogue, agency(1), product(1), index=False)
    last = catalogue.store.last_seq()
    assert catalogue.index.acquire()

    with catalogue.index.writing() as writer:
        writer.put(Handed(0, last, ["a", "b"], [], {"TEST-0001": "broken"}))
        load_json(catalogue, product(1, title={"zh": "商标检索"}), index=False)
        writer.follow()

    assert status(catalogue)["refused"] == {}
