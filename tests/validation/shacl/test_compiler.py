"""Behaviour that the W3C suite does not show: depth, repetition, size; and every logical form, pure and not."""

import pytest
from pyoxigraph import RdfFormat, parse

from catalog_service.validation.shacl import compile_shapes

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <http://e/> .
"""
SH, TYPE = "<http://www.w3.org/ns/shacl#", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def turtle(text):
    return list(parse((PREFIXES + text).encode(), format=RdfFormat.TURTLE))


def compiled(text):
    return compile_shapes(turtle(text))


def number(value):
    return f'"{value}"^^<http://www.w3.org/2001/XMLSchema#integer>'


def components(report):
    return sorted(result.component.removeprefix(SH).removesuffix("ConstraintComponent>") for result in report.results)


def chain_of_node_shapes(length):
    """Each level is a node shape, a property shape and ``sh:node``."""
    yield "<s0>", f"{SH}targetNode>", "<n0>"
    for level in range(length):
        yield f"<s{level}>", f"{SH}property>", f"<p{level}>"
        yield f"<p{level}>", f"{SH}path>", "<next>"
        yield f"<p{level}>", f"{SH}minCount>", number(1)
        yield f"<p{level}>", f"{SH}node>", f"<s{level + 1}>"
    yield f"<s{length}>", f"{SH}class>", "<C>"


def chain_of_property_shapes(length):
    yield "<s0>", f"{SH}targetNode>", "<n0>"
    yield "<s0>", f"{SH}property>", "<p0>"
    for level in range(length):
        yield f"<p{level}>", f"{SH}path>", "<next>"
        yield f"<p{level}>", f"{SH}property>", f"<p{level + 1}>"
    yield f"<p{length}>", f"{SH}path>", "<next>"
    yield f"<p{length}>", f"{SH}minCount>", number(1)


def chain(length):
    return [(f"<n{level}>", "<next>", f"<n{level + 1}>") for level in range(length)]


@pytest.mark.parametrize("length", [1, 5, 39, 40, 41, 80, 2000])
def test_shapes_nested_thousands_deep_need_no_deep_stack(length):
    validator = compile_shapes(chain_of_node_shapes(length))

    bad = validator.validate(chain(length))
    good = validator.validate([*chain(length), (f"<n{length}>", TYPE, "<C>")])

    assert [result.key()[:3] for result in bad.results] == [("<n0>", "<next>", "<n1>")]
    assert good.conforms


@pytest.mark.parametrize("length", [1, 5, 39, 40, 41, 80, 2000])
def test_nested_properties_report_at_the_node_where_it_is_wrong(length):
    validator = compile_shapes(chain_of_property_shapes(length))

    report = validator.validate(chain(length))

    assert [result.key()[:2] for result in report.results] == [(f"<n{length}>", "<next>")]
    assert validator.validate(chain(length + 1)).conforms


def test_few_values_that_refer_to_the_same_few_do_not_multiply():
    layers = [
        (f"<n{level}_{one}>", "<next>", f"<n{level + 1}_{two}>")
        for level in range(30) for one in range(5) for two in range(5)
    ]  # fmt: skip
    data = [*layers, *[("<n0>", "<next>", f"<n0_{one}>") for one in range(5)]]

    nodes = compile_shapes(chain_of_node_shapes(30)).validate(data)
    properties = compile_shapes(chain_of_property_shapes(31)).validate(data, limit=1000)

    assert len(nodes.results) == 5
    assert properties.truncated


@pytest.mark.parametrize(
    "inner", ["sh:datatype xsd:date", "sh:class ex:C", "sh:property [ sh:path ex:p ; sh:minCount 1 ]"]
)
def test_logical_constraints_are_the_same_for_tests_of_terms_and_for_others(inner):
    fits = {"sh:datatype xsd:date": '"2026-01-01"^^xsd:date', "sh:class ex:C": "ex:c"}.get(inner, "ex:p")
    data = turtle(f'ex:a ex:v {fits} . ex:b ex:v "none" . ex:c a ex:C . ex:p ex:p 1 .')
    expected = {
        "sh:not [ {} ]": ["a"],
        "sh:node [ {} ]": ["b"],
        "sh:and ( [ {} ] [ sh:minLength 1 ] )": ["b"],
        "sh:or ( [ {} ] [ sh:minLength 100 ] )": ["b"],
        "sh:xone ( [ {} ] [ sh:minLength 1 ] )": ["a"],
        "sh:xone ( [ {} ] [ sh:minLength 100 ] )": ["b"],
        "sh:qualifiedValueShape [ {} ] ; sh:qualifiedMinCount 1": ["b"],
        "sh:qualifiedValueShape [ {} ] ; sh:qualifiedMaxCount 0": ["a"],
    }
    for constraint, wrong in expected.items():
        validator = compiled(f"ex:s sh:targetNode ex:a , ex:b ; sh:path ex:v ; {constraint.format(inner)} .")

        report = validator.validate(data)

        assert [result.focus_node for result in report.results] == [f"<http://e/{each}>" for each in wrong], constraint


def test_a_failed_node_shape_says_in_detail_why():
    validator = compiled(
        "ex:s sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:node ex:t ] ."
        ' ex:t sh:property [ sh:path ex:q ; sh:minCount 1 ; sh:message "q is missing"@en ] .'
    )

    (result,) = validator.validate(turtle("ex:a ex:p ex:b .")).results

    assert result.component.endswith("#NodeConstraintComponent>")
    assert [(each.focus_node, each.path, each.messages) for each in result.detail] == [
        ("<http://e/b>", "<http://e/q>", {"en": "q is missing"})
    ]


def test_details_do_not_count_against_the_limit_twice():
    validator = compiled(
        "ex:s sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:node ex:t ] ."
        " ex:t sh:property [ sh:path ex:q ; sh:minCount 1 ] ."
    )

    report = validator.validate(turtle("ex:a ex:p ex:b , ex:c ."), limit=4)

    assert len(report.results) == 2


def test_two_property_shapes_on_one_path_are_both_asked():
    validator = compiled(
        "ex:s sh:targetNode ex:a ;"
        " sh:property [ sh:path ex:p ; sh:maxCount 1 ] , [ sh:path ex:p ; sh:nodeKind sh:IRI ] ."
    )

    assert components(validator.validate(turtle('ex:a ex:p "x" .'))) == ["NodeKind"]
    assert components(validator.validate(turtle("ex:a ex:p ex:b , ex:c ."))) == ["MaxCount"]
    assert components(validator.validate(turtle('ex:a ex:p "b" , ex:c .'))) == ["MaxCount", "NodeKind"]


@pytest.mark.parametrize("operator", ["sh:node {}", "sh:not {}", "sh:and ( {} {} )", "sh:or ( {} )", "sh:xone ( {} )"])
def test_tests_of_values_nested_thousands_deep_need_no_deep_stack(operator):
    depth = 3000
    text = "ex:s0 a sh:NodeShape ; sh:nodeKind sh:IRI . ex:s sh:targetNode ex:a ; sh:node ex:s3000 ."
    text += "".join(
        f"ex:s{each} a sh:NodeShape ; {operator.format(*[f'ex:s{each - 1}'] * 2)} ." for each in range(1, depth + 1)
    )

    assert compiled(text).validate(turtle("ex:a ex:p ex:b .")).conforms


@pytest.mark.parametrize("height", [38, 39, 40, 41, 79, 80, 81])
def test_a_detail_at_any_depth_adds_no_result(height):
    text = "ex:n0 a sh:NodeShape ; sh:property ex:leaf . ex:leaf sh:path ex:v ; sh:minCount 1 ."
    text += "".join(f"ex:n{each} a sh:NodeShape ; sh:node ex:n{each - 1} ." for each in range(1, height))
    text += f"ex:p sh:path ex:p ; sh:node ex:n{height - 1} . ex:r a sh:NodeShape ; sh:property ex:p ."
    text += "ex:top sh:targetNode ex:a ; sh:node ex:r ."

    assert components(compiled(text).validate(turtle("ex:a ex:p ex:b ."))) == ["Node"]


@pytest.mark.parametrize("constraint", ['sh:pattern "^z"', "sh:maxCount 4000", "sh:nodeKind sh:Literal"])
def test_a_node_of_many_values_is_walked_through_once_however_many_refer_to_it(constraint):
    validator = compiled(
        "ex:s a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:hub ; sh:node ex:hubs ] ."
        f"ex:hubs sh:property [ sh:path ex:z ; {constraint} ] ."
    )
    data = [(f"<http://e/{each}>", TYPE, "<http://e/C>") for each in range(4000)]
    data += [(f"<http://e/{each}>", "<http://e/hub>", "<http://e/h>") for each in range(4000)]
    data += [("<http://e/h>", "<http://e/z>", f'"z{each}"') for each in range(4000)]

    assert validator.validate(data).conforms


@pytest.mark.parametrize(
    ("least", "most", "count", "fine"),
    [(0, 1, 0, True), (0, 1, 1, True), (0, 1, 2, False), (1, 1, 0, False), (1, 1, 1, True), (2, 3, 1, False),
     (2, 3, 3, True), (2, 3, 4, False), (0, 0, 0, True), (0, 0, 1, False), (1, None, 0, False), (2, None, 2, True)],
)  # fmt: skip
@pytest.mark.parametrize("more", ["", "; sh:nodeKind sh:IRI", "; sh:class ex:C", "; sh:disjoint ex:q"])
@pytest.mark.parametrize("target", ["ex:s sh:targetNode ex:a ; sh:property [", "ex:s sh:targetNode ex:a ; sh:not ["])
def test_counts_with_and_without_other_constraints(least, most, count, fine, more, target):
    maximum = "" if most is None else f"; sh:maxCount {most}"
    validator = compiled(f"{target} sh:path ex:p ; sh:minCount {least} {maximum} {more} ] .")
    data = turtle(
        "ex:a ex:other 1 . " + "".join(f"ex:a ex:p ex:v{each} . ex:v{each} a ex:C . " for each in range(count))
    )

    assert validator.validate(data).conforms is (fine if "property" in target else not fine)


def test_a_million_values_of_one_property_are_checked_in_one_pass():
    validator = compiled(
        "ex:s sh:targetNode ex:a ; sh:path ex:p ; sh:maxCount 5 ; sh:uniqueLang true ;"
        " sh:disjoint ex:p ; sh:equals ex:p ."
    )
    data = [("<http://e/a>", "<http://e/p>", f'"{each}"@en') for each in range(1_000_000)]

    report = validator.validate(data, limit=10)

    assert components(report)[-2:] == ["MaxCount", "UniqueLang"]
    assert report.truncated


def test_a_million_predicates_of_one_subject_are_walked_through_once():
    validator = compiled("ex:s sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] .")
    data = [("<http://e/a>", f"<http://e/p{each}>", "<http://e/b>") for each in range(1_000_000)]

    assert validator.validate(data).conforms


def test_values_that_are_all_less_are_compared_without_pairing_them():
    validator = compiled("ex:s sh:targetNode ex:a ; sh:path ex:p ; sh:lessThan ex:q .")
    data = [("<http://e/a>", "<http://e/p>", number(each)) for each in range(20_000)]
    data += [("<http://e/a>", "<http://e/q>", number(each + 20_000)) for each in range(20_000)]

    assert validator.validate(data).conforms
    assert validator.validate([("<http://e/a>", "<http://e/q>", number(0)), *data], limit=100).truncated
