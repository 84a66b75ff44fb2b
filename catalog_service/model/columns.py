"""Tables derived from kinds: one column a field and language, the first of each inner node inline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog_service.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from catalog_service.model.kind import Field, Kind
    from catalog_service.model.record import Record
    from catalog_service.model.terms import Term

_LANGUAGE_NAMES = {"zh": {"zh": "中文", "en": "英文"}, "en": {"zh": "Chinese", "en": "English"}}
_LABEL_WITH_LANGUAGE = {"zh": "{label}（{language}）", "en": "{label} ({language})"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a kind's table."""

    name: str
    """Dotted short name, such as ``offer.minPrice``."""
    field: Field
    header: Mapping[str, str]
    """What stands over the column, by language of the table; unique within the kind."""
    language: str = ""
    """``zh`` or ``en`` for texts, else empty."""

    @property
    def key(self) -> str:
        """The header for programs, such as ``title@en`` or ``offer.minPrice``."""
        return f"{self.name}@{self.language}" if self.language else self.name


def columns(kind: Kind) -> tuple[Column, ...]:
    """Return the columns of a kind's table in the order of its fields."""
    return tuple(_columns(kind.fields, "", {}))


def _columns(fields: tuple[Field, ...], before: str, owner: Mapping[str, str]) -> Iterator[Column]:
    for each in fields:
        if not each.column or each.computed:
            continue
        name = before + each.name
        label = {lang: f"{owner[lang]}/{each.label(lang)}" if owner else each.label(lang) for lang in LANGUAGES}
        if each.type == "node":
            yield from _columns(each.fields, f"{name}.", label)
        elif each.type == "text":
            for language in LANGUAGES:
                yield Column(name, each, _with_language(label, language), language)
        else:
            yield Column(name, each, label)


def _with_language(label: Mapping[str, str], language: str) -> dict[str, str]:
    return {
        lang: _LABEL_WITH_LANGUAGE[lang].format(label=label[lang], language=_LANGUAGE_NAMES[lang][language])
        for lang in LANGUAGES
    }


def beyond_table(record: Record, kind: Kind) -> dict[str, int]:
    """Return how many values of a record its row has no place for, by dotted name of their field.

    These are inner nodes after the first of their sort, and values of fields that have no column.
    """
    found: dict[str, int] = {}
    _count_beyond(record, record.node, kind.fields, "", found)
    return found


def first_node(nodes: Iterable[Term]) -> Term:
    """Return the inner node of several that stands in the row."""
    return min(nodes)


def _count_beyond(record: Record, node: Term, fields: tuple[Field, ...], before: str, found: dict[str, int]) -> None:
    for each in fields:
        values = () if each.computed else record.objects(*each.path, of=node)
        if not values:
            continue
        inside = each.column and each.type == "node"
        beyond = len(values) - 1 if inside else 0 if each.column else len(values)
        if beyond:
            found[before + each.name] = beyond
        if inside:
            _count_beyond(record, first_node(values), each.fields, f"{before}{each.name}.", found)
