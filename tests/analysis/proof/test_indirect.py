"""Ways to owned data other than its bucket or table leave the proof undecided, and are named."""

import pytest

from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.proof.accepted_access import Accepted
from constructs_lib.analysis.proof.findings import Finding, Status
from constructs_lib.analysis.proof.indirect import INDIRECT_PATHS
from constructs_lib.analysis.proof.prove import prove
from tests.analysis.conftest import BUCKET, SUB, TABLE, Document, MakeModel, join, template
from tests.analysis.proof.test_traps import OWN, ROWS, allow, everything_but
from tests.proofs import proof_of

POINT = "arn:aws:s3:us-east-1:123456789012:accesspoint/elsewhere"
INBOX = f"arn:aws:sqs:us-east-1:123456789012:inbox-{SUB}"
TAKEN: dict[str, tuple[Document, Document, str]] = {
    "the objects of an access point": (OWN, allow("s3:GetObject", f"{POINT}/object/*"), "S3 access points"),
    "an access point's listing": (OWN, allow("s3:ListBucket", POINT), "S3 access points"),
    "every access point": (OWN, allow("s3:PutObject", POINT.replace("elsewhere", "*")), "S3 access points"),
    "an access point's folder of one's own": (
        OWN,
        allow("s3:GetObject", f"{POINT}/object/private/{SUB}/*"),
        "S3 access points",
    ),
    "a Multi-Region Access Point": (
        OWN,
        allow("s3:GetObject", "arn:aws:s3::123456789012:accesspoint/m.mrap/object/*"),
        "S3 access points",
    ),
    "Object Lambda": (
        OWN,
        allow("s3-object-lambda:GetObject", "arn:aws:s3-object-lambda:us-east-1:123456789012:accesspoint/o"),
        "S3 Object Lambda",
    ),
    "an S3 file system": (OWN, allow("s3files:ClientMount", "*"), "S3 Files"),
    "a DAX cluster": (
        ROWS,
        allow("dax:GetItem", "arn:aws:dax:us-east-1:123456789012:cache/c"),
        "DynamoDB Accelerator (DAX)",
    ),
    "every DAX cluster": (ROWS, allow("dax:*", "*"), "DynamoDB Accelerator (DAX)"),
    "a stream of changes": (
        ROWS,
        allow("kinesis:GetRecords", {"Fn::GetAtt": ["Stream", "Arn"]}),
        "Kinesis streams",
    ),
    "the keys of a table that are used most": (
        ROWS,
        allow("cloudwatch:GetInsightRuleReport", "*"),
        "CloudWatch Contributor Insights",
    ),
    "what was found in a bucket": (OWN, allow("guardduty:GetFindings", "*"), "GuardDuty"),
    "who used a bucket": (OWN, allow("cloudtrail:GetQueryResults", "*"), "CloudTrail Lake"),
    "what is sensitive in a bucket": (OWN, allow("macie2:GetSensitiveDataOccurrences", "*"), "Macie"),
    "the dead-letter queue of one's own queue": (
        allow("sqs:ReceiveMessage", INBOX),
        allow("sqs:SetQueueAttributes", INBOX),
        "SQS dead-letter queues",
    ),
    "a new queue with a dead-letter queue": (
        allow("sqs:SendMessage", INBOX),
        allow("sqs:CreateQueue", INBOX),
        "SQS dead-letter queues",
    ),
    "an alarm of one's own": (
        allow("sns:Publish", f"arn:aws:sns:us-east-1:123456789012:news-{SUB}"),
        allow("cloudwatch:PutMetricAlarm", f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{SUB}"),
        "CloudWatch alarms",
    ),
    "the findings about a bucket": (OWN, allow("securityhub:GetFindings", "*"), "Security Hub"),
}


def doubts(findings: tuple[Finding, ...]) -> list[Finding]:
    return [each for each in findings if each.status is Status.UNDECIDED]


@pytest.mark.parametrize("name", TAKEN)
def test_a_way_that_no_template_describes_leaves_the_proof_undecided(make_model: MakeModel, name: str) -> None:
    owned, path, subject = TAKEN[name]
    report = prove([make_model([owned, path])])
    assert report.status is Status.UNDECIDED
    (doubt,) = (each for each in doubts(report.findings) if "no review says" not in each.story)
    assert doubt.subject == subject
    assert doubt.story.startswith(f"a signed-in user can call {doubt.actions[0]}, and so may reach")


@pytest.mark.parametrize(
    "more",
    [
        [allow("s3:GetAccessPointPolicy", POINT)],
        [allow("dax:DescribeClusters", "*")],
        [allow("kinesis:PutRecord", "*")],
        [allow("sqs:ReceiveMessage", INBOX), allow("sqs:DeleteMessage", INBOX), allow("sqs:GetQueueAttributes", INBOX)],
        [allow("s3:GetObject", join(BUCKET, "/public/*"))],
        [allow("s3:GetObject", "*"), everything_but([join(BUCKET, f"/private/{SUB}/*"), BUCKET])],
    ],
    ids=[
        "settings",
        "clusters",
        "writing",
        "messages of one's own queue",
        "the bucket",
        "a Deny of all but one's own",
    ],
)
def test_what_shows_no_owned_data_leaves_the_proof_alone(make_model: MakeModel, more: list[Document]) -> None:
    assert prove([make_model([OWN, *more])]).status is Status.PROVED


@pytest.mark.parametrize("action", ["dax:GetItem", "cloudwatch:GetInsightRuleReport", "kinesis:GetRecords"])
def test_a_way_to_rows_is_a_right_without_a_review_where_files_alone_are_owned(
    make_model: MakeModel, action: str
) -> None:
    report = prove([make_model([OWN, allow(action, "*")])])
    assert [each.subject for each in doubts(report.findings)] == [action]


@pytest.mark.parametrize("action", ["logs:FilterLogEvents", "logs:PutSubscriptionFilter"])
def test_who_reads_an_apis_logs_may_see_what_others_ask_of_it(make_model: MakeModel, action: str) -> None:
    own = {"Fn::Join": ["", ["arn:aws:execute-api:*:*:", {"Ref": "Api"}, f"/*/GET/users/{SUB}"]]}
    route = {"ApiId": {"Ref": "Api"}, "RouteKey": "GET /users/{user}", "AuthorizationType": "AWS_IAM"}
    more: Document = {
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "HTTP"}},
        "Route": {"Type": "AWS::ApiGatewayV2::Route", "Properties": route},
    }
    calls = allow("execute-api:Invoke", own)
    assert prove([make_model([calls], more=more)]).status is Status.PROVED
    report = prove([make_model([calls, allow(action, "*")], more=more)])
    assert "CloudWatch Logs" in [each.subject for each in doubts(report.findings)]


def test_an_everything_that_a_deny_takes_back_from_the_bucket_alone_leaves_its_access_points(
    make_model: MakeModel,
) -> None:
    taken = {"Effect": "Deny", "Action": "s3:*", "Resource": join(BUCKET, "/private/*")}
    report = prove([make_model([OWN, allow("s3:GetObject", "*"), taken])])
    assert [each.subject for each in doubts(report.findings)] == ["S3 access points"]


def test_a_guest_cannot_use_what_cognitos_session_policy_leaves_out(make_model: MakeModel) -> None:
    assert prove([make_model([ROWS], guest=[allow("dax:GetItem", "*")])]).status is Status.PROVED


def test_a_doubt_is_not_told_beside_an_attack_on_the_same_data(make_model: MakeModel) -> None:
    report = prove([make_model([ROWS, allow("dynamodb:Scan", TABLE), allow("dax:Scan", "*")])])
    assert report.status is Status.COUNTEREXAMPLE
    assert doubts(report.findings) == []


def test_a_way_can_be_accepted_by_its_name(make_model: MakeModel) -> None:
    models = [make_model([OWN, allow(["s3:GetObject", "s3:PutObject"], f"{POINT}/object/*")])]
    report = prove(models, accepted=[Accepted.parse("S3 access points:get,write")])
    assert report.status is Status.PROVED
    assert Status.ACCEPTED in {each.status for each in report.findings}
    (left,) = doubts(prove(models, accepted=[Accepted.parse("S3 access points:get")]).findings)
    assert left.actions == ("s3:PutObject",)


def test_every_action_of_a_way_exists() -> None:
    for path in INDIRECT_PATHS:
        taken = {action.partition(":")[2] for action in catalogue.actions_of(path.service) if path.uses(action)}
        assert taken
        assert path.actions <= taken, path.name


CODE = {
    "Code": {"Type": "AWS::S3::Bucket"},
    "F": {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Role": "arn:aws:iam::123456789012:role/x", "Code": {"S3Bucket": {"Ref": "Code"}, "S3Key": "a"}},
    },
}
POINTS: dict[str, tuple[str, Document, Status]] = {
    "code that is written": ("s3:PutObject", CODE, Status.UNDECIDED),
    "code that is read": ("s3:GetObject", CODE, Status.PROVED),
    "no bucket of interest": ("s3:PutObject", {}, Status.PROVED),
}


@pytest.mark.parametrize("name", POINTS)
def test_an_access_point_matters_to_an_app_of_rows_for_its_code_alone(name: str) -> None:
    action, more, status = POINTS[name]
    assert proof_of(template([ROWS, allow(action, f"{POINT}/object/*")], more=more)).status is status
