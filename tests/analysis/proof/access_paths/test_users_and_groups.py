"""IAM users, groups, permission sets and roles of other stacks with rights on owned data are told."""

from typing import Final

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.proof.access_paths.openings import Document, allow, att, of, reads
from tests.analysis.proof.access_paths.services_with_roles import (
    CUSTOM,
    IAM,
    NAMES,
    PUT_EVENTS,
    START,
    machine,
    report,
    rule,
)


def held(statement: Document) -> dict[str, Document]:
    """Return the holders outside of pools that a policy may have, each with a statement."""
    document = {"Version": "2012-10-17", "Statement": [statement]}
    policies = [{"PolicyName": "p", "PolicyDocument": document}]
    return {
        "an IAM user": of("AWS::IAM::User", Policies=policies),
        "an IAM group": of("AWS::IAM::Group", Policies=policies),
        "a permission set": of("AWS::SSO::PermissionSet", InlinePolicy=document),
        "a role of another stack": of("AWS::IAM::Policy", PolicyName="p", Roles=["x"], PolicyDocument=document),
    }


HOLDERS: Final = tuple(held(IAM))
RIGHTS: Final[dict[str, tuple[Document, Document]]] = {
    "writes policies": (IAM, {}),
    "starts a machine": (START, machine(*reads(NAMES))),
    "sends the event of a machine": (PUT_EVENTS, {**machine(*reads(NAMES)), **rule(CUSTOM)}),
    "reads a copy": (
        allow("sqs:ReceiveMessage", "*"),
        {"Queue": of("AWS::SQS::Queue"), "Notes": of("AWS::Lambda::EventSourceMapping", EventSourceArn=att(
            "Table", "StreamArn"), FunctionName="f", DestinationConfig={"OnFailure": {"Destination": att("Queue")}})},
    ),
}  # fmt: skip


@pytest.mark.parametrize("who", HOLDERS)
@pytest.mark.parametrize("what", RIGHTS)
def test_whoever_has_a_right_on_owned_data_is_told(who: str, what: str) -> None:
    right, resources = RIGHTS[what]
    assert report({**resources, "Holder": held(right)[who]}).status is Status.UNDECIDED
    assert report({**resources, "Holder": held(allow("sns:Publish", "*"))[who]}).status is Status.PROVED


@pytest.mark.parametrize(
    ("action", "status"), [("kinesis:GetRecords", Status.UNDECIDED), ("kinesis:PutRecord", Status.PROVED)]
)
@pytest.mark.parametrize("who", HOLDERS)
def test_whoever_may_read_streams_is_told(who: str, action: str, status: Status) -> None:
    assert report({"Holder": held(allow(action, "*"))[who]}).status is status
