"""Bench records: full conformant products and their agencies, with a fixed seed.

A product has every mandatory and recommended element, 45 to 60 triples, and nothing is found wrong with it. Words are
drawn by Zipf's law from 24,000 distinct two-character words of a dictionary, so that common and rare words stand as in
real text.
"""

from __future__ import annotations

import bisect
import itertools
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BASE = "https://bench.example"
WORDS = 24_000
AGENCIES = 500
_PREFIXES = """@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix schema: <http://schema.org/> .
@prefix sts: <https://w3id.org/stsp/ns#> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix cv: <http://data.europa.eu/m8g/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix cl: <https://w3id.org/stsp/cl/> .
"""
_CITIES = [f"4501{n:02d}" for n in (0,)] + [f"45{city:02d}00" for city in range(1, 15)]
_LEAVES = [
    f"{top:02d}{leaf:02d}" for top, most in enumerate((5, 8, 8, 6, 5, 6, 5, 6, 5), 1) for leaf in range(1, most + 1)
]
_WORDS = {"negotiable": "面议", "free": "免费"}
_TESTING = "03"
"""Services of which the profile wants to know who is certified for them."""

_SECTORS = [f"{division}" for division in range(13, 43)]


class Records:
    """Makes agencies and products; the same seed makes the same ones."""

    def __init__(self, seed: int = 20261123, agencies: int = AGENCIES) -> None:
        self._random = random.Random(seed)
        self.agencies = agencies
        from pypinyin.phrases_dict import phrases_dict

        pairs = sorted(word for word in phrases_dict if len(word) == 2)
        self._random.shuffle(pairs)
        self.words = pairs[:WORDS]
        weights = itertools.accumulate(1 / rank for rank in range(1, len(self.words) + 1))
        self._cumulative = list(weights)

    def word(self) -> str:
        """Return a word, the common ones more often."""
        at = bisect.bisect(self._cumulative, self._random.random() * self._cumulative[-1])
        return self.words[min(at, len(self.words) - 1)]

    def text(self, words: int) -> str:
        """Return words one behind another, with a stop here and there."""
        parts = [self.word() + ("，" if number % 7 == 6 else "") for number in range(words)]
        return "".join(parts).rstrip("，")

    def agency(self, number: int) -> str:
        """Return an agency in Turtle."""
        region = _CITIES[number % len(_CITIES)]
        iri = f"{BASE}/id/service-agency/BA-{number:07d}"
        return (
            f"<{iri}> a sts:ServiceAgency , org:FormalOrganization , schema:Organization , foaf:Agent ;\n"
            f' dct:identifier "BA-{number:07d}" ; foaf:name "{self.text(4)}机构{number}"@zh ;\n'
            f' dct:description "{self.text(40)}"@zh ; org:classification <https://w3id.org/stsp/cl/service-category/05> ;\n'
            f' schema:knowsAbout <https://w3id.org/stsp/cl/service-category/0504> ; sts:mainProductText "{self.text(6)}"@zh ;\n'
            f' schema:telephone "0771-5550123" ; schema:email "a{number}@bench.example" ;\n'
            f" dct:spatial <https://w3id.org/stsp/cl/region/{region}> ;\n"
            f' dct:issued "2026-01-05"^^xsd:date ;\n'
            f' schema:hasCertification [ a schema:Certification ; schema:name "检验检测机构资质认定"@zh ;'
            " dct:type <https://w3id.org/stsp/cl/qualification/CMA> ] ;\n"
            f' sts:successCase [ a sts:SuccessCase ; dct:title "{self.words[number % 1000]}项目"@zh ] ;\n'
            f" schema:address <{iri}#address-1> .\n"
            f"<{iri}#address-1> a schema:PostalAddress ; schema:addressRegion <https://w3id.org/stsp/cl/region/{region}> ;\n"
            f' schema:streetAddress "{self.text(3)}路 {number} 号"@zh .\n'
        )

    def product(self, number: int) -> str:
        """Return a product in Turtle, inner nodes as blank nodes."""
        chance = self._random
        price = chance.choice((500, 800, 1200, 2800, 6000, 12000, 35000))
        modes = ("fixed", "from", "range", "negotiable", "free")
        mode = modes[number % 5]
        amount = {
            "fixed": f'schema:price "{price}.0"^^xsd:decimal',
            "from": f'schema:minPrice "{price}.0"^^xsd:decimal',
            "range": f'schema:minPrice "{price}.0"^^xsd:decimal ; schema:maxPrice "{price * 2}.0"^^xsd:decimal',
        }.get(mode)
        specification = (
            f' schema:priceSpecification [ a schema:UnitPriceSpecification ; {amount} ; schema:priceCurrency "CNY" ;'
            ' schema:unitText "件"@zh ] ;'
            if amount
            else f' sts:priceText "{_WORDS[mode]}"@zh ; schema:description "以双方书面约定为准"@zh ;'
        )
        leaf, sector = chance.choice(_LEAVES), chance.choice(_SECTORS)
        provider = f"{BASE}/id/service-agency/BA-{chance.randrange(self.agencies):07d}"
        certification = (
            ' schema:hasCertification [ a schema:Certification ; schema:name "检验检测机构资质认定"@zh ;'
            " dct:type <https://w3id.org/stsp/cl/qualification/CMA> ] ;\n"
            if leaf.startswith(_TESTING)
            else ""
        )
        keywords = " , ".join(f'"{self.word()}{self.word()}"@zh' for _ in range(4))
        return (
            f"<{BASE}/id/service-product/BP-{number:07d}> a sts:ServiceProduct , dcat:Resource , schema:Service ,"
            " <http://purl.org/dc/dcmitype/Service> ;\n"
            f' dct:identifier "BP-{number:07d}" ;\n'
            f' dct:title "{self.text(5)}{number}"@zh , "Service {number}"@en ;\n'
            f' dct:description "{self.text(90)}"@zh ;\n'
            f' dct:abstract "{self.text(15)}"@zh ; sts:process "{self.text(30)}"@zh ;\n'
            f" dcat:theme <https://w3id.org/stsp/cl/service-category/{leaf}> ; dcat:keyword {keywords} ;\n"
            f" cv:sector <https://w3id.org/stsp/cl/industry/{sector}> ; schema:provider <{provider}> ;\n"
            f" schema:offers [ a schema:Offer ; sts:pricingMode <https://w3id.org/stsp/cl/pricing-mode/{mode}> ;{specification}\n"
            " schema:deliveryLeadTime [ a schema:QuantitativeValue ; schema:minValue 5.0 ; schema:maxValue 15.0 ;"
            ' schema:unitCode "E49" ] ] ;\n'
            f" sts:deliveryMode <https://w3id.org/stsp/cl/delivery-mode/{chance.choice(('online', 'offline', 'hybrid'))}> ;\n"
            f" sts:fullyOnline {chance.choice(('true', 'false'))} ;\n"
            f" dct:spatial <https://w3id.org/stsp/cl/region/{chance.choice(('450000', *_CITIES))}> ;\n"
            f' sts:requirement "{self.text(15)}"@zh ; sts:acceptance "{self.text(15)}"@zh ;\n'
            ' schema:serviceOutput [ a sts:Deliverable ; dct:title "'
            f'{self.text(3)}报告"@zh ; dct:type <https://w3id.org/stsp/cl/deliverable-type/report> ] ;\n'
            f"{certification}"
            " sts:ipOwnership <https://w3id.org/stsp/cl/ip-ownership/client> ;\n"
            " dct:audience <https://w3id.org/stsp/cl/party-type/enterprise> ;\n"
            " sts:operationMode <https://w3id.org/stsp/cl/operation-mode/self> ;\n"
            " sts:orderType <https://w3id.org/stsp/cl/order-type/order_required> ;\n"
            " dct:accessRights <https://w3id.org/stsp/cl/sharing/unconditional> ;\n"
            ' dcat:contactPoint [ a vcard:Kind ; vcard:fn "受理窗口" ; vcard:hasTelephone <tel:07715550123> ] ;\n'
            ' dct:issued "2026-01-05"^^xsd:date .\n'
        )

    def turtle(self, products: int, *, agencies: bool = True) -> Iterator[str]:
        """Yield a Turtle file of all agencies and so many products, piece by piece."""
        yield _PREFIXES
        for number in range(self.agencies if agencies else 0):
            yield self.agency(number)
        for number in range(products):
            yield self.product(number)


def write_turtle(path: Path, products: int, *, agencies: bool = True) -> Path:
    """Write a file of bench records and return its path."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(Records().turtle(products, agencies=agencies))
    return path
