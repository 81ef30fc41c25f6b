"""`make mutants` is about files that exist, and asks survivors the tests that mirror their module."""

import importlib.util
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("mutants", ROOT / "tools" / "mutants.py")
assert SPEC
assert SPEC.loader
mutants = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(mutants)
COPY = {
    "mutmut-stats.json": '{"tests_by_mangled_function_name": {}, "duration_by_test": {}}',
    "pyproject.toml": "[tool.pytest.ini_options]\nmarkers = ['slow']\n",
    "limits.py": """
import functools, os

@functools.cache
def allowed(number):
    return number < {"limits.x_allowed__mutmut_1": 4}.get(os.environ["MUTANT_UNDER_TEST"], 3)
""",
    "tests/lambda_src/test_limits.py": """
from limits import allowed

def test_two_is_allowed():
    assert allowed(2)

def test_three_is_too_much():
    assert not allowed(3)
""",
}
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]


def test_what_is_mutated_and_what_tests_it_exist() -> None:
    named = [*SETTINGS["only_mutate"], *SETTINGS["pytest_add_cli_args_test_selection"], *SETTINGS["also_copy"]]
    assert [name for name in [*named, SETTINGS["preload_modules_file"]] if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    ("module", "tests"),
    [
        ("constructs_lib/access/folders", ["tests/access/test_folders.py", "tests/access"]),
        ("constructs_lib/access/nothing", ["tests/access"]),
        ("lambda_src/caller", ["tests/lambda_src/test_caller.py", "tests/lambda_src"]),
    ],
)
def test_a_survivor_is_run_again_with_the_modules_own_tests_and_all_of_the_mirrored_folder(
    module: str, tests: list[str]
) -> None:
    assert [each.as_posix() for each in mutants.tests_of(module)] == tests


def found(folder: Path, module: str, names: list[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(mutants, "MUTANTS", folder)
    waiting = [mutants.Mutant(module, f"lambda_src.limits.x_allowed__mutmut_{name}", "") for name in names]
    return {each.name[-1]: test for each, test in mutants.run(module, waiting)}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Make a folder as mutmut does, with a function that has a mutant that allows more and one that does not."""
    for file, text in COPY.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_mutant_is_noticed_by_the_first_test_that_fails_and_its_answers_are_not_remembered(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noticed = "tests/lambda_src/test_limits.py::test_three_is_too_much"
    assert found(copy, "lambda_src/limits", ["1", "2", "1"], monkeypatch) == {"1": noticed, "2": ""}


LOOPING = """
import os
import limits

runs = []

def test_that_waits():
    limits.allowed(2)
    runs.append(os.environ["MUTANT_UNDER_TEST"])
    try:
        while WAITS:
            pass
    except Exception:
        pass  # what is tested may handle errors
"""


@pytest.mark.parametrize(
    ("waits", "noticed"),
    [
        ("runs[-1] == 'limits.x_allowed__mutmut_1'", True),
        # By chance, in the first run with the mutant: the third, after one without and one with another.
        ("len(runs) == 3", False),
    ],
)
def test_a_test_that_takes_too_long_notices_a_mutant_only_if_it_ends_without_and_not_again_with_it(
    copy: Path, monkeypatch: pytest.MonkeyPatch, waits: str, noticed: bool
) -> None:
    monkeypatch.setattr(mutants, "SECONDS", 1)
    file = copy / "tests" / "lambda_src" / "test_limits.py"
    file.write_text(LOOPING.replace("WAITS", waits), encoding="utf-8")
    test = "tests/lambda_src/test_limits.py::test_that_waits"
    assert found(copy, "lambda_src/limits", ["2", "1"], monkeypatch) == {"2": "", "1": test if noticed else ""}


def test_a_test_that_takes_too_long_without_a_mutant_too_notices_none(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutants, "SECONDS", 1)
    (copy / "tests" / "lambda_src" / "test_limits.py").write_text(
        LOOPING.replace("WAITS", "len(runs) in {2, 3}"), encoding="utf-8"
    )
    with pytest.raises(RuntimeError, match="ended without a result"):
        found(copy, "lambda_src/limits", ["1"], monkeypatch)


def test_tests_that_fail_without_a_mutant_are_an_error_and_notice_nothing(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (copy / "tests" / "lambda_src" / "test_limits.py").write_text(
        "import limits\n\ndef test_nothing():\n    assert False\n", encoding="utf-8"
    )
    with pytest.raises(RuntimeError, match="fails without a mutant"):
        found(copy, "lambda_src/limits", ["1"], monkeypatch)


def test_a_library_without_the_mutants_is_an_error(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (copy / "tests" / "lambda_src" / "test_limits.py").write_text("import json\n\ndef test_it():\n    pass\n")
    with pytest.raises(RuntimeError, match="not its copy"):
        found(copy, "lambda_src/json", ["1"], monkeypatch)


@pytest.mark.parametrize("module", SETTINGS["only_mutate"])
def test_every_module_that_is_mutated_has_a_folder_of_tests_of_its_own(module: str) -> None:
    assert Path("tests") not in mutants.tests_of(module.removesuffix(".py"))
