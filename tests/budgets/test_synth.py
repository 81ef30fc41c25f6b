"""How much a synth may ask of Node, and how much it may write: a slip of either shows here, before anyone waits."""

import json
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from constructs_lib.access import Statement, allow
from constructs_lib.api import Api, Route, WebAcl
from constructs_lib.auth import Auth, Group
from constructs_lib.channels import Channels
from constructs_lib.client import ClientConfig
from constructs_lib.database import OwnedTable
from constructs_lib.functions import PythonFunction, PythonLayer
from constructs_lib.hosting import Hosting
from constructs_lib.sharing import SharedFolders
from constructs_lib.storage import Storage
from stacks.document_stack import DocumentStack
from stacks.settings import settings_for

ROOT: Final = Path(__file__).parents[2]
Made = TypeVar("Made")
FLAGS: Final = json.loads((ROOT / "cdk.json").read_text())["context"]

CALLS: Final = {
    "Auth": 53,
    "Storage": 44,
    "OwnedTable": 20,
    "PythonFunction": 18,
    "PythonLayer": 10,
    "Api": 33,
    "Api, REST": 36,
    "SharedFolders": 32,
    "ClientConfig": 48,
    "WebAcl": 4,
    "Channels": 28,
    "Hosting": 26,
}
"""Calls to the kernel per construct, a tenth above what they make now."""
STACK_CALLS: Final = 300
RESOURCES: Final = 23
TEMPLATE_BYTES: Final = 21_000
RATIOS: Final = {"resources": 0.75, "bytes": 1.25}
"""Of the same app wired by hand (bench/handwired), which has no client configuration in its template."""
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
ONLY_BY_TLS: Final = {"Bool": {"aws:SecureTransport": "true"}}


@pytest.fixture
def stack() -> Stack:
    app = App(context={**FLAGS, "aws:cdk:bundling-stacks": []})
    return Stack(app, "Budget")


def test_each_construct_keeps_to_its_calls(stack: Stack, calls: Callable[[], Any], tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("a page")
    made: dict[str, int] = {}

    def counted(name: str, make: Callable[[], Made]) -> Made:
        with calls() as count:
            construct = make()
            made[name] = count()
        return construct

    auth = counted("Auth", lambda: Auth(stack, "Auth", guests=True, groups=[Group("editors")]))
    function = counted(
        "PythonFunction", lambda: PythonFunction(stack, "Function", entry=ROOT / "lambda_src" / "shares")
    )
    storage = counted(
        "Storage",
        lambda: Storage(
            stack,
            "Files",
            auth=auth,
            access={
                "public/*": [allow.guest.to("read"), allow.group("editors").to("read", "write", "delete")],
                "private/{owner}/*": [allow.owner.to("read", "write", "delete")],
                "shared/*": [allow.function(function).to("read", "write", "delete")],
            },
        ),
    )
    rule = allow.owner.to("read", "write", "delete")
    counted("OwnedTable", lambda: OwnedTable(stack, "Notes", auth=auth, sort_key="id", access=[rule]))
    routes = [Route("GET", "/shares", function, access=[allow.authenticated])]
    counted("Api", lambda: Api(stack, "Api", auth=auth, routes=routes))
    counted("Api, REST", lambda: Api(stack, "Rest", auth=auth, routes=routes, kind="rest"))
    counted("SharedFolders", lambda: SharedFolders(stack, "Shared", auth=auth, storage=storage, function=function))
    counted("ClientConfig", lambda: ClientConfig(stack, auth=auth, storage=[storage]))
    counted("PythonLayer", lambda: PythonLayer(stack, "Layer", entry=ROOT / "lambda_src" / "shares"))
    counted("WebAcl", lambda: WebAcl(stack, "WebAcl"))
    access = {"/news/*": [allow.guest.to("subscribe")], "/private/{owner}/*": [allow.owner.to("publish")]}
    counted("Channels", lambda: Channels(stack, "Channels", auth=auth, access=access))
    counted("Hosting", lambda: Hosting(stack, "Page", build=tmp_path))
    assert made.keys() == CALLS.keys()
    assert {name: number for name, number in made.items() if number > CALLS[name]} == {}, made


def test_a_route_more_asks_nothing_more_of_node_and_adds_no_resource(stack: Stack, calls: Callable[[], Any]) -> None:
    app = stack.node.root
    assert isinstance(app, App)
    auth = Auth(stack, "Auth")
    handler = PythonFunction(stack, "Function", entry=ROOT / "lambda_src" / "shares")
    made = []
    for number in (2, 60):
        routes = [Route("GET", f"/r{each}", handler, access=[allow.authenticated]) for each in range(number)]
        api = Stack(app, f"Api{number}")
        with calls() as count:
            Api(api, "Api", auth=auth, routes=routes)
            made.append(count())
    assert made[1] <= made[0] + 20, made
    template = app.synth()
    sizes = [len(template.get_stack_by_name(f"Api{number}").template["Resources"]) for number in (2, 60)]
    assert sizes[0] == sizes[1]


def test_rights_of_several_roles_are_made_once_and_each_role_has_them(calls: Callable[[], Any]) -> None:
    rights = [
        Statement(actions=("s3:GetObject",), resources=(f"arn:aws:s3:::b/{number}/*",), conditions=ONLY_BY_TLS)
        for number in range(20)
    ]
    made = []
    for number in (1, 9):
        place = Stack(App(), "Rights")
        auth = Auth(place, "Auth", groups=[Group(f"g{each}") for each in range(number)])
        with calls() as count:
            auth.grant(place, allow.authenticated, rights)
            made.append(count())
        policies = Template.from_stack(place).find_resources("AWS::IAM::Policy").values()
        documents = [policy["Properties"]["PolicyDocument"]["Statement"] for policy in policies]
        assert len(documents) == number + 1
        assert all(document == documents[0] for document in documents)
    assert made[1] - made[0] <= 3 * 8, made


@pytest.mark.parametrize(("kind", "resources"), [("folder", 0), ("group", 3)])
def test_one_more_folder_or_group_adds_as_many_resources_as_it_must(stack: Stack, kind: str, resources: int) -> None:
    """A group is itself, its role and the role's policy."""
    app = stack.node.root
    assert isinstance(app, App)
    for number in (1, 9):
        place = Stack(app, f"Stack{number}")
        auth = Auth(place, "Auth", groups=[Group(f"g{each}") for each in range(number if kind == "group" else 1)])
        folders = range(number if kind == "folder" else 1)
        access = {f"folder{each}/{{owner}}/*": [allow.owner.to("read", "write", "delete")] for each in folders}
        Storage(place, "Files", auth=auth, access=access)
    assembly = app.synth()
    one, nine = (len(assembly.get_stack_by_name(f"Stack{number}").template["Resources"]) for number in (1, 9))
    assert nine - one == 8 * resources


def test_the_document_stack_keeps_to_its_calls_resources_and_bytes(calls: Callable[[], Any]) -> None:
    app = App(context={**FLAGS, "aws:cdk:bundling-stacks": []})
    with calls() as count:
        stack = DocumentStack(app, "Documents", settings=settings_for("prod"), account=None, region=None)
        template = app.synth().get_stack_by_name(stack.stack_name).template
        made = count()
    assert made <= STACK_CALLS
    assert len(template["Resources"]) <= RESOURCES
    assert len(json.dumps(template)) <= TEMPLATE_BYTES


def test_the_document_stack_is_no_larger_than_the_same_wired_by_hand_allows() -> None:
    app = App(context={**FLAGS, "aws:cdk:bundling-stacks": []})
    stack = DocumentStack(app, "Documents", settings=settings_for("prod"), account=None, region=None)
    ours = app.synth().get_stack_by_name(stack.stack_name).template
    by_hand = runpy.run_path(str(ROOT / "bench" / "handwired" / "app.py"))["app"]
    theirs = by_hand.synth().get_stack_by_name("Handwired").template
    assert len(ours["Resources"]) <= RATIOS["resources"] * len(theirs["Resources"])
    assert len(json.dumps(ours)) <= RATIOS["bytes"] * len(json.dumps(theirs))


@pytest.mark.slow
def test_the_app_imports_no_cdk_module_that_its_constructs_are_not_written_with() -> None:
    """Those of `SUBMODULES` and what the CDK imports with them come first: the app adds none, and no boto3."""
    imports = "; ".join(f"import aws_cdk.{name}" for name in sorted(SUBMODULES))
    added = "(name for name in sys.modules if name.startswith(('aws_cdk.aws_', 'boto')) and name not in before)"
    program = f"import sys; {imports}; before = {{*sys.modules}}; import stacks.document_stack; print(*{added})"
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.split() == []


def test_what_needs_no_cdk_imports_none_and_nothing_heavy() -> None:
    heavy = ("aws_cdk", "jsii", "constructs", "boto3", "botocore", "cvc5", "asyncio", "watchfiles", "pydantic")
    packages = "constructs_lib, constructs_lib.analysis, constructs_lib.local, constructs_lib.cli"
    program = f"import sys, {packages}; print(*(name for name in {heavy!r} if name in sys.modules))"
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.split() == []
