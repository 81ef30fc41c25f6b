"""What is written in another order is the same app: no part of the template changes."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, SecretValue, Stack
from aws_cdk.assertions import Template

from constructs_lib.access import allow
from constructs_lib.api import Api, Route, jwt
from constructs_lib.auth import Attribute, Auth, Facebook, Google, PrefixDomain, ResourceServer, WebClient
from constructs_lib.functions import PythonFunction

SECRET = SecretValue.secrets_manager("secret")


def _auth(stack: Stack, order: int) -> None:
    attributes = [Attribute("tenant"), Attribute("age", type="Number"), Attribute("given_name", required=True)]
    providers: list[Google | Facebook] = [
        Google(client_id="a", client_secret=SECRET, attribute_mapping={"email": "email", "given_name": "given_name"}),
        Facebook(client_id="b", client_secret=SECRET, attribute_mapping={"email": "email", "given_name": "first_name"}),
    ]
    Auth(
        stack,
        "Auth",
        attributes=attributes[::order],
        providers=providers[::order],
        domain=PrefixDomain("an-app"),
        clients=[WebClient(callback_urls=["https://a.example.com/"])],
    )


def _api(kind: Any) -> Callable[[Stack, int], None]:
    def build(stack: Stack, order: int) -> None:
        auth = Auth(stack, "Auth", guests=True, resource_servers=[ResourceServer("s", {"a": "A", "b": "B"})])
        one, two = (PythonFunction(stack, name, entry="lambda_src/shares") for name in ("One", "Two"))
        routes = [
            Route("GET", "/b", two, access=[allow.guest, allow.authenticated][::order]),
            Route("POST", "/a", one, access=[allow.authenticated]),
            Route("GET", "/a", one, access=[jwt(*["s/a", "s/b"][::order])]),
        ]
        Api(stack, "Api", auth=auth, routes=routes[::order], kind=kind)

    return build


@pytest.mark.parametrize("build", [_auth, _api("http"), _api("rest")])
def test_another_order_is_the_same_template(build: Callable[[Stack, int], None]) -> None:
    templates = []
    for order in (1, -1):
        stack = Stack(App(context={"aws:cdk:bundling-stacks": []}), "S")
        build(stack, order)
        templates.append(Template.from_stack(stack).to_json())
    assert templates[0] == templates[1]
