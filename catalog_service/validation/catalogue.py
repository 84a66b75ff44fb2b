"""Rules that no shape can hold: arithmetic on codes, and what one element says about another.

A shape asks for them by ``stsd:check`` (`Field.checks`): ``uscc``, ``legal-form``, ``distinct`` among the parts of a
record, ``recommended-for`` with the concept whose records should give the element; and by naming the list whose codes
are written. What a kind does not ask for costs its records nothing. References and uniqueness need the store: see
`catalog_service.operations.references`.
Source: GB 32100-2015 (as quoted in public texts), check character by ISO 7064 / GB/T 17710.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from catalog_service.i18n import MARKS, both
from catalog_service.model import terms
from catalog_service.model.kind import per_kind
from catalog_service.model.report import Finding
from catalog_service.namespaces import CODE_LISTS, term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from catalog_service.model.kind import Field, Kind
    from catalog_service.model.record import Record
    from catalog_service.model.report import Severity
    from catalog_service.model.terms import Term
    from catalog_service.model.vocabulary import Vocabularies

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The characters of a unified social credit code: no I, O, S, V, Z."""

_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))
CREDIT_CODE = term("sts:unifiedSocialCreditCode")

_FORMS = {"11": ("010",), "12": ("020",), "13": ("030",), "51": ("030",), "91": ("100", "200", "300")}
"""Who registered an organisation as what, the first two characters of its code, to the legal forms that can have."""


@dataclass(frozen=True, slots=True)
class Element:
    """A field where a kind has it."""

    name: str
    """Its dotted name."""
    field: Field
    path: tuple[Term, ...]
    """From the record's own node, through the inner nodes."""


def check_rules(record: Record, kind: Kind, vocabularies: Vocabularies) -> list[Finding]:
    """Return what the catalogue's own rules say of a record."""
    own = record.own
    return [finding for needed, rule in _rules(kind) if needed in own for finding in rule(record, vocabularies)]


@per_kind
def _rules(kind: Kind) -> list[tuple[Term, Callable[[Record, Vocabularies], Iterator[Finding]]]]:
    """Return the rules of a kind, each after the property without which it has nothing to say."""
    found: list[tuple[Term, Callable[[Record, Vocabularies], Iterator[Finding]]]] = []
    for element in _elements(kind.fields):
        each, first = element.field, element.path[0]
        if each.type == "string" and each.schemes and not each.codes:
            found.append((first, partial(_code_list, element)))
        for name, _, argument in (check.partition(" ") for check in each.checks):
            if name == "uscc":
                found.append((first, partial(_credit_code, element)))
            elif name == "legal-form":
                found.append((first, partial(_legal_form, element)))
            elif name == "distinct":
                owner = kind.field(element.name.rpartition(".")[0])
                found.append((first, partial(_distinct, element, dict(owner.labels) if owner else {})))
            elif name == "recommended-for":
                slug, _, code = argument.partition("/")
                paths = [one.path for one in kind.fields if slug in one.schemes]
                found += [(path[0], partial(_recommended, element, path, slug, code)) for path in paths]
    return found


def _elements(fields: tuple[Field, ...], before: str = "", path: tuple[Term, ...] = ()) -> Iterator[Element]:
    for each in fields:
        element = Element(before + each.name, each, path + each.path)
        yield element
        yield from _elements(each.fields, f"{element.name}.", element.path)


def check_character(code: str) -> str:
    """Return the check character that belongs to the first 17 characters of a credit code.

    >>> check_character("91110000600037341")
    'L'
    """
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(code, _WEIGHTS, strict=False))
    return ALPHABET[-total % 31]


def _credit_code(element: Element, record: Record, vocabularies: Vocabularies) -> Iterator[Finding]:
    """Yield findings on a record's credit codes: a wrong check character, an unknown region inside."""
    for node, code in _values(record, element):
        if len(code) != 18 or any(char not in ALPHABET for char in code):
            continue
        at, wanted = (record, element, node), check_character(code)
        if code[-1] != wanted:
            message = "{label}: the check character of “{value}” is {found}, it should be {wanted}."
            advice = "Compare it with the business licence; one character is probably mistyped."
            yield _finding("check-character", message, advice, at, code, found=code[-1], wanted=wanted)
        regions = vocabularies.get("region")
        if regions is not None and code[2:8] not in regions.concepts:
            message = "{label}: “{region}” in “{value}” is no region code in force."
            advice = "It may be an older code; check it if the rest was typed by hand."
            yield _finding("region-in-code", message, advice, at, code, "warning", region=code[2:8])


def _legal_form(element: Element, record: Record, vocabularies: Vocabularies) -> Iterator[Finding]:
    """Yield advice where a legal form and the beginning of the credit code do not go together."""
    forms = vocabularies[element.field.schemes[0]]
    starts = {terms.value(code)[:2] for code in record.own.get(CREDIT_CODE, ())} & _FORMS.keys()
    for node, value in _values(record, element):
        code = value.rpartition("/")[2]
        for start in sorted(starts) if code in forms.concepts else ():
            if {code, *forms.ancestors(code)}.isdisjoint(_FORMS[start]):
                may_be = _listed([forms.concepts[each].labels for each in _FORMS[start]])
                message = "{label}: {form} does not go with a credit code that begins with {start}."
                advice = "An organisation with such a code is one of these: {forms}. Correct the form or the code."
                yield _finding(
                    "legal-form-of-code", message, advice, (record, element, node), code, "warning",
                    form=dict(forms.concepts[code].labels), start=start, forms=may_be,
                )  # fmt: skip


def _distinct(element: Element, part: dict[str, str], record: Record, _vocabularies: Vocabularies) -> Iterator[Finding]:
    """Yield an error for every value that another part of the record has already."""
    seen: set[str] = set()
    for node, value in _values(record, element):
        same = str(int(value)) if value.isdecimal() else value
        if same in seen:
            message = "{label}: {value} is given more than once."
            advice = "Give every {part} a value of its own, such as 1, 2, 3."
            yield _finding("not-distinct", message, advice, (record, element, node), value, part=part)
        seen.add(same)


def _code_list(element: Element, record: Record, vocabularies: Vocabularies) -> Iterator[Finding]:
    """Yield an error for every code that is not in the list it is written from."""
    lists = [slug for slug in element.field.schemes if slug in vocabularies]
    for node, value in _values(record, element):
        if not lists or any(value in vocabularies[slug].concepts for slug in lists):
            continue
        meant = vocabularies.find(value, lists) or vocabularies.nearest(value, lists, 1)
        code = meant[0].notation if len(meant) == 1 else "".join(element.field.examples[:1])
        named = _listed([vocabularies[slug].labels for slug in lists])
        message = "{label}: “{value}” is no code of the list “{list}”."
        advice = "Write a code of the list, such as {right}."
        yield _finding("unknown-code", message, advice, (record, element, node), value, list=named, right=code)


def _recommended(
    element: Element, path: tuple[Term, ...], slug: str, wanted: str, record: Record, vocabularies: Vocabularies
) -> Iterator[Finding]:
    """Yield advice where a record is of a concept, or one below it, whose records should give an element."""
    if element.path[0] in record.own:
        return
    beginning, scheme = f"<{CODE_LISTS}{slug}/", vocabularies[slug]
    codes = [each[len(beginning) : -1] for each in record.objects(*path) if each.startswith(beginning)]
    if any(wanted in (code, *scheme.ancestors(code)) for code in codes if code in scheme.concepts):
        message = "{label}: nothing is given, which is recommended for {concept}."
        advice = "Add it, so that clients see it; without it the record can be published all the same."
        at, concept = (record, element, record.node), dict(scheme.concepts[wanted].labels)
        yield _finding("recommended-here", message, advice, at, "", "warning", concept=concept)


def _listed(labels: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {lang: mark.join(each.get(lang) or each["zh"] for each in labels) for lang, mark in MARKS.items()}


def _values(record: Record, element: Element) -> Iterator[tuple[Term, str]]:
    """Yield the values of an element with the node each stands at."""
    *way, last = element.path
    for node in record.objects(*way) if way else [record.node]:
        for each in record.nodes.get(node, {}).get(last, ()):
            yield node, terms.value(each)


def _finding(
    code: str,
    message: str,
    advice: str,
    at: tuple[Record, Element, Term],
    value: str,
    severity: Severity = "error",
    **values: object,
) -> Finding:
    record, element, node = at
    label = dict(element.field.labels)
    return Finding(
        code,
        both(message, domain="findings", label=label, value=value, **values),
        both(advice, domain="findings", label=label, **values),
        severity=severity,
        record=record.iri,
        path=element.name,
        label=label,
        value=value,
        constraint=code,
        focus_node=node,
    )
