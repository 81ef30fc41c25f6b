"""How much a synth may ask of Node, and how much it may write: a slip of either shows here, before anyone waits."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from aws_cdk import App, Stack

from constructs_lib.access import allow
from constructs_lib.api import Api, Route
from constructs_lib.auth import Auth, Group
from constructs_lib.database import OwnedTable
from constructs_lib.functions import PythonFunction
from constructs_lib.storage import Storage
from stacks.document_stack import DocumentStack
from stacks.settings import settings_for

ROOT: Final = Path(__file__).parents[2]
FLAGS: Final = json.loads((ROOT / "cdk.json").read_text())["context"]

CALLS: Final = {"auth": 87, "storage": 109, "table": 45, "function": 21, "api": 71}
"""Calls to the kernel per construct, a tenth above what they make now."""
STACK_CALLS: Final = 650
RESOURCES: Final = 23
TEMPLATE_BYTES: Final = 21_000
SUBMODULES: Final = frozenset(
    {
        "aws_apigatewayv2",
        "aws_cloudwatch",
        "aws_cognito",
        "aws_dynamodb",
        "aws_iam",
        "aws_lambda",
        "aws_logs",
        "aws_s3",
        "aws_sqs",
    }
)
"""What the document stack itself and the constructs in it are written with."""


@pytest.fixture
def stack() -> Stack:
    app = App(context={**FLAGS, "aws:cdk:bundling-stacks": []})
    return Stack(app, "Budget")


def test_each_construct_keeps_to_its_calls(stack: Stack, calls: Callable[[], Any]) -> None:
    made = {}
    with calls() as count:
        auth = Auth(stack, "Auth", guests=True, groups=[Group("editors")])
        made["auth"] = count()
    with calls() as count:
        Storage(
            stack,
            "Files",
            auth=auth,
            access={
                "public/*": [allow.guest.to("read"), allow.group("editors").to("read", "write", "delete")],
                "private/{owner}/*": [allow.owner.to("read", "write", "delete")],
            },
        )
        made["storage"] = count()
    with calls() as count:
        OwnedTable(stack, "Notes", auth=auth, sort_key="id", access=[allow.owner.to("read", "write", "delete")])
        made["table"] = count()
    with calls() as count:
        handler = PythonFunction(stack, "Function", entry=ROOT / "lambda_src" / "shares")
        made["function"] = count()
    with calls() as count:
        Api(stack, "Api", auth=auth, routes=[Route("GET", "/shares", handler, access=[allow.authenticated])])
        made["api"] = count()
    assert {name: number for name, number in made.items() if number > CALLS[name]} == {}, made


def test_a_route_more_asks_nothing_more_of_node_and_adds_no_resource(stack: Stack, calls: Callable[[], Any]) -> None:
    auth = Auth(stack, "Auth")
    handler = PythonFunction(stack, "Function", entry=ROOT / "lambda_src" / "shares")
    made = []
    for number in (2, 60):
        routes = [Route("GET", f"/r{each}", handler, access=[allow.authenticated]) for each in range(number)]
        root = stack.node.root
        assert isinstance(root, App)
        api = Stack(root, f"Api{number}")
        with calls() as count:
            Api(api, "Api", auth=auth, routes=routes)
            made.append(count())
    assert made[1] <= made[0] + 20, made


def test_the_document_stack_keeps_to_its_calls_resources_and_bytes(calls: Callable[[], Any]) -> None:
    app = App(context={**FLAGS, "aws:cdk:bundling-stacks": []})
    with calls() as count:
        stack = DocumentStack(app, "Documents", settings=settings_for("prod"), account=None, region=None)
        template = app.synth().get_stack_by_name(stack.stack_name).template
        made = count()
    assert made <= STACK_CALLS
    assert len(template["Resources"]) <= RESOURCES
    assert len(json.dumps(template)) <= TEMPLATE_BYTES


def test_the_app_imports_no_cdk_module_that_its_constructs_are_not_written_with() -> None:
    program = "import sys, stacks.document_stack; print(*(name for name in sys.modules if name.startswith('aws_cdk.')))"
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    imported = {name.split(".")[1] for name in said.stdout.split()}
    assert {name for name in imported if name.startswith("aws_")} <= SUBMODULES | _brought_along()


def _brought_along() -> set[str]:
    """Return the CDK modules that the CDK imports itself with those of `SUBMODULES`."""
    imports = "; ".join(f"import aws_cdk.{name}" for name in sorted(SUBMODULES))
    program = f"import sys; {imports}; print(*(name for name in sys.modules if name.startswith('aws_cdk.aws_')))"
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name.split(".")[1] for name in said.stdout.split()}


@pytest.mark.parametrize(
    "package", ["constructs_lib", "constructs_lib.analysis", "constructs_lib.local", "constructs_lib.cli"]
)
def test_what_needs_no_cdk_imports_none_and_nothing_heavy(package: str) -> None:
    heavy = ("aws_cdk", "jsii", "constructs", "boto3", "botocore", "cvc5", "asyncio", "watchfiles", "pydantic")
    program = f"import sys, {package}; print(*(name for name in {heavy!r} if name in sys.modules))"
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.split() == []
