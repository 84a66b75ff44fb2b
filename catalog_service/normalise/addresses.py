"""Addresses as people write them, and whether every reader of RDF would take them: RFC 3986 and 3987 by pyoxigraph.

One IRI that a parser refuses would make a whole export unreadable, so none gets past here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from catalog_service.namespaces import SCHEMES
from catalog_service.normalise.text import phone

if TYPE_CHECKING:
    from catalog_service.model.kind import Field

_HOST = re.compile(
    r"(?:www\.|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:cn|com|org|net|gov|edu|io)\b)[^\s<>\"{}|\\^`]*", re.IGNORECASE
)
_CHAR = r"(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"
_SURE = re.compile(
    rf"(?:https?://[A-Za-z0-9.-]+(?::[0-9]{{1,5}})?(?=[/?#]|$)|(?!https?:)[a-z]+:(?!//)){_CHAR}*(?:#{_CHAR}*)?"
)
"""Addresses as nearly all are: these need no second look."""
_DOUBTFUL = re.compile(r"(?:https?://[^\s<>\"{}|\\^`/?#]|(?!https?:)[a-z]+:)[^\s<>\"{}|\\^`]+")
_FAULTS = (
    re.compile(r"(%)(?![0-9A-Fa-f]{2})"),
    re.compile(r"#.*?(#)"),
    re.compile(r"//[^/?#@\[]*(:(?![0-9]*(?:[/?#]|$))[^/?#]*)"),
    re.compile(r"([\[\]\s<>\"{}|\\^`])"),
)


def address(each: Field, text: str) -> str | None:
    """Return the IRI of an address as people write it in a field, None where it is none."""
    if each.words and (known := each.words.get(text.casefold())):
        return known
    prefix = each.iri_prefix
    if prefix:
        rest = text[len(prefix) :] if text.lower().startswith(prefix) else text
        text = prefix + (phone(rest).replace(" ", "-") if prefix == "tel:" else rest.replace(" ", ""))
    elif _HOST.fullmatch(text):
        text = f"http://{text}"
    return good_address(text)


def good_address(text: str) -> str | None:
    """Return an address with its scheme in small letters, None where it is none that a record may hold.

    >>> good_address("HTTPS://X.example/A"), good_address("javascript:alert(1)"), good_address("https://x.example/100%")
    ('https://X.example/A', None, None)
    """
    scheme, _, rest = text.partition(":")
    scheme = scheme.lower()
    if scheme not in SCHEMES or not rest:
        return None
    text = f"{scheme}:{rest}"
    return text if _SURE.fullmatch(text) or (_DOUBTFUL.fullmatch(text) and _parsed(text)) else None


def _parsed(text: str) -> bool:
    from pyoxigraph import NamedNode

    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


def fault_in(text: str) -> str:
    """Return what in an address must not stand there as it does; empty where the text looks like no address at all.

    >>> fault_in("https://x.example/?q=50%折扣"), fault_in("https://x.example:abc/"), fault_in("中文")
    ('%', ':abc', '')
    """
    if "://" not in text and "@" not in text and not _HOST.fullmatch(text):
        return ""
    return next((found[1] for fault in _FAULTS if (found := fault.search(text))), "")
