"""Routes of tenants: IAM holds each caller to the path of their own, whatever else the API has."""

import re
from itertools import product
from typing import Any, Final

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template
from hypothesis import assume, given
from hypothesis import strategies as st

from constructs_lib.access import Subject, allow
from constructs_lib.access.value_formats import Form
from constructs_lib.api import Api, Route, anyone, jwt, route_pattern_merging
from constructs_lib.api.invoke_rights import check_reach, invoke_statements, opened_routes
from constructs_lib.api.owned_paths import check_places
from constructs_lib.api.routes import segments, specificity
from constructs_lib.auth import Auth, Group, Tenant
from tests.cdk_stubs import FUNCTION
from tests.searches import search
from tests.synthesis import new_function

FORMS: Final = {
    "owner": Form.parse("[0-9a-f]{8}"),
    "tenant": Form.parse("[a-z0-9-]{3,36}"),
    "department": Form.parse("[A-Z]{2}"),
}
VARIABLES: Final = {"owner": "${me}", "tenant": "${T}", "department": "${D}"}
ADMINS: Final = allow.group("admins")
USERS: Final = frozenset({allow.authenticated, allow.owner, allow.tenant, allow.claim("department")})
CALLERS: Final = {
    "guests": frozenset({allow.guest, allow.guest_owner}),
    "users": USERS,
    "admins": USERS | {ADMINS},
}


def route(path: str, *access: Any, method: str = "GET", **options: Any) -> Route:
    return Route(method, path, FUNCTION, access=access, **options)


def resources(subject: Subject, *routes: Route) -> tuple[str, ...]:
    (statement,) = invoke_statements(subject, routes, CALLERS.values(), stage_arn="S", variables=VARIABLES)
    return statement.resources


@pytest.mark.parametrize("spelt_out", [0, 100])
@pytest.mark.parametrize("subject", [allow.tenant, allow.authenticated, ADMINS])
def test_every_subject_invokes_the_path_of_the_callers_own_tenant(
    subject: Subject, spelt_out: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(route_pattern_merging, "MOST_SPELT_OUT", spelt_out)
    routes = [route("/tenants/{tenant}/projects", subject), route("/tenants/{tenant}/projects/{id}", subject)]
    granted = resources(subject, *routes)
    spelt = ("S/GET/tenants/${T}/projects", "S/GET/tenants/${T}/projects/*")
    assert granted == (spelt if spelt_out else ("S/GET/tenants/${T}/*",))


def test_an_administrator_looks_after_the_people_of_the_tenant_and_each_person_after_themselves() -> None:
    path = route("/tenants/{tenant}/people/{owner}", allow.owner, ADMINS, everyone="tenant")
    assert resources(allow.owner, path) == ("S/GET/tenants/${T}/people/${me}",)
    assert resources(ADMINS, path) == ("S/GET/tenants/${T}/people/*",)
    (opened,) = opened_routes([path], CALLERS.values(), ["owner", "tenant"])
    assert (opened["caller"], opened["within"]) == ("group:admins", ["tenant"])


def test_everybodys_tenant_has_a_name_of_its_own_in_the_path() -> None:
    routes = [
        route("/bills/{any_tenant}", ADMINS, everyone=True),
        route("/t/{tenant}/of/{any_department}", allow.tenant, everyone="tenant"),
        route("/t/{tenant}/bill", allow.tenant, allow.function(FUNCTION), everyone=True),
    ]
    check_places(routes, FORMS)
    assert resources(ADMINS, routes[0]) == ("S/GET/bills/*",)
    assert resources(allow.tenant, *routes[1:]) == ("S/GET/t/${T}/bill", "S/GET/t/${T}/of/*")


def test_a_name_is_a_placeholder_only_where_the_auth_has_the_claim() -> None:
    (statement,) = invoke_statements(
        allow.authenticated,
        [route("/tenants/{tenant}", allow.authenticated)],
        CALLERS.values(),
        stage_arn="S",
        variables={"owner": "${me}"},
    )
    assert statement.resources == ("S/GET/tenants/*",)


@pytest.mark.parametrize(
    ("routes", "message"),
    [
        ([route("/projects", allow.tenant)], r"route 'GET /projects' has allow\.tenant but not \{tenant\} in its path"),
        (
            [route("/{tenant}/a", allow.claim("department"))],
            r"""route 'GET /\{tenant\}/a' has allow\.claim\("department"\) but not""",
        ),
        ([route("/{tenant}/a", allow.guest)], r"route 'GET /\{tenant\}/a' has allow\.guest"),
        ([route("/{tenant}/a", allow.guest, everyone=True)], r"route 'GET /\{tenant\}/a' has allow\.guest"),
        ([route("/{tenant}/{owner}", allow.guest_owner)], r"route 'GET /\{tenant\}/\{owner\}' has allow\.guest_owner"),
        ([route("/{tenant}/a", jwt())], "which only IAM can restrict to the caller, but no caller who signs"),
        ([route("/{tenant}/a", anyone)], "which only IAM can restrict to the caller, but no caller who signs"),
        ([route("/{id}/{tenant}", allow.tenant)], r"write the tenant first, as in /\{tenant\}/\{id\}"),
        ([route("/{tenant}/{id}/{owner}", allow.owner)], r"as in /\{tenant\}/\{owner\}/\{id\}"),
        ([route("/{owner}/{tenant}", allow.owner)], r"write \{owner\} last"),
        ([route("/a/{tenant+}", allow.authenticated)], r"of the caller matches one segment; write \{tenant\}"),
        ([route("/{tenant}/a", ADMINS, everyone=True)], 'group."admins". can name any tenant.*{any_tenant}'),
        ([route("/{tenant}/a", allow.tenant, ADMINS, everyone=True)], "name any tenant, which the function"),
        ([route("/{tenant}/{department}", ADMINS, everyone="tenant")], r"name any department.*{any_department}"),
        (
            [route("/a/{any_tenant}", ADMINS)],
            "any tenant that a caller names; add everyone=True if this is intended, or",
        ),
        (
            [route("/a/{any_tenant}", jwt())],
            "any tenant that a caller names; add everyone=True if this is intended, or",
        ),
        (
            [route("/a/{any_tenant}", allow.tenant, everyone=True)],
            r"route 'GET /a/\{any_tenant\}' has allow\.tenant but not \{tenant\} in its",
        ),
        ([route("/{tenant}/a", allow.function(FUNCTION))], r"route 'GET /\{tenant\}/a' has allow\.function"),
        (
            [route("/{owner}/a", allow.owner, allow.function(FUNCTION))],
            "call the path of every owner; add everyone=True if this is intended",
        ),
        ([route("/a/{tenant}", allow.tenant, everyone="tenant")], "which opens nothing in its path"),
        ([route("/a", allow.authenticated, everyone="tenant")], "which opens nothing in its path"),
        ([route("/{tenant}/{owner}", ADMINS, everyone="owner")], "which opens nothing in its path"),
        # A tenant may be called as the path beside it is.
        ([route("/t/{tenant}", allow.tenant), route("/t/common", ADMINS)], "put one of the two below a fixed segment"),
        (
            [route("/t/{tenant}/{x}", allow.tenant), route("/t/common/a/b", ADMINS)],
            "put one of the two below a fixed segment",
        ),
        (
            [
                route("/{tenant}/a", allow.tenant, allow.function(FUNCTION), everyone=True),
                route("/common/a", ADMINS),
            ],
            "put one of the two below a fixed segment",
        ),
        (
            [route("/{x}/a/common", ADMINS), route("/b/a/{tenant}", allow.tenant)],
            "put one of the two below a fixed segment",
        ),
        ([route("/{tenant}/{owner}", ADMINS, everyone="tenant"), route("/acme/{tenant}", ADMINS)], "the same path"),
        (
            [route("/{tenant}/{x}/a", allow.tenant), route("/acme/b/c/a", ADMINS)],
            "put one of the two below a fixed segment",
        ),
        (
            [route("/t/{tenant}/a", allow.tenant), route("/t/{owner}/{x}", allow.owner)],
            "put one of the two below a fixed segment",
        ),
    ],
)
def test_what_iam_could_not_hold_is_refused(routes: list[Route], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_places(routes, FORMS)


@pytest.mark.parametrize(
    "routes",
    [
        [route("/t/{tenant}", allow.tenant), route("/t/COMMON", ADMINS)],
        [route("/t/{tenant}", allow.tenant), route("/t/common", ADMINS, method="PUT")],
        [route("/t/{tenant}/a", allow.tenant), route("/u/common/a", ADMINS)],
        [route("/t/{tenant}/a", allow.tenant), route("/t/{department}/b", allow.claim("department"))],
        [route("/t/{tenant}", allow.tenant), route("/t/{tenant}/{id}", allow.tenant)],
    ],
)
def test_paths_that_no_value_makes_equal_are_accepted(routes: list[Route]) -> None:
    check_places(routes, FORMS)


def test_a_wider_right_may_not_reach_another_tenants_path() -> None:
    routes = [route("/t/{id}/{x}", allow.authenticated), route("/t/{tenant}/notes", allow.tenant)]
    with pytest.raises(ValueError, match="<another's ID>"):
        check_reach(routes, CALLERS, [*FORMS])


def test_a_wider_right_may_not_reach_the_path_of_a_tenant_that_is_called_as_its_own() -> None:
    routes = [route("/{x}/y/common", allow.authenticated), route("/b/c/y/{tenant}", allow.tenant)]
    with pytest.raises(ValueError, match=r"route 'GET /\{x\}/y/common' is open to users"):
        check_reach(routes, CALLERS, [*FORMS])


def test_an_api_holds_its_routes_to_the_claims_of_its_auth() -> None:
    stack = Stack(App(), "Stack")
    auth = Auth(stack, "Auth", tenant=Tenant(), groups=[Group("admins")])
    projects = Route("GET", "/tenants/{tenant}/projects", new_function(stack, "Function"), access=[allow.tenant])
    Api(stack, "Api", auth=auth, routes=[projects])
    policies = str(Template.from_stack(stack).find_resources("AWS::IAM::Policy"))
    assert policies.count("GET/tenants/${aws:PrincipalTag/tenant}/projects") == 2


def test_an_api_refuses_a_claim_that_its_auth_lacks() -> None:
    stack = Stack(App(), "Stack")
    function = new_function(stack, "Function")

    def made(access: Any) -> Route:
        return Route("GET", "/t/{tenant}", function, access=[access])

    with pytest.raises(ValueError, match="this Auth has no such claim"):
        Api(stack, "Api", auth=Auth(stack, "Auth"), routes=[made(allow.tenant)])
    with pytest.raises(ValueError, match="which only IAM can restrict to the caller, but no caller who signs"):
        Api(stack, "Two", auth=Auth(stack, "A2", tenant=Tenant()), routes=[made(jwt())])


PARTS: Final = st.lists(st.sampled_from(["a", "b", "{x}", "{tenant}", "{owner}"]), min_size=1, max_size=4, unique=True)
WHO: Final = st.sets(st.sampled_from([allow.authenticated, ADMINS, allow.owner, allow.tenant]), min_size=1)
MINE: Final = {"tenant": "${T}", "owner": "${me}"}
OTHERS: Final = {"tenant": "other", "owner": "another"}


@st.composite
def apis(draw: st.DrawFn) -> list[Route]:
    found: dict[Any, Route] = {}
    spelt = st.tuples(PARTS, WHO, st.sampled_from([True, "tenant", False]))
    for parts, who, everyone in draw(st.lists(spelt, min_size=1, max_size=5)):
        path = "/" + "/".join(parts)
        shape = re.sub(r"\{\w+\}", "{}", path)
        try:
            made = route(path, *sorted(who, key=str), everyone=everyone)
            check_places([*found.values(), made], FORMS)
        except ValueError:
            continue
        found.setdefault(shape, made)
    return list(found.values())


def may(subjects: frozenset[Subject], made: Route, parts: list[str]) -> bool:
    """What a rule says, in the plainest words: each subject by itself."""
    values = {name[1:-1]: value for name, value in zip(segments(made.path), parts, strict=True) if "{" in name}
    own = {name: values[name] == MINE[name] for name in ("tenant", "owner") if name in values}
    for subject in subjects & frozenset(made.subjects):
        if subject == allow.owner:
            allowed = all(own.values())
        elif made.everyone is True:
            allowed = subject != allow.tenant or own["tenant"]
        else:
            allowed = own.get("tenant", True)
        if allowed:
            return True
    return False


@search(60, full=3_000)
@given(apis())
def test_each_role_may_send_exactly_what_its_routes_say(routes: list[Route]) -> None:
    assume(routes)
    try:
        check_reach(routes, CALLERS, [*FORMS])
    except ValueError:
        assume(False)
    for spelt_out, subjects in product((0, 100), (USERS, USERS | {ADMINS})):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(route_pattern_merging, "MOST_SPELT_OUT", spelt_out)
            patterns = [
                re.escape(resource).replace(r"\*", ".*")
                for subject in subjects
                if any(subject in each.subjects for each in routes)
                for resource in resources(subject, *routes)
            ]
        for made, tenant, owner in product(routes, (MINE, OTHERS), (MINE, OTHERS)):
            values = {"{x}": "zz", "{tenant}": tenant["tenant"], "{owner}": owner["owner"]}
            parts = [values.get(part, part) for part in segments(made.path)]
            answering = max(
                (
                    each
                    for each in routes
                    if len(segments(each.path)) == len(parts)
                    and all(a.startswith("{") or a == b for a, b in zip(segments(each.path), parts, strict=True))
                ),
                key=specificity,
            )
            matched = any(re.fullmatch(pattern, f"S/GET/{'/'.join(parts)}") for pattern in patterns)
            assert matched == may(subjects, answering, parts), (str(made), parts, patterns)
