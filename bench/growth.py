"""Growth of time, resources and bytes with stacks, routes, folders and groups, in one warm process."""

import gc
import json
import runpy
import statistics
import time
from collections.abc import Callable
from contextlib import redirect_stderr
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, Final

import psutil
from aws_cdk import App, Stack

from bench.peers import HERE, OURS
from bench.plain import http_routes, rest_routes
from bench.sections import Section
from constructs_lib.access import allow
from constructs_lib.api import Api, Route
from constructs_lib.auth import Auth, Group
from constructs_lib.functions import PythonFunction
from constructs_lib.storage import Storage
from stacks.document_stack import DocumentStack
from stacks.settings import settings_for

_SHARES: Final = Path(__file__).parents[1] / "lambda_src" / "shares"
_TIMES: Final = 3
_MOST_RESOURCES: Final = 500
_UNKNOWN: Final = 20
"""The assumed length of a resource's name, in characters."""
Resources = list[dict[str, Any]]
Make = Callable[[App, int], App | None]


def _stacks(app: App, number: int) -> None:
    for each in range(number):
        DocumentStack(app, f"Documents{each}", settings=settings_for("prod"), account=None, region=None)


def _by_hand(app: App, number: int) -> App:
    """Run the hand-wired program, which creates its own app."""
    del app, number
    made: App = runpy.run_path(str(HERE / "handwired" / "app.py"))["app"]
    return made


def _http(app: App, number: int) -> None:
    _api(Stack(app, "Growth"), number, "http")


def _rest(app: App, number: int) -> None:
    _api(Stack(app, "Growth"), number, "rest")


def _api(stack: Stack, number: int, kind: Any) -> None:
    auth = Auth(stack, "Auth")
    handler = PythonFunction(stack, "Function", entry=_SHARES)
    routes = [
        Route(("GET", "POST")[each % 2], f"/path{each // 2}", handler, access=[allow.authenticated])
        for each in range(number)
    ]
    Api(stack, "Api", auth=auth, routes=routes, kind=kind)


def _folders(app: App, number: int) -> None:
    stack = Stack(app, "Growth")
    access = {f"folder{each}/{{owner}}/*": [allow.owner.to("read", "write", "delete")] for each in range(number)}
    Storage(stack, "Files", auth=Auth(stack, "Auth"), access=access)


def _groups(app: App, number: int) -> None:
    stack = Stack(app, "Growth")
    auth = Auth(stack, "Auth", groups=[Group(f"group{each}") for each in range(number)])
    Storage(stack, "Files", auth=auth, access={"private/{owner}/*": [allow.owner.to("read", "write", "delete")]})


_KINDS: Final[dict[str, tuple[Make, tuple[int, ...]]]] = {
    "document stacks in one app": (_stacks, (1, 5, 20, 50)),
    "hand-wired stack": (_by_hand, (1,)),
    "routes, HTTP API": (_http, (10, 100, 300)),
    "routes, HTTP API by plain L2s": (http_routes, (10, 100, 300)),
    "routes, REST API": (_rest, (10, 100, 300)),
    "routes, REST API by plain L2s": (rest_routes, (10, 100, 300)),
    "folder rules": (_folders, (1, 20, 100)),
    "groups": (_groups, (1, 10, 50)),
}


def sections() -> list[Section]:
    """Build and synthesize apps of several sizes."""
    with redirect_stderr(TextIOWrapper(BytesIO())):  # each app's warnings, a hundred times
        rows = _rows()
    return [
        Section(
            name="growth",
            title="Growth",
            note="Build and synth in a warm process, validation off, median of three: the first row is a second synth "
            "of the document stack, without the proof, next to the hand-wired stack. Plain L2s are the same function "
            "and routes with `HttpApi` and `RestApi`, unmodified. Policy sizes are in IAM's characters, without white "
            f"space and with {_UNKNOWN} characters for a resource name; its limits are 10,240 inline for a role and "
            "6,144 for a managed policy. Permissions are statements in the resource policy of one function, which "
            "holds 20 KB, about 50 of them.",
            columns=(
                "",
                "ms",
                "CPU ms",
                "resources",
                "template bytes",
                "inline policy",
                "managed policy",
                "permissions",
            ),
            rows=tuple(rows),
        )
    ]


def _rows() -> list[tuple[str | int | float, ...]]:
    rows: list[tuple[str | int | float, ...]] = []
    for kind, (make, sizes) in _KINDS.items():
        _measure(make, sizes[0])
        for size in sizes:
            try:
                taken = [_measure(make, size) for _ in range(_TIMES)]
            except RuntimeError as error:  # the CDK refuses a stack of more than 500 resources
                rows.append((f"{size} {kind}: fails, {_reason(error)}", *[""] * 7))
                continue
            wall, cpu = (
                statistics.median(times) for times in ([each[0] for each in taken], [each[1] for each in taken])
            )
            rows.append((f"{size} {kind}", round(1000 * wall), round(1000 * cpu), *_facts(taken[0][2])))
    return rows


def _measure(make: Make, size: int) -> tuple[float, float, list[dict[str, Any]]]:
    gc.collect()
    busy, started = _processor_seconds(), time.perf_counter()
    app = App(context={**OURS.settings["context"], "aws:cdk:bundling-stacks": []})
    made = make(app, size) or app
    templates = [stack.template for stack in made.synth().stacks]
    return time.perf_counter() - started, _processor_seconds() - busy, templates


def _processor_seconds() -> float:
    """Return the processor time of this process and of its child Node."""
    this = psutil.Process()
    return sum(
        times.user + times.system for times in (each.cpu_times() for each in (this, *this.children(recursive=True)))
    )


def _facts(templates: list[dict[str, Any]]) -> tuple[int, ...]:
    resources = [each for template in templates for each in template["Resources"].values()]
    a_stack = list(templates[0]["Resources"].values())
    return (
        len(resources),
        sum(len(json.dumps(template)) for template in templates),
        _largest(resources, "AWS::IAM::Policy"),
        _largest(resources, "AWS::IAM::ManagedPolicy"),
        sum(each["Type"] == "AWS::Lambda::Permission" for each in a_stack),
    )


def _largest(resources: Resources, kind: str) -> int:
    documents = [each["Properties"]["PolicyDocument"] for each in resources if each["Type"] == kind]
    return max((_characters(each) for each in documents), default=0)


def _characters(value: Any) -> int:
    """Return the number of characters that IAM counts in a policy of a template."""
    match value:
        case {"Fn::Join": [_, parts]}:
            return 2 + sum(_characters(part) if isinstance(part, dict) else len(part) for part in parts)
        case {"Ref": _} | {"Fn::GetAtt": _}:
            return _UNKNOWN
        case dict():
            return 1 + sum(len(json.dumps(key)) + 2 + _characters(each) for key, each in value.items())
        case list():
            return 1 + sum(1 + _characters(each) for each in value)
    return len(json.dumps(value))


def _reason(error: RuntimeError) -> str:
    message = str(error).splitlines()[0]
    return "more than 500 resources" if str(_MOST_RESOURCES) in message else message
