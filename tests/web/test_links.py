"""Links as they come back from messengers and trackers, with what those append."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog_service.registry import profile
from catalog_service.web.query import TRACKERS

if TYPE_CHECKING:
    from flask.testing import FlaskClient

APPENDED = [
    "utm_source=weixin&utm_medium=",
    "from=singlemessage&isappinstalled=0",
    "spm=a2.1",
    "gclid=x&fbclid=y&scene=1",
]


@pytest.mark.parametrize("appended", APPENDED)
def test_what_others_append_to_a_link_changes_no_page(client: FlaskClient, appended: str) -> None:
    for address in ("/?", "/?q=材料检测&", "/?category=0504&lang=en&"):
        plain, tracked = client.get(address), client.get(address + appended)

        assert tracked.status_code == 200
        assert tracked.text == plain.text


@pytest.mark.parametrize("appended", APPENDED)
def test_the_api_refuses_what_it_does_not_know(client: FlaskClient, appended: str) -> None:
    assert client.get(f"/api/v1/search?{appended}").status_code == 400


def test_no_facet_is_called_as_a_tracker() -> None:
    assert not TRACKERS & {facet.name for kind in profile().kinds.values() for facet in kind.facets}
