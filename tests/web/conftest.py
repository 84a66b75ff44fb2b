"""A small published catalogue behind the web application, made without files: records go straight into the store."""

# ruff: noqa: E501 - records and page scripts are data and read best on one line

from __future__ import annotations

import sys
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from catalog_service.model.record import Record, nodes_of
from catalog_service.namespaces import PREFIXES
from catalog_service.operations import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from catalog_service.model.terms import Triple
    from catalog_service.operations.catalogue import Catalogue

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

BASE = "https://kebao.example"
PUBLIC = "https://catalogue.example"
_PREFIXES = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())


def agency(identifier: str, name: str, region: str, extra: str = "") -> tuple[str, str, str]:
    iri = f"{BASE}/id/service-agency/{identifier}"
    return (
        iri,
        "service-agency",
        f"""
<{iri}> a sts:ServiceAgency ; dct:identifier "{identifier}" ; foaf:name "{name}"@zh ;
  org:classification <https://w3id.org/stsp/cl/service-category/05> ; schema:telephone "0773-555 0123" ; schema:email "fuwu@lijiang-ip.example" ;
  schema:knowsAbout <https://w3id.org/stsp/cl/service-category/0504> ;
  schema:address <{iri}#address> ; dct:spatial <https://w3id.org/stsp/cl/region/{region}> ; dct:issued "2026-11-01"^^xsd:date {extra} .
<{iri}#address> a schema:PostalAddress ; schema:streetAddress "样例路 8 号"@zh ; schema:addressRegion <https://w3id.org/stsp/cl/region/{region}> .
""",
    )


def product(
    identifier: str,
    title: str,
    provider: str,
    *,
    category: str = "0504",
    offer: str = "",
    area: str = "450000",
    extra: str = "",
) -> tuple[str, str, str]:
    iri = f"{BASE}/id/service-product/{identifier}"
    return (
        iri,
        "service-product",
        f"""
<{iri}> a sts:ServiceProduct ; dct:identifier "{identifier}" ; dct:title {title} ;
  dct:abstract "检索国内外专利文献，判断技术方案的新颖性与创造性，给出是否申请、怎样布局的书面意见。"@zh ;
  dct:description "适合准备申请发明专利、或要判断一项技术能不能申请的企业。在多个数据库中检索，比对最接近的现有技术。\\n报告给出三种结论之一：建议申请、建议修改后申请、不建议申请。"@zh ;
  dcat:theme <https://w3id.org/stsp/cl/service-category/{category}> ; schema:provider <{BASE}/id/service-agency/{provider}> ;
  sts:deliveryMode <https://w3id.org/stsp/cl/delivery-mode/online> ; dct:spatial <https://w3id.org/stsp/cl/region/{area}> ;
  sts:ipOwnership <https://w3id.org/stsp/cl/ip-ownership/client> ; dct:issued "2026-11-02"^^xsd:date ; schema:offers <{iri}#offer> {extra} .
<{iri}#offer> a schema:Offer ; {offer or FIXED.format(iri=iri)} .
""",
    )


FIXED = """sts:pricingMode <https://w3id.org/stsp/cl/pricing-mode/fixed> ;
  schema:priceSpecification <{iri}#price> ; schema:deliveryLeadTime <{iri}#time> .
<{iri}#price> schema:price 2800.0 ; schema:priceCurrency "CNY" ; schema:unitText "件"@zh .
<{iri}#time> schema:minValue 5.0 ; schema:maxValue 10.0 ; schema:unitCode "E49" """
NEGOTIABLE = 'sts:pricingMode <https://w3id.org/stsp/cl/pricing-mode/negotiable> ; sts:priceText "按项目难度面议"@zh'
FREE = 'sts:pricingMode <https://w3id.org/stsp/cl/pricing-mode/free> ; schema:validThrough "2020-01-31"^^xsd:date'

STEPS = """; sts:hasStep <{iri}#s1>, <{iri}#s2>, <{iri}#s3> ; sts:requirement "技术交底书一份"@zh ;
  schema:serviceOutput <{iri}#d1>, <{iri}#d2> ; sts:acceptance "报告经双方签字"@zh .
<{iri}#s1> a sts:ProcessStep ; schema:position 1 ; schema:name "提交"@zh ; schema:text "提交技术交底书"@zh .
<{iri}#s2> a sts:ProcessStep ; schema:position 2 ; schema:name "检索"@zh .
<{iri}#s3> a sts:ProcessStep ; schema:position 3 ; schema:name "报告"@zh .
<{iri}#d1> a sts:Deliverable ; dct:title "检索报告"@zh ; dct:type <https://w3id.org/stsp/cl/deliverable-type/report> .
<{iri}#d2> a sts:Deliverable ; dct:title "对比文件清单"@zh ; dct:type <https://w3id.org/stsp/cl/deliverable-type/data>"""


def records() -> list[tuple[str, str, str, str]]:
    """Return identifier, IRI, kind and Turtle of the records of the small catalogue."""
    first = f"{BASE}/id/service-product/KB-0000011"
    made = [
        ("KB-0000001", *agency("KB-0000001", "漓江知识产权（样例）", "450305")),
        ("KB-0000002", *agency("KB-0000002", "桂中材料检测中心（样例）", "450202")),
        (
            "KB-0000011",
            *product(
                "KB-0000011",
                '"发明专利检索与专利性分析"@zh, "Patentability search and opinion"@en',
                "KB-0000001",
                extra=STEPS.format(iri=first),
            ),
        ),
        ("KB-0000012", *product("KB-0000012", '"专利侵权风险预警"@zh', "KB-0000001", offer=NEGOTIABLE)),
        (
            "KB-0000013",
            *product(
                "KB-0000013",
                '"科普讲座进校园 <b>&\\"x\\"</b>"@zh',
                "KB-0000002",
                category="0801",
                offer=FREE,
                area="450200",
            ),
        ),
    ]
    made += [
        (
            f"KB-{100 + n:07d}",
            *product(f"KB-{100 + n:07d}", f'"材料检测第 {n} 项"@zh', "KB-0000002", category="0301", area="450200"),
        )
        for n in range(25)
    ]
    return made


def to_record(iri: str, kind: str, turtle: str) -> Record:
    import pyoxigraph as ox

    quads = ox.parse(_PREFIXES + turtle, format=ox.RdfFormat.TURTLE)
    return Record(iri, kind, nodes_of(_terms(quad) for quad in quads))


def _terms(quad: Any) -> Triple:
    return str(quad.subject), str(quad.predicate), str(quad.object)


def fill(catalogue: Catalogue) -> None:
    """Publish the records, withdraw one, and bring the index up to date."""
    from catalog_service.operations.publish import publish_in
    from catalog_service.store import NewVersion

    made = {identifier: to_record(iri, kind, turtle) for identifier, iri, kind, turtle in records()}
    with catalogue.store.write(actor="test") as writer:
        for identifier, record in made.items():
            title = catalogue.profile.kinds[record.kind].field(catalogue.profile.kinds[record.kind].title)
            assert title is not None
            name = record.text(title.path[0], "zh")
            writer.put(NewVersion(identifier, record.iri, record.kind, record.canonical(), title=name))
        publish_in(catalogue, writer, made)
    with catalogue.store.write(actor="test") as writer:
        writer.withdraw("KB-0000124", "机构停办", replaced_by="KB-0000123")
    assert catalogue.index.bring_to(catalogue.store.last_seq())


def open_small(home: Path, **overrides: str | int) -> Catalogue:
    """Return the small catalogue with its records."""
    from catalog_service.operations.catalogue import open_catalogue

    chosen = {"public_url": PUBLIC, "search.engine": "memory"} | overrides
    catalogue = open_catalogue(home, environment={}, overrides=chosen)
    fill(catalogue)
    return catalogue


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    catalogue = open_small(tmp_path_factory.mktemp("home"))
    yield catalogue
    catalogue.close()


@lru_cache(maxsize=4)
def _application(catalogue: Catalogue) -> Flask:
    from catalog_service.web.app import create_app

    return create_app(catalogue)


@lru_cache(maxsize=4)
def _token(catalogue: Catalogue) -> str:
    return tokens.create(catalogue, "a program")


@pytest.fixture
def app(catalogue: Catalogue) -> Flask:
    """The application of the catalogue, the small one unless a file has its own."""
    return _application(catalogue)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def key(catalogue: Catalogue) -> dict[str, str]:
    """The header of a program that may write."""
    return {"Authorization": f"Bearer {_token(catalogue)}"}


@pytest.fixture(scope="session")
def served(catalogue: Catalogue) -> Iterator[str]:
    """Serve the application on a free port and give its address."""
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, _application(catalogue), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
