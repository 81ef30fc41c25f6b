"""What importing costs, what it shows, and what the type check sees of it."""

import ast
import functools
import importlib
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "constructs_lib"

WITHOUT_IMPORT = {f"aws_cdk.{name}" for name in ("_jsii", "cloud_assembly_schema", "cx_api", "interfaces")}
"""Modules of the CDK that the types of others are built on."""


def test_importing_them_starts_neither_node_nor_boto3() -> None:
    """One after the other in one process: the first line with more than a name has the culprit."""
    names = ["", ".analysis", ".local", ".cli", ".client", ".testing", ".cli.prove", ".cli.up", ".console", ".verified"]
    modules = [f"constructs_lib{name}" for name in names]
    heavy = "{'aws_cdk', 'jsii', 'boto3'} & {*sys.modules}"
    code = f"import sys, importlib\nfor name in {modules}: importlib.import_module(name); print(name, *sorted({heavy}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == modules


def test_the_type_check_follows_every_cdk_module_that_is_imported() -> None:
    """One that it did not follow would be `Any`, which fits everywhere."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    [followed] = [each["module"] for each in settings["overrides"] if each.get("follow_imports") == "normal"]
    places = [ROOT / name for name in settings["files"]]
    files = [path for place in places for path in ([place] if place.is_file() else _sources(place))]
    used = {name for path in files for name in _cdk_modules(path)}
    assert used <= {name.removesuffix(".*") for name in followed}
    assert {name.removesuffix(".*") for name in followed} - used <= WITHOUT_IMPORT


def _sources(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = set(folders) - {"node_modules", "__pycache__"}
        yield from (Path(parent, file) for file in files if file.endswith(".py"))


def _cdk_modules(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)) if "aws_cdk" in text else ():
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] == "aws_cdk")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "aws_cdk":
            yield str(node.module)
            yield from (f"aws_cdk.{alias.name}" for alias in node.names if _is_cdk_module(f"aws_cdk.{alias.name}"))


@functools.cache
def _is_cdk_module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def test_what_runs_in_lambda_imports_nothing_of_ours() -> None:
    ours = re.compile(r"^\s*(from|import) constructs_lib", re.MULTILINE)
    sources = [*(ROOT / "lambda_src").rglob("*.py")]
    assert sources
    assert [path for path in sources if ours.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(("name", "package"), [("Auth", "auth"), ("allow", "access"), ("ClientConfig", "client")])
def test_a_name_that_is_imported_from_the_root_is_refused_with_its_package(name: str, package: str) -> None:
    with pytest.raises(ImportError, match=rf"constructs_lib has no {name}; import it from constructs_lib\.{package}$"):
        exec(f"from constructs_lib import {name}")  # noqa: S102 - as a user writes it
    with pytest.raises(ImportError, match="cannot import name 'Nothing'"):
        exec("from constructs_lib import Nothing")  # noqa: S102 - as a user writes it


@pytest.mark.parametrize("package", sorted(path.parent.name for path in LIBRARY.glob("*/__init__.py")))
def test_a_package_says_its_public_names(package: str) -> None:
    module = importlib.import_module(f"constructs_lib.{package}")
    assert module.__doc__
    assert module.__all__
    assert all(hasattr(module, name) for name in module.__all__)
