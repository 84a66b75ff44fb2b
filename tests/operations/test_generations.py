"""Folders of indexes that nobody searches any more go, and none that somebody may be reading."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from catalog_service.operations.follow import Follower
from catalog_service.operations.generations import UNTOUCHED_SECONDS, remove_unused
from catalog_service.operations.search import SearchRequest, search
from indexer import folders
from tests.catalogues import make_catalogue
from tests.operations.following.telling import until
from tests.operations.stories import agency, load_json, product

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "home", search__engine="embedded")
    load_json(made, agency(1), product(1))
    yield made
    made.close()


def left_behind(catalogue: Catalogue, *, seconds: float = UNTOUCHED_SECONDS + 60) -> Path:
    """Make the folder of an index of an older dictionary, last written so long ago."""
    folder = catalogue.home / "index" / "0123456789ab-0"
    folder.mkdir()
    (folder / "meta.json").write_text("{}")
    when = time.time() - seconds
    os.utime(folder, (when, when))
    return folder


def age(folder: Path) -> None:
    when = time.time() - UNTOUCHED_SECONDS - 60
    os.utime(folder, (when, when))


def test_the_index_of_an_older_dictionary_goes_while_the_catalogue_is_served(catalogue: Catalogue) -> None:
    folder = left_behind(catalogue)
    follower = Follower(catalogue.index)

    follower.start()
    until(lambda: not folder.exists())
    follower.stop()

    assert [each.name for each in folder.parent.iterdir()] == [catalogue.index.folder(0).name]
    assert search(catalogue, SearchRequest()).total == 1


def test_one_that_another_process_has_open_stays_until_it_ends(catalogue: Catalogue) -> None:
    folder = left_behind(catalogue)
    held = folders.hold(folder)
    age(folder)

    remove_unused(catalogue.index)
    assert folder.exists()

    os.close(held)
    remove_unused(catalogue.index)
    assert not folder.exists()


def test_one_that_was_written_lately_stays(catalogue: Catalogue) -> None:
    folder = left_behind(catalogue, seconds=UNTOUCHED_SECONDS - 60)

    remove_unused(catalogue.index)

    assert folder.exists()


def test_an_open_index_is_held_and_the_searched_one_stays_even_when_nobody_has_it_open(catalogue: Catalogue) -> None:
    current = catalogue.index.folder(0)
    assert search(catalogue, SearchRequest()).total == 1
    assert not folders.remove(current)
    catalogue.index.close()
    age(current)

    remove_unused(catalogue.index)

    assert search(catalogue, SearchRequest()).total == 1


def test_folders_stay_while_another_engine_is_used(catalogue: Catalogue) -> None:
    folder = left_behind(catalogue)
    other = make_catalogue(catalogue.home, search__engine="memory")

    remove_unused(other.index)
    other.close()

    assert folder.exists()
