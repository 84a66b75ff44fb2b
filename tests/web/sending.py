"""Products as a program sends them, for tests of writing over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse


def product(title: str = "锂电池正极材料成分检测", **more: Any) -> dict[str, Any]:
    """Return a good product of an agency of the small catalogue."""
    return {
        "title": {"zh": title},
        "description": {"zh": "用于电池企业来料检验与工艺改进，按国家标准测定主量元素与杂质含量。"},
        "process": {"zh": "寄样、检测、出具报告。"},
        "category": ["0303"],
        "provider": ["KB-0000002"],
        "offer": [{"pricingMode": "fixed", "price": 800, "priceCurrency": "CNY"}],
    } | more


def send(client: FlaskClient, record: Any, headers: dict[str, str], query: str = "") -> TestResponse:
    """Send what is to be a new product."""
    return client.post(f"/api/v1/records?kind=service-product{query}", json=record, headers=headers)
