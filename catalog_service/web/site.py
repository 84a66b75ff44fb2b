"""What every page and answer needs: the catalogue, the reader's language and theme, templates, addresses."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from flask import Response, g, request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from catalog_service.i18n import LANGUAGES, say, say_count
from catalog_service.operations import wording
from catalog_service.web.query import untracked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.outlets.base import Outlet

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"
THEMES = ("system", "light", "dark")
LANGUAGE_COOKIE = "kebao-lang"
THEME_COOKIE = "kebao-theme"
YEAR = 365 * 24 * 3600

_DOMAIN = "web"


class Site:
    """One catalogue as a web site."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.outlets: tuple[Outlet, ...] = ()
        self.assets = {path.name: _fingerprint(path) for path in sorted(STATIC.iterdir()) if path.is_file()}
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["date"] = lambda day: wording.date(day, self.lang)
        self._templates.globals |= {
            "_": self.say,
            "_n": self.say_count,
            "address": self.address,
            "alone": lambda text: wording.alone(text, self.lang),
            "asset": self.asset,
            "counted": lambda kind, number: wording.records(kind, number, self.lang),
            "listing": lambda words, lang="": wording.listing(words, lang or self.lang),
            "marked": marked,
            "table_date": wording.table_date,
            "titled": self.titled,
        }

    # the reader

    @property
    def lang(self) -> str:
        """The reader's language: asked for in the address, chosen before, or accepted by the browser."""
        if "lang" not in g:
            g.lang = self._language()
        return str(g.lang)

    def _language(self) -> str:
        for asked in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
            if asked and asked[:2].lower() in LANGUAGES:
                return asked[:2].lower()
        ranked = (tag[:2].lower() for tag, quality in request.accept_languages if quality > 0)
        return next((tag for tag in ranked if tag in LANGUAGES), LANGUAGES[0])

    @property
    def theme(self) -> str:
        """The theme the reader chose; ``system`` follows the machine."""
        chosen = request.cookies.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else THEMES[0]

    def say(self, message: str, /, **values: object) -> Markup:
        """Return a sentence in the reader's language, its places filled with escaped values."""
        sentence = escape(say(message, self.lang, domain=_DOMAIN))
        return sentence.format(**values) if values else sentence

    def say_count(self, singular: str, plural: str, count: int, /, **values: object) -> Markup:
        """Return a counting sentence in the reader's language."""
        return escape(say_count(singular, plural, count, self.lang, domain=_DOMAIN, **values))

    def titled(self, labels: Mapping[str, str]) -> str:
        """Return the label in the reader's language, else the Chinese one, else any."""
        return labels.get(self.lang) or labels.get("zh") or next(iter(labels.values()), "")

    # addresses

    @property
    def public_url(self) -> str:
        """The address all absolute links begin with; never what a request claims."""
        return self.catalogue.settings.text("public_url").rstrip("/")

    def address(self, path: str, **query: object) -> str:
        """Return a path of this site with a query; empty values are left out."""
        pairs = _pairs(query)
        return quote(path, safe="/:@!$&'()*+,;=-._~%") + (f"?{urlencode(pairs)}" if pairs else "")

    def absolute(self, path: str, **query: object) -> str:
        """Return an absolute address made of the setting ``public_url``."""
        return self.public_url + self.address(path, **query)

    def asset(self, name: str) -> str:
        """Return the address of a static file, which changes with its content."""
        return f"/static/{name}?v={self.assets[name]}"

    # answers

    def page(self, template: str, /, status: int = 200, **values: Any) -> Response:
        """Return a page; `see base.html` for what every template can use."""
        settings = self.catalogue.settings
        html = self._templates.get_template(template).render(
            lang=self.lang,
            theme=self.theme,
            other_lang=next(each for each in LANGUAGES if each != self.lang),
            here=self._here(),
            kinds=self.catalogue.profile.kinds,
            site_title=settings.localised("catalogue.title", self.lang),
            site_description=settings.localised("catalogue.description", self.lang),
            **values,
        )
        response = Response(html, status, content_type="text/html; charset=utf-8")
        response.headers["Content-Language"] = "zh-Hans" if self.lang == "zh" else "en"
        response.headers["Vary"] = "Accept, Accept-Language, Cookie"
        return response

    def _here(self) -> str:
        """The page's own path and query without the language, for links back to it."""
        args = untracked(request.args)
        pairs = [(name, each) for name, values in args.lists() for each in values if name != "lang"]
        return quote(request.path) + (f"?{urlencode(pairs)}" if pairs else "")

    def json(self, data: Any, status: int = 200, *, content_type: str = "application/json") -> Response:
        """Return data as JSON; a lone surrogate in it becomes a question mark."""
        body = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str).encode("utf-8", "replace")
        return Response(body, status, content_type=content_type)


def static_file(name: str) -> bytes:
    """Return the bytes of a static file."""
    return (STATIC / name).read_bytes()


def marked(text: str, spans: Sequence[tuple[int, int]] | None) -> Markup:
    """Return a text with the found words marked; spans are in order and do not overlap."""
    pieces: list[Markup] = []
    done = 0
    for start, end in spans or ():
        pieces += [escape(text[done:start]), Markup("<mark>"), escape(text[start:end]), Markup("</mark>")]
        done = end
    return Markup("").join([*pieces, escape(text[done:])])


def _pairs(query: Mapping[str, object]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        values: Iterable[object] = value if isinstance(value, list | tuple) else [value]
        pairs += [(name, str(each)) for each in values if each not in (None, "")]
    return pairs


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
