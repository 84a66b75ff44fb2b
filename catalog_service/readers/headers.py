"""Tables: which field a column answers to, which kind a table is of, and rows as raw records. Shared by csv and xlsx.

A header is a short name (``offer.minPrice``, ``title@en``) or a label in either language, with its owner before it
where the label alone would not do (``报价/最低价``). A row that begins with ``#`` is help and passed over.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from catalog_service.model.derive import columns
from catalog_service.model.raw import RawRecord, RawValue
from catalog_service.model.report import Place
from catalog_service.readers.base import LANGUAGE_TAG, quoted, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalog_service.model.kind import Field, Kind
    from catalog_service.model.raw import Scalar
    from catalog_service.model.report import Finding
    from catalog_service.readers.base import ReadContext

HELP = "#"
KIND = ("kind", "记录种类", "类型")
"""Headers of the column that says each row's kind."""

SEARCHED_ROWS = 15
"""How many rows may stand above the headers: titles, notes."""

_MARKS = re.compile(r"[\s*※]+|\((?:必填|选填|条件必填|建议填写|required|optional|recommended)\)")
_ROW_NUMBERS = frozenset({"序号", "no.", "no", "number", "index", "position"})
"""What a column that counts rows is called: by itself it is no member of an inner node, such as a step's position."""
_IN_YUAN = re.compile(r"(?P<label>.+)\((?:单位:)?(?:人民币)?(?:(?P<wan>万)元?|元|人民币|yuan|cny|rmb)\)")
"""A folded header of amounts with its unit behind it."""
_SAYS_UNIT = re.compile(r"[十百千万亿元圆块¥￥$€£kw]|rmb|cny|usd|eur", re.IGNORECASE)
_LAST_DIGIT = re.compile(r"\d(?=\D*$)")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)*")


def fold(text: str) -> str:
    """Return a header as headers are compared: half width, no case, no spaces, no marks for mandatory ones.

    >>> fold("服务产品名称 *（必填）")
    '服务产品名称'
    """
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).casefold()).rstrip(":")


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one table: position to dotted name and language."""

    kind: Kind
    columns: Mapping[int, tuple[str, str]]
    unknown: Mapping[int, str] = field(default_factory=dict)
    doubled: Mapping[int, str] = field(default_factory=dict)
    kind_column: int | None = None
    letters: Mapping[str, str] = field(default_factory=dict)
    """Dotted name of every column to its letters."""
    in_wan: frozenset[int] = frozenset()
    """Columns whose header says that their amounts are in 万元."""
    plan: tuple[tuple[int, str, str, str], ...] = field(init=False)
    """Position, dotted name, language and letters of every column."""

    def __post_init__(self) -> None:
        plan = tuple((position, *self.columns[position], letters(position)) for position in sorted(self.columns))
        object.__setattr__(self, "plan", plan)

    @property
    def named(self) -> int:
        """How many fields the columns name."""
        return len({self.letters.get(name) for name, _ in self.columns.values()})

    def record(self, cells: Sequence[Scalar], place: Place) -> RawRecord:
        """Return a row as a raw record; every value knows its cell."""
        file, sheet, row, line, width = place.file, place.sheet, place.row, place.line, len(cells)
        if self.in_wan:
            cells = [_wan(cell) if position in self.in_wan else cell for position, cell in enumerate(cells)]
        values = [
            (name, RawValue(cell, Place(file, sheet, row, column, line), language))
            for position, name, language, column in self.plan
            if position < width and (cell := cells[position]) is not None and not is_empty(cell)
        ]
        return RawRecord(place, self.kind.name, tuple(values), columns=self.letters)


def is_empty(cell: Scalar) -> bool:
    """Tell whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _wan(cell: Scalar) -> Scalar:
    """Return an amount of a column in 万元 with its unit, unless it says one itself.

    >>> _wan(5.0), _wan("5-8"), _wan("5起"), _wan("500元"), _wan("面议")
    ('5万元', '5-8万元', '5万元起', '500元', '面议')
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return f"{int(cell) if cell == cell // 1 else cell}万元"
    if not isinstance(cell, str) or _SAYS_UNIT.search(cell):
        return cell
    return _LAST_DIGIT.sub(r"\g<0>万元", cell)


def is_blank_or_help(cells: Sequence[Scalar]) -> bool:
    """Tell whether a row holds nothing, or help for the cataloguer."""
    first = next((cell for cell in cells if not is_empty(cell)), None)
    return first is None or (isinstance(first, str) and first.lstrip().startswith(HELP))


@lru_cache(maxsize=1024)
def letters(position: int) -> str:
    """Return a column's letters.

    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    text, number = "", position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def read_header(cells: Sequence[Scalar], kinds: Mapping[str, Kind], kind: str = "") -> Header | None:
    """Return the header as the kind it fits best reads it; None where it is a header of no kind."""
    candidates = [kinds[kind]] if kind in kinds else list(kinds.values())
    headers = [_header(each, cells) for each in candidates]
    best = max(headers, key=lambda each: each.named)
    filled = sum(not is_empty(cell) for cell in cells)
    wanted = 1 if best.kind_column is not None else 2
    return best if best.named >= wanted and 2 * best.named >= filled - 1 else None


def _header(kind: Kind, cells: Sequence[Scalar]) -> Header:
    known = _known(kind)
    found: dict[int, tuple[str, str]] = {}
    unknown: dict[int, str] = {}
    doubled: dict[int, str] = {}
    in_wan: set[int] = set()
    kind_column = None
    for position, cell in enumerate(cells):
        if is_empty(cell):
            continue
        text = str(cell)
        folded = fold(text)
        if folded in KIND and folded not in known:
            kind_column = position
            continue
        name = known.get(folded) or _named(kind, text)
        unit = None if name else _IN_YUAN.fullmatch(folded)
        if unit and (labelled := known.get(unit["label"])) and _is_amount(kind, labelled[0]):
            name = labelled
            in_wan |= {position} if unit["wan"] else set()
        if name is None:
            unknown[position] = text
        elif name in found.values() and "." not in name[0]:
            doubled[position] = text
        else:
            found[position] = name
    places: dict[str, str] = {}
    for position, (dotted, language) in found.items():
        if dotted not in places or language in ("", "zh"):
            places[dotted] = letters(position)
    return Header(kind, found, unknown, doubled, kind_column, places, frozenset(in_wan))


_KNOWN: dict[int, tuple[Kind, dict[str, tuple[str, str]]]] = {}


def _known(kind: Kind) -> dict[str, tuple[str, str]]:
    """Return folded header to name and language. Surer names come first and are not overwritten."""
    if id(kind) in _KNOWN and _KNOWN[id(kind)][0] is kind:
        return _KNOWN[id(kind)][1]
    known: dict[str, tuple[str, str]] = {}
    for column in columns(kind):
        for text in (column.key, *column.header.values()):
            known.setdefault(fold(text), (column.name, column.language))
    for name, _ in kind.walk():
        for text in (name, *_paths(kind, name)):
            known.setdefault(fold(text), (name, ""))
    for name, each in kind.walk():
        for text in (*each.labels.values(), each.number, *each.aliases):
            if text and "." not in name:
                known.setdefault(fold(text), (name, ""))
    for text, names in _bare(kind).items():
        if len(names) == 1 and text not in _ROW_NUMBERS:
            known.setdefault(text, names[0])
    _KNOWN[id(kind)] = (kind, known)
    return known


def _is_amount(kind: Kind, name: str) -> bool:
    """Tell whether a field holds amounts of money: a number at whose side stands a currency."""
    each, owner = kind.field(name), kind.field(name.rpartition(".")[0])
    beside = owner.fields if owner else kind.fields
    return (
        each is not None
        and each.type == "decimal"
        and any("currency" in other.schemes and other.path[:-1] == each.path[:-1] for other in beside)
    )


def _paths(kind: Kind, name: str) -> Iterator[str]:
    """Yield a field's label with its owners' before it, in each language."""
    parts = name.split(".")
    owners = [kind.field(".".join(parts[: depth + 1])) for depth in range(len(parts))]
    for lang in ("zh", "en"):
        yield "/".join(each.label(lang) for each in owners if each)


def _bare(kind: Kind) -> dict[str, list[tuple[str, str]]]:
    """Return the labels of members of inner nodes without their owner's, with all the fields so called."""
    found: dict[str, list[tuple[str, str]]] = {}
    for column in columns(kind):
        if "." not in column.name:
            continue
        for header in column.header.values():
            found.setdefault(fold(header.rsplit("/", 1)[-1]), []).append((column.name, column.language))
    for name, each in kind.walk():
        for label in each.labels.values() if "." in name else ():
            found.setdefault(fold(label), []).append((name, ""))
    return {text: list(dict.fromkeys(names)) for text, names in found.items()}


def _named(kind: Kind, text: str) -> tuple[str, str] | None:
    """Return name and language of a header with positions or another language: ``offer.1.price``, ``title@fr``."""
    name, _, language = text.strip().partition("@")
    each = kind.field(name) if _NAME.fullmatch(name) and (not language or LANGUAGE_TAG.fullmatch(language)) else None
    return (name, language.lower()) if each is not None and not each.computed else None


def _cell(place: Place, position: int) -> Place:
    return Place(place.file, place.sheet, place.row, letters(position), place.line)


class Table:
    """Reads one table row by row: finds the header, tells its faults once, then makes a record of every row."""

    def __init__(self, context: ReadContext, place: Place, kind: str = "", *, by_line: bool = False) -> None:
        self._context = context
        self._place = place
        self._kind = kind
        self._by_line = by_line
        self._above: list[tuple[int, Sequence[Scalar]]] = []
        self._given_up = False
        self.header: Header | None = None
        self.width = 0
        """How many cells the header row has."""

    def row(self, number: int, cells: Sequence[Scalar]) -> Iterator[RawRecord | Finding]:
        """Yield what a row holds: nothing, a record, or findings on the header."""
        if self._given_up or is_blank_or_help(cells):
            return
        if self._starts_anew(cells):
            self.header = None
        if self.header is not None:
            yield from self._record(self.header, number, cells)
            return
        self.header = read_header(cells, self._context.kinds, self._kind or self._told_kind(cells))
        if self.header is not None:
            self.width = len(cells)
            yield from self._faults(self.header, number)
        else:
            self._above.append((number, cells))
            self._given_up = len(self._above) >= SEARCHED_ROWS

    def no_header(self) -> Finding:
        """Return the finding that a table has no header row."""
        number, cells = self._above[0] if self._above else (1, ())
        shown = quoted("、".join(str(cell) for cell in cells if not is_empty(cell)))
        message = "No row holds the headers; the first row says “{value}”." if shown else "No row holds the headers."
        advice = "Write the template's headers into one row, a cell each, no merged cells: kebao template KIND -o FILE."
        return refusal("no-header", message, self.at(number), advice, value=shown)

    @property
    def failed(self) -> bool:
        """Whether rows came and none of them was a header."""
        return self.header is None and bool(self._above)

    def at(self, number: int, position: int | None = None) -> Place:
        """Return the place of a row, or of a cell in it."""
        column = "" if position is None else letters(position)
        return Place(self._place.file, self._place.sheet, number, column, number if self._by_line else 0)

    def _told_kind(self, cells: Sequence[Scalar]) -> str:
        return self._context.kind if not any(fold(str(cell)) in KIND for cell in cells if not is_empty(cell)) else ""

    def _starts_anew(self, cells: Sequence[Scalar]) -> bool:
        """Tell whether the row is the header of a further table, as one CSV file of several kinds has them."""
        if self.header is None or self.header.kind_column is None:
            return False
        place = self.header.kind_column
        return place < len(cells) and isinstance(cells[place], str) and fold(str(cells[place])) in KIND

    def _record(self, header: Header, number: int, cells: Sequence[Scalar]) -> Iterator[RawRecord | Finding]:
        place = self.at(number)
        if header.kind_column is not None and header.kind_column < len(cells):
            said = cells[header.kind_column]
            name = self._kind_named(said)
            if not is_empty(said) and name != header.kind.name:
                yield self._other_kind(place, header, str(said), name)
                return
        yield header.record(cells, place)

    def _kind_named(self, said: Scalar) -> str:
        text = fold(str(said))
        for kind in self._context.kinds.values():
            if text in {fold(kind.name), *(fold(label) for label in (*kind.labels.values(), *kind.plurals.values()))}:
                return kind.name
        return ""

    def _other_kind(self, place: Place, header: Header, said: str, name: str) -> Finding:
        at = _cell(place, header.kind_column or 0)
        if name:
            message = "This row is a {value}, but the headers are those of {kind}."
            advice = "Put each kind into a table or file of its own."
        else:
            message, advice = "There is no kind “{value}”.", "Write one of: {known}."
        known = ", ".join(self._context.kinds)
        labels = dict(header.kind.labels)
        return refusal("unknown-kind", message, at, advice, value=quoted(said), kind=labels, known=known)

    def _faults(self, header: Header, number: int) -> Iterator[Finding]:
        known = _known(header.kind)
        for position, text in header.unknown.items():
            near = difflib.get_close_matches(fold(text), known, n=1, cutoff=0.6)
            advice = "Did you mean “{near}”?" if near else "Use a header of the template, or delete the column."
            yield refusal(
                "unknown-column",
                "There is no field for the header “{value}”; its column was left out.",
                self.at(number, position),
                advice,
                severity="warning",
                value=quoted(text),
                near=_header_of(header.kind, known[near[0]]) if near else "",
            )
        for position, text in header.doubled.items():
            yield refusal(
                "doubled-column",
                "The header “{value}” stands twice; the second column was left out.",
                self.at(number, position),
                "Put several values into one cell, separated by ；.",
                severity="warning",
                value=quoted(text),
            )


def _header_of(kind: Kind, name: tuple[str, str]) -> dict[str, str]:
    """Return the header a template has for a field, in both languages."""
    for column in columns(kind):
        if (column.name, column.language) == name or (not name[1] and column.name == name[0]):
            return dict(column.header)
    each: Field | None = kind.field(name[0])
    return dict(each.labels) if each else {}


def sheet_kind(title: str, kinds: Mapping[str, Kind]) -> str:
    """Return the kind a table's title names, such as 服务产品 or ``service-product (2)``; empty if it names none."""
    text = re.sub(r"[\(\d\)_-]+$", "", fold(title))
    best = ""
    for kind in kinds.values():
        for name in (kind.name, *kind.labels.values(), *kind.plurals.values()):
            folded = fold(name)
            if text == folded:
                return kind.name
            if folded in text:
                best = kind.name
    return best
