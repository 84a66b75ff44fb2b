"""The namespaces of the profile and their prefixes. Source: the metadata specification, part 3.1."""

from __future__ import annotations

STS = "https://w3id.org/stsp/ns#"
SHAPES = "https://w3id.org/stsp/shapes#"
DISPLAY = "https://w3id.org/stsp/display#"
CODE_LISTS = "https://w3id.org/stsp/cl/"
PROFILE = "https://w3id.org/stsp/profile/1.0"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCT = "http://purl.org/dc/terms/"
DC = "http://purl.org/dc/elements/1.1/"
DCAT = "http://www.w3.org/ns/dcat#"
SCHEMA = "http://schema.org/"
FOAF = "http://xmlns.com/foaf/0.1/"
ADMS = "http://www.w3.org/ns/adms#"

PREFIXES = {
    "adms": ADMS,
    "cl": CODE_LISTS,
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dc": DC,
    "dcat": DCAT,
    "dct": DCT,
    "dctype": "http://purl.org/dc/dcmitype/",
    "foaf": FOAF,
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": SCHEMA,
    "sh": SH,
    "skos": SKOS,
    "spdx": "http://spdx.org/rdf/terms#",
    "sts": STS,
    "stsd": DISPLAY,
    "stsh": SHAPES,
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": XSD,
}

SCHEMES = ("http", "https", "urn", "tel", "mailto", "weixin", "qq", "xmpp", "sip", "info", "doi", "geo")
"""Schemes of IRIs that may stand in a record; a record's own IRI is of the first three."""

TYPE = f"<{RDF}type>"
"""``rdf:type`` as a term."""


def expand(name: str) -> str:
    """Return the IRI of a prefixed name.

    >>> expand("dct:title")
    'http://purl.org/dc/terms/title'
    """
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def term(name: str) -> str:
    """Return the term of a prefixed name, with brackets.

    >>> term("dct:title")
    '<http://purl.org/dc/terms/title>'
    """
    return f"<{expand(name)}>"


def shorten(iri: str) -> str:
    """Return the prefixed name of an IRI, or the IRI itself where no prefix fits.

    >>> shorten("http://purl.org/dc/terms/title")
    'dct:title'
    """
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local != iri and local and "/" not in local and "#" not in local:
            return f"{prefix}:{local}"
    return iri
