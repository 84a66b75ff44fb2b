"""Loading: the same again changes nothing, order does not matter, and whatever happens nothing is lost or doubled."""

from __future__ import annotations

import json
import signal
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from catalog_service.errors import NotFound
from catalog_service.operations.load import Source, load
from catalog_service.operations.publish import change_state, publish, withdraw
from catalog_service.operations.reindex import compare
from catalog_service.operations.sample import load_samples
from catalog_service.operations.search import SearchRequest, search
from catalog_service.resources import folder
from tests.catalogues import load_text, make_catalogue
from tests.operations.stories import agency, load_json, product, run_python

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.model.report import Finding
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.load import LoadResult

CLEAN: dict[str, list[str]] = {"missing": [], "stale": [], "extra": []}
NAME = agency()["name"]["zh"]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "home")
    yield made
    made.close()


def nameless(number: int, **changes: Any) -> dict[str, Any]:
    """Return a product without identifier: it is known by its provider and title."""
    return {name: value for name, value in product(number, **changes).items() if name != "identifier"}


def counts(result: LoadResult) -> dict[str, int]:
    return {name: count for name, count in result.counts.items() if count}


def codes(result: LoadResult) -> list[str]:
    return [each.code for each in result.findings if each.severity == "error" or "target" in each.code]


def state(catalogue: Catalogue) -> list[tuple[str, str, bool]]:
    """Return title, state and whether it is public of every record."""
    return sorted((row.title, row.state, row.live) for row in catalogue.store.listing_records(limit=10_000))


# the same again


def test_the_same_workbooks_again_change_nothing(catalogue: Catalogue) -> None:
    load_samples(catalogue)
    seq, before = catalogue.store.last_seq(), state(catalogue)
    sources = [Source(path.name, path) for path in sorted(folder("samples").glob("*.xlsx"))]

    again = load(catalogue, sources, actor="t", publishing=True)

    assert counts(again) == {"read": len(before), "unchanged": len(before)}
    assert (catalogue.store.last_seq(), state(catalogue)) == (seq, before)


def test_samples_are_loaded_once(catalogue: Catalogue) -> None:
    assert load_samples(catalogue) >= 90
    identifier = next(row.identifier for row in catalogue.store.listing_records(kind="service-product", limit=1))
    withdraw(catalogue, identifier, "not wanted", actor="t")

    assert load_samples(catalogue) == 0
    row = catalogue.store.get(identifier)
    assert row is not None
    assert row.state == "withdrawn"


def test_samples_whose_loading_was_cut_off_are_loaded_in_full_the_next_time(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    from catalog_service.operations.intake import Intake

    whole, calls = Intake.take, []

    def breaking(self: Intake, candidates: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(self, candidates)

    with monkeypatch.context() as patch:
        patch.setattr(Intake, "take", breaking)
        with pytest.raises(KeyboardInterrupt):
            load_samples(catalogue)
    load_samples(catalogue)

    kinds = [row.kind for row in catalogue.store.listing_records(live=True, limit=1000)]
    assert (kinds.count("service-product") >= 66, kinds.count("service-agency") >= 24) == (True, True)


def test_a_changed_price_is_one_change(catalogue: Catalogue) -> None:
    load_json(catalogue, agency(), *(nameless(n) for n in range(5)))
    seq = catalogue.store.last_seq()
    dearer = [nameless(n, offer=[{"pricingMode": "fixed", "price": 9000}]) if n == 3 else nameless(n) for n in range(5)]

    result = load_json(catalogue, agency(), *dearer)

    assert (result.counts["changed"], result.counts["unchanged"], result.counts["created"]) == (1, 5, 0)
    assert catalogue.store.last_seq() == seq + 1
    assert search(catalogue, SearchRequest(filters={"price": ("9000-9000",)})).total == 1


@pytest.mark.parametrize("state", ["suspended", "withdrawn"])
def test_what_somebody_took_from_the_public_is_not_published_by_a_load(catalogue: Catalogue, state: str) -> None:
    load_json(catalogue, agency(), product(1), product(2))
    if state == "withdrawn":
        withdraw(catalogue, "TEST-0001", "not wanted", actor="t")
    else:
        change_state(catalogue, "TEST-0001", "suspended", "under review", actor="t")

    same = load_json(catalogue, product(1), product(2))
    changed = load_json(catalogue, product(1, title={"zh": "商标检索"}), product(2))

    held = [[each.record for each in result.findings if each.code == "held-back"] for result in (same, changed)]
    assert held == [["TEST-0001"]] * 2
    (advice,) = [each.suggestion for each in same.findings if each.code == "held-back"]
    assert advice == {
        "zh": "如要恢复，请用：kebao publish TEST-0001",
        "en": "If it is to come back: kebao publish TEST-0001",
    }
    row = catalogue.store.get("TEST-0001")
    assert row is not None
    assert (row.live, row.state) == (False, state)


def test_two_rows_of_one_name_are_one_record_and_the_second_is_told(catalogue: Catalogue) -> None:
    records = [agency(), nameless(1), nameless(2), nameless(1, description="另一份说明，讲同一件事，只是写得长一些。")]

    first = load_text(catalogue, json.dumps(records), "r.json")
    again = load_text(catalogue, json.dumps(records), "r.json")

    assert counts(first)["created"] == 3
    assert codes(first) == codes(again) == ["identifier-twice"]
    assert counts(again)["unchanged"] == 3
    assert "created" not in counts(again)


def test_a_dry_run_stores_nothing(catalogue: Catalogue) -> None:
    result = load_json(catalogue, agency(), product(1), nameless(2), dry=True, publishing=True)

    assert counts(result) == {"read": 3, "checked": 3}
    assert (state(catalogue), catalogue.store.last_seq(), catalogue.store.batches()) == ([], 0, [])
    assert load_json(catalogue, agency(), nameless(2)).taken[-1].identifier == "KB-0000001"


# references


WAYS = {
    "name": NAME,
    "name with other spaces and width": f" {NAME.replace('（', '(').replace('）', ')')} ",
    "credit code": agency()["uscc"],
    "lower case": agency()["uscc"].lower(),
    "iri": f"https://bench.example/id/service-agency/{agency()['uscc']}",
}


@pytest.mark.parametrize("stored", [True, False], ids=["stored before", "in the same file, behind it"])
@pytest.mark.parametrize("way", WAYS)
def test_a_provider_is_named_in_any_way(catalogue: Catalogue, way: str, stored: bool) -> None:
    if stored:
        load_json(catalogue, agency())
    named = product(1, provider=[WAYS[way]])

    load_json(catalogue, *([named] if stored else [named, agency()]))

    page = search(catalogue, SearchRequest())
    assert [hit.linked["provider"] for hit in page.hits] == [[(agency()["uscc"], NAME)]]


def only_error(result: LoadResult) -> Finding:
    (finding,) = [each for each in result.findings if each.severity == "error"]
    return finding


def test_a_provider_nobody_knows_is_told_with_the_nearest(catalogue: Catalogue) -> None:
    load_json(catalogue, agency())

    result = load_text(
        catalogue, json.dumps([product(1, provider=["漓江第 2 知识产权（测试）"]), product(2)]), "r.json"
    )

    finding = only_error(result)
    assert (finding.code, finding.path, finding.value) == ("unknown-reference", "provider", "漓江第 2 知识产权（测试）")
    assert NAME in finding.suggestion["zh"]
    assert counts(result)["created"] == 1


def test_a_name_that_two_agencies_have_is_told_with_both(catalogue: Catalogue) -> None:
    load_json(catalogue, agency(1), agency(2, name={"zh": NAME}))

    finding = only_error(load_text(catalogue, json.dumps([product(1)]), "r.json"))

    assert finding.code == "ambiguous-reference"
    assert all(each["uscc"] in finding.suggestion["zh"] for each in (agency(1), agency(2)))


def test_what_refers_to_a_draft_stays_one_until_that_is_published(catalogue: Catalogue) -> None:
    load_json(catalogue, agency(), publishing=False)

    result = load_json(catalogue, product(1))

    assert counts(result) == {"read": 1, "created": 1, "waiting": 1}
    assert codes(result) == ["target-not-published"]
    assert result.findings[0].suggestion["en"].endswith("then this one: kebao publish TEST-0001")
    assert search(catalogue, SearchRequest()).total == 0

    publish(catalogue, [agency()["uscc"]], actor="t")
    done = publish(catalogue, ["test-0001"], actor="t")
    assert done["TEST-0001"].published
    catalogue.index.bring_to(catalogue.store.last_seq())
    assert search(catalogue, SearchRequest()).total == 1


def test_waiting_ones_go_out_with_the_next_load_that_publishes(catalogue: Catalogue) -> None:
    load_json(catalogue, agency(), product(1), publishing=False)

    result = load_json(catalogue, product(1), agency())

    assert counts(result) == {"read": 2, "unchanged": 2, "published": 2}


def test_what_is_not_shared_cannot_be_published(catalogue: Catalogue) -> None:
    result = load_json(catalogue, agency(), product(1, sharing="none"), product(2, sharing="conditional"))

    assert counts(result)["published"] == 2
    assert [each.code for each in result.findings if each.code == "not-shared"] == ["not-shared"]
    done = publish(catalogue, ["TEST-0001"], actor="t")
    assert (done["TEST-0001"].published, done["TEST-0001"].waiting) == (False, False)
    with pytest.raises(NotFound):
        publish(catalogue, ["TEST-9999"], actor="t")


def test_a_record_that_moves_is_a_deleted_header_in_the_set_it_left(catalogue: Catalogue) -> None:
    load_json(catalogue, agency(), product(1, category=["0504"]))
    load_json(catalogue, product(1, category=["0301"]))
    store = catalogue.store

    def listed(name: str) -> list[tuple[str, bool]]:
        return [(entry.identifier, entry.live) for entry in store.listing(set_=name).entries]

    names = {each.name for each in store.sets()}
    left, entered = (next(name for name in names if name.endswith(code)) for code in ("0504", "0301"))
    assert listed(left) == [("TEST-0001", False)]
    assert listed(entered) == [("TEST-0001", True)]
    assert search(catalogue, SearchRequest(filters={"category": ("05",)})).total == 0


def test_an_agency_that_moves_takes_its_products_into_other_sets(catalogue: Catalogue) -> None:
    load_json(catalogue, agency(), product(1))
    before = catalogue.store.get("TEST-0001")
    load_json(catalogue, agency(region="450200"))
    after = catalogue.store.get("TEST-0001")

    assert before is not None
    assert after is not None
    assert set(before.sets) ^ set(after.sets) == {"region:450000:450300", "region:450000:450200"}


# interrupted, at once, full


LOAD = """
import sys
from pathlib import Path
from catalog_service.operations import load as loading
from catalog_service.operations.intake import Intake
from tests.catalogues import make_catalogue
loading.CHUNK = 5
catalogue = make_catalogue(Path(sys.argv[1]), search__engine="embedded")
path = Path(sys.argv[2])
print("ready")
sys.stdin.readline()
result = loading.load(catalogue, [loading.Source(path.name, path)], actor="t", publishing=True,
                      progress=lambda what, count: what == "stored" and print("stored", count))
print(result.counts)
catalogue.close()
"""

COMMAND = """
import sys
from catalog_service.operations import load as loading
from catalog_service.operations.intake import Intake
from catalog_service.cli import kebao
loading.CHUNK = 5
whole = Intake.take
def take(self, candidates):
    taken = whole(self, candidates)
    print("stored", flush=True)
    return taken
Intake.take = take
kebao(["--home", sys.argv[1], "load", sys.argv[2], "--publish"])
"""


def many(path: Path, products: int = 60) -> Path:
    """Write a file of two agencies and products, half of them without identifier, in an order of no order."""
    records = [product(n) if n % 2 else nameless(n) for n in range(products)]
    path.write_text(json.dumps([*records, agency(), agency(2)]), encoding="utf-8")
    return path


def undisturbed(tmp_path: Path, file: Path) -> list[tuple[str, str, bool]]:
    other = make_catalogue(tmp_path / "undisturbed")
    load(other, [Source(file.name, file)], actor="t", publishing=True, index=False)
    expected = state(other)
    other.close()
    return expected


@pytest.mark.parametrize("chunks", [1, 4])
def test_killed_in_mid_load_the_same_load_again_gives_the_same(tmp_path: Path, chunks: int) -> None:
    file = many(tmp_path / "records.json")
    child = run_python(LOAD, tmp_path / "home", str(file), stdin=subprocess.PIPE)
    assert child.stdin
    assert child.stdout
    child.stdin.write("go\n")
    child.stdin.flush()
    for _ in range(1 + chunks):
        assert child.stdout.readline(), child.communicate()
    child.send_signal(signal.SIGKILL)
    child.communicate()

    catalogue = make_catalogue(tmp_path / "home", search__engine="embedded")
    kept = len(state(catalogue))
    assert kept >= 2 + 5 * (chunks - 1)
    assert list((tmp_path / "home" / "spool").iterdir()) == []
    load(catalogue, [Source(file.name, file)], actor="t", publishing=True)

    assert state(catalogue) == undisturbed(tmp_path, file)
    assert compare(catalogue) == CLEAN
    assert catalogue.store.last_seq() == len(state(catalogue))
    catalogue.close()


def test_two_loads_at_once_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    file = many(tmp_path / "records.json")
    make_catalogue(tmp_path / "home").store.close()
    children = [run_python(LOAD, tmp_path / "home", str(file), stdin=subprocess.PIPE) for _ in range(2)]
    for child in children:
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin
        child.stdin.write("go\n")
        child.stdin.flush()
    for child in children:
        out, err = child.communicate(timeout=120)
        assert (child.returncode, err) == (0, "")
        assert "'refused': 0" in out

    catalogue = make_catalogue(tmp_path / "home", search__engine="embedded")
    assert state(catalogue) == undisturbed(tmp_path, file)
    catalogue.index.bring_to(catalogue.store.last_seq())
    assert compare(catalogue) == CLEAN
    catalogue.close()


def test_ctrl_c_in_mid_load_ends_with_130_and_whole_records(tmp_path: Path) -> None:
    file = many(tmp_path / "records.json", 200)
    child = run_python(COMMAND, tmp_path / "home", str(file))
    assert child.stdout
    assert child.stdout.readline() == "stored\n"
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)

    assert child.returncode == 130
    assert "Traceback" not in err
    assert "Stopped." in err
    catalogue = make_catalogue(tmp_path / "home", catalogue__iri_base="https://kebao.example")
    done = state(catalogue)
    assert 2 <= len(done) < 202
    assert all(live for _, _, live in done)
    load(catalogue, [Source(file.name, file)], actor="t", publishing=True)
    assert state(catalogue) == undisturbed(tmp_path, file)
    catalogue.close()


FULL = """
import resource, sys
limit = int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
"""


@pytest.mark.parametrize("kilobytes", [120, 700])
def test_a_full_disk_in_mid_load_is_told_and_what_was_stored_stays(tmp_path: Path, kilobytes: int) -> None:
    make_catalogue(tmp_path / "home").store.close()
    file = many(tmp_path / "records.json", 200)
    child = run_python(FULL + COMMAND, tmp_path / "home", str(file), str(kilobytes * 1024))
    out, err = child.communicate(timeout=120)

    assert child.returncode == 3, err
    assert "Traceback" not in err
    assert err.strip()
    catalogue = make_catalogue(tmp_path / "home")
    assert len(state(catalogue)) >= max(0, 5 * (out.count("stored") - 2))
    load(catalogue, [Source(file.name, file)], actor="t", publishing=True)
    assert state(catalogue) == undisturbed(tmp_path, file)
    catalogue.close()
