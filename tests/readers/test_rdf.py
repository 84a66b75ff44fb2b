"""RDF behind two gates: bytes before the parser, terms behind it; records cut out of the stream."""

from __future__ import annotations

import pytest

from catalog_service.errors import UnreadableInput
from catalog_service.readers.rdf.jsonld import CONTEXT_ADDRESSES
from tests.readers.readings import BASE, PREFIXES, names, piece, read, turtle

SCHEMA = "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"


def test_a_record_takes_its_fragments_and_blank_nodes_along() -> None:
    own = f"ex:A a sts:ServiceProduct ; sts:offer <{BASE}A#o>, _:b, [ dct:title 'x' ] .\n"
    text = f"{PREFIXES}{own}<{BASE}A#o> dct:title 'y' .\n_:b dct:title 'z' .\n"

    records, _ = read(text, "a.ttl")

    assert len(records) == 1
    assert {triple[2] for triple in records[0].triples} >= {'"x"', '"y"', '"z"'}


def test_blank_nodes_may_come_long_after_their_record() -> None:
    text = PREFIXES + "ex:A a sts:ServiceProduct ; sts:offer _:o .\n" + piece("B-0002") + "_:o dct:title 'late' .\n"

    records, _ = read(text, "a.ttl")

    assert names(records) == ["B-0002", "A"]
    assert '"late"' in {triple[2] for triple in records[1].triples}


def test_a_piece_that_comes_later_is_another_raw_record_of_the_same_iri() -> None:
    text = turtle("A-0001", "B-0002") + "ex:A-0001 a sts:ServiceProduct ; dct:title 'more' .\n"

    assert names(read(text, "a.ttl")[0]) == ["A-0001", "B-0002", "A-0001"]


def test_what_is_said_of_nobody_is_told() -> None:
    records, findings = read(PREFIXES + "ex:A dct:title 'x' .\n" + piece("B-0002"), "a.ttl")

    assert names(records) == ["B-0002"]
    assert [(each.code, each.severity, each.place.line) for each in findings] == [("no-record", "warning", 4)]


@pytest.mark.parametrize(
    ("statements", "code"),
    [
        ("sts:offer _:a . _:a dct:relation _:b . _:b dct:relation _:a", "no-tree"),
        ("sts:offer _:a ; dct:relation _:a . _:a dct:title 'x'", "no-tree"),
        ("dct:relation <javascript:alert(1)>", "bad-iri"),
        ("dct:relation <data:text/html,x>", "bad-iri"),
        ("dct:relation <http://e.example/" + "x" * 3000 + ">", "bad-iri"),
        ("dct:title '" + "x" * 30_000 + "'", "too-long"),
        ("dct:title 'a\\u0001'", "forbidden-character"),
        ("dct:title 'a\\uFFFF'", "forbidden-character"),
        ("dct:title 'a\\b'", "forbidden-character"),
        ("dct:title " + ", ".join(f"'{n}'" for n in range(2100)), "too-large"),
        ("sts:offer " + ", ".join("[ dct:title 'x' ]" for _ in range(201)), "too-large"),
    ],
)  # fmt: skip
def test_a_term_that_would_harm_refuses_its_record_only(statements: str, code: str) -> None:
    text = f"{PREFIXES}ex:A a sts:ServiceProduct ; {statements} .\n" + piece("B-0002")

    records, findings = read(text, "a.ttl")

    assert names(records) == ["B-0002"]
    assert [(each.code, each.severity, each.place.line) for each in findings] == [(code, "error", 4)]


def test_schemes_in_capitals_are_those_in_small_letters() -> None:
    own = BASE.replace("https:", "HTTPS:")
    text = (
        f"{PREFIXES}<{own}A> a sts:ServiceProduct ; dct:relation <HTTP://E.example/X>, <javascript:1> .\n"
        f"<{own}B> a sts:ServiceProduct ; dct:relation <HTTP://E.example/X>, <Mailto:Li@E.example> ;"
        f" sts:offer <{own}B#o>, [ dct:relation <HTTPS://e.example/> ] .\n<{own}B#o> dct:title 'HTTP://x' .\n"
        + piece("C-0003")
    )

    records, findings = read(text, "a.ttl")

    assert [(each.code, each.place.line) for each in findings] == [("bad-iri", 4)]
    assert [each.iri for each in records] == [f"{BASE}B", f"{BASE}C-0003"]
    said = {(subject, term) for subject, _, term in records[0].triples if subject[0] == "<"}
    assert said >= {
        (f"<{BASE}B>", "<http://E.example/X>"),
        (f"<{BASE}B>", "<mailto:Li@E.example>"),
        (f"<{BASE}B>", f"<{BASE}B#o>"),
        (f"<{BASE}B#o>", '"HTTP://x"'),
    }
    assert "<https://e.example/>" in {term for *_, term in records[0].triples}


@pytest.mark.parametrize("root", ["MAILTO:li@e.example", "FTP://e.example/A", "HTTPS://e.example/A#b#c"])
def test_a_scheme_in_capitals_names_no_record_that_the_same_in_small_letters_would_not(root: str) -> None:
    records, findings = read(f"{PREFIXES}<{root}> a sts:ServiceProduct ; dct:title 'x' .\n", "a.nt")

    small, alike = read(f"{PREFIXES}<{root.lower()}> a sts:ServiceProduct ; dct:title 'x' .\n", "a.nt")
    assert (len(records), [each.code for each in findings]) == (len(small), [each.code for each in alike])


def test_a_backslash_in_a_text_is_no_control_character() -> None:
    text = f"{PREFIXES}ex:A a sts:ServiceProduct ; dct:title 'C:\\\\u0001\\\\bin' .\n"

    records, findings = read(text, "a.ttl")

    assert (len(records), findings) == (1, [])


def test_statements_about_classes_are_left_out_and_told() -> None:
    text = SCHEMA + turtle("A-0001") + "ex:A-0001 rdfs:subClassOf sts:ServiceAgency ; owl:sameAs ex:B .\n"

    records, findings = read(text, "a.ttl")

    assert [each.code for each in findings] == ["schema-statement"]
    assert not any("subClassOf" in triple[1] or "sameAs" in triple[1] for triple in records[0].triples)


def test_our_context_is_built_in() -> None:
    kind = "https://w3id.org/stsp/ns#ServiceProduct"
    text = f'{{"@context": "{CONTEXT_ADDRESSES[0]}", "@id": "{BASE}A", "@type": "{kind}"}}'

    assert names(read(text, "a.jsonld")[0]) == ["A"]


@pytest.mark.parametrize(
    "text",
    ['{"@context": {"@import": "http://e.example/c"}, "@id": "x"}', '{"@context": ["http://e.example/c"], "@id": "x"}',
     '{"@context": {"p": {"@id": "http://e.example/p", "@context": "http://e.example/c"}}, "@id": "x"}'],
)  # fmt: skip
def test_no_context_is_fetched(text: str) -> None:
    with pytest.raises(UnreadableInput):
        read(text, "a.jsonld")


def test_deep_xml_is_refused_before_it_is_parsed() -> None:
    text = "<?xml version='1.0'?>" + "<a>" * 100_000

    with pytest.raises(UnreadableInput):
        read(text, "a.rdf")


def test_another_encoding_in_xml_is_refused() -> None:
    with pytest.raises(UnreadableInput):
        read("<?xml version='1.0' encoding='utf-7'?><rdf:RDF/>", "a.rdf")


def test_broken_xml_says_from_where_nothing_was_read() -> None:
    text = (
        '<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n<rdf:Description\n'
    )

    records, findings = read(text, "a.rdf")

    assert records == []
    assert [each.code for each in findings] == ["broken-syntax"]
    assert "没有读" in findings[0].message["zh"]
