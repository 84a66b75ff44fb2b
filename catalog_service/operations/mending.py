"""A damaged index: whoever meets the damage notes it in its folder, the process that writes the index makes it anew.

The note is seen by every process, so each of several workers tells that it is unready, and survives a restart.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from catalog_service.errors import IndexUnavailable
from indexer.errors import WrongIndex

if TYPE_CHECKING:
    from pathlib import Path

    from catalog_service.operations.follow import Index

log = logging.getLogger(__name__)

_NOTE = "damaged.txt"


def note(index: Index, error: BaseException | None) -> None:
    """Note that the index is damaged, if that is what an error says."""
    if isinstance(error, WrongIndex) and (path := _path(index)) is not None:
        with suppress(OSError):  # no room, or the folder is gone: then it is made anew for that
            path.write_text(str(error), encoding="utf-8")


def noted(index: Index) -> str:
    """Return what is known of damage to the index that is searched; empty if nothing is."""
    if (path := _path(index)) is not None:
        with suppress(OSError):
            return path.read_text(encoding="utf-8") or "it is damaged"
    return ""


def look(index: Index) -> None:
    """Note damage to the index that is searched, if its files show any."""
    if (path := _path(index)) is not None and path.parent.is_dir():
        from indexer.engines.embedded.soundness import damaged_file

        with suppress(OSError):
            if broken := damaged_file(path.parent):
                note(index, WrongIndex(f"{path.parent / broken} is damaged"))


def mend(index: Index) -> None:
    """Make the index anew if damage was noted and its files show it. The lock is held.

    Files that are sound stay: what a single search cannot be answered for is no reason to make all of it again.
    """
    reason = noted(index)
    path = _path(index)
    if not reason or path is None:
        return
    if _is_sound(index, path.parent):
        log.error("the index is sound, yet a search of it failed: %s", reason)
        path.unlink(missing_ok=True)
        return
    from catalog_service.operations.reindex import rebuild

    log.warning("the index is damaged and made anew: %s", reason)
    index.failure = reason
    rebuild(index.catalogue)


def _path(index: Index) -> Path | None:
    """Return where damage is noted; None for engines that do not keep their index in a folder of the home."""
    embedded = index.catalogue.settings.text("search.engine") == "embedded"
    return index.searched / _NOTE if embedded else None


def _is_sound(index: Index, folder: Path) -> bool:
    from indexer.engines.embedded.soundness import damaged_file

    if damaged_file(folder):
        return False
    try:
        index.open_generation(index.newest_generation()).close()
    except IndexUnavailable as error:
        if not isinstance(error.__cause__, WrongIndex):
            raise
        return False
    return True
