"""The envelope of every answer (clause 3.2)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from catalog_service.outlets.base import address
from catalog_service.store.rows import stamp_text
from catalog_service.writers.xml import attributes, escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.store import Reader

NAMESPACE = "http://www.openarchives.org/OAI/2.0/"
_KNOWN = {"verb", "identifier", "metadataPrefix", "from", "until", "set", "resumptionToken"}


def base_url(catalogue: Catalogue) -> str:
    """Return the address of the endpoint."""
    return f"{address(catalogue)}/oai"


def envelope(catalogue: Catalogue, reader: Reader, body: str, named: Sequence[tuple[str, str]]) -> str:
    """Return a whole answer; ``responseDate`` is no later than any change the answer may lack (log rule G6)."""
    date = stamp_text(min(int(time.time()), reader.low_water()))
    given = "".join(f' {name}="{escape(value)}"' for name, value in named if name in _KNOWN)
    head = attributes(
        xmlns=NAMESPACE,
        xmlns_xsi="http://www.w3.org/2001/XMLSchema-instance",
        xsi_schemaLocation=f"{NAMESPACE} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd",
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH{head}>'
        f"<responseDate>{date}</responseDate><request{given}>{escape(base_url(catalogue))}</request>{body}</OAI-PMH>\n"
    )
