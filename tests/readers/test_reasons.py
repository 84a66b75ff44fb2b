"""What is wrong with a file is said in the reader's language, not in the parser's English."""

from __future__ import annotations

import json
import re

import pyoxigraph as ox
import pytest

from catalog_service.readers.reasons import reason
from tests.readers.readings import read

PREFIX = "@prefix a: <http://a/> .\n"
TURTLE = [
    "a:x a:y a:z", "b:x a:y a:z .", 'a:x a:y "abc .', "a:x a:y <not iri> .", "a:x a:y <rel> .", 'a:x a:y "x"@!! .',
    'a:x "lit" a:z .', r'a:x a:y "\q" .', "a:x a:y a:z , .", 'a:x a:y "3"^^ .', "a:x a:y a:z a:w .", "a:x a:y _:. .",
    "PREFIX a <http://a/>", "@base rel .", "a:x a:y true1 .", "a:x a:y 1e .",
]  # fmt: skip
LINES = ['<http://a> <http://b> "x"', '<http://a> "b" "x" .', "<http://a> <http://b> x .", "hello"]
JSONS = ["{", '{"a":}', '{"a" 1}', "[1,2", '{"a":1,}', '"abc', "{a:1}", '{"a":"\x01"}', '{"a":1} x', '"\\x"']
XMLS = [
    '<rdf:Description rdf:about="rel"/>', '<rdf:Description rdf:about="http://x"><foo:a/></rdf:Description>', "x",
]  # fmt: skip
LINKED = ['{"@id":5}', '{"@type":5}', '{"@context":{"@vocab":"http://a/"},"a":{"@value":1,"@id":"x"}}']
RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{}</rdf:RDF>'


def _failures() -> list[tuple[str, Exception]]:
    found: list[tuple[str, Exception]] = []
    cases = [
        *((ox.RdfFormat.TURTLE, PREFIX + text) for text in TURTLE),
        *((ox.RdfFormat.N_TRIPLES, text) for text in LINES),
        *((ox.RdfFormat.RDF_XML, RDF.format(text)) for text in XMLS),
        *((ox.RdfFormat.JSON_LD, text) for text in LINKED),
    ]
    for syntax, text in cases:
        with pytest.raises(SyntaxError) as caught:
            list(ox.parse(text, format=syntax))
        found.append((text, caught.value))
    for text in JSONS:
        with pytest.raises(json.JSONDecodeError) as broken:
            json.loads(text)
        found.append((text, broken.value))
    return found


@pytest.mark.parametrize(("text", "error"), _failures())
def test_common_faults_are_told_in_chinese(text: str, error: Exception) -> None:
    said = reason(error)

    assert re.search("[\u4e00-\u9fff]", said["zh"]), (text, said)
    assert not re.search("[\u4e00-\u9fff]", said["en"])
    assert "{" not in said["zh"].replace("“{”", "").replace(text, "")


@pytest.mark.parametrize("text", ["1" * 5000, "[" * 200_000, '{"a":' * 100_000], ids=["number", "lists", "objects"])
def test_what_is_too_large_for_the_parser_is_told_in_both_languages(text: str) -> None:
    with pytest.raises((ValueError, RecursionError)) as caught:
        json.loads(text)
    _, findings = read(f'{{"x": 1}}\n{{"x": {text}}}\n', "a.jsonl", "service-product")

    said = [reason(caught.value), *(each.message for each in findings if each.code == "broken-json")]

    assert len(said) == 2
    for each in said:
        assert not re.search("recursion|maximum|at most|digits|sys", each["zh"]), each
        assert not re.search("recursion|maximum|sys", each["en"]), each


def test_a_reason_nobody_knows_stays_as_it_is() -> None:
    assert reason(SyntaxError("Parser error at line 2 column 5: Strange thing.")) == {
        "zh": "Strange thing",
        "en": "Strange thing",
    }
