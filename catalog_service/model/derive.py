"""What is derived from kinds: tables, JSON Schema, plain JSON, forms.

The index's fields are derived in `catalog_service.indexing`, which alone knows the index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.model.columns import Column, beyond_table, columns, first_node
from catalog_service.model.jsonschema import json_schema
from catalog_service.model.plain import to_plain

if TYPE_CHECKING:
    from catalog_service.model.kind import Field, Group, Kind

__all__ = ["Column", "beyond_table", "columns", "first_node", "form_groups", "json_schema", "to_plain"]


def form_groups(kind: Kind) -> tuple[tuple[Group, tuple[Field, ...]], ...]:
    """Return the groups of a kind with the fields people fill in, in order."""
    filled = [each for each in kind.fields if not each.computed]
    groups = ((group, tuple(each for each in filled if each.group == group.name)) for group in kind.groups)
    return tuple((group, fields) for group, fields in groups if fields)
