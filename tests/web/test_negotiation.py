"""Content negotiation by ending and by ``Accept``."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_service.errors import NotAcceptable
from catalog_service.web.negotiation import HTML, JSON, RECORD_FORMATS, by_ending, negotiate, parse_accept


@pytest.mark.parametrize(
    ("accept", "ending"),
    [
        ("", "html"),
        ("*/*", "html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("text/turtle", "ttl"),
        ("application/ld+json, text/turtle;q=0.9", "jsonld"),
        ("text/turtle;q=0.5, application/rdf+xml", "rdf"),
        ("application/*", "html"),
        ("application/json", "json"),
        ("application/n-triples", "nt"),
        ("text/turtle;q=0, */*", "html"),
        ("text/html;q=0.1, text/turtle;q=0.2", "ttl"),
        ("TEXT/TURTLE ; Q=0.9", "ttl"),
        ("nonsense, text/turtle", "ttl"),
    ],
)
def test_the_best_accepted_format_is_chosen(accept: str, ending: str) -> None:
    assert negotiate(accept, RECORD_FORMATS).ending == ending


@pytest.mark.parametrize(
    ("accept", "ending"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"),
        ("text/html, application/rdf+xml;q=0.9, */*;q=0.1", "rdf"),
        ("text/html, text/turtle;q=0.9, */*;q=0.8", "ttl"),
        ("application/xml", "rdf"),
    ],
)
def test_a_browser_gets_the_first_form_where_there_is_no_page(accept: str, ending: str) -> None:
    data = (JSON, *(each for each in RECORD_FORMATS if each not in {HTML, JSON}))

    assert negotiate(accept, data).ending == ending


def test_what_nobody_can_serve_is_refused_with_the_list() -> None:
    with pytest.raises(NotAcceptable) as refused:
        negotiate("image/png, text/turtle;q=0", RECORD_FORMATS)

    assert "application/ld+json" in str(refused.value.values["known"])


def test_an_ending_is_split_off_only_where_it_names_a_format() -> None:
    assert by_ending("KB-0000217.ttl", RECORD_FORMATS)[0] == "KB-0000217"
    assert by_ending("KB.1", RECORD_FORMATS) == ("KB.1", None)
    assert by_ending(".ttl", RECORD_FORMATS) == (".ttl", None)


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_accept_header_is_read_without_a_fault(header: str) -> None:
    assert all(0.0 <= quality <= 1.0 for quality in parse_accept(header).values())


def test_a_type_that_is_refused_by_name_is_not_sent() -> None:
    assert negotiate("text/html;q=0, */*;q=1", RECORD_FORMATS).media_types[0] != "text/html"
