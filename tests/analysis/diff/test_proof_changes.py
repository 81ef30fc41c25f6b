"""Access other than by a caller's policies: roles that others can assume, doors to data, parts that are not visible."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.analysis import Template
from constructs_lib.analysis.diff import Diff, compare
from tests.analysis.conftest import BUCKET, SUB, TABLE, Document, join, template, trust
from tests.analysis.diff.test_diff import ROWS, private

APP = template([private(), ROWS])
ARN = {"Fn::GetAtt": ["User", "Arn"]}


def diff(old: Document, new: Document) -> Diff:
    return compare(
        [Template(name="Old", body=old, source="old.json")], [Template(name="New", body=new, source="new.json")]
    )


def with_more(**resources: Any) -> Document:
    return {"Resources": {**copy.deepcopy(APP["Resources"]), **resources}}


def with_trust(document: Document) -> Document:
    changed = copy.deepcopy(APP)
    changed["Resources"]["User"]["Properties"]["AssumeRolePolicyDocument"] = document
    return changed


def without(document: Document, operator: str) -> Document:
    changed = copy.deepcopy(document)
    del changed["Statement"][0]["Condition"][operator]
    return changed


ANYONE: Document = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
LOOSER: dict[str, Document] = {
    "aud dropped": without(trust(), "StringEquals"),
    "aud as a pattern": trust(aud="*"),
    "another pool beside": trust(aud=["us-east-1:11111111-1111-4111-8111-111111111111"]),
    "another account": {**trust(), "Statement": [*trust()["Statement"], ANYONE]},
}


@pytest.mark.parametrize("name", LOOSER)
def test_a_trust_that_is_loosened_is_access_gained_or_not_known(name: str) -> None:
    found = diff(APP, with_trust(LOOSER[name]))
    assert found.gained or found.undecided
    assert any("User" in change.sentence for change in found.gained) or any("User" in each for each in found.undecided)


@pytest.mark.parametrize("name", ["aud dropped", "another account"])
def test_a_trust_that_is_tightened_is_access_lost(name: str) -> None:
    found = diff(with_trust(LOOSER[name]), APP)
    assert found.lost
    assert not found.gained


OAC: Document = {
    "Type": "AWS::CloudFront::OriginAccessControl",
    "Properties": {"OriginAccessControlConfig": {
        "Name": "o", "OriginAccessControlOriginType": "s3", "SigningBehavior": "always", "SigningProtocol": "sigv4"}},
}  # fmt: skip
DISTRIBUTION: Document = {
    "Type": "AWS::CloudFront::Distribution",
    "Properties": {"DistributionConfig": {
        "Enabled": True,
        "Origins": [{"Id": "o", "DomainName": {"Fn::GetAtt": ["Bucket", "RegionalDomainName"]},
                     "OriginAccessControlId": {"Ref": "Oac"}, "S3OriginConfig": {}}],
        "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only"}}},
}  # fmt: skip

BY_IDENTITY = copy.deepcopy(DISTRIBUTION)
BY_IDENTITY["Properties"]["DistributionConfig"]["Origins"][0] = {
    "Id": "o", "DomainName": {"Fn::GetAtt": ["Bucket", "RegionalDomainName"]},
    "S3OriginConfig": {"OriginAccessIdentity": {"Fn::Sub": "origin-access-identity/cloudfront/${Oai}"}},
}  # fmt: skip


def bucket_policy(principal: Any, condition: Any = None, actions: Any = "s3:GetObject") -> Document:
    statement = {"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": join(BUCKET, "/*")}
    document = {"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]}
    return {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": document}}


CLOUDFRONT = bucket_policy(
    {"Service": "cloudfront.amazonaws.com"},
    {"StringEquals": {"AWS:SourceArn": {"Fn::Sub": "arn:aws:cloudfront::${AWS::AccountId}:distribution/${Dist}"}}},
)


def table(**more: Any) -> Document:
    return {"Type": "AWS::DynamoDB::Table", "Properties": {**APP["Resources"]["Table"]["Properties"], **more}}


def stream(policy: Document | None) -> Document:
    specification: Document = {"StreamViewType": "NEW_IMAGE"}
    if policy is not None:
        specification["ResourcePolicy"] = {"PolicyDocument": {"Version": "2012-10-17", "Statement": [policy]}}
    return table(StreamSpecification=specification)


READ = {"Effect": "Allow", "Action": ["dynamodb:GetRecords", "dynamodb:GetShardIterator"], "Resource": "*"}
DOORS: dict[str, tuple[Document, Document]] = {
    "CloudFront in front of the bucket": (APP, with_more(Dist=DISTRIBUTION, Oac=OAC, Policy=CLOUDFRONT)),
    "CloudFront by an identity of its own": (
        APP,
        with_more(Policy=bucket_policy({"CanonicalUser": {"Fn::GetAtt": ["Oai", "S3CanonicalUserId"]}}),
                  Oai={"Type": "AWS::CloudFront::CloudFrontOriginAccessIdentity"}, Dist=BY_IDENTITY),
    ),
    "a service without a source": (APP, with_more(Policy=bucket_policy({"Service": "logging.s3.amazonaws.com"}))),
    "another account": (APP, with_more(Policy=bucket_policy({"AWS": "arn:aws:iam::999999999999:root"}))),
    "a stream's own policy": (
        with_more(Table=stream(None)), with_more(Table=stream({**READ, "Principal": {"AWS": "*"}}))
    ),
    "a part that is not seen": (
        APP, with_more(Extra={"Type": "AWS::SNS::Topic", "Properties": {"Fn::Transform": {"Name": "AWS::Include"}}})
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DOORS)
def test_a_new_door_to_owned_data_is_access_gained_or_not_known(name: str) -> None:
    old, new = DOORS[name]
    found = diff(old, new)
    assert found.gained or found.undecided


@pytest.mark.parametrize("name", DOORS)
def test_a_door_that_stood_before_is_no_change(name: str) -> None:
    _, new = DOORS[name]
    found = diff(new, copy.deepcopy(new))
    assert (found.changes, found.undecided) == ((), ())


def api(auth: str, **more: Any) -> Document:
    owned = {"Fn::Sub": ["arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/p/GET/notes/${s}/*", {"s": SUB}]}
    call = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": owned}
    properties = {
        "RestApiId": {"Ref": "Api"}, "ResourceId": {"Ref": "Rest"}, "HttpMethod": "GET", "AuthorizationType": auth,
        **more,
    }  # fmt: skip
    path = [("Notes", {"Fn::GetAtt": ["Api", "RootResourceId"]}, "notes"), ("Owner", {"Ref": "Notes"}, "{owner}"),
            ("Rest", {"Ref": "Owner"}, "{rest+}")]  # fmt: skip
    resources = {
        name: {
            "Type": "AWS::ApiGateway::Resource",
            "Properties": {"RestApiId": {"Ref": "Api"}, "ParentId": parent, "PathPart": part},
        }
        for name, parent, part in path
    }
    method = {"Type": "AWS::ApiGateway::Method", "Properties": properties}
    return template([call], more={"Api": {"Type": "AWS::ApiGateway::RestApi"}, **resources, "Method": method})


@pytest.mark.parametrize(
    ("auth", "more"),
    [("NONE", {"ApiKeyRequired": True}), ("NONE", {}), ("COGNITO_USER_POOLS", {}), ("CUSTOM", {})],
)
def test_an_api_that_no_longer_asks_iam_is_access_gained_or_not_known(auth: str, more: Any) -> None:
    found = diff(api("AWS_IAM"), api(auth, **more))
    assert found.gained or found.undecided
    assert not diff(api(auth, **more), api(auth, **more)).gained


def test_a_hole_in_both_versions_is_no_change_wherever_the_files_lie() -> None:
    hole = with_more(Extra={"Type": "AWS::SNS::Topic", "Properties": {"Fn::Transform": {"Name": "AWS::Include"}}})
    found = diff(hole, copy.deepcopy(hole))
    assert (found.changes, found.undecided) == ((), ())
    told = "unchanged, and seen in neither version: new.json: Resources.Extra.Properties comes from"
    assert found.notes[0].startswith(told)


def test_ref_written_as_sub_is_no_change() -> None:
    sub = copy.deepcopy(APP)
    document = sub["Resources"]["User"]["Properties"]["Policies"][0]["PolicyDocument"]
    for statement in document["Statement"]:
        if statement["Resource"] == TABLE:
            statement["Resource"] = {"Fn::Sub": "${Table.Arn}"}
    sub["Resources"]["User"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["StringEquals"] = {
        "cognito-identity.amazonaws.com:aud": {"Fn::Sub": "${Pool}"}
    }
    assert diff(APP, sub) == Diff(changes=())


WRONGLY_PROVED = Path(__file__).parents[1] / "proof" / "wrongly_proved"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("cloudfront-open-origin-by-literal-name", ("Cf", "DistributionConfig", "Origins", 0, "DomainName")),
        ("code-bucket-written-by-a-role-of-another-account", ("Fn", "Code", "S3Bucket")),
        ("backend-path-rewritten-by-another-route", ("Hm", "Integration", "Uri")),
        ("code-of-a-path-by-the-stack-name", ("M", "Integration", "Uri")),
    ],
)
def test_whatever_the_proof_of_the_new_version_alone_leaves_undecided_is_named(
    name: str, path: tuple[str | int, ...]
) -> None:
    [new] = json.loads((WRONGLY_PROVED / f"{name}.json").read_text())["templates"].values()
    old = copy.deepcopy(new)
    logical_id, *names, last = path
    inner = old["Resources"][logical_id]["Properties"]
    for each in names:
        inner = inner[each]
    inner[last] = "https://example.com" if last == "Uri" else "elsewhere.example.com"
    assert any(each.startswith("not known: ") for each in diff(old, new).undecided)
    for one in (old, new):
        other = copy.deepcopy(one)
        other["Resources"]["Topic"] = {"Type": "AWS::SNS::Topic"}
        found = diff(one, other)
        assert (found.changes, found.undecided) == ((), ())


@pytest.mark.parametrize(
    ("name", "path", "gained"),
    [
        ("global-table-denied-in-its-own-region", ("Table", "Properties", "Replicas", 1), []),
        (
            "replicated-into-the-owned-bucket",
            ("In", "Properties", "ReplicationConfiguration"),
            ["In private/{owner}/*"],
        ),
        (
            "indexes-of-a-table-that-no-template-has",
            ("User", "Properties", "Policies", 0, "PolicyDocument", "Statement", 1),
            [],
        ),
        ("objects-behind-an-owned-path-that-users-read", ("Uid", "Properties", "PathPart"), ["Store {owner}/*"]),
    ],
)
def test_requests_that_both_versions_allow_and_that_reach_more_in_the_new_one_are_told(
    name: str, path: tuple[str | int, ...], gained: list[str]
) -> None:
    [new] = json.loads((WRONGLY_PROVED / f"{name}.json").read_text())["templates"].values()
    old = copy.deepcopy(new)
    inner = old["Resources"]
    for each in path[:-1]:
        inner = inner[each]
    del inner[path[-1]]
    found = diff(old, new)
    assert [each.place for each in found.gained if each.others] == gained
    assert gained or found.undecided
