"""The part of a record's texts in which the words of a query stand, for a hit that shows them nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.model.kind import per_kind
from catalog_service.model.record import objects_in
from indexer.highlight import passage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog_service.model.kind import Kind
    from catalog_service.model.terms import Term
    from indexer.analysis import Word
    from indexer.highlight import Span

LENGTH = 90
"""Characters of a passage, about two lines of a row."""

_SHORTEST = 20
"""Characters of a text that says more of a record than its summary does; a keyword says less."""


@dataclass(frozen=True, slots=True)
class Extract:
    """A part of a text with the marks in it, an ellipsis where text was left out."""

    text: str
    marks: tuple[Span, ...]
    lang: str
    field: str = ""
    """Dotted name of the field it is from."""


def extract(text: str, lang: str, words: Sequence[Word], field: str = "") -> Extract:
    """Return the part of a text where most of the words stand, the whole text if it is short."""
    if not words:
        return Extract(text if len(text) <= LENGTH else f"{text[:LENGTH]}…", (), lang)
    part = passage(text, words, LENGTH)
    before = "…" if part.before else ""
    marks = tuple((start + len(before), end + len(before)) for start, end in part.marks)
    return Extract(f"{before}{part.text}{'…' if part.behind else ''}", marks, lang, field)


def found_in(kind: Kind, form: bytes, iri: str, words: Sequence[Word], lang: str) -> Extract | None:
    """Return the passage of the weightiest text that has one of the words, in the asked language if there is a choice.

    None where no text of some length has one: the record was found by a keyword, the label of a code or the sound of
    its title, and its summary tells more.
    """
    node = terms.iri(iri)
    texts = [
        (name, term)
        for name, path in _texts(kind)
        for term in _preferred(objects_in(form, node, *path), lang)
        if len(terms.value(term)) >= _SHORTEST
    ]
    pieces = [piece.text for word in words for piece in word.pieces]
    # Marking folds every character, so texts that hold a piece as it stands come first: mostly one is tried.
    for name, term in sorted(texts, key=lambda text: not any(piece in text[1] for piece in pieces)):
        found = extract(terms.value(term), _language(term) or "zh", words, name)
        if found.marks:
            return found
    return None


def _preferred(values: list[Term], lang: str) -> list[Term]:
    return values if len(values) < 2 else sorted(values, key=lambda term: _language(term) != lang)


def _language(term: Term) -> str:
    return terms.language(term).split("-")[0]


@per_kind
def _texts(kind: Kind) -> list[tuple[str, tuple[Term, ...]]]:
    """Return the searched texts beside title and summary with their paths, the weightiest first."""
    shown = (kind.title, kind.summary)
    texts = [
        (each.search_weight, name, _path(kind, name))
        for name, each in kind.walk()
        if each.search_weight and each.type in ("text", "string") and not each.private and name not in shown
    ]
    return [(name, path) for _, name, path in sorted(texts, key=lambda text: -text[0])]


def _path(kind: Kind, name: str) -> tuple[Term, ...]:
    parts = name.split(".")
    owners = (kind.field(".".join(parts[: count + 1])) for count in range(len(parts)))
    return tuple(predicate for owner in owners if owner is not None for predicate in owner.path)
