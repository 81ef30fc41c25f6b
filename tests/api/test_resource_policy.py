"""A REST API's resource policy beside the access of its routes."""

from typing import Any

import pytest
from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from constructs_lib.access import allow
from constructs_lib.api import Route, anyone, jwt


def _policy(*resources: str, effect: iam.Effect = iam.Effect.ALLOW, **principals: Any) -> iam.PolicyDocument:
    statement = iam.PolicyStatement(
        effect=effect,
        principals=principals.get("principals", [iam.AnyPrincipal()]),
        actions=["execute-api:Invoke"],
        resources=list(resources),
        conditions={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
    )
    return iam.PolicyDocument(statements=[statement])


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "execute-api:/*",
        "execute-api:/v1/*",
        "execute-api:/*/DELETE/admin/*",
        # The number of a token, in the name of a test, would differ from process to process.
        pytest.param(f"arn:aws:execute-api:{Aws.REGION}:{Aws.ACCOUNT_ID}:*", id="every API here"),
        "arn:aws:execute-api:*:*:*/DELETE/admin/x",
    ],
)
def test_a_policy_that_opens_a_signed_route_to_every_principal_is_refused(bench: Any, resource: str) -> None:
    routes = [
        Route("GET", "/open", bench.shares, access=[anyone]),
        Route("DELETE", "/admin/{id}", bench.shares, access=[allow.group("editors")]),
    ]
    with pytest.raises(ValueError, match=r"could call route 'DELETE /admin/\{id\}'; restrict requests by a Deny"):
        bench.api(*routes, kind="rest", policy=_policy(resource))


def test_the_principals_that_a_policy_names_may_call_a_signed_route(bench: Any) -> None:
    partner = iam.ArnPrincipal("arn:aws:iam::444455556666:role/partner")
    route = Route("DELETE", "/admin/{id}", bench.shares, access=[allow.group("editors")])
    bench.api(route, kind="rest", policy=_policy("execute-api:/*", principals=[partner]))
    bench.template()


def test_a_policy_may_open_the_routes_that_take_unsigned_requests(bench: Any) -> None:
    routes = [
        Route("GET", "/open/{id}", bench.shares, access=[anyone]),
        Route("GET", "/mine", bench.shares, access=[jwt("shares/read")]),
        Route("DELETE", "/admin/{id}", bench.shares, access=[allow.group("editors")]),
    ]
    bench.api(*routes, kind="rest", policy=_policy("execute-api:/v1/GET/open/*", "execute-api:/v1/GET/mine"))
    bench.template()


@pytest.mark.parametrize("access", [anyone, jwt("shares/read")])
def test_a_policy_that_closes_a_route_of_unsigned_requests_is_refused(bench: Any, access: Any) -> None:
    route = Route("GET", "/open/{id}", bench.shares, access=[access])
    with pytest.raises(ValueError, match=r"add an Allow statement with the resource 'execute-api:/v1/GET/open/\*'"):
        bench.api(route, kind="rest", policy=_policy("execute-api:/*", effect=iam.Effect.DENY))
