"""Folders that are in use stay, others can be removed, and who opens one at that moment gets a whole one."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from indexer import folders

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_that_somebody_holds_stays(tmp_path: Path) -> None:
    path = tmp_path / "index"
    first, second = folders.hold(path), folders.hold(path)

    assert not folders.remove(path)
    os.close(first)
    assert not folders.remove(path)
    os.close(second)
    assert folders.remove(path)
    assert not list(tmp_path.iterdir())


def test_what_a_killed_removal_has_left_is_removed(tmp_path: Path) -> None:
    left = tmp_path / "index.removed"
    left.mkdir()
    (left / "file").write_text("x")

    assert folders.remove(left)
    assert not left.exists()


def test_who_opens_a_folder_while_it_is_removed_holds_the_one_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "index"
    ended = threading.Event()

    def remove() -> None:
        while not ended.is_set():
            if path.exists():
                folders.remove(path)

    remover = threading.Thread(target=remove)
    remover.start()
    try:
        for number in range(300):
            held = folders.hold(path)
            (path / str(number)).write_text("mine")
            assert (path / str(number)).exists()
            os.close(held)
    finally:
        ended.set()
        remover.join()
