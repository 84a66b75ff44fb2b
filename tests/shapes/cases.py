"""Shape cases: a good record, changed a little, and what must be said of it.

A case is Turtle that is added to the good record of its folder; its head says what is taken away, which results are
expected, and in which sentences they are told, in both languages:

    # One sentence on what is wrong.
    # remove: ex:P1 dct:title *
    # expect: title QualifiedMinCount error
    # zh: ✗ 服务产品名称：缺少中文。 请填写服务产品名称，…
    # en: ✗ Title: the Chinese text is missing. Write the title: …

Files in ``constraints/`` hold several cases of one element, each behind a line ``## name``. ``<#report>`` is an inner
node of the record; ``{1..51}`` in a line stands for 51 lines, ``{长*81}`` for 81 such characters.
All cases of a kind go through pySHACL together: in each, the record has an IRI of its own.
``python -m tests.shapes.write`` writes what is expected into the heads, to be read before it is believed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from catalog_service.namespaces import CODE_LISTS, SH, expand
from catalog_service.registry import profile
from catalog_service.resources import folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib import Graph

    from catalog_service.model.kind import Kind
    from catalog_service.model.report import Finding

HERE = Path(__file__).parent
KINDS = ("service-product", "service-agency")
_SEVERITIES = {"Violation": "error", "Warning": "warning", "Info": "info"}


@dataclass(frozen=True)
class Result:
    """One validation result in our words; compared by what it is about."""

    path: str
    component: str
    severity: str
    shape: str = field(default="", compare=False)
    messages: dict[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Case:
    """A changed record as N-Triples, and what is expected of it."""

    name: str
    triples: str
    expected: frozenset[Result] = frozenset()
    sentences: tuple[str, ...] = ()
    """What is said, Chinese and English in turn, each with its language before it."""


def good(kind: str) -> str:
    """Return the good record of a kind."""
    return (HERE / kind / "good.ttl").read_text("utf-8")


def record_iri(kind: str) -> str:
    """Return the IRI of the good record of a kind."""
    return {
        "service-product": "https://catalogue.example/id/service-product/P1",
        "service-agency": "https://catalogue.example/id/service-agency/A1",
    }[kind]


def case_files(kind: str) -> Iterator[Case]:
    """Yield the cases that are written down for a kind."""
    for path in sorted((HERE / kind).glob("*.ttl")):
        if path.name != "good.ttl":
            yield _read(kind, path.stem, path.read_text("utf-8"))
    for path in sorted((HERE / kind / "constraints").glob("*.ttl")):
        for block in path.read_text("utf-8").split("\n## ")[1:]:
            yield _read(kind, block.splitlines()[0], block.partition("\n")[2])


def good_graph(kind: str) -> Graph:
    """Return the good record of a kind alone; of other records only what they are."""
    from rdflib import RDF, Graph

    graph = Graph().parse(data=good(kind), format="turtle")
    for triple in list(graph):
        if not str(triple[0]).startswith(record_iri(kind)) and triple[1] != RDF.type:
            graph.remove(triple)
    return graph


def _read(kind: str, name: str, text: str) -> Case:
    from rdflib import URIRef

    prefixes = "\n".join(re.findall(r"^@prefix .*$", good(kind), re.MULTILINE))
    graph = good_graph(kind)
    for removal in re.findall(r"^# remove: (.*)$", text, re.MULTILINE):
        subject, predicate, value = (
            None if each == "*" else URIRef(_expand(kind, each)) for each in removal.split(" ", 2)
        )
        assert (subject, predicate, value) in graph, f"{name}: nothing to remove by “{removal}”"
        graph.remove((subject, predicate, value))
    body = "\n".join(line for each in text.splitlines() if not each.startswith("#") for line in _lines(each))
    graph.parse(data=prefixes + "\n" + body, format="turtle", publicID=record_iri(kind))
    expected = frozenset(Result(*line.split(" ")) for line in re.findall(r"^# expect: (.*)$", text, re.MULTILINE))
    sentences = tuple(re.findall(r"^# ((?:zh|en): .*)$", text, re.MULTILINE))
    return Case(name, graph.serialize(format="nt"), expected, sentences)


def _lines(line: str) -> Iterator[str]:
    """Yield what a line of a case stands for."""
    line = re.sub(r"\{(.)\*(\d+)\}", lambda found: found[1] * int(found[2]), line)
    many = re.search(r"\{1\.\.(\d+)\}", line)
    for number in range(1, int(many[1]) + 1) if many else (0,):
        yield line.replace(many[0], str(number)) if many else line


def told(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return findings as the sentences of a case; of values that are wrong in the same way the first one speaks."""
    marks = {"error": "✗", "warning": "△", "info": "·"}
    first: dict[tuple[str, str], Finding] = {}
    for each in findings:
        first.setdefault((each.path, each.code), each)
    said = (
        f"{lang}: {marks[each.severity]} {each.message[lang]} {each.suggestion.get(lang, '')}".rstrip()
        for each in first.values()
        for lang in ("zh", "en")
    )
    return tuple(re.sub(r"(/[AP]1)\.\d+", r"\1", sentence) for sentence in said)


def _expand(kind: str, name: str) -> str:
    """Return the IRI of a name in a head: in brackets, of the folder's own records, or of a known prefix."""
    if name.startswith("<"):
        return name[1:-1] if ":" in name else record_iri(kind) + name[1:-1]
    own = record_iri(kind).rsplit("/", 1)[0]
    return f"{own}/{name[3:]}" if name.startswith("ex:") else expand(name)


def validate(kind: str, cases: Iterable[Case]) -> dict[str, set[Result]]:
    """Return what pySHACL says of each case's record."""
    import pyshacl
    from rdflib import Graph

    base = record_iri(kind)
    cases = list(cases)
    lines = "\n".join(case.triples.replace(f"<{base}", f"<{base}.{number}") for number, case in enumerate(cases))
    data = Graph().parse(data=lines, format="nt")
    _add_lists(data)
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes(kind), inference="none")
    found = defaultdict(set)
    for number, result in _results(report, profile().kinds[kind], base):
        found[cases[number].name].add(result)
    return found


def shapes(kind: str) -> Graph:
    """Return a kind's shape file as a graph."""
    from rdflib import Graph

    return Graph().parse(folder("shapes") / f"{kind}.ttl", format="turtle")


def _add_lists(data: Graph) -> None:
    """Add the triples of the concepts that the data names."""
    from rdflib import URIRef
    from rdflib.namespace import SKOS

    vocabularies = profile().vocabularies
    named = {str(term) for term in data.objects() if isinstance(term, URIRef) and term.startswith(CODE_LISTS)}
    for iri in named:
        concept = vocabularies.concept(iri)
        if concept is not None:
            data.add((URIRef(iri), SKOS.inScheme, URIRef(CODE_LISTS + concept.scheme)))
            if concept.broader:
                data.add((URIRef(iri), SKOS.broader, URIRef(f"{CODE_LISTS}{concept.scheme}/{concept.broader}")))


def _results(report: Graph, kind: Kind, base: str) -> Iterator[tuple[int, Result]]:
    from rdflib import Namespace

    sh = Namespace(SH)
    paths = {each.shape: name for name, each in kind.walk()}
    for node in report.objects(None, sh.result):
        owner = re.match(re.escape(base) + r"\.(\d+)(#|$)", str(report.value(node, sh.focusNode)))
        if owner is None:
            continue
        shape = str(report.value(node, sh.sourceShape))
        rule = kind.rules.get(shape)
        path = paths.get(shape) or (rule.fields[0] if rule and rule.fields else "")
        component = str(report.value(node, sh.sourceConstraintComponent)).removeprefix(SH)
        severity = str(report.value(node, sh.resultSeverity)).removeprefix(SH)
        messages = {each.language or "": str(each) for each in report.objects(node, sh.resultMessage)}
        yield (
            int(owner[1]),
            Result(path, component.removesuffix("ConstraintComponent"), _SEVERITIES[severity], shape, messages),
        )
