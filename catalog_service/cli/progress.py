"""Progress of long work, on standard error and only when it is a terminal."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from catalog_service.cli.base import Session
    from catalog_service.operations.load import Source

_EVERY = 0.1
"""Seconds between two looks at the counts: looking costs more than counting."""


def size_of(sources: Iterable[Source]) -> int:
    """Return how many bytes files have together; 0 where that cannot be told."""
    sizes = [source.data.stat().st_size if isinstance(source.data, Path) else 0 for source in sources]
    return sum(sizes) if all(sizes) else 0


@contextmanager
def counting(session: Session, size: int = 0) -> Iterator[Callable[[str, int], None] | None]:
    """Give a function that counts: records ``read``, ``stored``, ``checked`` or ``refused``, and ``bytes`` read.

    The records there will be are reckoned from the bytes read so far of ``size``, hence the time that is left.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[refused]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        counts = _Counts(session, bar, size)
        yield counts.add
        counts.show()


class _Counts:
    """Counts of stages, shown now and then."""

    def __init__(self, session: Session, bar: Any, size: int) -> None:
        self._session = session
        self._bar = bar
        self._size = size
        self._names = {name: session.say(name) for name in ("read", "stored", "checked")}
        self._tasks: dict[str, Any] = {}
        self._counts = {"bytes": 0, "refused": 0}
        self._shown = 0.0

    def add(self, stage: str, count: int) -> None:
        """Count."""
        self._counts[stage] = self._counts.get(stage, 0) + count
        now = time.monotonic()
        if now - self._shown >= _EVERY:
            self._shown = now
            self.show()

    def show(self) -> None:
        """Bring the lines to the counts."""
        for stage, label in self._names.items():
            done = self._counts.get(stage, 0)
            if not done:
                continue
            if stage not in self._tasks:
                self._tasks[stage] = self._bar.add_task(label, total=None, rate="", refused="")
            task = self._tasks[stage]
            speed = self._bar.tasks[task].speed or 0
            self._bar.update(
                task, completed=done, total=self._total(stage), rate=f"{speed:,.0f}/s", refused=self._refused()
            )

    def _total(self, stage: str) -> float | None:
        """Return how many records there will be."""
        read = self._counts.get("read", 0)
        if stage == "stored":
            return read
        seen = self._counts["bytes"]
        return round(read * max(self._size / seen, 1)) if stage == "read" and seen and self._size else None

    def _refused(self) -> str:
        refused = self._counts["refused"]
        return self._session.count("{n} refused", "{n} refused", refused) if refused else ""
