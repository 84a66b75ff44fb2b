"""A catalogue's home and what lives in it: settings, profile, store, index; each is opened when first needed."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from catalog_service.config import FILE, Settings, load_settings
from catalog_service.errors import InputError
from catalog_service.i18n import LANGUAGES
from catalog_service.model.kind import title_path
from catalog_service.model.record import best_text, parse_canonical
from catalog_service.operations.follow import Index
from catalog_service.operations.sets import SetNames
from catalog_service.registry import profile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from catalog_service.config import Value
    from catalog_service.model.kind import Kind
    from catalog_service.operations.sandbox import Sandbox
    from catalog_service.registry import Profile
    from catalog_service.store import Store
    from catalog_service.store.rows import Entry
    from catalog_service.validation.engines import Validation


class Names:
    """What records are called, as of one change of the log; forgotten when the log goes on."""

    def __init__(self) -> None:
        self._seq = -1
        self._known: dict[str, dict[str, str]] = {}
        self._titles: dict[str, dict[str, str]] = {lang: {} for lang in LANGUAGES}
        self._written: dict[tuple[str, str], list[str]] = {}
        self.learned: set[str] = set()
        """Identifiers of the records looked up already, named or not."""

    def at(self, seq: int) -> dict[str, dict[str, str]]:
        """Return the names known at a change: IRI to language to name."""
        self._go_to(seq)
        return self._known

    def titles(self, seq: int) -> dict[str, dict[str, str]]:
        """Return the titles known at a change: language to identifier to title, or to the identifier again."""
        self._go_to(seq)
        return self._titles

    def written(self, seq: int) -> dict[tuple[str, str], list[str]]:
        """Return what writers made of names and labels known at a change (`Surroundings.written`)."""
        self._go_to(seq)
        return self._written

    def _go_to(self, seq: int) -> None:
        titles = len(self._titles[LANGUAGES[0]])
        if seq != self._seq or len(self._known) + titles + len(self._written) > _MOST_NAMES:
            self._seq, self._known, self._written, self.learned = seq, {}, {}, set()
            self._titles = {lang: {} for lang in LANGUAGES}


_MOST_NAMES = 20_000


class Catalogue:
    """One catalogue. Threads of a process share one; processes share its home."""

    def __init__(self, settings: Settings, profile: Profile) -> None:
        self.settings = settings
        self.profile = profile
        self.names = Names()
        self._secrets: dict[str, bytes] = {}
        self.set_names = SetNames(profile.vocabularies)
        self._opening = threading.RLock()
        self.base_frozen = False
        """Whether the store says what the IRIs of records begin with: it does from the first one on."""

    @property
    def home(self) -> Path:
        """The folder that holds everything that is this catalogue."""
        return self.settings.home

    @cached_property
    def store(self) -> Store:
        """The record store, made or brought to the newest schema when first opened."""
        from catalog_service.store import open_store

        with self._opening:
            store = open_store(self.settings.store_url)
            try:
                self._check_base(store)
            except BaseException:
                store.close()
                raise
            return store

    def _check_base(self, store: Store) -> None:
        """Refuse another base than the one the records of the store have."""
        frozen = store.iri_base()
        self.base_frozen = frozen is not None
        if frozen not in (None, self.iri_base):
            raise InputError(
                "The IRIs of this catalogue begin with {frozen} for good, not with {given}.",
                advice='Write iri_base = "{frozen}" under [catalogue] in {file}, or begin a catalogue of its own '
                "in another home.",
                frozen=frozen, given=self.iri_base, file=str(self.home / FILE),
            )  # fmt: skip

    @cached_property
    def index(self) -> Index:
        """The search index."""
        with self._opening:
            return Index(self)

    @cached_property
    def validation(self) -> Validation:
        """What checks records, by the engine the settings name."""
        from catalog_service.validation.engines import Validation

        with self._opening:
            return Validation(self.profile, self.settings.text("validation.engine"))

    @cached_property
    def sandbox(self) -> Sandbox:
        """Where foreign content is read; it starts a process when first used."""
        from catalog_service.operations.sandbox import Sandbox

        with self._opening:
            return Sandbox(self.settings, self.profile.kinds)

    @property
    def iri_base(self) -> str:
        """What every IRI of a record of this catalogue begins with."""
        return self.settings.text("catalogue.iri_base").rstrip("/")

    @property
    def public_url(self) -> str:
        """What every address in answers begins with, without a slash at the end."""
        return self.settings.text("public_url").rstrip("/")

    def secret(self, name: str) -> bytes:
        """Return a secret of this catalogue, the same for every process and after every restart."""
        if name not in self._secrets:
            self._secrets[name] = self.store.secret(name)
        return self._secrets[name]

    def kind(self, name: str) -> Kind:
        """Return a kind by name; raises `UnknownName` with the nearest one."""
        from catalog_service.errors import UnknownName

        if name not in self.profile.kinds:
            raise UnknownName("kind", name, self.profile.kinds)
        return self.profile.kinds[name]

    def titles(self, identifiers: Iterable[str], lang: str, seq: int | None = None) -> dict[str, str]:
        """Return what records are called, by identifier; one that is not public keeps its identifier.

        Names once looked up hold until the change ``seq``, by default the newest of the store, is another one.
        """
        wanted = list(identifiers)
        if not wanted:
            return {}
        called = self.called(wanted, lang, self.store.last_seq() if seq is None else seq)
        return {each: called[each] for each in wanted}

    def called(self, identifiers: Collection[str], lang: str, seq: int) -> Mapping[str, str]:
        """Return what records are called, as `titles` does, among all others looked up: nothing is copied."""
        titles = self.names.titles(seq)
        called = titles[lang]
        if fresh := [each for each in identifiers if each not in called]:
            found = self.store.published(fresh)
            own = {each: self._titles(found[each]) if each in found else {} for each in fresh}
            for each_lang, known in titles.items():
                known.update({each: names.get(each_lang) or names.get("zh") or each for each, names in own.items()})
        return called

    def _titles(self, entry: Entry) -> dict[str, str]:
        """Return what a record is called in every language the pages have."""
        path = title_path(self.profile.kinds[entry.kind])
        record = parse_canonical(entry.form or b"", entry.iri, entry.kind)
        return {lang: best_text(record.objects(*path), lang) for lang in LANGUAGES} if path else {}

    def close(self) -> None:
        """Let go of the store and the index."""
        for name in ("sandbox", "index", "store"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()


def open_catalogue(
    home: Path, *, environment: Mapping[str, str] | None = None, overrides: Mapping[str, Value] | None = None
) -> Catalogue:
    """Open the catalogue in a home folder, making the folder if there is none."""
    settings = load_settings(home, environment=environment, overrides=overrides)
    home.mkdir(parents=True, exist_ok=True)
    return Catalogue(settings, profile())
