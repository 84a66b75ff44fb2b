"""Fixtures for every test."""

from tests.elasticsearch_server import elasticsearch_options, elasticsearch_server

__all__ = ["elasticsearch_options", "elasticsearch_server"]
