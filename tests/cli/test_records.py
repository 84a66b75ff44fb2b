"""Commands for records: load, validate, search, publish, withdraw, list, export; what they do and how they end."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import CHINESE, LANGUAGES, run, said, told
from tests.operations.stories import agency, product

if TYPE_CHECKING:
    from pathlib import Path


@LANGUAGES
def test_load_counts_and_a_dry_run_stores_nothing(home: Path, spoiled: Path, lang: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    text = said(run(other, "load", "--dry-run", str(spoiled), lang=lang), 1)

    assert ("不会入库" in text or "没有" in text or "未" in text) if lang == "zh" else "Nothing was stored" in text
    assert told(other, "list") == []


def test_load_puts_good_records_in_lists_the_bad_and_ends_with_1(spoiled: Path, tmp_path: Path) -> None:
    home, report = tmp_path / "home", tmp_path / "report.json"

    text = said(run(home, "load", "--publish", "--report", str(report), str(spoiled)), 1)

    assert "2 new" in text
    assert "1 refused" in text
    assert "9999" in text
    assert any(row["severity"] == "error" and row["record"] == "TEST-0012" for row in json.loads(report.read_text()))
    again = run(home, "load", "--publish", "--json", str(spoiled))
    assert again.exit_code == 1
    result = json.loads(again.output)
    assert (result["counts"]["unchanged"], result["counts"]["refused"], result["counts"]["created"]) == (2, 1, 0)
    assert {each["status"] for each in result["records"]} == {"unchanged", "refused"}


@LANGUAGES
@pytest.mark.parametrize("form", ["text", "json", "turtle"])
def test_validate_says_what_is_wrong_and_stores_nothing(home: Path, spoiled: Path, form: str, lang: str) -> None:
    before = told(home, "list")
    text = said(run(home, "validate", "--format", form, str(spoiled), lang=lang), 1)

    assert "9999" in text
    if form == "json":
        report = json.loads(text)
        assert (report["conforms"], report["records"]) == (False, 3)
        assert any(CHINESE.search(finding["message"]) for finding in report["findings"]) == (lang == "zh")
    if form == "turtle":
        from pyoxigraph import RdfFormat, parse

        assert len(list(parse(text, RdfFormat.TURTLE))) > 3
    assert told(home, "list") == before


def test_validate_ends_with_0_for_good_records(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "good.json"
    path.write_text(json.dumps(product(1)), encoding="utf-8")

    assert "all good" in said(run(home, "validate", str(path)))


def test_what_is_found_in_the_terminal_is_what_the_page_finds(home: Path) -> None:
    page = told(home, "search", "专利检索", "--filter", "category=05", "--sort", "price")

    assert [hit["id"] for hit in page["hits"]] == ["TEST-0001", "TEST-0002", "TEST-0003"]
    assert page["total"] == 3
    assert page["facets"]["category"][0]["value"] == "05"
    assert "TEST-0002" in said(run(home, "search", "第 2 号"))
    assert "0 records" in said(run(home, "search", "量子纠缠"))
    assert "专利检索" in said(run(home, "search", "专力检所"))


def test_a_record_is_published_shown_and_withdrawn(home: Path, tmp_path: Path) -> None:
    own = tmp_path / "home"
    own.mkdir()
    with (
        contextlib.closing(sqlite3.connect(home / "catalogue.sqlite")) as source,
        contextlib.closing(sqlite3.connect(own / "catalogue.sqlite")) as target,
    ):
        source.backup(target)

    assert "published" in said(run(own, "publish", "test-0009"))
    assert told(own, "search", "第 9 号")["hits"][0]["id"] == "TEST-0009"
    assert "TEST-0009" in said(run(own, "show", "TEST-0009"))
    json.loads(said(run(own, "show", "TEST-0009", "--format", "json")))
    said(run(own, "withdraw", "TEST-0009"), 2)
    assert "1 record" in said(run(own, "withdraw", "TEST-0009", "--reason", "given up"))
    assert "withdrawn already" in said(run(own, "withdraw", "TEST-0009", "--reason", "again"), 1)
    assert "TEST-0009" not in {hit["id"] for hit in told(own, "search", "第 9 号")["hits"]}

    past = told(own, "history", "TEST-0009")
    assert [each["op"] for each in past["changes"]] == ["create", "withdraw"]
    assert "given up" in said(run(own, "history", "TEST-0009"))


def test_withdrawing_what_others_depend_on_needs_cascade(home: Path) -> None:
    text = said(run(home, "withdraw", agency()["uscc"], "--reason", "closed"), 1)

    assert "--cascade" in text


def test_records_are_listed_by_what_they_are(home: Path) -> None:
    assert len(told(home, "list")) == 5
    assert [row["identifier"] for row in told(home, "list", "--state", "draft")] == ["TEST-0009"]
    assert len(told(home, "list", "--kind", "service-product", "--limit", "2")) == 2
    assert len(told(home, "list", "--agency", agency()["uscc"])) == 4
    assert len(told(home, "list", "--batch", "1")) == 4
    assert "no such records" in said(run(home, "list", "--batch", "77"))


@pytest.mark.parametrize("form", ["turtle", "nquads", "jsonld", "rdfxml", "csv", "xlsx", "json"])
def test_everything_published_is_exported_in_every_form(home: Path, tmp_path: Path, form: str) -> None:
    path = tmp_path / "export"
    kind = ["--kind", "service-product"] if form in ("csv", "xlsx") else []

    said(run(home, "export", "--format", form, *kind, "-o", str(path)))

    body = path.read_bytes()
    assert len(body) > 500
    assert b"TEST-0009" not in body
    assert form == "xlsx" or b"TEST-0003" in body
    assert list(tmp_path.iterdir()) == [path]


@LANGUAGES
def test_a_template_is_made_and_not_written_over(tmp_path: Path, lang: str) -> None:
    path = tmp_path / "t.xlsx"

    said(run(tmp_path / "home", "template", "service-product", "-o", str(path), lang=lang))
    assert "--force" in said(run(tmp_path / "home", "template", "service-product", "-o", str(path), lang=lang), 1)
    said(run(tmp_path / "home", "template", "service-product", "-o", str(path), "--force", lang=lang))
    assert "1 place to mend" in said(run(tmp_path / "home", "validate", str(path)), 1)  # that nothing is in it yet
