"""What routes may not say together."""

from typing import Any

import pytest

from constructs_lib.api import Route, anyone, api_key
from constructs_lib.api.route_checks import check_http_options, check_routes
from tests.cdk_stubs import FUNCTION


def _route(method: str, path: str, **options: Any) -> Route:
    return Route(method, path, FUNCTION, **{"access": [anyone], **options})


def test_routes_that_match_the_same_requests_are_refused() -> None:
    with pytest.raises(ValueError, match=r"GET /a/\{x\} and GET /a/\{y\} match the same requests"):
        check_routes([_route("GET", "/a/{x}"), _route("GET", "/a/{y}")], kind="http", with_keys=False)


def test_two_names_for_one_place_are_a_rest_apis_problem_only() -> None:
    routes = [_route("GET", "/a/{x}"), _route("GET", "/a/{y}/b")]
    check_routes(routes, kind="http", with_keys=False)
    with pytest.raises(ValueError, match=r"GET /a/\{x\} says \{x\} where GET /a/\{y\}/b says \{y\}"):
        check_routes(routes, kind="rest", with_keys=False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"access": [api_key]}, "an HTTP API knows no API keys; use Api"),
        ({"body": {"type": "object"}}, "does not validate requests"),
        ({"query": ["limit"]}, "does not validate requests"),
    ],
)
def test_an_http_api_promises_nothing_it_does_not_do(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_routes([_route("POST", "/a", **options)], kind="http", with_keys=True)
    check_routes([_route("POST", "/a", **options)], kind="rest", with_keys=True)


def test_a_key_nobody_could_have_is_refused() -> None:
    with pytest.raises(ValueError, match=r"there is none; write usage_plans"):
        check_routes([_route("GET", "/a", access=[api_key])], kind="rest", with_keys=False)


def test_an_api_has_routes_and_a_known_kind() -> None:
    with pytest.raises(ValueError, match="at least one route"):
        check_routes([], kind="http", with_keys=False)
    with pytest.raises(ValueError, match="kind='graphql' is unknown; use 'http' or 'rest'"):
        check_routes([_route("GET", "/a")], kind="graphql", with_keys=False)


def test_options_of_a_rest_api_are_refused_for_an_http_api() -> None:
    with pytest.raises(ValueError, match="an HTTP API has no tracing, policy; use"):
        check_http_options(tracing=True, web_acl_arn=None, usage_plans=(), policy=object())
