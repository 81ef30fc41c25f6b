"""What routes may not say together."""

from typing import Any

import pytest

from constructs_lib.api import Route, anyone, api_key
from constructs_lib.api.route_checks import check_http_options, check_routes
from tests.cdk_stubs import FUNCTION


def _route(method: str, path: str, **options: Any) -> Route:
    return Route(method, path, FUNCTION, **{"access": [anyone], **options})


def test_routes_that_match_the_same_requests_are_refused() -> None:
    with pytest.raises(ValueError, match=r"route 'GET /a/\{x\}' and route 'GET /a/\{y\}' match the same requests"):
        check_routes([_route("GET", "/a/{x}"), _route("GET", "/a/{y}")], kind="http", with_keys=False)


def test_two_names_for_one_place_are_a_rest_apis_problem_only() -> None:
    routes = [_route("GET", "/a/{x}"), _route("GET", "/a/{y}/b")]
    check_routes(routes, kind="http", with_keys=False)
    with pytest.raises(ValueError, match="a REST API allows one name per position"):
        check_routes(routes, kind="rest", with_keys=False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"access": [api_key]}, r"an HTTP API does not support; use Api\(kind='rest'\), or remove api_key"),
        ({"body": {"type": "object"}}, "route 'POST /a' has body= or query="),
        ({"query": ["limit"]}, "route 'POST /a' has body= or query="),
    ],
)
def test_an_http_api_promises_nothing_it_does_not_do(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_routes([_route("POST", "/a", **options)], kind="http", with_keys=True)
    check_routes([_route("POST", "/a", **options)], kind="rest", with_keys=True)


def test_a_key_nobody_could_have_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the API has no usage plan; add usage_plans=\[UsagePlan\(\.\.\.\)\]"):
        check_routes([_route("GET", "/a", access=[api_key])], kind="rest", with_keys=False)


def test_an_api_has_routes() -> None:
    with pytest.raises(ValueError, match=r"routes=\[\] has no route"):
        check_routes([], kind="http", with_keys=False)


def test_options_of_a_rest_api_are_refused_for_an_http_api() -> None:
    with pytest.raises(
        ValueError, match=r"Api\(kind='http'\) does not support tracing, policy; use Api\(kind='rest'\),"
    ):
        check_http_options(tracing=True, web_acl_arn=None, usage_plans=(), policy=object())
