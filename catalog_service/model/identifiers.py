"""Identifiers of records: their form, how they are minted, and the IRIs made of them (architecture, decision 1)."""

from __future__ import annotations

import re
import unicodedata

PATTERN = re.compile(r"[A-Z0-9][A-Z0-9._-]{3,63}")
"""The form of an identifier as a whole."""

_DIGITS = 7
UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
"""Characters without width, as come with what is copied from web pages and chats."""


def clean_identifier(text: str) -> str:
    """Return an identifier as it is stored: half width, upper case, without space around it or unseen marks in it.

    >>> clean_identifier(" gx－0000001 ")
    'GX-0000001'
    """
    if text.isascii():
        return text.strip().upper()
    return unicodedata.normalize("NFKC", text.translate(UNSEEN)).strip().upper()


def is_identifier(text: str) -> bool:
    """Tell whether a text has the form of an identifier.

    >>> is_identifier("GX-0000001"), is_identifier("专利")
    (True, False)
    """
    return PATTERN.fullmatch(text) is not None


def minted(prefix: str, number: int) -> str:
    """Return the identifier of a number; there is no meaning inside.

    >>> minted("GX", 217)
    'GX-0000217'
    """
    return f"{prefix}-{number:0{_DIGITS}d}"


def record_iri(iri_base: str, kind: str, identifier: str) -> str:
    """Return the IRI of a record of this catalogue.

    >>> record_iri("https://catalogue.example/", "service-product", "GX-0000001")
    'https://catalogue.example/id/service-product/GX-0000001'
    """
    return f"{iri_base.rstrip('/')}/id/{kind}/{identifier}"


def own_identifier(iri_base: str, iri: str) -> tuple[str, str] | None:
    """Return kind and identifier in an IRI that `record_iri` could have made, None for any other.

    >>> own_identifier("https://catalogue.example", "https://catalogue.example/id/service-product/GX-0000001")
    ('service-product', 'GX-0000001')
    """
    head = f"{iri_base.rstrip('/')}/id/"
    kind, slash, identifier = iri.removeprefix(head).partition("/")
    known = iri.startswith(head) and bool(slash) and is_identifier(identifier)
    return (kind, identifier) if known else None
