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
