"""Settings: one tuple that the file, the environment, the command line, the documentation and their tests all read.

``kebao.toml`` in the catalogue's home, then ``KEBAO_<SECTION>_<NAME>`` in the environment, then the command line.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog_service.errors import InputError, UnknownName, UnreadableInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "kebao.toml"
_NOT_SETTINGS = {"KEBAO_HOME", "KEBAO_LANG", "KEBAO_CONFORMANCE"}
_NOT_SETTINGS_PREFIX = "KEBAO_TEST_"

Value = str | int | bool


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; its default tells its type, ``choices`` or the ``form`` of its text what it may be."""

    name: str
    default: Value
    help: Mapping[str, str]
    choices: tuple[str, ...] = ()
    form: str = ""
    least: int = 1
    """The smallest number it may be."""

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return "KEBAO_" + self.name.upper().replace(".", "_")


def _setting(name: str, default: Value, zh: str, en: str, *choices: str, form: str = "", least: int = 1) -> Setting:
    return Setting(name, default, {"zh": zh, "en": en}, choices, form, least)


_FORMS = {
    "address": r"https?://[^\s<>\"{}|\\^`/?#]+(/[^\s<>\"{}|\\^`?#]*)?",
    "licence": r"https?://[^\s<>\"{}|\\^`]+",
    "prefix": r"[A-Z0-9][A-Z0-9._-]{0,31}",
    "domain": r"[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z][A-Za-z0-9-]*)+",
    "mail": r"[^\s@]+@([^\s@.]+\.)+[^\s@.]+",
}
"""What texts that stand in every record or answer have to look like."""

_ADVICE = {
    "address": "Write an address such as https://catalogue.example.org, without spaces, “?” or “#”.",
    "licence": "Write the address of the licence, such as https://creativecommons.org/licenses/by/4.0/.",
    "prefix": "Write up to 32 capital letters, digits, points and hyphens, such as KB.",
    "domain": "Write a name such as catalogue.example.org.",
    "mail": "Write an e-mail address such as catalogue@example.org.",
}


SETTINGS = (
    _setting(
        "public_url",
        "",
        "对外地址，缺省为服务所在地址",
        "public address; default: the address served on",
        form="address",
    ),
    _setting("store.url", "", "记录库地址，缺省为主目录中的 SQLite", "record store; default: SQLite in the home"),
    _setting("validation.engine", "compiled", "SHACL 校验引擎", "engine that validates SHACL", "compiled", "pyshacl"),
    _setting("search.engine", "embedded", "检索引擎", "search engine", "embedded", "elasticsearch", "memory"),
    _setting("search.url", "http://127.0.0.1:9200", "Elasticsearch 地址", "address of Elasticsearch", form="address"),
    _setting("search.index_prefix", "kebao", "索引名前缀", "prefix of index names"),
    _setting("search.api_key", "", "Elasticsearch 密钥", "API key of Elasticsearch"),
    _setting("search.replicas", 0, "副本数", "replicas", least=0),
    _setting("search.shards", 1, "分片数", "shards"),
    _setting("search.default_region", "", "默认地区代码", "code of the region chosen by default"),
    _setting(
        "catalogue.iri_base",
        "https://kebao.example",
        "记录 IRI 的前缀；存入第一条记录前设定，之后不能改",
        "prefix of record IRIs; to be set before the first record is stored, then frozen",
        form="address",
    ),
    _setting("catalogue.title", "科宝", "目录名称（中文）", "title of the catalogue in Chinese"),
    _setting("catalogue.title_en", "Kebao", "目录名称（英文）", "title of the catalogue in English"),
    _setting("catalogue.description", "科技服务产品目录", "目录说明（中文）", "description in Chinese"),
    _setting(
        "catalogue.description_en",
        "A catalogue of science and technology service products",
        "目录说明（英文）",
        "description in English",
    ),
    _setting("catalogue.publisher", "科宝样例平台", "发布者（中文）", "publisher in Chinese"),
    _setting("catalogue.publisher_en", "Kebao sample platform", "发布者（英文）", "publisher in English"),
    _setting("catalogue.contact", "catalogue@kebao.example", "联系邮箱", "e-mail address for questions", form="mail"),
    _setting(
        "catalogue.license",
        "https://creativecommons.org/licenses/by/4.0/",
        "元数据的缺省许可",
        "default licence of the metadata",
        form="licence",
    ),
    _setting("catalogue.id_prefix", "KB", "标识符前缀", "prefix of identifiers", form="prefix"),
    _setting("catalogue.domain", "kebao.example", "OAI 标识符中的域名", "domain in OAI identifiers", form="domain"),
    _setting(
        "sandbox.enabled",
        "on",
        "经网络送来的超过 64 kB 的内容由独立的受限进程读取和校验",
        "content over 64 kB that comes over the network is read and checked by a confined process of its own",
        "on",
        "off",
    ),
    _setting("sandbox.memory", 1_000_000_000, "该进程可用的内存，字节", "memory such a process may take, bytes"),
    _setting("sandbox.cpu_seconds", 2, "每 100 条记录的处理器秒数", "processor seconds for every 100 records"),
    _setting("sandbox.wall_seconds", 3, "每 100 条记录的等待秒数", "seconds to wait for every 100 records"),
    _setting(
        "load.second_process",
        "on",
        "大批载入时用第二个进程分担；关闭后较慢，约少占三分之一内存",
        "a large load shares its work with a second process; off is slower and takes about a third less memory",
        "on",
        "off",
    ),
    _setting("limits.record_bytes", 1_000_000, "一条记录的最大字节数", "largest record, bytes"),
    _setting("limits.record_triples", 2_000, "一条记录的最大三元组数", "most triples in a record"),
    _setting("limits.record_blank_nodes", 200, "一条记录的最大空节点数", "most blank nodes in a record"),
    _setting("limits.depth", 64, "嵌套层数上限", "deepest nesting"),
    _setting("limits.literal_length", 20_000, "文字值的最大长度", "longest literal, characters"),
    _setting("limits.iri_length", 2_048, "IRI 的最大长度", "longest IRI, characters"),
    _setting("limits.upload_bytes", 50_000_000, "上传的最大字节数", "largest upload over HTTP, bytes"),
    _setting("limits.upload_records", 10_000, "一次上传的最多记录数", "most records in one upload over HTTP"),
    _setting("limits.xlsx_bytes", 10_000_000, "表格文件的最大字节数", "largest workbook, bytes zipped"),
    _setting("limits.xlsx_inflated", 64_000_000, "表格解压后的最大字节数", "largest workbook, bytes inflated"),
    _setting("limits.xlsx_rows", 10_000, "表格的最多行数", "most rows in a workbook"),
    _setting("limits.query_length", 512, "检索词的最大长度", "longest query, characters"),
    _setting("limits.query_clauses", 20, "检索词的最多个数", "most clauses in a query"),
    _setting("limits.page_size", 100, "一页的最多条数", "most hits on a page"),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force and where each came from: ``default``, the file, a variable or ``command line``."""

    home: Path
    values: Mapping[str, Value]
    origins: Mapping[str, str]

    def text(self, name: str) -> str:
        """Return a setting as text."""
        return str(self.values[name])

    def number(self, name: str) -> int:
        """Return a setting that is a whole number."""
        return int(self.values[name])

    def localised(self, name: str, lang: str) -> str:
        """Return a text that has an English twin, such as ``catalogue.title``, in a language."""
        return self.text(f"{name}_en" if lang == "en" else name)

    @property
    def store_url(self) -> str:
        """The record store's address."""
        return self.text("store.url") or f"sqlite:///{self.home / 'catalogue.sqlite'}"


def load_settings(
    home: Path, *, environment: Mapping[str, str] | None = None, overrides: Mapping[str, Value] | None = None
) -> Settings:
    """Read the settings of a catalogue's home; an unknown name is an error that proposes the nearest."""
    values: dict[str, Value] = {setting.name: setting.default for setting in SETTINGS}
    origins = dict.fromkeys(values, "default")
    given: list[tuple[str, Mapping[str, object]]] = [
        (FILE, _from_file(home / FILE)),
        ("environment", _from_environment(os.environ if environment is None else environment)),
        ("command line", dict(overrides or {})),
    ]
    for origin, layer in given:
        for name, value in layer.items():
            values[name] = _checked(name, value)
            origins[name] = _BY_NAME[name].variable if origin == "environment" else origin
    return Settings(home, values, origins)


def _from_file(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableInput("{file} is not TOML: {reason}.", file=str(path), reason=str(error)) from error
    return dict(_flatten(tree))


def _flatten(tree: Mapping[str, Any], before: str = "") -> list[tuple[str, object]]:
    pairs: list[tuple[str, object]] = []
    for name, value in tree.items():
        if isinstance(value, dict):
            pairs += _flatten(value, f"{before}{name}.")
        else:
            pairs.append((before + name, value))
    return pairs


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    by_variable = {setting.variable: setting.name for setting in SETTINGS}
    found: dict[str, object] = {}
    for variable, value in environment.items():
        if not variable.startswith("KEBAO_") or variable in _NOT_SETTINGS or variable.startswith(_NOT_SETTINGS_PREFIX):
            continue
        if variable not in by_variable:
            raise UnknownName("setting", variable, by_variable)
        found[by_variable[variable]] = value
    return found


def _checked(name: str, value: object) -> Value:
    setting = _BY_NAME.get(name)
    if setting is None:
        raise UnknownName("setting", name, _BY_NAME)
    if setting.choices and value not in setting.choices:
        raise UnknownName(f"choice for {name}", str(value), setting.choices)
    if isinstance(setting.default, int):
        return _number(setting, value)
    text = str(value)
    if setting.form and text != setting.default and not _has_form(text, setting.form):
        raise InputError(
            "{name} cannot be “{value}”.", advice=_ADVICE[setting.form], name=name, value=text[:200]
        )  # fmt: skip
    return text


def _number(setting: Setting, value: object) -> int:
    try:
        number = int(str(value))
    except ValueError:
        raise InputError("{name} must be a whole number, not “{value}”.", name=setting.name, value=str(value)) from None
    if number < setting.least:
        raise InputError(
            "{name} must be a whole number from {least} on, not {value}.",
            name=setting.name, least=setting.least, value=number,
        )  # fmt: skip
    return number


def _has_form(text: str, form: str) -> bool:
    """Tell whether a text has a form; addresses stand in RDF, so they have to be IRIs in all else too."""
    if re.fullmatch(_FORMS[form], text) is None:
        return False
    if form not in {"address", "licence"}:
        return True
    from pyoxigraph import NamedNode

    try:
        return bool(NamedNode(text))
    except ValueError:
        return False
