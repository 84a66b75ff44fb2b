"""An index is made anew, or filled in another engine, while the old one is searched."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from catalog_service.errors import EnvironmentProblem, IndexUnavailable
from catalog_service.operations import follow
from catalog_service.operations.documents import Maker
from catalog_service.operations.follow import locked
from catalog_service.operations.reindex import compare, rebuild, use
from tests.catalogues import make_catalogue
from tests.operations.following.telling import CLEAN, ask, catch_up, until
from tests.operations.stories import agency, contents, load_json, made_anew, product

if TYPE_CHECKING:
    from catalog_service.operations.catalogue import Catalogue


def test_searches_keep_the_old_index_until_the_new_one_is_whole(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_json(catalogue, agency(1), *(product(n) for n in range(1, 20)))
    monkeypatch.setattr("catalog_service.operations.writing.CHUNK", 3)
    whole, seen = Maker.changes, []

    def watched(self: Maker, entries: Any) -> Any:
        seen.append(ask(catalogue).total)
        return whole(self, entries)

    monkeypatch.setattr(Maker, "changes", watched)
    before = contents(catalogue.index.engine)

    count = rebuild(catalogue)

    assert count == catalogue.store.last_seq()
    assert seen == [19] * len(seen)
    assert len(seen) >= 6
    assert contents(catalogue.index.engine) == before


def test_a_rebuild_runs_beside_the_process_that_writes(embedded: Catalogue) -> None:
    load_json(embedded, agency(1), product(1))
    assert embedded.index.acquire()
    other = make_catalogue(embedded.home, search__engine="embedded")

    rebuild(other)
    other.close()
    load_json(embedded, product(2))

    until(lambda: embedded.index.folder(1) and ask(embedded).total == 2)
    catch_up(embedded)
    assert contents(embedded.index.engine) == made_anew(embedded)
    assert (embedded.index.newest_generation(), compare(embedded)) == (1, CLEAN)


def test_two_rebuilds_at_once_are_refused(embedded: Catalogue) -> None:
    held = locked(embedded.home / "index.rebuild.lock")

    with pytest.raises(EnvironmentProblem):
        rebuild(embedded)

    held.close()


def test_folders_older_than_the_previous_are_removed(embedded: Catalogue) -> None:
    load_json(embedded, agency(1), product(1))
    for _ in range(3):
        rebuild(embedded)

    kept = sorted(folder.name.rpartition("-")[2] for folder in (embedded.home / "index").iterdir())
    assert kept == ["2", "3"]
    assert ask(embedded).total == 1


def test_a_rebuild_that_failed_leaves_the_old_index_and_the_next_one_is_whole(
    embedded: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_json(embedded, agency(1), *(product(n) for n in range(1, 8)))
    whole, calls = Maker.changes, []

    def breaking(self: Maker, entries: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(self, entries)

    with monkeypatch.context() as patch:
        patch.setattr("catalog_service.operations.writing.CHUNK", 3)
        patch.setattr(Maker, "changes", breaking)
        with pytest.raises(KeyboardInterrupt):
            rebuild(embedded)

    assert (ask(embedded).total, embedded.index.newest_generation()) == (7, 0)
    rebuild(embedded)
    assert contents(embedded.index.engine) == made_anew(embedded)


def test_a_damaged_index_is_said_and_a_rebuild_mends_it(embedded: Catalogue) -> None:
    load_json(embedded, agency(1), product(1))
    embedded.close()
    (embedded.index.folder(0) / "meta.json").write_text("{")

    with pytest.raises(IndexUnavailable):
        ask(embedded)
    rebuild(embedded)

    assert (ask(embedded).total, compare(embedded)) == (1, CLEAN)


def test_another_engine_is_filled_then_written_into_the_settings(embedded: Catalogue) -> None:
    load_json(embedded, agency(1), product(1))
    file = embedded.home / "kebao.toml"
    file.write_text('public_url = "http://x.example"\n\n[search]\n# by us\nengine = "embedded"\nreplicas = 1\n')

    use(embedded, "memory")

    assert file.read_text() == (
        'public_url = "http://x.example"\n\n[search]\n# by us\nengine = "memory"\nreplicas = 1\n'
    )
    assert ask(embedded).total == 1
    assert embedded.iri_base.startswith("https://bench")
    use(embedded, "embedded")
    assert (ask(embedded).total, compare(embedded)) == (1, CLEAN)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, '[search]\nengine = "memory"\n'),
        ("[search]\nreplicas = 1\n", '[search]\nengine = "memory"\nreplicas = 1\n'),
        ('search.engine = "embedded"\n', 'search.engine = "memory"\n'),
    ],
)
def test_the_setting_goes_where_it_belongs(embedded: Catalogue, before: str | None, after: str) -> None:
    file = embedded.home / "kebao.toml"
    if before is not None:
        file.write_text(before)

    use(embedded, "memory")

    assert file.read_text() == after


def test_an_engine_that_does_not_answer_changes_nothing(embedded: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    load_json(embedded, agency(1), product(1))
    monkeypatch.setattr(follow, "open_engine", partial(follow.open_engine, patience=0.1))
    settings = {**embedded.settings.values, "search.url": "http://127.0.0.1:9"}
    embedded.settings = type(embedded.settings)(embedded.home, settings, embedded.settings.origins)

    with pytest.raises(IndexUnavailable):
        use(embedded, "elasticsearch")

    assert not (embedded.home / "kebao.toml").exists()
    assert ask(embedded).total == 1
