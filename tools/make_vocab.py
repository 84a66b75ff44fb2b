"""Make the code lists that are too long to keep by hand: regions and currencies.

Run ``python tools/make_vocab.py`` after a new release of python-stdnum (regions) or Babel (currencies); with
``--check`` it writes nothing and ends with 1 when a file is stale. All other lists under ``vocab/schemes`` are kept by
hand.

Guangxi comes from ``tools/vocab_data/guangxi.txt``, the rest of GB/T 2260 from python-stdnum's dated ``cn/loc.dat``, of
which only the codes valid today are taken. English names are ours: ``tools/vocab_data/regions.toml``, else pinyin.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SCHEMES = HERE.parent / "vocab" / "schemes"
BASE = "https://w3id.org/stsp/cl/"
NATION = "000000"
GROUPING_ROWS = re.compile("^(市辖区|县|(省|自治区)直辖县级行政(单位|区划))$")
"""Rows of GB/T 2260 that only group others and name no place."""
UNDATED = {"422900", "422921", "429001"}
"""Codes given up long ago that ``loc.dat`` lists without an end."""

PREFIXES = """@prefix : <{base}{slug}/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix stsd: <https://w3id.org/stsp/display#> .
"""


@dataclass(frozen=True)
class Entry:
    """One concept to write."""

    code: str
    zh: str
    en: str
    other_zh: tuple[str, ...] = ()
    other_en: tuple[str, ...] = ()
    broader: str = ""
    replaced_by: str = ""


def main() -> int:
    """Write the lists, or with ``--check`` compare them."""
    made = {"region": regions(), "currency": currencies()}
    stale = [slug for slug, text in made.items() if _read(slug) != text]
    if "--check" in sys.argv:
        sys.stderr.write(
            "".join(f"vocab/schemes/{slug}.ttl is stale: run python tools/make_vocab.py\n" for slug in stale)
        )
        return 1 if stale else 0
    for slug in stale:
        (SCHEMES / f"{slug}.ttl").write_text(made[slug], encoding="utf-8")
    return 0


def _read(slug: str) -> str:
    path = SCHEMES / f"{slug}.ttl"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


# Regions


def regions() -> str:
    """Return the list ``region`` as Turtle."""
    names, earlier = guangxi()
    names |= {code: name for code, name in valid_codes().items() if not code.startswith("45")}
    entries = [
        Entry(NATION, "全国", "All China", ("中国", "全国范围", "全国范围内", "全国各地", "中华人民共和国"),
              ("China", "nationwide", "whole country")),
        *(_region(code, name, names, earlier.get(code, ())) for code, name in sorted(names.items())),
    ]  # fmt: skip
    head = scheme(
        "region",
        labels=("行政区划", "Regions"),
        definition=(
            "GB/T 2260 县级及以上行政区划，另加代码 000000 表示全国。",
            "Administrative divisions of China down to counties (GB/T 2260), and 000000 for the whole country.",
        ),
        completeness=(english_data()["completeness"]["zh"], english_data()["completeness"]["en"]),
        publisher=("国家标准化管理委员会", "Standardization Administration of China"),
        version="2023",
        source="GB/T 2260",
        top=[NATION],
        origin="tools/vocab_data/guangxi.txt, tools/vocab_data/regions.toml and python-stdnum cn/loc.dat",
    )
    return head + turtle("region", told_apart(entries), also=", dct:Location")


def guangxi() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return the names of Guangxi by code, and the earlier names by code."""
    names = {"450000": "广西壮族自治区"}
    earlier = {}
    for line in (HERE / "vocab_data" / "guangxi.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        current, _, before = line.partition(" = ")
        code, name = current.split()
        names[code] = name
        earlier[code] = tuple(before.split())
    return names, earlier


def valid_codes() -> dict[str, str]:
    """Return the codes of python-stdnum that are valid today, with their names."""
    from opencc import OpenCC

    simplified = OpenCC("t2s")
    names = {}
    province = ""
    for line in (files("stdnum") / "cn" / "loc.dat").read_text(encoding="utf-8").splitlines():
        head = re.match(r'(\d\d) province="', line)
        row = re.match(r'  (\d{4}) county="(.*)"', line)
        province = head[1] if head else province
        for period in row[2].split(",") if row else ():
            dated = re.fullmatch(r"(?:\[\d*-(\d*)\])?(.+)", period)
            if dated and row and not dated[1] and not GROUPING_ROWS.match(dated[2]):
                names[province + row[1]] = simplified.convert(dated[2])
    return {code: name for code, name in names.items() if code not in UNDATED}


def _region(code: str, name: str, names: dict[str, str], earlier: tuple[str, ...]) -> Entry:
    short = short_name(name)
    english, *others = english_names(code, name)
    other_zh = tuple(each for each in (short, *earlier) if each and each != name)
    return Entry(code, name, english, other_zh, tuple(others), wider(code, names))


def wider(code: str, names: dict[str, str]) -> str:
    """Return the code of the next wider region: NNNNNN to NNNN00 to NN0000 to the nation."""
    for above in (code[:4] + "00", code[:2] + "0000"):
        if above != code and above in names:
            return above
    return NATION


@cache
def english_data() -> dict[str, dict[str, str]]:
    """Return the tables of established English names."""
    with (HERE / "vocab_data" / "regions.toml").open("rb") as file:
        data: dict[str, dict[str, str]] = tomllib.load(file)
    return data


KINDS = {
    "自治区": "Autonomous Region", "特别行政区": "Special Administrative Region", "自治州": "Autonomous Prefecture",
    "自治县": "Autonomous County", "自治旗": "Autonomous Banner", "地区": "Prefecture", "林区": "Forestry District",
    "特区": "Special District", "省": "Province", "市": "City", "盟": "League", "州": "Prefecture", "县": "County",
    "旗": "Banner", "区": "District",
}  # fmt: skip


def parts_of(name: str) -> tuple[str, tuple[str, ...], str]:
    """Return stem, peoples and kind of a name: 融水苗族自治县 is 融水, 苗, 自治县."""
    kind = next((each for each in KINDS if name.endswith(each)), "")
    rest = name.removesuffix(kind)
    if not kind.startswith("自治"):
        return rest, (), kind
    peoples: list[str] = []
    known = sorted(english_data()["peoples"], key=len, reverse=True)
    while rest:
        found = next((each for each in known if rest.removesuffix("族").endswith(each)), "")
        before = rest.removesuffix("族").removesuffix(found)
        if not found or (len(before) < 2 and before != ""):
            break
        peoples.insert(0, found)
        rest = before
    if not rest and peoples:
        rest = peoples[0]
    return rest, tuple(peoples), kind


def short_name(name: str) -> str:
    """Return the name without its kind, if two characters or more remain."""
    stem, _, _ = parts_of(name)
    return stem if len(stem) >= 2 else ""


def english_names(code: str, name: str) -> list[str]:
    """Return the English label and other English names of a region."""
    data = english_data()
    if code in data["provinces"]:
        plain = data["provinces"][code]
        municipality = name.endswith("市")
        formal = data["formal"].get(code) or f"{plain} {'Municipality' if municipality else 'Province'}"
        return [plain, formal]
    stem, peoples, kind = parts_of(name)
    plain = data["stems"].get(stem) or romanise(stem)
    people = listed([data["peoples"][each] for each in peoples])
    full = " ".join(filter(None, (plain, "" if people == plain else people, KINDS[kind])))
    is_city = kind == "市" and code.endswith("00")
    return [plain, full] if is_city else [full, plain] if len(stem) >= 2 else [full]


def listed(names: list[str]) -> str:
    """Return names as English lists them: Bonan, Dongxiang and Salar."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def romanise(stem: str) -> str:
    """Return a Chinese name in pinyin as on maps: Xi'an, Lüliang."""
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(stem, style=Style.NORMAL, v_to_u=True)
    joined = "".join(f"'{each}" if n and each[0] in "aoe" else each for n, each in enumerate(syllables))
    return joined[:1].upper() + joined[1:]


def told_apart(entries: list[Entry]) -> list[Entry]:
    """Return the entries with the province added where cities of several provinces share an English label."""
    provinces = {entry.code[:2]: entry.en for entry in entries if entry.code.endswith("0000")}
    cities = [entry for entry in entries if entry.code.endswith("00")]
    count = Counter(entry.en for entry in cities)
    return [
        replace(entry, en=_of_province(entry.en, provinces[entry.code[:2]]), other_en=(entry.en, *entry.other_en))
        if entry in cities
        and count[entry.en] > 1
        and not entry.code.startswith("45")
        and not entry.code.endswith("0000")
        else entry
        for entry in entries
    ]


def _of_province(city: str, province: str) -> str:
    return f"{city} City" if city == province else f"{city}, {province}"


# Currencies

OTHER_NAMES = {
    "CNY": (("人民币元", "元", "¥", "￥"), ("RMB", "yuan", "renminbi")),
    "USD": (("美金", "$"), ("dollar", "dollars")),
    "HKD": (("港元", "港幣"), ()),
    "EUR": (("€",), ("euros",)),
    "VND": (("越盾",), ()),
}

RETIRED = (Entry("BGN", "保加利亚列弗", "Bulgarian Lev", replaced_by="EUR"),)
"""Codes the list once had: records may hold them, so they stay."""


def currencies() -> str:
    """Return the list ``currency`` as Turtle: money that is legal tender today, and what once was."""
    from babel import Locale
    from babel.core import get_global

    rows: dict[str, list[tuple[Any, ...]]] = dict(get_global("territory_currencies"))
    codes = {row[0] for each in rows.values() for row in each if row[2] is None and row[3]}
    chinese, english = Locale("zh").currencies, Locale("en").currencies
    entries = [
        Entry(code, chinese[code], english[code], *OTHER_NAMES.get(code, ()))
        for code in sorted(codes, key=lambda code: (code != "CNY", code))
        if code in chinese and code in english
    ]
    head = scheme(
        "currency",
        labels=("货币", "Currencies"),
        definition=("ISO 4217 三字母货币代码。", "Three-letter currency codes of ISO 4217."),
        completeness=(
            f"收录 {len(entries)} 种现行法定货币，名称取自 Unicode CLDR（经 Babel）；贵金属和记账单位不收；停用的代码保留，注明由何代替。",
            f"The {len(entries)} currencies that are legal tender today, named as in Unicode CLDR, and retired codes.",
        ),
        publisher=("国际标准化组织", "International Organization for Standardization"),
        version="ISO 4217:2015",
        source="ISO 4217",
        top=[entry.code for entry in (*entries, *RETIRED)],
        origin="Babel",
    )
    return head + turtle("currency", [*entries, *RETIRED])


# Turtle


def scheme(
    slug: str,
    *,
    labels: tuple[str, str],
    definition: tuple[str, str],
    completeness: tuple[str, str],
    publisher: tuple[str, str],
    version: str,
    source: str,
    top: list[str],
    origin: str,
) -> str:
    """Return the head of a file: the scheme itself."""
    return "\n".join(
        [
            f"# generated by tools/make_vocab.py from {origin}: do not edit",
            PREFIXES.format(base=BASE, slug=slug),
            f"<{BASE}{slug}> a skos:ConceptScheme ;",
            f"  skos:prefLabel {_both(*labels)} ;",
            f"  dct:title {_both(*labels)} ;",
            f"  skos:definition {_both(*definition)} ;",
            f"  stsd:completeness {_both(*completeness)} ;",
            f"  dct:publisher {_both(*publisher)} ;",
            f'  owl:versionInfo "{version}" ;',
            f'  dct:source "{source}"@zh ;',
            f"  skos:hasTopConcept {', '.join(':' + code for code in top)} .\n",
        ]
    )


def turtle(slug: str, entries: list[Entry], also: str = "") -> str:
    """Return the concepts."""
    below: dict[str, list[str]] = {}
    for entry in entries:
        below.setdefault(entry.broader, []).append(entry.code)
    return "".join(_concept(slug, entry, below.get(entry.code, []), also) for entry in entries)


def _concept(slug: str, entry: Entry, narrower: list[str], also: str) -> str:
    others = [_text(each, "zh") for each in entry.other_zh] + [_text(each, "en") for each in entry.other_en]
    lines = [
        f':{entry.code} a skos:Concept{also} ; skos:notation "{entry.code}" ; skos:inScheme <{BASE}{slug}>',
        f"skos:prefLabel {_both(entry.zh, entry.en)}",
        *([f"skos:altLabel {', '.join(others)}"] if others else []),
        f"skos:broader :{entry.broader}" if entry.broader else f"skos:topConceptOf <{BASE}{slug}>",
        *([f"skos:narrower {', '.join(':' + code for code in narrower)}"] if narrower else []),
        *([f"dct:isReplacedBy :{entry.replaced_by}"] if entry.replaced_by else []),
    ]
    return "\n" + " ;\n  ".join(lines) + " .\n"


def _both(zh: str, en: str) -> str:
    return f"{_text(zh, 'zh')}, {_text(en, 'en')}"


def _text(text: str, lang: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + f'"@{lang}'


if __name__ == "__main__":
    sys.exit(main())
