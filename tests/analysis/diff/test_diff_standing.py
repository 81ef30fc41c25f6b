"""What else than somebody's rights gives access: roles that others can take, doors to data, parts that are not seen."""

import copy
from typing import Any

import pytest

from constructs_lib.analysis import Template
from constructs_lib.analysis.diff import Diff, compare
from tests.analysis.conftest import BUCKET, SUB, TABLE, Document, join, template
from tests.analysis.diff.test_diff import ROWS, private

APP = template([private(), ROWS])
ARN = {"Fn::GetAtt": ["User", "Arn"]}


def diff(old: Document, new: Document) -> Diff:
    return compare(
        [Template(name="Old", body=old, source="old.json")], [Template(name="New", body=new, source="new.json")]
    )


def with_more(**resources: Any) -> Document:
    return {"Resources": {**copy.deepcopy(APP["Resources"]), **resources}}


def bucket_policy(principal: Any, condition: Any = None, actions: Any = "s3:GetObject") -> Document:
    statement = {"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": join(BUCKET, "/*")}
    document = {"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]}
    return {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": document}}


DOORS: dict[str, tuple[Document, Document]] = {
    "another account": (APP, with_more(Policy=bucket_policy({"AWS": "arn:aws:iam::999999999999:root"}))),
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
    assert found.notes[0].startswith(
        "seen in neither version, and so not compared: new.json: Resources.Extra.Properties"
    )


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
