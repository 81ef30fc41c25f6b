"""A right of a caller on another service is reviewed, or tied to the caller, or undecided and named."""

import pytest

from constructs_lib.analysis.proof.findings import Question, Report, Status
from constructs_lib.analysis.proof.prove import Accepted
from tests.analysis.conftest import template
from tests.analysis.proof.access_paths.openings import Document, Names, Opening, allow, applied, role, sub
from tests.analysis.proof.access_paths.openings_by_service import route
from tests.analysis.proof.test_traps import OWN, ROWS
from tests.proofs import proof_of

SUB = "${!cognito-identity.amazonaws.com:sub}"
BY_TAG = {"StringEquals": {"aws:ResourceTag/owner": "${cognito-identity.amazonaws.com:sub}"}}


def with_rights(*rights: Document, accept: str = "") -> Report:
    body = applied(template([OWN, ROWS]), Names(), Opening(user=rights))
    accepted = [Accepted.parse(accept)] if accept else []
    return proof_of(body, accepted=accepted)


@pytest.mark.parametrize(
    "action",
    [
        "transcribe:GetTranscriptionJob",
        "transcribe:Get*",
        "bedrock:Retrieve",
        "kendra:Query",
        "secretsmanager:GetSecretValue",
        "rds-data:ExecuteStatement",
        "lambda:GetFunction",
        "events:PutTargets",
        "lambda:CreateFunction",
        "logs:FilterLogEvents",
        "cognito-idp:AdminGetUser",
        "newservice:Read",
        "bedrock-agentcore:ListMemoryRecords",
        "cognito-idp:ListUsers",
        "sqs:ReceiveMessage",
        "states:DescribeExecution",
        "iot:Receive",
        "TRANSCRIBE:gettranscriptionjob",
        "ec2:DescribeInstanceAttribute",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:DescribeSpotInstanceRequests",
        "ec2:DescribeTags",
        "ec2:Describe*",
        "ecs:DescribeTasks",
        "cloudwatch:GetMetricData",
        "cloudwatch:ListMetrics",
        "cloudwatch:DescribeAlarms",
        "cloudfront:GetDistribution",
        "codebuild:CreateReport",
        "events:ListTargetsByRule",
        "health:DescribeAffectedEntities",
        "support:DescribeCases",
        "tag:GetResources",
    ],
)
def test_a_right_that_no_review_covers_is_undecided(action: str) -> None:
    report = with_rights(allow(action, "*"))
    [finding] = [each for each in report.findings if each.subject == action]
    assert report.status is Status.UNDECIDED
    assert finding.question is Question.ANOTHER_WAY
    assert "no review says" in finding.story


@pytest.mark.parametrize(
    "action",
    [
        "polly:SynthesizeSpeech",
        "translate:TranslateText",
        "cognito-identity:GetId",
        "geo-maps:*",
        "sts:GetCallerIdentity",
        "kms:ListAliases",
        "events:PutEvents",
        "kinesis:ListShards",
        "ec2:DescribeInstances",
        "EC2:describevpcs",
        "ecs:DescribeServices",
        "cloudwatch:GetDashboard",
        "cloudfront:CreateInvalidation",
        "events:ListRules",
        "health:DescribeEvents",
        "budgets:ViewBudget",
        "support:DescribeSeverityLevels",
    ],
)
def test_a_reviewed_right_stays_proved(action: str) -> None:
    assert with_rights(allow(action, "*")).status is Status.PROVED


@pytest.mark.parametrize(
    ("owned", "action"),
    [
        (allow("ec2:DeleteVolume", "*", Condition=BY_TAG), "ec2:DescribeVolumes"),
        (allow("ebs:GetSnapshotBlock", "*", Condition=BY_TAG), "ec2:DescribeSnapshots"),
        (allow("events:DescribeRule", sub(f"arn:aws:events:*:*:rule/{SUB}-*")), "events:ListRules"),
    ],
)
def test_a_description_is_undecided_where_users_own_something_of_its_service(owned: Document, action: str) -> None:
    assert with_rights(owned).status is Status.PROVED
    report = with_rights(owned, allow(action, "*"))
    assert report.status is Status.UNDECIDED
    assert [each.subject for each in report.findings if each.status is Status.UNDECIDED] == [action]


def test_a_build_may_report_to_a_report_group_that_the_policy_names_and_not_export_it_elsewhere() -> None:
    group = "arn:aws:codebuild:us-east-1:123456789012:report-group/Build-*"
    reports = ["CreateReportGroup", "CreateReport", "UpdateReport", "BatchPutTestCases", "BatchPutCodeCoverages"]
    assert with_rights(allow([f"codebuild:{each}" for each in reports], group)).status is Status.PROVED
    assert with_rights(allow("codebuild:UpdateReportGroup", group)).status is Status.UNDECIDED


def test_a_right_tied_to_the_caller_by_name_or_tag_stays_proved() -> None:
    by_name = sub(f"arn:${{AWS::Partition}}:transcribe:${{AWS::Region}}:${{AWS::AccountId}}:transcription-job/{SUB}-*")
    assert with_rights(allow("transcribe:GetTranscriptionJob", by_name)).status is Status.PROVED
    assert with_rights(allow("secretsmanager:GetSecretValue", "*", Condition=BY_TAG)).status is Status.PROVED


def test_another_statement_or_resource_that_is_tied_ties_no_other() -> None:
    by_name = sub(f"arn:${{AWS::Partition}}:transcribe:${{AWS::Region}}:${{AWS::AccountId}}:transcription-job/{SUB}-*")
    both = allow("transcribe:GetTranscriptionJob", [by_name, "*"])
    assert with_rights(both).status is not Status.PROVED
    assert with_rights(allow("kendra:Query", "*"), allow("transcribe:GetTranscriptionJob", by_name)).status is not (
        Status.PROVED
    )


def test_one_tied_resource_ties_no_other_of_its_statement() -> None:
    by_name = sub(f"arn:${{AWS::Partition}}:transcribe:${{AWS::Region}}:${{AWS::AccountId}}:transcription-job/{SUB}-*")
    index = "arn:aws:kendra:us-east-1:123456789012:index/x"
    report = with_rights(allow(["transcribe:GetTranscriptionJob", "kendra:Query"], [by_name, index]))
    assert report.status is Status.UNDECIDED


def test_a_right_that_is_denied_everywhere_counts_as_none() -> None:
    denied = {**allow("kendra:*", "*"), "Effect": "Deny"}
    assert with_rights(allow("kendra:Query", "*"), denied).status is Status.PROVED
    assert with_rights(allow("kendra:Query", "*"), {**denied, "Resource": "arn:aws:kendra:*:*:index/x"}).status is (
        Status.UNDECIDED
    )


def test_accepting_a_pattern_accepts_no_wider_one() -> None:
    assert with_rights(allow("kendra:Query", "*"), accept="kendra:Query:other").status is Status.PROVED
    report = with_rights(allow(["kendra:Query", "kendra:*"], "*"), accept="kendra:Query:other")
    assert report.status is Status.UNDECIDED


def test_all_actions_but_some_are_named_as_every_other_action() -> None:
    report = with_rights({"Effect": "Allow", "NotAction": ["iam:*", "s3:*", "dynamodb:*"], "Resource": "*"})
    assert any(each.subject == "every other action" for each in report.findings)


@pytest.mark.parametrize(
    ("action", "service", "status"),
    [
        ("secretsmanager:GetSecretValue", "secretsmanager:action/GetSecretValue", Status.UNDECIDED),
        ("transcribe:GetTranscriptionJob", "transcribe:action/GetTranscriptionJob", Status.UNDECIDED),
        ("polly:SynthesizeSpeech", "polly:path/v1/speech", Status.PROVED),
        ("sqs:SendMessage", "sqs:path/queue", Status.PROVED),
    ],
)
def test_a_route_that_acts_with_such_a_right_is_undecided(action: str, service: str, status: Status) -> None:
    opening = route("NONE", lambda _: sub(f"arn:aws:apigateway:${{AWS::Region}}:{service}"))(Names())
    acts = role("apigateway.amazonaws.com", allow(action, "*"))
    body = applied(template([OWN, ROWS]), Names(), Opening(resources={**opening.resources, "Acts": acts}))
    assert proof_of(body).status is status


@pytest.mark.parametrize(
    ("resource", "status"),
    [
        ("topic/chat/*", Status.PROVED),
        ("topic/chat", Status.PROVED),
        ("topic/*", Status.UNDECIDED),
        ("*", Status.UNDECIDED),
    ],
)
def test_topics_that_a_policy_names_are_for_all_who_may_receive_them(resource: str, status: Status) -> None:
    arn = sub(f"arn:aws:iot:${{AWS::Region}}:${{AWS::AccountId}}:{resource}")
    assert with_rights(allow("iot:Receive", arn)).status is status


@pytest.mark.parametrize("operator", ["StringEqualsIfExists", "ForAllValues:StringEquals"])
def test_a_condition_that_holds_without_its_key_ties_nothing(operator: str) -> None:
    by_tag = {operator: {"aws:ResourceTag/owner": "${cognito-identity.amazonaws.com:sub}"}}
    assert with_rights(allow("logs:FilterLogEvents", "*", Condition=by_tag)).status is not Status.PROVED


def test_a_tag_with_a_common_value_ties_nothing() -> None:
    by_tag = {"StringEquals": {"aws:ResourceTag/owner": ["${cognito-identity.amazonaws.com:sub}", "team"]}}
    assert with_rights(allow("logs:FilterLogEvents", "*", Condition=by_tag)).status is not Status.PROVED


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ("iot:GetThingShadow", Status.UNDECIDED),
        ("iot:DescribeThing", Status.UNDECIDED),
        ("iot:Subscribe", Status.PROVED),
        ("iot:Connect", Status.PROVED),
    ],
)
def test_owned_topics_decide_nothing_about_things_of_others(action: str, status: Status) -> None:
    topics = sub(f"arn:aws:iot:${{AWS::Region}}:${{AWS::AccountId}}:topic/{SUB}/*")
    assert with_rights(allow(["iot:Publish", "iot:Receive"], topics), allow(action, "*")).status is status


@pytest.mark.parametrize(
    "right",
    [
        {"Action": "kendra:Query", "NotResource": "arn:aws:kendra:us-east-1:123456789012:index/x"},
        {"Action": {"Ref": "Unknown"}, "Resource": "*"},
        {"Action": {"Fn::Sub": "${AWS::StackName}:Query"}, "Resource": "*"},
        {"Action": "kendra:Query", "Resource": {"Fn::ImportValue": "index"}},
        {"Action": "kendra:Query", "Resource": []},
        {"Action": ["kendra:Query"], "Resource": "*", "Condition": {}},
    ],
    ids=["all resources but one", "an unknown action", "a service in part", "an import", "no resource", "no condition"],
)
def test_a_right_in_another_form_is_no_less_undecided(right: Document) -> None:
    assert with_rights({"Effect": "Allow", **right}).status is not Status.PROVED


@pytest.mark.parametrize(
    ("action", "key", "status"),
    [
        ("transcribe:GetTranscriptionJob", "aws:ResourceTag/owner", Status.PROVED),
        ("backup-search:StartSearchJob", "aws:RequestTag/owner", Status.UNDECIDED),
        ("sns:Subscribe", "sns:Endpoint", Status.UNDECIDED),
    ],
)
def test_a_condition_ties_a_right_only_if_its_key_says_whose_data_is_read(
    action: str, key: str, status: Status
) -> None:
    tied = {"Condition": {"StringEquals": {key: sub(SUB)}}}
    assert with_rights({**allow(action, "*"), **tied}).status is status


def _reading_parameter(value: object, **more: Document) -> Status:
    body = applied(template([OWN, ROWS]), Names(), Opening(user=(allow("ssm:GetParameter", sub(
        "arn:aws:ssm:${AWS::Region}:${AWS::AccountId}:parameter/site")),)))  # fmt: skip
    site = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/site", "Type": "String", "Value": value}}
    body["Resources"] |= {"Site": site, **more}
    return proof_of(body).status


def test_a_parameter_with_an_address_may_be_read_and_one_with_a_credential_or_that_code_overwrites_is_asked() -> None:
    credential = {"Type": "AWS::IAM::ServiceSpecificCredential", "Properties": {"UserName": "mail"}}
    assert _reading_parameter({"Fn::GetAtt": ["Bucket", "DomainName"]}) is Status.PROVED
    assert _reading_parameter({"Fn::GetAtt": ["Mail", "ServicePassword"]}, Mail=credential) is Status.UNDECIDED
    overwrites = role("lambda.amazonaws.com", allow("ssm:PutParameter", "arn:aws:ssm:*:*:parameter/s*"))
    others = role("lambda.amazonaws.com", allow("ssm:PutParameter", "arn:aws:ssm:*:*:parameter/other"))
    assert _reading_parameter("x", Writes=others) is Status.PROVED
    assert _reading_parameter("x", Writes=overwrites) is Status.UNDECIDED


def test_a_right_on_objects_is_no_right_on_dashboards_and_grants_of_s3() -> None:
    assert with_rights(allow("s3:GetStorageLens*", sub("${Bucket.Arn}/public/*"))).status is Status.PROVED
    assert with_rights(allow("s3:GetStorageLens*", "*")).status is Status.UNDECIDED


@pytest.mark.parametrize(
    ("name", "status"),
    [("*", Status.PROVED), ("?", Status.UNDECIDED), ("team-*", Status.UNDECIDED)],
)
def test_a_deny_takes_a_right_only_if_it_covers_every_resource_of_its_type(name: str, status: Status) -> None:
    secrets = "arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:"
    right = allow("secretsmanager:GetSecretValue", "*")
    deny = {**allow("secretsmanager:*", sub(f"{secrets}{name}")), "Effect": "Deny"}
    assert with_rights(right, deny).status is status


def test_a_deny_of_one_of_two_types_leaves_the_right_on_the_other_asked_about() -> None:
    right = allow("kendra:DeleteExperience", "*")
    experiences = sub("arn:aws:kendra:${AWS::Region}:${AWS::AccountId}:index/*/experience/*")
    assert with_rights(right, {**allow("kendra:*", experiences), "Effect": "Deny"}).status is Status.UNDECIDED
