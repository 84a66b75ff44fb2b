"""The application a WSGI server loads: the catalogue of ``KEBAO_HOME`` with its index follower."""

from __future__ import annotations

import atexit
import os
from pathlib import Path
from typing import TYPE_CHECKING

from catalog_service.operations.catalogue import open_catalogue
from catalog_service.operations.follow import Follower
from catalog_service.web.app import create_app

if TYPE_CHECKING:
    from flask import Flask


def application() -> Flask:
    """Return the application of this process; one of several workers follows the log for all."""
    catalogue = open_catalogue(Path(os.environ.get("KEBAO_HOME", "kebao-home")))
    follower = Follower(catalogue.index)
    follower.start()
    if catalogue.settings.text("sandbox.enabled") == "on":
        catalogue.sandbox.start()
    atexit.register(follower.stop)
    return create_app(catalogue)
