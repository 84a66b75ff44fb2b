"""Tables derived from kinds: one column a field and language, the first of each inner node inline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog_service.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalog_service.model.kind import Field, Kind

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
