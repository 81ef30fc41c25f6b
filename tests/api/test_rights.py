"""Invoke rights: exactly the routes, and nothing that `*` would add."""

from typing import Any

import pytest

from constructs_lib.access import Statement, allow
from constructs_lib.api import Route, anyone, jwt
from constructs_lib.api.rights import check_reach, invoke_statements, subjects_of

HANDLER: Any = object()
ARN = "arn:aws:execute-api:eu-west-1:111122223333:abc/$default"
VARIABLE = "${cognito-identity.amazonaws.com:sub}"
EDITORS = allow.group("editors")
USERS = frozenset({allow.authenticated, allow.owner})
CALLERS = {"guests": frozenset({allow.guest}), "users": USERS, "editors": USERS | {EDITORS}}


def _route(method: str, path: str, *access: Any, **options: Any) -> Route:
    return Route(method, path, HANDLER, access=access, **options)


def _resources(subject: Any, *routes: Route) -> tuple[str, ...]:
    (statement,) = invoke_statements(subject, routes, CALLERS.values(), stage_arn=ARN, owner_variable=VARIABLE)
    assert statement == Statement(actions=("execute-api:Invoke",), resources=statement.resources)
    return statement.resources


def test_a_subject_may_invoke_exactly_its_routes() -> None:
    routes = [_route("POST", "/shares", allow.guest), _route("GET", "/shares/{id}", allow.guest)]
    assert _resources(allow.guest, *routes) == (f"{ARN}/GET/shares/*", f"{ARN}/POST/shares")
    assert _resources(allow.guest, _route("GET", "/", allow.guest)) == (f"{ARN}/GET/",)
    assert _resources(allow.guest, _route("ANY", "/a/{rest+}", allow.guest)) == tuple(
        f"{ARN}/{method}/a/*" for method in ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
    )


def test_an_owner_may_invoke_their_own_path_only() -> None:
    route = _route("DELETE", "/users/{owner}/shares/{id}", allow.owner, EDITORS, everyone=True)
    assert _resources(allow.owner, route) == (f"{ARN}/DELETE/users/{VARIABLE}/shares/*",)
    assert _resources(EDITORS, route) == (f"{ARN}/DELETE/users/*/shares/*",)


def test_only_signed_requests_get_rights() -> None:
    routes = [_route("GET", "/a", jwt()), _route("GET", "/b", anyone), _route("GET", "/c", allow.guest, EDITORS)]
    assert subjects_of(routes) == {allow.guest: [routes[2]], EDITORS: [routes[2]]}


@pytest.mark.parametrize(
    ("given", "other", "shown"),
    [
        (("GET", "/shares/{id}", allow.authenticated), ("GET", "/shares/{id}/audit", EDITORS), "GET /shares/x/audit"),
        (("GET", "/shares/{id}", allow.authenticated), ("GET", "/shares/audit", EDITORS), "GET /shares/audit"),
        (("ANY", "/shares/{id}", allow.authenticated), ("DELETE", "/shares/{id}/x", EDITORS), "DELETE /shares/x/x"),
        (("GET", "/users/{id}", allow.authenticated), ("GET", "/users/{owner}/notes", allow.owner),
         "GET /users/<another's ID>/notes"),
        (("GET", "/{kind}/list", allow.guest), ("GET", "/a/b/list", allow.authenticated), "GET /a/b/list"),
    ],
)  # fmt: skip
def test_rights_that_would_reach_another_route_are_refused(given: Any, other: Any, shown: str) -> None:
    with pytest.raises(ValueError, match=r"as IAM's \* also matches /") as caught:
        check_reach([_route(*given), _route(*other)], CALLERS)
    assert shown in str(caught.value)


@pytest.mark.parametrize(
    ("given", "other"),
    [
        # Another method, another beginning, fewer segments.
        (("GET", "/shares/{id}", allow.authenticated), ("DELETE", "/shares/{id}/audit", EDITORS)),
        (("GET", "/shares/{id}", allow.authenticated), ("GET", "/admin/shares/{id}", EDITORS)),
        (("GET", "/shares/{id}", allow.authenticated), ("GET", "/shares", EDITORS)),
        # The narrower right is the editors', who may call both.
        (("GET", "/shares/{id}", EDITORS), ("GET", "/shares/{id}/audit", allow.authenticated)),
        # An owner's right ends at their own path.
        (("GET", "/users/{owner}/{what}", allow.owner), ("GET", "/users/{owner}/notes/{id}", allow.owner)),
        # Not IAM's to guard.
        (("GET", "/shares/{id}", allow.authenticated), ("GET", "/shares/{id}/audit", jwt())),
        (("GET", "/shares/{id}", allow.authenticated), ("GET", "/shares/{id}/audit", anyone)),
        # The literal path answers its own requests.
        (("GET", "/shares/mine", allow.authenticated), ("GET", "/shares/{id}", EDITORS)),
    ],
)
def test_rights_that_stay_within_their_route_are_taken(given: Any, other: Any) -> None:
    check_reach([_route(*given), _route(*other)], CALLERS)
    check_reach([_route(*other), _route(*given)], CALLERS)


def test_a_functions_rights_are_checked_too() -> None:
    worker: Any = object()
    function = allow.function(worker)
    routes = [_route("GET", "/jobs/{id}", function), _route("GET", "/jobs/{id}/secret", EDITORS)]
    with pytest.raises(ValueError, match="open to function 1"):
        check_reach(routes, {**CALLERS, "function 1": frozenset({function})})
