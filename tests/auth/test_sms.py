"""Who sends SMS."""

from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk.assertions import Template

from constructs_lib.auth import Auth, EndUserMessaging, Messages, SignIn
from tests.synthesis import plain

NUMBER = "arn:aws:sms-voice:eu-west-1:111122223333:phone-number/phone-abc"
BY_PHONE = SignIn(phone=True)


def properties(stack: Stack, type_: str) -> dict[str, Any]:
    [found] = [
        body["Properties"]
        for id, body in Template.from_stack(stack).find_resources(type_).items()
        if "UserPool" in id or "SmsRole" in id
    ]
    written: dict[str, Any] = plain(found)
    return written


def test_end_user_messaging_sends_in_place_of_sns_and_its_role_does_nothing_else(stack: Stack) -> None:
    sender = EndUserMessaging(origination_identity=NUMBER, region="eu-west-1", entity_id="e", template_id="t")
    Auth(stack, "Auth", sign_in=BY_PHONE, messages=Messages(sms=sender))
    settings = properties(stack, "AWS::Cognito::UserPool")["SmsConfiguration"]
    role = properties(stack, "AWS::IAM::Role")
    external_id = settings["EumsSms"]["ExternalId"]
    assert settings == {
        "EumsSms": {
            "CallerArn": "<AuthSmsRole.Arn>",
            "ExternalId": external_id,
            "OriginationIdentity": NUMBER,
            "Region": "eu-west-1",
            "InEntityId": "e",
            "InTemplateId": "t",
        }
    }
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["StringEquals"] == {
        "sts:ExternalId": external_id,
        "aws:SourceAccount": "<AWS::AccountId>",
    }
    [policy] = role["Policies"]
    assert policy["PolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Action": "sms-voice:SendTextMessage", "Resource": NUMBER}
    ]


@pytest.mark.parametrize(
    "options", [{}, {"origination_identity": "+4512345678"}, {"origination_identity": NUMBER, "configuration_set": "c"}]
)
def test_what_has_no_arn_to_name_is_sent_from_any_identity(stack: Stack, options: dict[str, Any]) -> None:
    Auth(stack, "Auth", sign_in=BY_PHONE, messages=Messages(sms=EndUserMessaging(**options)))
    [policy] = properties(stack, "AWS::IAM::Role")["Policies"]
    assert policy["PolicyDocument"]["Statement"][0]["Resource"] == "*"


def test_a_sender_that_nothing_is_sent_through_or_beside_another_is_refused(stack: Stack) -> None:
    with pytest.raises(ValueError, match=r"Messages\(sms=\.\.\.\) has no effect, because this user pool sends no SMS"):
        Auth(stack, "Auth", messages=Messages(sms=EndUserMessaging()))
    with pytest.raises(ValueError, match="sms is another sender"):
        Messages(sms=EndUserMessaging(), sms_region="eu-west-1")
    with pytest.raises(ValueError, match="set both or neither"):
        EndUserMessaging(entity_id="e")
    with pytest.raises(ValueError, match="region='eu-west-9' is not an AWS region in the installed aws-cdk-lib"):
        EndUserMessaging(region="eu-west-9")
