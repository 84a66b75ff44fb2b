"""Single values of tables and JSON as terms: one function a type of field; what cannot be understood is a finding."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.model.identifiers import clean_identifier
from catalog_service.namespaces import XSD
from catalog_service.normalise import numbers
from catalog_service.normalise.addresses import address, fault_in, good_address
from catalog_service.normalise.dates import NoSuchDay, parse_date
from catalog_service.normalise.findings import notice
from catalog_service.normalise.text import clean_text, half_width, has_forbidden, phone

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping

    from catalog_service.model.kind import Field
    from catalog_service.model.raw import RawValue, Scalar
    from catalog_service.model.report import Finding
    from catalog_service.model.terms import Term
    from catalog_service.normalise.concepts import Concepts

DEFAULT_LANGUAGE = "zh"
"""Of a text that names none: a column without language, a plain JSON string. Not guessed from its characters, because a
product called “ISO 9001” is named in Chinese as well."""

_BREAKS = r"[;；\n]"
_LISTED = re.compile(r"\s*[;；、\n|]\s*")
_BROKEN = re.compile(rf"\s*{_BREAKS}\s*")
_COMMAS = re.compile(r"\s*[;；、,，\n|]\s*")
_ADDRESSES = re.compile(r"[；、\n]\s*|[;\s]\s*(?=[A-Za-z][A-Za-z0-9+.-]*:|www\.|$)")
_LOSSY = 1e15
"""From here on spreadsheets do not keep every digit of a number."""
_NUMERIC = frozenset({"integer", "decimal", "date", "boolean"})
_EXPONENT = re.compile(r"\d(?:\.\d+)?E\+\d{2}")
_SHOWN = 80
EXAMPLE = "https://www.example.org/service"
"""What to write where a field of addresses has no example of its own."""
_MOST_KNOWN = 20_000
_LONGEST_KNOWN = 60


@dataclass(frozen=True, slots=True)
class Converted:
    """Terms of one raw value, and what was noticed."""

    terms: tuple[Term, ...] = ()
    findings: tuple[Finding, ...] = ()


class Values:
    """Converts raw values by the type of their field."""

    def __init__(self, concepts: Concepts, limits: Mapping[str, int], today: dt.date) -> None:
        self.concepts = concepts
        self._today = today
        self._longest = limits.get("literal_length", 20_000)
        self._iri_longest = limits.get("iri_length", 2_048)
        self._known: dict[tuple[int, type, Scalar, str, bool], Converted] = {}
        """What short values became that raised no question, by identity of the field; fields live as long as kinds."""
        self._by_type: dict[str, Callable[[Field, str, RawValue, Scalar], Converted]] = {
            "text": self._text,
            "string": self._string,
            "concept": self._concept,
            "reference": self._reference,
            "iri": self._iri,
            "integer": self._number,
            "decimal": self._number,
            "date": self._date,
            "boolean": self._boolean,
        }

    def convert(self, each: Field, path: str, raw: RawValue) -> Converted:
        """Return the terms of a raw value; a cell of a field with several values is taken apart."""
        value = raw.value
        if each.type == "text" or (isinstance(value, str) and len(value) > _LONGEST_KNOWN):
            return self._converted(each, path, raw)
        key = (id(each), value.__class__, value, raw.language, raw.single)
        known = self._known.get(key)
        if known is None:
            known = self._converted(each, path, raw)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            if not known.findings:  # they name their place
                self._known[key] = known
        return known

    def _converted(self, each: Field, path: str, raw: RawValue) -> Converted:
        if isinstance(raw.value, str) and (each.max_count == 1 or each.unique_lang):
            return self._by_type[each.type](each, path, raw, raw.value) if raw.value.strip() else Converted()
        if raw.value.__class__ is float and abs(raw.value) >= _LOSSY and each.type not in _NUMERIC:
            return Converted((), (_lost_digits(each, path, raw, numbers.plain_text(raw.value)),))
        found: list[Term] = []
        findings: list[Finding] = []
        convert = self._by_type[each.type]
        for part in self.parts(each, raw):
            one = convert(each, path, raw, part)
            found += one.terms
            findings += one.findings
        return Converted(tuple(dict.fromkeys(found)), tuple(findings))

    def parts(self, each: Field, raw: RawValue) -> Iterator[Scalar]:
        """Yield the single values in a cell; texts of which there is one a language are never taken apart."""
        value = raw.value
        if value is None or (isinstance(value, str) and not value.strip()):
            return
        if not isinstance(value, str) or raw.single or each.max_count == 1 or each.unique_lang:
            yield value
            return
        if each.type == "concept" or each.schemes:
            yield from self._codes(each, value)
            return
        pattern = {
            "text": _LISTED,
            "iri": _COMMAS if each.iri_prefix or each.words else _ADDRESSES,
            "reference": _BROKEN,
        }
        split = pattern.get(each.type) or (_COMMAS if each.pattern else _LISTED)
        for part in split.split(value.strip()):
            if part.strip():
                yield part

    def _codes(self, each: Field, value: str) -> Iterator[str]:
        """Yield the codes in a cell; a label such as 农、林、牧、渔业 stays whole."""
        if self.concepts.named(value, each.schemes) or (
            not _BROKEN.search(value.strip()) and self.concepts.find(value, each.schemes)
        ):
            yield value
            return
        for part in _BROKEN.split(value.strip()):
            pieces = [piece for piece in _COMMAS.split(part) if piece.strip()]
            if not part.strip():
                continue
            if len(pieces) < 2 or self.concepts.choice(part, each.schemes).found:
                yield part
            elif any(self.concepts.choice(piece, each.schemes).found for piece in pieces):
                yield from pieces
            else:
                yield part

    def _text(self, each: Field, path: str, raw: RawValue, value: Scalar) -> Converted:
        given = numbers.plain_text(value)
        text = clean_text(given)
        if len(text) > self._longest:
            said = notice("too-long", raw.place, path=path, field=each, value=_shown(text), length=len(text),
                          most=self._longest)  # fmt: skip
            return Converted((), (said,))
        found = (terms.literal(text, raw.language or DEFAULT_LANGUAGE),) if text else ()
        return Converted(found, self._cleaned(each, path, raw, given))

    def _cleaned(self, each: Field, path: str, raw: RawValue, given: str) -> tuple[Finding, ...]:
        if not has_forbidden(given):
            return ()
        shown = _shown(clean_text(given))
        return (notice("forbidden-character", raw.place, path=path, field=each, value=shown, severity="warning"),)

    def _string(self, each: Field, path: str, raw: RawValue, value: Scalar) -> Converted:
        given = numbers.plain_text(value)
        text = clean_text(given)
        if each.schemes:
            return self._code(each, path, raw, text)
        if each.pattern or "unique" in each.checks:
            if "E+" in text and _EXPONENT.fullmatch(text):
                return Converted((), (_lost_digits(each, path, raw, text),))
            text = clean_identifier(text) if "unique" in each.checks else phone(half_width(text))
        if len(text) > self._longest:
            said = notice("too-long", raw.place, path=path, field=each, value=_shown(text), length=len(text),
                          most=self._longest)  # fmt: skip
            return Converted((), (said,))
        return Converted((terms.literal(text),) if text else (), self._cleaned(each, path, raw, given))

    def _code(self, each: Field, path: str, raw: RawValue, text: str) -> Converted:
        """Return the notation of a concept as a plain string."""
        choice = self.concepts.choice(text, each.schemes)
        if choice.one is None:
            code = numbers.CURRENCIES.get(half_width(text).lower(), "")
            other = self.concepts.find(code, each.schemes) if code else None
            if other is None:
                return Converted((), (self.concepts.unsure(each, path, text, choice, raw.place),))
            return Converted((terms.literal(other.notation),))
        return Converted((terms.literal(choice.one.notation),))

    def _concept(self, each: Field, path: str, raw: RawValue, value: Scalar) -> Converted:
        text = numbers.plain_text(value)
        choice = self.concepts.choice(text, each.schemes)
        if choice.one is None:
            return Converted((), (self.concepts.unsure(each, path, clean_text(text), choice, raw.place),))
        return Converted((choice.one.term,))

    def _reference(self, each: Field, path: str, raw: RawValue, value: Scalar) -> Converted:
        del each, path, raw
        text = clean_text(numbers.plain_text(value))
        if text.lower().startswith(("http://", "https://", "urn:")) and (found := good_address(text)):
            return Converted((terms.iri(found),))
        return Converted((terms.literal(text),) if text else ())

    def _iri(self, each: Field, path: str, raw: RawValue, value: Scalar) -> Converted:
        text = half_width(numbers.plain_text(value))
        found = address(each, text)
        if found is None or len(found) > self._iri_longest or _made_worse(each, found, text):
            return Converted((), (_no_address(each, path, raw, text),))
        return Converted((terms.iri(found),))

    def _number(self, each: Field, path: str, raw: RawValue, value: Scalar) -> Converted:
        number = numbers.parse_number(value)
        if number is None or numbers.is_foreign(value):
            said = notice("bad-number", raw.place, path=path, field=each, value=_shown(numbers.plain_text(value)))
            return Converted((), (said,))
        if each.type == "integer" and number != number.to_integral_value():
            said = notice("bad-integer", raw.place, path=path, field=each, value=numbers.decimal_text(number))
            return Converted((), (said,))
        return Converted((terms.literal(numbers.decimal_text(number), datatype=each.datatype),))

    def _date(self, each: Field, path: str, raw: RawValue, value: Scalar) -> Converted:
        code = "bad-date"
        try:
            found = parse_date(value, self._today)
        except NoSuchDay:
            found, code = None, "no-such-day"
        if found is None:
            shown = _shown(numbers.plain_text(value))
            return Converted((), (notice(code, raw.place, path=path, field=each, value=shown),))
        return Converted((terms.literal(found.isoformat(), datatype=each.datatype or f"{XSD}date"),))

    def _boolean(self, each: Field, path: str, raw: RawValue, value: Scalar) -> Converted:
        answer = numbers.parse_boolean(value)
        if answer is None:
            shown = _shown(numbers.plain_text(value))
            return Converted((), (notice("bad-boolean", raw.place, path=path, field=each, value=shown),))
        return Converted((terms.literal("true" if answer else "false", datatype=f"{XSD}boolean"),))


def _made_worse(each: Field, found: str, text: str) -> bool:
    """Tell whether an address misfits the field and is not what was written, so that nobody would know it again."""
    changed = each.iri_prefix and each.pattern and found.removeprefix(each.iri_prefix) != text
    return bool(changed) and re.search(each.pattern, found) is None


def _no_address(each: Field, path: str, raw: RawValue, text: str) -> Finding:
    """Return the finding that a text is no address, with what to write in this field."""
    part = fault_in(text)
    code = "bad-iri" if each.pattern.startswith("^http") else "bad-address"
    code = "bad-phone" if each.iri_prefix == "tel:" else "bad-iri-part" if part else code
    example = next(iter(each.examples), EXAMPLE)
    return notice(code, raw.place, path=path, field=each, value=_shown(text), part=part, example=example)


def _lost_digits(each: Field, path: str, raw: RawValue, text: str) -> Finding:
    return notice("lost-digits", raw.place, path=path, field=each, value=text)


def _shown(text: str) -> str:
    """Return a text short enough to be quoted."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
