"""OAI-PMH 2.0: six verbs over the record store, never the index.

Source: https://www.openarchives.org/OAI/openarchivesprotocol.html (2015-01-08). Names are the protocol's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.outlets.base import Response, content_tag
from catalog_service.outlets.oaipmh.arguments import ProtocolError, parse
from catalog_service.outlets.oaipmh.envelope import envelope
from catalog_service.outlets.oaipmh.verbs import VERBS

if TYPE_CHECKING:
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.outlets.base import Request


def answer(catalogue: Catalogue, request: Request) -> Response:
    """Answer one request; protocol errors are answers too, with status 200 (clause 3.1.2.2).

    The entity tag is weak and leaves the date of the answer out: the same records are the same answer.
    """
    with catalogue.store.read(current=True) as reader:
        try:
            arguments = parse(request.arguments, catalogue, reader)
            body = VERBS[arguments.verb](catalogue, reader, arguments)
            named = request.arguments
        except ProtocolError as error:
            body = error.xml()
            named = () if error.unnamed else request.arguments
        text = envelope(catalogue, reader, body, named)
    return Response(text.encode(), "text/xml; charset=utf-8", headers={"ETag": f'W/"{content_tag(body.encode())}"'})
