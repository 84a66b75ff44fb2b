"""A hit shows where its words stand: in title or summary, else a passage of the text that has them."""

from __future__ import annotations

import pytest

from catalog_service.operations.passages import LENGTH, extract, found_in
from catalog_service.registry import profile
from indexer.analysis import Analyser

IRI = "https://catalogue.example/id/service-product/P-1"
KIND = profile().kinds["service-product"]


def form(**texts: str) -> bytes:
    names = {"description": "http://purl.org/dc/terms/description", "keyword": "http://www.w3.org/ns/dcat#keyword"}
    return "".join(f'<{IRI}> <{names[name]}> "{text}"@zh .\n' for name, text in sorted(texts.items())).encode()


def test_the_weightiest_text_that_has_the_words_is_shown() -> None:
    words = Analyser().query("激光熔覆")
    long = "采用激光熔覆方法修复轴类零件的磨损表面，厚度可控"
    both = found_in(KIND, form(description="从事激光熔覆。" * 5, keyword=long), IRI, words, "zh")
    one = found_in(KIND, form(description="承接" + "检测，" * 60 + "激光熔覆。", keyword="检测"), IRI, words, "zh")

    assert both is not None
    assert one is not None
    assert (both.field, both.text, both.marks) == ("keyword", long, ((2, 6),))
    assert (one.field, one.lang, len(one.marks)) == ("description", "zh", 1)
    assert [one.text[start:end] for start, end in one.marks] == ["激光熔覆"]
    assert one.text.startswith("…")
    assert len(one.text) <= LENGTH + 2


@pytest.mark.parametrize("text", ["激光熔覆", "雷射熔覆，鐳射", "ＰＣＴ 國際專利"])
def test_variants_of_characters_are_found_and_marked(text: str) -> None:
    found = found_in(
        KIND, form(description=text + "，承接各类委托，约定期限内出具书面报告"), IRI, Analyser().query("熔覆 pct"), "zh"
    )

    assert found is not None
    assert found.marks


def test_a_keyword_does_not_take_the_place_of_a_summary() -> None:
    assert found_in(KIND, form(description="检测", keyword="激光熔覆"), IRI, Analyser().query("激光"), "en") is None


def test_there_is_no_passage_where_no_text_has_a_word() -> None:
    assert found_in(KIND, form(description="检测"), IRI, Analyser().query("激光"), "zh") is None


def test_a_text_in_the_asked_language_goes_before_another() -> None:
    both = (
        form(description="PCT 专利申请的受理、翻译、提交与后续答复服务")
        + f'<{IRI}> <http://purl.org/dc/terms/description> "PCT patents, filed for you"@en .\n'.encode()
    )

    for lang in ("zh", "en"):
        found = found_in(KIND, both, IRI, Analyser().query("pct"), lang)
        assert found is not None
        assert found.lang == lang


def test_a_short_text_stays_whole_a_long_one_is_cut() -> None:
    assert extract("检测", "zh", ()).text == "检测"
    assert extract("检" * 200, "zh", ()).text == "检" * LENGTH + "…"
