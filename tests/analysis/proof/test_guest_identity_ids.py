"""A guest's identity ID is enough to act as that guest, so a listing of folder names discloses credentials."""

from typing import Any

import pytest

from constructs_lib.analysis.engine.cvc5_engine import Cvc5
from constructs_lib.analysis.proof.accepted_access import Accepted
from constructs_lib.analysis.proof.findings import Finding, Report, Status
from constructs_lib.analysis.proof.prove import prove
from tests.analysis.conftest import BUCKET, SUB, TABLE, Document, MakeModel, join
from tests.analysis.proof.access_paths.openings import att, of, role

OWN = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": join(BUCKET, f"/private/{SUB}/*")}


def _lists(prefix: str | None = "private/", action: str = "s3:ListBucket", **more: Any) -> Document:
    condition = {"s3:delimiter": "/"} | ({} if prefix is None else {"s3:prefix": prefix})
    return {"Effect": "Allow", "Action": action, "Resource": BUCKET, "Condition": {"StringEquals": condition}, **more}


def _given_away(model: Any, **options: Any) -> list[Finding]:
    return [each for each in prove([model], **options).findings if "a guest's ID" in each.story]


def _others(report: Report) -> list[Finding]:
    """Return what is not proved, other than rights that no review covers."""
    opened = (each for each in report.findings if each.status in {Status.UNDECIDED, Status.COUNTEREXAMPLE})
    return [each for each in opened if "no review says" not in each.story]


@pytest.mark.parametrize("prefix", ["private/", "", "priv"])
def test_whoever_lists_the_names_of_guests_folders_can_be_any_guest(make_model: MakeModel, prefix: str) -> None:
    with Cvc5() as second:
        (finding,) = _given_away(make_model([OWN, _lists(prefix)], guest=[OWN]), second=second)
    assert finding.status is Status.COUNTEREXAMPLE
    assert finding.caller == "a signed-in user"
    assert finding.request is not None


@pytest.mark.parametrize("action", ["s3:ListBucketVersions", "s3:ListBucketMultipartUploads", "s3:List*"])
def test_each_kind_of_listing_shows_names(make_model: MakeModel, action: str) -> None:
    assert _given_away(make_model([OWN, _lists(action=action)], guest=[OWN]))


def test_guests_may_be_those_who_list(make_model: MakeModel) -> None:
    (finding,) = _given_away(make_model([OWN], guest=[OWN, _lists()]))
    assert finding.caller == "a guest"


def test_users_folders_alone_give_nobody_away(make_model: MakeModel) -> None:
    reads = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/public/*")}
    for guest in (None, [], [reads]):
        report = prove([make_model([OWN, _lists()], guest=guest)])
        assert report.status is Status.PROVED


@pytest.mark.parametrize("prefix", ["public/", f"private/{SUB}/"])
def test_a_listing_elsewhere_gives_nobody_away(make_model: MakeModel, prefix: str) -> None:
    assert prove([make_model([OWN, _lists(prefix)], guest=[OWN])]).status is Status.PROVED


def test_a_listing_that_shows_files_is_told_once_as_that(make_model: MakeModel) -> None:
    lists = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": BUCKET}
    assert _given_away(make_model([OWN, lists], guest=[OWN])) == []


def test_anyone_may_list_a_public_bucket(make_model: MakeModel) -> None:
    more = {
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"PublicAccessBlockConfiguration": {"RestrictPublicBuckets": False}},
        },
        "Policy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Bucket"},
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [_lists(Principal="*")]},
            },
        },
    }
    found = _given_away(make_model([OWN], guest=[OWN], more=more))
    assert "anyone on the internet" in {each.caller for each in found}


def test_it_can_be_meant(make_model: MakeModel) -> None:
    model = make_model([OWN, _lists()], guest=[OWN])
    accepted = [Accepted.parse("Bucket private/{owner}/*:list")]
    assert prove([model], accepted=accepted).status is Status.PROVED


LISTS_ALL = {"Effect": "Allow", "Action": "cognito-identity:ListIdentities", "Resource": "*"}
ROWS = {
    "Effect": "Allow",
    "Action": "dynamodb:GetItem",
    "Resource": TABLE,
    "Condition": {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [SUB]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    },
}


@pytest.mark.parametrize("own", [OWN, ROWS], ids=["folders", "rows"])
@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({}, Status.COUNTEREXAMPLE),
        ({"Action": "cognito-identity:List*"}, Status.COUNTEREXAMPLE),
        ({"Resource": "arn:aws:cognito-identity:*:*:identitypool/*"}, Status.COUNTEREXAMPLE),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, Status.UNDECIDED),
        ({"Action": "cognito-identity:GetId"}, Status.PROVED),
    ],
)
def test_whoever_lists_the_identities_of_the_pool_can_be_any_guest(
    make_model: MakeModel, own: Document, said: Document, status: Status
) -> None:
    assert prove([make_model([own, {**LISTS_ALL, **said}], guest=[own])]).status is status


def test_a_list_of_identities_gives_no_signed_in_user_away(make_model: MakeModel) -> None:
    assert prove([make_model([OWN, LISTS_ALL])]).status is Status.PROVED
    assert prove([make_model([OWN, LISTS_ALL], guest=[])]).status is Status.PROVED
    assert prove([make_model([OWN, LISTS_ALL, {**LISTS_ALL, "Effect": "Deny"}], guest=[OWN])]).status is Status.PROVED


def test_a_list_of_identities_is_accepted_like_any_path(make_model: MakeModel) -> None:
    accepted = [Accepted.parse("Bucket private/{owner}/*:other")]
    assert prove([make_model([OWN, LISTS_ALL], guest=[OWN])], accepted=accepted).status is Status.PROVED


TOPICS = {
    "Effect": "Allow",
    "Action": ["iot:Publish", "iot:Receive"],
    "Resource": f"arn:aws:iot:us-east-1:123456789012:topic/{SUB}/*",
}


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ("iot:ListRetainedMessages", Status.UNDECIDED),
        ("iot:ListThings*", Status.UNDECIDED),
        ("iot:ListThingsInThingGroup", Status.UNDECIDED),
        ("sns:ListTopics", Status.PROVED),
    ],
)
def test_whoever_lists_the_names_of_what_guests_own_may_be_any_guest(
    make_model: MakeModel, action: str, status: Status
) -> None:
    lists = {"Effect": "Allow", "Action": action, "Resource": "*"}
    model = make_model([TOPICS, lists], guest=[TOPICS])
    assert prove([model]).status is status
    assert _others(prove([make_model([TOPICS, lists])])) == []
    assert prove([make_model([TOPICS, lists, {**lists, "Effect": "Deny"}], guest=[TOPICS])]).status is Status.PROVED
    if status is Status.UNDECIDED:
        accepted = [Accepted.parse("iot topic/{owner}/*:other")]
        assert _others(prove([model], accepted=accepted)) == []


def test_a_list_of_what_is_in_ones_own_gives_nobody_away(make_model: MakeModel) -> None:
    thing = f"arn:aws:iot:us-east-1:123456789012:thing/{SUB}"
    own = {"Effect": "Allow", "Action": ["iot:GetThingShadow", "iot:ListNamedShadowsForThing"], "Resource": thing}
    assert prove([make_model([own], guest=[own])]).status is Status.PROVED


@pytest.mark.parametrize("guest", [True, False])
def test_a_service_may_list_names_for_a_caller(make_model: MakeModel, *, guest: bool) -> None:
    lists = {"Effect": "Allow", "Action": "iot:ListRetainedMessages", "Resource": "*"}
    starts = {"Effect": "Allow", "Action": "states:StartSyncExecution", "Resource": {"Ref": "Machine"}}
    more = {
        "Machine": of("AWS::StepFunctions::StateMachine", RoleArn=att("Does"), DefinitionString="{}"),
        "Does": role("states.amazonaws.com", lists),
    }
    report = prove([make_model([TOPICS, starts], guest=[TOPICS] if guest else None, more=more)])
    assert (
        any("names of guests" in each.story or "guests' identities" in each.story for each in _others(report)) is guest
    )
