"""Ontology and shapes as files: the same bytes whenever and by whomever they are asked for."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from rdflib import Graph
from rdflib.compare import to_isomorphic

from catalog_service.resources import folder
from catalog_service.web.negotiation import RDF_FORMATS, TURTLE
from catalog_service.web.rdf import files_bytes

if TYPE_CHECKING:
    from flask.testing import FlaskClient

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own

ENDINGS = [each.ending for each in RDF_FORMATS if each.ending != "html"]
PATHS = [f"/profile{name}.{ending}" for name in ("", "/service-product") for ending in ENDINGS]


@pytest.mark.parametrize("path", PATHS)
def test_a_file_that_did_not_change_is_not_sent_again(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    files_bytes.cache_clear()

    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    head = client.head(path)

    assert (again.status_code, again.data) == (304, b"")
    assert head.headers["Content-Length"] == first.headers["Content-Length"]
    assert head.headers["ETag"] == first.headers["ETag"]


def test_every_process_writes_the_same_bytes() -> None:
    shapes = folder("shapes") / "service-agency.ttl"
    program = (
        "import sys; from pathlib import Path; from catalog_service.web.rdf import files_bytes;"
        "from catalog_service.web.negotiation import TURTLE;"
        "sys.stdout.buffer.write(files_bytes((Path(sys.argv[1]),), TURTLE))"
    )

    made = subprocess.run([sys.executable, "-c", program, str(shapes)], capture_output=True, check=True)

    assert made.stdout == files_bytes((shapes,), TURTLE)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_says_what_the_shapes_say(client: FlaskClient, ending: str) -> None:
    parser = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "nt": "nt"}[ending]
    given = Graph().parse(data=client.get(f"/profile/service-agency.{ending}").data, format=parser)

    assert to_isomorphic(given) == to_isomorphic(Graph().parse(folder("shapes") / "service-agency.ttl"))


@pytest.mark.parametrize("path", ["/profile.xyz", "/profile.", "/profile.json", "/profile/service-product.xyz"])
def test_an_ending_that_is_not_offered_is_nowhere(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
