"""The zygote: one warm process without network that forks a worker for every job and ends it when its leash is let go.

Between jobs it keeps a spare worker, which has rehearsed: its memory is its own already where work will write to it.
It is started afresh, not forked, so that it holds nothing of the server: no thread, no open store, no secret.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from catalog_service.operations.sandbox.bounds import MOST_FILES, cut_network
from catalog_service.operations.sandbox.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog_service.registry import Profile
    from catalog_service.validation.engines import Validation

_LARGEST_JOB = 1 << 16
_TAKEN = b"taken"
"""What the spare worker says when it has a job: one that is being killed never says it."""


class Zygote:
    """Waits for jobs; a job is a channel to talk by, a leash and the files to read."""

    def __init__(
        self,
        control: socket.socket,
        live: Callable[[dict[str, Any], socket.socket, list[int]], None],
        rehearse: Callable[[], None],
    ) -> None:
        self._control = control
        self._live = live
        self._rehearse = rehearse
        self._leashes: dict[int, socket.socket] = {}
        self._spare: tuple[int, socket.socket] | None = None
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        """Fork a worker for each job until the control is closed."""
        woken, waker = socket.socketpair()
        for each in (woken, waker):
            each.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        self._selector.register(self._control, selectors.EVENT_READ)
        self._selector.register(woken, selectors.EVENT_READ)
        self._keep_a_spare()
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._control:
                    if not self._take():
                        return self._end_all()
                elif key.fileobj is woken:
                    woken.recv(4096)
                    self._reap()
                elif key.data in self._leashes:  # else it was reaped a moment ago, and the number may be another's
                    os.kill(key.data, signal.SIGKILL)
                    self._selector.unregister(key.fileobj)

    def _take(self) -> bool:
        """Fork a worker for the job that came; tell whether there was one."""
        try:
            message, files, _, _ = socket.recv_fds(self._control, _LARGEST_JOB, MOST_FILES + 2)
        except ConnectionResetError:  # who asked was ended before it read an answer
            return False
        if not message:
            return False
        pid = self._give_to_spare(message, files) or self._fork(lambda: self._work(message, files))
        leash = socket.socket(fileno=files[1])
        for each in (files[0], *files[2:]):
            os.close(each)
        self._leashes[pid] = leash
        self._selector.register(leash, selectors.EVENT_READ, pid)
        return True

    def _fork(self, life: Callable[[], None]) -> int:
        """Fork a process that lives a life and ends; nothing of the zygote is left to it. Returns its number."""
        pid = os.fork()
        if pid:
            return pid
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._selector.close()
            for each in (self._control, *self._leashes.values()):
                each.close()
            life()
            code = 0
        finally:
            os._exit(code)

    def _work(self, message: bytes, files: list[int]) -> None:
        os.close(files[1])  # the leash is not the worker's
        self._live(json.loads(message), socket.socket(fileno=files[0]), files[2:])

    def _keep_a_spare(self) -> None:
        """Have a worker ready that waits for a job."""
        if self._spare is not None:
            return
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

        def wait() -> None:
            ours.close()
            self._rehearse()
            message, files, _, _ = socket.recv_fds(its, _LARGEST_JOB, MOST_FILES + 2)
            if message:
                its.send(_TAKEN)
            its.close()
            if message:
                self._work(message, files)

        self._spare = self._fork(wait), ours
        its.close()

    def _give_to_spare(self, message: bytes, files: list[int]) -> int:
        """Hand a job to the spare worker and return its number, 0 if there is none that lives to take it."""
        if self._spare is None:
            return 0
        (pid, door), self._spare = self._spare, None
        with door, suppress(OSError):
            socket.send_fds(door, [message], files)
            return pid if door.recv(len(_TAKEN)) else 0
        return 0

    def _reap(self) -> None:
        """Tell by the leash how each dead worker died; when all are, have a new one ready."""
        with suppress(ChildProcessError):  # none is left
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                self._tell(*ended)
        if not self._leashes:
            self._keep_a_spare()

    def _tell(self, pid: int, status: int) -> None:
        leash = self._leashes.pop(pid, None)
        if leash is None:  # the spare one
            return
        if leash in [key.fileobj for key in self._selector.get_map().values()]:
            self._selector.unregister(leash)
        with suppress(OSError):  # nobody may want to know
            leash.send(str(os.waitstatus_to_exitcode(status)).encode())
        leash.close()

    def _end_all(self) -> None:
        signal.set_wakeup_fd(-1)
        for pid in self._leashes:
            os.kill(pid, signal.SIGKILL)


def warm(engine: str) -> tuple[Profile, Validation, Callable[[], None]]:
    """Load whatever a worker may need, for it can open nothing; return also what a spare one rehearses."""
    from catalog_service.operations.sandbox.warming import warm_up
    from catalog_service.registry import profile
    from catalog_service.validation.engines import Validation

    loaded = profile()
    validation = Validation(loaded, engine)
    return loaded, validation, warm_up(loaded, validation)


def main(worker: type[Worker]) -> None:
    """Be the zygote of the process that passed the control's number and the engine's name."""
    control = socket.socket(fileno=int(sys.argv[1]))
    network = "none" if cut_network() else "no sockets"
    loaded, validation, rehearse = warm(sys.argv[2])

    def live(job: dict[str, Any], channel: socket.socket, files: list[int]) -> None:
        worker(job, channel, files).run(loaded, validation)

    gc.collect()
    gc.freeze()
    with suppress(BrokenPipeError):  # it may not be needed any more
        control.send(json.dumps({"network": network}).encode())
        Zygote(control, live, rehearse).run()


if __name__ == "__main__":
    main(Worker)
