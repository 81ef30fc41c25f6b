"""What threat protection does about a risk."""

from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from constructs_lib.auth import Auth, Messages, Protection, RiskNotice, RiskResponses, SesSender

ENFORCED: dict[str, Any] = {"threat_protection": "enforced"}
BLOCKED = RiskNotice(subject="Blocked", text="We blocked {ip-address}", html="<p>Blocked</p>")
TOLD = RiskNotice(subject="Was it you?", text="From {ip-address}")


def configuration(stack: Stack) -> dict[str, Any]:
    found = Template.from_stack(stack).find_resources("AWS::Cognito::UserPoolRiskConfigurationAttachment")
    [only] = found.values()
    properties: dict[str, Any] = only["Properties"]
    return properties


def test_each_risk_has_its_response_for_every_client(stack: Stack) -> None:
    risks = RiskResponses(low="mfa_if_configured", medium="mfa_required", compromised_events=["sign_in"])
    Auth(stack, "Auth", protection=Protection(**ENFORCED, risks=risks))
    found = configuration(stack)
    assert found["ClientId"] == "ALL"
    assert found["AccountTakeoverRiskConfiguration"] == {
        "Actions": {
            "LowAction": {"EventAction": "MFA_IF_CONFIGURED", "Notify": False},
            "MediumAction": {"EventAction": "MFA_REQUIRED", "Notify": False},
            "HighAction": {"EventAction": "BLOCK", "Notify": False},
        }
    }
    assert found["CompromisedCredentialsRiskConfiguration"] == {
        "Actions": {"EventAction": "BLOCK"},
        "EventFilter": ["SIGN_IN"],
    }
    assert "RiskExceptionConfiguration" not in found


def test_users_are_told_of_the_responses_that_have_a_notice() -> None:
    stack = Stack(App(), "Stack", env={"account": "111122223333", "region": "eu-west-1"})
    sender = SesSender(from_email="hello@example.com", verified_domain="example.com", reply_to="help@example.com")
    risks = RiskResponses(
        block_notice=BLOCKED, mfa_notice=TOLD, blocked_ranges=["203.0.113.0/24"], trusted_ranges=["2001:db8::/32"]
    )
    Auth(stack, "Auth", messages=Messages(email=sender), protection=Protection(**ENFORCED, risks=risks))
    found = configuration(stack)
    actions = found["AccountTakeoverRiskConfiguration"]["Actions"]
    assert {level: action["Notify"] for level, action in actions.items()} == {
        "LowAction": False,
        "MediumAction": True,
        "HighAction": True,
    }
    notify = found["AccountTakeoverRiskConfiguration"]["NotifyConfiguration"]
    assert "ses:eu-west-1:111122223333:identity/example.com" in str(notify.pop("SourceArn"))
    assert notify == {
        "From": "hello@example.com",
        "ReplyTo": "help@example.com",
        "BlockEmail": {"Subject": "Blocked", "TextBody": "We blocked {ip-address}", "HtmlBody": "<p>Blocked</p>"},
        "MfaEmail": {"Subject": "Was it you?", "TextBody": "From {ip-address}"},
    }
    assert found["RiskExceptionConfiguration"] == {
        "BlockedIPRangeList": ["203.0.113.0/24"],
        "SkippedIPRangeList": ["2001:db8::/32"],
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"low": "allow"}, "low='allow' is unknown; use 'no_action'"),
        ({"compromised_credentials": "mfa_required"}, "use 'block', 'no_action'"),
        ({"compromised_events": ["login"]}, "'login' is unknown"),
        ({"blocked_ranges": "10.0.0.0/8"}, r"write blocked_ranges=\['10.0.0.0/8'\]"),
        ({"blocked_ranges": ["10.0.0.0/33"]}, r"blocked_ranges='10\.0\.0\.0/33' is not a range of addresses"),
        ({"trusted_ranges": ["10.0.0.1"]}, "write it as a range, '10.0.0.1/32'"),
        (
            {"trusted_ranges": [f"10.0.{number}.0/24" for number in range(201)]},
            "and Cognito takes at most 200; merge adjacent ranges",
        ),
    ],
)
def test_responses_cognito_refuses_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RiskResponses(**options)


def test_a_notice_says_something_and_has_a_sender(stack: Stack) -> None:
    with pytest.raises(ValueError, match="text=' ' is empty"):
        RiskNotice(subject="Blocked", text=" ")
    protection = Protection(**ENFORCED, risks=RiskResponses(block_notice=BLOCKED))
    with pytest.raises(ValueError, match=r"notices, which are sent through SES; add Auth\(\.\.\.,"):
        Auth(stack, "Auth", protection=protection)


@pytest.mark.parametrize("mode", ["off", "audit"])
def test_risks_are_acted_on_where_threat_protection_is_enforced(mode: Any) -> None:
    with pytest.raises(ValueError, match=f"threat_protection='enforced', not '{mode}'"):
        Protection(threat_protection=mode, risks=RiskResponses())
