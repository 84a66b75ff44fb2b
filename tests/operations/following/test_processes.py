"""One process writes, many search, threads share; whatever goes wrong, the follower goes on."""

from __future__ import annotations

import shutil
import subprocess
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from catalog_service.errors import EnvironmentProblem, IndexUnavailable
from catalog_service.operations import follow
from catalog_service.operations.follow import LOCK, Follower, Index, locked
from catalog_service.operations.reindex import compare, rebuild, status
from catalog_service.operations.search import SearchRequest, search
from tests.catalogues import make_catalogue
from tests.operations.following.telling import CLEAN, ask, catch_up, until
from tests.operations.stories import agency, load_json, product, run_python

if TYPE_CHECKING:
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue


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


def test_who_follows_opens_no_writer_while_there_is_nothing_to_write(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_json(catalogue, agency(1))
    catch_up(catalogue)

    with monkeypatch.context() as patch:
        patch.setattr(follow, "Writer", None)
        assert catalogue.index.catch_up() == 0

    load_json(catalogue, product(1), index=False)
    assert catalogue.index.catch_up() > 0


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
