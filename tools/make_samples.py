"""Make the sample workbooks ``samples/agencies.xlsx`` and ``samples/products.xlsx``, and the examples of templates.

Run ``python tools/make_samples.py`` after a change of ``tools/samples_data`` or of the profile's columns. The workbooks
are what a cataloguer would hand in: one sheet a kind, codes by their Chinese labels, agencies named by their names, no
identifiers. Everything in them is invented and marked （样例）; credit codes have correct check digits but a body of
zeros, telephone numbers begin with a digit that no subscriber has, and all addresses lie under ``.example``.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DATA = Path(__file__).parent / "samples_data"
SAMPLES = Path(__file__).parent.parent / "samples"
sys.path.insert(0, str(SAMPLES.parent))

from catalog_service.model.derive import columns  # noqa: E402 (the source tree is on the path only now)
from catalog_service.registry import profile  # noqa: E402

MADE = dt.datetime(2026, 1, 1)  # noqa: DTZ001 (spreadsheets know no time zones)
NUMBERED = re.compile(r"(?<=\.)[0-9]+\.")
"""The position of a further inner node in a column's name."""
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

Row = dict[str, Any]
"""Column name (dotted short name, texts with ``@zh`` or ``@en``) to value; lists are joined when written."""


def main() -> int:
    """Write both workbooks, and in ``samples/examples`` one record of each kind, which is not among them."""
    agencies = read_agencies()
    (SAMPLES / "examples").mkdir(parents=True, exist_ok=True)
    write(SAMPLES / "agencies.xlsx", "service-agency", [agency_row(each) for each in agencies.values()])
    write(SAMPLES / "products.xlsx", "service-product", [product_row(each, agencies) for each in read_products()])
    with (DATA / "examples.toml").open("rb") as file:
        examples = tomllib.load(file)
    own = [each | {"uscc": credit_code(each["registration"], each["number"])} for each in examples["agency"]]
    write(SAMPLES / "examples" / "agencies.xlsx", "service-agency", list(map(agency_row, own)))
    products = [product_row(each, agencies) for each in examples["product"]]
    write(SAMPLES / "examples" / "products.xlsx", "service-product", products)
    return 0


def read_agencies() -> dict[str, Row]:
    """Return the agencies by the key under which products name them, with their credit codes."""
    with (DATA / "agencies.toml").open("rb") as file:
        rows = tomllib.load(file)["agency"]
    return {row["key"]: row | {"uscc": credit_code(row["registration"], n)} for n, row in enumerate(rows, 1)}


def read_products() -> list[Row]:
    """Return the products of all files, in the order of the classes."""
    products: list[Row] = []
    for path in sorted(DATA.glob("products-*.toml")):
        with path.open("rb") as file:
            products += tomllib.load(file)["product"]
    return products


def credit_code(registration: str, number: int) -> str:
    """Return a unified social credit code (GB 32100-2015) with both check characters right and a body of a sample.

    >>> credit_code("91110000", 60003734)
    '91110000600037341L'
    """
    body = f"{number:08d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11
    code = registration + body + {10: "X", 11: "0"}.get(rest, str(rest))
    total = sum(USCC_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(code))
    return code + USCC_ALPHABET[-total % 31]


def agency_row(agency: Row) -> Row:
    """Return an agency as a row of the workbook."""
    plain = ("uscc", "homepage", "agencyClass", "serviceField", "legalForm", "telephone", "email", "spatial", "zone",
             "imText", "capital", "staff")  # fmt: skip
    return {
        **texts(agency, "name", "altName", "description", "mainProductText"),
        **{name: agency[name] for name in plain if name in agency},
        "address.region": agency["spatial"],
        "address.street@zh": agency["street"],
        "address.postalCode": agency["postalCode"],
        **({"capitalCurrency": "CNY"} if "capital" in agency else {}),
        "foundingDate": agency["foundingDate"],
        **nodes("successCase", agency["successCase"], "title@zh", "description@zh", "date"),
        **certifications(agency),
    }


def product_row(product: Row, agencies: Mapping[str, Row]) -> Row:
    """Return a product as a row of the workbook."""
    plain = ("category", "statClass", "sector", "audience", "deliveryMode", "areaServed", "ipOwnership",
             "operationMode")  # fmt: skip
    contact = agencies[product["provider"][0]]
    return {
        **texts(product, "title", "altTitle", "abstract", "description", "keyword", "process", "requirement",
                "acceptance", "guarantee"),
        **{name: product[name] for name in plain if name in product},
        "provider": [agencies[key]["name"] for key in product["provider"]],
        **offer_cells(product["offer"]),
        "fullyOnline": "是" if product.get("fullyOnline") else "否",
        **nodes("deliverable", product["deliverable"], "title@zh", "type"),
        **certifications(product),
        "contact.name": "业务受理",
        "contact.telephone": contact["telephone"],
        "contact.email": contact["email"],
        "orderType": product.get("orderType", "需要订购"),
        "sharing": "无条件共享",
    }  # fmt: skip


def texts(record: Row, *names: str) -> Row:
    """Return the cells of texts: Chinese, and English where there is some."""
    both = ((name, key, lang) for name in names for key, lang in ((name, "zh"), (f"{name}_en", "en")))
    return {f"{name}@{lang}": record[key] for name, key, lang in both if key in record}


def offer_cells(offer: Row) -> Row:
    """Return the cells of an offer, the price in its separate columns."""
    priced = any(name in offer for name in ("price", "minPrice"))
    shortest, longest, unit = offer["period"]
    return {
        "offer.pricingMode": offer["mode"],
        **{f"offer.{name}": offer[name] for name in ("price", "minPrice", "maxPrice") if name in offer},
        **({"offer.priceCurrency": "CNY"} if priced else {}),
        **({"offer.unit@zh": offer["unit"], "offer.unit@en": offer["unit_en"]} if "unit" in offer else {}),
        **({"offer.chargingBasis": offer["basis"]} if "basis" in offer else {}),
        **({"offer.priceText@zh": offer["text"]} if "text" in offer else {}),
        **({"offer.chargeNote@zh": offer["note"]} if "note" in offer else {}),
        "offer.paymentTerms": offer["pay"],
        "offer.periodMin": shortest,
        "offer.periodMax": longest,
        "offer.periodUnit": unit,
    }


def certifications(record: Row) -> Row:
    """Return the cells of certifications, if there are any."""
    members = ("name@zh", "type", "number", "issuer@zh", "expires")
    return nodes("certification", record.get("certification", []), *members)


def nodes(name: str, rows: Iterable[list[str]], *members: str) -> Row:
    """Return the cells of inner nodes, each in its own columns: ``deliverable.type``, ``deliverable.1.type``, …"""
    cells: Row = {}
    for position, row in enumerate(rows):
        prefix = name if position == 0 else f"{name}.{position}"
        cells |= {f"{prefix}.{member}": value for member, value in zip(members, row, strict=True)}
    return cells


def write(path: Path, kind: str, rows: list[Row]) -> None:
    """Write one workbook with one sheet, its columns in the order of the profile."""
    headers = headers_of(kind, {name for row in rows for name in row})
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = profile().kinds[kind].label("zh")
    sheet.append(list(headers.values()))
    for row in rows:
        sheet.append([cell(row.get(name)) for name in headers])
    for number, name in enumerate(headers, 1):
        long = any(len(str(row.get(name, ""))) > 60 for row in rows)
        sheet.column_dimensions[get_column_letter(number)].width = 60 if long else 20
    for line in sheet.iter_rows():
        for each in line:
            each.alignment = Alignment(vertical="top", wrap_text=True)
    for head in sheet[1]:
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="DDE8F0")
    sheet.freeze_panes = "B2"
    book.properties.creator = "Kebao"
    book.properties.created = book.properties.modified = MADE
    book.save(path)


def headers_of(kind: str, used: set[str]) -> dict[str, str]:
    """Return the used columns in the profile's order with what stands over them.

    The template has columns for the first of each inner node; those of further ones bear their names.
    """
    template = {each.key: each.header["zh"] for each in columns(profile().kinds[kind])}
    order = {name: position for position, name in enumerate(template)}

    def place(name: str) -> tuple[int, str]:
        return order[NUMBERED.sub("", name)], name

    firsts = [name for name in used if name in template]
    further = [name for name in used if name not in template]
    unknown = [name for name in further if NUMBERED.sub("", name) not in template]
    if unknown:
        raise SystemExit(f"no column of {kind} is called {', '.join(sorted(unknown))}")
    return {name: template[name] for name in sorted(firsts, key=place)} | {
        name: name for name in sorted(further, key=place)
    }


def cell(value: Any) -> Any:
    """Return what stands in a cell; several values are separated by semicolons, dates are dates."""
    if isinstance(value, list):
        return ";".join(value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return dt.date.fromisoformat(value)
    return value


if __name__ == "__main__":
    sys.exit(main())
