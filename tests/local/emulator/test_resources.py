"""CloudFormation resources that stock MiniStack refuses, drops or destroys."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.emulator.conftest import Caller

pytestmark = pytest.mark.slow
TRUST_LAMBDA = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


class Stack:
    """One stack, from resources."""

    def __init__(self, emulator: Any, resources: dict[str, Any], **outputs: Any) -> None:
        self.name, self.client = emulator.name("stack"), emulator.admin("cloudformation")
        self.client.create_stack(
            StackName=self.name, TemplateBody=_template(resources, outputs), Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        self.status = self._settled()

    def update(self, resources: dict[str, Any]) -> str:
        self.client.update_stack(
            StackName=self.name, TemplateBody=_template(resources, {}), Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        self.status = self._settled()
        return self.status

    def delete(self) -> str:
        identifier = self.client.describe_stacks(StackName=self.name)["Stacks"][0]["StackId"]
        self.client.delete_stack(StackName=self.name)
        return self._settled(identifier)

    @property
    def outputs(self) -> dict[str, str]:
        stack = self.client.describe_stacks(StackName=self.name)["Stacks"][0]
        return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}

    @property
    def reasons(self) -> str:
        events = self.client.describe_stack_events(StackName=self.name)["StackEvents"]
        return " ".join(event.get("ResourceStatusReason", "") for event in events)

    def _settled(self, name: str | None = None) -> str:
        deadline = time.monotonic() + 20
        while True:
            status = str(self.client.describe_stacks(StackName=name or self.name)["Stacks"][0]["StackStatus"])
            if not status.endswith("IN_PROGRESS"):
                return status
            assert time.monotonic() < deadline, status
            time.sleep(0.02)


def _template(resources: dict[str, Any], outputs: dict[str, Any]) -> str:
    return json.dumps({"Resources": resources, "Outputs": {name: {"Value": value} for name, value in outputs.items()}})


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}" if "::" in kind and not kind.startswith("Custom") else kind,
            "Properties": properties}  # fmt: skip


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def test_users_groups_and_providers_of_a_user_pool_are_made_and_unmade(emulator: Any) -> None:
    stack = Stack(emulator, {
        "Pool": resource("Cognito::UserPool"),
        "Group": resource("Cognito::UserPoolGroup", UserPoolId=ref("Pool"), GroupName="editors"),
        "User": resource("Cognito::UserPoolUser", UserPoolId=ref("Pool"), Username="eve", MessageAction="SUPPRESS"),
        "Membership": resource("Cognito::UserPoolUserToGroupAttachment", UserPoolId=ref("Pool"), Username=ref("User"),
                               GroupName=ref("Group")),
        "Google": resource("Cognito::UserPoolIdentityProvider", UserPoolId=ref("Pool"), ProviderName="Google",
                           ProviderType="Google", ProviderDetails={"client_id": "a", "client_secret": "b"},
                           AttributeMapping={"email": "email"}),
        "Look": resource("Cognito::ManagedLoginBranding", UserPoolId=ref("Pool"), UseCognitoProvidedValues=True),
    }, Pool=ref("Pool"))  # fmt: skip
    assert stack.status == "CREATE_COMPLETE", stack.reasons
    idp, pool = emulator.admin("cognito-idp"), stack.outputs["Pool"]
    groups = idp.admin_list_groups_for_user(UserPoolId=pool, Username="eve")["Groups"]
    assert [group["GroupName"] for group in groups] == ["editors"]
    provider = idp.describe_identity_provider(UserPoolId=pool, ProviderName="Google")["IdentityProvider"]
    assert provider["AttributeMapping"]["email"] == "email"
    assert stack.delete() == "DELETE_COMPLETE"


def test_a_second_group_of_one_name_fails_the_update(emulator: Any) -> None:
    pool = {"Type": "AWS::Cognito::UserPool", "Properties": {}}
    group = {
        "Type": "AWS::Cognito::UserPoolGroup",
        "Properties": {"UserPoolId": {"Ref": "Pool"}, "GroupName": "editors"},
    }
    stack = Stack(emulator, {"Pool": pool, "Group": group})
    assert stack.update({"Pool": pool, "Group": group, "Again": group}) == "UPDATE_ROLLBACK_COMPLETE"
    assert "A group with the name already exists" in stack.reasons


def test_a_log_group_without_a_name_is_named_after_its_stack(emulator: Any) -> None:
    def groups() -> list[str]:
        found = emulator.admin("logs").describe_log_groups(logGroupNamePrefix=f"{stack.name}-Logs-")["logGroups"]
        return [each["logGroupName"] for each in found]

    def logs(**properties: Any) -> dict[str, Any]:
        return {"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": properties}}

    stack = Stack(emulator, logs(RetentionInDays=1))
    [name] = groups()
    assert stack.update(logs(RetentionInDays=3)) == "UPDATE_COMPLETE"
    assert groups() == [name]
    named = f"named-{stack.name}"
    assert stack.update(logs(LogGroupName=named)) == "UPDATE_COMPLETE"
    assert groups() == []
    assert stack.update(logs(RetentionInDays=1)) == "UPDATE_COMPLETE"
    assert len(groups()) == 1
    assert stack.delete() == "DELETE_COMPLETE"
    assert groups() == []


def test_single_inline_policies_and_groups_grant_and_go(emulator: Any) -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    resources = {
        "Role": resource("IAM::Role", AssumeRolePolicyDocument=TRUST_LAMBDA),
        "Policy": resource("IAM::RolePolicy", RoleName=ref("Role"), PolicyName="files", PolicyDocument=document),
        "Team": resource("IAM::Group", GroupName=emulator.name("team"),
                         Policies=[{"PolicyName": "files", "PolicyDocument": document}]),
    }  # fmt: skip
    stack = Stack(emulator, resources, Role=ref("Role"), Team=ref("Team"))
    assert stack.status == "CREATE_COMPLETE", stack.reasons
    iam, role, team = emulator.admin("iam"), stack.outputs["Role"], stack.outputs["Team"]
    found = iam.get_role_policy(RoleName=role, PolicyName="files")["PolicyDocument"]
    assert found["Statement"][0]["Action"] == "s3:*"
    assert iam.get_group_policy(GroupName=team, PolicyName="files")["PolicyName"] == "files"
    narrower = json.loads(json.dumps(resources).replace("s3:*", "s3:GetObject"))
    assert stack.update(narrower) == "UPDATE_COMPLETE", stack.reasons
    found = iam.get_role_policy(RoleName=role, PolicyName="files")["PolicyDocument"]
    assert found["Statement"][0]["Action"] == "s3:GetObject"
    del narrower["Policy"]
    assert stack.update(narrower) == "UPDATE_COMPLETE"
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == []


@pytest.mark.parametrize("kind", ["DynamoDB::GlobalTable", "DynamoDB::Table"])
def test_a_table_expires_rows_and_can_be_recovered_as_its_template_says(emulator: Any, kind: str) -> None:
    recovery = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
    resources = {
        "Table": resource(
            kind, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            TimeToLiveSpecification={"AttributeName": "expires", "Enabled": True},
            **({"Replicas": [{"Region": "us-east-1", **recovery}]} if "Global" in kind else recovery),
        ),
    }  # fmt: skip
    stack = Stack(emulator, resources, Table=ref("Table"))
    assert stack.status == "CREATE_COMPLETE", stack.reasons
    client, table = emulator.admin("dynamodb"), stack.outputs["Table"]
    assert client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["AttributeName"] == "expires"

    def recoverable() -> str:
        found = client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
        return str(found["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"])

    assert recoverable() == "ENABLED"
    client.put_item(TableName=table, Item={"id": {"S": "kept"}})
    off = json.dumps(resources).replace('RecoveryEnabled": true', 'RecoveryEnabled": false')
    assert stack.update(json.loads(off)) == "UPDATE_COMPLETE"
    assert recoverable() == "DISABLED"
    assert client.scan(TableName=table)["Count"] == 1


@pytest.mark.parametrize("versioned", [False, True])
def test_a_bucket_that_is_not_empty_stays(emulator: Any, versioned: bool) -> None:
    versioning = {"VersioningConfiguration": {"Status": "Enabled"}} if versioned else {}
    stack = Stack(emulator, {"Bucket": resource("S3::Bucket", **versioning)}, Bucket=ref("Bucket"))
    bucket, s3 = stack.outputs["Bucket"], emulator.admin("s3")
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    if versioned:
        s3.delete_object(Bucket=bucket, Key="a")
    assert stack.delete() == "DELETE_FAILED"
    assert "not empty" in stack.reasons
    s3.head_bucket(Bucket=bucket)


@pytest.mark.parametrize("versioned", [False, True])
def test_an_auto_deleted_bucket_is_emptied_first(emulator: Any, versioned: bool) -> None:
    versioning = {"VersioningConfiguration": {"Status": "Enabled"}} if versioned else {}
    stack = Stack(emulator, {
        "Bucket": resource("S3::Bucket", **versioning),
        "Empty": resource("Custom::S3AutoDeleteObjects", ServiceToken="arn:none", BucketName=ref("Bucket")),
    }, Bucket=ref("Bucket"))  # fmt: skip
    assert stack.status == "CREATE_COMPLETE", stack.reasons
    s3 = emulator.admin("s3")
    for body in (b"1", b"2"):
        s3.put_object(Bucket=stack.outputs["Bucket"], Key="a", Body=body)
    if versioned:
        s3.delete_object(Bucket=stack.outputs["Bucket"], Key="a")
    assert stack.delete() == "DELETE_COMPLETE"


@pytest.mark.parametrize("trust", [None, {"Version": "2012-10-17", "Statement": []}], ids=["missing", "trusts nobody"])
def test_a_function_needs_a_role_that_lambda_may_assume(emulator: Any, trust: Any) -> None:
    resources = {"Role": resource("IAM::Role", AssumeRolePolicyDocument=trust)} if trust else {}
    role = {"Fn::GetAtt": ["Role", "Arn"]} if trust else "arn:aws:iam::000000000000:role/missing"
    code = {"ZipFile": "def handler(event, context): pass"}
    resources["Function"] = resource(
        "Lambda::Function", Role=role, Code=code, Runtime="python3.13", Handler="index.handler"
    )
    stack = Stack(emulator, resources)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "cannot be assumed by Lambda" in stack.reasons


def test_every_type_that_is_only_accepted_deploys(emulator: Any) -> None:
    types = emulator.cloud.health()["accepted_but_not_emulated"]
    assert "AWS::CloudWatch::CompositeAlarm" in types
    stack = Stack(emulator, {f"R{number}": {"Type": name} for number, name in enumerate(types)})
    assert stack.status == "CREATE_COMPLETE", stack.reasons
    assert stack.delete() == "DELETE_COMPLETE"


def test_a_type_that_does_not_exist_is_still_refused(emulator: Any) -> None:
    client = emulator.admin("cloudformation")
    template = _template({"R": {"Type": "AWS::Cognito::Nonsense"}}, {})
    with pytest.raises(client.exceptions.ClientError, match="Unrecognized resource types"):
        client.create_stack(StackName=emulator.name("stack"), TemplateBody=template)


def managed(policy: str) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}
    return resource(
        "IAM::Role",
        AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trust]},
        ManagedPolicyArns=[f"arn:aws:iam::aws:policy/{policy}"],
    )


def test_an_aws_managed_policy_grants_what_its_document_says(emulator: Any) -> None:
    trusted = managed("AmazonDynamoDBReadOnlyAccess")
    account = emulator.admin("sts").get_caller_identity()["Account"]
    trusted["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["AWS"] = account
    stack = Stack(emulator, {"Reader": trusted}, Role={"Fn::GetAtt": ["Reader", "Arn"]})
    assert stack.status == "CREATE_COMPLETE", stack.reasons
    taken = emulator.admin("sts").assume_role(RoleArn=stack.outputs["Role"], RoleSessionName="reader")
    reader = Caller(endpoint=emulator.cloud.endpoint_url, identity_id="", credentials=taken["Credentials"])
    assert "TableNames" in reader.client("dynamodb").list_tables()
    with pytest.raises(ClientError, match="AccessDenied"):
        reader.client("dynamodb").delete_table(TableName="any")


def test_a_managed_policy_that_aws_does_not_have_fails_the_stack(emulator: Any) -> None:
    stack = Stack(emulator, {"Reader": managed("AmazonDynamoDBReadAccess")})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "AmazonDynamoDBReadAccess does not exist" in stack.reasons
