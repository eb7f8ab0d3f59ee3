"""`make module` writes a module that imports, declares its routes and passes the linters."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools import new_module

ROOT = Path(__file__).resolve().parents[2]
USE = """
import sys, functions, shared.entities
functions.__path__.append(sys.argv[1] + "/functions")
shared.entities.__path__.append(sys.argv[1] + "/shared/entities")
from functions.hostel.handler import lambda_handler
from functions.hostel.routes import router
from functions.hostel import service
from shared.http.endpoint import signature_of
assert callable(lambda_handler) and callable(service.create_dorm_room)
print(*sorted(f"{r.method} {r.path} {len(signature_of(r).path)}" for r in router.routes), sep="\\n")
"""


def test_a_new_module_imports_and_declares_five_routes(tmp_path):
    assert new_module.main(["name=hostel", "entity=dorm_room"], tmp_path) == 0
    done = subprocess.run([sys.executable, "-c", USE, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:5] == [
        "DELETE /api/hostel/<dorm_room_id> 1",
        "GET /api/hostel 0",
        "GET /api/hostel/<dorm_room_id> 1",
        "POST /api/hostel 0",
        "PUT /api/hostel/<dorm_room_id> 1",
    ]
    config = ["--config", str(ROOT / "pyproject.toml")]
    for check in (["check", "--ignore", "I001"], ["format", "--check"]):
        ruff = subprocess.run(
            [sys.executable, "-m", "ruff", *check, *config, str(tmp_path / "functions"), str(tmp_path / "shared")],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert ruff.returncode == 0, ruff.stdout


@pytest.mark.parametrize("wrong", [["name=Hostel", "entity=room"], ["name=hostel"], ["entity=room"], ["name=a b", "entity=room"], []])
def test_a_wrong_name_is_one_line(tmp_path, capsys, wrong):
    assert new_module.main(wrong, tmp_path) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_folder_that_is_there_is_left_alone(tmp_path):
    assert new_module.main(["name=hostel", "entity=room"], tmp_path) == 0
    assert new_module.main(["name=hostel", "entity=room"], tmp_path) == 1
