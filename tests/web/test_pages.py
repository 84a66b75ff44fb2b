"""What the pages say and where they lead, without a browser."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

PAGES = [
    "/", "/?q=专利检索", "/?q=材料&category=03", "/?kind=service-agency", "/?q=不存在的东西嗡嗡", "/?q=专利&price=-1",
    "/records/KB-0000011", "/records/KB-0000013", "/records/KB-0000001", "/records/KB-0000011/versions",
    "/records/KB-0000011/versions/1", "/vocabularies", "/vocabularies/service-category", "/vocabularies/region",
    "/vocabularies/service-category/0504", "/vocabularies/region/450200", "/profile", "/profile/service-product",
    "/profile/service-agency", "/about", "/about/api", "/about/accessibility", "/about/data", "/docs",
]  # fmt: skip
MISSING = ["/records/KB-9999999", "/nothing", "/records/KB-0000124", "/vocabularies/nolist", "/vocabularies/region/999"]


class _Page(HTMLParser):
    """Collects links, forms, ids and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.fields: list[str] = []
        self.text = ""
        self.title = ""
        self._in: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._in.append(tag)
        if tag in {"a", "link"} and "href" in values:
            self.links.append(values["href"])
        if tag in {"script", "img"} and "src" in values:
            self.links.append(values["src"])
        if "id" in values:
            self.ids.append(values["id"])

    def handle_data(self, data: str) -> None:
        if self._in and self._in[-1] == "title" and not self.title:
            self.title = data
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag in self._in:
            while self._in and self._in.pop() != tag:
                pass


def _text(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", _Page(answer.text).text)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_in_both_languages(client: FlaskClient, path: str, lang: str) -> None:
    answer = client.get(path, headers={"Accept-Language": lang, "Accept": "text/html"})

    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    assert f'<html lang="{"zh-Hans" if lang == "zh" else "en"}"' in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", [*PAGES, *MISSING])
def test_no_link_of_a_page_is_dead_and_none_leaves_for_assets(client: FlaskClient, path: str) -> None:
    page = _Page(client.get(path, headers={"Accept": "text/html"}).text)

    inner = {link.partition("#")[0] for link in page.links if link.startswith("/")}
    others = {link for link in inner if link and not link.startswith(path)} if path in MISSING else inner - {""}
    bad = [link for link in sorted(others) if client.get(link, headers={"Accept": "*/*"}).status_code >= 400]

    assert bad == []
    assert {link for link in page.links if link.startswith("#")} <= {f"#{name}" for name in page.ids}
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_its_weight(client: FlaskClient, path: str) -> None:
    if path == "/docs" or path.startswith("/profile/"):
        pytest.skip("a whole list, or the whole specification, is as long as it is")

    assert len(client.get(path).data) <= 26_000


def test_home_shows_the_counts_of_the_catalogue_and_the_nine_classes(client: FlaskClient) -> None:
    text = _text(client.get("/"))

    assert "27 项服务产品" in text
    assert "2 家服务机构" in text
    assert "知识产权服务" in text
    assert "材料检测" in text


def test_results_mark_the_words_and_say_the_facts(client: FlaskClient) -> None:
    html = client.get("/?q=专利检索").text

    assert "<mark>专利检索</mark>" in html
    assert "2,800 元" in html
    assert "5–10 个工作日" in html


def test_a_row_says_where_the_agency_is(client: FlaskClient) -> None:
    chinese, english = (_text(client.get(f"/?q=专利检索&lang={lang}")) for lang in ("zh", "en"))

    assert "漓江知识产权（样例）桂林市七星区" in chinese
    assert "Qixing District, Guilin" in english


def test_the_rows_on_an_agencys_page_do_not_name_it_again(client: FlaskClient) -> None:
    html = client.get("/records/KB-0000001").text

    assert 'href="/records/KB-0000001"' not in html[html.index("list-plain") :]


def test_text_of_records_is_escaped(client: FlaskClient) -> None:
    for path in ("/?q=科普讲座", "/records/KB-0000013", "/"):
        html = client.get(path).text
        assert "<b>&" not in html
        assert "&lt;b&gt;" in html


def test_an_expired_offer_is_called_so(client: FlaskClient) -> None:
    assert "已过期" in _text(client.get("/records/KB-0000013"))


def test_chosen_conditions_stand_as_chips_and_one_press_takes_one_away(client: FlaskClient) -> None:
    html = client.get("/?q=检测&category=03&areaServed=450200").text
    assert html.count('class="chip"') == 2

    answer = client.get("/?q=检测&category=03&areaServed=450200&remove=category:03")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/?q=%E6%A3%80%E6%B5%8B&areaServed=450200")


def test_the_form_becomes_a_short_address(client: FlaskClient) -> None:
    answer = client.get("/?q=检测&price.min=&price.max=5000&price=negotiable&category=03")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/?q=%E6%A3%80%E6%B5%8B&price=negotiable&price=-5000&category=03"


def test_a_facet_of_many_values_is_shown_whole_when_asked() -> None:
    from catalog_service.operations.facets import FacetValue, FacetView
    from catalog_service.web.pages.search import SEARCHABLE, SHOWN, _Facet

    values = tuple(FacetValue(f"A-{n}", f"A{n}", 99 - n, selected=n == 40) for n in range(50))
    facet = FacetView("provider", "机构", "", "reference", values)
    short, whole = _Facet(facet, whole=False), _Facet(facet, whole=True)

    assert [each.value for each in short.shown] == [*(f"A-{n}" for n in range(SHOWN)), "A-40"]
    assert len(short.folded) == SEARCHABLE - SHOWN
    assert short.left_out
    assert not short.searchable
    assert len(whole.shown) + len(whole.folded) == 50
    assert whole.searchable
    assert not whole.left_out


def test_asking_for_all_of_a_facet_keeps_the_ticks(client: FlaskClient) -> None:
    html = client.get("/?q=检测&category=03&all=category").text

    assert '<input type="hidden" name="all" value="category">' in html
    assert re.search(r"name=category value=\"03\" checked", html)
    assert 'name="all"' not in client.get("/?q=检测&all=nothing").text
    sent = client.get("/?q=检测&category=03&price.min=&price.max=&all=category")
    assert sent.headers["Location"].endswith("category=03&all=category")


def test_clearing_takes_all_conditions_away(client: FlaskClient) -> None:
    answer = client.get("/?q=检测&category=03&clear=1")

    assert answer.headers["Location"] == "/?q=%E6%A3%80%E6%B5%8B"


def test_pages_lead_through_all_records_once(client: FlaskClient) -> None:
    seen: list[str] = []
    address = "/?q=&size=10"
    for _ in range(4):
        html = client.get(address).text
        seen += re.findall(r'<h2><a href="/records/([^"]+)"', html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        if not following:
            break
        address = following[1].replace("&amp;", "&")

    assert len(seen) == len(set(seen)) == 27


def test_pages_lead_back_the_way_they_came(client: FlaskClient) -> None:
    seen, places = [], []
    address = "/?q=&size=10"
    for direction in ("next", "next", "prev", "prev"):
        html = client.get(address).text
        seen.append(re.findall(r'<h2><a href="/records/([^"]+)"', html))
        places.append(re.findall(r"第 \d+–\d+ 项，共 27 项", html))
        following = re.search(rf'rel="{direction}" href="([^"]+)"', html)
        assert following, direction
        address = following[1].replace("&amp;", "&")
    last = client.get(address)

    assert address == "/?size=10"
    assert [first[0] for first in places] == [
        "第 1–10 项，共 27 项", "第 11–20 项，共 27 项", "第 21–27 项，共 27 项", "第 11–20 项，共 27 项",
    ]  # fmt: skip
    assert seen[1] == seen[3] != seen[2]
    assert re.findall(r'<h2><a href="/records/([^"]+)"', last.text) == seen[0]
    assert 'rel="prev"' not in last.text


def test_a_page_opened_by_its_key_alone_leads_to_the_first_one(client: FlaskClient) -> None:
    key = client.get("/api/v1/search?size=10").json["next"]  # type: ignore[index]
    html = client.get(f"/?size=10&after={key}").text

    assert 'rel="prev"' not in html
    assert "第一页" in html
    assert "共 27 项</span>" not in html


def test_words_typed_after_looking_at_the_newest_are_answered_by_relevance(client: FlaskClient) -> None:
    assert 'name="sort"' not in client.get("/?q=").text
    assert 'name="sort" value="newest"' in client.get("/?q=材料检测&sort=newest").text


def test_nothing_found_is_no_dead_end(client: FlaskClient) -> None:
    text = _text(client.get("/?q=专利检索&category=08"))

    assert "没有记录同时符合" in text
    assert "放宽条件" in text
    assert "按类别找" in text


def test_a_record_shows_its_facts_steps_and_people(client: FlaskClient) -> None:
    text = _text(client.get("/records/KB-0000011"))

    for wanted in (
        "2,800 元",
        "每件",
        "归客户",
        "提交技术交底书",
        "检索报告",
        "0773-555 0123",
        "漓江知识产权（样例）",
        "第 1 版",
    ):
        assert wanted in text


def test_an_agency_lists_its_products(client: FlaskClient) -> None:
    html = client.get("/records/KB-0000001").text

    assert "/records/KB-0000011" in html
    assert "2 项服务产品" in html


def test_a_record_that_lacks_the_language_is_shown_in_its_own(client: FlaskClient) -> None:
    html = client.get("/records/KB-0000012?lang=en").text

    assert re.search(r'<h1 lang="zh">专利侵权风险预警', html)


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [("zh-CN,en;q=0.8", "zh-Hans"), ("zh-CN;q=0.9,en;q=0.1", "zh-Hans"), ("en-US,zh;q=0.5", "en"), ("fr", "zh-Hans")],
)
def test_the_language_that_is_liked_best_is_given(app: Flask, accepted: str, lang: str) -> None:
    html = app.test_client().get("/about", headers={"Accept-Language": accepted}).text
    assert f'<html lang="{lang}"' in html


def test_there_is_no_version_nought(client: FlaskClient) -> None:
    assert client.get("/records/KB-0000011/versions/0").status_code == 404


def test_the_path_above_an_agency_leads_to_what_there_is(client: FlaskClient) -> None:
    html = client.get("/records/KB-0000001").text
    crumbs = re.findall(r'href="(/\?kind=service-agency[^"]*category=[^"]*)"', html)
    assert all(client.get(each.replace("&amp;", "&")).status_code == 200 for each in crumbs)


def test_a_weak_tag_is_as_good_for_reading(client: FlaskClient) -> None:
    tag = client.get("/records/KB-0000011.ttl").headers["ETag"]
    assert client.get("/records/KB-0000011.ttl", headers={"If-None-Match": f"W/{tag}"}).status_code == 304


def test_a_record_leads_to_its_versions_with_their_days(client: FlaskClient) -> None:
    assert 'href="/records/KB-0000011/versions"' in client.get("/records/KB-0000011").text
    assert re.search(r"第 1 版\d{4} 年", _text(client.get("/records/KB-0000011/versions")))


def test_a_single_offer_is_told_whole(client: FlaskClient) -> None:
    text = _text(client.get("/records/KB-0000013"))

    assert "有效期至" in text
    assert "2020-01-31" in text


def test_a_withdrawn_record_leaves_a_tombstone(client: FlaskClient) -> None:
    answer = client.get("/records/KB-0000124", headers={"Accept": "text/html"})

    assert answer.status_code == 410
    for wanted in ("撤回", "机构停办", "KB-0000123", "材料检测第 24 项"):
        assert wanted in answer.text


def test_an_unknown_record_names_the_nearest(client: FlaskClient) -> None:
    answer = client.get("/records/KB-0000021", headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert "/records/KB-0000011" in answer.text


def test_a_language_once_chosen_is_kept_and_a_theme_too(client: FlaskClient) -> None:
    chosen = client.get("/?lang=en")
    assert "kebao-lang=en" in chosen.headers["Set-Cookie"]
    assert '<html lang="en"' in client.get("/about", headers={"Accept-Language": "zh"}).text

    answer = client.post("/preferences", data={"theme": "dark", "next": "/about"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/about")
    assert 'data-theme="dark"' in client.get("/about").text


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/a\r\nb"]
)
def test_preferences_never_send_elsewhere(client: FlaskClient, target: str) -> None:
    answer = client.post("/preferences", data={"theme": "light", "next": target})

    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    "path", ["/", "/records/KB-0000011", "/nothing", "/static/base.css", "/api/v1/kinds", "/health/live"]
)
def test_every_answer_carries_the_protecting_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "'unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Referrer-Policy" in headers


@pytest.mark.parametrize("path", [*PAGES, *MISSING])
def test_no_page_has_inline_style_or_script(client: FlaskClient, path: str) -> None:
    html = client.get(path, headers={"Accept": "text/html"}).text

    assert re.findall(r"<[^>]*\s(?:style|on[a-z]+)=|<script(?![^>]*\ssrc=)|<style", html) == []


@pytest.mark.parametrize("path", PAGES)
def test_each_page_has_one_first_heading_and_a_title_of_its_own(client: FlaskClient, path: str) -> None:
    html = client.get(path).text

    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert _Page(html).title.strip().endswith("- 科宝")


def test_absolute_addresses_come_from_the_setting_and_never_from_the_request(client: FlaskClient) -> None:
    html = client.get("/records/KB-0000011", headers={"Host": "evil.example"}).text

    assert "evil.example" not in html
    assert '<link rel="canonical" href="https://catalogue.example/records/KB-0000011">' in html


def test_where_nothing_is_found_the_conditions_alone_are_offered(client: FlaskClient) -> None:
    assert "不要“量子纠缠”" in _text(client.get("/?q=量子纠缠&category=0504&lang=zh"))


def test_the_price_can_be_asked_for_whatever_the_hits_cost(client: FlaskClient) -> None:
    pages = [client.get("/", query_string={"q": "", "category": code}).text for code in ("03", "05")]

    assert all('name="price.min"' in page for page in pages)


def test_a_wrong_range_keeps_what_is_ticked_beside_it(client: FlaskClient) -> None:
    page = client.get("/?price=5000-100&price=negotiable&sort=price")

    assert page.status_code == 400
    assert 'id="price.min"' in page.text
    assert 'value="negotiable" checked' in page.text


def test_links_to_everything_do_not_lead_home(client: FlaskClient) -> None:
    second = client.get(_next(client.get("/?q=").text)).text

    assert 'rel="prev" href="/?q="' in second
    assert 'href="/?q=" aria-current="page"' in client.get("/?q=").text


def test_letting_go_of_a_condition_keeps_the_order(client: FlaskClient) -> None:
    page = client.get("/?q=zzzz&category=03&sort=price&size=50").text

    assert '<input type="hidden" name="sort" value="price">' in page
    assert '<input type="hidden" name="size" value="50">' in page


def _next(page: str) -> str:
    return unescape(page.split('rel="next" href="')[1].split('"', maxsplit=1)[0])


@pytest.mark.parametrize("typed", ["-5", "1.5", "9999999999", "ten"])
def test_a_bound_that_is_no_amount_is_quoted_as_it_was_typed(client: FlaskClient, typed: str) -> None:
    page = client.get("/", query_string={"price.min": typed, "price.max": ""}, follow_redirects=True).text

    assert f"价格：“{typed}”不是 0 到 999999999 之间的整数。" in page
    assert f'name="price.min" value="{typed}"' in page


def test_an_amount_with_commas_is_one(client: FlaskClient) -> None:
    answer = client.get("/", query_string={"price.min": "1,000", "price.max": "２０００"})

    assert answer.headers["Location"] == "/?price=1000-2000"


def test_names_are_escaped_once(client: FlaskClient) -> None:
    page = client.get("/records/91450300000000123K?lang=en")

    assert "&amp;amp;" not in page.text


def test_the_whole_number_of_a_long_list_is_told(client: FlaskClient) -> None:
    page = client.get("/vocabularies/region").text

    assert "3,215 个代码" in page
    assert "广西" in page


def test_a_price_stands_in_the_words_of_its_source_too(client: FlaskClient) -> None:
    hits = client.get("/api/v1/search?q=&size=100").get_json()["hits"]
    told, words = next(
        (hit["id"], offer["priceText"]) for hit in hits for offer in hit["offers"] if "priceText" in offer
    )

    page = client.get(f"/records/{told}").text
    assert "价格原文" in page
    assert words in page
