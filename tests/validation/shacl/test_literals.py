import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_service.namespaces import XSD
from catalog_service.validation.shacl.literals import less, lexical_test, order

FORMS = {
    "boolean": ("true false 1 0", "TRUE yes 2"),
    "integer": ("0 -0 +1 007 99999999999999999999", "1.0 1e3 1_000 ١ - +"),
    "decimal": ("1 1.5 .5 1. -0.0 +3", "1e3 NaN INF . 1,5"),
    "double": ("1 1.5 1e3 1E-3 INF -INF +INF NaN .5e1", "inf nan Infinity 1_0 e5"),
    "float": ("1 INF", "infinity"),
    "byte": ("-128 127 +5", "128 -129 300"),
    "unsignedByte": ("0 255", "-1 256"),
    "positiveInteger": ("1 +1", "0 -1"),
    "nonPositiveInteger": ("0 -1 -0", "1"),
    "long": ("-9223372036854775808", "9223372036854775808"),
    "date": (
        "2026-01-05 2024-02-29 2000-02-29 2026-01-05Z 2026-01-05+08:00 2026-01-05-14:00 12026-01-05 -0001-12-31",
        "2026-02-30 2026-02-29 1900-02-29 2026-13-01 2026-00-01 26-01-05 20260105 2026-1-5 2026-01-05+15:00",
    ),
    "dateTime": (
        "2026-01-05T10:00:00 2026-01-05T10:00:00.123Z 2026-01-05T24:00:00 2024-02-29T00:00:00-05:00",
        "2026-01-05T10:00 2026-01-05 2026-01-05T25:00:00 2026-01-05T24:00:01 2026-02-29T00:00:00 2026-01-05t10:00:00",
    ),
    "dateTimeStamp": ("2026-01-05T10:00:00Z", "2026-01-05T10:00:00"),
    "time": ("10:00:00 23:59:59.9Z 24:00:00", "10:00 24:00:01 10:60:00"),
    "gYear": ("2026 -0500 12026 2026Z", "26 02026"),
    "gYearMonth": ("2026-01", "2026-13"),
    "gMonth": ("--01", "--13 01"),
    "gDay": ("---31", "---32 31"),
    "gMonthDay": ("--02-29 --12-31", "--02-30 --04-31"),
    "duration": ("P1Y P1M P1D PT1H PT1.5S P1Y2M3DT4H5M6S -P1D", "P 1D PT P1YT P1S P-1D"),
    "dayTimeDuration": ("P1D PT1S", "P1M P"),
    "yearMonthDuration": ("P1Y2M", "P1D P"),
    "hexBinary": ("0aF3", "0a3 xx"),
    "base64Binary": ("YWI= YQ== YWJj", "YWI a YQ="),
    "language": ("zh en-GB x-klingon", "zh_CN toolonglanguage 中"),
    "NMTOKEN": ("1a a-b", "a+b"),
    "Name": ("a:b _x", "1a -b"),
    "NCName": ("ab 中文", "a:b 1a"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_lexical_forms_are_those_of_xml_schema(name):
    test = lexical_test(XSD + name)
    good, bad = (forms.split() for forms in FORMS[name])

    assert [form for form in good if not test(form)] == []
    assert [form for form in bad if test(form)] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [("integer", " 1"), ("integer", ""), ("token", " a"), ("token", "a  b"), ("normalizedString", "a\tb")],
)
def test_white_space_is_not_collapsed_in_rdf(name, text):
    assert not lexical_test(XSD + name)(text)


@pytest.mark.parametrize("datatype", [f"{XSD}string", f"{XSD}anyURI", f"{XSD}own", "http://e/own"])
def test_of_other_datatypes_every_text_is_a_form(datatype):
    assert lexical_test(datatype) is None


@given(st.dates())
def test_every_date_of_python_is_one(date):
    assert lexical_test(f"{XSD}date")(date.isoformat())


@given(st.dates(), st.dates())
def test_dates_compare_as_pythons_do(one, two):
    terms = [f'"{each.isoformat()}"^^<{XSD}date>' for each in (one, two)]

    assert less(*terms, or_equal=False) is (one < two)
    assert less(*terms, or_equal=True) is (one <= two)


zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
moments = st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1), timezones=zones)  # noqa: DTZ001


@given(moments, moments)
def test_moments_compare_across_zones(one, two):
    terms = [f'"{each.isoformat()}"^^<{XSD}dateTime>' for each in (one, two)]

    assert less(*terms, or_equal=False) is (one < two)


@given(st.integers(), st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_integers_and_decimals_compare_exactly(integer, decimal):
    terms = f'"{integer}"^^<{XSD}integer>', f'"{decimal:f}"^^<{XSD}decimal>'

    assert less(*terms, or_equal=False) is (integer < decimal)


@given(st.floats(), st.floats())
def test_doubles_compare_as_pythons_do(one, two):
    def written(number):
        if math.isnan(number):
            return "NaN"
        return ("INF" if number > 0 else "-INF") if math.isinf(number) else repr(number)

    terms = [f'"{written(each)}"^^<{XSD}double>' for each in (one, two)]

    assert less(*terms, or_equal=True) is (one <= two)


def typed(text, name):
    return f'"{text}"^^<{XSD}{name}>'


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (typed("1", "integer"), typed("2026-01-01", "date")),
        (typed("2026-01-01", "date"), typed("2026-01-02T00:00:00", "dateTime")),
        (typed("2026-01-01T00:00:00", "dateTime"), typed("2027-01-01T00:00:00Z", "dateTime")),
        ('"a"@en', '"b"@en'),
        ('"a"', '"b"@en'),
        ("<http://a>", "<http://b>"),
        ("_:a", "_:b"),
        ("<http://a>", '"b"'),
        (typed("abc", "integer"), typed("5", "integer")),
        (typed("a", "token"), typed("b", "token")),
        (typed("NaN", "double"), typed("NaN", "double")),
        (typed(f"{'9' * 2000}-01-01", "date"), typed("2026-01-01", "date")),
    ],
)
def test_what_sparql_cannot_compare_is_never_less(left, right):
    assert not less(left, right, or_equal=True)
    assert not less(right, left, or_equal=True)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (typed("1", "integer"), typed("1.5", "decimal")),
        (typed("0.5", "float"), typed("1", "byte")),
        (typed(f"1{'0' * 300}", "integer"), typed("INF", "double")),
        ('"B"', '"a"'),
        ('"a"', '"专"'),
        (typed("false", "boolean"), typed("1", "boolean")),
        (typed("24:00:00", "time"), typed("00:00:01", "time")),
        (typed("2026-01-01T23:59:59", "dateTime"), typed("2026-01-01T24:00:00", "dateTime")),
        (typed("0.1", "double"), typed("0.1", "float")),
        (typed("2026", "gYear"), typed("12026", "gYear")),
        (typed("2026-01", "gYearMonth"), typed("2026-02", "gYearMonth")),
        (typed("-0001-01-01", "date"), typed("0000-01-01", "date")),
    ],
)
def test_what_sparql_can_compare_is_compared_by_value(left, right):
    assert less(left, right, or_equal=False)
    assert not less(right, left, or_equal=True)


def test_a_decimal_and_a_double_are_compared_as_doubles():
    assert less(typed("0.1", "decimal"), typed("0.1", "double"), or_equal=True)
    assert less(typed("0.1", "double"), typed("0.1", "decimal"), or_equal=True)


def test_a_float_has_single_precision():
    assert order(typed("0.1", "float")) != order(typed("0.1", "double"))
    assert order(typed("1e300", "float")) == ("number", math.inf)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (typed("0.1", "decimal"), typed("0.1", "float")),
        (typed("16777217", "integer"), typed("16777216", "float")),
        (typed("24:00:00", "time"), typed("00:00:00", "time")),
        (typed("24:00:00Z", "time"), typed("01:00:00+01:00", "time")),
    ],
)
def test_what_is_equal_in_sparql_is_not_less_either_way(left, right):
    for one, two in ((left, right), (right, left)):
        assert less(one, two, or_equal=True)
        assert not less(one, two, or_equal=False)
