"""A real Elasticsearch server for tests and benchmarks: fetched once, started on free ports, stopped by its own pid.

When to use: a test takes the fixture `elasticsearch_options` (an index prefix of its own on the one server of the
session) or `elasticsearch_server` (to kill and restart it); a benchmark writes ``with running() as server:``.

``KEBAO_TEST_ELASTICSEARCH_URL`` names a running server to use instead. Otherwise Java (17 or newer) and Maven are
needed; without them tests are skipped, or fail where ``KEBAO_TEST_REQUIRE`` holds the word ``elasticsearch``.
``KEBAO_TEST_CACHE`` is the folder the server's zip is kept in.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = "8.19.16"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
HEAP = "512m"
_START_SECONDS = 180
_RUNS = "kebao-elasticsearch-"


class Unavailable(Exception):
    """There is no server to be had here; the text says what to install."""


@dataclass(slots=True)
class Server:
    """A server that is running; ``folder`` is None when somebody else started it."""

    url: str
    folder: Path | None = None
    transport_port: int = 0

    @property
    def owned(self) -> bool:
        """Whether this process may kill and restart it."""
        return self.folder is not None

    @property
    def pid(self) -> int:
        """The pid the server wrote."""
        return int((self._folder / "pid").read_text())

    @property
    def _folder(self) -> Path:
        if self.folder is None:
            raise RuntimeError("the server at KEBAO_TEST_ELASTICSEARCH_URL is not ours to stop")
        return self.folder

    def start(self) -> None:
        """Start the server on its data and ports and wait until it is healthy."""
        folder = self._folder
        (folder / "pid").unlink(missing_ok=True)
        command = [*_as_ordinary_user(), str(folder / "home/bin/elasticsearch"), "-d", "-p", str(folder / "pid")]
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "ES_JAVA_HOME": str(_java_home()),
            "ES_PATH_CONF": str(folder / "config"),
            "ES_TMPDIR": str(folder / "tmp"),
            "CLI_JAVA_OPTS": "-Xmx64m -XX:TieredStopAtLevel=1",
        }
        done = subprocess.run(
            command, env=environment, cwd=folder, capture_output=True, text=True, timeout=_START_SECONDS, check=False
        )
        if done.returncode:
            raise Unavailable(f"Elasticsearch did not start: {(done.stdout + done.stderr)[-2000:]}")
        self._wait()

    def kill(self) -> None:
        """End the server at once, as a power cut does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End the server in order and remove what it wrote."""
        self._end(signal.SIGTERM)
        shutil.rmtree(self._folder, ignore_errors=True)

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """Send one request and return the decoded answer."""
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(
            self.url + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return json.load(answer)

    def remove(self, prefix: str) -> None:
        """Remove the indexes whose names begin so."""
        for name in self.request("GET", f"/{prefix}*/_settings?flat_settings=true"):
            self.request("DELETE", f"/{name}")

    def memory(self) -> int:
        """Return the resident memory of the server in bytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def _wait(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if not _alive(self.pid):
                break
            with contextlib.suppress(OSError, urllib.error.URLError):
                self.request("GET", "/_cluster/health?wait_for_status=yellow&timeout=5s")
                return
            time.sleep(0.1)
        raise Unavailable(f"Elasticsearch is not healthy: {_log_tail(self._folder)}")

    def _end(self, how: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, FileNotFoundError, ValueError):
            pid = self.pid
            os.kill(pid, how)
            deadline = time.monotonic() + 60
            while _alive(pid):
                if time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)
                time.sleep(0.05)


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """Give a running server and stop it afterwards; raises `Unavailable`."""
    if url := os.environ.get("KEBAO_TEST_ELASTICSEARCH_URL"):
        yield Server(url.rstrip("/"))
        return
    _stop_orphans()
    server = _started()
    try:
        yield server
    finally:
        server.stop()


def _started() -> Server:
    archive = fetch()
    for attempt in range(3):
        server = _prepare(archive)
        try:
            server.start()
        except Unavailable:
            taken = "BindHttpException" in _log_tail(server._folder) or "BindTransport" in _log_tail(server._folder)
            server.stop()
            if attempt == 2 or not taken:
                raise
        else:
            return server
    raise AssertionError


def fetch() -> Path:
    """Return the server's zip from the cache, having fetched it by Maven the first time."""
    archive = _cache() / f"elasticsearch-{VERSION}.zip"
    _java_home()
    if archive.exists():
        return archive
    if shutil.which("mvn") is None:
        raise Unavailable("Elasticsearch is fetched by Maven: install the packages maven and openjdk-17-jre-headless")
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        command = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
        found = list(Path(folder).glob("*.zip"))
        if done.returncode or not found:
            raise Unavailable(f"Maven could not fetch {ARTIFACT}: {(done.stdout + done.stderr)[-1000:]}")
        found[0].replace(archive)
    return archive


def _cache() -> Path:
    if named := os.environ.get("KEBAO_TEST_CACHE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kebao-test"


def _java_home() -> Path:
    if named := os.environ.get("JAVA_HOME"):
        return Path(named)
    found = shutil.which("java")
    if found is None:
        raise Unavailable("Elasticsearch needs Java: install the package openjdk-17-jre-headless (or newer)")
    return Path(found).resolve().parents[1]


def _prepare(archive: Path) -> Server:
    folder = Path(tempfile.mkdtemp(prefix=_RUNS))
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    (folder / f"elasticsearch-{VERSION}").rename(folder / "home")
    for program in (folder / "home/bin").iterdir():
        program.chmod(0o755)
    for name in ("data", "logs", "tmp"):
        (folder / name).mkdir()
    shutil.copytree(folder / "home/config", folder / "config")
    options = folder / "config/jvm.options.d"
    options.mkdir(exist_ok=True)
    (options / "heap.options").write_text(f"-Xms{HEAP}\n-Xmx{HEAP}\n")
    port, transport_port = _free_ports(2)
    (folder / "config/elasticsearch.yml").write_text(_settings(folder, port, transport_port))
    (folder / "owner").write_text(str(os.getpid()))
    _hand_over(folder)
    return Server(f"http://127.0.0.1:{port}", folder, transport_port)


def _settings(folder: Path, port: int, transport_port: int) -> str:
    settings = {
        "cluster.name": folder.name,
        "network.host": "127.0.0.1",
        "http.port": port,
        "transport.port": transport_port,
        "path.data": folder / "data",
        "path.logs": folder / "logs",
        "discovery.type": "single-node",
        "xpack.security.enabled": "false",
        "node.store.allow_mmap": "false",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        "action.destructive_requires_name": "true",
    }
    return "".join(f"{name}: {value}\n" for name, value in settings.items())


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _as_ordinary_user() -> list[str]:
    """Return what to put before a command: Elasticsearch refuses to run as root."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        raise Unavailable("as root, Elasticsearch is started by setpriv: install the package util-linux")
    nobody = pwd.getpwnam("nobody")
    return ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]


def _hand_over(folder: Path) -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def _log_tail(folder: Path) -> str:
    lines = [line for path in (folder / "logs").glob("*.log") for line in path.read_text(errors="replace").splitlines()]
    return "\n".join(lines[-20:])


def _stop_orphans() -> None:
    """Stop servers of earlier runs that were killed before they could do it themselves."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_RUNS}*"):
        with contextlib.suppress(OSError, ValueError):
            if _alive(int((folder / "owner").read_text())):
                continue
            pid_file = folder / "pid"
            if pid_file.exists() and str(folder) in Path(f"/proc/{pid_file.read_text().strip()}/cmdline").read_text():
                Server("", folder).kill()
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def elasticsearch_server() -> Iterator[Server]:
    """The one server of a test session."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(running())
        except Unavailable as reason:
            if "elasticsearch" in os.environ.get("KEBAO_TEST_REQUIRE", ""):
                pytest.fail(str(reason))
            pytest.skip(str(reason))
        yield server


@pytest.fixture
def elasticsearch_options(elasticsearch_server: Server) -> Iterator[dict[str, Any]]:
    """Options to open an index of one's own on the server; whatever has that prefix is removed afterwards."""
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    yield {"url": elasticsearch_server.url, "index_prefix": prefix}
    elasticsearch_server.remove(prefix)
