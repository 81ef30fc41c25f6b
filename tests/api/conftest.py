"""A stack with an Auth and two functions, for any list of routes."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from constructs_lib.api import Api, Route
from constructs_lib.auth import Auth, Group, ResourceServer
from constructs_lib.functions import PythonFunction

SCOPES = [ResourceServer(name, {"read": "Read them"}) for name in ("files", "shares")]


class Bench:
    """A stack to put an API into."""

    def __init__(self, entry: Path, **auth: Any) -> None:
        self.stack = Stack(App(context={"aws:cdk:bundling-stacks": []}), "S")
        self.auth = Auth(
            self.stack, "Auth", **{"guests": True, "groups": [Group("editors")], "resource_servers": SCOPES, **auth}
        )
        self.shares = PythonFunction(self.stack, "Shares", entry=entry)
        self._entry = entry

    @functools.cached_property
    def others(self) -> PythonFunction:
        """A second function, made when a test asks for it."""
        return PythonFunction(self.stack, "Others", entry=self._entry)

    def api(self, *routes: Route, **options: Any) -> Api:
        return Api(self.stack, "Api", auth=self.auth, routes=routes, **options)

    def template(self) -> dict[str, Any]:
        return dict(Template.from_stack(self.stack).to_json())

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        return {
            name: resource["Properties"]
            for name, resource in self.template()["Resources"].items()
            if resource["Type"] == kind
        }

    def only(self, kind: str) -> dict[str, Any]:
        (properties,) = self.resources(kind).values()
        return properties


@pytest.fixture
def make_bench(tmp_path: Path) -> Callable[..., Bench]:
    (tmp_path / "handler.py").write_text("def handler(event, context): ...\n", encoding="utf-8")
    return lambda **auth: Bench(tmp_path, **auth)


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench()
