"""The same caller from every kind of event."""

from types import SimpleNamespace
from typing import Any

import pytest
from caller import Caller, Kind

ALICE_SUB = "11111111-aaaa-4bbb-8ccc-222222222222"
ALICE_ID = "eu-west-1:33333333-aaaa-4bbb-8ccc-444444444444"
GUEST_ID = "eu-west-1:55555555-aaaa-4bbb-8ccc-666666666666"
POOL_NAME = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool"
ROLES = {"editors": "EditorsRole", "admins": "AdminsRole"}


@pytest.mark.parametrize("api", ["http_iam", "rest_iam"])
def test_a_user_is_known_by_identity_and_sub_under_both_apis(events: Any, api: str) -> None:
    caller = Caller.of(getattr(events, api)(role="AuthenticatedRole"), group_roles=ROLES)
    assert caller == Caller(kind=Kind.USER, identity_id=ALICE_ID, sub=ALICE_SUB, role="AuthenticatedRole")
    assert (caller.owner("identity"), caller.owner("sub")) == (ALICE_ID, ALICE_SUB)


@pytest.mark.parametrize(
    "told",
    [
        ["idp.example.com", "idp.example.com:OIDC:x:CognitoSignIn:{sub}"],
        ["idp.example.com", "idp.example.com:CognitoSignIn:{sub}"],
        ["idp.example.com", "idp.example.com:OIDC:x", "{pool}:CognitoSignIn:{sub}\n"],
        ["{pool}", "{pool}:CognitoSignIn:{sub}:x"],
        ["{pool}", "x{pool}:CognitoSignIn:{sub}"],
        ["{pool}", "{pool}:CognitoSignIn:one", "{pool}:CognitoSignIn:{sub}"],
        ["{pool}", "{pool}2:CognitoSignIn:{sub}", "{pool}:CognitoSignIn:another"],
    ],
)
def test_what_another_provider_calls_its_users_makes_nobody_a_user_of_the_pool(events: Any, told: list[str]) -> None:
    """Provider and user names of other providers are arbitrary, and may contain commas."""
    written = [each.format(pool=POOL_NAME, sub=ALICE_SUB) for each in told]
    assert Caller.of(events.http_iam(role="R", amr=["authenticated", *written])).sub is None
    event = events.rest_iam(role="R")
    event["requestContext"]["identity"]["cognitoAuthenticationProvider"] = ",".join(written)
    assert Caller.of(event).sub is None


def test_a_comma_in_another_providers_name_of_a_user_ends_no_name(events: Any) -> None:
    event = events.rest_iam(role="R")
    forged = f"idp.example.com,idp.example.com:OIDC:x,{POOL_NAME}:CognitoSignIn:{ALICE_SUB}"
    event["requestContext"]["identity"]["cognitoAuthenticationProvider"] = forged
    assert (Caller.of(event).kind, Caller.of(event).sub) == (Kind.USER, None)


def test_a_user_of_the_pool_behind_a_rest_api_signed_in_by_the_pool(events: Any) -> None:
    event = events.rest_iam(role="R")
    event["requestContext"]["identity"]["cognitoAuthenticationProvider"] = f"idp,{POOL_NAME}:CognitoSignIn:{ALICE_SUB}"
    assert (Caller.of(event).kind, Caller.of(event).sub) == (Kind.USER, None)


@pytest.mark.parametrize("arn", [None, "", "arn:aws:iam::111122223333:user/somebody"])
def test_credentials_that_are_not_of_a_role_have_none(events: Any, arn: str | None) -> None:
    event = events.http_iam(role="R")
    event["requestContext"]["authorizer"]["iam"]["userArn"] = arn
    assert Caller.of(event, group_roles=ROLES) == Caller(kind=Kind.USER, identity_id=ALICE_ID, sub=ALICE_SUB)


def test_nobody_is_known_by_what_is_no_kind_of_owner() -> None:
    with pytest.raises(ValueError, match="known_by='email' is none of identity, sub"):
        Caller(kind=Kind.USER, sub=ALICE_SUB).owner("email")


@pytest.mark.parametrize("api", ["http_iam", "rest_iam"])
def test_a_group_is_known_by_its_role(events: Any, api: str) -> None:
    event = getattr(events, api)(role="EditorsRole")
    assert Caller.of(event, group_roles=ROLES).groups == {"editors"}
    assert Caller.of(event).groups == frozenset()


def test_a_role_whose_name_merely_contains_a_groups_is_not_the_groups(events: Any) -> None:
    assert Caller.of(events.http_iam(role="xEditorsRole"), group_roles=ROLES).groups == frozenset()


@pytest.mark.parametrize("api", ["http_iam", "rest_iam"])
@pytest.mark.parametrize("owner", ["999988887777", "", None])
def test_a_role_of_another_account_is_no_groups_whatever_its_name(events: Any, api: str, owner: str | None) -> None:
    event = getattr(events, api)(role="EditorsRole")
    event["requestContext"]["accountId"] = owner
    caller = Caller.of(event, group_roles=ROLES)
    assert (caller.role, caller.groups) == (None, frozenset())


def test_a_url_called_from_another_account_tells_no_group() -> None:
    event = url_event("EditorsRole")
    event["requestContext"]["accountId"] = "999988887777"
    assert Caller.of(event, group_roles=ROLES) == Caller(kind=Kind.OTHER)


@pytest.mark.parametrize("api", ["http_iam", "rest_iam"])
def test_an_identity_of_another_pool_is_no_user_of_the_app(events: Any, api: str) -> None:
    """Roles of another app's pool may have a right on every API of the account, and name any tenant."""
    path = {"routeKey": "GET /t/{tenant}", "resource": "/t/{tenant}", "pathParameters": {"tenant": "acme"}}
    event = {**getattr(events, api)(role="R"), **path}
    mine = Caller.of(event, claims=CLAIMS, identity_pool_id=POOL)
    assert (mine.kind, mine.tenant) == (Kind.USER, "acme")
    other = Caller.of(event, claims=CLAIMS, identity_pool_id=POOL.replace("7", "9"))
    assert other == Caller(kind=Kind.OTHER, role="R")
    assert Caller.of(event).kind is Kind.USER


def test_a_guest_has_an_identity_and_no_sub(events: Any) -> None:
    expected = Caller(kind=Kind.GUEST, identity_id=GUEST_ID, role="GuestRole")
    assert Caller.of(events.http_iam(role="GuestRole", identity_id=GUEST_ID, amr=["unauthenticated"])) == expected
    assert Caller.of(events.rest_iam(role="GuestRole", identity_id=GUEST_ID, signed_in=False)) == expected


def test_another_functions_credentials_are_no_user(events: Any) -> None:
    assert Caller.of(events.http_function()) == Caller(kind=Kind.OTHER, role="Worker")


@pytest.mark.parametrize("api", ["http_open", "rest_open"])
def test_an_open_route_tells_nothing(events: Any, api: str) -> None:
    assert Caller.of(getattr(events, api)()) == Caller(kind=Kind.ANYONE)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ("[editors admins]", {"editors", "admins"}),
        ("[editors]", {"editors"}),
        ('["editors", "admins"]', {"editors", "admins"}),
        (["editors", "admins"], {"editors", "admins"}),
        ("[editors", {"[editors"}),
        ("editors]", {"editors]"}),
        (None, set()),
    ],
)
def test_a_token_behind_an_http_api_lists_its_groups_in_brackets(
    events: Any, groups: str | list[str] | None, expected: set[str]
) -> None:
    claims = {"sub": ALICE_SUB, "username": "alice", **({"cognito:groups": groups} if groups else {})}
    caller = Caller.of(events.http_jwt(claims, ["shares/read"]))
    assert caller == Caller(
        kind=Kind.USER, sub=ALICE_SUB, groups=frozenset(expected), scopes=frozenset({"shares/read"})
    )


def test_a_token_behind_a_rest_api_lists_its_groups_with_commas(events: Any) -> None:
    claims = {"sub": ALICE_SUB, "cognito:groups": "editors,admins", "scope": "shares/read openid"}
    caller = Caller.of(events.rest_claims(claims))
    assert caller.groups == {"editors", "admins"}
    assert caller.scopes == {"shares/read", "openid"}
    assert caller.owner("identity") is None
    assert Caller.of(events.rest_claims({"sub": ALICE_SUB})).scopes == frozenset()


@pytest.mark.parametrize("api", ["http_jwt", "rest_claims"])
@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"sub": ALICE_SUB, "username": "alice", "client_id": "web"}, Kind.USER),
        ({"sub": ALICE_SUB, "cognito:username": "alice", "aud": "web"}, Kind.USER),
        ({"sub": "web", "client_id": "web", "scope": "orders/read"}, Kind.PROGRAM),
        ({"sub": "web", "client_id": "web", "username": "alice"}, Kind.PROGRAM),
        ({"sub": ALICE_SUB, "client_id": "web", "username": ""}, Kind.PROGRAM),
    ],
)
def test_only_a_token_that_names_a_user_is_a_users(
    events: Any, api: str, claims: dict[str, str], expected: Kind
) -> None:
    """A client-credentials token names its client as `sub`, which must not become the owner of rows."""
    caller = Caller.of(getattr(events, api)(claims))
    assert (caller.kind, caller.client_id) == (expected, "web")
    assert caller.owner("sub") == (ALICE_SUB if expected is Kind.USER else None)


def test_headers_and_bodies_never_make_a_caller(events: Any) -> None:
    event = {**events.http_open(), "headers": {"x-identity": ALICE_ID}, "body": '{"sub": "x"}'}
    assert Caller.of(event).kind is Kind.ANYONE


CLAIMS = {"tenant": "custom:tenant", "department": "department"}


def test_a_token_names_the_claims_that_are_asked_for(events: Any) -> None:
    claims = {"sub": ALICE_SUB, "custom:tenant": "acme", "custom:other": "x"}
    for event in (events.http_jwt(claims, []), events.rest_claims(claims)):
        caller = Caller.of(event, claims=CLAIMS)
        assert (caller.tenant, dict(caller.claims)) == ("acme", {"tenant": "acme"})
    assert Caller.of(events.http_jwt(claims, [])).tenant is None


@pytest.mark.parametrize(
    "route", [{"routeKey": "GET /tenants/{tenant}/projects"}, {"resource": "/tenants/{tenant}/projects"}]
)
def test_behind_iam_the_tenant_is_what_stands_in_its_place_in_the_path(events: Any, route: dict[str, str]) -> None:
    event = {**events.http_iam(role="R"), "pathParameters": {"tenant": "acme", "department": "x"}, **route}
    caller = Caller.of(event, claims=CLAIMS)
    assert (caller.tenant, dict(caller.claims)) == ("acme", {"tenant": "acme"})


@pytest.mark.parametrize("route", [{"routeKey": "GET /bills/{any_tenant}"}, {"resource": "/bills/{any_tenant}"}])
def test_a_tenant_that_a_caller_may_name_at_will_is_not_taken_for_their_own(events: Any, route: dict[str, str]) -> None:
    path = {"pathParameters": {"any_tenant": "bolt", "tenant": "bolt"}, **route}
    admin = Caller.of({**events.http_iam(role="R"), **path}, claims=CLAIMS)
    assert (admin.tenant, dict(admin.claims), dict(admin.named)) == (None, {}, {"tenant": "bolt"})
    token = events.http_jwt({"sub": ALICE_SUB, "custom:tenant": "acme"}, [])
    member = Caller.of({**token, **path}, claims=CLAIMS)
    assert (member.tenant, dict(member.named)) == ("acme", {"tenant": "bolt"})
    assert Caller.of({**token, **path}).named == {}


@pytest.mark.parametrize(
    "part",
    [
        {"routeKey": "GET /projects", "pathParameters": {"tenant": "acme"}},
        {"routeKey": "GET /{tenant+}", "pathParameters": {"tenant": "acme"}},
        {"routeKey": "$default", "pathParameters": {"tenant": "acme"}},
        {"routeKey": "GET /t/{tenant}", "pathParameters": None},
        {"routeKey": "GET /t/{tenant}", "headers": {"tenant": "acme"}, "body": '{"tenant": "acme"}'},
        {"routeKey": "GET /t/{tenant}", "queryStringParameters": {"tenant": "acme"}},
    ],
)
def test_nothing_that_a_client_merely_says_is_a_tenant(events: Any, part: dict[str, Any]) -> None:
    caller = Caller.of({**events.http_iam(role="R"), **part}, claims=CLAIMS)
    assert (caller.claims, caller.named) == ({}, {})


def test_who_has_not_signed_in_has_no_tenant(events: Any) -> None:
    path = {"routeKey": "GET /t/{tenant}", "pathParameters": {"tenant": "acme"}}
    guest = events.http_iam(role="GuestRole", identity_id=GUEST_ID, amr=["unauthenticated"])
    for event in (guest, events.http_function(), events.http_open()):
        assert Caller.of({**event, **path}, claims=CLAIMS).tenant is None


POOL = "eu-west-1:77777777-aaaa-4bbb-8ccc-888888888888"


def invoked(identity_id: object = ALICE_ID, pool: object = POOL) -> SimpleNamespace:
    """Return the context of a function that a client invokes directly."""
    identity = SimpleNamespace(cognito_identity_id=identity_id, cognito_identity_pool_id=pool)
    return SimpleNamespace(identity=identity)


def test_who_invokes_a_function_is_known_by_identity_alone() -> None:
    caller = Caller.invoking(invoked(), identity_pool_id=POOL)
    assert caller == Caller(kind=Kind.IDENTITY, identity_id=ALICE_ID)
    assert (caller.owner("identity"), caller.owner("sub")) == (ALICE_ID, None)


@pytest.mark.parametrize(
    "context",
    [
        None, SimpleNamespace(), SimpleNamespace(identity=None), invoked(None), invoked(""), invoked(pool=None),
        invoked(pool=""), invoked(pool=POOL.replace("7", "9")), invoked(None, None),
        SimpleNamespace(identity=SimpleNamespace(cognito_identity_id=ALICE_ID)),
        SimpleNamespace(identity=None, client_context=SimpleNamespace(custom={"cognito_identity_id": ALICE_ID})),
    ],
)  # fmt: skip
def test_without_an_identity_of_the_pool_the_invoker_is_nobody_known(context: object) -> None:
    assert Caller.invoking(context, identity_pool_id=POOL) == Caller(kind=Kind.OTHER)


def test_the_pool_has_to_be_named() -> None:
    with pytest.raises(ValueError, match="identity_pool_id is empty"):
        Caller.invoking(invoked(pool=""), identity_pool_id="")
    with pytest.raises(ValueError, match="identity_pool_id is empty"):
        Caller.of({}, identity_pool_id="")


def url_event(role: str) -> dict[str, Any]:
    """Return the event of a function URL, which has fewer fields than an API's ("Invoking Lambda function URLs")."""
    arn = f"arn:aws:sts::123456789012:assumed-role/{role}/CognitoIdentityCredentials"
    iam = {"accessKey": "ASIA", "accountId": "123456789012", "callerId": "AROA:CognitoIdentityCredentials",
           "cognitoIdentity": None, "principalOrgId": None, "userArn": arn,
           "userId": "AROA:CognitoIdentityCredentials"}  # fmt: skip
    return {"version": "2.0", "requestContext": {"accountId": "123456789012", "authorizer": {"iam": iam}}}


def test_a_url_tells_the_role_and_with_it_the_group() -> None:
    editor = Caller.of(url_event("EditorsRole"), group_roles=ROLES)
    assert editor == Caller(kind=Kind.USER, role="EditorsRole", groups=frozenset({"editors"}))
    assert editor.owner("identity") is None
    assert Caller.of(url_event("AuthenticatedRole"), group_roles=ROLES) == Caller(
        kind=Kind.OTHER, role="AuthenticatedRole"
    )
