"""What users are sent, and by whom."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk.assertions import Template

from constructs_lib.auth import Auth, Factors, Messages, PrefixDomain, SesSender, SignIn

Find = Callable[[str], Any]


def test_ses_sends_with_its_verified_domain_and_configuration_set(resources: Find) -> None:
    assert resources("strict").named("AuthUserPool")["EmailConfiguration"] == {
        "ConfigurationSet": "mails",
        "EmailSendingAccount": "DEVELOPER",
        "From": "Example <hello@example.com>",
        "ReplyToEmailAddress": "help@example.com",
        "SourceArn": "arn:aws:ses:eu-west-1:111122223333:identity/example.com",
    }


def test_texts_reach_the_pool(resources: Find) -> None:
    pool = resources("strict").named("AuthUserPool")
    assert pool["EmailVerificationMessage"] == "Your code: {####}"
    assert pool["AdminCreateUserConfig"]["InviteMessageTemplate"] == {
        "EmailMessage": "{username} {####}",
        "EmailSubject": "Come in",
    }


def test_the_sms_role_sends_to_phones_only_for_this_account_and_stays_with_the_pool(resources: Find) -> None:
    found = resources("by_phone")
    role = found.whole("AuthSmsRole")
    assert (role["DeletionPolicy"], role["UpdateReplacePolicy"]) == ("Retain", "Retain")
    properties = found.named("AuthSmsRole")
    external_id = found.named("AuthUserPool")["SmsConfiguration"]["ExternalId"]
    assert properties["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "cognito-idp.amazonaws.com"},
            "Condition": {"StringEquals": {"sts:ExternalId": external_id, "aws:SourceAccount": "<AWS::AccountId>"}},
        }
    ]
    [policy] = properties["Policies"]
    assert policy["PolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"},
        {"Effect": "Deny", "Action": "sns:Publish", "Resource": "arn:<AWS::Partition>:sns:*:*:*"},
    ]


def test_an_sms_role_of_a_pool_that_goes_goes_too(stack: Stack) -> None:
    Auth(stack, "Auth", sign_in=SignIn(phone=True), removal_policy=RemovalPolicy.DESTROY)
    roles = Template.from_stack(stack).find_resources("AWS::IAM::Role")
    assert {role["DeletionPolicy"] for id, role in roles.items() if "SmsRole" in id} == {"Delete"}


def test_a_sender_in_a_region_cognito_does_not_send_from_is_refused() -> None:
    stack = Stack(App(), "Stack", env={"account": "111122223333", "region": "eu-central-1"})
    messages = Messages(email=SesSender(from_email="a@example.com", region="ap-south-1"))
    with pytest.raises(ValueError, match="region='ap-south-1' is not supported for a user pool in eu-central-1"):
        Auth(stack, "Auth", messages=messages)


def test_a_ses_sender_in_a_stack_of_unknown_region_is_accepted(stack: Stack) -> None:
    Auth(stack, "Auth", messages=Messages(email=SesSender(from_email="a@example.com")))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"from_email": "nobody"}, "from_email='nobody' is not an e-mail address"),
        ({"from_email": "a@b.c", "reply_to": "nobody"}, "reply_to='nobody'"),
        ({"from_email": "a@b.c", "verified_domain": "c"}, "is not in verified_domain='c'"),
        (
            {"from_email": "a@b.c", "region": "mars-1"},
            "region='mars-1' is not an AWS region in the installed aws-cdk-lib",
        ),
        ({"from_email": "a@b.c", "configuration_set": "two words"}, "1 to 64 letters"),
    ],
)
def test_a_sender_ses_would_refuse_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SesSender(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"invitation_body": "{####}"}, "which Cognito replaces by the value"),
        ({"invitation_sms": "{username}"}, "which Cognito replaces by the value"),
        ({"mfa_email_body": "It is a code"}, "which Cognito replaces by the value"),
        ({"invitation_subject": "x" * 141}, "has 141 characters"),
        ({"sms_region": "eu-west-9"}, "sms_region='eu-west-9' is not an AWS region in the installed"),
        ({"mfa_sms": "code"}, "which Cognito replaces by the value"),
        ({"verification_sms": "{####}" + "x" * 140}, "has 146 characters; use 6 to 140 .* for SmsVerificationMessage"),
    ],
)
def test_a_text_without_its_placeholders_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Messages(**options)


def test_the_mail_with_a_one_time_password_has_its_own_text(stack: Stack) -> None:
    text = Messages(mfa_email_subject="Your code", mfa_email_body="It is {####}")
    Auth(stack, "Auth", factors=Factors(first=["password", "email_otp"]), messages=text)
    Template.from_stack(stack).has_resource_properties(
        "AWS::Cognito::UserPool",
        {"EmailAuthenticationSubject": "Your code", "EmailAuthenticationMessage": "It is {####}"},
    )
    with pytest.raises(
        ValueError, match=r"by e-mail, which no factor sends; add 'email_otp' to Factors\(first=\.\.\.\) or"
    ):
        Auth(stack, "Other", messages=text)


@pytest.mark.parametrize(
    ("style", "body", "message"),
    [
        ("code", "Follow {##this link##}", "write {####} for the code"),
        ("link", "Follow this link", "write {##the text of the link##} for the link"),
    ],
)
def test_what_confirms_an_account_carries_the_code_or_the_link(
    stack: Stack, style: Any, body: str, message: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Auth(
            stack,
            "Auth",
            sign_in=SignIn(verification=style),
            domain=PrefixDomain("my-app"),
            messages=Messages(verification_body=body),
        )
