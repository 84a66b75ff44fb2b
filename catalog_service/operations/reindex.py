"""Rebuild, compare and change the search index; the log is the truth, an index can always be made again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog_service.config import FILE, SETTINGS, load_settings
from catalog_service.errors import EnvironmentProblem, UnknownName
from catalog_service.operations.follow import Index

if TYPE_CHECKING:
    from catalog_service.operations.catalogue import Catalogue


def status(catalogue: Catalogue) -> dict[str, Any]:
    """Return engine, position, newest change and how many changes lie between."""
    position, last = catalogue.index.position(), catalogue.store.last_seq()
    return {
        "engine": catalogue.settings.text("search.engine"),
        "position": position,
        "last": last,
        "lag": max(0, last - position),
    }


def rebuild(catalogue: Catalogue) -> int:
    """Make the index anew; searches keep their old one until the new one is there. Return how many changes."""
    index = catalogue.index
    if not index.acquire():
        raise EnvironmentProblem(
            "Another process writes the index.", advice="Stop the server, or let it do the work: restart it."
        )
    return index.rebuild()


def compare(catalogue: Catalogue) -> dict[str, list[str]]:
    """Return the identifiers that are missing in the index, stale in it, or there without a record."""
    indexed = {identifier: digest for identifier, _, digest in catalogue.index.entries()}
    stored = dict(catalogue.store.hashes())
    return {
        "missing": sorted(stored.keys() - indexed.keys()),
        "stale": sorted(each for each in stored.keys() & indexed.keys() if stored[each] != indexed[each]),
        "extra": sorted(indexed.keys() - stored.keys()),
    }


def use(catalogue: Catalogue, engine: str) -> int:
    """Fill another engine from the log, then write it into the settings file; return how many changes."""
    choices = next(setting.choices for setting in SETTINGS if setting.name == "search.engine")
    if engine not in choices:
        raise UnknownName("search engine", engine, choices)
    catalogue.index.close()
    catalogue.settings = load_settings(catalogue.home, overrides={"search.engine": engine})
    catalogue.index = Index(catalogue)
    count = rebuild(catalogue)
    _write_engine(catalogue, engine)
    return count


def _write_engine(catalogue: Catalogue, engine: str) -> None:
    """Put the engine into ``kebao.toml`` and leave every other line as it is."""
    path = catalogue.home / FILE
    lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
    section = ""
    for number, line in enumerate(lines):
        if line.strip().startswith("["):
            section = line.strip().strip("[]")
        if section == "search" and line.split("=")[0].strip() == "engine":
            lines[number] = f'engine = "{engine}"'
            break
    else:
        at = next((n for n, line in enumerate(lines) if line.strip() == "[search]"), None)
        if at is None:
            lines += ["[search]", f'engine = "{engine}"', ""]
        else:
            lines.insert(at + 1, f'engine = "{engine}"')
    path.write_text("\n".join(lines), encoding="utf-8")
