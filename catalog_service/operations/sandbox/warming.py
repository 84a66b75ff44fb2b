"""What a zygote loads before it forks: a worker can open no file, so nothing may be left to be imported or read."""

from __future__ import annotations

import io
import json
from importlib import import_module
from typing import TYPE_CHECKING

from catalog_service.errors import CatalogError
from catalog_service.i18n import LANGUAGES, translations
from catalog_service.operations.reading import OwnDesk, Source
from catalog_service.readers import READERS, reader
from catalog_service.resources import folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog_service.model.record import Record
    from catalog_service.registry import Profile
    from catalog_service.validation.engines import Validation

_LATE_IMPORTS = (
    "codecs",
    "difflib",
    "jsonschema",
    "lxml.etree",
    "pyoxigraph",
    "python_calamine",
    "encodings.gb18030",
    "encodings.idna",
)
_REHEARSED = 3
"""Records of each sample workbook that a rehearsal reads."""

_DOMAINS = ("errors", "readers", "normalise", "findings")
_TRIALS = (
    ("trial.jsonld", b'{"@context": "https://w3id.org/stsp/context.jsonld", "@id": "urn:x-kebao:trial"}'),
    ("trial.json", b'{"kind": "none"}'),
    ("trial.jsonl", b'{"kind": "none"}\n{}\n'),
    ("trial.csv", "标题,x\n检索,1\n".encode("gb18030")),
    ("trial.ttl", b"<urn:x:a> <urn:x:b> <urn:x:c> .\n<urn:x:a> broken .\n<urn:x:a> a <urn:x:d> ."),
    ("trial.rdf", b'<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'),
    ("trial.nq", b"<urn:x:a> <urn:x:b> <urn:x:c> <urn:x:g> .\n"),
)


def warm_up(profile: Profile, validation: Validation) -> Callable[[], None]:
    """Import what is imported late, load every list and sentence, read and check the samples once.

    Returns a small part of that, to be done once more.
    """
    for name in _LATE_IMPORTS:
        import_module(name)
    for name in READERS:
        reader(name)
    for domain in _DOMAINS:
        for lang in LANGUAGES:
            translations(lang, domain)
    for slug in profile.vocabularies:
        profile.vocabularies.find("?", (slug,))
        profile.vocabularies.nearest("?", (slug,))
    desk = OwnDesk(profile, "https://kebao.example", {}, validation)
    samples = [(path.name, path.read_bytes()) for path in sorted(folder("samples").glob("*.xlsx"))]
    forms = [("trial.json", json.dumps({"kind": kind, "?": {}, "iri": {}}).encode()) for kind in profile.kinds]
    canonical = b""
    for name, data in (*samples, *_TRIALS, *forms):
        records = _try(desk, name, data)
        canonical += b"".join(each.canonical() for each in records[:_REHEARSED])

    def rehearse() -> None:
        _try(desk, "trial.nt", canonical)

    rehearse()
    return rehearse


def _try(desk: OwnDesk, name: str, data: bytes) -> list[Record]:
    """Read and check something small, and return its records; what is wrong with it is of no interest."""
    from catalog_service.operations.reading import Read

    try:
        found = list(desk.read(Source(name, io.BytesIO(data)), ""))
    except CatalogError:
        return []
    records = [each.candidate.record for each in found if isinstance(each, Read)]
    if records:
        desk.check(records, {})
    return records
