"""The files of ``shapes/`` as they lie: ordinary tools run them, nothing in them is stale, everything is said."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from catalog_service.model.lists import FILE, lists_text
from catalog_service.model.parts import COMMON, complete
from catalog_service.registry import profile
from catalog_service.resources import folder
from tests.shapes.cases import HERE, KINDS, shapes

SHAPES = folder("shapes")
KIND_FILES = [f"{kind}.ttl" for kind in KINDS]


def pyshacl_command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the ordinary command as anybody would."""
    command = [str(Path(sys.executable).with_name("pyshacl")), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("kind", KINDS)
def test_the_ordinary_command_accepts_the_good_record(kind: str) -> None:
    done = pyshacl_command("-s", SHAPES / f"{kind}.ttl", "-e", SHAPES / FILE, HERE / kind / "good.ttl")

    assert "Conforms: True" in done.stdout, done.stdout + done.stderr


def test_the_ordinary_command_refuses_a_category_of_another_list(tmp_path: Path) -> None:
    good = (HERE / "service-product" / "good.ttl").read_text("utf-8")
    bad = tmp_path / "bad.ttl"
    bad.write_text(good.replace("service-category/0504", "industry/27"), "utf-8")

    done = pyshacl_command("-s", SHAPES / "service-product.ttl", "-e", SHAPES / FILE, bad)

    assert "Conforms: False" in done.stdout
    assert "服务类别请从代码表「服务产品分类」中选取" in done.stdout


@pytest.mark.parametrize("file", [*KIND_FILES, COMMON])
def test_every_shape_satisfies_the_shape_of_shapes(file: str) -> None:
    done = pyshacl_command("-s", SHAPES / "shapes.ttl", SHAPES / file)

    assert "Conforms: True" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            ('sh:name "服务产品名称"@zh , "Title"@en', 'sh:name "服务产品名称"@zh'),
            "The name needs one text in English.",
        ),
        (("stsd:searchWeight 8", "stsd:searchWieght 8"), "terms of SHACL Core and of display.ttl only"),
        (('stsd:obligation "M"', 'stsd:obligation "X"'), "The obligation is M, C, R, O or -."),
        (('dct:source "S 名称"', 'skos:scopeNote "S 名称"'), "An element tells what it rests on."),
        (("sh:maxCount 20 ;\n  sh:name", "sh:name"), "An element has a largest number of values."),
    ],
    ids=["a language missing", "unknown term", "unknown obligation", "no source", "no bound"],
)
def test_the_shape_of_shapes_tells_what_is_wrong(change: tuple[str, str], told: str) -> None:
    import pyshacl
    from rdflib import Graph

    text = (SHAPES / "service-product.ttl").read_text("utf-8")
    title = re.search(r"^stsh:service-product-title a .*?\n\n", text, re.MULTILINE | re.DOTALL)
    assert title is not None
    assert change[0] in title[0]
    broken = text.replace(title[0], title[0].replace(*change).replace(', "GB', ' , "GB'))

    _, _, report = pyshacl.validate(Graph().parse(data=broken, format="turtle"), shacl_graph=shapes("shapes"))

    assert told in report


@pytest.mark.parametrize("file", KIND_FILES)
def test_the_shared_parts_in_a_shape_file_are_those_of_the_common_file(file: str) -> None:
    text = (SHAPES / file).read_text("utf-8")

    assert text == complete(text, (SHAPES / COMMON).read_text("utf-8")), "run python -m catalog_service.model.parts"


def test_the_lists_for_validators_are_those_of_the_vocabularies() -> None:
    kept = (SHAPES / FILE).read_text("utf-8")

    assert kept == lists_text(folder("vocab")), "run python -m catalog_service.model.parts"


def test_there_are_53_elements_of_products_and_23_of_agencies() -> None:
    numbers = {kind: sorted({each.number for _, each in profile().kinds[kind].walk() if each.number}) for kind in KINDS}

    assert numbers["service-product"] == [f"P{n:02}" for n in range(1, 54)]
    assert numbers["service-agency"] == [f"A{n:02}" for n in range(1, 24)]


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_are_plain_shacl_core_without_recursion(kind: str) -> None:
    text = (SHAPES / f"{kind}.ttl").read_text("utf-8")

    assert not re.search(r"\bsh:(sparql|select|ask|js|rule|values|expression|construct)\b", text)
    assert "sh:deactivated" not in text


@pytest.mark.parametrize("kind", KINDS)
def test_every_path_of_an_element_is_stored_once(kind: str) -> None:
    def paths(fields: object, before: tuple[str, ...]) -> list[tuple[str, ...]]:
        found = []
        for each in fields:  # type: ignore[attr-defined]
            found.append(before + each.path)
            found += paths(each.fields, before + each.path)
        return found

    every = paths(profile().kinds[kind].fields, ())

    assert sorted(set(every)) == sorted(every)


@pytest.mark.parametrize(
    "pattern", sorted({each.pattern for kind in profile().kinds.values() for _, each in kind.walk() if each.pattern})
)
def test_patterns_take_linear_time(pattern: str) -> None:
    """What repeats without bound is one class of characters, and what follows it is none of that class."""
    assert not re.search(r"\)[*+]|\)\{\d*,\}|(?<!\\)\.[*+]", pattern)
    for repeated, following in re.findall(r"(\[[^]]+\])(?:[*+]|\{\d*,\})(\\?.)", pattern):
        assert following == "$" or not re.fullmatch(repeated, following.removeprefix("\\")), (repeated, following)
