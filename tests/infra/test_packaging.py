"""What Lambda is given: small, reproducible, and complete."""

import json
import os
import platform
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.archive import Package
from infra.packaging import ROOT, Builder
from infra.wheels import BOTOCORE_SERVICES, BUDGET_MB
from shared.manifest import Module
from shared.registry import modules
from tests.infra import sample

FUNCTION_BUDGET_MB = 80
DOCUMENTS_BUDGET_MB = 150  # of a module that sets documents: fonts, and what sets them
HERE = {"aarch64": "arm64", "x86_64": "x86_64"}[platform.machine()]


def names(package: Package) -> set[str]:
    with zipfile.ZipFile(package.path) as archive:
        return set(archive.namelist())


@pytest.fixture
def small(tmp_path: Path) -> Builder:
    """A builder of project code with an empty store of its own."""
    return Builder("arm64", sample.MODULES, functions=sample.FUNCTIONS, out=tmp_path / "one")


def test_the_same_sources_give_the_same_bytes(small: Builder, tmp_path: Path) -> None:
    again = Builder("arm64", sample.MODULES, functions=sample.FUNCTIONS, out=tmp_path / "another" / "place")
    for first, second in ((small.project_layer(), again.project_layer()), (small.function(sample.SAMPLE), again.function(sample.SAMPLE))):
        assert first.path != second.path
        assert first.digest == second.digest
        assert first.path.read_bytes() == second.path.read_bytes()


def test_a_changed_source_is_another_package(tmp_path: Path) -> None:
    functions = tmp_path / "functions"
    (functions / "sample").mkdir(parents=True)
    (functions / "__init__.py").touch()
    (functions / "sample" / "handler.py").write_text("ANSWER = 1\n")
    first = Builder("arm64", (), functions=functions, out=tmp_path / "out").function(sample.SAMPLE)
    (functions / "sample" / "handler.py").write_text("ANSWER = 2\n")
    second = Builder("arm64", (), functions=functions, out=tmp_path / "out").function(sample.SAMPLE)
    assert first.digest != second.digest


def test_a_function_holds_its_own_module_alone_compiled(small: Builder) -> None:
    held = names(small.function(sample.SAMPLE))
    assert "functions/sample/handler.py" in held
    assert "functions/sample/__pycache__/handler.cpython-313.pyc" in held
    assert {n.split("/")[1] for n in held} == {"__init__.py", "__pycache__", "sample"}


def test_a_pyc_never_looks_at_its_source_and_names_lambdas_path(small: Builder) -> None:
    with zipfile.ZipFile(small.function(sample.SAMPLE).path) as archive:
        pyc = archive.read("functions/sample/__pycache__/handler.cpython-313.pyc")
    assert int.from_bytes(pyc[4:8], "little") == 0b01  # hash-based, and not checked
    assert b"/var/task/functions/sample/handler.py" in pyc
    assert str(ROOT).encode() not in pyc


def test_what_a_test_run_leaves_behind_is_not_shipped(small: Builder) -> None:
    assert not [n for n in names(small.project_layer()) if n.endswith(".pyc") and "cpython-313.pyc" not in n]


@pytest.fixture(scope="module")
def arm64() -> Builder:
    """The project's packages as they are deployed."""
    return Builder("arm64", modules())


@pytest.fixture(scope="module")
def here() -> Builder:
    """The project's packages for this machine's architecture."""
    return Builder(HERE, modules())


@pytest.mark.slow
def test_sizes_are_within_their_budgets(arm64: Builder, capsys: pytest.CaptureFixture[str]) -> None:
    base, project = arm64.base_layer(), arm64.project_layer()
    sizes = {"base layer": base.megabytes, "project layer": project.megabytes}
    for module in modules():
        own = arm64.module_layer(module)
        sizes[module.name] = base.megabytes + project.megabytes + arm64.function(module).megabytes + (own.megabytes if own else 0)
    with capsys.disabled():
        print("\n" + "\n".join(f"  {name:16} {size:5.1f} MB unpacked" for name, size in sizes.items()))
    assert base.megabytes <= BUDGET_MB
    documents = {module.name for module in modules() if module.fonts}
    budgets = {name: DOCUMENTS_BUDGET_MB if name in documents else FUNCTION_BUDGET_MB for name in sizes}
    assert {name: size for name, size in sizes.items() if size > budgets[name]} == {}


@pytest.mark.slow
def test_the_base_layer_repeats_to_the_byte(here: Builder, tmp_path: Path) -> None:
    again = Builder(HERE, modules(), out=tmp_path).base_layer()
    assert again.digest == here.base_layer().digest
    assert again.path.read_bytes() == here.base_layer().path.read_bytes()


@pytest.mark.slow
def test_a_layer_for_arm64_holds_binaries_for_arm64(arm64: Builder) -> None:
    binaries = {n for n in names(arm64.base_layer()) if n.endswith(".so")}
    assert binaries
    with zipfile.ZipFile(arm64.base_layer().path) as archive:
        machines = {int.from_bytes(archive.read(n)[18:20], "little") for n in binaries}
    assert machines == {0xB7}  # ELF's number for AArch64


@pytest.mark.slow
def test_botocore_keeps_the_services_in_use_alone(arm64: Builder) -> None:
    data = {n.split("/")[3] for n in names(arm64.base_layer()) if n.startswith("python/botocore/data/") and n.count("/") > 4}
    assert data == BOTOCORE_SERVICES


@pytest.mark.slow
def test_packages_of_one_module_are_not_in_the_base_layer(tmp_path: Path) -> None:
    store = Builder(HERE, modules()).out
    builder = Builder(HERE, (Module("lone", "Lone", packages=("python-calamine",)), *modules()), out=store)
    own = builder.module_layer(builder.modules[0])
    assert own is not None
    assert any(n.startswith("python/python_calamine/") for n in names(own))
    assert not any(n.startswith("python/python_calamine/") for n in names(builder.base_layer()))


def _unpacked(packages: list[Package], folder: Path) -> None:
    for package in packages:
        with zipfile.ZipFile(package.path) as archive:
            archive.extractall(folder)


_LOAD = """
import importlib, json, sys
told = json.loads(sys.argv[1])
sys.path[:] = [p for p in sys.path if "site-packages" not in p] + [told["task"], *told["layers"]]
for path in told["handlers"]:
    module, _, name = path.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name)), path
foreign = [m.__name__ for m in list(sys.modules.values()) if "site-packages" in (getattr(m, "__file__", None) or "")]
assert not foreign, foreign
print("loaded", len(told["handlers"]))
"""


def handlers(module: Module) -> list[str]:
    """Every function that a module's package is deployed as."""
    workers = [*module.consumers, *module.queues, *module.schedules, *module.pool_triggers]
    return [module.handler, *(w.handler for w in workers)]


@pytest.mark.slow
@pytest.mark.parametrize("module", modules(), ids=lambda m: m.name)
def test_every_handler_loads_with_its_layers_alone(module: Module, here: Builder, tmp_path: Path) -> None:
    own = here.module_layer(module)
    _unpacked([here.function(module)], tmp_path / "task")
    _unpacked([here.base_layer(), here.project_layer(), *([own] if own else [])], tmp_path / "opt")
    told = {"task": str(tmp_path / "task"), "layers": [str(tmp_path / "opt" / "python")], "handlers": handlers(module)}
    command = [sys.executable, "-I", "-S", "-c", _LOAD, json.dumps(told)]
    env = {"PATH": os.defpath, "TABLE_NAME": "homeroom", "AWS_REGION": "eu-central-1"}
    done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith("loaded")


_SET = """
import sys
from datetime import UTC, datetime
from pathlib import Path
sys.path[:] = [p for p in sys.path if "site-packages" not in p] + [sys.argv[1], sys.argv[2]]
from decimal import Decimal
from functions.fees.receipts import document, words
content = {
    "title": "R", "language": "en", "school": {"name": "विद्या", "lines": []}, "header": "", "footer": "", "heading": "R", "stamp": None,
    "facts": [["Words", words.in_words(Decimal("1.50"), "INR", "hi-IN")]], "columns": ["Student"], "amount_label": "Amount",
    "rows": [["王小明", "1.00"]], "total_label": "Total", "total": "1.00", "after": [], "notes": [], "verify_label": "", "address": "https://a.example/b",
    "code_label": "", "code": "A",
}
Path(sys.argv[3]).write_bytes(document.pdf(content, datetime(2026, 11, 4, tzinfo=UTC)))
"""


@pytest.mark.slow
def test_a_document_is_set_with_the_layers_alone_and_no_font_of_the_machine(here: Builder, tmp_path: Path) -> None:
    fees = next(module for module in modules() if module.name == "fees")
    own = here.module_layer(fees)
    assert own is not None
    _unpacked([here.function(fees)], tmp_path / "task")
    _unpacked([here.base_layer(), here.project_layer(), own], tmp_path / "opt")
    paths = [str(tmp_path / "task"), str(tmp_path / "opt" / "python"), str(tmp_path / "made.pdf")]
    command = [sys.executable, "-I", "-S", "-c", _SET, *paths]
    done = subprocess.run(command, env={"PATH": os.defpath}, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    made = (tmp_path / "made.pdf").read_bytes()
    assert all(name in made for name in (b"NotoSans-Regular", b"NotoSansSC"))


def test_the_layer_describes_every_service_that_the_code_has_a_client_for() -> None:
    sources = [p.read_text(encoding="utf-8") for folder in ("functions", "shared") for p in (ROOT / folder).rglob("*.py")]
    used = {name for text in sources for name in re.findall(r"\bclient\(\s*[\"']([a-z0-9-]+)[\"']", text)}
    assert "dynamodb" in used
    assert used <= BOTOCORE_SERVICES


def test_the_store_forgets_what_is_old(tmp_path: Path) -> None:
    builder = Builder("arm64", (), out=tmp_path)
    old, new = tmp_path / "old-1.zip", tmp_path / "new-1.zip"
    for path in (old, new):
        path.touch()
    os.utime(old, (1, 1))
    builder._forget_old()
    assert [p.name for p in tmp_path.iterdir()] == ["new-1.zip"]
