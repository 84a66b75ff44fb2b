"""Lists narrowed by a set: a name that no set can have is refused, one that no record has used yet is an empty list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.errors import UnknownName
from catalog_service.model.identifiers import is_identifier
from catalog_service.operations.references import reference_paths
from catalog_service.operations.sets import ROOT, set_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.model.vocabulary import Scheme
    from catalog_service.operations.catalogue import Catalogue


def must_be_set(catalogue: Catalogue, name: str) -> None:
    """Raise `UnknownName` when no record is or was in a set, and none that may come will be."""
    if name.isprintable() and catalogue.store.has_set(name):
        return
    prefix, _, rest = name.partition(":")
    schemes = _schemes(catalogue)
    known = [f"kind:{each}" for each in catalogue.profile.kinds] if prefix == "kind" else []
    if scheme := schemes.get(prefix):
        known = _names(prefix, scheme, rest)
    if name not in known and not (prefix in schemes and scheme is None and _is_target(catalogue, prefix, rest)):
        raise UnknownName(
            "set",
            name,
            known,
            otherwise="Sets have names such as {forms}; {address} tells those in use.",
            forms=", ".join(_examples(catalogue, schemes)),
            address="/oai?verb=ListSets",
        )


def _schemes(catalogue: Catalogue) -> dict[str, Scheme | None]:
    """Return what names of sets begin with, and the code list that goes on; None where it is a record's identifier."""
    lists = catalogue.profile.vocabularies
    kinds = catalogue.profile.kinds.values()
    return {prefix: lists[slug] if slug else None for kind in kinds for prefix, (_, slug) in sorted(kind.sets.items())}


def _names(prefix: str, scheme: Scheme, rest: str) -> list[str]:
    """Return the names of a code list's sets; only that of a code if one is given with other codes before it."""
    code = rest.rsplit(":", 1)[-1]
    codes = [code] if code in scheme.concepts and code != ROOT else [each for each in scheme.concepts if each != ROOT]
    return [set_name(prefix, scheme.ancestors(each), each) for each in codes]


def _is_target(catalogue: Catalogue, prefix: str, identifier: str) -> bool:
    """Tell whether a record is or was public that others can be in a set of, as services are in that of an agency."""
    row = catalogue.store.get(identifier) if is_identifier(identifier) else None
    if row is None or not row.seq:
        return False
    own = catalogue.profile.kinds[row.kind].class_iri
    return any(
        path == kind.sets[prefix][0] and own in classes
        for kind in catalogue.profile.kinds.values()
        if prefix in kind.sets
        for path, classes in reference_paths(kind)
    )


def _examples(catalogue: Catalogue, schemes: dict[str, Scheme | None]) -> Iterator[str]:
    yield f"kind:{next(iter(catalogue.profile.kinds))}"
    for prefix, scheme in schemes.items():
        if scheme is None:
            yield f"{prefix}:{catalogue.settings.text('catalogue.id_prefix')}-0000001"
        else:
            yield _names(prefix, scheme, "")[0]
