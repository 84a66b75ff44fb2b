"""From SHACL results to findings: one sentence a constraint component, with the field's own words.

The same result gives the same sentence whichever engine found it. What to write instead comes from the shape's own
``sh:message``, or is computed: the nearest code, the format with an example.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from catalog_service.i18n import LANGUAGES, MARKS, both
from catalog_service.model import terms
from catalog_service.model.report import Finding, Severity
from catalog_service.namespaces import CODE_LISTS, SH, XSD, shorten
from catalog_service.validation.base import different

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalog_service.model.kind import Field, Kind, Rule
    from catalog_service.model.record import Record
    from catalog_service.model.terms import Term
    from catalog_service.model.vocabulary import Concept, Vocabularies
    from catalog_service.validation.base import ShapeResult

_SENTENCES = {
    "MinCount": "{label}: nothing is given.",
    "MaxCount": "{label}: there are {count} values, at most {max} may be given.",
    "QualifiedMinCount": "{label}: the Chinese text is missing.",
    "QualifiedMaxCount": "{label}: more values of this sort are given than may be.",
    "UniqueLang": "{label}: there are several texts in one language.",
    "Datatype": "{label}: “{value}” is not {type}.",
    "NodeKind": "{label}: “{value}” is not of the right form.",
    "Class": "{label}: “{value}” does not name a record or code of the right sort.",
    "In": "{label}: “{value}” is not among the values that may be chosen.",
    "HasValue": "{label}: the value that must be there is missing.",
    "Pattern": "{label}: “{value}” is not written in the right form.",
    "MinLength": "{label}: “{value}” is too short.",
    "MaxLength": "{label}: the text has {length} characters, at most {longest} may be given.",
    "MinInclusive": "{label}: {value} is below the least, {minimum}.",
    "MaxInclusive": "{label}: {value} is above the most, {maximum}.",
    "MinExclusive": "{label}: {value} is too small.",
    "MaxExclusive": "{label}: {value} is too large.",
    "LessThan": "{label}: {value} is not below {partner}.",
    "LessThanOrEquals": "{label}: {value} is above {partner}.",
    "Equals": "{label}: it must have the same value as its partner.",
    "Disjoint": "{label}: “{value}” is also given where it must not be.",
    "LanguageIn": "{label}: “{value}” is in a language that cannot be used here.",
    "Closed": "{label}: “{value}” stands at a property that is not in the profile.",
    "Node": "{label}: “{value}” does not fit.",
    "Xone": "{label}: the parts do not fit together.",
    "Or": "{label}: one of several things must be given, and none is.",
    "And": "{label}: the parts do not fit together.",
    "Not": "{label}: “{value}” must not be given here.",
    "Unchecked": "{label}: so much is wrong that the rest was not checked.",
}
_OF_CODES = ("In", "Node", "Class", "HasValue", "NodeKind")
"""Components that fail where a code was to stand."""

_SPECIAL = {
    "other sort": "{label}: none of what is given is of the sort that is needed.",
    "too many": "{label}: there are {count} values, which are too many.",
    "other type": "{label}: “{value}” ({given}) is not {type}.",
    "text": "{label}: “{value}” is text, where an IRI must be.",
    "no code": "{label}: “{value}” is no code that can be used here.",
    "later": "{label}: {value} is later than {partner}.",
}
"""Sentences that say more than that of the component, where more is known."""

_OTHER = "{label}: the value does not fit the profile."

_TYPES = {
    terms.RDF_LANG_STRING: "text with a language",
    f"{XSD}date": "a date such as 2026-03-05",
    f"{XSD}dateTime": "a time such as 2026-03-05T08:00:00Z",
    f"{XSD}decimal": "a number such as 2800",
    f"{XSD}integer": "a whole number",
    f"{XSD}boolean": "yes or no",
    terms.XSD_STRING: "plain text",
}
_SEVERITIES: dict[str, Severity] = {f"{SH}Violation": "error", f"{SH}Warning": "warning", f"{SH}Info": "info"}
_LONGEST_VALUE = 60
_MOST_LISTED = 5
"""Values of a partner that a sentence names."""
_OF_SEVERAL = tuple(f"{name}ConstraintComponent" for name in ("#Or", "#Xone", "#And", "#Not"))
"""Components of rules about several fields."""


class FindingMaker:
    """Puts the results on records of all kinds into words."""

    def __init__(self, kinds: Mapping[str, Kind], vocabularies: Vocabularies) -> None:
        self._vocabularies = vocabularies
        self._by_shape = {
            (kind.name, each.shape): (name, each) for kind in kinds.values() for name, each in kind.walk() if each.shape
        }
        self._by_step = {
            (kind.name, step): (name, each)
            for kind in kinds.values()
            for name, each in kind.walk()
            for step in each.path[-1:]
        }
        self._kinds = kinds

    def findings(self, result: ShapeResult, record: Record) -> Iterator[Finding]:
        """Yield the findings of one result on a record; details of a failed node say more than the failure itself."""
        told = [detail for detail in result.details if detail.path and detail.focus_node in record.nodes]
        if told and result.component.endswith(("NodeConstraintComponent", "AndConstraintComponent")):
            for detail in different(told):
                yield from self.findings(detail, record)
            return
        if self._without_partner(result, record):
            return
        rule = self._kinds[record.kind].rules.get(result.source_shape)
        said = _said(result)
        if rule is not None and rule.fields and said and result.component.endswith(_OF_SEVERAL):
            yield self._of_rule(result, record, rule, said)
        else:
            yield self._finding(result, record)

    def _of_rule(self, result: ShapeResult, record: Record, rule: Rule, said: Mapping[str, str]) -> Finding:
        """Return the finding of a rule about several fields: it speaks for itself, at the first of them."""
        fields = [each for name in rule.fields if (each := self._kinds[record.kind].field(name))]
        label = {lang: MARKS[lang].join(each.label(lang) for each in fields) for lang in LANGUAGES}
        component = result.component.removeprefix(SH).removesuffix("ConstraintComponent")
        return Finding(
            code=component[:1].lower() + component[1:],
            message=both("{label}: {said}", domain="findings", label=label, said=said),
            suggestion=self._given(fields, result, record),
            severity=_SEVERITIES.get(result.severity, "error"),
            record=record.iri,
            path=rule.fields[0],
            label=label,
            value=_shown(result.value, record) if result.path else "",
            constraint=result.component,
            focus_node=result.focus_node,
            source_shape=_named(result.source_shape),
            value_term=result.value,
            predicates=result.path,
        )

    def _given(self, fields: Sequence[Field], result: ShapeResult, record: Record) -> dict[str, str]:
        """Tell which of several fields have which value and which have none, where some have and some have not."""
        given: list[tuple[Field, Mapping[str, str]]] = []
        missing = []
        node = result.value if result.value in record.nodes else result.focus_node
        for each in fields:
            found = record.objects(*each.path, of=node)
            if found and each.type != "node":
                given.append((each, self._written(found, record)))
            elif not found:
                missing.append(each)
        if not given or not missing:
            return {}
        told = {
            "zh": MARKS["zh"].join(f"{each.label('zh')}“{value['zh']}”" for each, value in given),
            "en": MARKS["en"].join(f"{each.label('en')} “{value['en']}”" for each, value in given),
        }
        empty = {lang: MARKS[lang].join(each.label(lang) for each in missing) for lang in LANGUAGES}
        return both("Given now: {given}; not given: {missing}.", domain="findings", given=told, missing=empty)

    def _written(self, values: Sequence[Term], record: Record) -> dict[str, str]:
        """Return values as people write them: codes by their labels."""
        concepts = {value: self._vocabularies.concept(terms.value(value)) for value in sorted(values)}
        return {
            lang: MARKS[lang].join(
                concept.label(lang) if concept else _shown(value, record) for value, concept in concepts.items()
            )
            for lang in LANGUAGES
        }

    def _finding(self, result: ShapeResult, record: Record) -> Finding:
        kind = self._kinds[record.kind]
        component = result.component.removeprefix(SH).removesuffix("ConstraintComponent")
        name, each = self._field(kind, result)
        shown = _shown(result.value, record).removeprefix(each.iri_prefix if each else "")
        label = dict(each.labels if each else kind.labels)
        count = len(_siblings(result, record))
        values = {
            "label": label,
            "value": self._labelled(result.value) or shown,
            "count": count,
            "length": len(terms.value(result.value)) if result.value else 0,
            "max": each.max_count if each else "",
            "longest": each.max_length if each else "",
            "minimum": each.minimum if each else "",
            "maximum": each.maximum if each else "",
            "type": both(_TYPES.get(each.datatype, shorten(each.datatype)), domain="findings") if each else "",
            "given": _type_of(result.value),
            "partner": self._partner(kind, result, record),
        }
        special = _special(component, result.value, each, count)
        sentence = _SPECIAL[special] if special else _SENTENCES.get(component, _OTHER)
        return Finding(
            code=component[:1].lower() + component[1:],
            message=both(sentence, domain="findings", **values),
            suggestion=self._suggestion(result, each, component),
            severity=_SEVERITIES.get(result.severity, "error"),
            record=record.iri,
            path=name,
            label=label if each else {},
            value=shown,
            constraint=result.component,
            focus_node=result.focus_node,
            source_shape=_named(result.source_shape),
            value_term=result.value,
            predicates=result.path,
        )

    def _field(self, kind: Kind, result: ShapeResult) -> tuple[str, Field | None]:
        found = self._by_shape.get((kind.name, result.source_shape))
        rule = kind.rules.get(result.source_shape)
        if found is None and rule is not None and rule.fields:
            each = kind.field(rule.fields[0])
            found = (rule.fields[0], each) if each else None
        if found is None and result.path:
            found = self._by_step.get((kind.name, result.path[-1]))
        return found or ("", None)

    def _labelled(self, value: Term) -> dict[str, str]:
        concept = self._vocabularies.concept(terms.value(value)) if value.startswith("<" + CODE_LISTS) else None
        return {lang: f"{concept.notation} {concept.label(lang)}" for lang in LANGUAGES} if concept else {}

    def _partner(self, kind: Kind, result: ShapeResult, record: Record) -> dict[str, str]:
        """Return the field that this one must not exceed, with its values."""
        predicate, partner = self._partner_of(kind, result)
        values = _in_order(tuple(record.objects(predicate, of=result.focus_node))) if predicate else ()
        names = [partner.label] if partner else []
        return {lang: " ".join([*(name(lang) for name in names), MARKS[lang].join(values)]) for lang in LANGUAGES}

    def _partner_of(self, kind: Kind, result: ShapeResult) -> tuple[Term, Field | None]:
        """Return the predicate that a value is compared with, and the field there; empty if it is with none."""
        name, each = self._by_shape.get((kind.name, result.source_shape), ("", None))
        if each is None or not each.less_than:
            return "", None
        owner = name.rpartition(".")[0]
        beside = (other for path, other in kind.walk() if path.rpartition(".")[0] == owner)
        return each.less_than, next((other for other in beside if other.path[-1] == each.less_than), None)

    def _without_partner(self, result: ShapeResult, record: Record) -> bool:
        """Tell whether a value is compared with nothing of its type: what is wrong then is the partner, told there."""
        if "#LessThan" not in result.component:
            return False
        predicate, partner = self._partner_of(self._kinds[record.kind], result)
        others = record.objects(predicate, of=result.focus_node)
        return partner is not None and not any(
            terms.is_literal(each) and terms.datatype(each) == partner.datatype for each in others
        )

    def _suggestion(self, result: ShapeResult, each: Field | None, component: str) -> dict[str, str]:
        said = _said(result)
        near = self._nearest(result, each, component)
        if near:
            return near
        if said:
            return said
        if each is not None and each.examples:
            return both("Write it as in “{example}”.", domain="findings", example=each.examples[0])
        return {}

    def _nearest(self, result: ShapeResult, each: Field | None, component: str) -> dict[str, str]:
        """Return which codes to take instead of one that is none or not allowed; empty where nothing is near."""
        if each is None or not each.schemes or not result.value or component not in _OF_CODES:
            return {}
        if not result.value.startswith(('"', "<" + CODE_LISTS)):
            return {}
        concept = self._vocabularies.concept(terms.value(result.value))
        ours = concept if concept and concept.scheme in each.schemes else None
        below = self._vocabularies[ours.scheme].concepts[ours.notation].narrower if ours else ()
        if each.leaf and ours and below:
            return self._example("Choose one of its subclasses, such as “{example}”.", ours.scheme, below[0])
        if each.top and ours and ours.broader:
            return self._example("Take the class above it, “{example}”.", ours.scheme, self._top(ours).notation)
        written = concept.label("zh") if concept else terms.value(result.value).rsplit("/", 1)[-1]
        near = [
            found
            for found in self._vocabularies.nearest(written, each.schemes, 5)
            if found.iri != terms.value(result.value)
        ]
        near = [found for found in near if not (each.top and found.broader)][:3]
        names = {
            lang: MARKS[lang].join(f"{found.notation} {found.label(lang)}" for found in near) for lang in LANGUAGES
        }
        return both("Take one of the list, such as {names}.", domain="findings", names=names) if near else {}

    def _example(self, advice: str, scheme: str, notation: str) -> dict[str, str]:
        concept = self._vocabularies[scheme].concepts[notation]
        shown = {lang: f"{notation} {concept.label(lang)}" for lang in LANGUAGES}
        return both(advice, domain="findings", example=shown)

    def _top(self, concept: Concept) -> Concept:
        concepts = self._vocabularies[concept.scheme].concepts
        while concept.broader:
            concept = concepts[concept.broader]
        return concept


def _special(component: str, value: Term, field: Field | None, count: int) -> str:
    """Return the name of the sentence for what is known beyond the component; empty if there is none."""
    if field is None:
        return ""
    if component == "MaxCount" and field.max_count and count <= field.max_count:
        return "too many"  # the shape of an unnamed node on the way to the field speaks, not the field's own
    if component == "Datatype" and _type_of(value) not in ("", shorten(field.datatype)):
        return "other type"
    if component == "NodeKind" and value.startswith('"'):
        return "text"
    if component == "Node" and field.type == "concept":
        return "no code"
    if component == "QualifiedMinCount" and field.type != "text":
        return "other sort"
    return "later" if component == "LessThanOrEquals" and field.type == "date" else ""


def _type_of(value: Term) -> str:
    """Return the type or language a literal is written with; empty for other terms."""
    if not value.startswith('"'):
        return ""
    return f"@{terms.language(value)}" if terms.language(value) else shorten(terms.datatype(value))


def _named(shape: str) -> str:
    """Return a shape's IRI, empty for a shape without a name: engines label those as they like."""
    return shape if ":" in shape and not shape.startswith("_") else ""


def _said(result: ShapeResult) -> dict[str, str]:
    """Return the shape's own message in all languages; empty if it has none."""
    said = {lang: text for lang, text in result.messages.items() if lang in LANGUAGES}
    return {lang: said.get(lang) or next(iter(said.values())) for lang in LANGUAGES} if said else {}


def _siblings(result: ShapeResult, record: Record) -> list[Term]:
    return record.objects(*result.path, of=result.focus_node) if result.path else []


@lru_cache(maxsize=64)
def _in_order(values: tuple[Term, ...]) -> tuple[str, ...]:
    """Return values as a sentence lists them; remembered, as each of many values is told with the same many others."""
    written = sorted(map(terms.written, values))
    return (*written[:_MOST_LISTED], *("…",) * (len(written) > _MOST_LISTED))


def _shown(value: Term, record: Record) -> str:
    """Return a value as a sentence shows it: what is long is cut, an inner node goes by its fragment."""
    text = terms.written(value) if value else ""
    text = text.removeprefix(record.iri) if text.startswith(f"{record.iri}#") else text
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
