from __future__ import annotations

import random

from catalog_service.model.record import best_text, canonical, content_hash, nodes_of, objects_in, parse_canonical

TRIPLES = [
    ("<http://e/1>", "<http://e/title>", '"检索"@zh'),
    ("<http://e/1>", "<http://e/title>", '"search"@en'),
    ("<http://e/1>", "<http://e/offer>", "<http://e/1#offer-1>"),
    ("<http://e/1#offer-1>", "<http://e/price>", '"5"'),
]


def test_canonical_form_does_not_depend_on_order_or_doubles() -> None:
    shuffled = random.Random(1).sample(TRIPLES, len(TRIPLES)) + TRIPLES[:2]

    assert canonical(shuffled) == canonical(TRIPLES)


def test_a_record_survives_its_canonical_form() -> None:
    form = canonical(TRIPLES)

    record = parse_canonical(form, "http://e/1", "thing")

    assert content_hash(record.canonical()) == content_hash(form)
    assert record.objects("<http://e/offer>", "<http://e/price>") == ['"5"']


def test_a_few_values_are_looked_up_in_the_canonical_form_as_in_the_record() -> None:
    form = canonical(
        [*TRIPLES, ("<http://e/1>", "<http://e/titles>", '"x"'), ("<http://e/10>", "<http://e/title>", '"y"')]
    )
    record = parse_canonical(form, "http://e/1", "thing")
    title, offer, price = ("<http://e/title>", "<http://e/offer>", "<http://e/price>")

    for path in ((title,), (offer,), (offer, price), (price,), (title, price), ("<http://e/titl>",)):
        assert objects_in(form, record.node, *path) == record.objects(*path)
    assert objects_in(form, "<http://e/1>", title) == ['"search"@en', '"检索"@zh']
    assert objects_in(b"", "<http://e/1>", title) == []


def test_text_comes_in_the_asked_language_else_in_chinese() -> None:
    texts = nodes_of(TRIPLES)["<http://e/1>"]["<http://e/title>"]

    assert [best_text(texts, lang) for lang in ("en", "zh", "fr")] == ["search", "检索", "检索"]


def test_a_record_without_content_has_an_empty_form() -> None:
    record = parse_canonical(b"", "https://e.example/a", "kind")

    assert record.nodes == {}
    assert record.own == {}
    assert record.canonical() == b""
