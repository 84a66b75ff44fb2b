from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Analyser
from indexer.grammar import parse
from indexer.highlight import mark, passage
from indexer.schema import TextField

ANALYSER = Analyser()


def marked(text: str, query: str) -> str:
    words = parse(query, (TextField("title"),), ANALYSER).words
    out, last = "", 0
    for start, end in mark(text, words):
        out += f"{text[last:start]}[{text[start:end]}]"
        last = end
    return out + text[last:]


def test_variants_are_marked_in_the_text_as_written() -> None:
    assert marked("ＰＣＴ國際專利", "国际 pct") == "[ＰＣＴ國際]專利"


def test_places_are_right_behind_characters_that_fold_to_several_or_none() -> None:
    assert marked("30㎡专\u200b利厂房", "专利") == "30㎡[专\u200b利]厂房"
    assert marked("caf\u0065\u0301专利", "café") == "[caf\u0065\u0301]专利"


def test_a_latin_word_is_marked_whole_and_in_all_its_forms() -> None:
    assert marked("Services and service; servicing", "services") == "[Services] and [service]; servicing"
    assert marked("AI and MAIL", "ai") == "[AI] and MAIL"


def test_a_part_of_a_latin_word_is_marked_in_a_chinese_title_only() -> None:
    assert marked("Python数据分析", "thon数据") == "Py[thon数据]分析"
    assert marked("Python data", "thon") == "Python data"


def test_a_quoted_phrase_is_marked_only_where_it_stands() -> None:
    assert marked("专利的检索，专利、检索", '"专利 检索"') == "专利的检索，[专利、检索]"


def test_a_word_that_stands_nowhere_whole_is_marked_by_its_parts() -> None:
    assert marked("检索各国专利", "专利检索") == "[检索]各国[专利]"


def test_what_is_excluded_is_not_marked() -> None:
    assert marked("专利培训", "专利 -培训") == "[专利]培训"


def test_a_passage_shows_where_the_words_are() -> None:
    text = "前言很长。" * 40 + "这里讲专利检索。" + "后面也很长。" * 40

    shown = passage(text, ANALYSER.query("专利检索"), 40)

    assert len(shown.text) == 40
    assert [shown.text[start:end] for start, end in shown.marks] == ["专利检索"]
    assert shown.text.startswith("这里讲")
    assert (shown.before, shown.behind) == (True, True)


def test_a_passage_without_marks_is_the_beginning() -> None:
    shown = passage("甲" * 50, ANALYSER.query("乙"), 20)

    assert (shown.text, shown.marks, shown.before, shown.behind) == ("甲" * 20, (), False, True)


@given(st.text(alphabet="专利檢索ａB㎡½\u200be\u0301 ，", max_size=30), st.text(alphabet="专利检索ab", max_size=4))
def test_marks_are_in_order_apart_and_within_the_text(text: str, query: str) -> None:
    marks = mark(text, ANALYSER.query(query))

    places = [place for span in marks for place in span]
    assert places == sorted(places)
    assert len(set(places)) == len(places)
    assert all(0 <= place <= len(text) for place in places)
