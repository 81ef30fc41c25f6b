"""`can` holds for an ordinary request; what needs more than one is stated as the context."""

from typing import Any

import pytest

from constructs_lib.testing import assert_access
from tests.analysis.conftest import BUCKET, PUBLIC, Document, join, template

CAN = ["get Bucket public/*"]
MORE: dict[str, Document] = {
    "in the past": {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
    "without TLS": {"Bool": {"aws:SecureTransport": "false"}},
    "with MFA": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    "by a service": {"Bool": {"aws:ViaAWSService": "true"}},
    "by way of CloudFormation": {"ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}},
    "from a VPC endpoint": {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
    "from an address": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
    "by old TLS": {"NumericLessThan": {"s3:TlsVersion": "1.1"}},
    "by an old signature": {"NumericGreaterThan": {"s3:signatureAge": "600000"}},
    "by an access point": {"StringLike": {"s3:DataAccessPointArn": "*"}},
}
ORDINARY: dict[str, Document] = {
    "by TLS": {"Bool": {"aws:SecureTransport": "true"}},
    "by new TLS": {"NumericGreaterThanEquals": {"s3:TlsVersion": "1.2"}},
    "after a date": {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
    "directly": {"Bool": {"aws:ViaAWSService": "false"}},
    "not from some addresses": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
    "of this account": {"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}},
    "in this region": {"StringEquals": {"aws:RequestedRegion": {"Ref": "AWS::Region"}}},
    "with a header": {"StringLike": {"aws:UserAgent": "app/*"}},
}
OTHERWISE: dict[str, Document] = {
    "without TLS": {"Bool": {"aws:SecureTransport": "false"}},
    "by old TLS": {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
    "from some addresses": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
}


def when(condition: Document) -> Document:
    return template([{**PUBLIC, "Condition": condition}])


def denied(condition: Document) -> Document:
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": join(BUCKET, "/*"), "Condition": condition}
    return template([PUBLIC, deny])


@pytest.mark.parametrize("name", MORE)
def test_what_no_ordinary_request_may_do_they_cannot_and_the_condition_is_named(name: str) -> None:
    key = next(iter(next(iter(MORE[name].values()))))
    with pytest.raises(AssertionError, match=rf"ordinary request does not meet .*{key.lower()}.*: give context="):
        assert_access(when(MORE[name]), "authenticated", can=CAN)


@pytest.mark.parametrize("name", ORDINARY)
def test_what_ordinary_requests_may_do_they_can(name: str) -> None:
    assert_access(when(ORDINARY[name]), "authenticated", can=CAN)


def test_a_deny_of_requests_that_no_ordinary_one_meets_in_full_takes_nothing() -> None:
    assert_access(denied({"Bool": {"aws:SecureTransport": "true", "aws:ViaAWSService": "true"}}), "authenticated", CAN)


def test_a_function_may_call_from_a_vpc() -> None:
    arn = {"Fn::GetAtt": ["Role", "Arn"]}
    said = {**PUBLIC, "Condition": MORE["from a VPC endpoint"]}
    policies = [{"PolicyName": "P", "PolicyDocument": {"Version": "2012-10-17", "Statement": [said]}}]
    code = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}, "Policies": policies}},
        "Code": {"Type": "AWS::Lambda::Function", "Properties": {"Role": arn}},
    }
    assert_access(template([PUBLIC], more=code), "function:Code", can=CAN)


@pytest.mark.parametrize("name", OTHERWISE)
def test_a_deny_of_other_requests_takes_nothing(name: str) -> None:
    assert_access(denied(OTHERWISE[name]), "authenticated", can=CAN)


@pytest.mark.parametrize("name", sorted(ORDINARY.keys() - {"with a header", "of this account", "in this region"}))
def test_a_deny_of_ordinary_requests_is_named(name: str) -> None:
    with pytest.raises(AssertionError, match=r"is refused, because of Deny .*ordinary request does not meet Deny"):
        assert_access(denied(ORDINARY[name]), "authenticated", can=CAN)


@pytest.mark.parametrize(
    ("condition", "context"),
    [
        (MORE["from an address"], {"aws:SourceIp": "192.0.2.7"}),
        (MORE["with MFA"], {"aws:MultiFactorAuthPresent": "true"}),
        (MORE["from a VPC endpoint"], {"AWS:sourcevpce": "vpce-1"}),
    ],
)
def test_the_context_states_what_the_requests_have(condition: Document, context: dict[str, Any]) -> None:
    assert_access(when(condition), "authenticated", can=CAN, context=context)
    with pytest.raises(AssertionError):
        assert_access(when(condition), "authenticated", can=CAN, context=dict.fromkeys(context, "192.0.2.255.1"))


@pytest.mark.parametrize(
    "key", ["aws:PrincipalArn", "aws:userid", "cognito-identity.amazonaws.com:sub", "aws:PrincipalTag/tenant"]
)
def test_the_context_cannot_make_the_caller_somebody_else(key: str) -> None:
    refused = rf"context\['{key}'\] is set by the caller's session; remove it, and name the caller"
    with pytest.raises(ValueError, match=refused):
        assert_access(when({"StringEquals": {key: "x"}}), "authenticated", can=CAN, context={key: "x"})


def test_a_request_that_is_not_ordinary_goes_through_all_the_same() -> None:
    with pytest.raises(AssertionError, match="goes through"):
        assert_access(when(MORE["with MFA"]), "authenticated", cannot=CAN)
