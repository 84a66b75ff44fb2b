"""What stands between a file and its reader: gzip is unpacked on the fly under a limit, the first bytes can be seen."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import TYPE_CHECKING, BinaryIO, cast

from catalog_service.errors import TooLarge, UnreadableInput

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from catalog_service.readers.base import Limits

GZIP = b"\x1f\x8b"
HEAD = 1 << 16
"""How many bytes are looked at to recognise a format."""


class Incoming(io.RawIOBase):
    """The bytes of a source, unpacked, with the first of them put back."""

    def __init__(self, source: BinaryIO, *, name: str, limits: Limits) -> None:
        super().__init__()
        self._name = name
        self._limits = limits
        self._counted = _Counted(source)
        start = self._counted.read(2)
        self._counted.put_back(start)
        self._packed = start == GZIP
        counted = cast("BinaryIO", self._counted)
        self._source = cast("BinaryIO", gzip.GzipFile(fileobj=counted)) if self._packed else counted
        self._given = 0
        self._ahead = b""

    def head(self) -> bytes:
        """Return the first bytes without taking them."""
        while len(self._ahead) < HEAD and (chunk := self._more(HEAD - len(self._ahead))):
            self._ahead += chunk
        return self._ahead

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill a buffer, as `io.RawIOBase` wants it; everything else follows from it."""
        view = memoryview(buffer).cast("B")
        chunk = self._ahead[: len(view)]
        if chunk:
            self._ahead = self._ahead[len(chunk) :]
        else:
            chunk = self._more(len(view))
        view[: len(chunk)] = chunk
        return len(chunk)

    def _more(self, size: int) -> bytes:
        try:
            chunk = self._source.read(size) or b""
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise UnreadableInput(
                "{file} is damaged or cut off: it cannot be unpacked.",
                advice="Get the file once more.",
                file=self._name,
            ) from error
        self._given += len(chunk)
        if self._packed:
            self._check_size()
        return chunk

    def _check_size(self) -> None:
        """Refuse what grows out of all proportion: a bomb unpacks a thousandfold, text some thirtyfold at most."""
        limits = self._limits
        most = min(limits.inflated_bytes, max(limits.xlsx_inflated, limits.ratio * self._counted.taken))
        if self._given > most:
            raise TooLarge(
                "{file} unpacks to more than {most} bytes.",
                advice="Split it, or load it unpacked.",
                file=self._name,
                most=most,
            )


class _Counted:
    """A file that counts what was taken from it."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._back = b""
        self.taken = 0

    def put_back(self, start: bytes) -> None:
        self._back = start

    def read(self, size: int = -1) -> bytes:
        if self._back:
            start, self._back = self._back, b""
            return start if 0 <= size <= len(start) else start + self.read(size - len(start) if size > 0 else size)
        chunk = self._source.read(size) or b""
        self.taken += len(chunk)
        return chunk
