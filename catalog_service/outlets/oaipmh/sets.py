"""What sets are called: ``cat:05:0504`` by the code list, ``kind:…`` by the kind, ``org:…`` by the agency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.writers import oai_dc
from catalog_service.writers.xml import element

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog_service.operations.catalogue import Catalogue


def set_name(catalogue: Catalogue, spec: str) -> str:
    """Return a set's name in Chinese and English, its code before it if it is of a code list."""
    labels, _, code = _meaning(catalogue, spec)
    return " ".join(filter(None, (code, " / ".join(labels.values())))) or spec


def set_description(catalogue: Catalogue, spec: str) -> str:
    """Return what a set is as Dublin Core, each language by itself."""
    labels, definitions, _ = _meaning(catalogue, spec)
    said = [
        element(f"dc:{name}", text, xml_lang=lang)
        for name, texts in (("title", labels), ("description", definitions))
        for lang, text in texts.items()
    ]
    return oai_dc.wrapped(said or [element("dc:title", spec)])


def _meaning(catalogue: Catalogue, spec: str) -> tuple[Mapping[str, str], Mapping[str, str], str]:
    """Return labels and definitions of what a set is about, and its code."""
    prefix, _, rest = spec.partition(":")
    code = rest.rsplit(":", 1)[-1]
    kinds = catalogue.profile.kinds
    if prefix == "kind" and code in kinds:
        return kinds[code].plurals, kinds[code].definitions, ""
    scheme = next((kind.sets[prefix][1] for kind in kinds.values() if prefix in kind.sets), "")
    if scheme and code in catalogue.profile.vocabularies[scheme].concepts:
        concept = catalogue.profile.vocabularies[scheme].concepts[code]
        return concept.labels, concept.definitions, code
    return {"zh": catalogue.titles([code], "zh").get(code, code)}, {}, ""
