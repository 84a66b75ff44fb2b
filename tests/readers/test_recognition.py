"""A format is recognised by its content; the ending only decides between equals."""

from __future__ import annotations

import contextlib
import gzip
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_service.errors import CatalogError, TooLarge, UnreadableInput
from catalog_service.readers import READERS, open_records, reader
from catalog_service.registry import profile
from tests.readers.readings import PREFIXES, names, read, turtle

if TYPE_CHECKING:
    from pathlib import Path

CLASS = "https://w3id.org/stsp/ns#ServiceProduct"
TYPED = f"<https://e.example/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{CLASS}>"
SAMPLES = {
    "turtle": turtle("A-0001"),
    "trig": f"{PREFIXES}<urn:x-g:1> {{ ex:A a sts:ServiceProduct . }}",
    "ntriples": f"{TYPED} .\n",
    "nquads": f"{TYPED} <urn:x-g:1> .\n",
    "rdfxml": '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    f'<rdf:Description rdf:about="https://e.example/a"><rdf:type rdf:resource="{CLASS}"/></rdf:Description></rdf:RDF>',
    "jsonld": f'{{"@id": "https://e.example/a", "@type": "{CLASS}"}}',
    "json": '{"kind": "service-product", "identifier": "A-0001"}',
    "jsonl": '{"kind": "service-product", "identifier": "A-0001"}\n{"kind": "service-product", "x": "B-0002"}\n',
    "csv": "identifier,title@zh\nA-0001,专利检索\n",
}


@pytest.mark.parametrize("form", SAMPLES)
@pytest.mark.parametrize("name", ["data", "data.bin", "data.ttl", "data.json"])
def test_the_content_tells_the_format(form: str, name: str) -> None:
    records, findings = read(SAMPLES[form], name, "service-product")

    assert len(records) >= 1, [each.message["en"] for each in findings]
    assert findings == []


def test_every_reader_has_its_own_name_and_endings() -> None:
    found = [reader(name) for name in READERS]

    assert [each.name for each in found] == list(READERS)
    assert all(each.endings for each in found)


def test_gzip_is_unpacked_and_a_file_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "data.ttl.gz"
    path.write_bytes(gzip.compress(turtle("A-0001", "B-0002").encode()))

    found = list(open_records(path, name=path.name, limits={}, kinds=profile().kinds))

    assert names(found) == ["A-0001", "B-0002"]  # type: ignore[arg-type]


def test_a_gzip_bomb_meets_a_limit_and_what_came_before_it_is_kept() -> None:
    good = turtle("A-0001", "B-0002").encode()

    with pytest.raises(TooLarge):
        read(gzip.compress(PREFIXES.encode() + b"#" * 20_000_000), "bomb.ttl.gz", xlsx_inflated=10_000)
    records, findings = read(gzip.compress(good + b"#" * 20_000_000), "bomb.ttl.gz", xlsx_inflated=1_000_000)

    assert names(records)[:1] == ["A-0001"]
    assert findings[-1].code == "too-large"


def test_text_that_packs_well_is_no_bomb() -> None:
    records, findings = read(gzip.compress(turtle(*(f"A-{n:04d}" for n in range(3000))).encode()), "a.ttl.gz")

    assert (len(records), findings) == (3000, [])


def test_somebody_elses_file_stays_open() -> None:
    source = io.BytesIO(turtle("A-0001").encode())

    list(open_records(source, name="a.ttl", limits={}, kinds=profile().kinds))

    assert not source.closed


def test_utf_16_is_told_to_be_saved_anew() -> None:
    with pytest.raises(UnreadableInput):
        read(turtle("A-0001").encode("utf-16"), "a.ttl")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_bytes_make_a_reader_fail_with_anything_but_an_error_of_ours(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(sorted(SAMPLES)))
    base = bytearray(SAMPLES[form].encode())
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(base) - 1))
        base[at : at + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=6))
        if not base:
            return
    with contextlib.suppress(CatalogError):
        read(bytes(base), f"data.{form}", data.draw(st.sampled_from(["", "service-product"])))
