"""SHACL validation: the compiled validator and its rivals on the same records, shapes and lists, in one run.

Rivals: pySHACL always; pyrudof if it is installed (the extra ``bench``). maplib cannot be measured: in its public wheel
(0.20.26) ``Model.validate`` ends with “not implemented: Contact Data Treehouse to try”.
All are given the same graph: bench products with the concepts they name and the types of the agencies they refer to.
Answers are compared before anything is timed. Times are of the processor, so that other work on the machine counts
little.
"""

from __future__ import annotations

import gc
import http.client
import importlib.util
import itertools
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import Dataset, Quad, RdfFormat, Triple, parse, serialize

from benchmarks.records import AGENCIES, BASE, Records
from benchmarks.serving import filled_home, serving
from catalog_service.model.record import Record, nodes_of
from catalog_service.namespaces import CODE_LISTS, DCT, STS, TYPE, XSD
from catalog_service.resources import folder
from catalog_service.validation.shacl import Validator, compile_shapes
from catalog_service.validation.shacl.fallback import rdflib_graph, results_of
from catalog_service.validation.shacl.graph import index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalog_service.model.terms import Triple as Terms

BATCH = 1_000
DATASETS = 10_000
MANY = 100_000
REQUESTS = 1_000
_PREFIXES = next(Records(agencies=0).turtle(0))
SHAPES = "service-product.ttl"


def run(scale: float = 1.0) -> None:
    """Print the tables."""
    products = _products(int(BATCH * scale))
    shapes = list(parse(path=str(folder("shapes") / SHAPES)))
    context = _context()
    validator = compile_shapes(shapes)
    triples = sum(len(product) for product in products) / len(products)
    print(f"{len(products):,} products of {triples:.0f} triples, {validator!r}\n")
    _must_agree(validator, shapes, products[:50], context)
    rivals = _batches(validator, shapes, products, context)
    _many(validator, context, int(MANY * scale), rivals)
    _one(validator, shapes, products, context)
    _over_http(int(REQUESTS * scale))
    _compile()
    _dcat(int(DATASETS * scale))


def _seconds(work: Callable[[], Any], times: int = 3) -> float:
    """Return the best time of several."""
    best = float("inf")
    for _ in range(times):
        gc.collect()
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def _row(name: str, count: int, seconds: float, reference: float | None = None) -> None:
    ratio = f"{reference / (seconds / count):,.0f} ×" if reference else ""
    print(f"| {name} | {count / seconds:,.0f} | {seconds / count * 1e6:,.1f} | {ratio} |", flush=True)


def _head(title: str, unit: str) -> None:
    print(f"\n| {title} | {unit}/s | µs each | against pySHACL |\n|---|---|---|---|", flush=True)


def _products(count: int) -> list[list[Triple]]:
    """Return products as pyoxigraph triples, inner nodes as fragments as in stored records."""
    records = Records()
    return [_parsed(records.product(number), number) for number in range(count)]


def _parsed(turtle: str, number: int) -> list[Triple]:
    quads = parse((_PREFIXES + turtle).encode(), format=RdfFormat.TURTLE)
    lines = serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES) or b""
    named = lines.replace(b"_:", f"<{BASE}/id/service-product/BP-{number:07d}#".encode())
    closed = b"\n".join(_close(line) for line in named.split(b"\n")) + _stamps(number)
    return [quad.triple for quad in parse(closed, format=RdfFormat.N_TRIPLES)]


def _stamps(number: int) -> bytes:
    """Return what the catalogue adds to a record before it is validated."""
    record = f"<{BASE}/id/service-product/BP-{number:07d}>"
    return (
        f"{record} <http://www.w3.org/ns/adms#status> <{CODE_LISTS}record-status/published> .\n"
        f'{record} <{DCT}modified> "2026-02-05"^^<{XSD}date> .\n'
    ).encode()


def _close(line: bytes) -> bytes:
    """Close the brackets of what was a blank node."""
    parts = line.split(b" ", 2)
    if len(parts) < 3:
        return line
    subject, predicate, rest = parts
    if not subject.endswith(b">"):
        subject += b">"
    if rest.startswith(b"<") and not rest.endswith(b"> ."):
        rest = rest[:-2] + b"> ."
    return b" ".join((subject, predicate, rest))


def _context() -> list[Terms]:
    """Return the concepts of the code lists, and the types of the agencies that records refer to."""
    lists = sorted((folder("vocab") / "schemes").glob("*.ttl"))
    concepts = [
        (str(quad.subject), str(quad.predicate), str(quad.object)) for path in lists for quad in parse(path=str(path))
    ]
    agencies = (f"<{BASE}/id/service-agency/BA-{number:07d}>" for number in range(AGENCIES))
    return [
        *(triple for triple in concepts if triple[0].startswith(f"<{CODE_LISTS}")),
        *((agency, TYPE, f"<{STS}ServiceAgency>") for agency in agencies),
    ]


def _named(context: list[Terms], products: list[list[Triple]]) -> list[Terms]:
    """Return what of a context the products name: the fair data for those who cannot prepare it."""
    named = {str(triple.object) for product in products for triple in product}
    return [triple for triple in context if triple[0] in named]


def _merged(products: list[list[Triple]], context: list[Terms]) -> Any:
    nodes = index([*itertools.chain.from_iterable(products)])
    return rdflib_graph({**nodes, **index(_named(context, products))})


def _record(product: list[Triple]) -> Record:
    nodes = nodes_of((str(triple.subject), str(triple.predicate), str(triple.object)) for triple in product)
    return Record(str(product[0].subject)[1:-1], "service-product", nodes)


def _must_agree(validator: Validator, shapes: list[Any], products: list[list[Triple]], context: list[Terms]) -> None:
    """Compare the results on good products and on the same without their titles."""
    import pyshacl

    title = f"{DCT}title"
    bad = [[triple for triple in product if triple.predicate.value != title] for product in products[::2]]
    data = [*bad, *products[1::2]]
    own = {str(triple.subject) for product in data for triple in product}
    ours = {result.key() for result in validator.validate([*itertools.chain.from_iterable(data)], context).results}
    shapes_index = index(shapes)
    _, report, _ = pyshacl.validate(_merged(data, context), shacl_graph=rdflib_graph(shapes_index))
    theirs = {result.key() for result in results_of(index(report), shapes_index) if result.focus_node in own}
    if ours != theirs:
        raise SystemExit(f"the validators disagree: {sorted(ours ^ theirs)[:3]}")
    if importlib.util.find_spec("pyrudof"):
        rudof = _opened_rudof(_merged(data, context), rdflib_graph(shapes_index)).validate_shacl()
        found = sorted((result.focus_node, result.constraint_component) for result in rudof)
        if found != sorted((result[0][1:-1], result[3][1:-1]) for result in ours):
            raise SystemExit(f"pyrudof disagrees: {len(found)} results, ours {len(ours)}")


def _batches(validator: Validator, shapes: list[Any], products: list[list[Triple]], context: list[Terms]) -> float:
    """Print what a batch costs, given in each form; return pySHACL's seconds a record."""
    import pyshacl

    count = len(products)
    prepared = validator.prepare(context)
    triples = [*itertools.chain.from_iterable(products)]
    dataset = Dataset(Quad(*triple) for triple in triples)
    records = [_record(product) for product in products]
    own_graph, graph = rdflib_graph(index(triples)), _merged(products, context)
    shapes_graph = rdflib_graph(index(shapes))
    theirs = _seconds(lambda: pyshacl.validate(graph, shacl_graph=shapes_graph), times=1)
    _head(f"a batch of {count:,} products", "records")
    _row("pySHACL, rdflib Graph", count, theirs)
    if importlib.util.find_spec("pyrudof"):
        _row("pyrudof, Turtle read before", count, _rudof(graph, shapes_graph), theirs / count)
    for name, data in (
        ("ours, records", records),
        ("ours, pyoxigraph triples, indexing included", triples),
        ("ours, pyoxigraph Dataset, indexing included", dataset),
        ("ours, rdflib Graph, indexing included", own_graph),
    ):
        _row(name, count, _seconds(lambda data=data: validator.validate(data, prepared)), theirs / count)
    return theirs / count


def _opened_rudof(graph: Any, shapes_graph: Any) -> Any:
    import pyrudof

    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_data(graph.serialize(format="turtle"))
    rudof.read_shacl(shapes_graph.serialize(format="turtle"))
    return rudof


def _rudof(graph: Any, shapes_graph: Any) -> float:
    return _seconds(_opened_rudof(graph, shapes_graph).validate_shacl, times=1)


def _many(validator: Validator, context: list[Terms], count: int, theirs: float) -> None:
    """Print what a great many records cost, in batches as they are loaded."""
    prepared = validator.prepare(context)
    seconds = 0.0
    for batch in _in_batches(count):
        started = time.process_time()
        validator.validate(batch, prepared)
        seconds += time.process_time() - started
    _row(f"ours, {count:,} products in batches, pyoxigraph triples", count, seconds, theirs)


def _in_batches(count: int) -> Iterator[list[Triple]]:
    records = Records(seed=7)
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        yield [triple for number in range(start, start + size) for triple in _parsed(records.product(number), number)]


def _one(validator: Validator, shapes: list[Any], products: list[list[Triple]], context: list[Terms]) -> None:
    """Print what one record costs when everything is warm."""
    import pyshacl

    prepared = validator.prepare(context)
    records = [_record(product) for product in products[:100]]
    shapes_graph = rdflib_graph(index(shapes))
    graphs = [_merged([product], context) for product in products[:10]]
    theirs = _seconds(lambda: [pyshacl.validate(graph, shacl_graph=shapes_graph) for graph in graphs], times=1)
    _head("one record, warm", "records")
    _row("pySHACL", len(graphs), theirs)
    ours = _seconds(lambda: [validator.validate(record, prepared) for record in records], times=10)
    _row("ours", len(records), ours, theirs / len(graphs))


def _over_http(count: int) -> None:
    """Print what checking one record takes over HTTP, by one client that keeps its connection: wall time."""
    records = Records(agencies=3)
    bodies = [(_PREFIXES + records.product(number)).encode() for number in range(count)]
    with tempfile.TemporaryDirectory() as folder, serving(filled_home(Path(folder), 10)) as port:
        client = http.client.HTTPConnection("127.0.0.1", port)
        for body in bodies[:50]:
            _post(client, body)
        times = sorted(_post(client, body) for body in bodies)
        client.close()
    p50, p99 = (1000 * times[int(len(times) * part)] for part in (0.5, 0.99))
    print(f"\nPOST /api/v1/validate, one record: p50 {p50:.1f} ms, p99 {p99:.1f} ms.")


def _post(client: http.client.HTTPConnection, body: bytes) -> float:
    started = time.perf_counter()
    client.request("POST", "/api/v1/validate", body, {"Content-Type": "text/turtle"})
    answer = client.getresponse()
    text = answer.read()
    if answer.status != 200 or b'"records":1,' not in text.replace(b" ", b""):
        raise SystemExit(f"{answer.status}: {text[:500]!r}")
    return time.perf_counter() - started


def _compile() -> None:
    files = [path for path in sorted(folder("shapes").glob("*.ttl")) if path.name != "shapes.ttl"]
    seconds = _seconds(lambda: compile_shapes([quad for path in files for quad in parse(path=str(path))]), times=5)
    print(f"\nAll {len(files)} shape files are parsed and compiled in {seconds * 1000:.0f} ms.")


def _dcat(count: int) -> None:
    """Print what the DCAT-AP shapes cost on a catalogue of datasets."""
    import pyshacl

    path = (
        Path(os.environ.get("KEBAO_CONFORMANCE", Path(__file__).parents[2] / "shared/conformance"))
        / "dcat-ap/shapes.ttl"
    )
    if not path.is_file():
        print("\nThe DCAT-AP shapes are not here (KEBAO_CONFORMANCE).")
        return
    shapes = list(parse(path=str(path)))
    validator = compile_shapes(shapes)
    triples = [quad.triple for quad in parse(_catalogue(count), format=RdfFormat.N_TRIPLES)]
    graph, shapes_graph = rdflib_graph(index(triples)), rdflib_graph(index(shapes))
    theirs = _seconds(lambda: pyshacl.validate(graph, shacl_graph=shapes_graph), times=1)
    _head(f"DCAT-AP shapes, {count:,} datasets, {len(triples):,} triples", "datasets")
    _row("pySHACL, rdflib Graph", count, theirs)
    if importlib.util.find_spec("pyrudof"):
        _row("pyrudof, Turtle read before", count, _rudof(graph, shapes_graph), theirs / count)
    _row("ours, pyoxigraph triples", count, _seconds(lambda: validator.validate(triples)), theirs / count)
    _row("ours, rdflib Graph", count, _seconds(lambda: validator.validate(graph)), theirs / count)


def _catalogue(count: int) -> bytes:
    """Return a catalogue with datasets, distributions and a hundred publishers in N-Triples; most conform."""
    prefixes = (
        "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> ."
        " @prefix e: <http://e/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> ."
        " @prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."
    )
    parts = [
        prefixes,
        'e:catalogue a dcat:Catalog ; dct:title "Catalogue"@en ; dct:description "All"@en ; dct:publisher e:agent-0 .',
        *(f'e:agent-{number} a foaf:Agent ; foaf:name "Agent {number}" .' for number in range(100)),
    ]
    for number in range(count):
        parts.append(
            f"e:catalogue dcat:dataset e:d{number} . e:d{number} a dcat:Dataset ;"
            f' dct:title "Dataset {number}"@en , "Datensatz {number}"@de ; dct:description "About {number}"@en ;'
            f' dct:issued "2026-01-05"^^xsd:date ; dct:modified "2026-02-05T10:00:00Z"^^xsd:dateTime ;'
            f" dct:publisher e:agent-{number % 100} ; dcat:theme e:theme-{number % 13} ; dct:language e:eng ;"
            f' dcat:keyword "k{number % 50}"@en , "data" ; dct:accrualPeriodicity e:annual ;'
            f' dcat:contactPoint e:contact-{number} ; dcat:distribution e:x{number} ; dct:identifier "{number}" .'
            f' e:contact-{number} a vcard:Kind ; vcard:fn "Desk {number}" .'
            f" e:x{number} a dcat:Distribution ; dcat:accessURL <http://e/files/{number}> ; dct:license e:cc-by ;"
            f' dct:format e:csv ; dcat:byteSize "{number}"^^xsd:nonNegativeInteger ; dct:title "CSV"@en .'
            + (f" e:x{number} dct:license e:cc0 ." if number % 10 == 0 else "")
        )
    quads = parse("\n".join(parts).encode(), format=RdfFormat.TURTLE)
    return serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES) or b""
