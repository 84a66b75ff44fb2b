"""Arguments and errors of OAI-PMH (clauses 2.7, 3.1.1, 3.3.1, 3.5, 3.6), and the tokens that carry them on."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from catalog_service.operations.paging import seal, unseal
from catalog_service.writers.xml import attributes, escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.store import Reader

_LISTS = {"from", "until", "set", "metadataPrefix", "resumptionToken"}
ALLOWED = {
    "Identify": set(),
    "ListMetadataFormats": {"identifier"},
    "ListSets": {"resumptionToken"},
    "GetRecord": {"identifier", "metadataPrefix"},
    "ListIdentifiers": _LISTS,
    "ListRecords": _LISTS,
}
REQUIRED = {
    "GetRecord": ("identifier", "metadataPrefix"),
    "ListIdentifiers": ("metadataPrefix",),
    "ListRecords": ("metadataPrefix",),
}
PREFIXES = ("oai_dc", "sts")
"""The metadata formats; every one works for every item."""

_SET_SPEC = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*")
_PREFIX = re.compile(r"[A-Za-z0-9\-_.!~*'()]+")
_PLAIN = r"(?:[^%#\[\]\x00-\x1f\ufffe\uffff]|%[0-9A-Fa-f]{2})*"
_URI = re.compile(rf"(?:[A-Za-z][A-Za-z0-9+.\-]*:|(?![^/?#]*:)){_PLAIN}(?:#{_PLAIN})?")
"""What the schema takes as a URI: a scheme or none, no lone per cent sign, one fragment."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SECOND = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
_DAY_SECONDS = 86_400
_VERSION = 2
_WITHOUT_FOLLOWING = 1
"""Version of the tokens that do not name the record that follows; lists of records can be continued with them."""


class ProtocolError(Exception):
    """One or more errors of the protocol, by code."""

    def __init__(self, *errors: tuple[str, str]) -> None:
        super().__init__("; ".join(f"{code}: {text}" for code, text in errors))
        self.errors = errors

    @property
    def unnamed(self) -> bool:
        """Whether the request element must not repeat the arguments (clause 3.2)."""
        return any(code in ("badVerb", "badArgument") for code, _ in self.errors)

    def xml(self) -> str:
        """Return the error elements."""
        return "".join(f"<error{attributes(code=code)}>{escape(text)}</error>" for code, text in self.errors)


@dataclass(frozen=True, slots=True)
class Arguments:
    """A request that can be answered. Stamps are UTC seconds, both bounds inclusive."""

    verb: str
    identifier: str = ""
    prefix: str = ""
    set_: str = ""
    from_: int | None = None
    until: int | None = None
    after_seq: int = 0
    """Where the page before ended: the number of a change, in ListSets of a set."""
    cursor: int = 0
    size: int | None = None
    """Length of the whole list when it began."""
    following: str = ""
    """Identifier of the record the next page began with when the page before was made."""
    resumed: bool = False


def parse(pairs: Sequence[tuple[str, str]], catalogue: Catalogue, reader: Reader) -> Arguments:
    """Return the arguments of a request; raises `ProtocolError` with everything that is wrong."""
    verbs = [value for name, value in pairs if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in ALLOWED:
        said = "The verb is missing." if not verbs else f"There must be one verb of {', '.join(ALLOWED)}."
        raise ProtocolError(("badVerb", said))
    verb = verbs[0]
    given = {name: value for name, value in pairs if name != "verb"}
    wrong = _shape_errors(verb, [name for name, _ in pairs if name != "verb"], given)
    if wrong:
        raise ProtocolError(*wrong)
    if "resumptionToken" in given:
        return resume(verb, given["resumptionToken"], catalogue, reader)
    arguments = Arguments(verb, given.get("identifier", ""), given.get("metadataPrefix", ""), given.get("set", ""))
    wrong = [*_range_errors(given), *_value_errors(given)]
    if wrong:
        raise ProtocolError(*wrong)
    return replace(arguments, from_=_stamp(given.get("from"), end=False), until=_stamp(given.get("until"), end=True))


def _shape_errors(verb: str, names: Sequence[str], given: dict[str, str]) -> list[tuple[str, str]]:
    wrong = [("badArgument", f"{name} is not an argument of {verb}.") for name in given if name not in ALLOWED[verb]]
    wrong += [("badArgument", f"{name} is repeated.") for name in given if names.count(name) > 1]
    if "resumptionToken" in given:
        if len(given) > 1:
            wrong.append(("badArgument", "resumptionToken is an exclusive argument."))
        return wrong
    wrong += [("badArgument", f"{name} is required.") for name in REQUIRED.get(verb, ()) if not given.get(name)]
    return wrong + [
        ("badArgument", f"{name} is empty.")
        for name, value in given.items()
        if not value and name not in REQUIRED.get(verb, ())
    ]


def _value_errors(given: dict[str, str]) -> list[tuple[str, str]]:
    wrong = []
    if "metadataPrefix" in given and not _PREFIX.fullmatch(given["metadataPrefix"]):
        wrong.append(("badArgument", "metadataPrefix holds a character that no prefix has."))
    elif "metadataPrefix" in given and given["metadataPrefix"] not in PREFIXES:
        wrong.append(("cannotDisseminateFormat", f"The formats are {', '.join(PREFIXES)}."))
    if "set" in given and not _SET_SPEC.fullmatch(given["set"]):
        wrong.append(("badArgument", "set is not a setSpec."))
    if "identifier" in given and not _URI.fullmatch(given["identifier"]):
        wrong.append(("badArgument", "identifier is not a URI."))
    return wrong


def _range_errors(given: dict[str, str]) -> list[tuple[str, str]]:
    bounds = {name: given[name] for name in ("from", "until") if name in given}
    for name, value in bounds.items():
        if _stamp(value, end=False) is None:
            return [("badArgument", f"{name} is not a UTC date YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.")]
    if len(bounds) == 2:
        if len(bounds["from"]) != len(bounds["until"]):
            return [("badArgument", "from and until have different granularities.")]
        if bounds["from"] > bounds["until"]:
            return [("badArgument", "from is later than until.")]
    return []


def _stamp(text: str | None, *, end: bool) -> int | None:
    """Return UTC seconds; ``end`` takes a day to its last second. None for no date."""
    if text is None or not (_DAY.fullmatch(text) or _SECOND.fullmatch(text)):
        return None
    try:
        moment = dt.datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        return None
    stamp = calendar.timegm(moment.timetuple())
    return stamp + _DAY_SECONDS - 1 if end and len(text) == 10 else stamp


def token(catalogue: Catalogue, reader: Reader, arguments: Arguments) -> str:
    """Return a token that carries everything needed to go on: no state is kept for it, it never expires."""
    return seal(
        catalogue.secret("page-key"),
        [
            _VERSION,
            reader.epoch(),
            arguments.verb,
            arguments.prefix,
            arguments.set_,
            arguments.from_,
            arguments.until,
            arguments.after_seq,
            arguments.cursor,
            arguments.size,
            arguments.following,
        ],
    )


def resume(verb: str, text: str, catalogue: Catalogue, reader: Reader) -> Arguments:
    """Return the arguments a token carries; raises badResumptionToken for one that is not ours or of an old epoch."""
    payload = unseal(catalogue.secret("page-key"), text)
    if not isinstance(payload, list) or not _is_of(verb, payload):
        raise ProtocolError(("badResumptionToken", "This token is not of this list. Begin the list again."))
    if payload[1] != reader.epoch():
        advice = "The catalogue was restored from a backup since. Harvest it again in full."
        raise ProtocolError(("badResumptionToken", advice))
    _, _, _, prefix, set_, from_, until, after_seq, cursor, size, *following = payload
    return Arguments(verb, "", prefix, set_, from_, until, after_seq, cursor, size, "".join(following), resumed=True)


def _is_of(verb: str, payload: list[Any]) -> bool:
    """Whether a token is of a list that can be continued; sets were counted once, where now the last one is named."""
    if payload[0] == _WITHOUT_FOLLOWING:
        return len(payload) == 10 and payload[2] == verb != "ListSets"
    return len(payload) == 11 and payload[0] == _VERSION and payload[2] == verb
