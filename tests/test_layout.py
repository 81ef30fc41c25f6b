"""Tests mirror the tree: the tests of a folder are in the folder of the same name below `tests`."""

from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent
ROOT: Final = TESTS.parent
OTHERS: Final = {
    "analysis/generated": "templates made from the action data, asked of every part of the analysis",
    "budgets": "numbers that a change must not raise: calls to Node, resources and bytes of templates",
    "end_to_end": "a whole app on the local cloud, from `cdk deploy` to its users",
    "precedents": "templates of others that have the properties which this library writes",
    "local/damage": "one catalogue of damage to a local cloud, and what `up` does after each",
    "mistakes": "one catalogue of wrong input for every construct",
    "upgrade": "a stack of an earlier release, updated to this one",
    "web": "pages in a real browser against the local cloud",
}
"""Folders of tests that belong to no folder of the tree, with the reason."""


def _folders() -> set[str]:
    return {path.parent.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py")} - {"."}


def test_each_folder_of_tests_is_a_folder_of_the_tree_or_has_a_reason() -> None:
    mirrored = {each for each in _folders() if any((base / each).is_dir() for base in (ROOT / "constructs_lib", ROOT))}
    assert _folders() - mirrored == set(OTHERS)


def test_each_package_has_a_folder_of_tests() -> None:
    packages = {path.parent.name for path in (ROOT / "constructs_lib").glob("*/__init__.py")}
    assert packages - {each.split("/")[0] for each in _folders()} == set()
