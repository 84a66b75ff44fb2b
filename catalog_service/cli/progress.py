"""Progress of long work, on standard error and only when it is a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalog_service.cli.base import Session


@contextmanager
def counting(session: Session) -> Iterator[Callable[[str, int], None] | None]:
    """Give a function that counts steps of named stages (``read``, ``stored``) and shows the rate."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    names = {"read": session.say("read"), "stored": session.say("stored")}
    columns = (
        TextColumn("{task.description}"),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks = {name: bar.add_task(label, total=None, rate="", start=False) for name, label in names.items()}

        def step(stage: str, count: int) -> None:
            task = bar.tasks[tasks[stage]]
            if not task.started:
                bar.start_task(tasks[stage])
            bar.update(tasks[stage], advance=count, rate=f"{task.speed or 0:,.0f}/s")
            if stage == "stored":
                bar.update(tasks[stage], total=bar.tasks[tasks["read"]].completed)

        yield step
