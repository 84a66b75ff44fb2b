"""Characters: one form of every text, half width in codes, no characters that no text may hold."""

from __future__ import annotations

import re
import unicodedata

from catalog_service.model.identifiers import UNSEEN

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr((plane << 16) + last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_ESCAPED_RETURN = re.compile(r"_x000[dD]_\r?\n?")
_AREA = re.compile(r"^\((0\d{2,3})\)[\s-]*")
_DASH = re.compile(r"\s*-\s*")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-") | dict.fromkeys("～〜∼", "~")) | UNSEEN
_SPACES = re.compile(r"\s+")


def clean_text(text: str) -> str:
    """Return a text in NFC, trimmed, with plain line ends and without characters that no text may hold.

    >>> clean_text("  专利\\x08检索\\r\\n服务 ")
    '专利检索\\n服务'
    """
    if text.isprintable() and (text.isascii() or "_x000" not in text):
        return text.strip() if text.isascii() else unicodedata.normalize("NFC", text).strip()
    plain = _ESCAPED_RETURN.sub("\n", text).replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _FORBIDDEN.sub("", plain)).strip()


def has_forbidden(text: str) -> bool:
    """Tell whether a text holds characters that no text may hold."""
    return not text.isprintable() and _FORBIDDEN.search(text) is not None


def printable(text: str) -> str:
    """Return a text that can be shown: on one line, without characters that no text may hold."""
    return " ".join(_FORBIDDEN.sub("", text).split()) if not (text.isascii() and text.isprintable()) else text


def half_width(text: str) -> str:
    """Return a code, number or telephone number in half width, with one sort of dash and single spaces.

    >>> half_width("ＧＸ－００１　")
    'GX-001'
    """
    clean = clean_text(text)
    if not clean.isascii():
        clean = unicodedata.normalize("NFKC", clean.translate(_DASHES)).translate(_DASHES)
    return _SPACES.sub(" ", clean).strip()


def phone(text: str) -> str:
    """Return a telephone number without brackets around its area code and without space around dashes.

    >>> phone("(0771) 5550123"), phone("0771 - 5550123")
    ('0771-5550123', '0771-5550123')
    """
    return _DASH.sub("-", _AREA.sub(r"\1-", text))
