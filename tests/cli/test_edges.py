"""Odd outputs, odd inputs and homes that are not there: a sentence and an exit code, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import run, said
from tests.operations.stories import ROOT, agency

if TYPE_CHECKING:
    from pathlib import Path


def test_an_export_goes_through_a_link_and_into_a_device(home: Path, tmp_path: Path) -> None:
    real, link = tmp_path / "real.ttl", tmp_path / "link.ttl"
    link.symlink_to(real)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()

    said(run(home, "export", "-o", str(link)))
    said(run(home, "export", "-o", str(pipe)))
    said(run(home, "export", "-o", "/dev/null"))
    reader.join(10)

    assert link.is_symlink()
    assert b"sts:ServiceAgency" in real.read_bytes()
    assert read == [real.read_bytes()]
    assert os.path.exists("/dev/null")
    assert not os.path.isfile("/dev/null")


@pytest.mark.parametrize(
    "words",
    [["list", "--limit"], ["list", "--batch"], ["show", "TEST-0001", "--version"], ["search", "x", "--limit"]],
)
def test_a_number_that_is_too_large_is_refused(home: Path, words: list[str]) -> None:
    assert "1000000000" in said(run(home, *words, str(2**70)), 2)
    assert run(home, *words, "999999999").exit_code in (0, 1, 2)


def test_a_record_is_shown_as_a_workbook(home: Path) -> None:
    result = run(home, "show", "TEST-0001", "--format", "xlsx")

    assert result.exit_code == 0
    assert result.stdout_bytes.startswith(b"PK")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize("words", [["export"], ["list"], ["list", "--json"], ["kinds"]])
def test_an_output_without_room_is_said_in_one_sentence(home: Path, words: list[str]) -> None:
    command = [sys.executable, "-m", "catalog_service", "--home", str(home), "--lang", "en", *words]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert done.returncode == 3
    assert done.stderr.splitlines() == ["The result cannot be written: No space left on device."]


def test_who_reads_only_the_beginning_gets_no_traceback(home: Path) -> None:
    command = f"{sys.executable} -m catalog_service --home {home} --lang en export | head -c 1"
    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)

    assert "Traceback" not in done.stderr


def test_a_folder_is_said_to_be_one_and_a_pipe_is_read(tmp_path: Path) -> None:
    own = tmp_path / "home"
    assert "is a folder" in said(run(own, "validate", str(tmp_path)), 2)
    assert "no file" in said(run(own, "validate", str(tmp_path / "nothing.json")), 2)
    pipe = tmp_path / "records"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text(json.dumps([agency()]), encoding="utf-8"))
    writer.start()

    text = said(run(own, "load", "--publish", str(pipe)))
    writer.join(10)

    assert "1 new" in text


@pytest.mark.parametrize("words", [["validate"], ["load"], ["load", "--json"]])
@pytest.mark.parametrize(
    ("name", "content"), [("empty.json", "[]"), ("stray.ttl", "<urn:x:a> <urn:x:p> <urn:x:b> .\n")]
)
def test_a_file_without_any_record_is_a_finding(tmp_path: Path, words: list[str], name: str, content: str) -> None:
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")

    assert f"Nothing in {name} can be read" in said(run(tmp_path / "home", *words, str(file)), 1)


def test_a_report_that_cannot_be_written_keeps_the_load_from_beginning(tmp_path: Path) -> None:
    file, report = tmp_path / "records.json", tmp_path / "nowhere" / "report.json"
    file.write_text(json.dumps([agency()]), encoding="utf-8")
    own = tmp_path / "home"
    own.mkdir()

    assert "report.json" in said(run(own, "load", str(file), "--report", str(report)), 3)

    assert "no such records" in said(run(own, "list"))
    said(run(own, "load", str(file), "--report", str(tmp_path / "report.json")))
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) is not None


@pytest.mark.parametrize(
    "words",
    [["list"], ["search", "x"], ["show", "X-0001"], ["history", "X-0001"], ["export"], ["publish", "X-0001"],
     ["withdraw", "X-0001", "--reason", "x"], ["index", "status"]],
)  # fmt: skip
def test_a_home_that_is_not_there_is_said_and_not_made(tmp_path: Path, words: list[str]) -> None:
    own = tmp_path / "nowhere"

    assert str(own) in said(run(own, *words), 2)
    assert not own.exists()
