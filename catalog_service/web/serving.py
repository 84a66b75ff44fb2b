"""The application a WSGI server loads: the catalogue of ``KEBAO_HOME`` with its index follower."""

from __future__ import annotations

import atexit
import gc
import multiprocessing
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from catalog_service.errors import CatalogError
from catalog_service.i18n import LANGUAGES
from catalog_service.operations.catalogue import open_catalogue
from catalog_service.operations.follow import Follower
from catalog_service.operations.search import SearchRequest, search
from catalog_service.web.app import create_app
from catalog_service.web.stopping import heed_signals

if TYPE_CHECKING:
    from flask import Flask

    from catalog_service.operations.catalogue import Catalogue

_LAST_SECONDS = 5.0
"""What answers in hand have to end when the server's first process is gone."""


def application() -> Flask:
    """Return the application of this process; one of several workers follows the log for all."""
    end_with_parent()
    heed_signals()
    catalogue = open_catalogue(Path(os.environ.get("KEBAO_HOME", "kebao-home")))
    warm_up(catalogue)
    follower = Follower(catalogue.index)
    follower.start()
    if catalogue.settings.text("sandbox.enabled") == "on":
        catalogue.sandbox.start()
    atexit.register(follower.stop)
    app = create_app(catalogue)
    _settle()
    return app


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


def warm_up(catalogue: Catalogue) -> None:
    """Search in every language, with and without words: no reader shall wait for index, dictionary and code lists.

    A search that fails is told to the first reader who asks, with what to do: it keeps nobody from starting.
    """
    for lang in LANGUAGES:
        try:
            newest = search(catalogue, SearchRequest(lang=lang))
            for hit in newest.hits[:1]:
                search(catalogue, SearchRequest(q=hit.title, lang=lang))
        except CatalogError:
            return


def _settle() -> None:
    """Keep the collector from what lasts as long as the process: going through it takes as long as ten searches."""
    gc.collect()
    gc.freeze()
