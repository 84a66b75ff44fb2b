from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from catalog_service.writers.xml import element


@given(st.text(st.characters()))
def test_any_text_makes_well_formed_xml(text: str) -> None:
    found = etree.fromstring(element("a", text, b=text).encode())

    allowed = [char for char in text if char in "\t\n\r" or (char >= " " and not "\ud800" <= char <= "\udfff")]
    assert (found.text or "") == "".join(char for char in allowed if char not in "\ufffe\uffff")
