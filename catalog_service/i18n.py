"""Sentences in Chinese and English: gettext catalogues, one domain a part of the house.

English is the message id; ``locales/zh_Hans/LC_MESSAGES/{domain}.po`` holds the Chinese. ``make messages`` compiles.
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog_service.errors import CatalogError

LANGUAGES = ("zh", "en")
"""The languages everything is said in, the platform's own first."""

MARKS = {"zh": "、", "en": ", "}
"""What stands between the items of a list, by language."""

_LOCALES = {"zh": "zh_Hans"}


@cache
def translations(lang: str, domain: str) -> gettext.NullTranslations:
    """Return a language's catalogue of a domain; English is its own catalogue."""
    if lang not in _LOCALES:
        return gettext.NullTranslations()
    return gettext.translation(domain, Path(__file__).parent / "locales", [_LOCALES[lang]], fallback=True)


def say(message: str, lang: str, *, domain: str, **values: object) -> str:
    """Return a sentence in a language with its named places filled, such as ``{count}``."""
    sentence = translations(lang, domain).gettext(message)
    return sentence.format(**values) if values else sentence


def say_count(singular: str, plural: str, count: int, lang: str, *, domain: str, **values: object) -> str:
    """Return a counting sentence; ``{n}`` is the count."""
    sentence = translations(lang, domain).ngettext(singular, plural, count)
    return sentence.format(n=f"{count:,}", **values)


def explain(error: CatalogError, lang: str) -> tuple[str, str]:
    """Return what is wrong and what to do about it (may be empty), in a language."""
    values = {name: _in(value, lang) for name, value in error.values.items()}
    advice = say(error.advice, lang, domain="errors", **values) if error.advice else ""
    return say(error.message, lang, domain="errors", **values), advice


def both(message: str, *, domain: str, **values: object) -> dict[str, str]:
    """Return the sentence in every language; a value that is itself a mapping of languages is taken in its own."""
    return {
        lang: say(message, lang, domain=domain, **{name: _in(value, lang) for name, value in values.items()})
        for lang in LANGUAGES
    }


def _in(value: object, lang: str) -> object:
    return (value.get(lang) or next(iter(value.values()), "")) if isinstance(value, dict) else value
