"""Starting is quick because heavy libraries are imported where they are used: a list does not waver as a clock does."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {
    "alembic",
    "elasticsearch",
    "flask",
    "jsonschema",
    "lxml",
    "openpyxl",
    "pypinyin",
    "pyoxigraph",
    "pyshacl",
    "rdflib",
    "rjieba",
    "sqlalchemy",
    "tantivy",
}


def imported(program: str) -> set[str]:
    command = [sys.executable, "-c", f"{program}\nimport sys\nprint(*sorted(m for m in sys.modules if '.' not in m))"]
    finished = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(finished.stdout.splitlines()[-1].split())


def test_help_imports_no_heavy_library() -> None:
    program = (
        "from click.testing import CliRunner\nfrom catalog_service.cli import kebao\n"
        "assert CliRunner().invoke(kebao, ['--help']).exit_code == 0"
    )

    assert imported(program) & HEAVY == set()


def test_the_library_of_shapes_imports_nothing_of_the_service() -> None:
    found = imported("import catalog_service.validation.shacl")

    assert found & {"flask", "sqlalchemy", "click", "pyshacl", "tantivy"} == set()


def test_reading_a_catalogue_needs_no_validator(tmp_path: object) -> None:
    program = (
        "from pathlib import Path\nfrom catalog_service.operations.catalogue import open_catalogue\n"
        f"catalogue = open_catalogue(Path({str(tmp_path)!r}), environment={{}})\n"
        "assert catalogue.store.last_seq() == 0\ncatalogue.index.position()\ncatalogue.close()"
    )

    assert imported(program) & {"pyshacl", "rdflib", "jsonschema", "openpyxl", "elasticsearch", "pypinyin"} == set()


def test_a_worker_serves_its_first_pages_without_a_validator(tmp_path: object) -> None:
    program = (
        f"import os\nos.environ |= {{'KEBAO_HOME': {str(tmp_path)!r}, 'KEBAO_SANDBOX_ENABLED': 'off'}}\n"
        "from catalog_service.web.serving import application\n"
        "client = application().test_client()\n"
        "for address in ('/', '/oai?verb=Identify', '/catalog.ttl', '/api/v1/search?q=检索'):\n"
        "    assert client.get(address).status_code == 200, address"
    )

    assert imported(program) & {"pyshacl", "rdflib", "openpyxl", "elasticsearch", "lxml"} == set()
