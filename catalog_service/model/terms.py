"""RDF terms as strings in N-Triples syntax: the form in which records travel through the house.

An IRI is ``<http://…>``, a literal ``"…"``, ``"…"@zh`` or ``"…"^^<http://…>``, a blank node ``_:b``.
A term of this form is hashed and compared at C speed, and a record's canonical form is its sorted triples joined.
Source: W3C RDF 1.1 N-Triples, section 4 (canonical form): https://www.w3.org/TR/n-triples/#canonical-ntriples
"""

from __future__ import annotations

import re
from functools import lru_cache

Term = str
"""One RDF term in N-Triples syntax."""

Triple = tuple[Term, Term, Term]
"""Subject, predicate and object."""

_ESCAPES = {
    **{chr(n): f"\\u{n:04X}" for n in (*range(0x20), 0x7F)},
    "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\",
}  # fmt: skip
_UNESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\", "'": "'"}
_TO_ESCAPE = re.compile(r'[\x00-\x1f\x7f"\\]')
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")


def iri(value: str) -> Term:
    """Return the term of an IRI.

    >>> iri("http://schema.org/name")
    '<http://schema.org/name>'
    """
    return f"<{value}>"


def literal(text: str, language: str | None = None, datatype: str | None = None) -> Term:
    """Return the term of a literal; ``datatype`` is an IRI without brackets, absent for ``xsd:string``.

    >>> literal("专利检索", "zh")
    '"专利检索"@zh'
    """
    if '"' in text or "\\" in text or not text.isprintable():
        text = _TO_ESCAPE.sub(lambda match: _ESCAPES[match[0]], text)
    quoted = f'"{text}"'
    if language:
        return f"{quoted}@{language.lower()}"
    return f"{quoted}^^<{datatype}>" if datatype and datatype != XSD_STRING else quoted


XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_DECIMAL = "#decimal>"
RDF_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


def is_iri(term: Term) -> bool:
    """Tell whether the term is an IRI."""
    return term[0] == "<"


def is_blank(term: Term) -> bool:
    """Tell whether the term is a blank node."""
    return term[0] == "_"


def is_literal(term: Term) -> bool:
    """Tell whether the term is a literal."""
    return term[0] == '"'


@lru_cache(maxsize=65536)
def value(term: Term) -> str:
    r"""Return the IRI, the blank node's label or the literal's text.

    >>> value('"a\\nb"@en')
    'a\nb'
    """
    first = term[0]
    if first == "<":
        return term[1:-1]
    if first == "_":
        return term[2:]
    text = term[1 : term.rindex('"')]
    return _ESCAPED.sub(_unescape, text) if "\\" in text else text


def _unescape(match: re.Match[str]) -> str:
    short, long, char = match.groups()
    return chr(int(short or long, 16)) if short or long else _UNESCAPES[char]


def literal_parts(term: Term) -> tuple[str, str]:
    """Return text and language of a literal, remembering nothing; of other terms what `value` gives, and no language.

    >>> literal_parts('"hello"@en-gb')
    ('hello', 'en-gb')
    """
    if term[0] != '"':
        return value(term), ""
    end = term.rindex('"')
    text, mark = term[1:end], term[end + 1 :]
    return _ESCAPED.sub(_unescape, text) if "\\" in text else text, mark[1:] if mark.startswith("@") else ""


def language(term: Term) -> str:
    """Return a literal's language tag in lower case, or an empty string.

    >>> language('"hello"@en-gb')
    'en-gb'
    """
    if term[0] != '"' or term[-1] in '">':
        return ""
    return term[term.rindex("@") + 1 :]


def datatype(term: Term) -> str:
    """Return a literal's datatype IRI without brackets.

    >>> datatype('"1"^^<http://www.w3.org/2001/XMLSchema#integer>')
    'http://www.w3.org/2001/XMLSchema#integer'
    """
    last = term[-1]
    if last == '"':
        return XSD_STRING
    return term[term.rindex('"') + 4 : -1] if last == ">" else RDF_LANG_STRING


def written(term: Term) -> str:
    """Return a term's value as people write it: a decimal number without the zeros its canonical form carries.

    >>> written('"2800.0"^^<http://www.w3.org/2001/XMLSchema#decimal>'), written('"2800.0"')
    ('2800', '2800.0')
    """
    text = value(term)
    if term.endswith(_DECIMAL) and "." in text and text.replace(".", "", 1).removeprefix("-").isdecimal():
        return text.rstrip("0").rstrip(".")
    return text


def split_line(line: str) -> Triple:
    """Return the terms of one N-Triples line, with or without the final `` .``."""
    subject, predicate, rest = line.split(" ", 2)
    return subject, predicate, rest.removesuffix(" .")
