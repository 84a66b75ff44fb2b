"""The style sheets keep the design's promises: contrasts, equal dark blocks, no colour but tokens, weight."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from catalog_service.web.site import STATIC, TEMPLATES

if TYPE_CHECKING:
    from pathlib import Path

TOKENS = (STATIC / "tokens.css").read_text()
BLOCK = re.compile(r"(?P<selector>:root[^{]*)\{(?P<body>[^}]*)\}")
COLOUR = re.compile(r"--kb-([a-z-]+): (#[0-9A-F]{6})")


def _themes() -> dict[str, dict[str, str]]:
    blocks = [(match["selector"].strip(), dict(COLOUR.findall(match["body"]))) for match in BLOCK.finditer(TOKENS)]
    return {selector: colours for selector, colours in blocks if colours}


LIGHT = _themes()[":root"]
DARK = _themes()[":root[data-theme=dark]"]


def _luminance(colour: str) -> float:
    def channel(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (channel(int(colour[n : n + 2], 16)) for n in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT = [
    *(("ink", ground) for ground in ("bg", "sunk", "tint", "mark")),
    *(("soft", ground) for ground in ("bg", "sunk", "tint")),
    *(("accent", ground) for ground in ("bg", "sunk", "tint")),
    *(("accent-strong", ground) for ground in ("bg", "sunk", "tint")),
    ("on-accent", "accent"), ("on-accent", "accent-strong"),
    ("on-band", "band"), ("soft-band", "band"), ("on-band-button", "band-button"), ("band-button", "band"),
    ("visited", "bg"), ("visited", "sunk"),
    *((name, f"{name}-bg") for name in ("err", "warn", "ok", "info")),
    *((name, "bg") for name in ("err", "warn", "ok", "info")),
]  # fmt: skip
EDGES = [("edge", "bg"), ("edge", "sunk"), ("focus", "bg"), ("focus", "sunk"), ("focus-band", "band")]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("name", "ground"), TEXT)
def test_text_has_a_contrast_of_four_and_a_half(theme: dict[str, str], name: str, ground: str) -> None:
    assert _contrast(theme[name], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("name", "ground"), EDGES)
def test_edges_and_focus_have_a_contrast_of_three(theme: dict[str, str], name: str, ground: str) -> None:
    assert _contrast(theme[name], theme[ground]) >= 3


def test_both_dark_blocks_and_the_light_one_name_the_same_tokens() -> None:
    themes = _themes()

    assert themes[":root:not([data-theme=light])"] == DARK
    assert set(LIGHT) == set(DARK)


@pytest.mark.parametrize("path", [STATIC / "base.css", *sorted(TEMPLATES.rglob("*.html"))], ids=lambda path: path.name)
def test_no_colour_stands_outside_the_tokens(path: Path) -> None:
    source = re.sub(r"&#?\w+;|href=\"#[^\"]*\"", "", path.read_text())

    assert re.findall(r"#[0-9A-Fa-f]{3,8}\b(?![^{]*\{)|rgba?\(|hsla?\(", source.replace("url(#", "")) == []


def test_every_token_that_is_used_exists() -> None:
    used = set(re.findall(r"var\(--kb-([a-z0-9-]+)\)", (STATIC / "base.css").read_text()))
    known = set(re.findall(r"--kb-([a-z0-9-]+):", TOKENS))

    assert used - known == set()


def test_styles_and_script_keep_their_weight() -> None:
    assert (STATIC / "base.css").stat().st_size <= 22_000
    assert (STATIC / "kebao.js").stat().st_size <= 12_000
    assert (STATIC / "tokens.css").stat().st_size <= 4_000


@pytest.mark.parametrize(
    "word", ["letter-spacing", "text-transform", "font-style: italic", "text-align: justify", ":has(", "light-dark("]
)
def test_the_style_keeps_off_what_the_design_refuses(word: str) -> None:
    assert word not in (STATIC / "base.css").read_text()


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_have_no_inline_style_or_script(path: Path) -> None:
    source = path.read_text()

    assert re.findall(r"\sstyle=|\son[a-z]+=|<script(?![^>]*src=)|<style|https?://(?!\{\{)", source) == []
