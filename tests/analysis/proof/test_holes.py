"""Ways to other owners' data that are easy to overlook: none may end PROVED.

In each template a caller can, or may, reach another owner's data.
"""

from typing import Any

import pytest

from constructs_lib.analysis.proof.findings import Question, Report, Status
from tests.analysis.conftest import BUCKET, SUB, TABLE, Document, join, template, trust
from tests.analysis.proof.test_traps import (
    ITEMS,
    NAMED,
    ONLY_MINE,
    OWN,
    ROWS,
    allow,
    bucket_policy,
    deny,
    everything_but,
)
from tests.proofs import proof_of

PROVED, CEX, UNDECIDED = Status.PROVED, Status.COUNTEREXAMPLE, Status.UNDECIDED
EVERYTHING = allow("s3:GetObject", join(BUCKET, "/*"))
LITERAL = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "my-bucket"}}
GOV_SUB = "${cognito-identity-us-gov.amazonaws.com:sub}"
CN_SUB = "${cognito-identity.cn-north-1.amazonaws.com.cn:sub}"


def proved(statements: list[Document], *, sections: Document | None = None, **options: Any) -> Report:
    return proof_of({**template(statements, **options), **(sections or {})})


def role(statements: Any, **more: Any) -> Document:
    document = statements if not isinstance(statements, list) else {"Version": "2012-10-17", "Statement": statements}
    properties = {"AssumeRolePolicyDocument": trust(), "Policies": [{"PolicyName": "P", "PolicyDocument": document}]}
    return {"Type": "AWS::IAM::Role", "Properties": {**properties, **more}}


PARAMETER: Document = {"Parameters": {"P": {"Type": "String"}}}
REF: Document = {"Ref": "P"}

ATTACKS: dict[str, tuple[list[Document], Document]] = {
    "a bucket by a wildcard": ([OWN, allow("s3:GetObject", "arn:aws:s3:::*/private/*")], {}),
    "any bucket's owned folder is owned": (
        [allow("s3:GetObject", f"arn:aws:s3:::*/private/{SUB}/*"), allow("s3:PutObject", "arn:aws:s3:::*/private/*")],
        {},
    ),
    "a bucket by its literal name": (
        [OWN, allow("s3:GetObject", "arn:aws:s3:::my-bucket/private/*")],
        {"more": {"Bucket": LITERAL}},
    ),
    "a table by its literal name": (
        [ROWS, allow("dynamodb:Scan", "arn:aws:dynamodb:us-east-1:123456789012:table/rows")],
        {"more": {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": {
            "TableName": "rows", "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}]}}}},
    ),
    "an ARN of another partition with wildcards": (
        [ROWS, allow("dynamodb:Scan", {"Fn::Sub": "arn:aws-us-gov:dynamodb:*:*:table/${Table}"})],
        {},
    ),
    "an ARN that ends after its region": ([ROWS, allow("dynamodb:Scan", "arn:aws:dynamodb:us-east-1:*")], {}),
    "the table's own stream": (
        [ROWS, allow(["dynamodb:GetRecords", "dynamodb:GetShardIterator"], {"Fn::GetAtt": ["Table", "StreamArn"]})],
        {},
    ),
    "a stream by its label": (
        [ROWS, allow("dynamodb:GetRecords", join(TABLE, "/stream/2026-01-01T00:00:00.000"))],
        {},
    ),
    "every table's stream": ([ROWS, allow("dynamodb:GetRecords", "arn:aws:dynamodb:*:*:table/*/stream/*")], {}),
    "a header as a variable": ([OWN, allow("s3:GetObject", join(BUCKET, "/private/${aws:Referer}/*"))], {}),
    "a header as a variable with a default": (
        [OWN, allow("s3:GetObject", join(BUCKET, "/private/${aws:UserAgent, 'none'}/*"))],
        {},
    ),
    "plain http": (
        [OWN, allow("s3:GetObject", join(BUCKET, "/*"), {"Bool": {"aws:SecureTransport": "false"}})],
        {},
    ),
    "an address anyone may come from": (
        [OWN, allow("s3:GetObject", join(BUCKET, "/*"), {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})],
        {},
    ),
    "before a date": (
        [OWN, allow("s3:GetObject", join(BUCKET, "/*"), {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}})],
        {},
    ),
    "a number": (
        [OWN, allow("s3:ListBucket", BUCKET, {"NumericLessThanEquals": {"s3:max-keys": "10"}})],
        {},
    ),
    "one user by their literal ID": (
        [OWN, allow("s3:GetObject", join(BUCKET, "/private/*"), {
            "StringEquals": {"cognito-identity.amazonaws.com:sub": "us-east-1:11111111-1111-4111-8111-111111111111"}})],
        {},
    ),
    "many users by a pattern of IDs": (
        [OWN, allow("s3:GetObject", join(BUCKET, "/private/*"), {
            "StringLike": {"cognito-identity.amazonaws.com:sub": "us-east-1:1*"}})],
        {},
    ),
    "listing the root in groups where files lie beside folders": (
        [
            allow("s3:GetObject", join(BUCKET, f"/private/{SUB}*")),
            allow("s3:ListBucket", BUCKET, {"StringEquals": {"s3:prefix": "private/", "s3:delimiter": "/"}}),
        ],
        {},
    ),
    "a batch that needs two other keys": (
        [ROWS, allow("dynamodb:BatchGetItem", TABLE, {
            "ForAnyValue:StringEquals": {"dynamodb:LeadingKeys": ["x"]},
            "ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["y*"]}})],
        {},
    ),
    "GovCloud's variable": (
        [allow("s3:GetObject", join(BUCKET, f"/private/{GOV_SUB}/*")),
         allow("s3:PutObject", join(BUCKET, f"/private/*/{GOV_SUB}"))],
        {},
    ),
    "China's variable": (
        [allow("s3:GetObject", join(BUCKET, f"/private/{CN_SUB}/*")),
         allow("s3:PutObject", join(BUCKET, "/private/*"))],
        {},
    ),
    "owned by a Deny": (
        [
            allow("s3:GetObject", join(BUCKET, "/*")),
            {"Effect": "Deny", "Action": "s3:GetObject", "NotResource": join(BUCKET, f"/private/{SUB}/*"),
             "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
            allow("s3:PutObject", join(BUCKET, "/private/*")),
        ],
        {},
    ),
    "a Deny of all but what a header says, which a request may lack": (
        [OWN, EVERYTHING, everything_but(join(BUCKET, "/private/${aws:Referer}"))],
        {},
    ),
    "a Deny of all listings but a header's, which a request may lack": (
        [OWN, allow("s3:ListBucket", BUCKET),
         deny("s3:ListBucket", BUCKET, {"StringNotLike": {"s3:prefix": "public/${aws:Referer}"}})],
        {},
    ),
    "a Deny whose variable has no value": (
        [OWN, EVERYTHING, everything_but(join(BUCKET, "/private/${aws:username}/*"))],
        {},
    ),
    "a bucket policy for the assumed role": (
        [OWN],
        {"more": bucket_policy(allow("s3:GetObject", join(BUCKET, "/*"), Principal={"AWS": {
            "Fn::Sub": "arn:aws:sts::${AWS::AccountId}:assumed-role/${User}/CognitoIdentityCredentials"}}))},
    ),
    "a bucket policy for everyone of Cognito": (
        [OWN],
        {"more": bucket_policy(allow("s3:GetObject", join(BUCKET, "/*"),
                                     Principal={"Federated": "cognito-identity.amazonaws.com"}))},
    ),
    "a bucket policy for everyone, narrowed to the role by a condition": (
        [OWN],
        {"more": bucket_policy(allow("s3:GetObject", join(BUCKET, "/*"), {
            "ArnEquals": {"aws:PrincipalArn": {"Fn::GetAtt": ["User", "Arn"]}}}, Principal={"AWS": "*"}))},
    ),
    "a bucket policy for all but somebody": (
        [OWN],
        {"more": bucket_policy({"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/*"),
                                "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:role/other"}})},
    ),
    "a boundary does not bind a grant to everyone": (
        [OWN],
        {"more": {
            **bucket_policy(allow("s3:GetObject", join(BUCKET, "/*"), Principal="*")),
            "Boundary": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [OWN]}}},
            "User": role([OWN], PermissionsBoundary={"Ref": "Boundary"})}},
    ),
    "the role's own tag as a condition": (
        [],
        {"more": {"User": role(
            [OWN, allow("s3:GetObject", join(BUCKET, "/*"), {"StringEquals": {"aws:PrincipalTag/team": "red"}})],
            Tags=[{"Key": "team", "Value": "red"}])}},
    ),
    "a policy given as text": (
        [],
        {"more": {"User": role({"Fn::ToJsonString": {"Version": "2012-10-17", "Statement": [
            OWN, {**EVERYTHING, "Resource": "*"}]}})}},
    ),
    "the condition's other side": (
        [OWN, {"Fn::If": ["Both", EVERYTHING, {"Ref": "AWS::NoValue"}]}],
        {"sections": {**PARAMETER, "Conditions": {
            "A": {"Fn::Equals": [REF, "a"]},
            "Both": {"Fn::Not": [{"Fn::And": [{"Condition": "A"}, {"Fn::Equals": [REF, "b"]}]}]}}}},
    ),
    "a public listing by ACL": (
        [OWN],
        {"more": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {
            "AccessControl": "PublicRead", "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
            "PublicAccessBlockConfiguration": {"BlockPublicAcls": False}}}}},
    ),
    "another account as a parameter": (
        [OWN],
        {"sections": PARAMETER, "more": bucket_policy(allow("s3:GetObject", join(BUCKET, "/*"), Principal={
            "AWS": {"Fn::Sub": "arn:aws:iam::${P}:root"}}))},
    ),
    "a table open to every account": (
        [ROWS],
        {"more": {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": {
            "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}],
            "ResourcePolicy": {"PolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Principal": "*", "Action": "dynamodb:GetItem", "Resource": "*"}]}}}}}},
    ),
    "the second replica's policy": (
        [allow(ITEMS, "arn:aws:dynamodb:us-east-1:123456789012:table/rows", ONLY_MINE)],
        {"more": {"Table": {"Type": "AWS::DynamoDB::GlobalTable", "Properties": {
            "TableName": "rows",
            "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}],
            "Replicas": [
                {"Region": "us-east-1", "ResourcePolicy": {"PolicyDocument": {"Statement": []}}},
                {"Region": "eu-west-1", "ResourcePolicy": {"PolicyDocument": {
                    "Version": "2012-10-17", "Statement": [
                        {"Effect": "Allow", "Principal": {"AWS": {"Fn::GetAtt": ["User", "Arn"]}},
                         "Action": "dynamodb:GetItem", "Resource": "*"}]}}},
            ]}}}},
    ),
    "a role that trusts the users' role": (
        [OWN],
        {"more": {"Admin": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                     "Principal": {"AWS": {"Fn::GetAtt": ["User", "Arn"]}}}]}}}}},
    ),
    "a REST API's own policy": (
        [allow("execute-api:Invoke",
               {"Fn::Sub": ["arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/prod/GET/users/${s}/*",
                            {"s": SUB}]})],
        {"more": {"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Policy": {
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",
                                                     "Resource": "execute-api:/*"}]}}}}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_found(name: str) -> None:
    statements, options = ATTACKS[name]
    assert proved(statements, **options).status is CEX


INCLUDE: Document = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}}
OPEN_QUESTIONS: dict[str, tuple[list[Document], Document]] = {
    "a folder from a parameter": (
        [OWN, allow("s3:GetObject", {"Fn::Sub": "arn:aws:s3:::${Bucket}/${P}/*"})], {"sections": PARAMETER}
    ),
    "a resource from a parameter": ([OWN, allow("s3:GetObject", REF)], {"sections": PARAMETER}),
    "resources from a list in a parameter": (
        [ROWS, {"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": {"Fn::Split": [",", REF]}}],
        {"sections": PARAMETER},
    ),
    "a role that nothing here gives": ([OWN], {"more": {"Spare": role([EVERYTHING])}}),
    "actions from a parameter": ([OWN, allow(REF, join(BUCKET, "/*"))], {"sections": PARAMETER}),
    "an effect from a parameter": ([OWN, {**EVERYTHING, "Effect": REF}], {"sections": PARAMETER}),
    "a statement from elsewhere": ([OWN, INCLUDE], {}),
    "a policy from elsewhere": ([OWN], {"more": {"More": {
        "Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": INCLUDE, "Roles": [{"Ref": "User"}]}}}}),
    "a Deny whose condition comes from elsewhere": (
        [OWN, EVERYTHING, {**deny("s3:GetObject", join(BUCKET, "/*")), "Condition": INCLUDE}], {}
    ),
    "a Deny under an operator nobody knows": (
        [OWN, EVERYTHING, deny("s3:GetObject", join(BUCKET, "/*"), {"String-Odd": {"aws:x": "y"}})], {}
    ),
    "a Deny of all but what a parameter says": (
        [OWN, EVERYTHING, {"Effect": "Deny", "Action": "s3:GetObject",
                           "NotResource": {"Fn::Sub": "arn:aws:s3:::${Bucket}/${P}"}}], {"sections": PARAMETER}
    ),
    "a managed policy outside the templates": (
        [], {"more": {"User": role([OWN], ManagedPolicyArns=["arn:aws:iam::123456789012:policy/elsewhere"])}}
    ),
    "a boundary outside the templates": (
        [], {"more": {"User": role([OWN, EVERYTHING], PermissionsBoundary="arn:aws:iam::123456789012:policy/x")}}
    ),
    "a role outside the templates": (
        [OWN], {"more": {"More": {"Type": "AWS::Cognito::IdentityPoolRoleAttachment", "Properties": {
            "IdentityPoolId": {"Ref": "Pool"}, "Roles": {"authenticated": "arn:aws:iam::123456789012:role/x"}}}}}
    ),
    "mappings from elsewhere": (
        [OWN], {"sections": PARAMETER, "more": {"More": {
            "Type": "AWS::Cognito::IdentityPoolRoleAttachment",
            "Properties": {"IdentityPoolId": {"Ref": "Pool"}, "RoleMappings": REF}}}}
    ),
    "names that begin as the stack's do": (
        [ROWS, allow("dynamodb:Scan", "arn:aws:dynamodb:*:*:table/my-app-*")], {}
    ),
    "buckets that begin as the stack's do": (
        [OWN, allow("s3:GetObject", "arn:aws:s3:::my-app-*/private/*")], {}
    ),
    "an ARN whose region is a pattern": (
        [ROWS, allow("dynamodb:Scan", {"Fn::Sub": "arn:aws:dynamodb:us-*:${AWS::AccountId}:table/${Table}"})],
        {},
    ),
    "an access point": (
        [OWN, allow("s3:GetObject", "arn:aws:s3:us-east-1:123456789012:accesspoint/ap/object/*")],
        {"more": {"Ap": {"Type": "AWS::S3::AccessPoint", "Properties": {"Bucket": {"Ref": "Bucket"}}}}},
    ),
    "resources in a loop": ([OWN], {"more": {"Fn::ForEach::More": ["X", ["a"], {"B${X}": {"Type": "Custom::X"}}]}}),
    "a macro": ([OWN], {"sections": {"Transform": ["Someones::Macro"]}}),
    "too many conditions": (
        [OWN, *({"Fn::If": [f"A{i}", {"Ref": "AWS::NoValue"}, OWN if i < 8 else EVERYTHING]} for i in range(9))],
        {"sections": {**PARAMETER, "Conditions": {f"A{i}": {"Fn::Equals": [REF, str(i)]} for i in range(9)}}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OPEN_QUESTIONS)
def test_what_a_template_does_not_say_is_no_proof(name: str) -> None:
    statements, options = OPEN_QUESTIONS[name]
    report = proved(statements, **options)
    assert report.status is not PROVED
    assert any(finding.status is UNDECIDED and finding.story for finding in report.findings)


HARMLESS: dict[str, tuple[list[Document], Document]] = {
    "the listing of all buckets": ([OWN, allow("s3:ListAllMyBuckets", "*")], {}),
    "the listing of all tables": ([OWN, ROWS, allow("dynamodb:ListTables", "*")], {}),
    "another bucket as a parameter": (
        [OWN, allow("s3:GetObject", {"Fn::Sub": "arn:aws:s3:::${P}/public/*"})], {"sections": PARAMETER}
    ),
    "GovCloud's own names": (
        [allow("s3:GetObject", {"Fn::Sub": ["arn:aws-us-gov:s3:::${Bucket}/private/${s}/*", {"s": GOV_SUB}]})], {}
    ),
    "a variable of other kinds of caller": (
        [OWN, allow("s3:GetObject", join(BUCKET, "/home/${aws:username}/*"))], {}
    ),
    "every table but one": (
        [allow(ITEMS, "arn:aws:dynamodb:*:*:table/*", {**ONLY_MINE, **NAMED})], {}
    ),
    "a Deny in capitals": (
        [OWN, allow("s3:ListBucket", BUCKET, {"stringlike": {"S3:Prefix": f"private/{SUB}/*"}})], {}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HARMLESS)
def test_what_opens_nothing_is_proved(name: str) -> None:
    statements, options = HARMLESS[name]
    report = proved(statements, **options)
    assert report.status is PROVED, [each.story for each in report.findings if each.status is not PROVED]


def test_guests_that_a_parameter_may_allow_are_asked_about() -> None:
    body = template([OWN], guest=[EVERYTHING])
    body["Resources"]["Pool"]["Properties"]["AllowUnauthenticatedIdentities"] = REF
    report = proof_of({**body, **PARAMETER})
    assert any(each.caller == "a guest" and each.status is CEX for each in report.findings)


def test_the_classic_flow_with_guests_is_a_warning() -> None:
    body = template([OWN], guest=[allow("s3:GetObject", join(BUCKET, "/public/*"))])
    body["Resources"]["Pool"]["Properties"]["AllowClassicFlow"] = True
    report = proof_of(body)
    assert [each for each in report.warnings if "classic flow" in each] == [
        "Pool allows the classic flow: guests escape Cognito's session policy"
    ]


def test_the_classic_flow_lets_a_user_take_a_groups_role() -> None:
    body = template([OWN])
    resources = body["Resources"]
    resources["Pool"]["Properties"]["AllowClassicFlow"] = True
    resources["Editor"] = role([OWN, allow("s3:PutObject", join(BUCKET, "/public/*"))])
    resources["Group"] = {"Type": "AWS::Cognito::UserPoolGroup", "Properties": {
        "GroupName": "editors", "RoleArn": {"Fn::GetAtt": ["Editor", "Arn"]}}}  # fmt: skip
    resources["Attachment"]["Properties"]["RoleMappings"] = {"p": {"Type": "Token"}}
    report = proof_of(body)
    found = [each for each in report.findings if each.question is Question.TRUST and each.status is CEX]
    assert any("editors" in each.story for each in found)


def test_a_pattern_of_pools_in_another_region_is_found() -> None:
    report = proved([OWN], user_trust=trust(aud="eu-west-1:*"))
    assert report.status is CEX


def test_an_owned_path_that_a_route_serves_to_anyone_is_found() -> None:
    path = {
        "Fn::Sub": ["arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/prod/GET/users/${s}/*", {"s": SUB}]
    }
    api: Document = {"Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {}}}
    for auth, expected in (("NONE", CEX), ("AWS_IAM", PROVED)):
        route = {"ApiId": {"Ref": "Api"}, "RouteKey": "GET /users/{id}/{rest+}", "AuthorizationType": auth}
        more = {**api, "Route": {"Type": "AWS::ApiGatewayV2::Route", "Properties": route}}
        report = proved([allow("execute-api:Invoke", path)], more=more)
        assert report.status is expected
