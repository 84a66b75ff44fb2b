"""XML text by hand: escaping, and nothing that XML 1.0 forbids."""

from __future__ import annotations

import re

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}
_SPECIAL = re.compile('[&<>"\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]')


def escape(text: str) -> str:
    """Return text as character data or attribute value, without characters XML 1.0 forbids.

    >>> escape('a < b & "c"')
    'a &lt; b &amp; &quot;c&quot;'
    """
    return _SPECIAL.sub(_escaped, text) if _SPECIAL.search(text) else text


def _escaped(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0], "")


def attributes(**values: str) -> str:
    """Return attributes with a space before each; ``_`` in a name stands for ``:``; empty ones are left out."""
    return "".join(f' {name.replace("_", ":")}="{escape(value)}"' for name, value in values.items() if value)


def element(name: str, text: str, **values: str) -> str:
    """Return an element with text.

    >>> element("dc:title", "检索", xml_lang="zh")
    '<dc:title xml:lang="zh">检索</dc:title>'
    """
    return f"<{name}{attributes(**values) if values else ''}>{escape(text)}</{name}>"
