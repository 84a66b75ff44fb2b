from __future__ import annotations

import pytest

from catalog_service.errors import UnknownName
from catalog_service.writers import WRITERS, writer


@pytest.mark.parametrize("name", list(WRITERS))
def test_a_writer_goes_by_its_name(name: str) -> None:
    assert writer(name).name == name


def test_an_unknown_format_proposes_the_nearest() -> None:
    with pytest.raises(UnknownName) as refused:
        writer("turtel")

    assert refused.value.values["near"] == "turtle"
