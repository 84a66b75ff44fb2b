"""A kind is a shape file and a line: instrument sharing, added to a copy of the profile, goes the whole way."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from catalog_service.config import load_settings
from catalog_service.model.derive import columns, json_schema
from catalog_service.operations.catalogue import Catalogue
from catalog_service.operations.search import SearchRequest, search
from catalog_service.outlets.base import Request
from catalog_service.outlets.oaipmh import answer
from catalog_service.registry import Profile
from catalog_service.resources import folder
from catalog_service.web.app import create_app
from catalog_service.writers.sts_xml import schema
from tests.catalogues import bench_turtle, load_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHAPES = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <http://schema.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sts: <https://w3id.org/stsp/ns#> .
@prefix stsd: <https://w3id.org/stsp/display#> .
@prefix stsh: <https://w3id.org/stsp/shapes#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

stsh:instrument a sh:NodeShape ; sh:targetClass sts:Instrument ;
  rdfs:label "共享仪器"@zh , "Shared instrument"@en ;
  skos:definition "可以共享的仪器"@zh , "An instrument to share."@en ;
  stsd:plural "共享仪器"@zh , "Shared instruments"@en ;
  stsd:counter "{n} 台共享仪器"@zh , "{n} shared instruments"@en ;
  stsd:also schema:Product ; stsd:title stsh:instrument-title ;
  sh:property stsh:instrument-identifier , stsh:instrument-title , stsh:instrument-category , stsh:instrument-owner .

stsh:instrument-identifier a sh:PropertyShape ; sh:path dct:identifier ; sh:datatype xsd:string ;
  sh:minCount 1 ; sh:maxCount 1 ; sh:pattern "^[A-Z0-9][A-Z0-9._-]{3,63}$" ;
  sh:name "仪器编号"@zh , "Identifier"@en ; sh:description "仪器的编号"@zh , "What identifies the instrument."@en ;
  sh:message "仪器编号请写 4–64 个大写字母、数字。"@zh , "Write the identifier in 4 to 64 capitals and digits."@en ;
  sh:order 1 ; stsd:number "I01" ; stsd:shortName "identifier" ; stsd:obligation "M" ; stsd:level stsd:harvestable ;
  stsd:system true ; dct:source "R" .

stsh:instrument-title a sh:PropertyShape ; sh:path dct:title ; sh:datatype rdf:langString ;
  sh:minCount 1 ; sh:maxCount 20 ; sh:uniqueLang true ; sh:maxLength 120 ;
  sh:name "仪器名称"@zh , "Title"@en ; sh:description "仪器的名称"@zh , "What it is called."@en ;
  sh:message "请写仪器名称，不超过 120 字。"@zh , "Write the title in at most 120 characters."@en ;
  sh:order 2 ; stsd:number "I02" ; stsd:shortName "title" ; stsd:obligation "M" ; stsd:level stsd:harvestable ;
  stsd:searchWeight 8 ; dct:source "R" .

stsh:instrument-category a sh:PropertyShape ; sh:path dcat:theme ; sh:nodeKind sh:IRI ;
  sh:minCount 1 ; sh:maxCount 5 ; sh:node stsh:in-service-category ;
  sh:name "仪器类别"@zh , "Category"@en ; sh:description "仪器用于哪类服务"@zh , "What services it is for."@en ;
  sh:message "请从服务产品分类中选取。"@zh , "Choose from the service categories."@en ;
  sh:order 3 ; stsd:number "I03" ; stsd:shortName "category" ; stsd:obligation "M" ;
  stsd:searchWeight 3 ; stsd:facet "category" ; stsd:facetOrder 1 ; stsd:set "cat" ; dct:source "R" .

stsh:instrument-owner a sh:PropertyShape ; sh:path schema:provider ; sh:class sts:ServiceAgency ;
  sh:minCount 1 ; sh:maxCount 1 ;
  sh:name "所属机构"@zh , "Owner"@en ; sh:description "谁的仪器"@zh , "Whose it is."@en ;
  sh:message "请填写所属机构。"@zh , "Name the owner."@en ;
  sh:order 4 ; stsd:number "I04" ; stsd:shortName "owner" ; stsd:obligation "M" ;
  stsd:facet "provider" ; stsd:facetOrder 2 ; dct:source "R" .
"""
LINE = """
stsh:instrument stsd:kind sts:Instrument ; stsd:order 3 ; stsd:shapeFile "instrument.ttl" ;
  stsd:identifierPrefix "I" ; stsd:lifecycle ( "draft" "published" "withdrawn" ) .
"""
TABLE = """identifier,title@zh,title@en,category,owner
INST-0001,扫描电子显微镜,Scanning electron microscope,0303 材料检测,BA-0000001
INST-0002,气相色谱质谱联用仪,GC-MS,环境检测,BA-0000002
INST-0003,三坐标测量机,,计量,BA-0000001
"""


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    home = tmp_path_factory.mktemp("third")
    shapes: Path = home / "shapes"
    shutil.copytree(folder("shapes"), shapes)
    (shapes / "instrument.ttl").write_text(SHAPES, "utf-8")
    manifest = shapes / "manifest.ttl"
    manifest.write_text(manifest.read_text("utf-8") + LINE, "utf-8")
    overrides = {
        "search.engine": "memory",
        "catalogue.iri_base": "https://bench.example",
        "public_url": "http://c.example",
    }
    made = Catalogue(load_settings(home, environment={}, overrides=overrides), Profile.load(shapes=shapes))
    load_text(made, bench_turtle(0, agencies=3))
    yield made
    made.close()


def test_it_is_loaded_from_a_table_and_the_bad_row_is_told(catalogue: Catalogue) -> None:
    result = load_text(catalogue, TABLE, "instruments.csv")

    assert {name: result.counts[name] for name in ("created", "published", "refused")} == {
        "created": 2,
        "published": 2,
        "refused": 1,
    }
    wrong = next(finding for finding in result.findings if finding.severity == "error")
    assert (wrong.place.row, wrong.place.column, wrong.path) == (4, "D", "category")


def test_it_is_searched_by_facets(catalogue: Catalogue) -> None:
    load_text(catalogue, TABLE, "instruments.csv")

    page = search(catalogue, SearchRequest(kind="instrument", q="显微镜"))
    narrowed = search(catalogue, SearchRequest(kind="instrument", filters={"category": ("0304",)}))

    assert [hit.id for hit in page.hits] == ["INST-0001"]
    assert [hit.id for hit in narrowed.hits] == ["INST-0002"]
    everything = search(catalogue, SearchRequest(kind="instrument"))
    assert [facet.name for facet in everything.facets] == ["category", "provider"]
    assert page.tabs["instrument"] == 1


def test_it_is_harvested_in_sets_of_its_own(catalogue: Catalogue) -> None:
    load_text(catalogue, TABLE, "instruments.csv")
    arguments = (("verb", "ListRecords"), ("metadataPrefix", "sts"), ("set", "kind:instrument"))

    listed = etree.fromstring(answer(catalogue, Request("/oai", arguments)).body)

    oai = "{http://www.openarchives.org/OAI/2.0/}"
    found = [str(each.text) for each in listed.iter(f"{oai}identifier")]
    assert found == ["oai:kebao.example:INST-0001", "oai:kebao.example:INST-0002"]
    assert {str(each.text) for each in listed.iter(f"{oai}setSpec")} >= {"cat:03:0303", "kind:instrument"}
    assert b'name="instrument"' in schema(catalogue.profile.kinds)


def test_it_has_a_table_a_schema_and_pages(catalogue: Catalogue) -> None:
    load_text(catalogue, TABLE, "instruments.csv")
    kind = catalogue.profile.kinds["instrument"]
    client = create_app(catalogue).test_client()

    assert [column.key for column in columns(kind)] == ["identifier", "title@zh", "title@en", "category", "owner"]
    assert "owner" in json_schema(kind)["properties"]
    assert "扫描电子显微镜" in client.get("/records/INST-0001").text
    assert "共享仪器" in client.get("/profile/instrument").text
    assert client.get("/api/v1/kinds/instrument/schema").status_code == 200
    assert client.get("/?kind=instrument&lang=en").status_code == 200
