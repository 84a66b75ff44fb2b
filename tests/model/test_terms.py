from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_service.model import terms

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
def test_a_literal_gives_its_text_back(text: str) -> None:
    assert terms.value(terms.literal(text, "zh")) == text


@given(TEXTS)
def test_literals_are_spelled_as_oxigraph_spells_them(text: str) -> None:
    pyoxigraph = pytest.importorskip("pyoxigraph")

    assert terms.literal(text) == str(pyoxigraph.Literal(text))


@pytest.mark.parametrize(
    ("term", "text", "language", "datatype"),
    [
        ('"检索"@zh', "检索", "zh", terms.RDF_LANG_STRING),
        ('"a@b\\"c"', 'a@b"c', "", terms.XSD_STRING),
        ('"5"^^<http://www.w3.org/2001/XMLSchema#integer>', "5", "", "http://www.w3.org/2001/XMLSchema#integer"),
    ],
)
def test_parts_of_a_literal(term: str, text: str, language: str, datatype: str) -> None:
    assert (terms.value(term), terms.language(term), terms.datatype(term)) == (text, language, datatype)


def test_a_line_is_split_into_three_terms() -> None:
    assert terms.split_line('<http://a> <http://b> "c d ." .') == ("<http://a>", "<http://b>", '"c d ."')
