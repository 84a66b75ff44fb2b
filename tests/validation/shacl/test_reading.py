import pytest
from pyoxigraph import RdfFormat, parse

from catalog_service.validation.shacl import BadShapes, NoShapes, RecursiveShapes, compile_shapes, regex
from catalog_service.validation.shacl.regex import translate

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix ex: <http://e/> .
"""


def turtle(text):
    return list(parse((PREFIXES + text).encode(), format=RdfFormat.TURTLE))


def compiled(text):
    return compile_shapes(turtle(text))


@pytest.mark.parametrize("text", ["", 'ex:a a ex:Person ; ex:name "a" .', "ex:a rdfs:subClassOf ex:b ."])
def test_a_file_that_is_not_shacl_is_an_error(text):
    with pytest.raises(NoShapes, match="no SHACL shape"):
        compiled(text)


@pytest.mark.parametrize(
    "text",
    [
        "ex:a a sh:NodeShape ; sh:targetNode ex:n ; sh:node ex:a .",
        "ex:a sh:targetNode ex:n ; sh:node ex:b . ex:b sh:not ex:c . ex:c sh:or ( ex:d ex:a ) . ex:d sh:class ex:C .",
        "ex:a sh:targetNode ex:n ; sh:property ex:p . ex:p sh:path ex:q ; sh:qualifiedValueShape ex:a .".replace(
            "ex:a .", "ex:a ; sh:qualifiedMaxCount 1 ."
        ),
        "ex:a sh:targetNode ex:n ; sh:node ex:b . ex:b sh:node ex:c . ex:c sh:node ex:b .",
    ],
)
def test_recursive_shapes_are_refused_with_the_cycle(text):
    with pytest.raises(RecursiveShapes) as caught:
        compiled(text)

    assert caught.value.cycle[0] == caught.value.cycle[-1]
    assert "recursive shapes: <http://e/" in str(caught.value)


def test_recursion_that_no_target_reaches_does_not_matter():
    validator = compiled("ex:a sh:targetNode ex:n ; sh:class ex:C . ex:x a sh:NodeShape ; sh:node ex:x .")

    assert len(validator.plan.roots) == 1


BAD_PATHS = {
    "a literal": '"p"',
    "a list without end": "[ rdf:first ex:p ]",
    "a list whose rest is no list": "[ rdf:first ex:p ; rdf:rest ex:q ]",
    "a list of one": "( ex:p )",
    "the empty list": "()",
    "a list with two firsts": "[ rdf:first ex:p , ex:q ; rdf:rest ( ex:p ) ]",
    "a list that bites its tail": "_:l . _:l rdf:first ex:p ; rdf:rest _:l",
    "a path that holds itself": "_:p . _:p sh:inversePath _:p",
    "a path in its own list": "_:p . _:p sh:alternativePath ( ex:a _:p )",
    "an empty node": "[]",
    "two steps in one node": "[ sh:inversePath ex:p ; sh:zeroOrMorePath ex:q ]",
    "two inverse paths": "[ sh:inversePath ex:p , ex:q ]",
    "an alternative of one": "[ sh:alternativePath ( ex:p ) ]",
    "two paths": "ex:p , ex:q",
}


@pytest.mark.parametrize("path", BAD_PATHS)
def test_malformed_paths_are_errors_that_name_the_shape(path):
    with pytest.raises(BadShapes, match="<http://e/s>: "):
        compiled(f"ex:s a sh:PropertyShape ; sh:targetNode ex:n ; sh:path {BAD_PATHS[path]} .")


def test_a_pattern_that_would_be_an_enormous_automaton_is_an_error_that_names_the_shape():
    with pytest.raises(BadShapes, match="<http://e/s>: "):
        compiled('ex:s a sh:NodeShape ; sh:targetNode ex:n ; sh:pattern "(a|b{0,900}){0,900}" .')


@pytest.mark.parametrize("pattern", ["^(a+)+$", "(a|aa)+$", "^(a|a)*$", "(a*)*b"])
def test_a_regex_bomb_in_a_shape_is_checked_in_one_pass(pattern):
    validator = compiled(f'ex:s a sh:NodeShape ; sh:targetObjectsOf ex:p ; sh:pattern "{pattern}" .')
    bomb = f'"{"a" * 100_000}!"'

    assert [result.value for result in validator.validate([("<http://e/n>", "<http://e/p>", bomb)]).results] == [bomb]


def test_a_path_nested_very_deep_is_an_error():
    text = "ex:s a sh:PropertyShape ; sh:targetNode ex:n ; sh:path _:p0 . "
    text += (
        " ".join(f"_:p{number} sh:inversePath _:p{number + 1} ." for number in range(3000))
        + " _:p3000 sh:inversePath ex:p ."
    )

    with pytest.raises(BadShapes, match="nested more than"):
        compiled(text)


def test_a_malformed_path_that_nothing_uses_is_a_warning():
    validator = compiled("ex:s sh:targetNode ex:n ; sh:class ex:C . ex:x a sh:PropertyShape ; sh:path ( ex:p ) .")

    assert any("fewer than two members" in warning for warning in validator.warnings)


BAD_SHAPES = {
    "sh:minCount -x": 'sh:path ex:p ; sh:minCount "x"^^xsd:integer',
    "a decimal count": "sh:path ex:p ; sh:minCount 1.5",
    "a text count": 'sh:path ex:p ; sh:maxCount "1"',
    "two counts": "sh:path ex:p ; sh:maxCount 1 , 2",
    "a count of 10^100": f"sh:path ex:p ; sh:maxCount 1{'0' * 100}",
    "a count on a node shape": "sh:minCount 1",
    "uniqueLang on a node shape": "sh:uniqueLang true",
    "lessThan on a node shape": "sh:lessThan ex:p",
    "a class that is a literal": 'sh:class "C"',
    "two datatypes": "sh:datatype xsd:string , xsd:date",
    "an unknown node kind": "sh:nodeKind sh:Thing",
    "a bound that is an IRI": "sh:minInclusive ex:five",
    "a pattern with a language": 'sh:pattern "a"@en',
    "an ill-formed pattern": 'sh:pattern "[a-"',
    "a pattern that looks ahead": 'sh:pattern "(?=a)b"',
    "a pattern that refers back": 'sh:pattern "(a)\\\\1"',
    "an unknown flag": 'sh:pattern "a" ; sh:flags "z"',
    "sh:in without a list": "sh:in ex:a",
    "sh:in with half a list": "sh:in [ rdf:first ex:a ]",
    "sh:languageIn of IRIs": "sh:languageIn ( ex:en )",
    "sh:and without a list": "sh:and ex:a",
    "sh:or of literals": 'sh:or ( "a" "b" )',
    "sh:node of a literal": 'sh:node "a"',
    "sh:property without a path": "sh:property [ sh:minCount 1 ]",
    "sh:closed with a text": 'sh:closed "yes"',
    "ignored properties that are literals": 'sh:closed true ; sh:ignoredProperties ( "a" )',
    "a severity that is a literal": 'sh:class ex:C ; sh:severity "bad"',
    "a blank target": "sh:class ex:C ; sh:targetNode [ ex:p ex:q ]",
    "a target class that is a literal": 'sh:class ex:C ; sh:targetClass "C"',
    "JavaScript": 'sh:js [ sh:jsFunctionName "f" ]',
}


@pytest.mark.parametrize("shape", BAD_SHAPES)
def test_ill_formed_shapes_are_errors_that_name_the_shape(shape):
    with pytest.raises(BadShapes, match="<http://e/s>"):
        compiled(f"ex:s sh:targetNode ex:n ; {BAD_SHAPES[shape]} .")


def test_all_problems_are_told_at_once():
    with pytest.raises(BadShapes) as caught:
        compiled(
            "ex:s sh:targetNode ex:n ; sh:minCount 1 ; sh:nodeKind ex:K ; sh:in ex:l ."
            " ex:t sh:targetNode ex:n ; sh:path () ."
        )

    assert len(caught.value.problems) == 4


def test_an_unknown_sh_predicate_is_a_warning():
    validator = compiled("ex:s sh:targetNode ex:n ; sh:class ex:C ; sh:maxCout 1 .")

    assert validator.warnings == (
        "<http://e/s> has <http://www.w3.org/ns/shacl#maxCout>, which is no term of SHACL and has no effect",
    )


def test_a_reference_to_nothing_is_a_warning():
    assert any("says nothing" in warning for warning in compiled("ex:s sh:targetNode ex:n ; sh:node ex:t .").warnings)


def test_an_owl_class_is_no_implicit_target_and_that_is_a_warning():
    validator = compiled("ex:C a owl:Class , sh:NodeShape ; sh:class ex:D .")

    assert validator.plan.roots == ()
    assert any("owl:Class" in warning for warning in validator.warnings)


def test_a_class_below_rdfs_class_is_an_implicit_target():
    validator = compiled("ex:M rdfs:subClassOf rdfs:Class . ex:C a ex:M , sh:NodeShape ; sh:class ex:D .")

    assert not validator.validate(turtle("ex:a a ex:C .")).conforms


def test_copies_of_one_list_that_met_in_a_merged_file_are_one():
    validator = compiled('ex:s sh:targetNode "a"@en ; sh:languageIn ( "zh" ) , ( "zh" ) .')

    assert len(validator.validate([]).results) == 1


def test_only_true_switches_a_constraint_on():
    text = "ex:s sh:targetNode ex:n ; sh:closed {} ; sh:deactivated {} ."
    data = turtle("ex:n ex:p ex:q .")

    assert not compiled(text.format("true", "false")).validate(data).conforms
    assert compiled(text.format('"1"^^xsd:boolean', "false")).validate(data).conforms
    assert compiled(text.format("true", "true")).validate(data).conforms


def test_a_hundred_thousand_shapes_are_compiled():
    def triples():
        for number in range(50_000):
            yield f"<s{number}>", "<http://www.w3.org/ns/shacl#targetClass>", f"<C{number % 100}>"
            yield f"<s{number}>", "<http://www.w3.org/ns/shacl#property>", f"<p{number}>"
            yield f"<p{number}>", "<http://www.w3.org/ns/shacl#path>", f"<q{number % 50}>"
            yield (
                f"<p{number}>",
                "<http://www.w3.org/ns/shacl#minCount>",
                '"1"^^<http://www.w3.org/2001/XMLSchema#integer>',
            )

    validator = compile_shapes(triples())
    report = validator.validate([("<a>", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<C1>")])

    assert len(validator.plan.order) == 100_000
    assert len(report.results) == 500


def test_a_pattern_is_compiled_once_however_many_there_are(monkeypatch):
    compiled_patterns = []
    monkeypatch.setattr(
        regex, "translate", lambda tree, **flags: compiled_patterns.append(tree) or translate(tree, **flags)
    )

    compiled("".join(f'ex:s{n} sh:targetNode ex:a ; sh:pattern "^once{n}$" .' for n in range(1500)))

    assert len(compiled_patterns) == 1500


@pytest.mark.parametrize("message", ["ex:foo", "5", "true", "[ ]"])
def test_a_message_that_is_no_text_is_an_error(message):
    with pytest.raises(BadShapes, match="sh:message must be a text"):
        compiled(f'ex:s sh:targetNode ex:a ; sh:class ex:C ; sh:message "good"@en , {message} .')
