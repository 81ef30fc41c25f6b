"""Sign-up is limited to addresses of the allowed domains."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

Load = Callable[..., ModuleType]


def event(email: str | None, source: str = "PreSignUp_SignUp") -> dict[str, Any]:
    attributes = {} if email is None else {"email": email}
    return {"triggerSource": source, "request": {"userAttributes": attributes}, "response": {}}


@pytest.fixture
def trigger(load: Load) -> ModuleType:
    return load("email_domains", EMAIL_DOMAINS="example.com,Example.org")


@pytest.mark.parametrize("email", ["ann@example.com", "Ann@EXAMPLE.COM", "ann@example.org", '"a@b"@example.com'])
def test_an_address_of_an_allowed_domain_passes(trigger: ModuleType, email: str) -> None:
    assert trigger.handler(event(email), None) == event(email)


@pytest.mark.parametrize(
    "email",
    [
        "eve@evil.org",
        "eve@sub.example.com",
        "eve@example.com.evil.org",
        "eve@notexample.com",
        "eve@example.com@evil.org",
        "@example.com",
        "example.com",
        "",
        None,
    ],
)
@pytest.mark.parametrize("source", ["PreSignUp_SignUp", "PreSignUp_ExternalProvider", "PreSignUp_Unheard"])
def test_any_other_address_is_refused_however_they_come(trigger: ModuleType, email: str | None, source: str) -> None:
    with pytest.raises(trigger.DomainNotAllowedError, match="this e-mail domain may not sign up"):
        trigger.handler(event(email, source), None)


def test_an_administrator_may_invite_anyone(trigger: ModuleType) -> None:
    invited = event("partner@elsewhere.org", "PreSignUp_AdminCreateUser")
    assert trigger.handler(invited, None) == invited


def test_without_a_list_nobody_signs_up(load: Load) -> None:
    trigger = load("email_domains", EMAIL_DOMAINS="")
    for email in ("ann@example.com", "ann@"):
        with pytest.raises(trigger.DomainNotAllowedError):
            trigger.handler(event(email), None)
