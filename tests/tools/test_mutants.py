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
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]


def test_what_is_mutated_and_what_tests_it_exist() -> None:
    named = [*SETTINGS["only_mutate"], *SETTINGS["pytest_add_cli_args_test_selection"], *SETTINGS["also_copy"]]
    assert [name for name in [*named, SETTINGS["preload_modules_file"]] if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    ("module", "tests"),
    [
        ("constructs_lib/access/folders", ["tests/access/test_folders.py", "tests/access"]),
        ("constructs_lib/analysis/proof/role_callers", ["tests/analysis/proof"]),
        ("lambda_src/caller", ["tests/lambda_src/test_caller.py", "tests/lambda_src"]),
    ],
)
def test_a_survivor_is_run_again_with_the_modules_own_tests_and_all_of_the_mirrored_folder(
    module: str, tests: list[str]
) -> None:
    assert [each.as_posix() for each in mutants.tests_of(module)] == tests


def test_tests_that_fail_without_a_mutant_are_an_error_and_kill_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "MUTANTS", ROOT / "tests")
    with pytest.raises(SystemExit, match="without a mutant"):
        mutants._check_unchanged(Path("nothing_here"))


@pytest.mark.parametrize("module", SETTINGS["only_mutate"])
def test_every_module_that_is_mutated_has_a_folder_of_tests_of_its_own(module: str) -> None:
    assert Path("tests") not in mutants.tests_of(module.removesuffix(".py"))
