"""Long work on the command line: going on after a kill, reading in a sandbox, checking what is published."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from catalog_service.cli import kebao
from catalog_service.cli.progress import _Counts
from catalog_service.resources import folder
from tests.operations.stories import ROOT, agency, product

if TYPE_CHECKING:
    from pathlib import Path

CHINESE = re.compile("[\u4e00-\u9fff]")
KILLED = """
import os, signal, sys
from catalog_service.operations import load
from catalog_service.__main__ import main

real = load._Load.save_step

def save_step(self, kind="", last=0):
    real(self, kind, last)
    if kind == "service-product":
        os.kill(os.getpid(), signal.SIGKILL)

load._Load.save_step = save_step
sys.argv = ["kebao", *sys.argv[1:]]
main()
"""


def run(home: Path, *words: str, lang: str = "en") -> Result:
    result = CliRunner().invoke(kebao, ["--home", str(home), "--lang", lang, *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "records.json"
    path.write_text(json.dumps([agency(), *(product(n) for n in range(300))]), encoding="utf-8")
    return path


def kill_load(home: Path, path: Path) -> None:
    command = [sys.executable, "-c", KILLED, "--home", str(home), "load", "--publish", str(path)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_load_goes_on_after_a_kill(tmp_path: Path, records: Path, lang: str) -> None:
    home = tmp_path / "home"
    kill_load(home, records)

    result = run(home, "load", "--publish", "--resume", str(records), lang=lang)

    assert result.exit_code == 0
    assert "251" in result.stderr
    assert bool(CHINESE.search(result.stderr)) is (lang == "zh")
    assert "301" in result.stdout
    assert run(home, "list", "--json").stdout.count("TEST-") >= 50
    assert not list((home / "spool").iterdir())


def test_without_resume_it_tells_of_the_one_broken_off(tmp_path: Path, records: Path) -> None:
    home = tmp_path / "home"
    kill_load(home, records)

    result = run(home, "load", "--publish", str(records))

    assert "251 of 301" in result.stderr
    assert "--resume" in result.stderr
    assert result.exit_code == 0


def test_resume_with_nothing_to_go_on_with_says_so(tmp_path: Path, records: Path) -> None:
    result = run(tmp_path / "home", "load", "--resume", str(records))

    assert "from the beginning" in result.stderr
    assert "301 new" in result.stdout


def test_files_can_be_read_in_a_sandbox(tmp_path: Path, records: Path) -> None:
    result = run(tmp_path / "home", "load", "--sandbox", "--publish", str(records))

    assert "301 new" in result.stdout
    assert result.exit_code == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("form", ["text", "json", "turtle"])
def test_what_is_published_is_checked_against_a_coming_release(
    tmp_path: Path, records: Path, form: str, lang: str
) -> None:
    home, release = tmp_path / "home", tmp_path / "release"
    run(home, "load", "--publish", str(records))
    shutil.copytree(folder("shapes"), release)
    path = release / "service-product.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("sh:path dct:title ;", "sh:path dct:title ; sh:pattern '[02468] 号$' ;", 1), encoding="utf-8"
    )

    good = run(home, "validate", "--stored", lang=lang)
    bad = run(home, "validate", "--stored", "--shapes", str(release), "--format", form, lang=lang)

    assert good.exit_code == 0, good.output
    assert bad.exit_code == 1
    if form == "json":
        assert len({each["record"] for each in json.loads(bad.stdout)["findings"]}) == 150
    else:
        assert bad.stdout.count("TEST-" if form == "text" else "sh:resultSeverity sh:Violation") == 150
    if form == "text":
        assert ("不合规范" if lang == "zh" else "150 records fail.") in bad.stdout


@pytest.mark.parametrize("words", [[], ["--stored", "x.json"], ["--shapes", "."]])
def test_what_is_to_be_checked_has_to_be_said(tmp_path: Path, words: list[str]) -> None:
    result = run(tmp_path / "home", "validate", *words)

    assert result.exit_code == 2
    assert "--stored" in result.stderr


class _Bar:
    """What a progress bar was told last, by line."""

    def __init__(self) -> None:
        self.lines: dict[str, dict[str, object]] = {}
        self.names: list[str] = []

    @property
    def tasks(self) -> list[_Bar]:
        return [self] * len(self.names)

    speed = 100.0

    def add_task(self, name: str, **_: object) -> int:
        self.names.append(name)
        return len(self.names) - 1

    def update(self, task: int, **values: object) -> None:
        self.lines[self.names[task]] = values


def test_progress_tells_records_refused_rate_and_how_many_there_will_be(tmp_path: Path) -> None:
    from catalog_service.cli.base import Session

    bar = _Bar()
    counts = _Counts(Session(tmp_path, "en"), bar, 10_000)
    for stage, count in (("read", 50), ("bytes", 2_500), ("refused", 2), ("stored", 10)):
        counts.add(stage, count)
    counts.show()

    assert bar.lines["read"] == {"completed": 50, "total": 200, "rate": "100/s", "refused": "2 refused"}
    assert bar.lines["stored"]["total"] == 50
