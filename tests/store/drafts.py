"""Records to put into stores under test."""

from __future__ import annotations

from catalog_service.store import NewVersion


def make_draft(number: int = 1, text: str = "first", **options: object) -> NewVersion:
    """Return a record's content; the same number is the same record."""
    iri = f"https://kebao.example/id/thing/T-{number:04d}"
    form = f'<{iri}> <http://purl.org/dc/terms/title> "{text}" .\n'.encode()
    values = {"title": text, "keys": (("name", text),), **options}
    return NewVersion(f"T-{number:04d}", iri, "thing", form, **values)  # type: ignore[arg-type]
