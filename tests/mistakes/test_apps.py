"""Mistakes about pages, APIs, sign-in and places of stacks: each is an error of ours that says what to write."""

# Who checks types sees some of these by themselves.
# mypy: disable-error-code="arg-type,call-arg,list-item"

from pathlib import Path
from typing import Final

import pytest
from aws_cdk import Environment, Stack
from aws_cdk import aws_iam as iam

from constructs_lib.access import allow, anyone
from constructs_lib.api import Route, Throttle, UsagePlan, api_key, jwt
from constructs_lib.auth import (
    Attribute,
    Auth,
    DefaultGroup,
    FirstUser,
    Group,
    Messages,
    PrefixDomain,
    ResourceServer,
    RoleRule,
    Saml,
    SesSender,
    SignIn,
    Triggers,
    WebClient,
)  # fmt: skip
from constructs_lib.client import ClientConfig
from constructs_lib.storage import presets
from tests.mistakes.here import Here, Mistake, refused

PAGE: Final = Path(__file__).parents[1] / "hosting" / "page"
OWN: Final = [allow.owner.to("read")]


def configured_twice(here: Here) -> None:
    page = here.page(PAGE)
    page.configure({})
    page.configure({})


def routes_twice(here: Here) -> None:
    function = here.function()
    here.api([Route("GET", "/a", function, access=[jwt()]), Route("GET", "/a", function, access=[jwt()])])


MISTAKES: Final[dict[str, Mistake]] = {
    "route access twice": lambda here: here.api(
        [Route("GET", "/a", here.function(), access=[allow.authenticated, allow.authenticated])]
    ),
    "a page: dup names": lambda here: here.page(PAGE, domain_names=["a.b.c", "a.b.c"], certificate=here.certificate()),
    "a page: cert no names": lambda here: here.page(PAGE, certificate=here.certificate()),
    "a page: backend rest": lambda here: here.page(
        PAGE, backends={"/api/*": here.api([Route("GET", "/api/a", here.function(), access=[jwt()])], kind="rest").url}
    ),
    "a page: backend http": lambda here: here.page(PAGE, backends={"/api/*": "http://x.com"}),
    "a page: backend no slash": lambda here: here.page(PAGE, backends={"api/*": "https://x.com"}),
    "a page: error page missing": lambda here: here.page(PAGE, error_page="404.html"),
    "a page: conf twice": configured_twice,
    "stack region unknown": lambda here: Auth(Stack(here.app, "X", env=Environment(region="eu-wset-1")), "A"),
    "sns region": lambda here: here.auth(sign_in=SignIn(phone=True), messages=Messages(sms_region="eu-wst-1")),
    "ses region": lambda here: here.auth(
        messages=Messages(email=SesSender(from_email="a@b.com", ses_region="eu-wst-1"))
    ),
    "api policy http": lambda here: here.api(
        [Route("GET", "/a", here.function(), access=[jwt()])], policy=iam.PolicyDocument()
    ),
    "api usage plan dup": lambda here: here.api(
        [Route("GET", "/a", here.function(), access=[api_key])],
        kind="rest",
        usage_plans=[UsagePlan("a", keys=["k"]), UsagePlan("a", keys=["k2"])],
    ),
    "api key dup in plans": lambda here: here.api(
        [Route("GET", "/a", here.function(), access=[api_key])],
        kind="rest",
        usage_plans=[UsagePlan("a", keys=["k"]), UsagePlan("b", keys=["k"])],
    ),
    "api route dup": routes_twice,
    "api route everyone no owner": lambda here: here.api(
        [Route("GET", "/a", here.function(), access=[allow.authenticated], everyone=True)]
    ),
    "api route tenant anyone": lambda here: here.api(
        [Route("GET", "/t/{tenant}/a", here.function(), access=[anyone])], auth=here.tenants()
    ),
    "api route tenant everyone typo": lambda here: here.api(
        [Route("GET", "/t/{tenant}/{owner}/a", here.function(), access=[allow.authenticated], everyone="tennant")],
        auth=here.tenants(),
    ),
    "api jwt twice": lambda here: Route("GET", "/a", here.function(), access=[jwt("a/b"), jwt("c/d")]),
    "api throttle inf": lambda _: Throttle(rate=float("inf"), burst=1),
    "config no auth": lambda here: ClientConfig(here.stack, "C"),
    "auth groups dup": lambda here: here.auth(groups=[Group("a"), Group("a")]),
    "auth groups case": lambda here: here.auth(groups=[Group("a"), Group("A")]),
    "auth clients dup": lambda here: here.auth(clients=[WebClient(), WebClient()]),
    "auth providers dup": lambda here: here.auth(
        providers=[Saml("x", metadata="https://a.com/m"), Saml("x", metadata="https://a.com/m")]
    ),
    "auth first users dup": lambda here: here.auth(
        sign_in=SignIn(first_users=[FirstUser("a@b.com"), FirstUser("a@b.com")])
    ),
    "auth first user no mail": lambda here: here.auth(sign_in=SignIn(first_users=[FirstUser("ab")])),
    "auth first user group unknown": lambda here: here.auth(
        sign_in=SignIn(first_users=[FirstUser("a@b.com", groups=["x"])])
    ),
    "auth domains dup": lambda here: here.auth(sign_in=SignIn(allowed_email_domains=["a.com", "a.com"])),
    "auth role rule dup": lambda here: here.auth(
        groups=[Group("a")],
        attributes=[Attribute("x")],
        role_rules=[RoleRule("custom:x", "a", group="a"), RoleRule("custom:x", "a", group="a")],
    ),
    "auth resource server dup": lambda here: here.auth(
        resource_servers=[ResourceServer("a", {"b": "x"}), ResourceServer("a", {"c": "x"})]
    ),
    "auth callback dup": lambda here: here.auth(
        domain=PrefixDomain("an-app"), clients=[WebClient(callback_urls=["https://a.com", "https://a.com"])]
    ),
    "auth attribute dup": lambda here: here.auth(attributes=[Attribute("x"), Attribute("x")]),
    "default group unknown": lambda here: here.auth(
        triggers=Triggers(post_confirmation=DefaultGroup(here.stack, "D", group="x"))
    ),
    "storage grant no verb": lambda here: here.files(presets.private()).grant(here.function()),
    "storage grant typo": lambda here: here.files(presets.private()).grant(here.function(), "reed"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_refused_with_what_to_write(name: str) -> None:
    refused(name, MISTAKES[name])
