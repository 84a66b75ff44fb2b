"""Whether the files of an index are what tantivy wrote, and what it raises when they are not.

Every file of a segment ends with a note that holds the checksum of what stands before it (tantivy `footer.rs`).
"""

from __future__ import annotations

import json
import zlib
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from indexer.errors import IndexUnreachable, WrongIndex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SEGMENT_FILES = {".idx", ".pos", ".term", ".store", ".fast", ".fieldnorm", ".del"}
_MAGIC = (1337).to_bytes(4, "little")
_PIECE = 1 << 20


def is_panic(error: BaseException) -> bool:
    """Tell whether this is a panic of Rust code, which is no `Exception`."""
    return not isinstance(error, Exception | KeyboardInterrupt | SystemExit | GeneratorExit)


@contextmanager
def reading(path: Path | None) -> Iterator[None]:
    """Turn what tantivy raises while it reads the index in a folder into errors of the port."""
    try:
        yield
    except BaseException as error:
        # A lookup fails where other documents are found than were asked for.
        if not (is_panic(error) or isinstance(error, OSError | ValueError | RuntimeError | LookupError)):
            raise
        gone = path is not None and not path.exists()
        kind = IndexUnreachable if gone or isinstance(error, OSError) else WrongIndex
        raise kind(f"cannot read the index: {error or type(error).__name__}") from error


def damaged_file(path: Path) -> str:
    """Return the name of the first file in a folder that is not as tantivy wrote it; empty if all are."""
    for file in sorted(path.iterdir()):
        with suppress(FileNotFoundError):  # merged away since
            if file.suffix in _SEGMENT_FILES and not _is_whole(file):
                return file.name
    return ""


def _is_whole(file: Path) -> bool:
    with file.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - 8))
        tail = stream.read()
        length = int.from_bytes(tail[:4], "little")
        end = size - 8 - length
        if len(tail) < 8 or tail[4:] != _MAGIC or end < 0:
            return False
        stream.seek(end)
        try:
            told = json.loads(stream.read(length))["crc"]
        except (ValueError, LookupError, TypeError):
            return False
        stream.seek(0)
        found = 0
        while end > 0 and (piece := stream.read(min(end, _PIECE))):
            found = zlib.crc32(piece, found)
            end -= len(piece)
    return bool(told == found)
