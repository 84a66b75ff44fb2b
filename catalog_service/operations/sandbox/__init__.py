"""A process of its own for what strangers send: it cannot harm the server, and it ends when it takes too much.

``Sandbox`` keeps a warm zygote; ``Sandbox.open`` gives a `Job`, a desk (`catalog_service.operations.reading`)
whose work is done by a forked worker without network, without files, with little time and memory.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog_service.errors import EnvironmentProblem, InputError
from catalog_service.operations.sandbox.bounds import MOST_FILES
from catalog_service.operations.sandbox.job import Job, allowance

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from catalog_service.config import Settings
    from catalog_service.operations.reading import Source

SMALL = 64_000
"""What is not longer is read in the server's process, behind the byte gates of the readers."""

_PACKED = (b"\x1f\x8b", b"PK")
_START_SECONDS = 60
_LONGEST_PARSE = 500
"""Portions of time that a worker's processor limit allows at the very most."""


def must_be_isolated(source: Source) -> bool:
    """Tell whether a source goes to a worker: foreign, and large or packed, for packed bytes tell no size."""
    if not source.foreign or isinstance(source.data, Path):
        return source.foreign
    head = source.data.read(SMALL + 1)
    source.data.seek(0)
    return len(head) > SMALL or head.startswith(_PACKED)


class Sandbox:
    """One zygote, started when first needed or asked for; threads share it."""

    module = "catalog_service.operations.sandbox.zygote"

    def __init__(self, settings: Settings, kinds: Collection[str]) -> None:
        self._settings = settings
        self._kinds = kinds
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

    def _start(self) -> socket.socket:
        if self._control is not None and self._process is not None and self._process.poll() is None:
            return self._control
        self._close()
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        engine = self._settings.text("validation.engine")
        environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LC_ALL": "C.UTF-8"}
        command = [sys.executable, "-m", self.module, str(its.fileno()), engine]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
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
        return ours

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
            self._send(
                json.dumps(self._job(size, foreign=any(each.foreign for each in sources))).encode(),
                [its_channel.fileno(), its_leash.fileno(), *files],
            )
        except BaseException:
            channel.close()
            leash.close()
            raise
        finally:
            its_channel.close()
            its_leash.close()
            for each in files:
                os.close(each)
        return Job(channel, leash, sources, self._settings, size, self._kinds)

    def _job(self, size: int, *, foreign: bool) -> dict[str, Any]:
        settings = self._settings
        limits = {
            name.removeprefix("limits."): settings.number(name)
            for name in settings.values
            if name.startswith("limits.")
        }
        if foreign:
            limits["inflated_bytes"] = max(limits["upload_bytes"], limits["xlsx_inflated"])
        cpu = settings.number("sandbox.cpu_seconds")
        return {
            "iri_base": settings.text("catalogue.iri_base").rstrip("/"),
            "limits": limits,
            "memory": settings.number("sandbox.memory"),
            "cpu": allowance(cpu, size),
            "most_cpu": allowance(cpu, size) * _LONGEST_PARSE,
        }

    def _send(self, message: bytes, files: list[int]) -> None:
        """Hand a job to the zygote; one that died meanwhile is replaced once."""
        with self._lock:
            for last in (False, True):
                control = self._start()
                try:
                    self._wait_until_warm(control)
                    socket.send_fds(control, [message], files)
                except OSError as error:
                    self._close()
                    if last:
                        raise EnvironmentProblem(
                            "The sandbox cannot be reached: {reason}.", reason=str(error)
                        ) from error
                else:
                    return

    def _wait_until_warm(self, control: socket.socket) -> None:
        if not self.network:
            hello = control.recv(1000)
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
