"""What an API costs in resources and template, beside CDK's own constructs. Budgets, not times.

CloudFormation takes 500 resources and 1,000,000 bytes; CDK's own constructs reach neither end with 300 routes.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_apigateway as apigw
from aws_cdk import aws_apigatewayv2 as apigwv2
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration

from constructs_lib.access import allow
from constructs_lib.api import Route

EDITORS = allow.group("editors")
WHO = {"GET": [allow.guest, allow.authenticated], "PUT": [allow.authenticated], "POST": [EDITORS], "DELETE": [EDITORS]}
BYTES_PER_ROUTE = {"http": 270, "rest": 470}


def _spelt(count: int) -> list[tuple[str, str]]:
    """Return methods and paths, four methods on each path."""
    return [(list(WHO)[number % 4], f"/things{number // 4}/{{id}}") for number in range(count)]


def _measure(make_bench: Callable[..., Any], kind: str, count: int) -> tuple[int, int]:
    """Return how many resources and bytes the stack of an API of so many routes has."""
    bench = make_bench()
    if count:
        bench.api(*(Route(method, path, bench.shares, access=WHO[method]) for method, path in _spelt(count)), kind=kind)
    template = bench.template()
    return len(template["Resources"]), len(json.dumps(template, separators=(",", ":")))


@pytest.mark.parametrize("kind", ["http", "rest"])
def test_three_hundred_routes_cost_a_handful_of_resources(make_bench: Callable[..., Any], kind: str) -> None:
    empty, _ = _measure(make_bench, kind, 0)
    few, few_bytes = _measure(make_bench, kind, 10)
    many, many_bytes = _measure(make_bench, kind, 300)
    # API, stage, log group, permission, a policy for each of three roles; a REST API has a deployment too.
    assert few - empty == many - empty == {"http": 7, "rest": 8}[kind]
    assert (many_bytes - few_bytes) / 290 < BYTES_PER_ROUTE[kind]


def _plain(kind: str, count: int) -> int:
    """Return how many resources CDK's own constructs take, with an integration shared by all routes."""
    stack = Stack(App(), "S")
    code = lambda_.Code.from_inline("x")
    function = lambda_.Function(stack, "F", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.h", code=code)
    if kind == "http":
        http, integration = apigwv2.HttpApi(stack, "Api"), HttpLambdaIntegration("Lambda", function)
        for method, path in _spelt(count):
            http.add_routes(path=path, methods=[apigwv2.HttpMethod[method]], integration=integration)
    else:
        rest = apigw.RestApi(stack, "Api")
        shared = apigw.LambdaIntegration(function)
        for method, path in _spelt(count):
            rest.root.resource_for_path(path).add_method(method, shared)
    return len(Template.from_stack(stack).to_json()["Resources"])


@pytest.mark.parametrize(
    ("kind", "count", "resources"),
    [
        ("http", 40, 85),
        ("rest", 40, 147),
        pytest.param("http", 100, 205, marks=pytest.mark.slow),
        pytest.param("rest", 100, 357, marks=pytest.mark.slow),
    ],
)
def test_cdks_own_constructs_take_two_to_four_resources_a_route(kind: str, count: int, resources: int) -> None:
    assert _plain(kind, count) == resources
