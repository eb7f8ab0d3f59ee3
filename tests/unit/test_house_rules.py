"""Each rule of the house finds what breaks it, and nothing in what does not."""

import ast
from pathlib import Path

import pytest

from tools import house_rules
from tools.house_rules import File


def source(text: str, path: str = "functions/fees/service.py") -> File:
    return File(path, text, ast.parse(text))


def found(rule, text: str, path: str = "functions/fees/service.py") -> list[int]:
    return [f.line for f in rule(source(text, path))]


LONG = "def f():\n" + "    x = 1\n" * 41


def test_a_function_of_more_than_forty_lines_is_found_its_docstring_aside():
    assert found(house_rules.sizes, LONG) == [1]
    assert found(house_rules.sizes, "def f():\n" + '    """One\n\n    two."""\n' + "    x = 1\n" * 40) == []


def test_a_file_of_more_than_three_hundred_lines_is_found():
    assert found(house_rules.sizes, "x = 1\n" * 301) == [300]
    assert found(house_rules.sizes, "x = 1\n" * 300) == []


def test_sizes_are_no_matter_in_tests():
    assert found(house_rules.sizes, LONG, "tests/unit/test_x.py") == []


@pytest.mark.parametrize("text", ["table.scan()", "Student.scan(limit=1)", "allowed = ['Scan']", "x = 'dynamodb:Scan'"])
def test_a_scan_is_found(text):
    assert found(house_rules.scans, text) == [1]


def test_the_word_scan_in_a_text_is_no_scan():
    assert found(house_rules.scans, '"""Never a Scan here."""\nx = "scanner"') == []


@pytest.mark.parametrize(
    "text",
    [
        "import os\nX = os.environ['A']",
        "import os\nX = os.getenv('A')",
        "import os\ndef f(x=os.environ): ...",
        "import os\nclass A:\n    x = os.environ.get('A')",
        "from shared.settings import settings\nTABLE = settings().table",
    ],
)
def test_an_environment_read_at_import_is_found(text):
    assert found(house_rules.environment, text)


def test_an_environment_read_inside_a_function_is_right():
    assert found(house_rules.environment, "import os\ndef f():\n    return os.environ['A']\ng = lambda: os.getenv('A')") == []


@pytest.mark.parametrize(
    "text", ["from functions.students import service", "import functions.students.service", "from functions import students"]
)
def test_an_import_of_another_module_is_found_also_inside_a_function(text):
    assert found(house_rules.imports, f"def f():\n    {text}") == [2]


def test_a_module_imports_itself_and_shared_code():
    assert found(house_rules.imports, "from functions.fees import rules\nfrom shared import clock") == []


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # " + "noqa",
        "x = 1  # " + "noqa: S101",
        "x = 1  # " + "type: ignore",
        "x = 1  # " + "type: ignore[misc]",
        "x = 1  # " + "pragma: no cover",
        "import pytest\npytest.skip()",
        "import pytest\n@pytest.mark.skipif(True)\ndef test(): ...",
    ],
)
def test_a_suppression_without_a_reason_is_found(line):
    assert found(house_rules.reasons, line)


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # " + "noqa: S101 - asserts are for tests",
        "x = 1  # " + "noqa: PLR0913, S101 - a query has this many knobs",
        "x = 1  # " + "type: ignore[misc]  # the library has no types",
        "import pytest\npytest.skip('no engine here')",
        "import pytest\n@pytest.mark.skipif(True, reason='no engine here')\ndef test(): ...",
    ],
)
def test_a_suppression_with_its_reason_is_right(line):
    assert found(house_rules.reasons, line) == []


def module(root: Path, *files: str) -> Path:
    folder = root / "functions" / "fees"
    folder.mkdir(parents=True)
    for name in ("__init__", *files):
        (folder / f"{name}.py").write_text("")
    return root


def test_a_module_without_one_of_the_common_files_is_found(tmp_path):
    root = module(tmp_path, "handler", "module", "routes", "service")
    assert [f.text for f in house_rules.names(root)] == ["schemas.py is missing"]


def test_another_name_for_a_common_file_and_a_grab_bag_are_found(tmp_path):
    root = module(tmp_path, "handler", "module", "routes", "schemas", "service", "controllers", "utils", "receipts")
    assert [f.path.rpartition("/")[2] for f in house_rules.names(root)] == ["controllers.py", "utils.py"]


def test_a_finding_ends_the_command_with_1_and_is_one_line():
    said: list[str] = []
    assert house_rules.main(said.append, [house_rules.Finding("a.py", 3, "is wrong")]) == 1
    assert said == ["a.py:3: is wrong\n"]
    assert house_rules.main(said.append, []) == 0
