import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_service.namespaces import XSD
from catalog_service.validation.shacl.literals import less
from catalog_service.validation.shacl.pairs import all_less, not_less

NUMBERS = [
    f'"{text}"^^<{XSD}{name}>' for name in ("integer", "decimal", "double", "float") for text in ("-1", "0", "1", "2")
]
OTHERS = [
    f'"0.1"^^<{XSD}decimal>', f'"0.1"^^<{XSD}double>', f'"0.1"^^<{XSD}float>', f'"NaN"^^<{XSD}double>',
    f'"16777217"^^<{XSD}integer>', f'"16777216"^^<{XSD}float>', f'"16777217"^^<{XSD}double>', f'"1e300"^^<{XSD}float>',
    f'"INF"^^<{XSD}double>', f'"x"^^<{XSD}integer>', '"a"', '"b"', '"a"@en', "<http://a>", "_:b",
    f'"true"^^<{XSD}boolean>', f'"false"^^<{XSD}boolean>', f'"2026-01-01"^^<{XSD}date>', f'"2027-01-01"^^<{XSD}date>',
    f'"2026-01-01T00:00:00"^^<{XSD}dateTime>', f'"2026-01-01T00:00:00Z"^^<{XSD}dateTime>',
]  # fmt: skip
terms = st.lists(st.sampled_from(NUMBERS + OTHERS), max_size=30, unique=True)


@given(terms, terms, st.booleans())
def test_counting_gives_what_comparing_every_pair_gives(values, others, or_equal):
    expected = [(term, sum(not less(term, other, or_equal=or_equal) for other in others)) for term in values]

    assert list(not_less(values, others, or_equal=or_equal)) == expected
    assert all_less(values, others, or_equal=or_equal) is not any(count for _, count in expected)


@pytest.mark.parametrize("or_equal", [True, False])
def test_one_offender_among_many_is_found_at_once(or_equal):
    values = [f'"{number}"^^<{XSD}integer>' for number in range(20_000)]
    others = [f'"{number + 20_000}"^^<{XSD}integer>' for number in range(20_000)] + [f'"0"^^<{XSD}integer>']

    found = {count for _, count in not_less(values, others, or_equal=or_equal)}

    assert found == ({0, 1} if or_equal else {1})
