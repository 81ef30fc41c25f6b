"""A known setting in place of an unknown one may open more, and is named unless it closes."""

from typing import Any

import pytest

from tests.analysis.conftest import Document
from tests.analysis.diff.test_setting_changes import Resource, diff, resource, silent, with_more


def block(**settings: Any) -> Resource:
    return resource("S3::Bucket", AccessControl="PublicRead", PublicAccessBlockConfiguration=settings)


def checked(value: Any) -> Resource:
    provider = {"ClientId": "c", "ProviderName": "p", "ServerSideTokenCheck": value}
    return resource("Cognito::IdentityPool", AllowUnauthenticatedIdentities=False, CognitoIdentityProviders=[provider])


SETTINGS: dict[str, tuple[Any, bool]] = {
    "AllowUnauthenticatedIdentities": (
        lambda value: resource("Cognito::IdentityPool", AllowUnauthenticatedIdentities=value),
        True,
    ),
    "AllowClassicFlow": (
        lambda value: resource("Cognito::IdentityPool", AllowUnauthenticatedIdentities=False, AllowClassicFlow=value),
        True,
    ),
    "AllowAdminCreateUserOnly": (
        lambda value: resource("Cognito::UserPool", AdminCreateUserConfig={"AllowAdminCreateUserOnly": value}),
        False,
    ),
    "ServerSideTokenCheck": (checked, False),
    "IgnorePublicAcls": (lambda value: block(IgnorePublicAcls=value), False),
    "RestrictPublicBuckets": (lambda value: block(RestrictPublicBuckets=value, IgnorePublicAcls=True), False),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_opens_in_place_of_an_unknown_one_is_not_decided_and_named(name: str) -> None:
    make, opens = SETTINGS[name]

    def version(value: Any) -> Document:
        return {**with_more(X=make(value)), "Parameters": {"Setting": {"Type": "String"}}}

    unknown = version({"Ref": "Setting"})
    assert any(name in each and "not compared" in each for each in diff(unknown, version(opens)).undecided)
    assert not diff(unknown, version(not opens)).undecided
    assert silent(diff(unknown, unknown))


def api(**settings: Any) -> Document:
    route = resource("ApiGatewayV2::Route", ApiId={"Ref": "X"}, RouteKey="GET /x", AuthorizationType="NONE")
    return with_more(X=resource("ApiGatewayV2::Api", Name="n", ProtocolType="HTTP", **settings), Route=route)


def private(kind: str) -> Document:
    return with_more(X=resource("ApiGateway::RestApi", EndpointConfiguration={"Types": [kind]}))


def test_an_api_that_some_clients_could_not_reach_and_now_all_can_is_not_decided_and_named() -> None:
    for old, new in ((api(DisableExecuteApiEndpoint=True), api()), (private("PRIVATE"), private("REGIONAL"))):
        assert any("every client can now reach X" in each for each in diff(old, new).undecided)
        assert silent(diff(new, old))
    assert silent(diff(private("EDGE"), private("REGIONAL")))
