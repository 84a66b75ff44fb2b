"""Going on with a load that was broken off: its spool stays in the home, under a name that its files give it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from catalog_service.errors import Conflict
from catalog_service.model.kind import title_path
from catalog_service.operations.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.reading import Source
    from catalog_service.operations.taken import Status, Taken
    from catalog_service.store import Store

_STALE_SECONDS = 7 * 86_400
_FORM = "4"
"""Of what a spool holds; another one makes older spools unknown."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """A load that was broken off: when it last went on, and how far it came."""

    stamp: float
    read: int
    stored: int


def spool_path(catalogue: Catalogue, sources: Sequence[Source], kind: str, *, publishing: bool) -> Path | None:
    """Return where the spool of a load lies; None when not all sources are files. Files that change give another."""
    said = [_FORM, kind, str(publishing), catalogue.iri_base, hashlib.sha256(catalogue.profile.shapes).hexdigest()]
    for source in sources:
        if not isinstance(source.data, Path):
            return None
        stat = source.data.stat()
        said += [str(source.data.absolute()), str(stat.st_size), str(stat.st_mtime_ns)]
    digest = hashlib.sha256("\0".join(said).encode("utf-8", "surrogateescape")).hexdigest()
    return catalogue.home / "spool" / f"load-{digest[:32]}.sqlite"


def leftover(catalogue: Catalogue, sources: Sequence[Source], kind: str = "", *, publishing: bool) -> Leftover | None:
    """Return how far an earlier load of the same files came, if one was broken off."""
    path = spool_path(catalogue, sources, kind, publishing=publishing)
    if path is None or not path.exists():
        return None
    with suppress(sqlite3.DatabaseError), Spool.reopened(path, {}) as spool:
        return Leftover(path.stat().st_mtime, sum(spool.kinds().values()), spool.stored())
    return None


@contextmanager
def spool_of(
    catalogue: Catalogue, sources: Sequence[Source], kind: str, *, publishing: bool, keep: bool, resume: bool
) -> Iterator[tuple[Spool, bool]]:
    """Give the spool of a load, and whether it is one to go on with. Raises `Conflict` while another load has it."""
    titles = {name: title_path(each) for name, each in catalogue.profile.kinds.items()}
    path = spool_path(catalogue, sources, kind, publishing=publishing) if keep or resume else None
    if path is None:
        with Spool(catalogue.home / "spool" / f"load-{os.getpid()}-{time.monotonic_ns()}.sqlite", titles) as spool:
            yield spool, False
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path):
        found = _found(path, titles) if resume else None
        with found or Spool(path, titles, kept=True) as spool:
            yield spool, found is not None


def as_first_taken(store: Store, batch: int, taken: Taken) -> Taken:
    """Return what became of a record as it was before the load was broken off, if its batch holds the record already.

    Between the commit of a chunk and the note of it there is a moment; who goes on finds the chunk's records unchanged.
    """
    if taken.status != "unchanged":
        return taken
    history = store.history(taken.identifier)
    made = {each.number for each in history.versions if each.batch == batch}
    entered = taken.entered or any(each.batch == batch for each in history.entries)
    status: Status = "created" if 1 in made else "changed" if made else "unchanged"
    return replace(taken, status=status, entered=entered)


def _found(path: Path, titles: dict[str, tuple[str, ...]]) -> Spool | None:
    if not path.exists():
        return None
    try:
        return Spool.reopened(path, titles)
    except sqlite3.DatabaseError:
        return None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock of a spool; the kernel lets go of it however this process ends."""
    lock = path.with_suffix(".lock")
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflict(
                "These files are being loaded right now.", advice="Wait until that load has ended."
            ) from error
        yield
        lock.unlink(missing_ok=True)


def sweep(catalogue: Catalogue) -> int:
    """Remove spools that nobody went on with for a week; return how many."""
    removed = 0
    for path in (catalogue.home / "spool").glob("load-*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _STALE_SECONDS:
                path.unlink()
                removed += path.suffix == ".sqlite"
    return removed
