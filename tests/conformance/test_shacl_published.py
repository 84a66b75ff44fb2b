"""The shapes of DCAT-AP, CPSV-AP, TREE and LDES run compiled, and agree with pySHACL on data made from their own words.

One file a requirement for TREE and LDES, each with the common file, as their authors mean them to be run.
"""

from __future__ import annotations

import logging
import os
import random
from pathlib import Path

import pyshacl
import pytest
import rdflib
from pyoxigraph import parse

from catalog_service.namespaces import RDF, SH, XSD
from catalog_service.validation.shacl import compile_shapes
from catalog_service.validation.shacl.fallback import rdflib_graph, results_of
from catalog_service.validation.shacl.graph import index
from catalog_service.validation.shacl.paths import BadPath, Predicate, read_path

ROOT = Path(os.environ.get("KEBAO_CONFORMANCE", Path(__file__).parents[3] / "shared" / "conformance"))
TYPE = f"<{RDF}type>"
TREE, LDES = ROOT / "ldes" / "tree-shacl", ROOT / "ldes" / "ldes-shacl"
FILES = {
    "dcat-ap": (ROOT / "dcat-ap/shapes.ttl",),
    "dcat-ap with ranges": (ROOT / "dcat-ap/shapes.ttl", ROOT / "dcat-ap/range.ttl"),
    "dcat-ap recommended": (ROOT / "dcat-ap/shapes_recommended.ttl",),
    "dcat-ap vocabularies": (ROOT / "dcat-ap/mdr-vocabularies.shape.ttl",),
    "dcat-ap deprecated": (ROOT / "dcat-ap/deprecateduris.ttl",),
    "cpsv-ap": (ROOT / "cpsv-ap/cpsv-ap-SHACL.ttl",),
    **{path.stem: (TREE / "tree-common.ttl", path) for path in sorted(TREE.glob("TR*.ttl"))},
    **{path.stem: (LDES / "ldes-common.ttl", path) for path in sorted(LDES.glob("LR*.ttl"))},
}
LITERALS = [
    '"text"', '"Titel"@de', '"title"@en', '"other title"@en', f'"2026-01-05"^^<{XSD}date>', f'"2026"^^<{XSD}gYear>',
    f'"2026-01-05T10:00:00Z"^^<{XSD}dateTime>', f'"12"^^<{XSD}integer>', f'"1.5"^^<{XSD}decimal>',
    f'"true"^^<{XSD}boolean>', f'"P1D"^^<{XSD}duration>', '"0aF3"^^<http://www.w3.org/2001/XMLSchema#hexBinary>',
]  # fmt: skip

pytestmark = pytest.mark.skipif(not ROOT.is_dir(), reason="the conformance data is not here")


def data_for(shapes, seed):
    """Make a graph from the classes, predicates and values that stand in a shapes graph."""
    draw = random.Random(seed)
    classes, predicates, values = set(), set(), set(LITERALS)
    for properties in shapes.values():
        for name in ("targetClass", "class"):
            classes.update(properties.get(f"<{SH}{name}>", ()))
        for name in ("targetObjectsOf", "targetSubjectsOf"):
            predicates.update(properties.get(f"<{SH}{name}>", ()))
        values.update(term for term in properties.get(f"<{SH}hasValue>", ()) if not term.startswith("_"))
        for term in properties.get(f"<{SH}path>", ()):
            predicates |= predicates_of(shapes, term)
    classes, predicates, literals = sorted(classes), sorted(predicates), sorted(values)
    nodes = [f"<http://example.org/n{number}>" for number in range(25)] + [f"_:d{number}" for number in range(10)]
    found = {(node, TYPE, draw.choice(classes)) for node in nodes for _ in range(draw.choice((0, 1, 1, 1, 2)))}
    for node in nodes:
        for predicate in draw.sample(predicates, min(len(predicates), draw.choice((2, 6, 20)))):
            for _ in range(draw.choice((1, 1, 1, 2))):
                found.add((node, predicate, draw.choice(nodes if draw.random() < 0.5 else literals)))
    return sorted(found)


def predicates_of(shapes, term):
    try:
        path = read_path(shapes, term)
    except BadPath:
        return set()
    waiting, found = [path], set()
    while waiting:
        step = waiting.pop()
        if isinstance(step, Predicate):
            found.add(step.iri)
        else:
            waiting += getattr(step, "paths", None) or [step.path]
    return found


@pytest.mark.parametrize("name", FILES)
def test_published_shapes_are_compiled_whole(name):
    validator = compile_shapes([triple for path in FILES[name] for triple in parse(path=str(path))])

    assert validator.plan.fallback == ()
    assert validator.plan.roots


@pytest.mark.filterwarnings("ignore:Parsing weird boolean")
@pytest.mark.parametrize("name", FILES)
def test_published_shapes_agree_with_pyshacl(name, monkeypatch):
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    monkeypatch.setattr(logging.getLogger("rdflib.term"), "disabled", True)
    shapes = index([triple for path in FILES[name] for triple in parse(path=str(path))])
    validator, shapes_graph = compile_shapes(shapes), rdflib_graph(shapes)
    for seed in range(3):
        data = data_for(shapes, seed)

        ours = {result.key() for result in validator.validate(data).results}

        _, report, _ = pyshacl.validate(rdflib_graph(index(data)), shacl_graph=shapes_graph, inference="none")
        assert ours == {result.key() for result in results_of(index(report), shapes)}


def test_what_is_no_term_of_shacl_is_a_warning():
    validator = compile_shapes(parse(path=str(ROOT / "dcat-ap/shapes.ttl")))

    assert all("<http://www.w3.org/ns/shacl#shape>" in warning for warning in validator.warnings)
    assert len(validator.warnings) == 5
