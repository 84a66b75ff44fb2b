"""The index follows the log: equal to it after any history, whoever is killed, with one writer and many readers."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import threading
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from catalog_service.errors import EnvironmentProblem, IndexUnavailable
from catalog_service.indexing import DocumentMaker
from catalog_service.operations import follow
from catalog_service.operations.documents import Maker
from catalog_service.operations.follow import LOCK, Follower, Index, locked
from catalog_service.operations.publish import change_state, publish, withdraw
from catalog_service.operations.reindex import compare, rebuild, status, use
from catalog_service.operations.search import SearchRequest, search
from tests.catalogues import make_catalogue
from tests.operations.stories import agency, contents, load_json, made_anew, product, run_python

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from catalog_service.model.record import Record
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.search import SearchPage

CLEAN: dict[str, list[str]] = {"missing": [], "stale": [], "extra": []}


@pytest.fixture(params=["memory", "embedded"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "home", search__engine=request.param)
    yield made
    made.close()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "home", search__engine="embedded")
    yield made
    made.close()


def catch_up(catalogue: Catalogue) -> None:
    assert catalogue.index.bring_to(catalogue.store.last_seq())


def ask(catalogue: Catalogue, q: str = "", **filters: str) -> SearchPage:
    return search(catalogue, SearchRequest(q=q, filters={name: (value,) for name, value in filters.items()}))


def until(holds: Callable[[], Any], seconds: float = 60.0) -> None:
    """Wait until something holds; fail when it does not come to hold."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)


# equal to the store


def test_the_index_equals_the_store_after_every_step_of_a_history(catalogue: Catalogue) -> None:
    load_json(catalogue, agency(1), agency(2), *(product(n) for n in range(1, 6)))
    load_json(catalogue, product(6), publishing=False)
    own = agency(1)["uscc"]

    def renamed() -> None:
        load_json(catalogue, agency(1, region="450200", name={"zh": "湘江知识产权（测试）"}))

    def restored() -> None:
        change_state(catalogue, "TEST-0003", "published", "", actor="t")

    steps: list[Callable[[], object]] = [
        lambda: load_json(catalogue, product(1, title={"zh": "商标检索"}), product(2, category=["0301"])),
        lambda: withdraw(catalogue, "TEST-0002", "given up", actor="t"),
        lambda: change_state(catalogue, "TEST-0003", "suspended", "a pause", actor="t"),
        renamed,
        restored,
        lambda: publish(catalogue, ["TEST-0006"], actor="t"),
        lambda: publish(catalogue, ["TEST-0002"], actor="t"),
        lambda: load_json(catalogue, product(4, provider=[agency(2)["uscc"]])),
        lambda: change_state(catalogue, own, "suspended", "a pause", actor="t"),
        lambda: publish(catalogue, [own], actor="t"),
        lambda: withdraw(catalogue, own, "closed", actor="t", cascade=True),
    ]
    for step in steps:
        step()
        catch_up(catalogue)
        assert contents(catalogue.index.engine) == made_anew(catalogue)
        assert compare(catalogue) == CLEAN
        assert status(catalogue)["lag"] == 0


def test_a_new_name_and_place_of_a_provider_reach_its_products(catalogue: Catalogue) -> None:
    load_json(catalogue, agency(1), product(1), product(2))
    own = agency(1)["uscc"]
    before = {hit.id: hit for hit in ask(catalogue, "漓江").hits}

    load_json(catalogue, agency(1, region="450200", name={"zh": "湘江知识产权（测试）"}))

    assert len(before) == 2
    assert ask(catalogue, "漓江").total == 0
    page = ask(catalogue, "湘江", providerRegion="450200")
    assert {hit.id for hit in page.hits} == set(before)
    assert page.hits[0].linked["provider"] == [(own, "湘江知识产权（测试）")]
    assert ask(catalogue, providerRegion="450300").total == 0


def test_a_suspended_provider_is_not_shown_and_comes_back(catalogue: Catalogue) -> None:
    load_json(catalogue, agency(1), product(1))
    own = agency(1)["uscc"]

    change_state(catalogue, own, "suspended", "a pause", actor="t")
    catch_up(catalogue)
    assert ask(catalogue, provider=own).total == 0

    change_state(catalogue, own, "published", "", actor="t")
    catch_up(catalogue)
    assert ask(catalogue, provider=own).total == 1


def test_a_refresh_does_not_make_a_record_new(catalogue: Catalogue) -> None:
    moment = [1_800_000_000]
    catalogue.store.close()
    from catalog_service.store import open_store

    catalogue.__dict__["store"] = open_store(catalogue.settings.store_url, clock=lambda: moment[0])
    for number in (1, 2):
        moment[0] += 100
        load_json(catalogue, agency(number), product(number, provider=[agency(number)["uscc"]]))
    assert [hit.id for hit in ask(catalogue).hits] == ["TEST-0002", "TEST-0001"]

    moment[0] += 100
    load_json(catalogue, agency(1, name={"zh": "湘江知识产权（测试）"}))

    assert [hit.id for hit in ask(catalogue).hits] == ["TEST-0002", "TEST-0001"]


# what the index does not take


def test_a_record_of_which_no_document_can_be_made_holds_nobody_up(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = DocumentMaker.document

    def spoiled(self: DocumentMaker, record: Record, source: Any) -> Any:
        if source.identifier == "TEST-0002":
            raise ValueError("no number")
        return whole(self, record, source)

    with monkeypatch.context() as patch:
        patch.setattr(DocumentMaker, "document", spoiled)
        load_json(catalogue, agency(1), *(product(n) for n in range(1, 4)))

        assert ask(catalogue).total == 2
        assert status(catalogue)["refused"] == {"TEST-0002": "ValueError: no number"}
        assert compare(catalogue)["missing"] == ["TEST-0002"]

    rebuild(catalogue)
    assert status(catalogue)["refused"] == {}
    assert compare(catalogue) == CLEAN


# one writer, many processes


SEARCH_ALL = """
import sys
from pathlib import Path
from catalog_service.operations.search import SearchRequest, search
from tests.catalogues import make_catalogue
catalogue = make_catalogue(Path(sys.argv[1]), search__engine="embedded")
for line in sys.stdin:
    page = search(catalogue, SearchRequest(min_seq=int(line)))
    print(page.total, page.seq, page.behind, catalogue.index.acquire())
"""


def test_one_process_writes_and_others_see_its_commits(embedded: Catalogue) -> None:
    load_json(embedded, agency(1), product(1))
    assert embedded.index.acquire()
    other = run_python(SEARCH_ALL, embedded.home, stdin=subprocess.PIPE)
    assert other.stdin
    assert other.stdout

    def answer(seq: int) -> list[str]:
        assert other.stdin
        assert other.stdout
        other.stdin.write(f"{seq}\n")
        other.stdin.flush()
        return other.stdout.readline().split()

    try:
        first = embedded.store.last_seq()
        assert answer(first) == ["1", str(first), "False", "False"]

        load_json(embedded, product(2))
        second = embedded.store.last_seq()
        assert answer(second) == ["2", str(second), "False", "False"]

        rebuild(embedded)
        load_json(embedded, product(3))
        third = embedded.store.last_seq()
        until(lambda: answer(third) == ["3", str(third), "False", "False"])

        embedded.close()
        assert answer(0)[3] == "True"
    finally:
        other.kill()
        other.communicate()


def test_who_comes_second_waits_for_the_writer_or_takes_its_place(embedded: Catalogue) -> None:
    load_json(embedded, agency(1), product(1))
    embedded.close()
    held = locked(embedded.home / LOCK)
    load_json(embedded, product(2), index=False)

    assert not embedded.index.acquire()
    assert not embedded.index.bring_to(embedded.store.last_seq(), seconds=0.01)

    timer = threading.Timer(0.3, held.close)
    timer.start()
    assert embedded.index.bring_to(embedded.store.last_seq(), seconds=30)
    timer.join()
    assert ask(embedded).total == 2


def test_the_memory_engine_is_each_process_own(tmp_path: Path) -> None:
    first, second = (make_catalogue(tmp_path / "home") for _ in range(2))
    load_json(first, agency(1), product(1))

    catch_up(second)

    assert ask(first).total == ask(second).total == 1
    first.close()
    second.close()


def test_threads_that_search_first_at_once_share_one_engine(catalogue: Catalogue) -> None:
    load_json(catalogue, agency(1), product(1))
    catalogue.close()
    follower = Follower(catalogue.index)
    follower.start()
    engines: list[object] = []
    threads = [threading.Thread(target=lambda: engines.append(catalogue.index.engine)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(map(id, engines))) == 1
    until(lambda: ask(catalogue).total == 1)
    follower.stop()


def test_a_search_waits_for_the_change_it_must_see(catalogue: Catalogue) -> None:
    load_json(catalogue, agency(1), product(1))
    load_json(catalogue, product(2), index=False)
    seq = catalogue.store.last_seq()
    timer = threading.Timer(0.2, lambda: catch_up(catalogue))
    timer.start()

    page = search(catalogue, SearchRequest(min_seq=seq))
    timer.join()

    assert (page.total, page.behind, page.seq) == (2, False, seq)


def test_a_search_that_cannot_wait_any_longer_says_so(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog_service.operations.search.FRESH_WAIT", 0.05)
    load_json(catalogue, agency(1), product(1))
    load_json(catalogue, product(2), index=False)

    late = search(catalogue, SearchRequest(min_seq=catalogue.store.last_seq()))
    catch_up(catalogue)
    never = search(catalogue, SearchRequest(min_seq=10**15))

    assert (late.total, late.behind) == (1, True)
    assert (never.total, never.behind) == (2, True)


def test_the_follower_indexes_what_comes_and_finishes_what_was_left(catalogue: Catalogue) -> None:
    load_json(catalogue, agency(1), product(1))
    iri = next(iter(catalogue.store.many([agency(1)["uscc"]]).values())).iri
    with catalogue.store.write(actor="t") as writer:  # as a process does that is killed before it can refresh
        writer.add_refresh_job(iri)
    follower = Follower(catalogue.index)
    follower.start()

    load_json(catalogue, product(2), index=False)
    until(lambda: ask(catalogue).total == 2)
    until(lambda: not catalogue.store.jobs())
    until(lambda: status(catalogue)["lag"] == 0)
    follower.stop()

    assert catalogue.index.failure == ""
    assert compare(catalogue) == CLEAN


def test_an_index_whose_folder_was_removed_is_made_anew(embedded: Catalogue) -> None:
    load_json(embedded, agency(1), product(1))
    follower = Follower(embedded.index)
    follower.start()
    until(lambda: ask(embedded).total == 1)

    shutil.rmtree(embedded.home / "index")

    load_json(embedded, product(2), index=False)
    until(lambda: indexed(embedded) == 2)
    follower.stop()
    assert compare(embedded) == CLEAN


def indexed(catalogue: Catalogue) -> int:
    """Return how many products are found, 0 while the index cannot be read."""
    with suppress(IndexUnavailable):
        return ask(catalogue).total
    return 0


@pytest.mark.parametrize("fault", [ValueError("it is damaged"), MemoryError()])
def test_the_follower_goes_on_whatever_went_wrong_and_says_so(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    load_json(catalogue, agency(1), product(1), index=False)
    with monkeypatch.context() as patch:
        patch.setattr(Index, "catch_up", lambda _self: (_ for _ in ()).throw(fault))
        follower = Follower(catalogue.index)
        follower.start()
        until(lambda: catalogue.index.failure != "")
    until(lambda: ask(catalogue).total == 1)
    until(lambda: catalogue.index.failure == "")
    follower.stop()


def test_the_follower_goes_on_after_a_failure(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    load_json(catalogue, agency(1), product(1), index=False)
    whole, tries = Index.catch_up, []

    def failing(self: Index, *arguments: Any) -> int:
        tries.append(1)
        if len(tries) < 3:
            raise (IndexUnavailable if len(tries) == 1 else EnvironmentProblem)("It does not answer.")
        return whole(self, *arguments)

    monkeypatch.setattr(Index, "catch_up", failing)
    follower = Follower(catalogue.index)
    follower.start()

    until(lambda: ask(catalogue).total == 1)
    follower.stop()
    assert len(tries) >= 3


# made anew


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


# killed


FOLLOW = """
import sys
from pathlib import Path
from catalog_service.operations import writing
from indexer.engines.embedded.engine import EmbeddedEngine
from tests.catalogues import make_catalogue
writing.CHUNK = 5
catalogue = make_catalogue(Path(sys.argv[1]), search__engine="embedded")
assert catalogue.index.acquire()
write = EmbeddedEngine.write
EmbeddedEngine.write = lambda *arguments: (write(*arguments), print(arguments[-1]))[0]
catalogue.index.catch_up()
"""


def test_killed_at_any_moment_it_catches_up_misses_nothing_doubles_nothing(embedded: Catalogue) -> None:
    load_json(embedded, agency(1), agency(2), *(product(n) for n in range(120)), index=False)
    load_json(embedded, *(product(n, title={"zh": f"商标检索 {n}"}) for n in range(0, 120, 3)), index=False)
    load_json(embedded, agency(1, name={"zh": "湘江知识产权（测试）"}), index=False)
    embedded.close()
    chance = random.Random(20261123)
    positions = []
    for _ in range(8):
        child = run_python(FOLLOW, embedded.home)
        assert child.stdout
        for _ in range(chance.randrange(1, 6)):
            assert child.stdout.readline(), child.communicate()
        threading.Event().wait(chance.random() * 0.03)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        positions.append(embedded.index.position())
        embedded.index.close()

    last = embedded.store.last_seq()
    assert positions == sorted(positions)
    assert 0 < positions[0] < positions[-1] < last
    catch_up(embedded)
    assert embedded.index.position() == last
    assert compare(embedded) == CLEAN
    assert contents(embedded.index.engine) == made_anew(embedded)
