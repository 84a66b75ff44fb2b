"""A process of its own for what strangers send: it cannot harm the server, and it ends when it takes too much.

``Sandbox`` keeps a warm zygote; ``Sandbox.open`` gives a `Job`, a desk (`catalog_service.operations.reading`) whose work
is done by a forked worker without network, files or much time and memory.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from catalog_service.errors import CatalogError, EnvironmentProblem, InputError, TooCostly, TooLarge
from catalog_service.operations.sandbox import wire
from catalog_service.operations.sandbox.worker import PORTION
from catalog_service.operations.sandbox.zygote import MOST_FILES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalog_service.config import Settings
    from catalog_service.model.record import Record
    from catalog_service.model.report import Finding
    from catalog_service.model.terms import Term
    from catalog_service.operations.reading import Read, Source

SMALL = 64_000
"""What is not longer is read in the server's process, behind the byte gates of the readers."""

_PACKED = (b"\x1f\x8b", b"PK")
_START_SECONDS = 60
_BYTES_PER_ALLOWANCE = 10_000_000
_LONGEST_PARSE = 500
"""Portions of time that a worker's processor limit allows at the very most."""

log = logging.getLogger(__name__)


def must_be_isolated(source: Source) -> bool:
    """Tell whether a source goes to a worker: foreign, and large or packed, for packed bytes tell no size."""
    if not source.foreign or isinstance(source.data, Path):
        return source.foreign
    head = source.data.read(SMALL + 1)
    source.data.seek(0)
    return len(head) > SMALL or head.startswith(_PACKED)


class Sandbox:
    """One zygote, started when first needed or asked for; threads share it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._end: weakref.finalize[..., Any] | None = None
        self.network = ""
        """How workers are kept from the network: ``none`` there is, or ``no sockets`` can be opened."""

    def start(self) -> None:
        """Start the zygote if there is none, and do not wait for it."""
        with self._lock:
            self._start()

    def _start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self._close()
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        engine = self._settings.text("validation.engine")
        environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LC_ALL": "C.UTF-8"}
        command = [sys.executable, "-m", "catalog_service.operations.sandbox.zygote", str(its.fileno()), engine]
        try:
            self._process = subprocess.Popen(
                command, env=environment, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL, start_new_session=True
            )
        except OSError as error:
            ours.close()
            raise EnvironmentProblem("No process can be started: {reason}.", reason=str(error)) from error
        finally:
            its.close()
        ours.settimeout(_START_SECONDS)
        self._control, self.network = ours, ""
        self._end = weakref.finalize(self, _end_zygote, self._process, ours)

    def open(self, sources: Sequence[Source]) -> Job:
        """Give sources to a new worker."""
        if len(sources) > MOST_FILES:
            raise InputError("{count} files are too many at once; {most} is the most.",
                             count=len(sources), most=MOST_FILES)  # fmt: skip
        files = [_descriptor(source) for source in sources]
        size = sum(os.fstat(each).st_size for each in files)
        channel, its_channel = socket.socketpair()
        leash, its_leash = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._send(json.dumps(self._job(size)).encode(), [its_channel.fileno(), its_leash.fileno(), *files])
        except BaseException:
            channel.close()
            leash.close()
            raise
        finally:
            its_channel.close()
            its_leash.close()
            for each in files:
                os.close(each)
        return Job(channel, leash, sources, self._settings, size)

    def _job(self, size: int) -> dict[str, Any]:
        settings = self._settings
        limits = {
            name.removeprefix("limits."): settings.number(name) for name in settings.values if name.startswith("limits.")
        }
        cpu = settings.number("sandbox.cpu_seconds")
        return {
            "iri_base": settings.text("catalogue.iri_base").rstrip("/"),
            "limits": limits,
            "memory": settings.number("sandbox.memory"),
            "cpu": _allowance(cpu, size),
            "most_cpu": _allowance(cpu, size) * _LONGEST_PARSE,
            "inflated": max(limits["upload_bytes"], limits["xlsx_inflated"]),
        }

    def _send(self, message: bytes, files: list[int]) -> None:
        """Hand a job to the zygote; one that died meanwhile is replaced once."""
        with self._lock:
            for last in (False, True):
                self._start()
                try:
                    self._wait_until_warm()
                    socket.send_fds(self._control, [message], files)  # type: ignore[list-item]
                except OSError as error:
                    self._close()
                    if last:
                        raise EnvironmentProblem(
                            "The sandbox cannot be reached: {reason}.", reason=str(error)
                        ) from error
                else:
                    return

    def _wait_until_warm(self) -> None:
        if not self.network and self._control is not None:
            hello = self._control.recv(1000)
            if not hello:
                raise ConnectionError("the zygote ended")
            self.network = json.loads(hello)["network"]

    def close(self) -> None:
        """End the zygote and with it all workers."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._end is not None:
            self._end()
        self._process = self._control = self._end = None


def _end_zygote(process: subprocess.Popen[bytes], control: socket.socket) -> None:
    control.close()
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _descriptor(source: Source) -> int:
    """Return an open file of the source's bytes, which nobody else holds."""
    if isinstance(source.data, Path):
        return os.open(source.data, os.O_RDONLY | os.O_CLOEXEC)
    made = os.memfd_create("foreign")
    while part := source.data.read(1 << 20):
        view = memoryview(part)
        while view:
            view = view[os.write(made, view) :]
    os.lseek(made, 0, os.SEEK_SET)
    return made


def _allowance(seconds: int, size: int) -> int:
    """Return the seconds for a portion of records: as given, and as much again for every 10 MB to be parsed first."""
    return seconds * (1 + size // _BYTES_PER_ALLOWANCE)


class Job:
    """A desk whose work a worker does. Only the time we wait for it counts against it."""

    def __init__(
        self, channel: socket.socket, leash: socket.socket, sources: Sequence[Source], settings: Settings, size: int
    ) -> None:
        self._channel = channel
        self._leash = leash
        self._numbers = {id(source): number for number, source in enumerate(sources)}
        self._name = sources[0].name if sources else ""
        self._seconds = settings.number("sandbox.wall_seconds")
        self._left = float(_allowance(self._seconds, size))
        self._memory = settings.number("sandbox.memory")
        self._unpacker: wire.Unpacker | None = None

    def for_kinds(self, kinds: Mapping[str, object]) -> Self:
        """Take records of these kinds only."""
        self._unpacker = wire.Unpacker(kinds)
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._channel.close()
        self._leash.close()

    def read(self, source: Source, kind: str) -> Iterator[Read | Finding]:
        """Yield the records of a source, and findings on what in it is none."""
        self._name = source.name
        self._ask("read", self._numbers[id(source)], source.name, kind)
        while True:
            what, *rest = self._answer("items", "end")
            if what == "end":
                return
            for item in self._trusted(rest[0]):
                yield item

    def check(self, records: Sequence[Record], linked: Mapping[Term, str]) -> dict[str, list[Finding]]:
        """Return the findings by the records' IRIs; ``linked`` gives the class IRI of records that are named."""
        self._ask("check", list(records), dict(linked))
        self._left += self._seconds * len(records) / PORTION
        answer = self._answer("findings")
        try:
            found = wire.Unpacker.findings(self._unpacker, answer[1])  # type: ignore[arg-type]
        except wire.Forged as error:
            raise self._broken(str(error)) from error
        return {record.iri: found.get(record.iri, []) for record in records}

    def probe(self, name: str) -> str:
        """Run a registered function in the worker and return what it gives, as text."""
        self._ask("probe", name)
        return str(self._answer("probe")[1])

    def _trusted(self, items: Any) -> list[Read | Finding]:
        """Return what the items of one message are."""
        unpacker = self._unpacker or wire.Unpacker(())
        try:
            found = [
                unpacker.read(plain) if what == "record" else unpacker.finding(plain) for what, plain in items
            ]
        except (wire.Forged, ValueError, TypeError) as error:
            raise self._broken(repr(error)) from error
        self._left += self._seconds * sum(what == "record" for what, _ in items) / PORTION
        return found

    def _ask(self, *request: Any) -> None:
        try:
            self._channel.settimeout(max(self._left, 0.001))
            self._channel.sendall(wire.frame(pickle.dumps(request, protocol=pickle.HIGHEST_PROTOCOL)))
        except OSError as error:
            raise self._fate(error) from error

    def _answer(self, *wanted: str) -> list[Any]:
        """Return the worker's next message of one of these sorts; raises what ended it otherwise."""
        try:
            size = wire.LENGTH.unpack(self._exactly(wire.LENGTH.size))[0]
            if size > wire.LARGEST:
                raise self._broken("a message of {size} bytes")
            answer = wire.load(self._exactly(size))
        except (OSError, EOFError) as error:
            raise self._fate(error) from error
        except wire.Forged as error:
            raise self._broken(str(error)) from error
        if isinstance(answer, list) and answer:
            if answer[0] in wanted:
                return answer
            if answer == ["memory"]:
                raise self._too_large()
            if answer[0] == "error":
                raise self._error(answer[1])
        raise self._broken(str(answer)[-4000:])

    def _exactly(self, size: int) -> bytearray:
        data, at = bytearray(size), 0
        while at < size:
            started = time.monotonic()
            self._channel.settimeout(max(self._left, 0.001))
            try:
                more = self._channel.recv_into(memoryview(data)[at:])
            finally:
                self._left -= time.monotonic() - started
            if not more:
                raise EOFError
            at += more
        return data

    # how it ended

    def _error(self, plain: Any) -> CatalogError:
        try:
            return wire.unpack_error(plain)
        except (wire.Forged, TypeError) as error:
            return self._broken(repr(error))

    def _fate(self, error: Exception) -> CatalogError:
        """Return the error that tells how the worker ended: for time, for memory, or broken."""
        if isinstance(error, TimeoutError):
            return self._too_slow()
        try:
            self._leash.settimeout(5)
            code = int(self._leash.recv(20) or b"1")
        except (OSError, ValueError):
            code = 1
        if code in (-signal.SIGXCPU,):
            return self._too_slow()
        return self._broken(f"the worker ended with {code}")

    def _too_slow(self) -> CatalogError:
        return TooCostly(
            "Reading {file} takes longer than is allowed for content of its size.",
            advice="Send fewer records at once; if few take long, look for values of unusual length or nesting.",
            file=self._name,
        )

    def _too_large(self) -> CatalogError:
        return TooLarge(
            "Reading {file} takes more than {most} MB of memory.",
            advice="Send fewer records at once.",
            file=self._name,
            most=self._memory // 1_000_000,
        )

    def _broken(self, reason: str) -> CatalogError:
        log.warning("a sandboxed worker broke off", extra={"reason": reason, "source": self._name})
        return TooCostly(
            "Reading {file} broke off.",
            advice="It is nested or linked in a way that cannot be read; send its records one by one to find which.",
            file=self._name,
        )
