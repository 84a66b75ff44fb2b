"""The terms of SHACL and RDF that the validator speaks, as N-Triples terms."""

from __future__ import annotations

from catalog_service.namespaces import RDF, RDFS, SH, XSD


def sh(name: str) -> str:
    """Return the term of a name in the SHACL namespace.

    >>> sh("path")
    '<http://www.w3.org/ns/shacl#path>'
    """
    return f"<{SH}{name}>"


TYPE = f"<{RDF}type>"
FIRST = f"<{RDF}first>"
REST = f"<{RDF}rest>"
NIL = f"<{RDF}nil>"
LANG_STRING = f"{RDF}langString"
CLASS = f"<{RDFS}Class>"
OWL_CLASS = "<http://www.w3.org/2002/07/owl#Class>"
SUBCLASS = f"<{RDFS}subClassOf>"
SH_PREFIX = f"<{SH}"
XSD_STRING = f"{XSD}string"

PATH = sh("path")
PROPERTY = sh("property")
NODE_SHAPE = sh("NodeShape")
PROPERTY_SHAPE = sh("PropertyShape")
VIOLATION = sh("Violation")
QUALIFIED_VALUE_SHAPE = sh("qualifiedValueShape")

TRUE = f'"true"^^<{XSD}boolean>'

SHAPE_PARAMETERS = {sh(name) for name in ("node", "property", "not", "qualifiedValueShape")}
"""Parameters whose value is a shape."""
SHAPE_LIST_PARAMETERS = {sh(name) for name in ("and", "or", "xone")}
"""Parameters whose value is a list of shapes."""
TARGETS = {sh(name) for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "target")}

CONSTRAINTS = {
    sh(name)
    for name in (
        "class", "datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive", "maxExclusive",
        "maxInclusive", "minLength", "maxLength", "pattern", "flags", "languageIn", "uniqueLang", "equals", "disjoint",
        "lessThan", "lessThanOrEquals", "not", "and", "or", "xone", "node", "property", "qualifiedValueShape",
        "qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint", "closed", "ignoredProperties",
        "hasValue", "in", "sparql", "js",
    )
}  # fmt: skip
KNOWN = CONSTRAINTS | TARGETS | {
    sh(name)
    for name in (
        "path", "severity", "message", "deactivated", "name", "description", "order", "group", "defaultValue",
        "declare", "prefixes", "entailment", "rule", "suggestedShapesGraph", "shapesGraph", "labelTemplate",
        "parameter", "validator", "nodeValidator", "propertyValidator", "values", "expression",
    )
}  # fmt: skip
"""Terms that may stand on a shape without a warning."""
