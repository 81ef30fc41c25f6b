"""Owned data in an external bucket, and roles and functions under aliases, are followed too."""

from typing import Any

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import SUB, template
from tests.analysis.proof.access_paths.openings import Document, Names, att, join, of, reads, ref, role, seeded, sub
from tests.analysis.proof.access_paths.openings_by_distribution import distribution
from tests.analysis.proof.access_paths.openings_by_service import PASSED, route
from tests.analysis.proof.test_traps import OWN, ROWS, allow
from tests.proofs import proof_of

NAMES = Names()


def imported(rest: str) -> Document:
    return join("arn:aws:s3:::", ref("P"), rest)


def policy(principal: Any) -> Document:
    statement = allow("s3:GetObject", imported("/*"), Principal=principal)
    return of(
        "AWS::S3::BucketPolicy", Bucket=ref("P"), PolicyDocument={"Version": "2012-10-17", "Statement": [statement]}
    )  # fmt: skip


def of_the_bucket() -> Document:
    made = distribution(NAMES, {})
    made["Properties"]["DistributionConfig"]["Origins"][0]["DomainName"] = {"Fn::Sub": "${P}.s3.amazonaws.com"}
    return made


def of_the_role() -> Document:
    made = route("NONE", lambda _: {"Fn::Sub": "arn:aws:apigateway:${AWS::Region}:s3:path/${Bucket}/{k}"}, **PASSED)
    resources = made(NAMES).resources
    resources["Call"]["Properties"]["Integration"]["Credentials"] = ref("P")
    return resources


def of_the_function() -> Document:
    rule = of("AWS::IoT::TopicRule", TopicRulePayload={"Actions": [{"Lambda": {"FunctionArn": ref("Alias")}}]})
    return {
        "Code": of("AWS::Lambda::Function", Role=att("Acts")),
        "Acts": role("lambda.amazonaws.com", *reads(NAMES)),
        "Alias": of("AWS::Lambda::Alias", FunctionName=ref("Code"), Name="live"),
        "Rule": rule,
    }


def notified(**more: Document) -> Document:
    told = {"QueueConfigurations": [{"Events": ["s3:ObjectCreated:*"], "QueueArn": att("Queue")}]}
    return {
        "Queue": of("AWS::SQS::Queue"),
        "Notifies": of("Custom::S3BucketNotifications", BucketName=ref("P"), NotificationConfiguration=told),
        **more,
    }


ELSEWHERE: dict[str, tuple[Document, Status]] = {
    "nothing": ({}, Status.PROVED),
    "a distribution of an imported bucket": ({"Dist": of_the_bucket()}, Status.UNDECIDED),
    "a policy for everyone of an imported bucket": ({"Policy": policy("*")}, Status.COUNTEREXAMPLE),
    "a policy for a service of an imported bucket": (
        {"Policy": policy({"Service": "x.amazonaws.com"})}, Status.UNDECIDED
    ),
    "an imported bucket's name in a type that is not reviewed": (
        {"Rule": of("AWS::IoT::TopicRule", TopicRulePayload={"Actions": [{"S3": {"BucketName": ref("P")}}]})},
        Status.UNDECIDED,
    ),
    "events of an imported bucket that nobody reads": (notified(), Status.PROVED),
    "events of an imported bucket that users read": (
        notified(Reads=of("AWS::IAM::Policy", PolicyName="reads", Roles=[ref("User")], PolicyDocument={
            "Version": "2012-10-17", "Statement": [allow("sqs:ReceiveMessage", att("Queue"))]})),
        Status.UNDECIDED,
    ),
    "a call that changes the policy of an imported bucket": (
        seeded("putBucketPolicy", ref("P"))(NAMES).resources, Status.UNDECIDED
    ),
    "an object that a call puts in an imported bucket": (
        seeded("putObject", ref("P"))(NAMES).resources, Status.PROVED
    ),
    "an integration with a role of elsewhere": (of_the_role(), Status.UNDECIDED),
    "a function by its alias": (of_the_function(), Status.UNDECIDED),
}  # fmt: skip


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_is_elsewhere_or_has_another_name_is_followed(name: str) -> None:
    more, expected = ELSEWHERE[name]
    statements = [OWN, ROWS, allow("s3:GetObject", imported(f"/private/{SUB}/*"))]
    report = proof_of({**template(statements, more=more), "Parameters": {"P": {"Type": "String"}}})
    assert report.status is expected, [each.story for each in report.findings if each.story]


ROWS_OF = "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/"
GRAPH = {"Graph": of("AWS::AppSync::GraphQLApi", Name="g", AuthenticationType="API_KEY")}


def crawler(path: Any) -> Document:
    return {"Crawler": of("AWS::Glue::Crawler", Targets={"S3Targets": [{"Path": path}]})}


def source(table: Any) -> Document:
    made = of("AWS::AppSync::DataSource", ApiId=att("Graph", "ApiId"), Type="AMAZON_DYNAMODB",
              ServiceRoleArn="arn:aws:iam::123456789012:role/x", DynamoDBConfig={"TableName": table})  # fmt: skip
    return {**GRAPH, "Source": made}


@pytest.mark.parametrize(
    ("name", "more", "expected"),
    [
        ("${P}-files", crawler("s3://dev-files/x"), Status.UNDECIDED),
        ("${P}-files", crawler(sub("s3://${Q}-files/x")), Status.UNDECIDED),
        ("dev-files", crawler(sub("s3://${Q}-files/x")), Status.UNDECIDED),
        ("${P}-files", crawler("s3://dev-site/x"), Status.PROVED),
        ("${P}-rows", source("dev-rows"), Status.UNDECIDED),
        ("dev-rows", source(sub("${Q}-rows")), Status.UNDECIDED),
        ("${P}-rows", source("dev-items"), Status.PROVED),
    ],
)
def test_data_elsewhere_whose_name_is_known_in_part_may_have_another_name(
    name: str, more: Document, expected: Status
) -> None:
    objects = allow("s3:GetObject", sub(f"arn:aws:s3:::{name}/private/${{!cognito-identity.amazonaws.com:sub}}/*"))
    rows = {**ROWS, "Resource": sub(f"{ROWS_OF}{name}")}
    body = template([OWN, objects if "files" in name else rows], more=more)
    body["Parameters"] = {"P": {"Type": "String"}, "Q": {"Type": "String"}}
    report = proof_of(body)
    assert report.status is expected, [each.story for each in report.findings if each.story]


def test_a_part_of_a_buckets_name_has_no_slash() -> None:
    own = allow("s3:GetObject", sub("arn:aws:s3:::${P}-files/private/${!cognito-identity.amazonaws.com:sub}/*"))
    body = template([OWN, own, allow("s3:GetObject", "arn:aws:s3:::dev-site/*")])
    body["Parameters"] = {"P": {"Type": "String"}}
    assert proof_of(body).status is Status.PROVED
