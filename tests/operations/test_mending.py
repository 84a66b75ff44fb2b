"""A damaged index is told by every process, and made anew by the one that follows the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog_service.errors import IndexUnavailable
from catalog_service.i18n import explain
from catalog_service.operations import mending
from catalog_service.operations.follow import Follower
from catalog_service.operations.reindex import compare
from catalog_service.operations.search import SearchRequest, search
from indexer.errors import WrongIndex
from tests.catalogues import make_catalogue
from tests.indexer.engines.embedded.test_soundness import spoil
from tests.operations.following.telling import CLEAN, until
from tests.operations.stories import agency, load_json, product

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "home", search__engine="embedded")
    load_json(made, agency(1), *(product(n) for n in range(1, 30)))
    made.index.close()
    yield made
    made.close()


def damage(catalogue: Catalogue, suffix: str) -> None:
    """Turn bits around in every file of the index with an ending."""
    for file in list(catalogue.index.searched.glob(f"*{suffix}")):
        spoil(catalogue.index.searched, file.name)


def found(catalogue: Catalogue) -> int:
    return search(catalogue, SearchRequest()).total


@pytest.mark.parametrize("suffix", [".idx", ".store", ".fast"])
def test_damage_is_said_with_what_mends_it_and_every_process_is_unready(catalogue: Catalogue, suffix: str) -> None:
    damage(catalogue, suffix)

    with pytest.raises(IndexUnavailable) as raised:
        found(catalogue)

    assert "kebao index rebuild" in explain(raised.value, "en")[1]
    other = make_catalogue(catalogue.home, search__engine="embedded")
    assert catalogue.index.trouble
    assert other.index.trouble
    other.close()


@pytest.mark.parametrize("suffix", [".idx", ".store", ".fast"])
def test_the_follower_makes_a_damaged_index_anew(catalogue: Catalogue, suffix: str) -> None:
    damage(catalogue, suffix)
    with pytest.raises(IndexUnavailable):
        found(catalogue)
    follower = Follower(catalogue.index)

    follower.start()
    until(lambda: catalogue.index.newest_generation() == 1 and not catalogue.index.trouble)
    follower.stop()

    assert found(catalogue) == 29
    assert compare(catalogue) == CLEAN


def test_an_index_that_cannot_be_opened_is_made_anew(catalogue: Catalogue) -> None:
    (catalogue.index.searched / "meta.json").write_text("{")
    follower = Follower(catalogue.index)

    follower.start()
    until(lambda: catalogue.index.newest_generation() == 1 and not catalogue.index.trouble)
    follower.stop()

    assert found(catalogue) == 29


def test_damage_that_only_writing_meets_is_found_in_the_files(catalogue: Catalogue) -> None:
    damage(catalogue, ".pos")

    mending.look(catalogue.index)

    assert ".pos is damaged" in catalogue.index.trouble


def test_a_sound_index_is_not_made_anew_for_one_search_that_fails(catalogue: Catalogue) -> None:
    assert found(catalogue) == 29
    mending.note(catalogue.index, WrongIndex("a panic"))

    mending.mend(catalogue.index)

    assert (catalogue.index.trouble, catalogue.index.newest_generation()) == ("", 0)
