"""What users sign in with."""

from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib.auth import SignIn

Find = Callable[[str], Any]


def recovery(pool: dict[str, Any]) -> list[str]:
    return [each["Name"] for each in pool["AccountRecoverySetting"]["RecoveryMechanisms"]]


def test_by_default_people_sign_up_with_an_email_address_in_any_case_and_confirm_it(resources: Find) -> None:
    pool = resources("plain_auth").named("AuthUserPool")
    assert pool["UsernameAttributes"] == pool["AutoVerifiedAttributes"] == ["email"]
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": False}
    assert pool["UserAttributeUpdateSettings"] == {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    assert recovery(pool) == ["verified_email"]
    assert "SmsConfiguration" not in pool


def test_a_phone_number_may_be_the_name_and_is_verified_by_sms(resources: Find) -> None:
    pool = resources("by_phone").named("AuthUserPool")
    assert pool["UsernameAttributes"] == pool["AutoVerifiedAttributes"] == ["phone_number"]
    assert pool["SmsConfiguration"]["SnsCallerArn"] == "<AuthSmsRole.Arn>"
    assert recovery(pool) == ["admin_only"]


def test_a_username_keeps_email_phone_and_a_second_name_as_aliases(resources: Find) -> None:
    pool = resources("by_username").named("AuthUserPool")
    assert pool["AliasAttributes"] == ["email", "phone_number", "preferred_username"]
    assert "UsernameAttributes" not in pool
    assert recovery(pool) == ["verified_email", "verified_phone_number"]


def test_a_username_alone_may_be_case_sensitive_and_invited_only(resources: Find) -> None:
    pool = resources("by_username_alone").named("AuthUserPool")
    assert pool["UsernameConfiguration"] == {"CaseSensitive": True}
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert recovery(pool) == ["admin_only"]
    assert "Schema" not in pool


def test_a_link_may_confirm_an_account(resources: Find) -> None:
    pool = resources("classic").named("AuthUserPool")
    assert pool["VerificationMessageTemplate"]["DefaultEmailOption"] == "CONFIRM_WITH_LINK"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"email": False}, r"SignIn\(\) has no attribute to sign in with"),
        ({"preferred_username": True}, "preferred_username=True is an additional user name"),
        ({"verification": "mail"}, "verification='mail' is unknown; use 'code', 'link'"),
        ({"recovery": "sms"}, "recovery='sms' is unknown"),
        ({"allowed_email_domains": "example.com"}, r"write allowed_email_domains=\['example.com'\]"),
        ({"allowed_email_domains": ["@example.com"]}, "write the part after the @ in lower case, such as"),
        ({"email": False, "phone": True, "allowed_email_domains": ["example.com"]}, "with an e-mail address"),
        ({"phone": True, "allowed_email_domains": ["example.com"]}, "would admit any address"),
        ({"phone": True, "username": True, "allowed_email_domains": ["example.com"]}, "would admit any address"),
    ],
)
def test_contradictions_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SignIn(**options)


def test_domains_of_federated_users_may_go_with_phone_numbers() -> None:
    sign_in = SignIn(phone=True, self_sign_up=False, allowed_email_domains=["example.com"])
    assert [*sign_in.allowed_email_domains] == ["example.com"]


def test_with_two_names_neither_is_required() -> None:
    assert SignIn(phone=True).required_attributes == frozenset()
    assert SignIn().required_attributes == {"email"}
    assert SignIn(email=False, phone=True).recovery_or_default == "phone"
