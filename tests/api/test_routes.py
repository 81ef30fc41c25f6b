"""What a route may say."""

from typing import Any

import pytest

from constructs_lib.access import allow
from constructs_lib.access.folders import ONLY_OWNERS
from constructs_lib.api import Route, Throttle, anyone, api_key, jwt
from constructs_lib.api.owned_paths import check_places
from constructs_lib.api.routes import specificity
from tests.cdk_stubs import FUNCTION


def _route(path: str = "/shares", method: str = "GET", **options: Any) -> Route:
    return Route(method, path, FUNCTION, **{"access": [allow.guest], **options})


@pytest.mark.parametrize("path", ["/", "/shares", "/shares/{share_id}", "/a.b/c-d_e~f", "/files/{rest+}", "/{a}/{b}"])
def test_paths_of_api_gateway_are_taken(path: str) -> None:
    assert _route(path).path == path


@pytest.mark.parametrize(
    "path", ["", "shares", "/shares/", "//", "/a//b", "/a b", "/a/{b+}/c", "/a{b}", "/{b", "/{a}/{a}"]
)
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"path|segment|a name twice"):
        _route(path)


@pytest.mark.parametrize("method", ["get", "OPTIONS", "TRACE", ""])
def test_other_methods_are_refused(method: str) -> None:
    with pytest.raises(ValueError, match="use GET, HEAD, POST, PUT, PATCH, DELETE or ANY"):
        _route(method=method)


def test_nobody_and_everybody_have_to_be_said() -> None:
    with pytest.raises(ValueError, match=r"has no caller; .*access=\[anyone\]"):
        _route(access=[])
    assert _route(access=[anyone]).subjects == ()


@pytest.mark.parametrize(
    "access", [[allow.guest, jwt()], [allow.guest, anyone], [jwt(), anyone], [api_key, allow.guest, jwt()]]
)
def test_a_route_asks_for_one_kind_of_proof(access: list[Any]) -> None:
    with pytest.raises(ValueError, match="use two routes"):
        _route(access=access)


def test_two_tokens_are_refused() -> None:
    with pytest.raises(ValueError, match="put the scopes into one"):
        _route(access=[jwt("a"), jwt("b")])


def test_an_empty_scope_is_refused() -> None:
    with pytest.raises(ValueError, match="empty scope"):
        jwt("")


@pytest.mark.parametrize("other", [allow.guest, allow.authenticated, allow.group("editors")])
def test_every_owners_path_is_not_opened_silently(other: Any) -> None:
    with pytest.raises(ValueError, match=r"route 'GET /users/\{owner\}/shares' would open the path of every owner"):
        _route("/users/{owner}/shares", access=[allow.owner, other])
    assert _route("/users/{owner}/shares", access=[allow.owner, other], everyone=True)


def test_an_owner_needs_a_path_of_their_own() -> None:
    with pytest.raises(ValueError, match=r"route 'GET /shares' has allow\.owner, but not \{owner\} in its path"):
        _route("/shares", access=[allow.owner])


@pytest.mark.parametrize("access", [[jwt()], [anyone], [api_key]])
def test_owner_in_a_path_that_iam_does_not_guard_is_refused(access: list[Any]) -> None:
    with pytest.raises(ValueError, match="which only IAM can restrict to the caller, but no caller who signs"):
        _route("/users/{owner}", access=access)


def test_a_greedy_owner_is_refused() -> None:
    with pytest.raises(ValueError, match=r"has \{owner\} as part of a segment"):
        _route("/users/{owner+}", access=[allow.guest])


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (1, 0), (-1, 5)])
def test_a_throttle_lets_something_through(rate: float, burst: int) -> None:
    with pytest.raises(ValueError, match="use 1 or more"):
        Throttle(rate=rate, burst=burst)


def test_specificity_orders_routes_as_api_gateway_chooses() -> None:
    paths = ["/a/b/c", "/a/b/{c}", "/a/{b}/c", "/a/{b+}", "/{a+}"]
    ordered = sorted((_route(path) for path in reversed(paths)), key=specificity, reverse=True)
    assert [route.path for route in ordered] == paths
    assert specificity(_route("/a")) > specificity(_route("/a", method="ANY"))


@pytest.mark.parametrize(
    ("path", "instead"),
    [("/orders/{id}/{owner}", "/orders/{owner}/{id}"), ("/{a}/x/{owner}/y", "/{owner}/{a}/x/y")],
)
def test_an_owner_behind_another_name_is_refused_with_the_path_to_write(path: str, instead: str) -> None:
    with pytest.raises(ValueError, match="so IAM could not tell which segment is the") as refused:
        check_places([_route(path, access=[allow.owner])], ONLY_OWNERS)
    assert str(refused.value).endswith(f"as in {instead}")
    check_places([_route(instead, access=[allow.owner])], ONLY_OWNERS)
