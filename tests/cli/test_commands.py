"""Every command: what it does, in both languages, its exit code, and what it says when it cannot."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from catalog_service.cli import COMMANDS, kebao
from tests.operations.stories import ROOT, agency, product

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHINESE = re.compile("[\u4e00-\u9fff]")
LANGUAGES = pytest.mark.parametrize("lang", ["zh", "en"])


def run(home: Path, *words: str, lang: str = "en") -> Result:
    """Run a command in this process; no exception of ours or anybody's may come out."""
    result = CliRunner().invoke(kebao, ["--home", str(home), "--lang", lang, *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def said(result: Result, code: int = 0) -> str:
    assert result.exit_code == code, result.output
    return result.output


def told(home: Path, *words: str) -> Any:
    """Run a command that prints JSON and return it."""
    return json.loads(said(run(home, *words, "--json")))


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings come from the home alone."""
    for name in list(os.environ):
        if name.startswith("KEBAO_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue with an agency, three products and a draft."""
    folder = tmp_path_factory.mktemp("cli")
    records = [agency(), *(product(n) for n in range(1, 4))]
    (folder / "records.json").write_text(json.dumps(records), encoding="utf-8")
    (folder / "draft.json").write_text(json.dumps(product(9)), encoding="utf-8")
    home = folder / "home"
    assert "4 new" in said(run(home, "load", "--publish", str(folder / "records.json")))
    said(run(home, "load", str(folder / "draft.json")))
    return home


@pytest.fixture
def spoiled(tmp_path: Path) -> Path:
    """A file with a good record and one with a mistake."""
    records = [product(11), product(12, category=["9999"])]
    path = tmp_path / "spoiled.json"
    path.write_text(json.dumps([agency(), *records]), encoding="utf-8")
    return path


# help


@LANGUAGES
def test_help_lists_every_command_in_the_asked_language(tmp_path: Path, lang: str) -> None:
    text = said(run(tmp_path, "--help", lang=lang))

    assert all(name in text for name in COMMANDS)
    assert bool(CHINESE.search(text)) == (lang == "zh")


@LANGUAGES
@pytest.mark.parametrize("command", [*COMMANDS, "index rebuild", "index use", "token create", "vocabulary show"])
def test_every_command_explains_itself_and_its_options(tmp_path: Path, command: str, lang: str) -> None:
    text = said(run(tmp_path, *command.split(), "--help", lang=lang))
    own = [line for line in text.splitlines() if line.startswith("  ")]

    assert len(own) >= 2
    if lang == "zh":
        assert all(CHINESE.search(line) for line in own if re.match(r"  \S+.*\S  +\S", line)), text
    else:
        assert not CHINESE.search(text)


# records


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


# index, keys, lists


def test_the_index_tells_its_state_is_checked_and_made_anew(home: Path) -> None:
    state = told(home, "index", "status")

    assert (state["engine"], state["lag"], state["refused"]) == ("embedded", 0, {})
    assert "0 behind" in said(run(home, "index", "status"))
    assert "agree" in said(run(home, "index", "check"))
    assert told(home, "index", "check") == {"missing": [], "stale": [], "extra": []}
    assert str(state["last"]) in said(run(home, "index", "rebuild"))
    assert "agree" in said(run(home, "index", "check"))


def test_another_engine_is_used(home: Path) -> None:
    assert "memory" in said(run(home, "index", "use", "memory"))
    assert told(home, "search", "专利")["total"] == 3
    said(run(home, "index", "use", "embedded"))
    assert told(home, "index", "status")["engine"] == "embedded"


@LANGUAGES
def test_a_key_is_made_listed_and_revoked(tmp_path: Path, lang: str) -> None:
    made = run(tmp_path, "token", "create", "门户", "--days", "30", lang=lang)
    secret = made.stdout.strip() if hasattr(made, "stdout") else made.output.split()[-1]
    assert re.fullmatch(r"kb_\w+_\S+", secret.splitlines()[-1])
    listed = said(run(tmp_path, "token", "list", lang=lang))
    identifier = secret.splitlines()[-1].split("_")[1]

    assert identifier in listed
    assert "门户" in listed
    assert secret.splitlines()[-1] not in listed
    said(run(tmp_path, "token", "revoke", identifier, lang=lang))
    assert ("已" in said(run(tmp_path, "token", "list", lang="zh"))) is True
    said(run(tmp_path, "token", "create", "x", "--days", "0", lang=lang), 2)


@LANGUAGES
def test_kinds_and_lists_are_shown(tmp_path: Path, lang: str) -> None:
    assert {row[0] for row in told(tmp_path, "kinds")} >= {"service-product", "service-agency"}
    assert len(told(tmp_path, "kinds", "service-product")) >= 53
    assert "region" in {row[0] for row in told(tmp_path, "vocabulary", "list")}
    assert [row[0] for row in told(tmp_path, "vocabulary", "show", "region", "柳州")] == ["450200"]
    assert "450200" in said(run(tmp_path, "vocabulary", "show", "region", "柳州", lang=lang))


# what cannot be done


@LANGUAGES
@pytest.mark.parametrize(
    ("words", "near"),
    [
        (["search", "--kind", "service-produkt"], "service-product"),
        (["search", "--filter", "categroy=05"], "category"),
        (["search", "--sort", "pricy"], "price"),
        (["search", "--filter", "category"], "category"),
        (["list", "--kind", "agency"], "service-agency"),
        (["export", "--format", "turtel"], "turtle"),
        (["template", "service-produkt", "-o", "x.xlsx"], "service-product"),
        (["kinds", "service-produkt"], "service-product"),
        (["vocabulary", "show", "regoin"], "region"),
        (["index", "use", "elasticserch"], "elasticsearch"),
        (["load", "nowhere.xlsx"], "nowhere.xlsx"),
        (["validate", "nowhere.xlsx"], "nowhere.xlsx"),
        (["load", "--kind", "service-produkt", __file__], "service-product"),
    ],
)
def test_wrong_use_ends_with_2_and_names_what_was_meant(home: Path, words: list[str], near: str, lang: str) -> None:
    text = said(run(home, *words, lang=lang), 2)

    assert near in text
    assert bool(CHINESE.search(text)) == (lang == "zh")


@LANGUAGES
@pytest.mark.parametrize("words", [["show", "TEST-7777"], ["history", "TEST-7777"], ["publish", "TEST-7777"]])
def test_a_record_that_is_not_there_ends_with_1(home: Path, words: list[str], lang: str) -> None:
    assert "TEST-7777" in said(run(home, *words, lang=lang), 1)


def test_an_unknown_command_or_option_ends_with_2(home: Path) -> None:
    said(run(home, "lood"), 2)
    said(run(home, "load", "--publsh", "x"), 2)


@LANGUAGES
def test_a_wrong_setting_is_named(tmp_path: Path, lang: str) -> None:
    (tmp_path / "kebao.toml").write_text('[search]\nengin = "memory"\n')

    assert "search.engine" in said(run(tmp_path, "list", lang=lang), 2)


@LANGUAGES
def test_a_home_that_cannot_be_written_ends_with_3(tmp_path: Path, lang: str) -> None:
    (tmp_path / "kebao.toml").write_text('[store]\nurl = "sqlite:////proc/nowhere/catalogue.sqlite"\n')

    text = said(run(tmp_path, "list", lang=lang), 3)
    assert bool(CHINESE.search(text)) == (lang == "zh")


# the server, as a process of its own


class Server:
    """``kebao run`` on a port."""

    def __init__(self, home: Path, port: int, *more: str) -> None:
        command = [sys.executable, "-m", "catalog_service", "--home", str(home), "--lang", "en", "run", *more]
        self.process = subprocess.Popen(
            [*command, "--port", str(port)],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.address = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> Any:
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                    return json.load(answer)
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                threading.Event().wait(0.1)

    def end(self, how: signal.Signals) -> tuple[int, str, str]:
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path, port: int) -> Iterator[Server]:
    started = Server(tmp_path / "home", port, "--sample", "--workers", "2")
    yield started
    with contextlib.suppress(ProcessLookupError):
        os.killpg(started.process.pid, signal.SIGKILL)
    started.process.communicate()


def test_the_server_says_where_it_is_serves_the_samples_takes_loads_and_ends_with_0(
    server: Server, tmp_path: Path
) -> None:
    assert (
        server.get("/api/v1/search?q=专利检索".replace("专利检索", "%E4%B8%93%E5%88%A9%E6%A3%80%E7%B4%A2"))["total"]
        >= 3
    )
    path = tmp_path / "records.json"
    path.write_text(json.dumps([agency(), product(1)]), encoding="utf-8")

    loaded = run(tmp_path / "home", "load", "--publish", "--json", str(path))
    assert loaded.exit_code == 0
    seq = json.loads(loaded.output)["seq"]
    assert [server.get(f"/api/v1/search?provider={agency()['uscc']}&min_seq={seq}")["total"] for _ in range(6)] == [
        1
    ] * 6
    said(run(tmp_path / "home", "index", "rebuild"))

    code, out, err = server.end(signal.SIGTERM)
    assert (code, err) == (0, "")
    assert server.address in out
    assert "sample records loaded" in out


def test_a_port_in_use_is_told_in_a_sentence_and_ends_with_3(tmp_path: Path, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        second = Server(tmp_path / "home", port)
        out, err = second.process.communicate(timeout=60)

    assert second.process.returncode == 3
    assert str(port) in err
    assert "--port" in err
    assert "Traceback" not in out + err
    assert "is served" not in out


def test_a_file_that_cannot_be_written_is_said(home: Path, tmp_path: Path) -> None:
    text = said(run(home, "export", "-o", str(tmp_path / "nowhere" / "x.ttl")), 3)

    assert "nowhere" in text
