"""One value of a field, as it was written, becomes terms; what cannot be understood becomes a finding."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from catalog_service.i18n import LANGUAGES, MARKS, both
from catalog_service.model import terms
from catalog_service.model.raw import RawValue
from catalog_service.model.report import Finding, Place, Severity
from catalog_service.namespaces import CODE_LISTS, XSD, term
from catalog_service.normalise import scalars
from catalog_service.normalise.prices import parse_period, parse_price

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog_service.model.kind import Field
    from catalog_service.model.record import Nodes
    from catalog_service.model.terms import Term
    from catalog_service.model.vocabulary import Concept, Vocabularies

_SEPARATORS = re.compile(r"\s*[;；\n|]\s*")
_TEXT_SEPARATORS = re.compile(r"\s*[;；\n]\s*")
_MODE = term("sts:pricingMode")
_SPECIFICATION = term("schema:priceSpecification")
_CURRENCY = term("schema:priceCurrency")
_AMOUNTS = {name: term(f"schema:{name}") for name in ("price", "minPrice", "maxPrice")}
_OFFER_AMOUNTS = ("price", "minPrice", "maxPrice")

_NOTICES = {
    "unknown-column": (
        "There is no field for “{value}”; it was left out.",
        "Use the headers of `kebao template`, or delete the column.",
    ),
    "computed": ("{label}: the catalogue fills this itself; what was given was left out.", ""),
    "bad-identifier": (
        "The identifier “{value}” cannot be used.",
        "Write 4 to 64 capital letters, digits, dots, dashes or underscores, such as KB-0000217, or leave it empty.",
    ),
    "language-added": ("{label}: “{value}” names no language; taken as {language}.", ""),
    "unknown-code": ("{label}: “{value}” is not in the list.", "Write one of the list, such as {near}."),
    "ambiguous-code": ("{label}: “{value}” may mean {count} things.", "Write {near}."),
    "bad-date": ("{label}: “{value}” is not a date.", "Write it as in 2026-03-05."),
    "bad-number": ("{label}: “{value}” is not a number.", "Write digits only, such as 2800."),
    "bad-boolean": ("{label}: “{value}” is neither yes nor no.", "Write 是 or 否."),
    "bad-price": (
        "{label}: the price “{value}” cannot be understood.",
        "Write it as in 2800, 1000元起, 500元/次, 5-8万元, 面议 or 免费.",
    ),
    "forbidden-character": ("{label}: the text holds control characters, which were taken out.", ""),
    "too-long": ("{label}: the text has {length} characters, {most} is the most that is read.", "Shorten it."),
    "bad-iri": ("{label}: “{value}” is not an address.", "Write it as in https://www.example.org/service."),
}


def notice(
    code: str,
    place: Place,
    *,
    path: str = "",
    field: Field | None = None,
    value: str = "",
    severity: Severity = "error",
    **values: object,
) -> Finding:
    """Return a finding of normalisation."""
    message, advice = _NOTICES[code]
    label = dict(field.labels) if field else {}
    value = scalars.printable(value)
    words = {"label": label, "value": value, **values}
    return Finding(
        code,
        both(message, domain="normalise", **words),
        both(advice, domain="normalise", **words) if advice else {},
        severity=severity,
        path=path or (field.name if field else ""),
        label=label,
        value=value,
        constraint=code,
        place=place,
    )


@dataclass(frozen=True, slots=True)
class Read:
    """What a value turned into; ``beside`` are values of sibling fields that were said with it."""

    terms: tuple[Term, ...] = ()
    findings: tuple[Finding, ...] = ()
    beside: tuple[tuple[str, RawValue], ...] = ()


class ValueReader:
    """Reads values of every type of field."""

    def __init__(self, vocabularies: Vocabularies, longest: int = 20_000) -> None:
        """``longest`` is the most characters a value may have."""
        self._vocabularies = vocabularies
        self._longest = longest
        self._found: dict[tuple[str, tuple[str, ...]], tuple[Concept, ...]] = {}

    def read(self, each: Field, raw: RawValue, path: str) -> Read:
        """Return the terms of one raw value; a cell of a field with many values is taken apart."""
        if raw.value is None or (isinstance(raw.value, str) and not raw.value.strip()):
            return Read()
        if isinstance(raw.value, str) and len(raw.value) > self._longest:
            finding = notice("too-long", raw.place, field=each, length=len(raw.value), most=self._longest)
            return Read(findings=(replace(finding, path=path),))
        results = [self._one(each, part, path) for part in self._parts(each, raw)]
        return Read(
            tuple(dict.fromkeys(found for result in results for found in result.terms)),
            tuple(replace(finding, path=path) for result in results for finding in result.findings),
            tuple(pair for result in results for pair in result.beside),
        )

    def _parts(self, each: Field, raw: RawValue) -> list[RawValue]:
        """Return the single values in a cell; a label such as 农、林、牧、渔业 stays whole."""
        parts = _parts(each, raw)
        if each.type != "concept" or each.max_count == 1:
            return parts
        return [piece for part in parts for piece in self._listed(each, part)]

    def _listed(self, each: Field, raw: RawValue) -> list[RawValue]:
        text = raw.value if isinstance(raw.value, str) else ""
        if "、" not in text or self._find(scalars.half_width(text), each.schemes):
            return [raw]
        return [replace(raw, value=part.strip()) for part in text.split("、") if part.strip()]

    def _one(self, each: Field, raw: RawValue, path: str) -> Read:
        text = scalars.plain(raw.value)
        match each.type:
            case "text":
                return self._text(each, raw, text, path)
            case "concept":
                return self.concept(each, text, raw.place)
            case "decimal" | "integer":
                return self._number(each, raw, text)
            case "date":
                found = scalars.date(raw.value)
                if found is None:
                    return _failed("bad-date", each, text, raw.place)
                return Read((terms.literal(found.isoformat(), datatype=each.datatype or f"{XSD}date"),))
            case "boolean":
                answer = scalars.boolean(raw.value)
                if answer is None:
                    return _failed("bad-boolean", each, text, raw.place)
                return Read((terms.literal(str(answer).lower(), datatype=f"{XSD}boolean"),))
            case "iri":
                return self._iri(each, text, raw.place)
            case "reference":
                clean = scalars.clean_text(text)
                return Read((terms.iri(clean) if re.match(r"https?://\S+$", clean) else terms.literal(clean),))
        return self._string(each, text, raw.place)

    def _text(self, each: Field, raw: RawValue, text: str, path: str) -> Read:
        findings: tuple[Finding, ...] = ()
        if scalars.has_forbidden(text):
            findings = (notice("forbidden-character", raw.place, path=path, field=each, severity="warning"),)
        clean = scalars.clean_text(text)
        language = raw.language or "zh"
        beside: tuple[tuple[str, RawValue], ...] = ()
        if each.name == "priceText":
            beside = self._price_beside(clean, raw.place)
        elif each.name == "periodText" and (period := parse_period(clean)):
            told = {"periodMin": period.minimum, "periodMax": period.maximum, "periodUnit": period.unit}
            beside = tuple(
                (f"offer.{name}", RawValue(_scalar(value), raw.place))
                for name, value in told.items()
                if value is not None
            )
        return Read((terms.literal(clean, language),) if clean else (), findings, beside if language == "zh" else ())

    def _price_beside(self, text: str, place: Place) -> tuple[tuple[str, RawValue], ...]:
        price = parse_price(text)
        if price is None:
            return ()
        told = {
            "pricingMode": price.mode,
            "price": price.price,
            "minPrice": price.minimum,
            "maxPrice": price.maximum,
            "unit": price.unit,
        }
        return tuple((name, RawValue(_scalar(value), place, "")) for name, value in told.items() if value)

    def _number(self, each: Field, raw: RawValue, text: str) -> Read:
        found = scalars.number(text)
        if found is not None:
            datatype = each.datatype or f"{XSD}{each.type}"
            return Read((terms.literal(scalars.decimal_text(found), datatype=datatype),))
        if each.name in _OFFER_AMOUNTS:
            beside = self._price_beside(text, raw.place)
            if not beside:
                return _failed("bad-price", each, text, raw.place)
            return Read(beside=(("priceText", RawValue(text, raw.place, "zh")),))
        return _failed("bad-number", each, text, raw.place)

    def _string(self, each: Field, text: str, place: Place) -> Read:
        clean = scalars.half_width(scalars.clean_text(text))
        if each.schemes:
            found = self._find(clean, each.schemes)
            if len(found) != 1:
                return self._unsure(each, clean, found, place)
            clean = found[0].notation
        return Read((terms.literal(clean),) if clean else ())

    def _iri(self, each: Field, text: str, place: Place) -> Read:
        clean = scalars.half_width(text).replace(" ", "")
        if each.iri_prefix:
            clean = each.iri_prefix + clean.removeprefix(each.iri_prefix)
        elif re.match(r"www\.[^\s]+$", clean):
            clean = "http://" + clean
        if not re.fullmatch(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+", clean, re.IGNORECASE):
            return _failed("bad-iri", each, text, place)
        return Read((terms.iri(clean),))

    def concept(self, each: Field, text: str, place: Place) -> Read:
        """Return the concept that a code, an IRI, a label or “code label” means."""
        clean = scalars.half_width(text)
        found = self._find(clean, each.schemes)
        if len(found) == 1:
            return Read((terms.iri(found[0].iri),))
        return self._unsure(each, clean, found, place)

    def _find(self, text: str, schemes: tuple[str, ...]) -> tuple[Concept, ...]:
        key = (text, schemes)
        if key not in self._found:
            found = self._vocabularies.find(text, schemes)
            code, _, label = text.partition(" ")
            if not found and label:
                found = tuple(each for each in self._vocabularies.find(code, schemes) if each.notation == code)
                named = tuple(each for each in found if label.strip().casefold() in _names(each))
                found = named if len(found) > 1 and named else found
            self._found[key] = found or self._padded(text, schemes)
            if len(self._found) > 20_000:
                self._found.clear()
        return self._found.get(key) or self._vocabularies.find(text, schemes)

    def _padded(self, text: str, schemes: tuple[str, ...]) -> tuple[Concept, ...]:
        """Return the concepts whose code a number is that lost its zeros, as spreadsheets make of 0504."""
        if not text.isdecimal():
            return ()
        found = []
        for slug in schemes:
            concepts = self._vocabularies[slug].concepts
            lengths = sorted({len(code) for code in concepts if code.isdecimal() and len(code) > len(text)})
            found += [concepts[code] for length in lengths if (code := text.zfill(length)) in concepts][:1]
        return tuple(found)

    def _unsure(self, each: Field, text: str, found: Sequence[Concept], place: Place) -> Read:
        near = found[:3] or self._usable(each, self._vocabularies.nearest(text, each.schemes, 12))[:3]
        names = {lang: MARKS[lang].join(f"{one.notation} {one.label(lang)}" for one in near) for lang in LANGUAGES}
        code = "ambiguous-code" if found else "unknown-code"
        return Read(findings=(notice(code, place, field=each, value=text, near=names, count=len(found)),))

    def _usable(self, each: Field, concepts: Sequence[Concept]) -> list[Concept]:
        """Return the concepts a field may have: of the level it asks for, where it asks for one."""
        lists = self._vocabularies
        return [
            one
            for one in concepts
            if (not each.leaf or lists[one.scheme].is_leaf(one.notation))
            and (not each.top or one.broader is None)
            and (not each.codes or one.notation in each.codes)
        ]

    def complete_offer(self, nodes: Nodes, node: Term) -> None:
        """Give an offer the pricing mode its amounts mean, and its amounts a currency, where they are not said."""
        own = nodes[node]
        for specification in own.get(_SPECIFICATION, ()):
            amounts = {name for name, predicate in _AMOUNTS.items() if nodes.get(specification, {}).get(predicate)}
            if amounts and not nodes[specification].get(_CURRENCY):
                nodes[specification][_CURRENCY] = [terms.literal("CNY")]
            mode = {
                frozenset({"price"}): "fixed",
                frozenset({"minPrice"}): "from",
                frozenset({"minPrice", "maxPrice"}): "range",
            }
            meant = mode.get(frozenset(amounts))
            if meant and not own.get(_MODE):
                own[_MODE] = [terms.iri(f"{CODE_LISTS}pricing-mode/{meant}")]


def _names(concept: Concept) -> set[str]:
    return {scalars.half_width(label).casefold() for label in concept.labels.values()}


def _scalar(value: object) -> str:
    return str(value)


def _failed(code: str, each: Field, text: str, place: Place) -> Read:
    return Read(findings=(notice(code, place, field=each, value=text[:60]),))


def _parts(each: Field, raw: RawValue) -> list[RawValue]:
    """Return the single values in a cell; only fields with many values are taken apart, texts at semicolons only."""
    many = each.max_count != 1 and not each.unique_lang
    if not many or not isinstance(raw.value, str):
        return [raw]
    pattern = _TEXT_SEPARATORS if each.type in ("text", "reference", "string") else _SEPARATORS
    return [replace(raw, value=part) for part in pattern.split(raw.value.strip()) if part]
