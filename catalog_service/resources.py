"""Where the profile's folders lie: inside the installed package, or beside it in a source tree."""

from __future__ import annotations

from pathlib import Path


def folder(name: str) -> Path:
    """Return the path of ``ontology``, ``shapes``, ``vocab`` or ``samples``.

    A wheel carries them inside the package; an editable install does not see mapped folders, there they are siblings.
    """
    package = Path(__file__).parent
    packaged = package / name
    return packaged if packaged.is_dir() else package.parent / name
