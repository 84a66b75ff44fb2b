"""Fixtures that open every search engine on a place of its own: for contracts, scenarios and properties."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from indexer.analysis import Analyser
from indexer.engines import ENGINES, open_engine
from tests.elasticsearch_server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.engine import Engine
    from indexer.schema import IndexSchema

LASTING = sorted(set(ENGINES) - {"memory"})
"""Engines whose index outlives the object."""


@dataclass
class Place:
    """Where an index lies: it can be opened there again, also beside an open one."""

    engine: str
    analyser: Analyser
    options: dict[str, Any]
    _open: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _count: int = 0

    def open(self, schema: IndexSchema) -> Engine:
        """Open the index; it is closed when the test ends."""
        engine = open_engine(self.engine, schema, self.analyser, **self.options)
        self._open.callback(engine.close)
        return engine

    def another(self) -> Place:
        """Return a place as empty as this one was."""
        self._count += 1
        options = {name: f"{value}-{self._count}" for name, value in self.options.items() if name == "index_prefix"}
        options |= {name: value / str(self._count) for name, value in self.options.items() if name == "path"}
        return Place(self.engine, self.analyser, self.options | options)

    def close(self) -> None:
        """Close what was opened."""
        self._open.close()

    def clear(self) -> None:
        """Close what was opened and remove what a server keeps of it: it grows slow under hundreds of indexes."""
        self.close()
        if "index_prefix" in self.options:
            Server(self.options["url"]).remove(self.options["index_prefix"])


@pytest.fixture(scope="session")
def analyser() -> Analyser:
    """One for all: its dictionary takes a second to load."""
    return Analyser(["专利检索", "科技查新", "检验检测"])


def _place(name: str, request: pytest.FixtureRequest) -> Iterator[Place]:
    options: dict[str, Any] = {"path": request.getfixturevalue("tmp_path") / "index"}
    if name == "elasticsearch":
        options = request.getfixturevalue("elasticsearch_options")
    place = Place(name, request.getfixturevalue("analyser"), options)
    yield place
    place.close()


@pytest.fixture(params=sorted(ENGINES))
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """A place for an index of each engine."""
    yield from _place(request.param, request)


@pytest.fixture(params=LASTING)
def lasting_place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """A place for an index of each engine that keeps it."""
    yield from _place(request.param, request)


@pytest.fixture
def every_place(request: pytest.FixtureRequest) -> Iterator[dict[str, Place]]:
    """A place for an index of every engine at once, to compare them."""
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(contextlib.contextmanager(_place)(name, request)) for name in sorted(ENGINES)}
