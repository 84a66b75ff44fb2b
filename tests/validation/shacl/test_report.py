import pytest
from pyoxigraph import RdfFormat, parse
from rdflib import RDF, XSD, BNode, Literal, Namespace, URIRef
from rdflib.collection import Collection

from catalog_service.validation.shacl import Report, compile_shapes
from catalog_service.validation.shacl.graph import from_rdflib
from catalog_service.validation.shacl.paths import Predicate
from catalog_service.validation.shacl.report import to_rdflib

SH = Namespace("http://www.w3.org/ns/shacl#")
EX = Namespace("http://e/")
PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://e/> ."


def turtle(text):
    return list(parse((PREFIXES + text).encode(), format=RdfFormat.TURTLE))


def report_on(shapes, data=""):
    return compile_shapes(turtle(shapes)).validate(turtle(data))


def test_a_report_without_results_conforms():
    graph = Report().graph()

    (report,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert graph.value(report, SH.conforms) == Literal(True)
    assert len(graph) == 2


def test_a_result_in_rdf_has_what_section_3_6_2_demands():
    report = report_on(
        "ex:s sh:targetNode ex:a ; sh:property ex:p . ex:p sh:path ex:q ; sh:maxLength 1 ; sh:severity sh:Info ;"
        ' sh:message "too long"@en , "太长"@zh , "trop long"@fr .',
        'ex:a ex:q "abc"@en-gb .',
    )
    graph = report.graph()

    (node,) = graph.objects(None, SH.result)
    found = {(str(predicate).rpartition("#")[2], value) for predicate, value in graph.predicate_objects(node)}
    assert found == {
        ("type", SH.ValidationResult),
        ("focusNode", EX.a),
        ("resultPath", EX.q),
        ("value", Literal("abc", lang="en-gb")),
        ("resultSeverity", SH.Info),
        ("sourceShape", EX.p),
        ("sourceConstraintComponent", SH.MaxLengthConstraintComponent),
        ("resultMessage", Literal("too long", lang="en")),
        ("resultMessage", Literal("太长", lang="zh")),
        ("resultMessage", Literal("trop long", lang="fr")),
    }
    assert graph.value(None, SH.conforms) is None or not graph.value(predicate=SH.conforms, object=None)


def test_messages_are_by_language_and_the_first_of_each_counts():
    (result,) = report_on(
        'ex:s sh:targetNode ex:a ; sh:class ex:C ; sh:message "one"@en , "two"@en , "plain" .'
    ).results

    assert result.messages == {"en": "one", "": "plain"}


def test_a_shape_without_messages_has_none():
    (result,) = report_on("ex:s sh:targetNode ex:a ; sh:class ex:C .").results

    assert result.messages == {}
    assert result.path == ""
    assert result.predicates == ()


@pytest.mark.parametrize(
    ("path", "predicates"),
    [
        ("ex:p", ("<http://e/p>",)),
        ("( ex:p ex:q )", ("<http://e/p>", "<http://e/q>")),
        ("[ sh:inversePath ex:p ]", ()),
        ("( ex:p [ sh:inversePath ex:q ] )", ()),
    ],
)
def test_simple_paths_are_told_as_predicates(path, predicates):
    (result,) = report_on(f"ex:s sh:targetNode ex:a ; sh:path {path} ; sh:minCount 1 .").results

    assert result.predicates == predicates


def test_a_closed_shape_reports_the_predicate_as_path():
    (result,) = report_on(
        "ex:s sh:targetNode ex:a ; sh:closed true ; sh:property [ sh:path ex:p ] .", "ex:a ex:p 1 ; ex:q ex:b ."
    ).results

    assert (result.result_path, result.value) == (Predicate("<http://e/q>"), "<http://e/b>")


def test_paths_are_written_as_shacl_writes_them():
    graph = report_on(
        "ex:s sh:targetNode ex:a ; sh:minCount 1 ;"
        " sh:path ( [ sh:inversePath ex:p ] [ sh:alternativePath ( ex:p [ sh:zeroOrMorePath ex:q ] ) ]"
        " [ sh:oneOrMorePath ex:p ] [ sh:zeroOrOnePath ex:q ] ) ."
    ).graph()

    (node,) = graph.objects(None, SH.resultPath)
    inverse, alternative, more, optional = Collection(graph, node)
    assert graph.value(inverse, SH.inversePath) == EX.p
    assert graph.value(more, SH.oneOrMorePath) == EX.p
    assert graph.value(optional, SH.zeroOrOnePath) == EX.q
    one, other = Collection(graph, graph.value(alternative, SH.alternativePath))
    assert (one, graph.value(other, SH.zeroOrMorePath)) == (EX.p, EX.q)


def test_details_are_results_of_their_own():
    graph = report_on("ex:s sh:targetNode ex:a ; sh:node ex:t . ex:t sh:class ex:C .").graph()

    (detail,) = graph.objects(None, SH.detail)
    assert graph.value(detail, SH.sourceShape) == EX.t
    assert len(list(graph.objects(None, SH.result))) == 1


@pytest.mark.parametrize(
    "term",
    [
        URIRef("http://e/a"), BNode("b"), Literal("plain"), Literal("a\n\"b\"\\"), Literal("中", lang="zh"), Literal(5),
        Literal("05", datatype=EX.own), Literal("01", datatype=XSD.integer, normalize=False),
    ],
)  # fmt: skip
def test_terms_of_rdflib_survive_the_way_there_and_back(term):
    assert to_rdflib(from_rdflib(term)) == term


def test_lexical_forms_are_kept():
    term = '"007"^^<http://www.w3.org/2001/XMLSchema#integer>'

    assert from_rdflib(to_rdflib(term)) == term
