"""Invoke rights: exactly the routes, and nothing that `*` would add."""

from typing import Any

import pytest
from aws_cdk import App, Stack, assertions

from constructs_lib.access import Statement, allow
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.api import Api, Route, anyone, jwt, route_pattern_merging
from constructs_lib.api.invoke_rights import check_reach, invoke_statements, opened_routes, subjects_of
from constructs_lib.auth import Auth, Group
from tests.cdk_stubs import FUNCTION
from tests.proofs import proof_of
from tests.synthesis import new_function

ARN = "arn:aws:execute-api:eu-west-1:111122223333:abc/$default"
VARIABLE = "${cognito-identity.amazonaws.com:sub}"
EDITORS = allow.group("editors")
USERS = frozenset({allow.authenticated, allow.owner})
GUESTS = frozenset({allow.guest, allow.guest_owner})
CALLERS = {"guests": GUESTS, "users": USERS, "editors": USERS | {EDITORS}}


def _route(method: str, path: str, *access: Any, **options: Any) -> Route:
    return Route(method, path, FUNCTION, access=access, **options)


def _resources(subject: Any, *routes: Route) -> tuple[str, ...]:
    (statement,) = invoke_statements(subject, routes, CALLERS.values(), stage_arn=ARN, variables={"owner": VARIABLE})
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


def test_the_template_says_whom_everyone_lets_call_and_nobody_who_is_held_to_their_own() -> None:
    routes = [
        _route("DELETE", "/users/{owner}/shares/{id}", allow.owner, EDITORS, everyone=True),
        _route("GET", "/users/{owner}/shares", allow.owner),
        _route("GET", "/shares", allow.guest, EDITORS),
    ]
    entry = {"place": "DELETE /users/{owner}/shares/{id}", "caller": "group:editors"}
    assert opened_routes(routes, CALLERS.values(), ["owner"]) == [entry | {"actions": ["execute-api:Invoke"]}]


@pytest.mark.parametrize("owner", [allow.owner, allow.guest_owner], ids=str)
@pytest.mark.parametrize("spelt_out", [0, 100])
def test_each_kind_of_owner_may_invoke_their_own_path_only(
    owner: Any, spelt_out: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(route_pattern_merging, "MOST_SPELT_OUT", spelt_out)
    routes = [_route("GET", "/carts/{owner}", owner), _route("PUT", "/carts/{owner}/items/{id}", owner)]
    assert _resources(owner, *routes) == (f"{ARN}/GET/carts/{VARIABLE}", f"{ARN}/PUT/carts/{VARIABLE}/items/*")


@pytest.mark.parametrize("owner", [allow.owner, allow.guest_owner], ids=str)
def test_a_wider_right_may_not_reach_the_paths_of_any_kind_of_owner(owner: Any) -> None:
    wider = allow.authenticated if owner is allow.owner else allow.guest
    with pytest.raises(ValueError, match="<another's ID>"):
        check_reach([_route("GET", "/users/{id}", wider), _route("GET", "/users/{owner}/notes", owner)], CALLERS)


def test_a_guests_right_to_their_own_path_does_not_reach_a_users() -> None:
    routes = [_route("GET", "/carts/{owner}", allow.guest_owner), _route("GET", "/carts/{owner}/x", allow.owner)]
    assert _resources(allow.guest_owner, *routes) == (f"{ARN}/GET/carts/{VARIABLE}",)
    assert _resources(allow.owner, *routes) == (f"{ARN}/GET/carts/{VARIABLE}/x",)


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
        (("GET", "/users/{id}", allow.authenticated), ("GET", "/users/{owner}", allow.owner),
         "GET /users/<another's ID>"),
        (("GET", "/shares/{id}", allow.authenticated), ("ANY", "/shares/{id}/x", EDITORS), "GET /shares/x/x"),
        (("GET", "/{kind}/list", allow.guest), ("GET", "/a/b/list", allow.authenticated), "GET /a/b/list"),
    ],
)  # fmt: skip
def test_rights_that_would_reach_another_route_are_refused(given: Any, other: Any, shown: str) -> None:
    with pytest.raises(ValueError, match="use paths that begin differently, for example") as caught:
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
def test_rights_that_stay_within_their_route_are_accepted(given: Any, other: Any) -> None:
    check_reach([_route(*given), _route(*other)], CALLERS)
    check_reach([_route(*other), _route(*given)], CALLERS)


def test_a_functions_rights_are_checked_too() -> None:
    function = allow.function(FUNCTION)
    routes = [_route("GET", "/jobs/{id}", function), _route("GET", "/jobs/{id}/secret", EDITORS)]
    with pytest.raises(ValueError, match="open to function 1"):
        check_reach(routes, {**CALLERS, "function 1": frozenset({function})})


@pytest.mark.parametrize("kind", ["http", "rest"])
def test_the_proof_calls_meant_what_a_route_opens_to_everyone(kind: Any) -> None:
    stack = Stack(App(), "App")
    auth = Auth(stack, "Auth", groups=[Group("editors")])
    handler = new_function(stack, "Handler")
    route = Route("GET", "/users/{owner}/notes", handler, access=[allow.owner, EDITORS], everyone=True)
    own = Route("GET", "/users/{owner}/secrets", handler, access=[allow.owner])
    Api(stack, "Api", auth=auth, kind=kind, routes=[route, own])
    report = proof_of(dict(assertions.Template.from_stack(stack).to_json()), name="App")
    assert report.status is Status.PROVED, [each.story for each in report.findings if each.story]
    meant = [each.caller for each in report.findings if each.status is Status.ACCEPTED]
    assert meant == ["a member of group 'editors'"]
