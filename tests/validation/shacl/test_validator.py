import json
import subprocess
import sys

import pyoxigraph
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from catalog_service.model.record import Record, nodes_of
from catalog_service.validation.shacl import BadData, compile_shapes

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix ex: <http://e/> .
"""
SHAPES = """
ex:S a sh:NodeShape ; sh:targetClass ex:Person ;
  sh:property [ sh:path ex:name ; sh:minCount 1 ; sh:message "no name"@en , "没有姓名"@zh ] ;
  sh:property [ sh:path ex:age ; sh:maxCount 1 ; sh:datatype xsd:integer ;
    sh:minInclusive 0 ; sh:severity sh:Warning ] ;
  sh:property [ sh:path ex:knows ; sh:class ex:Person ] ;
  sh:property [ sh:path ex:theme ; sh:node ex:Leaf ] .
ex:Leaf a sh:NodeShape ; sh:property [ sh:path ex:broader ; sh:minCount 1 ] .
"""
DATA = """
ex:good a ex:Person ; ex:name "好"@zh ; ex:age 5 .
ex:bad a ex:Person ; ex:age "old" ; ex:knows ex:good , ex:stranger .
"""
NAME, KNOWS = "<http://e/name>", "<http://e/knows>"


def turtle(text):
    return list(parse((PREFIXES + text).encode(), format=RdfFormat.TURTLE))


def compiled(text=SHAPES, ontology=None):
    return compile_shapes(turtle(text), turtle(ontology) if ontology else None)


def strings(triples):
    return [(str(each.subject), str(each.predicate), str(each.object)) for each in triples]


def found(report):
    return sorted((result.focus_node, result.path, result.value, result.component[28:-1]) for result in report.results)


EXPECTED = [
    ("<http://e/bad>", "<http://e/age>", '"old"', "DatatypeConstraintComponent"),
    ("<http://e/bad>", "<http://e/age>", '"old"', "MinInclusiveConstraintComponent"),
    ("<http://e/bad>", "<http://e/knows>", "<http://e/stranger>", "ClassConstraintComponent"),
    ("<http://e/bad>", "<http://e/name>", "", "MinCountConstraintComponent"),
]


def rdflib_graph(text):
    return rdflib.Graph().parse(data=PREFIXES + text, format="turtle")


def rdflib_beside_another():
    store = rdflib.plugins.stores.memory.Memory()
    rdflib.Graph(store=store, identifier=rdflib.URIRef("http://other")).parse(
        data=PREFIXES + 'ex:bad ex:name "elsewhere" .', format="turtle"
    )
    return rdflib.Graph(store=store, identifier=rdflib.URIRef("http://own")).parse(
        data=PREFIXES + DATA, format="turtle"
    )


def rdflib_dataset():
    dataset = rdflib.Dataset()
    for triple in rdflib_graph(DATA):
        dataset.add(triple)
    return dataset


def rdflib_named_graph():
    dataset = rdflib.Dataset()
    for number, triple in enumerate(rdflib_graph(DATA)):
        (dataset.graph(rdflib.URIRef("http://g")) if number % 2 else dataset).add(triple)
        dataset.graph(rdflib.URIRef("http://h")).add(triple)
    return dataset


def rdflib_graphs_in_one():
    return rdflib.graph.ReadOnlyGraphAggregate([rdflib_graph(DATA), rdflib_graph(DATA)])


FORMS = {
    "pyoxigraph triples": lambda: turtle(DATA),
    "a parser of pyoxigraph": lambda: parse((PREFIXES + DATA).encode(), format=RdfFormat.TURTLE),
    "triples given twice": lambda: turtle(DATA) * 2,
    "a pyoxigraph Dataset": lambda: pyoxigraph.Dataset(turtle(DATA)),
    "a Dataset with a named graph": lambda: pyoxigraph.Dataset(
        pyoxigraph.Quad(*each.triple, pyoxigraph.NamedNode("http://g")) for each in turtle(DATA)
    ),
    "quads of a named graph": lambda: [
        pyoxigraph.Quad(*each.triple, pyoxigraph.NamedNode("http://g")) for each in turtle(DATA)
    ],
    "N-Triples strings": lambda: strings(turtle(DATA)),
    "a generator of strings": lambda: iter(strings(turtle(DATA))),
    "an rdflib Graph": lambda: rdflib_graph(DATA),
    "an rdflib Graph in a shared store": rdflib_beside_another,
    "an rdflib Dataset": rdflib_dataset,
    "an rdflib Dataset with named graphs": rdflib_named_graph,
    "several rdflib Graphs in one": rdflib_graphs_in_one,
    "rdflib triples": lambda: list(rdflib_graph(DATA)),
    "an index": lambda: nodes_of(strings(turtle(DATA))),
    "a record": lambda: Record("http://e/bad", "person", nodes_of(strings(turtle(DATA)))),
    "records": lambda: [
        Record("http://e/good", "person", nodes_of(strings(turtle(DATA.split(" .", maxsplit=1)[0] + " .")))),
        Record("http://e/bad", "person", nodes_of(strings(turtle(DATA.split(" .\n")[1] + " .")))),
    ],
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_data_gives_the_same_results(form):
    report = compiled().validate(FORMS[form]())

    assert found(report) == EXPECTED


@pytest.mark.parametrize("form", ["an rdflib Graph", "a pyoxigraph Dataset", "N-Triples strings"])
def test_shapes_come_in_the_same_forms(form):
    forms = {
        "an rdflib Graph": rdflib_graph(SHAPES),
        "a pyoxigraph Dataset": pyoxigraph.Dataset(turtle(SHAPES)),
        "N-Triples strings": strings(turtle(SHAPES)),
    }

    assert found(compile_shapes(forms[form]).validate(turtle(DATA))) == EXPECTED


@pytest.mark.parametrize("data", ["ex:a a ex:B .", b"...", 5, [1, 2], [("a", "b")]])
def test_what_is_no_graph_is_refused(data):
    with pytest.raises(BadData):
        compiled().validate(data)


@pytest.mark.parametrize("data", [None, [], {}, iter(())])
def test_no_data_conforms(data):
    assert compiled().validate(data).conforms


def test_subjects_that_two_records_share_are_put_together():
    shared = "<http://e/shared>"
    one = Record("http://e/1", "x", {shared: {NAME: ['"a"'], KNOWS: ["<http://e/1>"]}})
    two = Record("http://e/2", "x", {shared: {NAME: ['"a"', '"b"']}})
    validator = compiled(
        "ex:s a sh:NodeShape ; sh:targetNode ex:shared ; sh:property [ sh:path ex:name ; sh:maxCount 1 ] ."
    )

    assert found(validator.validate([one, two])) == [(shared, NAME, "", "MaxCountConstraintComponent")]
    assert one.nodes[shared][NAME] == ['"a"']


def test_a_context_counts_but_brings_no_focus_nodes():
    context = turtle("ex:stranger a ex:Person .")

    report = compiled().validate(turtle(DATA), context)

    assert [entry for entry in found(report) if entry[1] == KNOWS] == []
    assert "<http://e/stranger>" not in {result.focus_node for result in report.results}


def test_a_context_can_say_more_of_a_node_of_the_data():
    context = turtle('ex:bad ex:name "known elsewhere" ; ex:age "older" .')

    report = compiled().validate(turtle(DATA), context)

    assert [entry for entry in found(report) if entry[1] == NAME] == []
    assert ("<http://e/bad>", "<http://e/age>", "", "MaxCountConstraintComponent") in found(report)


def test_a_type_in_the_context_makes_a_node_of_the_data_a_focus_node():
    report = compiled().validate(turtle("ex:x ex:age 1 ."), turtle("ex:x a ex:Person ."))

    assert found(report) == [("<http://e/x>", NAME, "", "MinCountConstraintComponent")]


def test_a_prepared_context_gives_the_same_as_a_plain_one():
    validator = compiled()
    context = turtle("ex:leaf ex:broader ex:top . ex:other a ex:Nothing .")
    prepared = validator.prepare(context)
    for theme in ("leaf", "other", "nowhere"):
        data = turtle(f'ex:a a ex:Person ; ex:name "a" ; ex:theme ex:{theme} .')

        for _ in range(2):
            assert found(validator.validate(data, prepared)) == found(validator.validate(data, context))


def test_what_is_remembered_of_a_context_does_not_outlive_data_that_contradict_it():
    validator = compiled()
    prepared = validator.prepare(turtle("ex:other a ex:Nothing ."))
    themed = 'ex:a a ex:Person ; ex:name "a" ; ex:theme ex:other .'

    assert not validator.validate(turtle(themed), prepared).conforms
    assert validator.validate(turtle(themed + " ex:other ex:broader ex:top ."), prepared).conforms
    assert not validator.validate(turtle(themed), prepared).conforms


def test_what_is_put_on_top_of_a_context_is_gone_with_it():
    validator = compiled()
    lists = validator.prepare(turtle("ex:leaf ex:broader ex:top ."))
    data = turtle('ex:a a ex:Person ; ex:name "a" ; ex:theme ex:leaf , ex:twig ; ex:knows ex:b .')
    linked = turtle("ex:b a ex:Person . ex:twig ex:broader ex:leaf .")

    for _ in range(2):
        assert not validator.validate(data, lists).conforms
        assert validator.validate(data, validator.prepare(linked, onto=lists)).conforms
    assert [entry[1:3] for entry in found(validator.validate(data, lists))] == [
        (KNOWS, "<http://e/b>"),
        ("<http://e/theme>", "<http://e/twig>"),
    ]


def test_what_is_put_on_top_may_say_more_of_the_nodes_below_and_of_classes():
    validator = compiled()
    lists = validator.prepare(turtle("ex:leaf ex:label 1 . ex:b a ex:Student ."))
    data = turtle('ex:a a ex:Person ; ex:name "a" ; ex:theme ex:leaf ; ex:knows ex:b .')
    more = turtle("ex:leaf ex:broader ex:top . ex:Student rdfs:subClassOf ex:Person .")

    assert len(validator.validate(data, lists).results) == 2
    assert validator.validate(data, validator.prepare(more, onto=lists)).conforms
    assert len(validator.validate(data, lists).results) == 2


def test_an_ontology_gives_the_class_hierarchy():
    data = turtle('ex:a a ex:Student . ex:b a ex:Person ; ex:name "b" ; ex:knows ex:a .')

    assert [entry[:2] for entry in found(compiled().validate(data))] == [("<http://e/b>", KNOWS)]
    ontology = "ex:Student rdfs:subClassOf ex:Pupil . ex:Pupil rdfs:subClassOf ex:Person ."
    assert [entry[:2] for entry in found(compiled(ontology=ontology).validate(data))] == [("<http://e/a>", NAME)]


def test_subclass_statements_in_the_data_count_unless_they_are_a_strangers():
    data = turtle(
        'ex:Evil rdfs:subClassOf ex:Person . ex:e a ex:Evil . ex:a a ex:Person ; ex:name "a" ; ex:knows ex:e .'
    )

    assert [entry[:2] for entry in found(compiled().validate(data))] == [("<http://e/e>", NAME)]
    assert [entry[:2] for entry in found(compiled().validate(data, own_classes=False))] == [("<http://e/a>", KNOWS)]


def test_a_node_found_by_two_targets_of_a_shape_is_validated_once():
    validator = compiled(
        "ex:s a sh:NodeShape ; sh:targetClass ex:A , ex:B ; sh:targetNode ex:a ; sh:targetSubjectsOf ex:p ;"
        " sh:targetObjectsOf ex:p ; sh:property [ sh:path ex:name ; sh:minCount 1 ] ."
    )

    report = validator.validate(turtle("ex:a a ex:A , ex:B ; ex:p ex:a ."))

    assert found(report) == [("<http://e/a>", NAME, "", "MinCountConstraintComponent")]


def test_results_stop_at_the_limit_and_the_report_says_so():
    data = turtle("".join(f"ex:p{number} a ex:Person . " for number in range(10)))

    report = compiled().validate(data, limit=4)

    assert (len(report.results), report.truncated, report.conforms) == (4, True, False)
    assert not compiled().validate(data, limit=10).truncated


def test_a_warning_does_not_conform_as_the_specification_says():
    report = compiled().validate(turtle('ex:a a ex:Person ; ex:name "a" ; ex:age -1 .'))

    assert not report.conforms
    assert [result.severity for result in report.results] == ["<http://www.w3.org/ns/shacl#Warning>"]


def test_the_same_data_is_validated_again_with_the_same_outcome():
    validator = compiled()

    assert found(validator.validate(turtle(DATA))) == found(validator.validate(turtle(DATA))) == EXPECTED


@given(st.lists(st.sampled_from(strings(turtle(DATA))), max_size=8), st.lists(st.sampled_from(strings(turtle(DATA)))))
def test_a_context_adds_to_data_what_a_union_would_for_nodes_of_the_data(data, context):
    validator = compiled()
    own = {subject for subject, _, _ in data}

    together = validator.validate(set(data) | set(context))
    apart = validator.validate(data, context)

    assert found(apart) == [entry for entry in found(together) if entry[0] in own]


def test_the_library_imports_nothing_of_the_project_but_terms_and_namespaces():
    code = (
        "import sys, json; import catalog_service.validation.shacl as library;"
        "library.compile_shapes([('<s>', '<http://www.w3.org/ns/shacl#targetNode>', '<a>')]).validate([]);"
        "print(json.dumps(sorted(sys.modules)))"
    )
    modules = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)

    own = {name for name in modules if name.startswith("catalog_service") and "validation.shacl" not in name}
    heavy = {"flask", "click", "rdflib", "pyshacl", "pyoxigraph", "sqlalchemy", "lxml", "indexer"}
    assert own == {
        "catalog_service",
        "catalog_service.model",
        "catalog_service.model.terms",
        "catalog_service.namespaces",
        "catalog_service.validation",
    }
    assert heavy.isdisjoint(modules)


def test_a_validator_says_what_it_is():
    assert repr(compiled()) == "<Validator of 7 shapes, 1 with targets>"


LITERALS = [rdflib.Literal("x"), rdflib.Literal("x", datatype=rdflib.XSD.string)]


def test_a_text_with_its_type_written_out_is_the_same_value():
    graph = rdflib.Graph()
    for literal in LITERALS:
        graph.add((rdflib.URIRef("http://e/a"), rdflib.URIRef("http://e/p"), literal))
    validator = compile_shapes(turtle("ex:s sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] ."))

    assert validator.validate(graph).conforms
    assert validator.validate(list(graph)).conforms


@pytest.mark.parametrize("second", ["en", "EN"])
def test_languages_are_told_apart_without_case(second):
    validator = compile_shapes(turtle("ex:s sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:uniqueLang true ] ."))
    data = [("<http://e/a>", "<http://e/p>", '"x"@en'), ("<http://e/a>", "<http://e/p>", f'"y"@{second}')]

    assert not validator.validate(data).conforms
    assert not validator.validate(nodes_of(data)).conforms
    assert not validator.validate(
        rdflib.Graph().parse(data=f'<http://e/a> <http://e/p> "x"@en , "y"@{second} .', format="turtle")
    ).conforms


def test_a_context_is_of_use_to_its_own_validator_only():
    context = compiled().prepare(turtle("ex:x a ex:Person ."))

    with pytest.raises(BadData, match="another validator"):
        compiled().validate(turtle(DATA), context)
