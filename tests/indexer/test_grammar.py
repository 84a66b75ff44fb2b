from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Analyser
from indexer.engines import open_engine
from indexer.errors import QueryTooLong
from indexer.grammar import Group, drop_words, parse, relaxed
from indexer.query import All, And, Search
from indexer.schema import Document, IndexSchema, TextField

ANALYSER = Analyser(["柳州", "专利", "检索"])
FIELDS = (TextField("title", 3.0, pinyin=True), TextField("text"))
SCHEMA = IndexSchema(FIELDS, (), ())

TITLES = {
    "a": "PCT国际专利检索与分析（2024年）",
    "b": "柳州汽车零部件检验检测",
    "c": "Patent search services",
    "d": "5G物联网平台：基于Python的数据分析",
    "e": "知識產權「專利」或商標代理",
}


def found(text: str, titles: dict[str, str] = TITLES) -> set[str]:
    engine = open_engine("memory", SCHEMA, ANALYSER)
    engine.write([Document(id_, "k", 1, {"title": title, "text": ""}) for id_, title in titles.items()], 1)
    return {hit.id for hit in engine.search(Search(parse(text, FIELDS, ANALYSER).clause)).hits}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("专利", "ae"),
        ("專利", "ae"),
        ("ＰＣＴ", "a"),
        ("专利检索 pct", "a"),
        ("检验 专利", ""),
        ("检验 OR 专利", "abe"),
        ("检验 或 检索", "ab"),
        ("专利 -商标", "a"),
        ("专利 NOT 商标", "a"),
        ("-专利", "bcd"),
        ("service", "c"),
        ("SERVICES", "c"),
        ('"patent search"', "c"),
        ('"search patent"', ""),
        ("“国际专利”", "a"),
        ("「分析2024」", "a"),
        ('-"patent search" 检测', "b"),
        ("zhuanli jiansuo", "a"),
        ("zhuanlijiansuo", "a"),
        ("zljs", "a"),
        ("利检", "a"),
        ("柳", "b"),
        ("检利", ""),
        ('"专利', "ae"),
        ("专利”", "ae"),
        ("OR", ""),
        ("专利 OR", ""),
        ("NOT", ""),
        ("", "abcde"),
        ("，，", "abcde"),
    ],
)
def test_a_query_finds(text: str, ids: str) -> None:
    assert found(text) == set(ids)


@given(st.data())
def test_every_part_of_a_chinese_title_finds_it(data: st.DataObject) -> None:
    title = data.draw(st.text(alphabet="专利檢索检测國际与之网ＰCt5g年 ，、（）：·", min_size=1, max_size=24)) + "务"
    start = data.draw(st.integers(0, len(title) - 1))
    end = data.draw(st.integers(start + 1, len(title)))

    assert found(title[start:end], {"x": title}) == {"x"}


@pytest.mark.parametrize("title", [TITLES["a"], TITLES["d"], "C语言与A/B测试3.5版"])
def test_every_part_of_a_title_of_mixed_scripts_finds_it(title: str) -> None:
    parts = {title[start:end] for start in range(len(title)) for end in range(start + 1, len(title) + 1)}
    engine = open_engine("memory", SCHEMA, ANALYSER)
    engine.write([Document("x", "k", 1, {"title": title})], 1)

    lost = [part for part in parts if not engine.search(Search(parse(part, FIELDS, ANALYSER).clause)).total]

    assert lost == []


@given(st.text(max_size=200) | st.text(alphabet='专 "“”「」-OR或NOT', max_size=60))
def test_no_text_is_an_error_but_a_long_one(text: str) -> None:
    with suppress(QueryTooLong):
        parse(text, FIELDS, ANALYSER)


def test_a_text_of_a_hundred_thousand_characters_is_refused_unread() -> None:
    with pytest.raises(QueryTooLong) as caught:
        parse("专" * 100_000, FIELDS, ANALYSER)

    assert (caught.value.what, caught.value.limit) == ("characters", 512)


def test_too_many_words_are_refused() -> None:
    parse("专利 " * 20, FIELDS, ANALYSER)
    with pytest.raises(QueryTooLong):
        parse("专利 " * 21, FIELDS, ANALYSER)


def test_an_empty_query_is_everything() -> None:
    assert parse(" ", FIELDS, ANALYSER).clause in (All(), And(()))


def test_words_to_highlight_leave_out_what_is_excluded() -> None:
    parsed = parse("专利 OR 商标 -培训", FIELDS, ANALYSER)

    assert [word.text for word in parsed.words] == ["专利", "商标"]
    assert [group.excluded for group in parsed.groups] == [False, True]


def test_one_word_suffices_when_not_all_are_asked_for() -> None:
    engine = open_engine("memory", SCHEMA, ANALYSER)
    engine.write([Document(id_, "k", 1, {"title": title}) for id_, title in TITLES.items()], 1)

    hits = engine.search(Search(parse("检验 检索", FIELDS, ANALYSER, all_words=False).clause)).hits

    assert {hit.id for hit in hits} == {"a", "b"}


def test_a_title_that_has_the_word_comes_before_a_text_that_has_it() -> None:
    engine = open_engine("memory", SCHEMA, ANALYSER)
    engine.write(
        [
            Document("x", "k", 1, {"title": "检测", "text": "专利检索"}),
            Document("y", "k", 2, {"title": "专利检索", "text": "检测"}),
        ],
        2,
    )

    hits = engine.search(Search(parse("专利检索", FIELDS, ANALYSER).clause)).hits

    assert [hit.id for hit in hits] == ["y", "x"]


def test_what_finds_nothing_is_first_taken_apart_then_does_without_words() -> None:
    parsed = parse("柳州专利检索 -培训", FIELDS, ANALYSER)

    steps = [([word.text for word in weaker.words], dropped) for weaker, dropped in relaxed(parsed, FIELDS, ANALYSER)]

    assert steps[0] == (["柳州", "专利", "检索"], ())
    assert steps[1] == (["柳州", "专利"], ("检索",))
    assert steps[-1] == (["柳州"], ("专利", "检索"))


def test_a_weaker_query_still_excludes() -> None:
    parsed = parse("柳州专利 -培训", FIELDS, ANALYSER)

    assert all(
        Group((ANALYSER.word("培训"),), excluded=True) in weaker.groups
        for weaker, _ in relaxed(parsed, FIELDS, ANALYSER)
    )


def test_a_quoted_phrase_is_not_taken_apart() -> None:
    assert list(relaxed(parse("“柳州专利”", FIELDS, ANALYSER), FIELDS, ANALYSER)) == []


def test_short_and_late_words_are_done_without_first() -> None:
    assert drop_words(ANALYSER.query("知识产权 代理 费 平台")) == [2, 3, 1, 0]
