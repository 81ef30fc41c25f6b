"""How time, resources and bytes grow with routes, folders and groups, in one warm process."""

import gc
import json
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from aws_cdk import App, Stack

from bench.sections import Section
from bench.synth import flags
from constructs_lib.access import allow
from constructs_lib.api import Api, Route
from constructs_lib.auth import Auth, Group
from constructs_lib.functions import PythonFunction
from constructs_lib.storage import Storage

_SHARES: Final = Path(__file__).parents[1] / "lambda_src" / "shares"
_TIMES: Final = 3


def _routes(stack: Stack, number: int) -> None:
    auth = Auth(stack, "Auth")
    handler = PythonFunction(stack, "Function", entry=_SHARES)
    routes = [
        Route(("GET", "POST")[each % 2], f"/path{each // 2}", handler, access=[allow.authenticated])
        for each in range(number)
    ]
    Api(stack, "Api", auth=auth, routes=routes)


def _folders(stack: Stack, number: int) -> None:
    auth = Auth(stack, "Auth")
    access = {f"folder{each}/{{owner}}/*": [allow.owner.to("read", "write", "delete")] for each in range(number)}
    Storage(stack, "Files", auth=auth, access=access)


def _groups(stack: Stack, number: int) -> None:
    auth = Auth(stack, "Auth", groups=[Group(f"group{each}") for each in range(number)])
    Storage(stack, "Files", auth=auth, access={"private/{owner}/*": [allow.owner.to("read", "write", "delete")]})


def sections() -> list[Section]:
    """Build and synthesize stacks of several sizes."""
    kinds: Mapping[str, tuple[Callable[[Stack, int], None], tuple[int, ...]]] = {
        "routes": (_routes, (10, 100, 300)),
        "folder rules": (_folders, (1, 20, 100)),
        "groups": (_groups, (1, 10, 50)),
    }
    rows = []
    for kind, (build, sizes) in kinds.items():
        _measure(build, sizes[0])
        for size in sizes:
            taken = [_measure(build, size) for _ in range(_TIMES)]
            seconds, template = statistics.median(each[0] for each in taken), taken[0][1]
            roles = [
                len(json.dumps(each["Properties"]["PolicyDocument"], separators=(",", ":")))
                for each in template["Resources"].values()
                if each["Type"] in {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}
            ]
            written = len(json.dumps(template))
            rows.append((f"{size} {kind}", round(1000 * seconds), len(template["Resources"]), written, max(roles)))
    return [
        Section(
            name="growth",
            title="Growth",
            note="Build and synth in a warm process, validation off, median of three. The largest policy is its text "
            "in the template; IAM's limits are 10,240 characters inline and 6,144 managed.",
            columns=("", "ms", "resources", "template bytes", "largest policy, bytes"),
            rows=tuple(rows),
        )
    ]


def _measure(build: Callable[[Stack, int], None], size: int) -> tuple[float, dict[str, Any]]:
    gc.collect()
    started = time.perf_counter()
    app = App(context={**flags(), "aws:cdk:bundling-stacks": []})
    build(Stack(app, "Growth"), size)
    template: dict[str, Any] = app.synth().get_stack_by_name("Growth").template
    return time.perf_counter() - started, template
