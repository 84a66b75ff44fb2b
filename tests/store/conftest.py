"""Stores to test: each test of the contract runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from catalog_service.store import open_store
from catalog_service.store.tables import counter, meta, metadata
from tests.postgresql_server import Server, postgresql_server
from tests.store.drafts import make_draft

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalog_service.store import NewVersion, Store

__all__ = ["postgresql_server"]


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


KINDS = ["sqlite", "postgresql"]


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database in which nothing is."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/catalogue.sqlite"
        return
    server: Server = request.getfixturevalue("postgresql_server")
    address = server.empty()
    yield address
    server.drop(address)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of stores that are as good as new, by the kind of database; filled by `store`."""
    folder = tmp_path_factory.mktemp("template")
    return {"sqlite": f"sqlite:///{folder}/catalogue.sqlite"}


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock, templates: dict[str, str]) -> Iterator[Store]:
    """A new store: SQLite's is copied, PostgreSQL's emptied, as making one takes longer than most tests."""
    kind = request.param
    if kind == "postgresql" and kind not in templates:
        templates[kind] = request.getfixturevalue("postgresql_server").empty()
    address = templates[kind]
    if kind == "sqlite":
        if not Path(address.removeprefix("sqlite:///")).exists():
            open_store(address, clock=clock).close()
        address = f"sqlite:///{tmp_path}/catalogue.sqlite"
        shutil.copy(templates[kind].removeprefix("sqlite:///"), address.removeprefix("sqlite:///"))
    with open_store(address, clock=clock) as opened:
        if kind == "postgresql":
            _empty(opened, int(clock.now))
        yield opened


def _empty(store: Store, now: int) -> None:
    names = ", ".join(table.name for table in metadata.sorted_tables if table.name not in {"counter", "meta"})
    with store._database.writing() as connection:
        connection.execute(sa.text(f"TRUNCATE {names}"))
        connection.execute(sa.delete(meta).where(sa.not_(meta.c.name.startswith("secret:"))))
        connection.execute(sa.update(counter).values(epoch=1, seq=0, stamp=now, record_id=0))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/catalogue.sqlite"


@pytest.fixture
def draft() -> Callable[..., NewVersion]:
    return make_draft
