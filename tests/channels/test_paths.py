"""Channel paths that AppSync has no channel of, and rules that would open more than they say, are refused."""

from typing import Any

import pytest
from aws_cdk import aws_iam as iam

from constructs_lib.access import Rule, allow
from constructs_lib.access.value_formats import Form
from constructs_lib.auth.owner_kinds import OWNERS
from constructs_lib.channels.namespaces import namespaces_of
from constructs_lib.channels.paths import parse_channels

FORMS = {
    "owner": OWNERS["identity"].form,
    "tenant": Form.parse("[a-z0-9-]{3,36}"),
    "team": Form.parse("[a-z_]{2,9}"),
    "unit": Form.parse("[a-z]{2,60}"),
}
SERVICE = iam.ServicePrincipal("lambda.amazonaws.com")
HEARS = allow.authenticated.to("subscribe")


@pytest.mark.parametrize(
    ("path", "instead"),
    [
        ("news/*", "/news/*"),
        ("/news", "/news/*"),
        ("/news//x/*", "does not begin"),
        ("/*", "/news/*"),
        ("/a/b/c/d/e/*", "/a/b/c/d/*"),
        ("/ne_ws/*", "/news/*"),
        ("/-news/*", "/news/*"),
        (f"/{'n' * 51}/*", f"/{'n' * 50}/*"),
        ("/news/*/x/*", "letters, digits"),
        ("/news/{owner}x/*", "/news/ownerx/*"),
        ("/{owner}/*", "/private/{owner}/*"),
        ("/p/{owner}/{tenant}/*", "/p/{tenant}/{owner}/*"),
        ("/p/{owner}/{owner}/*", "/p/{owner}/*"),
        ("/p/{sub}/*", "{owner}, {tenant}"),
        ("/p/{team}/*", "restrict the claim's form"),
        ("/p/{unit}/*", "restrict the claim's form"),
    ],
)
def test_a_path_that_is_no_channels_is_refused_with_one_that_is(path: str, instead: str) -> None:
    with pytest.raises(ValueError, match="channel path") as error:
        parse_channels({path: [HEARS]}, FORMS)
    assert instead in str(error.value)


@pytest.mark.parametrize(
    ("path", "rule", "message"),
    [
        ("/news/*", allow.owner.to("subscribe"), r"write /news/\{owner\}/\*"),
        ("/news/*", allow.tenant.to("subscribe"), r"write /news/\{tenant\}/\*, or use allow\.authenticated"),
        ("/news/*", allow.authenticated.to("read"), "'get', which channels do not have; use subscribe, publish"),
        ("/news/*", allow.authenticated.to("subscribe", everyone=True), r"everyone=True on '/news/\*' has no effect"),
        ("/private/{owner}/*", HEARS, r"the rule for authenticated on '/private/\{owner\}/\*' would open the"),
        ("/private/{owner}/*", allow.group("a").to("publish"), "everyone=True"),
        ("/private/{owner}/*", allow.function(SERVICE).to("publish"), "everyone=True"),
        ("/t/{tenant}/*", allow.guest.to("subscribe"), r"'/t/\{tenant\}/\*' has a rule for allow\.guest"),
        ("/t/{tenant}/{owner}/*", allow.group("a").to("publish"), "everyone='tenant' or everyone=True"),
    ],
)
def test_a_rule_that_cannot_hold_or_opens_unsaid_is_refused(path: str, rule: Rule, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_channels({path: [rule]}, FORMS)


@pytest.mark.parametrize(
    ("one", "other"),
    [("/news/*", "/news/today/*"), ("/t/{tenant}/*", "/t/public/*"), ("/t/{tenant}/a/*", "/t/{owner}/*")],
)
def test_two_paths_that_share_channels_are_refused(one: str, other: str) -> None:
    rules = [allow.authenticated.to("subscribe", everyone=True) if "{" in path else HEARS for path in (one, other)]
    with pytest.raises(ValueError, match="share channels"):
        parse_channels({one: [rules[0]], other: [rules[1]]}, FORMS)


def test_no_path_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match=r"access=\{\} has no channel"):
        parse_channels({}, FORMS)


@pytest.mark.parametrize(
    ("access", "owner", "message"),
    [
        ({"/t/{tenant}/{owner}/*": [allow.owner.to("publish")]}, "identity", "Auth\\(owner='sub'\\)"),
        (
            {
                "/t/{tenant}/*": [allow.tenant.to("publish")],
                "/t/News/*": [HEARS],
            },
            "identity",
            "a namespace has one authorization type for both",
        ),
        (
            {"/p/{owner}/*": [allow.guest.to("subscribe", everyone=True), allow.owner.to("publish")]},
            "sub",
            r"the rule for guest on '/p/\{owner\}/\*' has no effect",
        ),
    ],
)
def test_a_namespace_is_for_signed_requests_or_for_tokens(access: Any, owner: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        namespaces_of(parse_channels(access, FORMS), owner=owner)
