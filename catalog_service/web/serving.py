"""The application a WSGI server loads: the catalogue of ``KEBAO_HOME`` with its index follower."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from catalog_service.operations.catalogue import open_catalogue
from catalog_service.operations.follow import Follower
from catalog_service.web.app import create_app

if TYPE_CHECKING:
    from flask import Flask

_LAST_SECONDS = 5.0
"""What answers in hand have to end when the server's first process is gone."""


def application() -> Flask:
    """Return the application of this process; one of several workers follows the log for all."""
    end_with_parent()
    catalogue = open_catalogue(Path(os.environ.get("KEBAO_HOME", "kebao-home")))
    follower = Follower(catalogue.index)
    follower.start()
    if catalogue.settings.text("sandbox.enabled") == "on":
        catalogue.sandbox.start()
    atexit.register(follower.stop)
    return create_app(catalogue)


def end_with_parent() -> None:
    """End this worker when the process that started it was killed: nobody else would, and it would hold the port."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(_LAST_SECONDS)
        os._exit(1)

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()
