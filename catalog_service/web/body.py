"""How much of a request is read: no more than its address takes, also where no header tells how long it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

if TYPE_CHECKING:
    from typing import BinaryIO


def bound(most: int) -> None:
    """Let no more than so many bytes of the present request be read.

    Werkzeug compares Content-Length with its limit, but ends a body that comes in chunks at the limit as if it were
    over there. So it may read one byte more than we let through.
    """
    request.max_content_length = most + 1
    request.environ["wsgi.input"] = Bounded(request.environ["wsgi.input"], most)


class Bounded:
    """A body that is refused at the first byte too many."""

    def __init__(self, source: BinaryIO, most: int) -> None:
        self._source = source
        self._left = most

    def read(self, size: int = -1) -> bytes:
        """Return bytes of the body; raises the error that it is too large instead of those behind the limit."""
        data = self._source.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise RequestEntityTooLarge
        return data
