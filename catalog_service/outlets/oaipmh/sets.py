"""What sets are called: ``cat:05:0504`` by the code list, ``kind:…`` by the kind, ``org:…`` by the agency."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog_service.operations.catalogue import Catalogue


def set_name(catalogue: Catalogue, spec: str) -> str:
    """Return a set's name in Chinese and English, codes beside it."""
    prefix, _, rest = spec.partition(":")
    code = rest.rsplit(":", 1)[-1]
    kinds = catalogue.profile.kinds
    if prefix == "kind" and code in kinds:
        return f"{kinds[code].label('zh')} / {kinds[code].label('en')}"
    scheme = next((kind.sets[prefix][1] for kind in kinds.values() if prefix in kind.sets), "")
    if scheme and code in catalogue.profile.vocabularies[scheme].concepts:
        concept = catalogue.profile.vocabularies[scheme].concepts[code]
        return f"{code} {concept.label('zh')} / {concept.label('en')}"
    return catalogue.titles([code], "zh").get(code, spec)
