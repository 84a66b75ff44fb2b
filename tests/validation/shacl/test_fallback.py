import sys

import pytest
from pyoxigraph import RdfFormat, parse

from catalog_service.validation.shacl import FallbackFailed, compile_shapes

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <http://e/> .
"""
QUERY = """
ex:Sparql a sh:NodeShape ; sh:targetClass ex:Person ; sh:property [ sh:path ex:age ; sh:maxCount 1 ] ;
  sh:sparql [ sh:message "{$this} is too old: {?value}"@en ;
    sh:select "SELECT $this ?value WHERE { $this <http://e/age> ?value . FILTER (?value > 100) }" ] .
ex:Plain a sh:NodeShape ; sh:targetClass ex:Person ; sh:property [ sh:path ex:name ; sh:minCount 1 ] .
"""


def turtle(text):
    return list(parse((PREFIXES + text).encode(), format=RdfFormat.TURTLE))


def compiled(text):
    return compile_shapes(turtle(text))


def test_what_is_not_compiled_is_run_by_pyshacl_and_the_report_says_so():
    report = compiled(QUERY).validate(turtle("ex:a a ex:Person ; ex:age 120 , 3 ."))

    assert report.fallback == ("<http://e/Sparql>",)
    found = {(result.component[28:-1], result.path, result.value) for result in report.results}
    assert found == {
        ("MinCountConstraintComponent", "<http://e/name>", ""),
        ("MaxCountConstraintComponent", "<http://e/age>", ""),
        ("SPARQLConstraintComponent", "", '"120"^^<http://www.w3.org/2001/XMLSchema#integer>'),
    }


def test_messages_of_sparql_constraints_have_their_placeholders_filled():
    report = compiled(QUERY).validate(turtle('ex:a a ex:Person ; ex:age 120 ; ex:name "a" .'))

    (result,) = report.results
    assert [message for message in result.messages.values() if "120" in message]


def test_a_shape_that_refers_to_sparql_falls_back_with_it():
    validator = compiled(
        QUERY.replace("sh:targetClass ex:Person ; sh:property [ sh:path ex:age", "sh:property [ sh:path ex:age")
        + "ex:R sh:targetClass ex:Person ; sh:node ex:Sparql ."
    )

    assert validator.plan.fallback == ("<http://e/R>",)
    assert not validator.validate(turtle('ex:a a ex:Person ; ex:age 120 ; ex:name "a" .')).conforms


def test_only_focus_nodes_of_the_data_are_asked():
    validator = compiled(QUERY)
    context = turtle("ex:old a ex:Person ; ex:age 300 .")

    assert validator.validate(turtle('ex:a a ex:Person ; ex:name "a" .'), context).conforms


def test_blank_focus_nodes_reach_pyshacl():
    report = compiled(QUERY).validate(turtle('[] a ex:Person ; ex:age 120 ; ex:name "a" .'))

    assert [result.focus_node[:2] for result in report.results] == ["_:"]


def test_a_constraint_component_of_ones_own_is_run_by_pyshacl():
    validator = compiled(
        "ex:Even a sh:ConstraintComponent ; sh:parameter [ sh:path ex:even ] ;"
        ' sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER (?value = 2 * FLOOR(?value / 2)) }" ] .'
        "ex:s sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; ex:even true ] ."
    )

    report = validator.validate(turtle("ex:a ex:p 2 . ex:b ex:p 3 ."))

    assert [(result.focus_node, result.component) for result in report.results] == [("<http://e/b>", "<http://e/Even>")]


def test_a_sparql_target_is_run_by_pyshacl():
    validator = compiled(
        "ex:s a sh:NodeShape ; sh:target [ a sh:SPARQLTarget ;"
        ' sh:select "SELECT ?this WHERE { ?this <http://e/p> 1 }" ] ;'
        " sh:property [ sh:path ex:q ; sh:minCount 1 ] ."
    )

    assert [result.focus_node for result in validator.validate(turtle("ex:a ex:p 1 . ex:b ex:p 2 .")).results] == [
        "<http://e/a>"
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        "SERVICE <http://x> { $this ?p ?o }",
        "service silent ?where { }",
        "{ SERVICE ex:x { } }",
        "} FROM <file:///etc/passwd> {",
        "SERVICE<http://x> { }",
        "SERVICE:x { }",
        r"\\u0053ERVICE <http://x> { }",
        r"\\U00000053ERVICE <http://x> { }",
        "# '\\n SERVICE <http://x> { } # '",
        "# \\r '''\\n SERVICE <http://x> { } # '''",
        "?s ?p '#'. SERVICE <http://x> { }",
        "?s ?p <http://e/#>. SERVICE <http://x> { }",
    ],
)
def test_queries_that_reach_out_of_the_data_are_refused(pattern):
    validator = compiled(f'ex:s sh:targetNode ex:a ; sh:sparql [ sh:select "SELECT $this WHERE {{ {pattern} }}" ] .')

    with pytest.raises(FallbackFailed, match="reaches out"):
        validator.validate(turtle("ex:a ex:p 1 ."))


def test_rules_are_not_run():
    validator = compiled(
        QUERY
        + 'ex:Plain sh:rule [ a sh:SPARQLRule ; sh:construct "CONSTRUCT { $this <http://e/name> 1 } WHERE { }" ] .'
    )

    assert not validator.validate(turtle("ex:a a ex:Person .")).conforms


def test_a_query_that_pyshacl_cannot_run_is_an_error_with_its_reason():
    validator = compiled('ex:s sh:targetNode ex:a ; sh:sparql [ sh:select "SELECT $this WHERE {" ] .')

    with pytest.raises(FallbackFailed, match="pySHACL gave up"):
        validator.validate(turtle("ex:a ex:p 1 ."))


def test_a_missing_pyshacl_is_said_as_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyshacl", None)

    with pytest.raises(FallbackFailed, match="pip install pyshacl"):
        compiled(QUERY).validate(turtle("ex:a a ex:Person ."))


def test_without_focus_nodes_pyshacl_is_not_asked(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyshacl", None)

    assert compiled(QUERY).validate(turtle("ex:a a ex:Dog .")).conforms


@pytest.mark.parametrize(
    "words",
    [
        "# values come from the list\\n",
        "?s ?p 'delivered from stock' .",
        "?s ?p <http://e/service/from> .",
        "?s ex:from ?from .",
        "?s ?p '''it's from \\n here''' .",
    ],
)
def test_words_that_only_look_like_reaching_out_are_no_hindrance(words):
    validator = compiled(
        "ex: sh:declare [ sh:prefix 'ex' ; sh:namespace 'http://e/'^^xsd:anyURI ] ."
        "ex:s sh:targetNode ex:a ; sh:sparql [ sh:prefixes ex: ;"
        f' sh:select "SELECT $this WHERE {{ $this ?q ?o . OPTIONAL {{ {words} }} }}" ] .'
    )

    assert not validator.validate(turtle("ex:a ex:p 1 .")).conforms


def test_queries_of_shapes_that_are_not_run_are_no_hindrance():
    reaching = '[ sh:select "SELECT $this WHERE { SERVICE <http://x> { } }" ]'
    validator = compiled(f"{QUERY} ex:unused a sh:NodeShape ; sh:sparql {reaching} .")

    assert len(validator.validate(turtle('ex:a a ex:Person ; ex:age 120 ; ex:name "a" .')).results) == 1


def test_a_namespace_that_ends_its_prefix_is_refused():
    validator = compiled(
        "ex: sh:declare [ sh:prefix 'ex' ; sh:namespace 'http://e/> SELECT * FROM <http://x'^^xsd:anyURI ] ."
        'ex:s sh:targetNode ex:a ; sh:sparql [ sh:prefixes ex: ; sh:select "SELECT $this WHERE { }" ] .'
    )

    with pytest.raises(FallbackFailed, match="reaches out"):
        validator.validate(turtle("ex:a ex:p 1 ."))


def test_messages_of_sparql_constraints_keep_their_languages():
    validator = compiled(QUERY.replace(' too old: {?value}"@en', ' too old: {?value}"@en , "太老：{?value}"@zh'))

    (result,) = validator.validate(turtle('ex:a a ex:Person ; ex:age 120 ; ex:name "a" .')).results

    assert result.messages == {"en": "http://e/a is too old: 120", "zh": "太老：120"}


def test_subclasses_that_the_data_claims_count_only_if_they_may():
    validator = compiled(QUERY.replace("sh:maxCount 1", "sh:class ex:Age"))
    data = turtle('ex:a a ex:Person ; ex:name "a" ; ex:age ex:b . ex:b a ex:Own . ex:Own rdfs:subClassOf ex:Age .')

    assert validator.validate(data).conforms
    assert not validator.validate(data, own_classes=False).conforms


def test_results_of_pyshacl_count_against_the_limit():
    data = turtle("".join(f'ex:a{each} a ex:Person ; ex:age 120 ; ex:name "a" .' for each in range(9)))

    report = compiled(QUERY).validate(data, limit=5)

    assert (len(report.results), report.truncated) == (5, True)
    assert not compiled(QUERY).validate(data, limit=9).truncated
