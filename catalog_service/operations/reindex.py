"""Rebuild, compare and change the search index; the log is the truth, an index can always be made again."""

from __future__ import annotations

import shutil
import tomllib
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from catalog_service.config import FILE, SETTINGS
from catalog_service.errors import EnvironmentProblem, IndexUnavailable, InputError, UnknownName
from catalog_service.operations.follow import GENERATION, Index, locked, told
from catalog_service.operations.generations import remove_unused
from catalog_service.operations.writing import refused_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.operations.catalogue import Catalogue

REBUILD_LOCK = "index.rebuild.lock"
_PAGE = 1000


def status(catalogue: Catalogue) -> dict[str, Any]:
    """Return engine, position, newest change, how many changes lie between, and what the index would not take."""
    position, last = catalogue.index.position(), catalogue.store.last_seq()
    return {
        "engine": catalogue.settings.text("search.engine"),
        "position": position,
        "last": last,
        "lag": max(0, last - position),
        "refused": refused_by(catalogue),
    }


def rebuild(catalogue: Catalogue) -> int:
    """Make the index anew, also beside a running server, which takes the new one up by itself; return the changes.

    Searches keep the old index until the new one is whole.
    """
    with _alone(catalogue):
        index = catalogue.index
        if not index.shared:
            return _in_memory(index)
        engine = _current(index)
        if engine is not None and hasattr(engine, "take_over"):
            return _behind_alias(catalogue, index, engine)
        return _in_folder(catalogue, index)


@contextmanager
def _alone(catalogue: Catalogue) -> Iterator[None]:
    lock_file = locked(catalogue.home / REBUILD_LOCK)
    if lock_file is None:
        raise EnvironmentProblem("Another process makes the index anew.", advice="Wait until it has ended.")
    try:
        yield
    finally:
        lock_file.close()


def _current(index: Index) -> Any:
    """Return the engine that is searched, None where it cannot even be opened."""
    with suppress(IndexUnavailable):
        return index.engine
    return None


def _in_memory(index: Index) -> int:
    engine = index.open_generation(0)
    count = index.fill(engine)
    index.take_up(0, engine)
    return count


def _in_folder(catalogue: Catalogue, index: Index) -> int:
    """Fill the next folder, let every process change over to it, remove those that nobody searches any more."""
    generation = index.newest_generation() + 1
    shutil.rmtree(index.folder(generation), ignore_errors=True)  # what a rebuild that was killed has left
    engine = index.open_generation(generation)
    try:
        with told():
            count = index.fill(engine)
    finally:
        engine.close()
    with catalogue.store.write(actor="index") as writer:
        writer.set_meta(GENERATION + engine.name, str(generation))
    index.take_up(generation)
    remove_unused(index)
    return count


def _behind_alias(catalogue: Catalogue, index: Index, engine: Any) -> int:
    """Fill a new index on the server, swap the alias, then write again what the follower may have sent to the old."""
    with told():
        beside = engine.beside()
        count = index.fill(beside)
        beside.take_over()
        index.fill(beside)
    return count


def compare(catalogue: Catalogue) -> dict[str, list[str]]:
    """Return the identifiers missing in the index, stale in it, or there without a record.

    Stale is what has other content than the store, or was written before the record's last change.
    """
    indexed = {identifier: (seq, digest) for identifier, seq, digest in catalogue.index.entries()}
    stored = dict(_stored(catalogue))
    return {
        "missing": sorted(stored.keys() - indexed.keys()),
        "stale": sorted(each for each in stored.keys() & indexed.keys() if stored[each] != indexed[each]),
        "extra": sorted(indexed.keys() - stored.keys()),
    }


def _stored(catalogue: Catalogue) -> Iterator[tuple[str, tuple[int, str]]]:
    after: int | None = 0
    while after is not None:
        page = catalogue.store.listing(after_seq=after, limit=_PAGE, with_bytes=False)
        yield from ((each.identifier, (each.seq, each.public_hash)) for each in page.entries if each.live)
        after = page.next_seq


def use(catalogue: Catalogue, engine: str) -> int:
    """Fill another engine from the log, then write it into the settings file; return how many changes."""
    choices = next(setting.choices for setting in SETTINGS if setting.name == "search.engine")
    if engine not in choices:
        raise UnknownName("search engine", engine, choices)
    before = catalogue.settings
    catalogue.index.close()
    catalogue.settings = replace(before, values={**before.values, "search.engine": engine})
    catalogue.index = Index(catalogue)
    try:
        count = rebuild(catalogue)
        _write_engine(catalogue, engine)
    except BaseException:
        catalogue.index.close()
        catalogue.settings, catalogue.index = before, Index(catalogue)
        raise
    return count


def _write_engine(catalogue: Catalogue, engine: str) -> None:
    """Put the engine into ``kebao.toml`` and leave every other line as it is."""
    path = catalogue.home / FILE
    lines = path.read_text(encoding="utf-8-sig").split("\n") if path.exists() else []
    section = ""
    for number, line in enumerate(lines):
        if line.strip().startswith("["):
            section = line.strip().strip("[]") + "."
        name = section + line.split("=")[0].strip()
        if "=" in line and name == "search.engine":
            lines[number] = f'{line.split("=")[0].rstrip()} = "{engine}"'
            break
    else:
        at = next((n for n, line in enumerate(lines) if line.strip() == "[search]"), None)
        if at is None:
            lines += ["[search]", f'engine = "{engine}"', ""]
        else:
            lines.insert(at + 1, f'engine = "{engine}"')
    text = "\n".join(lines)
    if not _says(text, engine):
        raise InputError(
            "{file} cannot be changed by this command.", advice='Write engine = "{engine}" under [search] yourself.',
            file=str(path), engine=engine,
        )  # fmt: skip
    partial = path.with_name(path.name + ".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _says(text: str, engine: str) -> bool:
    try:
        search = tomllib.loads(text).get("search")
    except tomllib.TOMLDecodeError:
        return False
    return isinstance(search, dict) and search.get("engine") == engine
