"""The metadata specification as pages: elements of each kind, and the code lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.markdown import page, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.model.kind import Kind
    from catalog_service.model.vocabulary import Scheme
    from catalog_service.registry import Profile

_OBLIGATIONS = {"M": "必选 M", "C": "条件 C", "R": "推荐 R", "O": "可选 O", "-": "系统 –"}
_MANY = 50
"""What stands for any number in shapes that must name one."""

_MOST_CODES = 160
"""A list of more concepts is shown by its top ones; the rest stands in its file."""


def specification(kind: Kind) -> str:
    """Return elements and facets of a kind in both languages."""
    count = len({each.number for each in kind.fields if each.number})
    elements = table(
        ("No.", "短名 Short name", "名称", "Name", "义务", "Max", "类型 Type", "代码表 List", "定义", "Definition"),
        (
            (
                each.number,
                f"`{name}`",
                each.label("zh"),
                each.label("en"),
                _OBLIGATIONS[each.obligation],
                "n" if each.max_count in (None, _MANY) else each.max_count,
                each.type,
                ", ".join(each.schemes),
                each.definitions.get("zh", ""),
                each.definitions.get("en", ""),
            )
            for name, each in kind.walk()
        ),
    )
    facets = table(
        ("参数 Parameter", "名称", "Name", "类型 Type", "定义", "Definition"),
        (
            (
                f"`{each.name}`",
                each.labels["zh"],
                each.labels["en"],
                each.type,
                each.definitions.get("zh", ""),
                each.definitions.get("en", ""),
            )
            for each in kind.facets
        ),
    )
    return page(
        "shapes/",
        f"{kind.label('zh')} / {kind.label('en')}",
        f"{count} elements; members of inner nodes are written `owner.member`.\n",
        elements,
        "## 检索条件 Facets\n",
        facets,
    )


def code_lists(profile: Profile) -> str:
    """Return every code list: how complete it is, what it rests on, its concepts."""
    parts = ["Each list says how complete it is. Files: `vocab/schemes/`.\n"]
    for scheme in profile.vocabularies.values():
        parts += _code_list(scheme)
    return page("vocab/", "代码表 / Code lists", *parts)


def _code_list(scheme: Scheme) -> Iterator[str]:
    yield f"## `{scheme.slug}` {scheme.labels['zh']} / {scheme.labels.get('en', '')}\n"
    yield f"{scheme.completeness.get('zh', '')} {scheme.completeness.get('en', '')}\n"
    if scheme.source:
        yield f"来源 Source: {scheme.source}\n"
    whole = len(scheme.concepts) <= _MOST_CODES
    shown = scheme.concepts if whole else scheme.top
    if not whole:
        yield f"{len(scheme.concepts)} 项，以下为顶层 / {len(scheme.concepts)} concepts, the top ones:\n"
    yield table(
        ("代码 Code", "名称", "Label", "上位 Broader"),
        (
            (each.notation, each.label("zh"), each.labels.get("en", ""), each.broader or "")
            for each in (scheme.concepts[code] for code in shown)
        ),
    )
