"""`make shots`: pictures of every page, at three widths, in both languages and themes, one sheet a page to look at.

Serves the sample catalogue (or the one at ``--url``) and takes the pictures with Chromium into ``shots/``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from tools.browser import Browser, find_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTHS = (360, 768, 1280)
LANGUAGES = ("zh", "en")
THEMES = ("light", "dark")


def pages(product: str, agency: str) -> dict[str, str]:
    """Return the pages to take, by name."""
    return {
        "home": "/",
        "results": "/?q=检测&category=03&price=-5000&price=negotiable",
        "results-all": "/?q=",
        "partial": "/?q=专利检索+火星",
        "zero": "/?q=激光融复&areaServed=450500&category=08",
        "record-product": f"/records/{product}",
        "record-agency": f"/records/{agency}",
        "versions": f"/records/{product}/versions",
        "lists": "/vocabularies",
        "list": "/vocabularies/service-category",
        "concept": "/vocabularies/service-category/0504",
        "profile": "/profile",
        "specification": "/profile/service-product",
        "about": "/about",
        "about-api": "/about/api",
        "about-accessibility": "/about/accessibility",
        "about-data": "/about/data",
        "docs": "/docs",
        "missing": "/records/KB-9999999",
        "bad-query": "/?q=" + "检" * 513,
    }


@contextmanager
def sample_site() -> Iterator[str]:
    """Serve the sample catalogue on a free port."""
    import logging

    from werkzeug.serving import make_server

    from catalog_service.operations.catalogue import open_catalogue
    from catalog_service.operations.sample import load_samples
    from catalog_service.web.app import create_app

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as home:
        catalogue = open_catalogue(Path(home), environment={}, overrides={"public_url": "http://127.0.0.1:8600"})
        load_samples(catalogue)
        server = make_server("127.0.0.1", 0, create_app(catalogue), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        catalogue.close()


def take(site: str, folder: Path, only: list[str]) -> list[str]:
    """Take every picture; return the names of pages that could not be taken."""
    program = find_chromium()
    if program is None:
        sys.exit("Chromium is not installed; on Debian: apt-get install chromium fonts-noto-cjk")
    failed = []
    with Browser(program) as browser:
        chosen = {name: path for name, path in _pages(browser, site).items() if not only or name in only}
        for name, path in chosen.items():
            taken = []
            for width in WIDTHS:
                for language in LANGUAGES:
                    for theme in THEMES:
                        file = folder / f"{name}-{width}-{language}-{theme}.png"
                        browser.show(width=width, dark=theme == "dark")
                        browser.open(f"{site}{path}{'&' if '?' in path else '?'}lang={language}")
                        browser.picture(file)
                        taken.append(file)
            if len(taken) < len(WIDTHS) * len(LANGUAGES) * len(THEMES):
                failed.append(name)
            _sheet(folder / f"{name}.html", name, taken)
    return failed


def _pages(browser: Browser, site: str) -> dict[str, str]:
    """Return the pages with identifiers of this catalogue: the first hit of each of its first two kinds."""
    found = []
    for kind in ("service-product", "service-agency"):
        browser.open(f"{site}/?kind={kind}&q=")
        found.append(str(browser.evaluate("document.querySelector('.hit a').pathname.split('/').pop()")))
    return pages(*found)


def _sheet(file: Path, name: str, pictures: list[Path]) -> None:
    figures = "".join(
        f'<figure><img src="{escape(each.name)}"><figcaption>{escape(each.stem)}</figcaption></figure>'
        for each in pictures
    )
    file.write_text(f"<!doctype html><meta charset=utf-8><title>{escape(name)}</title>{figures}", encoding="utf-8")


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="take them of this catalogue instead of the sample")
    parser.add_argument("--to", type=Path, default=Path("shots"))
    parser.add_argument("page", nargs="*", help="names of pages; all if none is given")
    asked = parser.parse_args()
    asked.to.mkdir(parents=True, exist_ok=True)
    if asked.url:
        failed = take(asked.url, asked.to, asked.page)
    else:
        with sample_site() as site:
            failed = take(site, asked.to, asked.page)
    if failed:
        sys.exit(f"not taken: {', '.join(failed)}")


if __name__ == "__main__":
    main()
