"""Verdicts of policies that look safe and are not, and of some that look unsafe and are safe."""

import time
from typing import Any

import pytest

from constructs_lib.analysis import Template, build_model
from constructs_lib.analysis.proof.findings import Question, Status
from constructs_lib.analysis.proof.prove import prove
from tests.analysis.conftest import BUCKET, SUB, TABLE, Document, MakeModel, join, template, trust

PRINCIPAL = "aws:PrincipalArn"
AMR = "cognito-identity.amazonaws.com:amr"
PROVED, CEX, UNDECIDED = Status.PROVED, Status.COUNTEREXAMPLE, Status.UNDECIDED

ITEMS = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"]
ONLY_MINE: Document = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [SUB]}}
NAMED: Document = {"Null": {"dynamodb:LeadingKeys": "false"}}


def allow(actions: Any, resource: Any, condition: Document | None = None, **more: Any) -> Document:
    return {
        "Effect": "Allow",
        "Action": actions,
        "Resource": resource,
        **({"Condition": condition} if condition else {}),
        **more,
    }


def deny(actions: Any, resource: Any, condition: Document | None = None) -> Document:
    return {**allow(actions, resource, condition), "Effect": "Deny"}


OWN = allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], join(BUCKET, f"/private/{SUB}/*"))
ROWS = allow(ITEMS, TABLE, {**ONLY_MINE, **NAMED})


def lists(condition: Document | None) -> Document:
    return allow("s3:ListBucket", BUCKET, condition)


def everything_but(resource: Any) -> Document:
    return {"Effect": "Deny", "Action": "s3:*", "NotResource": resource}


def _but(operator: str, key: str, value: str) -> list[Document]:
    """Return an Allow of every folder, and a Deny of others' folders under a condition."""
    others = everything_but(join(BUCKET, f"/private/{SUB}/*"))
    return [OWN, allow("s3:GetObject", join(BUCKET, "/*")), {**others, "Condition": {operator: {key: value}}}]


def _if(operator: str, key: str, value: str) -> Document:
    """Return an Allow of every folder under a condition."""
    return allow("s3:GetObject", join(BUCKET, "/*"), {operator: {key: value}})


TRAPS: dict[str, tuple[list[Document], Status]] = {
    "the canonical role": (
        [
            OWN,
            ROWS,
            allow("s3:GetObject", join(BUCKET, "/public/*")),
            lists({"StringLike": {"s3:prefix": ["public/*", f"private/{SUB}/*"]}}),
        ],
        PROVED,
    ),
    "private/* forgets the owner": ([OWN, allow("s3:GetObject", join(BUCKET, "/private/*"))], CEX),
    "a star before the owner": ([OWN, allow("s3:GetObject", join(BUCKET, f"/private/*/{SUB}/*"))], CEX),
    "the owner anywhere": ([OWN, allow("s3:GetObject", join(BUCKET, f"/*{SUB}*"))], CEX),
    "a literal that fits identities": ([OWN, allow("s3:GetObject", join(BUCKET, "/private/us-east-1:*"))], CEX),
    "a literal that fits no identity": ([OWN, allow("s3:GetObject", join(BUCKET, "/private/shared/*"))], PROVED),
    "question marks for an identity": ([OWN, allow("s3:GetObject", join(BUCKET, "/private/" + "?" * 46 + "/*"))], CEX),
    "no slash after the owner": ([allow("s3:GetObject", join(BUCKET, f"/private/{SUB}*"))], PROVED),
    "a listing without condition": ([OWN, lists(None)], CEX),
    "a listing of private/*": ([OWN, lists({"StringLike": {"s3:prefix": "private/*"}})], CEX),
    "a listing whose condition holds without prefix": (
        [OWN, lists({"StringLikeIfExists": {"s3:prefix": f"private/{SUB}/*"}})],
        CEX,
    ),
    "a listing by ForAllValues": ([OWN, lists({"ForAllValues:StringLike": {"s3:prefix": f"private/{SUB}/*"}})], CEX),
    "a listing of one's own folder": ([OWN, lists({"StringLike": {"s3:prefix": f"private/{SUB}/*"}})], PROVED),
    "versions listed without condition": ([OWN, allow("s3:ListBucketVersions", BUCKET)], CEX),
    "the root listed with a delimiter": (
        [OWN, lists({"StringEquals": {"s3:prefix": ["", "private/"], "s3:delimiter": "/"}})],
        PROVED,
    ),
    "the root listed without a delimiter": ([OWN, lists({"StringEquals": {"s3:prefix": ["", "private/"]}})], CEX),
    "a Deny of other prefixes that an absent one meets": (
        [OWN, lists(None), deny("s3:ListBucket", BUCKET, {"StringNotLike": {"s3:prefix": f"private/{SUB}/*"}})],
        PROVED,
    ),
    "a Deny of other prefixes that an absent one escapes": (
        [
            OWN,
            lists(None),
            deny(
                "s3:ListBucket",
                BUCKET,
                {"StringNotLike": {"s3:prefix": f"private/{SUB}/*"}, "Null": {"s3:prefix": "false"}},
            ),
        ],
        CEX,
    ),
    "every DynamoDB action by ForAllValues": ([ROWS, allow("dynamodb:*", TABLE, ONLY_MINE)], CEX),
    "every DynamoDB action by ForAllValues and Null": ([allow("dynamodb:*", TABLE, {**ONLY_MINE, **NAMED})], PROVED),
    "item actions by ForAllValues": ([allow(ITEMS, TABLE, ONLY_MINE)], PROVED),
    "a batch by ForAnyValue": (
        [ROWS, allow("dynamodb:BatchGetItem", TABLE, {"ForAnyValue:StringEquals": {"dynamodb:LeadingKeys": [SUB]}})],
        CEX,
    ),
    "a single get by ForAnyValue": (
        [ROWS, allow("dynamodb:GetItem", TABLE, {"ForAnyValue:StringEquals": {"dynamodb:LeadingKeys": [SUB]}})],
        PROVED,
    ),
    "PartiQL by ForAllValues": ([ROWS, allow("dynamodb:PartiQLSelect", TABLE, ONLY_MINE)], CEX),
    "a Scan": ([ROWS, allow("dynamodb:Scan", TABLE)], CEX),
    "a Scan by Null": ([ROWS, allow("dynamodb:Scan", TABLE, {**ONLY_MINE, **NAMED})], PROVED),
    "streams": ([ROWS, allow("dynamodb:GetRecords", join(TABLE, "/stream/*"))], CEX),
    "an export": ([ROWS, allow("dynamodb:ExportTableToPointInTime", TABLE)], CEX),
    "leading keys with a wildcard that equality takes literally": (
        [ROWS, allow("dynamodb:GetItem", TABLE, {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["*"]}})],
        PROVED,
    ),
    "leading keys with a wildcard": (
        [ROWS, allow("dynamodb:GetItem", TABLE, {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*"]}})],
        CEX,
    ),
    "all but one action": (
        [OWN, {"Effect": "Allow", "NotAction": "s3:DeleteBucket", "Resource": join(BUCKET, "/*")}],
        CEX,
    ),
    "a Deny of all but one's own": (
        [OWN, allow("s3:GetObject", join(BUCKET, "/*")), everything_but([join(BUCKET, f"/private/{SUB}/*"), BUCKET])],
        PROVED,
    ),
    "an action in odd case": ([OWN, allow("S3:GETobject", join(BUCKET, "/*"))], CEX),
    "tags only": ([OWN, allow("s3:PutObjectTagging", join(BUCKET, "/private/*"))], CEX),
    "another's files denied by a condition that never holds": (
        [
            OWN,
            allow("s3:GetObject", join(BUCKET, "/*")),
            deny("s3:GetObject", join(BUCKET, "/private/*"), {"Bool": {"aws:SecureTransport": "false"}}),
        ],
        CEX,
    ),
    "the description of the bucket and the table": (
        [
            OWN,
            ROWS,
            allow(["s3:GetBucketLocation", "s3:GetBucketVersioning"], BUCKET),
            allow("dynamodb:DescribeTable", TABLE),
        ],
        PROVED,
    ),
    "a Deny of all roles by an ARN with six parts": (_but("ArnLike", PRINCIPAL, "arn:aws:iam::*:role/*"), PROVED),
    "a Deny of all roles by an ARN with six stars": (_but("ArnEquals", PRINCIPAL, "*:*:*:*:*:*"), PROVED),
    "a Deny of all roles by an ARN with five parts": (_but("ArnLike", PRINCIPAL, "arn:aws:iam:*:role/*"), CEX),
    "a Deny of all roles by an ARN without an account": (
        _but("ArnLike", PRINCIPAL, "arn:aws:iam:*::role/*"),
        CEX,
    ),
    "a Deny of all but users by an ARN with five parts": (
        _but("ArnNotLike", PRINCIPAL, "arn:aws:iam:*:user/*"),
        PROVED,
    ),
    "a Deny of all but roles by an ARN with one part": (_but("ArnNotLike", PRINCIPAL, "arn:*"), CEX),
    "an Allow of no role by an ARN with six parts": (
        [OWN, _if("ArnNotLike", PRINCIPAL, "arn:*:iam::*:role/*")],
        PROVED,
    ),
    "an Allow of no role by an ARN with five parts": ([OWN, _if("ArnNotLike", PRINCIPAL, "arn:aws:iam:*:role/*")], CEX),
    "a Deny by one value of amr": (_but("ForAnyValue:StringLike", AMR, "authenticated"), PROVED),
    "a Deny by all values of amr": (_but("ForAllValues:StringEquals", AMR, "authenticated"), CEX),
    "a Deny by all values of amr but guests'": (_but("ForAllValues:StringNotEquals", AMR, "unauthenticated"), PROVED),
    "a Deny of guests by amr": (_but("ForAnyValue:StringEquals", AMR, "unauthenticated"), CEX),
    "an Allow by another value of amr": ([OWN, _if("ForAnyValue:StringNotEquals", AMR, "authenticated")], CEX),
    "an Allow without the value of users in amr": (
        [OWN, _if("ForAllValues:StringNotEquals", AMR, "authenticated")],
        PROVED,
    ),
}


@pytest.mark.parametrize("name", TRAPS)
def test_the_verdict_on(make_model: MakeModel, name: str) -> None:
    statements, expected = TRAPS[name]
    report = prove([make_model(statements)])
    found = {finding.status for finding in report.findings if finding.question is Question.OTHERS_DATA}
    assert (CEX in found) == (expected is CEX), [f.story for f in report.findings if f.status is not PROVED]
    assert Status.UNDECIDED not in found


def test_all_traps_take_less_than_a_few_seconds(make_model: MakeModel) -> None:
    models = [make_model(statements) for statements, _ in TRAPS.values()]
    started = time.perf_counter()
    for model in models:
        prove([model])
    assert time.perf_counter() - started < 20


def test_a_policy_of_the_old_version_knows_no_owners_and_is_no_proof(make_model: MakeModel) -> None:
    report = prove([make_model([OWN, ROWS], version="2008-10-17")])
    assert report.owned == ()
    assert report.status is Status.UNDECIDED


def test_a_bucket_outside_the_templates_has_owners_too(make_model: MakeModel) -> None:
    own = allow("s3:GetObject", f"arn:aws:s3:::elsewhere/private/{SUB}/*")
    assert prove([make_model([own])]).status is PROVED
    report = prove([make_model([own, allow("s3:GetObject", "arn:aws:s3:::elsewhere/private/*")])])
    assert report.status is CEX
    assert any("elsewhere is outside the templates" in warning for warning in report.warnings)


def test_a_table_outside_the_templates_has_owners_too(make_model: MakeModel) -> None:
    table = "arn:aws:dynamodb:us-east-1:123456789012:table/elsewhere"
    own = allow(ITEMS, table, {**ONLY_MINE, **NAMED})
    assert prove([make_model([own])]).status is PROVED
    assert prove([make_model([own, allow("dynamodb:Scan", table)])]).status is CEX


@pytest.mark.parametrize(
    "action",
    ["sts:AssumeRole", "lambda:UpdateFunctionCode", "cognito-idp:AdminAddUserToGroup", "iam:*"],
)
def test_a_way_to_more_rights_is_found(make_model: MakeModel, action: str) -> None:
    report = prove([make_model([OWN, allow(action, "*")])])
    assert CEX in {f.status for f in report.findings if f.question is Question.ESCALATION}


def test_invoking_a_function_is_no_escalation_by_itself(make_model: MakeModel) -> None:
    assert prove([make_model([OWN, allow("lambda:InvokeFunction", "*")])]).status is PROVED


def bucket_policy(*statements: Document) -> Document:
    return {"Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": {
        "Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)},
    }}}  # fmt: skip


def test_a_bucket_policy_can_give_what_the_role_does_not(make_model: MakeModel) -> None:
    given = allow("s3:GetObject", join(BUCKET, "/*"), Principal={"AWS": {"Fn::GetAtt": ["User", "Arn"]}})
    assert prove([make_model([OWN], more=bucket_policy(given))]).status is CEX


def test_a_bucket_policy_can_take_what_the_role_gives(make_model: MakeModel) -> None:
    wide = allow("s3:GetObject", join(BUCKET, "/*"))
    taken = {**everything_but([join(BUCKET, f"/private/{SUB}/*")]), "Principal": "*", "Action": "s3:GetObject"}
    assert prove([make_model([OWN, wide], more=bucket_policy(taken))]).status is PROVED


def test_a_public_bucket_is_found_unless_public_policies_are_blocked(make_model: MakeModel) -> None:
    public = bucket_policy(allow("s3:GetObject", join(BUCKET, "/*"), Principal="*"))
    blocked = prove([make_model([OWN], more=public)])
    assert {f.status for f in blocked.findings if f.question is Question.INTERNET} == {PROVED}
    opened = {**public, "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"PublicAccessBlockConfiguration": {
        "RestrictPublicBuckets": False}}}}  # fmt: skip
    found = prove([make_model([OWN], more=opened)])
    assert CEX in {f.status for f in found.findings if f.question is Question.INTERNET}


def test_another_account_in_a_bucket_policy_is_found(make_model: MakeModel) -> None:
    foreign = allow("s3:GetObject", join(BUCKET, "/*"), Principal={"AWS": "arn:aws:iam::123456789012:root"})
    report = prove([make_model([OWN], more=bucket_policy(foreign))])
    assert CEX in {f.status for f in report.findings if f.question is Question.FOREIGN}


def test_a_permissions_boundary_narrows_a_wide_role(make_model: MakeModel) -> None:
    policy = {"Version": "2012-10-17", "Statement": [OWN]}
    boundary = {"Boundary": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy}}}
    wide = [OWN, allow("s3:*", "*")]
    assert prove([make_model(wide, more=boundary)]).status is CEX
    role = {
        "AssumeRolePolicyDocument": trust(),
        "PermissionsBoundary": {"Ref": "Boundary"},
        "Policies": [{"PolicyName": "P", "PolicyDocument": {"Version": "2012-10-17", "Statement": wide}}],
    }
    narrowed = {**boundary, "User": {"Type": "AWS::IAM::Role", "Properties": role}}
    assert prove([make_model(wide, more=narrowed)]).status is PROVED


def test_a_guest_reaches_users_files_only_where_a_policy_says_so(make_model: MakeModel) -> None:
    public = allow("s3:GetObject", join(BUCKET, "/public/*"))
    assert prove([make_model([OWN], guest=[public])]).status is PROVED
    assert prove([make_model([OWN], guest=[allow("s3:GetObject", join(BUCKET, "/*"))])]).status is CEX


def test_an_owned_space_that_nobody_reaches_is_a_warning(make_model: MakeModel) -> None:
    shut = deny("s3:*", join(BUCKET, "/*"))
    report = prove([make_model([OWN, shut])])
    assert report.status is PROVED
    assert any("no caller reaches their own" in warning for warning in report.warnings)


ROOT = {"AWS": "arn:aws:iam::123456789012:root"}


def test_an_account_that_other_arns_name_too_may_be_this_deployments_own(make_model: MakeModel) -> None:
    foreign = bucket_policy(allow("s3:GetObject", join(BUCKET, "/*"), Principal=ROOT))
    queue = "arn:aws:sqs:us-east-1:123456789012:jobs"
    named = {"Rule": {"Type": "AWS::Events::Rule", "Properties": {"Targets": [{"Id": "1", "Arn": queue}]}}}
    found = [f for f in prove([make_model([OWN], more=foreign | named)]).findings if f.question is Question.FOREIGN]
    assert [(f.status, "Rule names that account too" in f.story) for f in found] == [(UNDECIDED, True)]


def test_the_account_that_an_assembly_is_for_is_no_other() -> None:
    more = bucket_policy(allow("s3:GetObject", join(BUCKET, "/*"), Principal=ROOT))
    for account, expected in (("", {CEX}), ("123456789012", set()), ("999999999999", {CEX})):
        read = Template(name="T", body=template([OWN], more=more), source="test", account=account)
        found = prove(build_model([read])).findings
        assert {f.status for f in found if f.question is Question.FOREIGN} == expected


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("sqs:ReceiveMessage", ""), ("sns:Subscribe", ""), ("lambda:InvokeFunction", "function:"),
        ("logs:GetLogEvents", "log-group:app:log-stream:"), ("events:PutEvents", "event-bus/"),
        ("geo:GetDevicePosition", "tracker/"), ("scheduler:DeleteSchedule", "schedule/default/"),
        ("transcribe:GetTranscriptionJob", "transcription-job/"), ("rekognition:SearchFaces", "collection/"),
    ],
)  # fmt: skip
def test_a_star_for_region_or_account_matches_no_colon_where_names_have_none(
    make_model: MakeModel, action: str, kind: str
) -> None:
    service = action.partition(":")[0]
    for where in ("*:*", "us-east-1:*", "*:123456789012"):
        own = allow(action, f"arn:aws:{service}:{where}:{kind}t-{SUB}")
        assert prove([make_model([OWN, own])]).status is PROVED
        assert prove([make_model([OWN, own, allow(action, f"arn:aws:{service}:{where}:{kind}t-*")])]).status is CEX


def test_a_star_for_region_or_account_matches_colons_where_names_may_have_some(make_model: MakeModel) -> None:
    assert prove([make_model([OWN, allow("iot:Publish", f"arn:aws:iot:*:*:topic/u/{SUB}")])]).status is CEX
    assert prove([make_model([OWN, allow("iot:Publish", f"arn:aws:iot:us-east-1:1:topic/u/{SUB}")])]).status is PROVED


def test_a_star_before_an_objects_key_matches_the_colons_in_it(make_model: MakeModel) -> None:
    assert prove([make_model([OWN, allow("s3:GetObject", f"arn:aws:s3:*:*:x/{SUB}/*")])]).status is CEX
