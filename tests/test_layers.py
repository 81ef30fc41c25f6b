"""Who imports whom: exactly what is written down here, and nothing in a circle. Imports for types count as all others.

One way, so that the proof can catch the compiler, the analysis needs no Node, and each package can be read without
those that stand on it.
"""

import ast
import functools
import graphlib
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

import grimp
import pytest

ROOT: Final = Path(__file__).parents[1]
LIBRARY: Final = ROOT / "constructs_lib"
EVALUATOR: Final = "constructs_lib.analysis.iam.evaluator"
COMPARISONS: Final = "constructs_lib.analysis.iam.comparisons"
CDK: Final = frozenset({"aws_cdk", "constructs", "jsii"})

IMPORTS: Final[Mapping[str, Collection[str]]] = {
    "access": {"actions", "argument_checks", "cdk_tokens", "duplicates", "function_wrappers", "resource_limits"},
    "actions": set(),
    "analysis": {
        "actions", "aws_sessions", "channel_handlers", "guests", "managed_policies", "ownership_metadata",
        "pool_fingerprint",
    },
    "any_service": {"access", "guests"},
    "api": {
        "access", "argument_checks", "auth", "cdk_tokens", "cors_origins", "duplicates", "functions",
        "host_names", "invocation_paths", "ownership_metadata", "resource_cycles", "stack_cycles", "web_acls",
    },
    "aws_sessions": set(),
    "argument_checks": {"type_checks", "type_hints"},
    "auth": {
        "access", "any_service", "argument_checks", "cdk_tokens", "duplicates", "function_wrappers",
        "functions", "guests", "host_names", "invocation_paths", "key_policies", "log_buckets", "ownership_metadata",
        "pool_fingerprint", "regions", "resource_cycles", "resource_limits", "resource_properties", "stack_cycles",
        "web_acls",
    },
    "cdk_tokens": set(),
    "cdn": {
        "access", "actions", "api", "argument_checks", "auth", "cloudfront_names", "cors_origins",
        "functions", "invocation_paths", "log_buckets", "storage", "web_acls",
    },
    "channel_handlers": set(),
    "channels": {"access", "actions", "argument_checks", "auth", "channel_handlers", "ownership_metadata"},
    "cli": {
        "analysis", "aws_sessions", "client", "console", "explain", "local", "permissions", "proxies", "starters",
        "story", "verify",
    },
    "client": {"access", "argument_checks", "auth", "channels", "proxies", "resource_properties", "storage"},
    "cloudfront_names": {"cdk_tokens", "host_names"},
    "console": {"analysis", "client", "explain", "local"},
    "cors_origins": {"cdk_tokens"},
    "cross_stack": set(),
    "database": {
        "access", "actions", "argument_checks", "auth", "cdk_tokens", "cross_stack", "dead_letter_queues", "duplicates",
        "declared_places", "existing_resources", "function_wrappers", "functions", "invocation_paths", "key_policies",
        "regions", "resource_limits", "rule_conflicts",
    },
    "dead_letter_queues": set(),
    "declared_places": {"ownership_metadata"},
    "deploying": {"analysis", "argument_checks", "permissions"},
    "duplicates": set(),
    "ephemeral": {"access", "api", "auth", "client", "database", "functions", "hosting", "starters", "storage"},
    "existing_resources": set(),
    "explain": {"analysis", "testing"},
    "function_wrappers": set(),
    "functions": {
        "access", "argument_checks", "auth", "cdk_tokens", "cors_origins", "duplicates", "existing_resources",
        "invocation_paths", "key_policies", "proxies", "resource_cycles", "resource_limits", "stack_cycles",
    },
    "guests": set(),
    "host_names": {"cdk_tokens"},
    "hosting": {
        "argument_checks", "cdk_tokens", "cloudfront_names", "log_buckets", "resource_cycles", "stack_cycles",
        "web_acls",
    },
    "invocation_paths": set(),
    "key_policies": set(),
    "local": {"argument_checks", "proxies"},
    "log_buckets": {"key_policies", "resource_properties"},
    "managed_policies": set(),
    "memberships": {"access", "api", "argument_checks", "auth", "cors_origins", "functions"},
    "ownership_metadata": set(),
    "permissions": {"analysis"},
    "pool_fingerprint": set(),
    "proxies": set(),
    "regions": {"cdk_tokens"},
    "resource_cycles": {"resource_properties"},
    "resource_limits": {"cdk_tokens"},
    "resource_properties": set(),
    "rule_conflicts": {"cdk_tokens"},
    "services": {"access", "api", "argument_checks", "auth", "cdk_tokens", "host_names", "log_buckets"},
    "sharing": {"access", "argument_checks", "auth", "database", "function_wrappers", "functions", "storage"},
    "stack_cycles": {"cdk_tokens"},
    "starters": {"argument_checks"},
    "storage": {
        "access", "actions", "argument_checks", "auth", "cdk_tokens", "cors_origins", "cross_stack",
        "dead_letter_queues", "declared_places", "existing_resources", "function_wrappers", "functions",
        "invocation_paths", "key_policies", "log_buckets", "resource_limits", "rule_conflicts", "stack_cycles",
    },
    "story": {"client", "local"},
    "testing": {"analysis", "argument_checks", "pool_fingerprint"},
    "type_checks": set(),
    "type_hints": set(),
    "validation": {"analysis", "argument_checks"},
    "verified": {"argument_checks"},
    "verify": {"analysis", "aws_sessions", "client", "local", "permissions", "story"},
    "web_acls": {"cdk_tokens", "resource_limits"},
}  # fmt: skip
"""What each package and module of the library imports of the others."""

CIRCULAR: Final[Mapping[tuple[str, str], str]] = {
    ("constructs_lib.auth", "constructs_lib.auth.built_in_triggers"): "built-in triggers are a public part of auth",
    ("constructs_lib.auth.new_pools", "constructs_lib.auth.built_in_triggers"): "a new pool may need one of them",
}
"""Imports that close a circle, each with its reason.

Built-in triggers are functions, and functions name the Auth whose callers may invoke them: for their types alone.
"""

WITHOUT_CDK: Final = (
    "analysis",
    "cli",
    "console",
    "explain",
    "local",
    "permissions",
    "starters",
    "story",
    "testing",
    "verified",
    "verify",
)
"""Packages that must start without Node. A module of theirs may still name the CDK's types."""

BY_TEXT: Final = {
    "constructs_lib/analysis/model/kinds/__init__.py",
    "constructs_lib/auth/__init__.py",
    "constructs_lib/cli/main.py",
    "constructs_lib/cli/needed_modules.py",
    "constructs_lib/client/__init__.py",
    "constructs_lib/type_hints.py",
    "constructs_lib/validation/cloudformation.py",
    "constructs_lib/verify/checks.py",
}
"""Files that import what a text names, which no graph shows: modules of their own package, or what is asked of them."""


@functools.cache
def graph(*, types: bool) -> grimp.ImportGraph:
    """Return who imports whom, with or without the imports for types; read by the one worker that asks."""
    return grimp.build_graph(
        "constructs_lib",
        "stacks",
        include_external_packages=True,
        exclude_type_checking_imports=not types,
        cache_dir=None,
    )


def package_of(module: str) -> str:
    return module.split(".")[1]


def modules_of(package: str) -> set[str]:
    return {f"constructs_lib.{package}", *graph(types=True).find_descendants(f"constructs_lib.{package}")}


def imported(package: str, imports: grimp.ImportGraph) -> Iterator[tuple[str, str]]:
    """Yield what the modules of a package import, each with the module."""
    for module in sorted(modules_of(package)):
        yield from ((module, name) for name in sorted(imports.find_modules_directly_imported_by(module)))


def circle(imports: Mapping[str, Collection[str]]) -> list[str]:
    """Return what imports itself by way of others, in order; nothing where nothing does."""
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def of_modules(left_out: Collection[tuple[str, str]]) -> dict[str, set[str]]:
    """Return what each module imports, but for some imports."""
    return {
        module: {
            each
            for each in graph(types=True).find_modules_directly_imported_by(module)
            if (module, each) not in left_out
        }
        for module in graph(types=True).modules
    }


@pytest.mark.parametrize("package", IMPORTS)
def test_a_package_imports_exactly_what_is_written_down(package: str) -> None:
    """One import more is a decision to be made here; one that is gone leaves the list."""
    found = {
        package_of(name) for _, name in imported(package, graph(types=True)) if name.startswith("constructs_lib.")
    } - {package}
    assert found == IMPORTS[package]


def test_every_package_and_module_is_listed() -> None:
    assert {package_of(each) for each in graph(types=True).find_children("constructs_lib")} == set(IMPORTS)


def test_no_module_imports_itself_in_a_circle() -> None:
    assert circle(of_modules(left_out=CIRCULAR)) == []


@pytest.mark.parametrize("import_", CIRCULAR)
def test_a_circle_that_is_declared_is_one(import_: tuple[str, str]) -> None:
    assert circle(of_modules(left_out=set(CIRCULAR) - {import_})) != []


def test_no_package_stands_above_one_that_imports_it() -> None:
    below = {package: {*names} for package, names in IMPORTS.items()}
    below["auth"].remove("functions")  # as CIRCULAR says
    assert circle(below) == []


def test_no_folder_of_the_analysis_stands_above_one_that_imports_it() -> None:
    assert graph(types=True).nominate_cycle_breakers("constructs_lib.analysis") == set()


def test_a_circle_of_several_modules_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) != []
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


IMPORTING: Final = re.compile("import_module|__import__")


def test_only_these_files_import_by_a_text() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in LIBRARY.rglob("*.py")
        if IMPORTING.search(text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__"))
    }
    assert found == BY_TEXT


@pytest.mark.parametrize("package", WITHOUT_CDK)
def test_a_package_that_must_start_without_node_imports_no_cdk(package: str) -> None:
    assert [(module, name) for module, name in imported(package, graph(types=False)) if name in CDK] == []


def test_the_evaluator_that_replays_shares_no_code_with_the_engines() -> None:
    """It reads policies as values, and nobody has anything of it but its answers."""
    ours = {
        each
        for module in (EVALUATOR, COMPARISONS)
        for each in graph(types=False).find_modules_directly_imported_by(module)
        if each.startswith("constructs_lib")
    }
    assert ours == {COMPARISONS, "constructs_lib.analysis.iam.requests", "constructs_lib.analysis.template.atoms"}
    assert graph(types=True).find_modules_that_directly_import(COMPARISONS) == {EVALUATOR}
    asking = graph(types=True).find_modules_that_directly_import(EVALUATOR)
    lines = {
        detail["line_contents"]
        for module in asking
        for detail in graph(types=True).get_import_details(importer=module, imported=EVALUATOR)
    }
    assert lines == {f"from {EVALUATOR} import evaluate"}
    # The first engine asks it whether a guessed attack is one; no proof rests on the answer.
    engines = {module for module in asking if module.startswith("constructs_lib.analysis.engine.")}
    assert engines == {"constructs_lib.analysis.engine.automata_engine"}


def test_the_console_decides_no_access_by_itself() -> None:
    """It asks `explain` and the reports: it neither evaluates a policy nor matches one."""
    inside = {
        name for _, name in imported("console", graph(types=True)) if name.startswith("constructs_lib.analysis.iam")
    }
    assert inside <= {"constructs_lib.analysis.iam.arns"}
