"""In a real browser: accessibility by axe-core, layout at all widths, scripts on and off, keyboard, print."""

# ruff: noqa: E501 - records and page scripts are data and read best on one line

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.browser import Browser

AXE = Path(__file__).parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = {
    "home": "/",
    "results": "/?q=材料检测&category=03&price=-5000&price=negotiable",
    "zero": "/?q=专利检索&category=08",
    "product": "/records/KB-0000011",
    "agency": "/records/KB-0000002",
    "lists": "/vocabularies",
    "list": "/vocabularies/service-category",
    "concept": "/vocabularies/service-category/0504",
    "profile": "/profile",
    "specification": "/profile/service-agency",
    "about": "/about",
    "about-api": "/about/api",
    "about-accessibility": "/about/accessibility",
    "about-data": "/about/data",
    "docs": "/docs",
    "versions": "/records/KB-0000011/versions",
    "missing": "/records/KB-9999999",
    "gone": "/records/KB-0000124",
    "bad-query": "/?q=" + "x" * 513,
}
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_AXE_RUN = (
    f"axe.run(document, {{runOnly: {_RULES}, resultTypes: ['violations']}})"
    ".then((found) => found.violations.map((each) => each.id + ': ' + each.nodes[0].html.slice(0, 200)))"
)
_EXTRA = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_SMALL_TARGETS = """[...document.querySelectorAll('a[href], button, summary, input:not([type=hidden])')]
  .filter((each) => { const box = each.getBoundingClientRect(); return box.width > 1 && box.height > 1 && box.height < 24
      && !each.closest('p, .prose, dd, td, label, caption, .hidden, pre') && each.offsetParent; })
  .map((each) => each.outerHTML.slice(0, 90))"""
_SMALL_TEXT = """[...document.querySelectorAll('body *')]
  .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())
      && parseFloat(getComputedStyle(each).fontSize) < 13 && each.offsetParent)
  .map((each) => each.outerHTML.slice(0, 90))"""


def _absent(what: str) -> None:
    if "browser" in os.environ.get("KEBAO_TEST_REQUIRE", "").split(","):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from tools.browser import Browser, find_chromium

    program = find_chromium()
    if program is None:
        _absent("Chromium is not installed; on Debian: apt-get install chromium fonts-noto-cjk")
    assert program is not None
    with Browser(program) as browser:
        yield browser


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.exists():
        _absent("axe-core is not installed; run: npm ci --prefix tests/web/axe")
    return AXE.read_text()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_fits_every_width_and_asks_nobody_else(
    browser: Browser, served: str, axe: str, name: str, lang: str
) -> None:
    path = PAGES[name]
    browser.show()
    browser.open(f"{served}{path}{'&' if '?' in path else '?'}lang={lang}")
    faults: list[Any] = [each for each in browser.complaints() if "status of 4" not in each]
    hosts = {address.split("/")[2] for address in browser.addresses() if address.startswith("http")}
    faults += sorted(hosts - {served.split("/")[2]})

    for width in (320, 360, 768, 1280):
        browser.show(width=width)
        faults += _layout_faults(browser, width)
    browser.evaluate(axe + "; true")
    for width, dark in ((1280, True),) if lang == "en" else ((1280, False), (360, True)):
        browser.show(width=width, dark=dark)
        browser.evaluate("Promise.all(document.getAnimations().map((each) => each.finished)).then(() => true)")
        faults += [(width, dark, each) for each in browser.evaluate(_AXE_RUN)]

    assert faults == []


def _layout_faults(browser: Browser, width: int) -> list[Any]:
    faults: list[Any] = [(width, "sideways")] if browser.evaluate(_EXTRA) > 0 else []
    faults += [(width, "target", each) for each in browser.evaluate(_SMALL_TARGETS)]
    faults += [(width, "text", each) for each in browser.evaluate(_SMALL_TEXT)]
    if width == 768:  # doubled text of a reader's own also doubles the breakpoints, which this way of doubling does not
        return faults
    doubled = f"document.documentElement.style.fontSize = '200%'; const extra = {_EXTRA};"
    if browser.evaluate(f"(() => {{ {doubled} document.documentElement.style.fontSize = ''; return extra; }})()") > 0:
        faults.append((width, "sideways at 200 %"))
    return faults


def test_the_page_is_finished_without_script(browser: Browser, served: str) -> None:
    browser.show(script=False)
    browser.open(served + "/?q=材料检测")
    browser.show(script=True)

    assert browser.evaluate("document.querySelectorAll('.hit').length") == 20
    assert browser.evaluate("document.querySelector('.apply button').offsetHeight") >= 44
    assert browser.evaluate("[...document.querySelectorAll('button[data-copy]')].every((each) => each.hidden)")


def test_ticking_refreshes_rows_and_counts_and_keeps_focus_and_layout(browser: Browser, served: str) -> None:
    browser.show()
    browser.open(served + "/?q=&lang=zh")
    browser.evaluate(
        "window.shift = 0; new PerformanceObserver((l) => l.getEntries().forEach((e) => { window.shift += e.hadRecentInput ? 0 : e.value; })).observe({type: 'layout-shift', buffered: true})"
    )
    browser.evaluate(
        "(() => { const box = document.querySelector('input[name=category][value=\"05\"]'); box.focus(); box.click(); })()"
    )
    heading = browser.evaluate(
        "new Promise((done) => { const look = () => location.search.includes('category=05') ? done(document.querySelector('h1').textContent) : setTimeout(look, 20); look(); })"
    )

    assert heading == "2 项服务产品"
    assert browser.evaluate("document.querySelectorAll('.hit').length") == 2
    assert browser.evaluate("document.activeElement.value") == "05"
    assert browser.evaluate("document.querySelector('.apply button').textContent") == "查看 2 项"
    assert browser.evaluate("document.querySelector('[role=status]').textContent") == "2 项服务产品"
    assert browser.evaluate("window.shift") < 0.001


def test_what_was_ticked_stays_in_the_search_box_the_tabs_and_the_other_language(browser: Browser, served: str) -> None:
    browser.show()
    browser.open(served + "/?q=检测&lang=zh")
    browser.evaluate("document.querySelector('input[name=category][value=\"03\"]').click()")
    _until(browser, "location.search.includes('category=03')")

    total = browser.evaluate("document.querySelector('#found').dataset.total")
    assert browser.evaluate("document.querySelector('#search input[name=category]').value") == "03"
    assert "category=03" in browser.evaluate("document.querySelector('.tools a').href")
    assert "category=03" in browser.evaluate("document.querySelector('.themes [name=next]').value")
    assert browser.evaluate("document.querySelector('.tabs [aria-current] span').textContent") == total


def test_a_wrong_range_is_told_at_its_field_with_script_too(browser: Browser, served: str) -> None:
    browser.show()
    browser.open(served + "/?q=服务&lang=zh")
    browser.evaluate(
        "(() => { const [low, high] = document.querySelectorAll('.range input'); low.value = 5000; high.value = 100; high.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )
    _until(browser, "document.querySelector('.finding')")

    assert browser.evaluate("document.querySelector('.range input').getAttribute('aria-invalid')") == "true"
    assert browser.evaluate("document.querySelector('.range input').value") == "5000"


def test_enter_in_a_price_field_applies_the_filters(browser: Browser, served: str) -> None:
    browser.show(script=False)
    browser.open(served + "/?q=检测&lang=zh")
    browser.show(script=True)
    browser.evaluate("document.querySelectorAll('.range input')[1].focus()")
    for key in "1000":
        browser.press(key, code=ord(key), text=key)
    browser.press("Enter", code=13, text="\r")
    _until(browser, "location.search.includes('price=-1000')")

    assert "all=" not in browser.evaluate("location.search")


def _until(browser: Browser, condition: str) -> None:
    """Wait for a condition; while the page is left for another one nothing can be asked."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with contextlib.suppress(RuntimeError):
            if browser.evaluate(f"Boolean({condition})"):
                return
        time.sleep(0.05)
    pytest.fail(f"never: {condition}")


def test_escape_closes_what_was_opened_and_keeps_the_focus_there(browser: Browser, served: str) -> None:
    browser.show()
    browser.open(served + "/?q=材料检测&lang=zh")
    browser.evaluate("document.querySelector('.what > summary').focus()")
    states = []
    for key, code, text in (("Enter", 13, "\r"), ("Escape", 27, "")):
        browser.press(key, code=code, text=text)
        states.append(browser.evaluate("document.querySelector('.what').open"))

    assert states == [True, False]
    assert browser.evaluate("document.activeElement === document.querySelector('.what > summary')")


def test_enter_while_composing_does_not_search(browser: Browser, served: str) -> None:
    browser.show()
    browser.open(served + "/")
    sent = browser.evaluate(
        """(() => { const box = document.querySelector('input[type=search]'); let sent = false;
        box.form.addEventListener('submit', (event) => { sent = true; event.preventDefault(); });
        const event = new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, cancelable: true, bubbles: true});
        return box.dispatchEvent(event) === false && !sent; })()"""
    )

    assert sent


def test_the_keyboard_reaches_content_first_and_every_stop_shows_it(browser: Browser, served: str) -> None:
    browser.show()
    browser.open(served + "/?q=材料检测&lang=zh")
    stops = []
    for _ in range(25):
        browser.press("Tab", code=9)
        stops.append(
            browser.evaluate(
                "(() => { const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();"
                " const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);"
                " return {name: at.textContent.trim() || at.name, ring: style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 3,"
                " seen: at.contains(top) || (top && top.contains(at))}; })()"
            )
        )

    assert stops[0]["name"] == "跳到正文"
    assert [stop for stop in stops if not stop["ring"]] == []
    assert [stop for stop in stops if not stop["seen"]] == []


def test_a_record_prints(browser: Browser, served: str, tmp_path: Path) -> None:
    browser.show()
    browser.open(served + "/records/KB-0000011")
    browser.paper(tmp_path / "record.pdf")

    browser.send("Emulation.setEmulatedMedia", media="print", features=[])
    shown = browser.evaluate(
        "['.header', '.footer'].map((each) => getComputedStyle(document.querySelector(each)).display)"
    )
    foot = browser.evaluate("document.querySelector('.print-foot').offsetHeight")
    browser.send("Emulation.setEmulatedMedia", media="", features=[])

    assert (tmp_path / "record.pdf").read_bytes().startswith(b"%PDF")
    assert shown == ["none", "none"]
    assert foot > 0
