"""The term gate: what no record may hold, whatever its syntax (limits: the settings ``limits.*``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.namespaces import RDFS, SCHEMES, SH, TYPE
from catalog_service.readers.base import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalog_service.model.terms import Term, Triple
    from catalog_service.readers.base import Limits

_GOOD = tuple(f"<{scheme}:" for scheme in SCHEMES)
_OF_RECORDS = _GOOD[:3]
_PREDICATE = itemgetter(1)
_MOST_USUAL = 20_000
_MOST_PREDICATES = 2000
_LONGEST_USUAL = 100
_ENDS = frozenset('>"')
_OWL = "http://www.w3.org/2002/07/owl#"
_SCHEMA = tuple(f"<{namespace}" for namespace in (RDFS, _OWL, SH))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NON_CHARACTERS = tuple(map(chr, range(0xFDD0, 0xFDF0))) + tuple(
    chr((plane << 16) + last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
_ESCAPED = re.compile(r"(?<!\\)(?:\\\\)*\\(?:[bf]|u00[01]|u007F|uFFF[EF])")


def _non_character(text: str) -> str:
    """Return the first non-character of a text; one search for each is faster than a set of them."""
    for char in _NON_CHARACTERS:
        if char in text:
            return char
    return ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a record is refused: a code, a sentence with its advice, both msgids, and values for them."""

    code: str
    message: str
    advice: str
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class Passed:
    """What the gate made of a record: why it is refused if it is, the triples that may stay, and those that may not."""

    root: Term
    """The record, its scheme in small letters."""
    faults: tuple[Fault, ...]
    kept: Sequence[Triple]
    schema: Sequence[Triple]


class Gate:
    """Looks at the triples of one record at a time, and only once at a term that many records have."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._usual: set[Term] = set()
        """Objects that may stand in a record."""
        self._predicates: set[Term] = set()
        """Predicates that say nothing of what words mean."""

    def look(self, root: Term, triples: Sequence[Triple]) -> Passed:
        """Return what is wrong with the terms, and the triples without those that would change what words mean."""
        usual = self._usual
        fresh = [term for _, _, term in triples if term not in usual]
        other = [term for term in fresh if term[0] == "<" and not term.startswith(_GOOD)]
        strange = bool(other) or not root.startswith(_OF_RECORDS)
        if strange and (small := _small(root, other)):
            return self.look(small.get(root, root), _respelled(root, triples, small))
        faults = tuple(self._faults(root, fresh, other, strange=strange))
        schema = any(term.startswith(_SCHEMA) for term in fresh if term[0] == "<")
        if not faults and not schema:
            self._remember(fresh)
        if not self._predicates.issuperset(map(_PREDICATE, triples)):
            new = {triple[1] for triple in triples} - self._predicates
            good = {predicate for predicate in new if not predicate.startswith(_SCHEMA)}
            schema = schema or len(good) < len(new)
            if len(self._predicates) < _MOST_PREDICATES:
                self._predicates |= good
        return Passed(root, faults, *(_split(triples) if schema else (triples, ())))

    def _remember(self, fresh: Sequence[Term]) -> None:
        """Keep what other records may have as well: no texts, no blank nodes."""
        if len(self._usual) > _MOST_USUAL:
            self._usual.clear()
        self._usual.update([term for term in fresh if term[-1] in _ENDS and len(term) < _LONGEST_USUAL])

    def _faults(self, root: Term, objects: Sequence[Term], other: Sequence[Term], *, strange: bool) -> Iterator[Fault]:
        """Yield what is wrong with terms; ``other`` are those of no scheme that may stand there."""
        if strange or root.count("#") > 1:
            yield from self._schemes(root, other)
        if max(map(len, objects), default=0) > self._limits.iri_length:
            yield from self._lengths(objects)
        text = "".join(objects)
        if ("\\" in text and _ESCAPED.search(text)) or (not text.isprintable() and _non_character(text)):
            yield from self._characters(objects)

    def _schemes(self, root: Term, other: Sequence[Term]) -> Iterator[Fault]:
        bad = list(other)
        if not root.startswith(_OF_RECORDS) and root[0] == "<":
            bad.append(root)
        for term in bad:
            yield Fault(
                "bad-iri",
                "“{value}” is no address that a record may hold.",
                "Addresses begin with one of: {known}.",
                {"value": quoted(term[1:-1]), "known": ", ".join(SCHEMES)},
            )

    def _lengths(self, objects: Sequence[Term]) -> Iterator[Fault]:
        longest = self._limits.literal_length
        for term in objects:
            if term[0] == "<" and len(term) > self._limits.iri_length + 2:
                yield Fault(
                    "bad-iri",
                    "The address “{value}” has more than {most} characters.",
                    "",
                    {"value": quoted(term[1:-1]), "most": self._limits.iri_length},
                )
            elif term[0] == '"' and len(term) > longest and len(terms.value(term)) > longest:
                yield Fault(
                    "too-long",
                    "The text “{value}” has {length} characters; {most} is the most.",
                    "Shorten it, or say it on a page of its own and give the address.",
                    {"value": quoted(term[1:100], 30), "length": len(terms.value(term)), "most": longest},
                )

    def _characters(self, objects: Sequence[Term]) -> Iterator[Fault]:
        for term in objects:
            if term[0] != '"':
                continue
            text = terms.value(term)
            control = _CONTROL.search(text)
            found = control[0] if control else _non_character(text)
            if found:
                yield Fault(
                    "forbidden-character",
                    "The text “{value}” holds the character {character}, which no text may hold.",
                    "Delete it, or write the text once more by hand.",
                    {"value": quoted(text, 30), "character": f"U+{ord(found):04X}"},
                )


def _small(root: Term, other: Sequence[Term]) -> dict[Term, Term]:
    """Return the IRIs that are good once their scheme is in small letters, and what they are then.

    Schemes are the same in either case (RFC 3986, 6.2.2.1), but terms are compared as they stand.
    """
    small = {}
    for term in (root, *other):
        scheme, colon, rest = term.partition(":")
        if term[0] == "<" and (spelled := scheme.lower() + colon + rest) != term and spelled.startswith(_GOOD):
            small[term] = spelled
    return small


def _respelled(root: Term, triples: Sequence[Triple], small: Mapping[Term, Term]) -> list[Triple]:
    """Return the triples with other spellings of some IRIs; with its record a node that is a fragment of it changes."""
    begins, instead = root[:-1], small.get(root, root)[:-1]
    return [
        (instead + subject[len(begins) :] if subject.startswith(begins) else subject, predicate, small.get(term, term))
        for subject, predicate, term in triples
    ]


def _split(triples: Sequence[Triple]) -> tuple[list[Triple], list[Triple]]:
    schema = [t for t in triples if t[1].startswith(_SCHEMA) or (t[1] == TYPE and t[2].startswith(_SCHEMA))]
    dropped = set(map(id, schema))
    return [t for t in triples if id(t) not in dropped], schema
