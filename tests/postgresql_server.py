"""A real PostgreSQL server for tests: made in a folder of its own, reached by a socket, stopped by its own pid.

When to use: a test takes the fixture `postgresql_server` and asks it for an `empty` database.

``KEBAO_TEST_POSTGRESQL_HOST`` names a running server to use instead. Otherwise ``initdb`` is needed (Debian's package
``postgresql``); without it tests are skipped, or fail where ``KEBAO_TEST_REQUIRE`` holds the word ``postgresql``.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_START_SECONDS = 60
_USERS = ("postgres", "nobody")
"""Whom the server runs as when the tests run as root, which PostgreSQL refuses to."""


class Unavailable(Exception):
    """There is no server to be had here; the text says what to install."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; ``pid`` is 0 when somebody else started it."""

    host: str
    user: str = "kebao"
    pid: int = 0

    def url(self, name: str) -> str:
        """Return the address of a database."""
        return f"postgresql+psycopg://{self.user}@/{name}?host={self.host}"

    def empty(self) -> str:
        """Make a database and return its address."""
        name = f"kebao_{uuid.uuid4().hex[:12]}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        name = url.partition("?")[0].rpartition("/")[2]
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run one statement outside a transaction."""
        import psycopg

        with psycopg.connect(host=self.host, user=self.user, dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """Give a running server and stop it afterwards; raises `Unavailable`."""
    if host := os.environ.get("KEBAO_TEST_POSTGRESQL_HOST"):
        yield Server(host)
        return
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="kebao-postgresql-"))
    owner = _owner()
    if owner:
        shutil.chown(folder, owner)
    folder.chmod(0o755)
    try:
        _run(owner, [f"{programs}/initdb", "-D", f"{folder}/data", "-U", "kebao", "-A", "trust", "-E", "UTF8",
                     "--locale=C.UTF-8", "--no-sync"])  # fmt: skip
        server = subprocess.Popen(
            [f"{programs}/postgres", "-D", f"{folder}/data", "-k", str(folder), "-c", "listen_addresses=",
             "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=32MB"],
            user=owner, extra_groups=[] if owner else None, cwd=folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield _ready(Server(str(folder), pid=server.pid), server)
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(running())
        except Unavailable as reason:
            if "postgresql" in os.environ.get("KEBAO_TEST_REQUIRE", ""):
                pytest.fail(str(reason))
            pytest.skip(str(reason))
        yield server


def _programs() -> Path:
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise Unavailable("no PostgreSQL driver; install kebao[postgresql]") from None
    found = shutil.which("initdb")
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found and not candidates:
        raise Unavailable("no PostgreSQL; install the package postgresql")
    return Path(found).resolve().parent if found else candidates[-1].parent


def _owner() -> str | None:
    if os.getuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    for name in _USERS:
        if name in names:
            return name
    raise Unavailable("PostgreSQL does not run as root and there is no other user")


def _run(owner: str | None, command: list[str]) -> None:
    done = subprocess.run(
        command, user=owner, extra_groups=[] if owner else None, capture_output=True, text=True, check=False, cwd="/"
    )
    if done.returncode:
        raise Unavailable(f"PostgreSQL did not start: {(done.stdout + done.stderr)[-1000:]}")


def _ready(server: Server, process: subprocess.Popen[bytes]) -> Server:
    import psycopg

    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            server.execute("SELECT 1")
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise Unavailable(f"PostgreSQL did not start: {error}") from error
            time.sleep(0.05)
        else:
            return server
