"""A load balancer's session is valid for its own rule, and a sign-in for its own browser."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.local.emulator.balancer_sessions import NONCE, Session, Sessions, SignIn

RULE = SignIn(
    balancer="arn:balancer",
    issuer="https://issuer",
    authorize="https://hosted/oauth2/authorize",
    token="https://hosted/oauth2/token",
    user_info="https://hosted/oauth2/userInfo",
    client_id="client",
    client_secret="secret",
)
SOMEBODY = Session(claims={"sub": "ann"}, access_token="token", until=2000)
NOW = 1000


def jar(cookies: list[str]) -> dict[str, str]:
    """Return the cookies that a browser stores."""
    pairs = (each.partition(";")[0].partition("=") for each in cookies)
    return {name: value for name, _, value in pairs}


def test_a_session_is_valid_for_its_rule_until_it_ends() -> None:
    sessions = Sessions()
    cookies = sessions.cookies(RULE, SOMEBODY)
    assert all(each.endswith("Path=/; Max-Age=604800; Secure; HttpOnly") for each in cookies)
    assert sessions.session(RULE, jar(cookies), now=NOW) == SOMEBODY
    assert sessions.session(RULE, jar(cookies), now=2000) is None
    assert "ann" not in cookies[0]


@pytest.mark.parametrize(
    "other",
    [{"balancer": "arn:other"}, {"issuer": "https://other"}, {"client_id": "other"}, {"cookie": "Other"}],
)
def test_a_session_is_invalid_for_another_rule(other: dict[str, Any]) -> None:
    sessions = Sessions()
    kept = jar(sessions.cookies(RULE, SOMEBODY))
    renamed = {name.replace(RULE.cookie, other.get("cookie", RULE.cookie)): value for name, value in kept.items()}
    assert sessions.session(replace(RULE, **other), renamed, now=NOW) is None


@pytest.mark.parametrize("value", ["", "x", "é", "gAAAAA" + "A" * 90, "e30"])
def test_an_invented_cookie_is_not_a_session(value: str) -> None:
    assert Sessions().session(RULE, {"AWSELBAuthSessionCookie-0": value}, now=NOW) is None
    kept = jar(Sessions().cookies(RULE, SOMEBODY))
    assert Sessions().session(RULE, kept, now=NOW) is None, "another emulator's"


def test_a_large_session_takes_several_cookies_and_all_of_them() -> None:
    sessions = Sessions()
    large = replace(SOMEBODY, access_token="t" * 6000)
    kept = jar(sessions.cookies(RULE, large))
    assert len(kept) > 1
    assert sessions.session(RULE, kept, now=NOW) == large
    del kept["AWSELBAuthSessionCookie-1"]
    assert sessions.session(RULE, kept, now=NOW) is None


def test_a_sign_in_comes_back_once_in_time_to_its_balancer_and_browser() -> None:
    def begun() -> tuple[Sessions, str, dict[str, str]]:
        sessions = Sessions()
        state, cookie = sessions.begin(RULE, url="https://app/a", redirect_uri="https://app/back", now=NOW)
        return sessions, state, jar([cookie])

    sessions, state, kept = begun()
    pending = sessions.resume(state, balancer=RULE.balancer, cookies=kept, now=NOW + 899)
    assert pending is not None
    assert (pending.url, pending.sign_in) == ("https://app/a", RULE)
    assert sessions.resume(state, balancer=RULE.balancer, cookies=kept, now=NOW) is None
    changes: list[dict[str, Any]] = [
        {"cookies": {}},
        {"cookies": {NONCE: "another"}},
        {"cookies": {NONCE: "é"}},
        {"balancer": "arn:other"},
        {"now": NOW + 900},
    ]
    for changed in changes:
        sessions, state, kept = begun()
        given: dict[str, Any] = {"balancer": RULE.balancer, "cookies": kept, "now": NOW, **changed}
        assert sessions.resume(state, **given) is None, changed
        assert sessions.resume(state, balancer=RULE.balancer, cookies=kept, now=NOW) is None, "it is used up"
    assert begun()[0].resume("another", balancer=RULE.balancer, cookies=kept, now=NOW) is None
