"""Compile the Chinese catalogues: ``python -m tools.messages``; with ``--check`` only compare."""

from __future__ import annotations

import datetime as dt
import io
import sys
from pathlib import Path

from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

_NO_DAY = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
CATALOGUES = Path(__file__).parent.parent / "catalog_service" / "locales"


def compiled(path: Path) -> bytes:
    """Return the compiled form of a catalogue."""
    with path.open("rb") as source:
        catalogue = read_po(source)
    catalogue.creation_date = catalogue.revision_date = _NO_DAY  # else the moment of compiling stands in the bytes
    target = io.BytesIO()
    write_mo(target, catalogue)
    return target.getvalue()


def _says(form: bytes) -> list[tuple[object, object]]:
    """Return the messages of a compiled form; its head, which names the version of the compiler, says nothing."""
    return [(message.id, message.string) for message in read_mo(io.BytesIO(form)) if message.id]


def main(*, check: bool) -> int:
    """Compile every catalogue, or say which are stale."""
    stale = []
    for path in sorted(CATALOGUES.glob("*/LC_MESSAGES/*.po")):
        wanted, target = compiled(path), path.with_suffix(".mo")
        if not target.exists() or _says(target.read_bytes()) != _says(wanted):
            stale.append(path)
            if not check:
                target.write_bytes(wanted)
    for path in stale:
        print(f"{'stale' if check else 'compiled'}: {path.name}")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
