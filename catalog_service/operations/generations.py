"""Index folders that are searched no more: older generations, and those of an older schema, dictionary or program."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from indexer import folders

if TYPE_CHECKING:
    from pathlib import Path

    from catalog_service.operations.follow import Index

UNTOUCHED_SECONDS = 600.0
"""How long a folder is left alone after the last write to it: a rebuild or a start may be under way."""


def remove_unused(index: Index) -> None:
    """Remove the folders of indexes that nobody searches any more.

    A generation goes when two came after it: every process has changed over long since. Any other folder but the
    searched one goes when no process has it open and nothing was written to it lately.
    """
    current = index.folder(index.newest_generation())
    if index.catalogue.settings.text("search.engine") != "embedded" or not current.is_dir():
        return
    for folder in current.parent.iterdir():
        with suppress(OSError):
            if _superseded(folder, current):
                shutil.rmtree(folder)
            elif folder != current and _age(folder) > UNTOUCHED_SECONDS:
                folders.remove(folder)


def _superseded(folder: Path, current: Path) -> bool:
    family, _, generation = current.name.rpartition("-")
    made_for, _, number = folder.name.rpartition("-")
    return made_for == family and number.isdecimal() and int(number) < int(generation) - 1


def _age(folder: Path) -> float:
    return time.time() - folder.stat().st_mtime
