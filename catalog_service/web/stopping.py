"""Telling whoever waits for something to come that the server is to end: it waits for their answers first."""

from __future__ import annotations

import multiprocessing
import signal
import socket
import threading

told = threading.Event()
"""Set once this process was told to stop."""

_SIGNALS = {signal.SIGTERM, signal.SIGINT}


def heed_signals() -> None:
    """Set `told` when this worker gets a signal to stop, whoever handles it: the web server sets its handlers later.

    Only in a worker that another process of ours started; other servers may listen in the same way themselves.
    """
    if multiprocessing.parent_process() is None:
        return
    heard, rung = socket.socketpair()
    rung.setblocking(False)
    signal.set_wakeup_fd(rung.detach(), warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=(heard,), name="stop-watch", daemon=True).start()


def _listen(heard: socket.socket) -> None:
    """Read the numbers of the signals that come."""
    while numbers := heard.recv(16):
        if _SIGNALS.intersection(numbers):
            told.set()
