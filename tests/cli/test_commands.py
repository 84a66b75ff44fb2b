"""Every command: its help, its exit code, and what it says when it cannot, in both languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from catalog_service.cli import COMMANDS
from tests.cli.running import CHINESE, LANGUAGES, run, said, told

if TYPE_CHECKING:
    from pathlib import Path


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


# keys and lists


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
    assert "load" in said(run(home, "lood"), 2)
    assert "--publish" in said(run(home, "load", "--publsh", "x"), 2)


@LANGUAGES
def test_a_wrong_setting_is_named(tmp_path: Path, lang: str) -> None:
    (tmp_path / "kebao.toml").write_text('[search]\nengin = "memory"\n')

    assert "search.engine" in said(run(tmp_path, "list", lang=lang), 2)


@LANGUAGES
def test_a_home_that_cannot_be_written_ends_with_3(tmp_path: Path, lang: str) -> None:
    (tmp_path / "kebao.toml").write_text('[store]\nurl = "sqlite:////proc/nowhere/catalogue.sqlite"\n')

    text = said(run(tmp_path, "list", lang=lang), 3)
    assert bool(CHINESE.search(text)) == (lang == "zh")


def test_a_file_that_cannot_be_written_is_said(home: Path, tmp_path: Path) -> None:
    text = said(run(home, "export", "-o", str(tmp_path / "nowhere" / "x.ttl")), 3)

    assert "nowhere" in text
