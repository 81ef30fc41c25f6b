"""Who may import whom: one way, so that the proof can catch the compiler and the analysis needs no Node."""

import ast
import functools
import importlib
import importlib.util
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "constructs_lib"
CDK = {"aws_cdk", "constructs", "jsii"}

CONSTRUCTS = {
    "access",
    "actions",
    "argument_checks",
    "channel_handlers",
    "resource_cycles",
    "cloudfront_names",
    "invocation_paths",
    "guests",
    "pool_fingerprint",
    "key_policies",
    "log_buckets",
    "rule_conflicts",
    "cors_origins",
    "ownership_metadata",
    "cross_stack",
    "regions",
    "duplicates",
    "function_wrappers",
    "resource_limits",
    "stack_cycles",
    "cdk_tokens",
    "web_acls",
}
ALLOWED: dict[str, set[str]] = {
    "access": {"actions", "argument_checks", "duplicates", "function_wrappers", "resource_limits", "cdk_tokens"},
    "analysis": {"actions", "channel_handlers", "guests", "pool_fingerprint", "managed_policies", "ownership_metadata"},
    "managed_policies": set(),
    "local": {"argument_checks", "proxies"},
    "any_service": {"access", "guests"},
    "auth": CONSTRUCTS | {"any_service", "functions"},
    "channels": CONSTRUCTS | {"auth"},
    "services": CONSTRUCTS | {"api", "auth"},
    "sharing": {"access", "argument_checks", "database", "function_wrappers"},
    "storage": CONSTRUCTS | {"auth", "functions"},
    "database": CONSTRUCTS | {"auth", "functions"},
    "functions": CONSTRUCTS | {"proxies"},
    "api": CONSTRUCTS | {"auth", "functions"},
    "hosting": CONSTRUCTS | {"client"},
    "cdn": CONSTRUCTS | {"api", "auth", "functions", "storage"},
    "memberships": CONSTRUCTS | {"api", "auth", "functions"},
    "client": CONSTRUCTS | {"auth", "storage", "database", "api", "local", "proxies"},
    "console": {"analysis", "client", "explain", "local"},
    "explain": {"analysis", "testing"},
    "starters": {"argument_checks"},
    "validation": {"analysis", "argument_checks"},
    "verified": {"argument_checks"},
    "testing": {"actions", "analysis", "argument_checks", "pool_fingerprint"},
    "story": {"client", "local"},
    "permissions": {"analysis"},
    "deploying": {"analysis", "argument_checks", "permissions"},
    "ephemeral": CONSTRUCTS | {"api", "auth", "client", "database", "functions", "starters", "storage"},
    "verify": {"analysis", "client", "local", "permissions", "story"},
    "cli": {
        "actions",
        "analysis",
        "client",
        "console",
        "explain",
        "local",
        "proxies",
        "permissions",
        "starters",
        "story",
        "testing",
        "verify",
    },
}
"""Which packages and modules of ours each package may import, besides itself."""

WITHOUT_IMPORT = {f"aws_cdk.{name}" for name in ("_jsii", "cloud_assembly_schema", "cx_api", "interfaces")}
"""Modules of the CDK that the types of others are built on."""

WITHOUT_CDK = (
    "analysis",
    "console",
    "explain",
    "local",
    "permissions",
    "starters",
    "testing",
    "story",
    "cli",
    "verified",
    "verify",
)


def modules(package: str) -> Iterator[Path]:
    return (LIBRARY / package).rglob("*.py")


@functools.cache
def imported(path: Path) -> set[str]:
    """Return the modules a file imports at run time; imports for types alone do not count."""
    found: set[str] = set()
    skipped: set[ast.AST] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            skipped |= {each for child in node.body for each in ast.walk(child)}
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


@pytest.mark.parametrize("package", ALLOWED)
def test_a_package_imports_only_what_it_may(package: str) -> None:
    reached = {
        (path.relative_to(ROOT).as_posix(), name.split(".")[1])
        for path in modules(package)
        for name in imported(path)
        if name.startswith("constructs_lib.")
    }
    wrong = {(path, name) for path, name in reached if name not in ALLOWED[package] | {package}}
    assert wrong == set()


def _from(path: Path, module: str) -> set[str]:
    """Return the names that a file imports from a module at run time."""
    return {
        alias.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == module
        for alias in node.names
    }


def test_every_import_names_a_module_that_exists() -> None:
    """A renamed module fails here at once, and not in the slow test that first loads the import inside a function."""
    there = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in LIBRARY.rglob("*.py")}
    there |= {name.removesuffix(".__init__") for name in there}
    files = [*LIBRARY.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").glob("*.py")]
    named = {(path, name) for path in files for name in imported(path) if name.startswith("constructs_lib.")}
    assert {(path.relative_to(ROOT).as_posix(), name) for path, name in named if name not in there} == set()


def test_the_evaluator_that_replays_shares_no_code_with_the_engines() -> None:
    """It reads policies as values, and nobody has anything of it but its answers."""
    inside = LIBRARY / "analysis"
    evaluator = "constructs_lib.analysis.iam.evaluator"
    ours = {name for name in imported(inside / "iam/evaluator.py") if name.startswith("constructs_lib")}
    assert ours == {"constructs_lib.analysis.iam.requests", "constructs_lib.analysis.template.intrinsics"}
    for path in LIBRARY.rglob("*.py"):
        assert evaluator not in imported(path) or _from(path, evaluator) <= {"evaluate"}, path
    asking = {path.name for path in (inside / "engine").glob("*.py") if evaluator in imported(path)}
    # The first engine asks it whether a guessed attack is one; no proof rests on the answer.
    assert asking == {"automata_engine.py"}


def test_every_package_is_listed() -> None:
    assert {path.parent.name for path in LIBRARY.glob("*/__init__.py")} == set(ALLOWED)


@pytest.mark.parametrize("package", WITHOUT_CDK)
def test_a_package_that_must_start_without_node_imports_no_cdk(package: str) -> None:
    wrong = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in modules(package)
        for name in imported(path)
        if name.split(".")[0] in CDK
    }
    assert wrong == set()


def test_importing_them_starts_neither_node_nor_boto3() -> None:
    """One after the other in one process: the first line with more than a name has the culprit."""
    names = ["", ".analysis", ".local", ".cli", ".client", ".testing", ".cli.prove", ".cli.up", ".console", ".verified"]
    modules = [f"constructs_lib{name}" for name in names]
    heavy = "{'aws_cdk', 'jsii', 'boto3'} & {*sys.modules}"
    code = f"import sys, importlib\nfor name in {modules}: importlib.import_module(name); print(name, *sorted({heavy}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == modules


def test_the_console_decides_no_access_by_itself() -> None:
    """It asks `explain` and the reports: it neither evaluates a policy nor matches one."""
    inside = {name for path in modules("console") for name in imported(path) if "analysis" in name}
    assert not {name for name in inside if name.startswith("constructs_lib.analysis.iam.")} - {
        "constructs_lib.analysis.iam.arns"
    }


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
    wrong = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "lambda_src").rglob("*.py")
        for name in imported(path)
        if name.startswith("constructs_lib")
    }
    assert wrong == set()


@pytest.mark.parametrize("package", sorted(set(ALLOWED) - {"cli"}))
def test_a_package_says_its_public_names(package: str) -> None:
    module = importlib.import_module(f"constructs_lib.{package}")
    assert module.__doc__
    assert module.__all__
    assert all(hasattr(module, name) for name in module.__all__)
