"""The compiled validator against pySHACL on shapes and data made by hypothesis.

What must agree is the set of (focus node, path, value, component, severity, source shape). Where the two were found to
disagree, the text of the specification was asked; those cases stand in ``test_shacl_disagreements``, each with its
clause, and here either pySHACL is corrected or the strategies keep clear of them.
"""

from __future__ import annotations

import functools
import logging
import operator
from pathlib import Path

import pyshacl
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse, serialize
from pyshacl.constraints.core import value_range_constraints
from pyshacl.constraints.core.property_pair_constraints import (
    LessThanConstraintComponent,
    LessThanOrEqualsConstraintComponent,
)

from catalog_service.namespaces import RDF, RDFS, SH, XSD
from catalog_service.validation.shacl import compile_shapes
from catalog_service.validation.shacl.fallback import rdflib_graph, results_of
from catalog_service.validation.shacl.graph import index

EX = "http://example.org/"
RESOURCES = [f"<{EX}n{i}>" for i in range(3)]
BLANKS = ["_:b0"]
CLASSES = [f"<{EX}C{i}>" for i in range(3)]
PREDICATES = [f"<{EX}p{i}>" for i in range(3)]
TYPE, SUBCLASS = f"<{RDF}type>", f"<{RDFS}subClassOf>"


def typed(text: str, name: str) -> str:
    return f'"{text}"^^<{XSD}{name}>'


NUMBERS = [typed(t, n) for t, n in (
    ("1", "integer"), ("2", "integer"), ("10", "integer"), ("-3", "integer"), ("2", "int"), ("1.5", "decimal"),
    ("2.0", "decimal"), ("1.0E1", "double"), ("2", "double"), ("0.5", "float"),
)]  # fmt: skip
MOMENTS = [typed(t, n) for t, n in (
    ("2026-01-05", "date"), ("2026-02-05", "date"), ("2025-12-31", "date"),
    ("2026-01-05T10:00:00", "dateTime"), ("2026-01-06T10:00:00", "dateTime"),
    ("2026-01-05T10:00:00Z", "dateTime"), ("2026-01-05T10:00:00+08:00", "dateTime"),
)]  # fmt: skip
TEXTS = ['""', '"a"', '"abc"', '"ab1"', '"专利"', '"10"', '"b\\nc"', '"q\\"uote\\\\"']
TAGGED = ['"a"@en', '"b"@en', '"c"@en', '"a"@en-gb', '"甲"@zh', '"乙"@zh', '"乙"@zh-hans']
OTHERS = [typed("true", "boolean"), typed("false", "boolean"), typed("http://a", "anyURI"), f'"x"^^<{EX}own>']
ILL_TYPED = [typed("abc", "integer"), typed("2026-02-30", "date"), typed("maybe", "boolean"), typed("300", "byte")]
LITERALS = NUMBERS + MOMENTS + TEXTS + TAGGED + OTHERS
BOUNDS = NUMBERS + MOMENTS[:2] + MOMENTS[3:]
VALUES = RESOURCES + BLANKS + LITERALS + ILL_TYPED

subjects = st.sampled_from(RESOURCES + BLANKS)
values = st.sampled_from(RESOURCES * 8 + BLANKS * 4 + TAGGED * 4 + NUMBERS * 2 + MOMENTS + TEXTS + OTHERS + ILL_TYPED)
triples = st.one_of(
    st.tuples(subjects, st.sampled_from(PREDICATES), values),
    st.tuples(subjects, st.sampled_from(PREDICATES), values),
    st.tuples(subjects, st.just(TYPE), st.sampled_from(CLASSES)),
    st.tuples(st.sampled_from(CLASSES), st.just(SUBCLASS), st.sampled_from(CLASSES)) | st.none(),
)
data_graphs = (st.lists(triples, min_size=3, max_size=15) | st.lists(triples, min_size=25, max_size=45)).map(
    lambda found: sorted({triple for triple in found if triple})
)


class Writer:
    """Writes a shapes graph, triple by triple."""

    def __init__(self, draw):
        self.draw = draw
        self.lines = []
        self.count = 0

    def add(self, subject, name, term):
        self.lines.append(f"{subject} <{SH}{name}> {term} .")

    def blank(self):
        self.count += 1
        return f"_:x{self.count}"

    def listed(self, terms):
        head = f"<{RDF}nil>"
        for term in reversed(terms):
            node = self.blank()
            self.lines += [f"{node} <{RDF}first> {term} .", f"{node} <{RDF}rest> {head} ."]
            head = node
        return head

    def pick(self, choices):
        return self.draw(st.sampled_from(choices))

    def path(self, depth=2):
        kind = self.pick(["one", "one", "one", "inverse", "sequence", "alternative", "*", "+", "?"]) if depth else "one"
        if kind == "one":
            return self.pick([*PREDICATES, *PREDICATES, TYPE])
        if kind in ("sequence", "alternative"):
            members = [self.path(depth - 1) for _ in range(self.pick([2, 2, 3]))]
            if kind == "sequence":
                return self.listed(members)
            node = self.blank()
            self.add(node, "alternativePath", self.listed(members))
            return node
        names = {"inverse": "inversePath", "*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}
        node, inner = self.blank(), self.path(0 if kind == "inverse" else depth - 1)
        self.add(node, names[kind], inner)
        return node

    def constraint(self, shape, node_shapes, property_shapes, is_property):
        anything = node_shapes + property_shapes
        kinds = ["class", "datatype", "nodeKind", "range", "length", "pattern", "languageIn", "pair", "in", "hasValue",
                 "closed"]  # fmt: skip
        kinds += ["count", "count", "uniqueLang", "uniqueLang", "less"] if is_property else []
        kinds += ["not", "and", "or", "xone"] if anything else []
        kinds += ["node"] if node_shapes else []
        kinds += ["property"] if property_shapes else []
        kinds += ["qualified"] if anything and is_property else []
        getattr(self, "_" + self.pick(kinds))(shape, node_shapes, property_shapes)

    def _class(self, shape, *_):
        self.add(shape, "class", self.pick(CLASSES))

    def _datatype(self, shape, *_):
        kinds = [
            f"<{XSD}{n}>" for n in ("integer", "string", "date", "boolean", "decimal", "dateTime", "byte", "double")
        ]
        self.add(shape, "datatype", self.pick([*kinds, f"<{RDF}langString>", f"<{EX}own>"]))

    def _nodeKind(self, shape, *_):  # noqa: N802
        kinds = ["IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"]
        self.add(shape, "nodeKind", f"<{SH}{self.pick(kinds)}>")

    def _range(self, shape, *_):
        self.add(shape, self.pick(["minExclusive", "minInclusive", "maxExclusive", "maxInclusive"]), self.pick(BOUNDS))

    def _length(self, shape, *_):
        self.add(shape, "maxLength", typed(self.pick(["0", "1", "3", "21"]), "integer"))
        if self.pick([True, False]):
            self.add(shape, "minLength", typed(self.pick(["1", "3", "21"]), "integer"))

    def _pattern(self, shape, *_):
        self.add(shape, "pattern", self.pick(['"^a"', '"[0-9]+$"', '"B"', '"^[a-z]{2,3}$"', '"(a|b)+c"', '"n[12]"']))
        if self.pick([True, False]):
            self.add(shape, "flags", '"i"')

    def _languageIn(self, shape, *_):  # noqa: N802
        tags = self.draw(st.lists(st.sampled_from(['"en"', '"zh"', '"en-GB"', '"fr"']), min_size=1, max_size=2))
        self.add(shape, "languageIn", self.listed(tags))

    def _pair(self, shape, *_):
        self.add(shape, self.pick(["equals", "disjoint"]), self.pick(PREDICATES))

    def _less(self, shape, *_):
        self.add(shape, self.pick(["lessThan", "lessThanOrEquals"]), self.pick(PREDICATES))

    def _in(self, shape, *_):
        self.add(shape, "in", self.listed(self.draw(st.lists(st.sampled_from(RESOURCES + LITERALS), max_size=3))))

    def _hasValue(self, shape, *_):  # noqa: N802
        self.add(shape, "hasValue", self.pick(RESOURCES + LITERALS))

    def _closed(self, shape, *_):
        self.add(shape, "closed", typed(self.pick(["true", "true", "false"]), "boolean"))
        if self.pick([True, False]):
            self.add(shape, "ignoredProperties", self.listed([TYPE, self.pick(PREDICATES)]))

    def _count(self, shape, *_):
        self.add(shape, self.pick(["minCount", "maxCount"]), typed(self.pick(["0", "1", "2"]), "integer"))

    def _uniqueLang(self, shape, *_):  # noqa: N802
        self.add(shape, "uniqueLang", typed("true", "boolean"))

    def _not(self, shape, nodes, properties):
        self.add(shape, "not", self.pick(nodes + properties))

    def _members(self, nodes, properties):
        return self.listed(self.draw(st.lists(st.sampled_from(nodes + properties), min_size=1, max_size=3)))

    def _and(self, shape, *shapes):
        self.add(shape, "and", self._members(*shapes))

    def _or(self, shape, *shapes):
        self.add(shape, "or", self._members(*shapes))

    def _xone(self, shape, *shapes):
        self.add(shape, "xone", self._members(*shapes))

    def _node(self, shape, nodes, _properties):
        self.add(shape, "node", self.pick(nodes))

    def _property(self, shape, _nodes, properties):
        self.add(shape, "property", self.pick(properties))

    def _qualified(self, shape, nodes, properties):
        self.add(shape, "qualifiedValueShape", self.pick(nodes + properties))
        names = self.draw(st.sets(st.sampled_from(["qualifiedMinCount", "qualifiedMaxCount"]), min_size=1))
        for name in sorted(names):
            self.add(shape, name, typed(self.pick(["0", "1", "2"]), "integer"))
        if self.pick([True, False]):
            self.add(shape, "qualifiedValueShapesDisjoint", typed("true", "boolean"))

    def target(self, shape):
        name = self.pick(["targetClass", "targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf"])
        if name == "targetClass":
            self.add(shape, name, self.pick(CLASSES))
        elif name == "targetNode":
            self.add(shape, name, self.pick([*RESOURCES, f"<{EX}nowhere>", '"abc"', NUMBERS[0]]))
        else:
            self.add(shape, name, self.pick(PREDICATES))


SINGLE = {"datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive", "maxExclusive",
          "maxInclusive", "minLength", "maxLength", "flags", "languageIn", "uniqueLang", "in", "closed",
          "ignoredProperties",
          "qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint", "qualifiedValueShape",
          "pattern", "hasValue"}  # fmt: skip


@st.composite
def shapes_graphs(draw):
    """Draw a shapes graph whose shapes refer to earlier ones only."""
    writer = Writer(draw)
    nodes, properties = [], []
    for number in range(draw(st.integers(1, 5))):
        shape = f"<{EX}s{number}>"
        is_property = writer.pick([True, True, False])
        start = len(writer.lines)
        writer.lines.append(f"{shape} {TYPE} <{SH}{'Property' if is_property else 'Node'}Shape> .")
        if is_property:
            writer.add(shape, "path", writer.path())
        for _ in range(writer.pick([1, 1, 2, 3, 4])):
            writer.constraint(shape, nodes, properties, is_property)
        if writer.pick([True, False, False, False, False]):
            writer.add(shape, "severity", f"<{SH}{writer.pick(['Warning', 'Info'])}>")
        if writer.pick([True] + [False] * 15):
            writer.add(shape, "deactivated", typed("true", "boolean"))
        writer.lines[start:] = single_valued(shape, writer.lines[start:])
        for _ in range(writer.pick([0, 1, 1, 2])):
            writer.target(shape)
        (properties if is_property else nodes).append(shape)
    writer.target(f"<{EX}s{number}>")
    return "\n".join(dict.fromkeys(writer.lines))


def single_valued(shape, lines):
    """Keep the first value of what may have but one."""
    seen, kept = set(), []
    for line in lines:
        name = line.split(" ", 2)[1].removeprefix(f"<{SH}")[:-1]
        if line.startswith(shape) and name in SINGLE:
            if name in seen:
                continue
            seen.add(name)
        kept.append(line)
    return kept


def ours(shapes, data):
    report = compile_shapes(parse(shapes.encode(), format=RdfFormat.N_TRIPLES)).validate(data)
    return {result.key() for result in report.results}


def theirs(shapes, data):
    shapes_graph = rdflib_graph(index(parse(shapes.encode(), format=RdfFormat.N_TRIPLES)))
    _, report, _ = pyshacl.validate(rdflib_graph(index(data)), shacl_graph=shapes_graph, inference="none")
    return {result.key() for result in results_of(index(report), {})}


NUMERIC = {f"{XSD}{name}" for name in ("integer", "int", "byte", "decimal", "double", "float")}


def family(literal):
    """Return what a literal compares with by SPARQL 1.1, 17.3; None for nothing."""
    if not isinstance(literal, rdflib.Literal) or literal.language or literal.value is None or literal.ill_typed:
        return None
    kind = str(literal.datatype or f"{XSD}string")
    if kind in NUMERIC:
        return "number"
    if kind == f"{XSD}dateTime":
        return kind, literal.value.tzinfo is not None
    return kind if kind in {f"{XSD}{name}" for name in ("string", "boolean", "date")} else None


def compare_as_sparql_does(one, two, compare=value_range_constraints.compare_literal):
    if family(one) is None or family(one) != family(two):
        raise TypeError
    return compare(one, two)


def less_as_sparql_does(is_less):
    def compare(self, values, others, data, focus):
        reports = []
        for one in values:
            for two in others:
                if family(one) is None or family(one) != family(two) or not is_less(one, two):
                    reports.append(self.make_v_result(data, focus, value_node=one))
        return bool(reports), reports

    return compare


@pytest.fixture
def corrected(monkeypatch):
    """pySHACL without the disagreements over what can be compared."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    monkeypatch.setattr(logging.getLogger("rdflib.term"), "disabled", True)
    monkeypatch.setattr(value_range_constraints, "compare_literal", compare_as_sparql_does)
    monkeypatch.setattr(LessThanConstraintComponent, "_compare_lt", less_as_sparql_does(operator.lt))
    monkeypatch.setattr(LessThanOrEqualsConstraintComponent, "_compare_ltoe", less_as_sparql_does(operator.le))


OPTIONS = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": False}


@settings(max_examples=150, derandomize=True, database=None, **OPTIONS)
@given(shapes_graphs(), data_graphs)
@pytest.mark.usefixtures("corrected")
@pytest.mark.filterwarnings("ignore:Parsing weird boolean")
def test_both_validators_agree(shapes, data):
    assert ours(shapes, data) == theirs(shapes, data)


@pytest.mark.long
@settings(max_examples=50_000, **OPTIONS)
@given(shapes_graphs(), data_graphs)
@pytest.mark.usefixtures("corrected")
@pytest.mark.filterwarnings("ignore:Parsing weird boolean")
def test_both_validators_agree_over_fifty_thousand_cases(shapes, data):
    assert ours(shapes, data) == theirs(shapes, data)


ROOT = Path(__file__).parents[2]
SAMPLES = {path.parent.name: path for path in sorted((ROOT / "tests" / "shapes").glob("*/good.ttl"))}


@functools.cache
def sample(kind):
    """Return the shapes of a kind as N-Triples, the triples of its good record, and those of concepts it names."""
    shapes = serialize(parse(path=str(ROOT / "shapes" / f"{kind}.ttl")), format=RdfFormat.N_TRIPLES).decode()
    record = sorted(strings(parse(path=str(SAMPLES[kind]))))
    named = {term for _, _, term in record}
    files = sorted((ROOT / "vocab" / "schemes").glob("*.ttl"))
    concepts = [triple for path in files for triple in strings(parse(path=str(path))) if triple[0] in named]
    return shapes, record, concepts


def strings(quads):
    return [(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads]


@st.composite
def mutated_records(draw):
    """Draw a kind and its good record with a few triples taken away, changed or added."""
    kind = draw(st.sampled_from(sorted(SAMPLES)))
    _, record, _ = sample(kind)
    terms = sorted({term for triple in record for term in triple[::2]}) + LITERALS
    changed = list(record)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(changed) - 1))
        subject, predicate, _ = changed[at]
        match draw(st.sampled_from(["drop", "change", "add"])):
            case "drop":
                changed.pop(at)
            case "change":
                changed[at] = (subject, predicate, draw(st.sampled_from(terms)))
            case "add":
                changed.append((subject, predicate, draw(st.sampled_from(terms))))
    return kind, sorted(set(changed))


def agree_on(kind, record):
    shapes, _, concepts = sample(kind)
    data = sorted({*record, *concepts})
    assert ours(shapes, data) == theirs(shapes, data)


@pytest.mark.usefixtures("corrected")
@pytest.mark.skipif(not SAMPLES, reason="there are no sample records yet")
@settings(max_examples=20, derandomize=True, database=None, **OPTIONS)
@given(mutated_records())
def test_both_validators_agree_on_mutated_sample_records(mutated):
    agree_on(*mutated)


@pytest.mark.long
@pytest.mark.usefixtures("corrected")
@settings(max_examples=2_000, **OPTIONS)
@given(mutated_records())
def test_both_validators_agree_on_two_thousand_mutated_sample_records(mutated):
    agree_on(*mutated)
