import pytest
from pyoxigraph import RdfFormat, parse

from catalog_service.validation.shacl import compile_shapes
from catalog_service.validation.shacl.graph import index
from catalog_service.validation.shacl.paths import BadList, read_list, read_path

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix ex: <http://e/> .
"""
DATA = """
ex:a ex:p ex:b , ex:c ; ex:q ex:c .
ex:b ex:p ex:d . ex:c ex:p ex:d ; ex:q "x" .
ex:d ex:p ex:a .
"""


def turtle(text):
    return list(parse((PREFIXES + text).encode(), format=RdfFormat.TURTLE))


def reached(path, data=DATA, context=None):
    """Return the value nodes of a path from ex:a: all of them are reported as not being blank."""
    validator = compile_shapes(turtle(f"ex:s sh:targetNode ex:a ; sh:path {path} ; sh:nodeKind sh:BlankNode ."))
    report = validator.validate(turtle(data), context and turtle(context))
    assert len({result.value for result in report.results}) == len(report.results)
    return sorted(result.value.removeprefix("<http://e/").removesuffix(">") for result in report.results)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("ex:p", ["b", "c"]),
        ("ex:none", []),
        ("[ sh:inversePath ex:p ]", ["d"]),
        ("( ex:p ex:p )", ["d"]),
        ("( ex:p ex:q )", ['"x"']),
        ("( ex:p ex:p ex:p )", ["a"]),
        ("( ex:none ex:p )", []),
        ("[ sh:alternativePath ( ex:p ex:q ) ]", ["b", "c"]),
        ("[ sh:zeroOrOnePath ex:p ]", ["a", "b", "c"]),
        ("[ sh:zeroOrMorePath ex:p ]", ["a", "b", "c", "d"]),
        ("[ sh:oneOrMorePath ex:p ]", ["a", "b", "c", "d"]),
        ("[ sh:oneOrMorePath ex:q ]", ['"x"', "c"]),
        ("[ sh:zeroOrMorePath ex:none ]", ["a"]),
        ("[ sh:inversePath ( ex:p ex:p ) ]", ["b", "c"]),
        ("[ sh:inversePath [ sh:zeroOrOnePath ex:p ] ]", ["a", "d"]),
        ("[ sh:inversePath [ sh:inversePath ex:q ] ]", ["c"]),
        ("[ sh:inversePath [ sh:alternativePath ( ex:p ex:q ) ] ]", ["d"]),
        ("[ sh:inversePath [ sh:oneOrMorePath ex:p ] ]", ["a", "b", "c", "d"]),
        ("( [ sh:zeroOrMorePath ex:p ] ex:q )", ['"x"', "c"]),
        ("( ex:q [ sh:inversePath ex:p ] )", ["a"]),
    ],
)
def test_paths_reach_the_nodes_that_sparql_reaches(path, expected):
    assert reached(path) == expected


def test_inverse_paths_see_data_and_context():
    assert reached("[ sh:inversePath ex:p ]", context="ex:e ex:p ex:a . ex:d ex:p ex:a .") == ["d", "e"]


def test_a_path_is_written_as_sparql_writes_it():
    nodes = index(
        turtle("ex:s sh:path ( [ sh:inversePath ex:p ] [ sh:zeroOrMorePath [ sh:alternativePath ( ex:p ex:q ) ] ] ) .")
    )
    (term,) = nodes["<http://e/s>"]["<http://www.w3.org/ns/shacl#path>"]

    assert str(read_path(nodes, term)) == "(^<http://e/p>)/((<http://e/p>|<http://e/q>)*)"


def test_a_list_is_read_in_its_order():
    nodes = index(turtle("ex:s ex:list ( 1 ex:b _:c ) ."))
    (head,) = nodes["<http://e/s>"]["<http://e/list>"]

    assert len(read_list(nodes, head)) == 3


def test_a_long_list_needs_no_deep_stack():
    nodes = {f"_:{each}": {"<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>": [f'"{each}"'],
                           "<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>": [f"_:{each + 1}"]}
             for each in range(50_000)}  # fmt: skip

    with pytest.raises(BadList, match="_:50000"):
        read_list(nodes, "_:0")
