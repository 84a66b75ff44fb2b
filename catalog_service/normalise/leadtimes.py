"""Lead times of an offer: words in the columns of its ends, else the record's period in words, in one unit.

The unit is the one that has a column of its own, else the finer one of the two ends; what does not go into it exactly
is told, for a wrong unit makes a wrong period.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from catalog_service.model import terms
from catalog_service.namespaces import term
from catalog_service.normalise.findings import notice
from catalog_service.normalise.numbers import decimal_text, parse_number, plain_text
from catalog_service.normalise.periods import Period, common_unit, in_unit, parse_period

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalog_service.model.raw import RawValue
    from catalog_service.model.report import Finding
    from catalog_service.normalise.draft import Draft
    from catalog_service.normalise.offers import OfferNames
    from catalog_service.normalise.values import Values

_PERIOD_TEXT = (term("sts:periodText"),)


class Said(NamedTuple):
    """A period in words, and where it stands."""

    owner: Draft
    column: str
    raw: RawValue
    period: Period


class LeadTimes:
    """Completes the lead times of offers of one field."""

    def __init__(self, names: OfferNames, values: Values) -> None:
        self._names = names
        self._values = values
        self._ends = (names.period_minimum, names.period_maximum)

    def complete(self, record: Draft, offer: Draft) -> Iterator[Finding]:
        """Understand words in the columns of a period's ends."""
        said: list[Said] = []
        for name in self._ends:
            raws = offer.values.get(name, [])
            for raw in [raw for raw in raws if _is_worded(raw)]:
                raws.remove(raw)
                period = self._for_column(parse_period(str(raw.value)), name)
                if period is None:
                    yield notice("bad-period", raw.place, path=offer.plan.dotted[name], field=offer.plan.fields[name],
                                 value=str(raw.value)[:80])  # fmt: skip
                    continue
                said.append(Said(offer, name, raw, period))
                if period.minimum is not None and period.maximum is not None:  # one end alone is not the whole period
                    _keep_text(record, record.plan.name(*_PERIOD_TEXT), raw)
            if not raws and offer.values.get(name) is raws:
                del offer.values[name]
        if said:
            yield from self._put(offer, said)

    def of_record(self, record: Draft, offers: Sequence[Draft]) -> Iterator[Finding]:
        """Let a record's period in words count for its offers, where none of them says its own."""
        text = record.plan.name(*_PERIOD_TEXT)
        if not self._names.period_minimum or not record.given(text):
            return
        if any(offer.given(name) for offer in offers for name in self._ends):
            return
        for raw in record.values[text]:
            period = parse_period(plain_text(raw.value))
            if period is not None:
                for offer in offers:
                    yield from self._put(offer, [Said(record, text, raw, period)])
                return

    def _for_column(self, period: Period | None, name: str) -> Period | None:
        """Return what a period means in a column: one length in the column of an end is that end."""
        if period is None or period.minimum != period.maximum:
            return period
        return replace(period, maximum=None) if name == self._ends[0] else replace(period, minimum=None)

    def _put(self, offer: Draft, said: Sequence[Said]) -> Iterator[Finding]:
        """Fill the ends that are empty, in one unit; tell what does not go into it, and what says otherwise."""
        column = self._names.period_unit
        given = self._unit(offer)
        unit = given or common_unit([each.period.unit for each in said])
        for each in said:
            lengths = in_unit(each.period, unit)
            if lengths is None:
                yield self._contradiction(each, offer, column if given else self._other_end(each.column), said)
                continue
            for name, length in zip(self._ends, (lengths.minimum, lengths.maximum), strict=True):
                if length is None:
                    continue
                if not offer.given(name):
                    offer.values[name] = [replace(each.raw, value=decimal_text(length), language="")]
                elif parse_number(offer.values[name][0].value) != length:
                    yield self._contradiction(each, offer, name, said)
        if not offer.given(column):
            offer.values[column] = [replace(said[0].raw, value=unit, language="")]

    def _other_end(self, name: str) -> str:
        return self._ends[1] if name == self._ends[0] else self._ends[0]

    def _unit(self, offer: Draft) -> str:
        """Return the notation in the column of the unit; empty where it holds none that is known."""
        name = self._names.period_unit
        if not offer.given(name):
            return ""
        path, each = offer.plan.dotted[name], offer.plan.fields[name]
        found = [one for raw in offer.values[name] for one in self._values.convert(each, path, raw).terms]
        return terms.value(found[0]) if found else ""

    def _contradiction(self, each: Said, offer: Draft, name: str, said: Sequence[Said]) -> Finding:
        """Return the finding that a period contradicts what another column says, quoting that as it was written."""
        other = next((one.raw for one in said if one.column == name), None) or offer.values[name][0]
        return notice("period-contradicts", each.raw.place, path=each.owner.plan.dotted[each.column],
                      field=each.owner.plan.fields[each.column], value=plain_text(each.raw.value)[:80],
                      other=dict(offer.plan.fields[name].labels), given=plain_text(other.value)[:80])  # fmt: skip


def _is_worded(raw: RawValue) -> bool:
    return isinstance(raw.value, str) and bool(raw.value.strip()) and parse_number(raw.value) is None


def _keep_text(draft: Draft, name: str, raw: RawValue) -> None:
    if name and not draft.given(name):
        draft.values[name] = [raw]
