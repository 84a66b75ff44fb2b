from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog_service.config import SETTINGS, load_settings
from catalog_service.errors import InputError, UnknownName

if TYPE_CHECKING:
    from pathlib import Path


def test_environment_wins_over_the_file_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "kebao.toml").write_text('[search]\nengine = "memory"\nshards = 3\n', encoding="utf-8")

    settings = load_settings(tmp_path, environment={"KEBAO_SEARCH_ENGINE": "elasticsearch"})

    assert settings.text("search.engine") == "elasticsearch"
    assert settings.origins["search.engine"] == "KEBAO_SEARCH_ENGINE"
    assert (settings.number("search.shards"), settings.origins["search.shards"]) == (3, "kebao.toml")


def test_an_unknown_setting_proposes_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "kebao.toml").write_text('[search]\nengin = "memory"\n', encoding="utf-8")

    with pytest.raises(UnknownName) as caught:
        load_settings(tmp_path, environment={})

    assert caught.value.values["near"] == "search.engine"


def test_a_wrong_choice_and_a_word_for_a_number_are_errors(tmp_path: Path) -> None:
    for variable, value in (("KEBAO_SEARCH_ENGINE", "lucene"), ("KEBAO_SEARCH_SHARDS", "many")):
        with pytest.raises(InputError):
            load_settings(tmp_path, environment={variable: value})


def test_every_setting_is_explained_in_both_languages() -> None:
    assert [setting.name for setting in SETTINGS if not (setting.help["zh"] and setting.help["en"])] == []


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("public_url", ["javascript:alert(1)", "catalogue.example", "https://x.example/?a", "https://"]),
        ("search.url", ["localhost:9200"]),
        ("catalogue.iri_base", ["foo bar", "javascript:x", "", "https://x.example/#", "http://x.example/%zz"]),
        ("catalogue.license", ["CC BY 4.0"]),
        ("catalogue.id_prefix", ["a b/c", "", "kb", "K" * 33]),
        ("catalogue.domain", ["localhost", "http://x.example"]),
        ("catalogue.contact", ["nobody", "a b@x.example"]),
        ("search.shards", ["0", "-1"]),
        ("search.replicas", ["-1"]),
        ("sandbox.wall_seconds", ["0"]),
        ("limits.page_size", ["-1", "0"]),
    ],
)
def test_a_value_that_would_spoil_records_or_answers_is_refused_with_what_is_right(
    tmp_path: Path, name: str, values: list[str]
) -> None:
    variable = "KEBAO_" + name.upper().replace(".", "_")
    for value in values:
        with pytest.raises(InputError) as caught:
            load_settings(tmp_path, environment={variable: value})
        assert name in str(caught.value)
        assert value in str(caught.value)
        assert caught.value.advice or "from" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("public_url", ""),
        ("public_url", "http://[::1]:8722"),
        ("catalogue.iri_base", "https://目录.example/科宝/"),
        ("catalogue.id_prefix", "GX"),
        ("search.replicas", "0"),
    ],
)
def test_what_is_right_is_taken(tmp_path: Path, name: str, value: str) -> None:
    variable = "KEBAO_" + name.upper().replace(".", "_")

    assert load_settings(tmp_path, environment={variable: value}).text(name) == value


def test_every_default_is_a_value_that_may_be_written(tmp_path: Path) -> None:
    environment = {each.variable: str(each.default) for each in SETTINGS}

    assert load_settings(tmp_path, environment=environment).values == {each.name: each.default for each in SETTINGS}


def test_a_file_that_begins_with_a_mark_of_its_encoding_is_read(tmp_path: Path) -> None:
    (tmp_path / "kebao.toml").write_text('[search]\nengine = "memory"\n', encoding="utf-8-sig")

    assert load_settings(tmp_path, environment={}).text("search.engine") == "memory"
