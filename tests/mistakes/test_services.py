"""Mistakes about memberships, services, verified callers and tests: each an error of ours that says what to write."""

# Who checks types sees some of these by themselves.
# mypy: disable-error-code="arg-type,call-arg,list-item"

from typing import Final

import pytest

from constructs_lib import verified
from constructs_lib.access import allow, anyone
from constructs_lib.api import api_key, jwt
from constructs_lib.auth import Attribute, Group, RoleRule, ServerClient, SignIn, Triggers, WebClient
from constructs_lib.memberships import Memberships
from constructs_lib.services import ServiceRoute
from constructs_lib.testing import assert_access, assert_isolated
from tests.mistakes.here import BALANCER, POOL, Here, Mistake, refused


def routes_twice(here: Here) -> None:
    members = Memberships(here.stack, "Members")
    auth = here.auth(
        tenant=members.tenant,
        groups=[Group("admins")],
        role_rules=members.role_rules,
        triggers=Triggers(pre_token_generation=members.pre_token),
    )
    members.routes(auth)
    members.routes(auth)


MISTAKES: Final[dict[str, Mistake]] = {
    "memberships: form bad": lambda here: Memberships(here.stack, "M", form="x*"),
    "memberships: roles dup": lambda here: Memberships(here.stack, "M", roles=["editors", "editors"]),
    "memberships: roles admin": lambda here: Memberships(here.stack, "M", roles=["admins"]),
    "memberships: roles member": lambda here: Memberships(here.stack, "M", roles=["member"]),
    "memberships: roles space": lambda here: Memberships(here.stack, "M", roles=["my role"]),
    "memberships: roles 25": lambda here: here.auth(
        role_rules=[RoleRule("custom:x", f"v{number}", group="a") for number in range(26)],
        groups=[Group("a")],
        attributes=[Attribute("x")],
    ),
    "memberships: no trigger": lambda here: here.member_routes(pools={"triggers": None}),
    "memberships: no rules": lambda here: here.member_routes(pools={"role_rules": ()}),
    "memberships: no group": lambda here: here.member_routes(pools={"groups": ()}),
    "memberships: other auth": lambda here: Memberships(here.stack, "M").routes(here.auth()),
    "memberships: routes twice": routes_twice,
    "memberships: founders guest": lambda here: here.member_routes(pools={"guests": True}, founders=[allow.guest]),
    "memberships: founders owner": lambda here: here.member_routes(founders=[allow.owner]),
    "memberships: founders unknown group": lambda here: here.member_routes(founders=[allow.group("nope")]),
    "memberships: cors star": lambda here: here.member_routes(cors_origins=["*"]),
    "memberships: by username": lambda here: here.member_routes(pools={"sign_in": SignIn(username=True)}),
    "a service: no routes": lambda here: here.service([]),
    "a service: route owner": lambda _: ServiceRoute("/a", access=[allow.owner]),
    "a service: route group": lambda _: ServiceRoute("/a", access=[allow.group("x")]),
    "a service: route guest": lambda _: ServiceRoute("/a", access=[allow.guest]),
    "a service: route api_key": lambda _: ServiceRoute("/a", access=[api_key]),
    "a service: route none": lambda _: ServiceRoute("/a", access=[]),
    "a service: route two": lambda _: ServiceRoute("/a", access=[anyone, jwt()]),
    "a service: route star open": lambda _: ServiceRoute("/*", access=[anyone]),
    "a service: route mid star": lambda _: ServiceRoute("/a/*/b", access=[allow.authenticated]),
    "a service: route brace": lambda _: ServiceRoute("/a/{id}", access=[allow.authenticated]),
    "a service: route no slash": lambda _: ServiceRoute("a", access=[allow.authenticated]),
    "a service: dup path": lambda here: here.service(
        [ServiceRoute("/a", access=[jwt()]), ServiceRoute("/a", access=[anyone])]
    ),
    "a service: client missing": lambda here: here.service([ServiceRoute("/*", access=[allow.authenticated])]),
    "a service: client web": lambda here: here.service(
        [ServiceRoute("/*", access=[allow.authenticated])], client="Web"
    ),
    "a service: client unknown": lambda here: here.service(
        [ServiceRoute("/*", access=[allow.authenticated])], client="Nope"
    ),
    "a service: client unneeded": lambda here: here.service([ServiceRoute("/*", access=[jwt()])], client="Server"),
    "a service: no domain": lambda here: here.service(
        [ServiceRoute("/*", access=[allow.authenticated])],
        auth=here.auth(clients=[WebClient(), ServerClient(name="Server")]),
        client="Server",
    ),
    "a service: port 0": lambda here: here.service([ServiceRoute("/*", access=[jwt()])], port=0),
    "a service: port 70000": lambda here: here.service([ServiceRoute("/*", access=[jwt()])], port=70000),
    "a service: domain url": lambda here: here.service(
        [ServiceRoute("/*", access=[jwt()])], domain_name="https://a.example.com"
    ),
    "a service: domain star": lambda here: here.service(
        [ServiceRoute("/*", access=[jwt()])], domain_name="*.example.com"
    ),
    "a service: health no slash": lambda here: here.service(
        [ServiceRoute("/*", access=[jwt()])], health_check_path="health"
    ),
    "a service: health query": lambda here: here.service(
        [ServiceRoute("/*", access=[jwt()])], health_check_path="/h?x=1"
    ),
    "a service: scope unknown": lambda here: here.service([ServiceRoute("/*", access=[jwt("orders/read")])]),
    "a verified pool: id arn": lambda _: verified.UserPool(
        "arn:aws:cognito-idp:eu-west-1:1:userpool/x", client_ids=["a"]
    ),
    "a verified pool: id blank client": lambda _: verified.UserPool("eu-west-1_a", client_ids=[" "]),
    "a verified pool: client star": lambda _: verified.UserPool("eu-west-1_a", client_ids=["*"]),
    "a verified pool: refetch nan": lambda _: verified.UserPool(
        "eu-west-1_a", client_ids=["a"], refetch_after=float("nan")
    ),
    "a verified pool: issuer http": lambda _: verified.UserPool("eu-west-1_a", client_ids=["a"], issuer="http://x"),
    "a verified pool: tenant claim empty": lambda _: verified.UserPool(
        "eu-west-1_a", client_ids=["a"], tenant_claim=" "
    ),
    "a verified pool: audience id": lambda _: verified.UserPool(
        "eu-west-1_a", client_ids=["a"], use="id", audience="x"
    ),
    "a balancer: nlb arn": lambda _: verified.LoadBalancer(
        "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/a/0123456789abcdef", pool=POOL
    ),
    "a balancer: id pool": lambda _: verified.LoadBalancer(
        BALANCER, pool=verified.UserPool("eu-west-1_a", client_ids=["a"], use="id")
    ),
    "a middleware: anyone slash only star": lambda _: verified.VerifiedCallers(print, sources=[POOL], anyone=["/*"]),
    "a middleware: anyone query": lambda _: verified.VerifiedCallers(print, sources=[POOL], anyone=["/a?x=1"]),
    "signed_out http": lambda _: verified.signed_out("http://x"),
    "assert who typo": lambda _: assert_access({"Resources": {}}, "gest", can=["get A b/*"]),
    "assert claim short": lambda _: assert_access({"Resources": {}}, "guest", can=["get"]),
    "assert nothing": lambda _: assert_access({"Resources": {}}, "internet"),
    "isolated accept unknown": lambda _: assert_isolated({"Resources": {}}, accept=["X:get"]),
    "isolated accept verb": lambda _: assert_isolated({"Resources": {}}, accept=["X:reed"]),
    "isolated missing file": lambda _: assert_isolated("nofile.json"),
    "isolated stack": lambda here: assert_isolated(here.stack),
    "assert stack": lambda here: assert_access(here.stack, "guest"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_refused_with_what_to_write(name: str) -> None:
    refused(name, MISTAKES[name])
