"""The wheel holds everything: it is built, installed by itself, and used from another folder."""

from __future__ import annotations

import configparser
import os
import shutil
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that no build folder is left behind or taken up."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("catalog_service", "indexer", "ontology", "samples", "shapes", "vocab"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "pyproject.toml", "setup.cfg"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    return next(target.glob("*.whl"))


@pytest.fixture(scope="module")
def kebao(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a fresh environment that has our wheel and borrows the libraries of this one."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=False)
    packages = next((place / "lib").glob("python*/site-packages"))
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(packages), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    libraries = [path for path in site.getsitepackages() if Path(path).is_dir()]
    (packages / "borrowed.pth").write_text("\n".join(libraries), encoding="utf-8")
    return place / "bin" / "python"


def run(*command: str, folder: Path) -> str:
    environment = {**os.environ, "KEBAO_LANG": "en"}
    environment.pop("PYTHONPATH", None)
    finished = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def test_the_wheel_holds_what_is_not_python(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    for wanted in (
        "catalog_service/shapes/manifest.ttl",
        "catalog_service/ontology/context.jsonld",
        "catalog_service/ontology/alignments/oai-dc.ttl",
        "catalog_service/vocab/schemes/region.ttl",
        "catalog_service/vocab/mappings/service-category.ttl",
        "catalog_service/samples/products.xlsx",
        "catalog_service/samples/examples/products.xlsx",
        "catalog_service/web/templates/base.html",
        "catalog_service/web/templates/about/api.html",
        "catalog_service/web/static/tokens.css",
        "catalog_service/locales/zh_Hans/LC_MESSAGES/web.mo",
        "catalog_service/py.typed",
        "indexer/py.typed",
        "catalog_service/store/migrations/versions/0001_first.py",
    ):
        assert wanted in names
    assert not [name for name in names if name.startswith(("tests/", "tools/", "benchmarks/"))]


def test_every_package_is_declared() -> None:
    """Data folders are mapped into the package, so packages are listed one by one and none may be forgotten."""
    declared = configparser.ConfigParser()
    declared.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = set(declared["options"]["packages"].split())

    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for top in ("catalog_service", "indexer")
        for path in (ROOT / top).rglob("*.py")
    }

    mapped = {f"catalog_service.{name}" for name in ("ontology", "samples", "shapes", "vocab")}
    assert listed == found | mapped


def test_the_installed_wheel_describes_loads_and_finds(kebao: Path, tmp_path: Path) -> None:
    command = (str(kebao), "-m", "catalog_service")
    code = "import catalog_service.resources as r; print(r.folder('samples'))"
    samples = Path(run(str(kebao), "-c", code, folder=tmp_path).strip())

    kinds = run(*command, "kinds", folder=tmp_path)
    run(*command, "template", "service-agency", "-o", "mine.xlsx", folder=tmp_path)
    loaded = run(*command, "load", *map(str, sorted(samples.glob("*.xlsx"))), "--publish", folder=tmp_path)
    found = run(*command, "search", "专利检索", folder=tmp_path)

    assert kebao.parent.parent in samples.parents
    assert "service-product" in kinds
    assert "0 refused" in loaded
    assert "record" in found
