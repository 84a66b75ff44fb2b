"""The six verbs (clause 4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from catalog_service.operations.outgoing import learn_names, outgoing, surroundings
from catalog_service.outlets.base import address
from catalog_service.outlets.oaipmh.arguments import PREFIXES, ProtocolError, token
from catalog_service.outlets.oaipmh.envelope import base_url
from catalog_service.outlets.oaipmh.sets import set_description, set_name
from catalog_service.store.rows import stamp_text
from catalog_service.writers import oai_dc, sts_xml
from catalog_service.writers.sts_xml import ABOUT
from catalog_service.writers.xml import attributes, element, escape

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.outlets.oaipmh.arguments import Arguments
    from catalog_service.store import Reader
    from catalog_service.store.rows import Entry, RecordRow
    from catalog_service.writers.base import Surroundings

PAGE = 100
"""Records of a page; sets too."""


def identify(catalogue: Catalogue, reader: Reader, _arguments: Arguments) -> str:
    """Identify (4.2)."""
    settings = catalogue.settings
    earliest = stamp_text(reader.earliest_stamp())
    parts = [
        element("repositoryName", f"{settings.text('catalogue.title')} / {settings.text('catalogue.title_en')}"),
        element("baseURL", base_url(catalogue)),
        element("protocolVersion", "2.0"),
        element("adminEmail", settings.text("catalogue.contact")),
        element("earliestDatestamp", earliest),
        element("deletedRecord", "persistent"),
        element("granularity", "YYYY-MM-DDThh:mm:ssZ"),
        element("compression", "gzip"),
        f"<description>{_identifier_scheme(catalogue)}</description>",
        f"<description>{_rights(settings.text('catalogue.license'))}</description>",
        f"<description>{_epoch(catalogue, reader)}</description>",
    ]
    return f"<Identify>{''.join(parts)}</Identify>"


def _located(namespace: str, schema: str) -> str:
    return attributes(
        xmlns=namespace,
        xmlns_xsi="http://www.w3.org/2001/XMLSchema-instance",
        xsi_schemaLocation=f"{namespace} {schema}",
    )


def _identifier_scheme(catalogue: Catalogue) -> str:
    domain = catalogue.settings.text("catalogue.domain")
    namespace = "http://www.openarchives.org/OAI/2.0/oai-identifier"
    sample = f"oai:{domain}:{catalogue.settings.text('catalogue.id_prefix')}-0000001"
    return (
        f"<oai-identifier{_located(namespace, namespace + '.xsd')}>"
        f"{element('scheme', 'oai')}{element('repositoryIdentifier', domain)}{element('delimiter', ':')}"
        f"{element('sampleIdentifier', sample)}</oai-identifier>"
    )


def _rights(license_iri: str) -> str:
    namespace = "http://www.openarchives.org/OAI/2.0/rights/"
    located = _located(namespace, "http://www.openarchives.org/OAI/2.0/rightsManifest.xsd")
    applies = attributes(appliesTo="http://www.openarchives.org/OAI/2.0/entity#metadata")
    reference = f"<rights><rightsReference{attributes(ref=license_iri)}/></rights>"
    return f"<rightsManifest{located}{applies}>{reference}</rightsManifest>"


def _epoch(catalogue: Catalogue, reader: Reader) -> str:
    located = _located(ABOUT, f"{address(catalogue)}/schemas/oai-about.xsd")
    return f"<catalogue{located}{attributes(epoch=str(reader.epoch()), seq=str(reader.last_seq()))}/>"


def list_metadata_formats(catalogue: Catalogue, reader: Reader, arguments: Arguments) -> str:
    """ListMetadataFormats (4.4): every format works for every item."""
    if arguments.identifier:
        _row(catalogue, reader, arguments.identifier)
    formats = [
        ("oai_dc", oai_dc.SCHEMA, oai_dc.NAMESPACE),
        ("sts", sts_schema(catalogue), sts_xml.NAMESPACE),
    ]
    rows = [
        element("metadataPrefix", prefix) + element("schema", schema) + element("metadataNamespace", namespace)
        for prefix, schema, namespace in formats
    ]
    listed = "".join(f"<metadataFormat>{row}</metadataFormat>" for row in rows)
    return f"<ListMetadataFormats>{listed}</ListMetadataFormats>"


def sts_schema(catalogue: Catalogue) -> str:
    """Return the address of the schema of our own format."""
    return f"{address(catalogue)}/schemas/sts-1.0.xsd"


def list_sets(catalogue: Catalogue, reader: Reader, arguments: Arguments) -> str:
    """ListSets (4.6): the sets in use, their ancestors too, in the order they came into use.

    So one that comes into use while somebody walks through the pages is at their end: none is given twice or missed.
    """
    found = reader.sets_after(arguments.after_seq, PAGE + 1)
    if not found:
        raise ProtocolError(("noSetHierarchy", "There are no records yet, so there are no sets."))
    page = found[:PAGE]
    rows = "".join(_set(catalogue, name) for _, name in page)
    size = arguments.size if arguments.resumed else reader.count_sets()
    after = replace(arguments, after_seq=page[-1][0], cursor=arguments.cursor + len(page), size=size)
    following = _token(catalogue, reader, after, more=len(found) > PAGE, before=arguments)
    return f"<ListSets>{rows}{following}</ListSets>"


def _set(catalogue: Catalogue, name: str) -> str:
    said = element("setSpec", name) + element("setName", set_name(catalogue, name))
    return f"<set>{said}<setDescription>{set_description(catalogue, name)}</setDescription></set>"


def get_record(catalogue: Catalogue, reader: Reader, arguments: Arguments) -> str:
    """GetRecord (4.1); a deleted item has a header only."""
    seq = _row(catalogue, reader, arguments.identifier).seq
    page = reader.listing(after_seq=seq - 1, limit=1)
    return f"<GetRecord>{_writer(catalogue, arguments.prefix)(page.entries[0])}</GetRecord>"


def _row(catalogue: Catalogue, reader: Reader, name: str) -> RecordRow:
    """Return the record of an OAI identifier; raises idDoesNotExist."""
    identifier = name.removeprefix(f"oai:{catalogue.settings.text('catalogue.domain')}:")
    row = reader.get(identifier) if identifier != name else None
    if row is None or not row.seq:
        raise ProtocolError(("idDoesNotExist", "There is no such item here."))
    return row


def list_records(catalogue: Catalogue, reader: Reader, arguments: Arguments) -> str:
    """ListRecords (4.5)."""
    return _list(catalogue, reader, arguments, _writer(catalogue, arguments.prefix), with_bytes=True)


def list_identifiers(catalogue: Catalogue, reader: Reader, arguments: Arguments) -> str:
    """ListIdentifiers (4.3)."""
    domain = catalogue.settings.text("catalogue.domain")
    return _list(catalogue, reader, arguments, lambda entry: header(domain, entry), with_bytes=False)


def _list(
    catalogue: Catalogue, reader: Reader, arguments: Arguments, write: Callable[[Entry], str], *, with_bytes: bool
) -> str:
    """Return a page of a list, in log order.

    A token promises another page, and a page has a record. Whoever changes meanwhile gets a later stamp, so a list
    with ``until`` may have none left when its token comes back. It then ends with the record that was to come next,
    as it is now: it was of this list when the token was made, what is said of it is true and newest, and the protocol
    lets a list hold who has left its range since (clause 3.5.1). Nobody else is missed, for their new stamps are
    after ``until``, where the next harvest begins; that one brings this record again, no older. To answer it as it
    was would bring back what may have been withdrawn; noRecordsMatch would make a harvest that is whole look failed.
    A list without ``until`` never runs empty: who changes moves to its end.
    """
    chosen: dict[str, Any] = {"set_": arguments.set_, "from_stamp": arguments.from_, "until_stamp": arguments.until}
    page = reader.listing(after_seq=arguments.after_seq, limit=PAGE, with_bytes=with_bytes, **chosen)
    entries = page.entries or _left(reader, arguments, with_bytes=with_bytes)
    if not entries:
        raise ProtocolError(("noRecordsMatch", _nothing(reader, arguments)))
    size = arguments.size if arguments.resumed else reader.count(**chosen)
    if with_bytes:
        learn_names(catalogue, entries)
    rows = "".join(write(entry) for entry in entries)
    cursor = arguments.cursor + len(entries)
    after = replace(arguments, after_seq=page.next_seq or 0, cursor=cursor, size=size, following=page.following)
    more = page.next_seq is not None
    return f"<{arguments.verb}>{rows}{_token(catalogue, reader, after, more=more, before=arguments)}</{arguments.verb}>"


def _left(reader: Reader, arguments: Arguments, *, with_bytes: bool) -> tuple[Entry, ...]:
    """Return the record that was to come next, where all that were to come have left the range of their list."""
    found = reader.latest(arguments.following, set_=arguments.set_, with_bytes=with_bytes)
    return (found,) if found else ()


def _nothing(reader: Reader, arguments: Arguments) -> str:
    if arguments.set_ and not reader.has_set(arguments.set_):
        return f"There is no set {arguments.set_}; ListSets names those in use."
    return "No record was created, changed or deleted in that range."


def _token(catalogue: Catalogue, reader: Reader, after: Arguments, *, more: bool, before: Arguments) -> str:
    """Return the token element: none for a list of one page, an empty one on the last of several (clause 3.5)."""
    if not more and not before.resumed:
        return ""
    counted = attributes(completeListSize=str(max(after.size or 0, after.cursor)), cursor=str(before.cursor))
    return f"<resumptionToken{counted}>{token(catalogue, reader, after) if more else ''}</resumptionToken>"


def header(domain: str, entry: Entry) -> str:
    """Return the header of an item (2.5)."""
    status = "" if entry.live else ' status="deleted"'
    sets = "".join(f"<setSpec>{escape(each)}</setSpec>" for each in entry.sets)
    return (
        f"<header{status}><identifier>oai:{domain}:{entry.identifier}</identifier>"
        f"<datestamp>{stamp_text(entry.stamp)}</datestamp>{sets}</header>"
    )


def _writer(catalogue: Catalogue, prefix: str) -> Callable[[Entry], str]:
    """Return a function that writes one ``record`` element in a format."""
    if prefix not in PREFIXES:
        raise ProtocolError(("cannotDisseminateFormat", f"The formats are {', '.join(PREFIXES)}."))
    domain, around = catalogue.settings.text("catalogue.domain"), surroundings(catalogue)
    about = f"<about><version{_located(ABOUT, f'{address(catalogue)}/schemas/oai-about.xsd')}"

    def write(entry: Entry) -> str:
        head = header(domain, entry)
        if not entry.live:
            return f"<record>{head}</record>"
        body = _metadata(catalogue, entry, prefix, around)
        version = f'{about} number="{entry.version}" hash="{entry.public_hash}"/></about>'
        return f"<record>{head}<metadata>{body}</metadata>{version}</record>"

    return write


def _metadata(catalogue: Catalogue, entry: Entry, prefix: str, around: Surroundings) -> str:
    record = outgoing(catalogue, entry)
    return (
        oai_dc.metadata(record, around)
        if prefix == "oai_dc"
        else sts_xml.metadata(record, around, sts_schema(catalogue))
    )


VERBS: dict[str, Callable[[Catalogue, Reader, Arguments], str]] = {
    "Identify": identify,
    "ListMetadataFormats": list_metadata_formats,
    "ListSets": list_sets,
    "GetRecord": get_record,
    "ListRecords": list_records,
    "ListIdentifiers": list_identifiers,
}
