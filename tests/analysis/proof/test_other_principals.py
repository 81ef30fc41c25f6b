"""IAM users, groups, permission sets and roles of other stacks are asked what callers are asked."""

from dataclasses import replace
from itertools import cycle, islice
from typing import Final

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.proof.access_paths.openings import Document, allow, att, of, reads
from tests.analysis.proof.access_paths.openings_by_source import OPENINGS
from tests.analysis.proof.access_paths.principals import PRINCIPALS
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
from tests.analysis.proof.access_paths.test_access_paths import opened
from tests.searches import size


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
    "has a right without a review": (allow("kendra:Query", "*"), {}),
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


_EACH: Final = size(1, full=len(PRINCIPALS))
PAIRS: Final = [
    (name, who)
    for number, name in enumerate(name for name, make in OPENINGS.items() if make(NAMES).user)
    for who in islice(cycle(PRINCIPALS), _EACH * number, _EACH * number + _EACH)
]
"""Each opening by rights of users with one of the principals, in turn; with all of them in the weekly search."""


@pytest.mark.parametrize("who", PRINCIPALS)
def test_a_principal_without_a_right_in_the_app_is_not_told(who: str) -> None:
    assert opened(PRINCIPALS[who]([allow("s3:GetObject", "arn:aws:s3:::of-another-app/*")])).status is Status.PROVED


@pytest.mark.parametrize(("name", "who"), PAIRS)
def test_what_opens_owned_data_to_users_opens_it_to_every_principal(name: str, who: str) -> None:
    what = OPENINGS[name](NAMES)
    by = PRINCIPALS[who](what.user)
    both = replace(what, resources={**what.resources, **by.resources}, user=by.user)
    assert opened(both).status is not Status.PROVED
