"""A record in words, by the meaning of its properties: proven with a kind that no shape knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog_service.model.kind import Field, Group, Kind
from catalog_service.model.record import Record
from catalog_service.namespaces import term
from catalog_service.operations.present import Presenter, Reference, contact_of

if TYPE_CHECKING:
    from catalog_service.model.vocabulary import Vocabularies

IRI = "https://kebao.example/id/instrument/X-0000001"


def _field(name: str, path: str, type_: str, **more: object) -> Field:
    labels = {"zh": f"{name}字段", "en": f"The {name}"}
    return Field(name, "", (term(path),), type_, labels, {}, **({"group": "basic"} | more))  # type: ignore[arg-type]


STEPS = (
    _field("position", "schema:position", "integer", group=""),
    _field("name", "schema:name", "text", group=""),
)
KIND = Kind(
    name="instrument",
    class_iri="https://example.org/Instrument",
    also=(),
    labels={"zh": "仪器", "en": "Instrument"},
    plurals={"zh": "仪器", "en": "Instruments"},
    counter={"zh": "{n} 台仪器", "en": "{n} instruments"},
    prefix="X",
    lifecycle=("draft", "published"),
    fields=(
        _field("identifier", "dct:identifier", "string"),
        _field("title", "dct:title", "text"),
        _field("summary", "dct:abstract", "text"),
        _field("mode", "sts:deliveryMode", "concept"),
        _field("step", "sts:hasStep", "node", fields=STEPS),
        _field("owner", "schema:provider", "reference"),
        _field("part", "dct:hasPart", "reference"),
        _field("page", "dcat:landingPage", "iri"),
        _field("phone", "schema:telephone", "string", group="contact"),
        _field("secret", "schema:legalRepresentative", "string", private=True),
        _field("day", "dct:date", "date"),
        _field("weight", "schema:weight", "decimal"),
    ),
    facets=(),
    title="title",
    summary="summary",
    groups=(Group("basic", {"zh": "基本信息", "en": "Basics"}, 1),),
)


def _record(**values: list[str]) -> Record:
    node = f"<{IRI}>"
    paths = {each.name: each.path[0] for each in KIND.fields}
    nodes = {node: {paths[name]: terms for name, terms in values.items()}}
    nodes["<urn:s1>"] = {term("schema:position"): ['"2"'], term("schema:name"): ['"后"@zh']}
    nodes["<urn:s2>"] = {term("schema:position"): ['"1"'], term("schema:name"): ['"先"@zh', '"first"@en']}
    return Record(IRI, KIND.name, nodes)


def _resolve(iri: str, lang: str) -> Reference:
    return Reference(iri, "X-0000002", {"zh": "主机", "en": "Host"}[lang]) if iri.endswith("2") else Reference(iri)


@pytest.fixture(scope="module")
def vocabularies() -> Vocabularies:
    from catalog_service.model.vocabulary import load_vocabularies

    return load_vocabularies()


def test_a_text_is_in_the_asked_language_else_in_its_own(vocabularies: Vocabularies) -> None:
    record = _record(title=['"显微镜"@zh'], summary=['"看得清"@zh', '"sees well"@en'])

    shown = Presenter(KIND, vocabularies, "en", _resolve).present(record)

    assert (shown.title.text, shown.title.lang) == ("显微镜", "zh")
    assert shown.summary is not None
    assert (shown.summary.text, shown.summary.lang) == ("sees well", "")


def test_steps_stand_in_their_order_without_their_numbers(vocabularies: Vocabularies) -> None:
    shown = Presenter(KIND, vocabularies, "zh", _resolve).present(_record(step=["<urn:s1>", "<urn:s2>"]))

    entry = shown.groups[0].entries[0]
    assert entry.form == "steps"
    assert [[inner.values[0].text for inner in part] for part in entry.parts] == [["先"], ["后"]]


def test_codes_references_days_and_numbers_are_words_that_lead_somewhere(vocabularies: Vocabularies) -> None:
    record = _record(
        mode=["<https://w3id.org/stsp/cl/delivery-mode/online>"],
        part=["<urn:x2>"],
        day=['"2026-11-18"^^<http://www.w3.org/2001/XMLSchema#date>'],
        weight=['"1234.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'],
        phone=['"0773-555 0123"'],
    )

    shown = Presenter(KIND, vocabularies, "en", _resolve).present(record)

    found = {entry.name: entry.values[0] for entry in shown.groups[0].entries}
    assert (found["mode"].text, found["mode"].href) == ("Online", "/vocabularies/delivery-mode/online")
    assert (found["part"].text, found["part"].href) == ("Host", "/records/X-0000002")
    assert found["day"].text == "18 November 2026"
    assert found["weight"].text == "1,234.5"
    assert shown.contact[0].values[0].href == "tel:0773-5550123"


def test_private_fields_and_the_title_are_not_listed(vocabularies: Vocabularies) -> None:
    record = _record(title=['"显微镜"@zh'], secret=['"某人"'], identifier=['"X-0000001"'])

    shown = Presenter(KIND, vocabularies, "zh", _resolve).present(record)

    assert shown.groups == ()
    assert "某人" not in repr(shown)
    assert contact_of(Presenter(KIND, vocabularies, "zh", _resolve), record) == ()


@pytest.mark.parametrize("target", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_only_web_addresses_become_links(vocabularies: Vocabularies, target: str) -> None:
    shown = Presenter(KIND, vocabularies, "zh", _resolve).present(_record(page=[f"<{target}>"], part=[f"<{target}>"]))

    assert [value.href for entry in shown.groups[0].entries for value in entry.values] == ["", ""]


def test_a_kind_without_offers_has_no_four_facts(vocabularies: Vocabularies) -> None:
    shown = Presenter(KIND, vocabularies, "zh", _resolve).present(_record(title=['"显微镜"@zh']))

    assert (shown.facts, shown.offers) == ((), ())
