"""Our own XML: a record by the profile's short names, with its schema derived from the kinds.

Designed with reference to GB/T 32846-2016 (message format for metadata collection), whose text we have not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.model.terms import literal_parts
from catalog_service.namespaces import CODE_LISTS
from catalog_service.writers.xml import attributes, element, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog_service.model.kind import Field, Kind
    from catalog_service.model.record import Record
    from catalog_service.model.terms import Term
    from catalog_service.writers.base import Outgoing, Surroundings

NAMESPACE = "https://w3id.org/stsp/xml/1.0"
ABOUT = "https://w3id.org/stsp/oai/1.0"
"""Namespace of what is said of the repository and of records: epoch, sequence number, version, hash."""


def metadata(outgoing: Outgoing, around: Surroundings, schema_address: str) -> str:
    """Return the element of a record, named as its kind."""
    kind, record = outgoing.kind, outgoing.record
    head = attributes(
        xmlns=NAMESPACE,
        xmlns_xsi="http://www.w3.org/2001/XMLSchema-instance",
        xsi_schemaLocation=f"{NAMESPACE} {schema_address}",
        iri=record.iri,
        version=str(outgoing.version),
        hash=outgoing.hash,
    )
    return f"<{kind.name}{head}>{_members(record, record.node, kind.fields, around)}</{kind.name}>"


def _members(record: Record, node: Term, fields: Iterable[Field], around: Surroundings) -> str:
    own = record.nodes.get(node, {})
    return "".join(
        _member(record, term, each, around)
        for each in fields
        if not each.private
        for term in sorted(own.get(each.path[0], ()) if len(each.path) == 1 else record.objects(*each.path, of=node))
    )


def _member(record: Record, term: Term, each: Field, around: Surroundings) -> str:
    if each.type == "node":
        return f"<{each.name}>{_members(record, term, each.fields, around)}</{each.name}>"
    if each.type in ("concept", "reference"):
        found = around.written.get((each.name, term))
        if found is None:
            found = around.written[each.name, term] = [_named(terms.value(term), each, around)]
        return found[0]
    text, language = literal_parts(term)
    said = f' xml:lang="{language}"' if language and each.type == "text" else ""
    return f"<{each.name}{said}>{escape(text)}</{each.name}>"


def _named(iri: str, each: Field, around: Surroundings) -> str:
    """Return a code with its label, or a record with its name."""
    if each.type == "concept":
        slug, _, code = iri.removeprefix(CODE_LISTS).partition("/")
        concept = around.vocabularies.concept(iri)
        return element(each.name, concept.label("zh") if concept else "", list=slug, code=code)
    names = around.name_of(iri)
    return element(each.name, names.get("zh") or next(iter(names.values()), ""), iri=iri)


def schema(kinds: Mapping[str, Kind]) -> bytes:
    """Return the XML Schema of all kinds' elements."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"',
        attributes(xmlns=NAMESPACE, targetNamespace=NAMESPACE),
        ' elementFormDefault="qualified">\n',
        '<xs:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="http://www.w3.org/2001/xml.xsd"/>\n',
        _TYPES,
    ]
    for kind in kinds.values():
        parts.append(f'<xs:element name="{kind.name}"><xs:complexType><xs:sequence>\n')
        parts += [_declared(each) for each in kind.fields if not each.private]
        parts.append(
            '</xs:sequence><xs:attribute name="iri" type="xs:anyURI" use="required"/>'
            '<xs:attribute name="version" type="xs:positiveInteger" use="required"/>'
            '<xs:attribute name="hash" type="xs:string" use="required"/></xs:complexType></xs:element>\n'
        )
    parts.append("</xs:schema>\n")
    return "".join(parts).encode()


def _declared(each: Field) -> str:
    said = element("xs:documentation", f"{each.label('zh')} / {each.label('en')}")
    note = f"<xs:annotation>{said}</xs:annotation>"
    head = f'<xs:element name="{each.name}" minOccurs="0" maxOccurs="unbounded"'
    if each.type == "node":
        inner = "".join(_declared(member) for member in each.fields if not member.private)
        return f"{head}>{note}<xs:complexType><xs:sequence>{inner}</xs:sequence></xs:complexType></xs:element>\n"
    return f'{head} type="{_TYPE_NAMES.get(each.type, "xs:string")}">{note}</xs:element>\n'


_TYPE_NAMES = {
    "text": "text",
    "concept": "concept",
    "reference": "reference",
    "iri": "xs:anyURI",
    "date": "xs:string",
    "decimal": "xs:string",
    "integer": "xs:string",
    "boolean": "xs:string",
}


def _complex_type(name: str, *attributes_: str) -> str:
    inner = "".join(f"<xs:attribute {each}/>" for each in attributes_)
    extended = f'<xs:simpleContent><xs:extension base="xs:string">{inner}</xs:extension></xs:simpleContent>'
    return f'<xs:complexType name="{name}">{extended}</xs:complexType>\n'


_TYPES = (
    _complex_type("text", 'ref="xml:lang"')
    + _complex_type("concept", 'name="list" type="xs:string"', 'name="code" type="xs:string"')
    + _complex_type("reference", 'name="iri" type="xs:anyURI" use="required"')
)


def about_schema() -> bytes:
    """Return the XML Schema of what we say of the repository and of records."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{ABOUT}" elementFormDefault="qualified">
<xs:element name="catalogue"><xs:complexType><xs:attribute name="epoch" type="xs:nonNegativeInteger" use="required"/>\
<xs:attribute name="seq" type="xs:nonNegativeInteger" use="required"/></xs:complexType></xs:element>
<xs:element name="version"><xs:complexType><xs:attribute name="number" type="xs:positiveInteger" use="required"/>\
<xs:attribute name="hash" type="xs:string" use="required"/></xs:complexType></xs:element>
</xs:schema>
""".encode()
