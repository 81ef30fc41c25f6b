"""A caller who can write the data that a claim's trigger reads may choose the claim."""

import copy
from typing import Any

import pytest

from constructs_lib.analysis.proof.accepted_access import Accepted
from constructs_lib.analysis.proof.findings import Report, Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.ownership_metadata import OPENED_KEY
from tests.analysis.conftest import SUB, Document
from tests.analysis.proof.access_paths.openings import att, of, ref
from tests.analysis.proof.test_tenants import Change, add, stories
from tests.analysis.tenants import allow, members, role, rows, tenants_template
from tests.proofs import models_of, proof_of


def triggered(*, reads: str = "dynamodb:Query", migrates: bool = False) -> Change:
    """Return a change that adds a function that sets the claim from a table of memberships."""
    table = {"Fn::GetAtt": ["Members", "Arn"]}

    def change(resources: Document) -> None:
        resources["Members"] = {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {"KeySchema": [{"AttributeName": "person", "KeyType": "HASH"}]},
        }
        resources["TriggerRole"] = role(allow(reads, table), policy={"Version": "2012-10-17", "Statement": []})
        resources["Trigger"] = {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Role": {"Fn::GetAtt": ["TriggerRole", "Arn"]}, "Code": {"ZipFile": "x"}},
        }
        arn = {"Fn::GetAtt": ["Trigger", "Arn"]}
        config = {"PreTokenGenerationConfig": {"LambdaArn": arn, "LambdaVersion": "V2_0"}}
        resources["UserPool"]["Properties"]["LambdaConfig"] = {"UserMigration": arn} if migrates else config

    return change


@pytest.mark.parametrize("migrates", [False, True], ids=["tokens", "migrated users"])
@pytest.mark.parametrize(
    ("statement", "role_name", "right"),
    [
        (None, "User", Status.PROVED),
        (allow("dynamodb:GetItem", {"Fn::GetAtt": ["Members", "Arn"]}), "User", Status.PROVED),
        (allow("dynamodb:PutItem", {"Fn::GetAtt": ["Members", "Arn"]}), "User", Status.UNDECIDED),
        (rows(["dynamodb:PutItem"], {"Fn::GetAtt": ["Members", "Arn"]}, SUB), "Admin", Status.UNDECIDED),
        (allow("dynamodb:PartiQLUpdate", {"Fn::GetAtt": ["Members", "Arn"]}), "Guest", Status.UNDECIDED),
    ],
    ids=[
        "nobody",
        "a reader",
        "a member",
        "an administrator, in a row of their own",
        "a guest",
    ],
)
def test_whoever_writes_what_the_claims_trigger_reads_may_choose_the_claim(
    statement: Document | None, role_name: str, right: Status, *, migrates: bool
) -> None:
    body = copy.deepcopy(tenants_template())
    triggered(migrates=migrates)(body["Resources"])
    if statement is not None:
        add(statement, role=role_name)(body["Resources"])
    report = proof_of(body)
    assert report.status is right, stories(report)
    if right is Status.UNDECIDED:
        assert "a caller who writes there may choose the claim cognito:groups or custom:tenant" in stories(report)


@pytest.mark.parametrize(
    ("trigger", "right", "status"),
    [
        ("InboundFederation", "dynamodb:Query", Status.UNDECIDED),
        ("PostConfirmation", "cognito-idp:AdminUpdateUserAttributes", Status.UNDECIDED),
        ("PostAuthentication", "cognito-idp:Admin*", Status.UNDECIDED),
        ("PreSignUp", "*", Status.UNDECIDED),
        ("PostConfirmation", "cognito-idp:AdminAddUserToGroup", Status.UNDECIDED),
        ("PostConfirmation", "cognito-idp:AdminGetUser", Status.PROVED),
        ("CustomMessage", "dynamodb:Query", Status.PROVED),
    ],
)
def test_any_trigger_that_may_set_attributes_sets_the_claim(trigger: str, right: str, status: Status) -> None:
    body = copy.deepcopy(tenants_template())
    resources = body["Resources"]
    triggered()(resources)
    table = {"Fn::GetAtt": ["Members", "Arn"]}
    statements = [allow("dynamodb:Query", table), allow(right, "*")]
    resources["TriggerRole"] = role(*statements, policy={"Version": "2012-10-17", "Statement": []})
    arn = {"Fn::GetAtt": ["Trigger", "Arn"]}
    resources["UserPool"]["Properties"]["LambdaConfig"] = {trigger: arn}
    add(allow("dynamodb:PutItem", table), role="User")(resources)
    assert proof_of(body).status is status


@pytest.mark.parametrize(("opened", "chosen"), [(False, False), (True, True)], ids=["nothing", "others' data"])
@pytest.mark.parametrize("by_option", [False, True], ids=["in the template", "by an option"])
def test_a_table_decides_a_group_only_if_something_is_opened_to_it(
    *, opened: bool, chosen: bool, by_option: bool
) -> None:
    body = copy.deepcopy(tenants_template())
    resources = body["Resources"]
    triggered()(resources)
    table = {"Fn::GetAtt": ["Members", "Arn"]}
    joins = allow("cognito-idp:AdminAddUserToGroup", "*")
    resources["TriggerRole"] = role(
        allow("dynamodb:Query", table), joins, policy={"Version": "2012-10-17", "Statement": []}
    )
    resources["UserPool"]["Properties"]["LambdaConfig"] = {"PostConfirmation": {"Fn::GetAtt": ["Trigger", "Arn"]}}
    add(allow("dynamodb:PutItem", table), role="User")(resources)
    if by_option or not opened:
        del resources["Bucket"]["Metadata"][OPENED_KEY]
    if not opened:
        resources["Admin"] = role(*members())
    models = models_of(body)
    accepted = [Accepted.parse("Bucket tenants/{tenant}/people/{owner}/*:get,list")] if by_option and opened else []
    report = prove(models, accepted=accepted)
    assert ("may choose the claim cognito:groups" in stories(report)) is chosen, stories(report)
    assert report.status is (Status.UNDECIDED if chosen else Status.PROVED), stories(report)


QUEUE = "arn:aws:sqs:us-east-1:123456789012:requests"
PARAMETERS = "arn:aws:ssm:us-east-1:123456789012:parameter/users/"
KEY = "arn:aws:kms:us-east-1:123456789012:key/x"
SENDS = allow("sqs:SendMessage", QUEUE)


@pytest.mark.parametrize(
    ("reads", "writes", "chosen"),
    [
        (allow("sqs:ReceiveMessage", QUEUE), SENDS, True),
        (allow("sqs:*", "*"), SENDS, True),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, SENDS, True),
        (allow("ssm:Get*", f"{PARAMETERS}*"), allow("ssm:PutParameter", f"{PARAMETERS}{SUB}"), True),
        (allow("sqs:ReceiveMessage", f"{QUEUE}-of-others"), SENDS, False),
        (allow("sqs:SendMessage", QUEUE), SENDS, False),
        (allow("ssm:GetParameter", f"{PARAMETERS}*"), allow("ssm:GetParameter", f"{PARAMETERS}{SUB}"), False),
        (allow("ssm:GetParameter", "*"), SENDS, False),
        (allow("kms:DescribeKey", KEY), allow("kms:Decrypt", KEY), False),
    ],
    ids=[
        "a queue", "every queue", "all but roles", "one's own parameter", "another queue", "a queue that both write to",
        "a parameter that users read", "parameters", "a key",
    ],
)  # fmt: skip
def test_a_claim_may_come_from_a_store_of_any_service(reads: Document, writes: Document, *, chosen: bool) -> None:
    body = copy.deepcopy(tenants_template())
    resources = body["Resources"]
    triggered()(resources)
    resources["TriggerRole"] = role(reads, policy={"Version": "2012-10-17", "Statement": []})
    add(writes, role="User")(resources)
    report = proof_of(body)
    assert report.status is (Status.UNDECIDED if chosen else Status.PROVED), stories(report)
    service = str(writes["Action"]).partition(":")[0]
    assert (f" {service}, which Trigger reads for tokens" in stories(report)) is chosen


@pytest.mark.parametrize("asks", ["Asked", "Reads", None])
def test_a_trigger_may_ask_other_functions_for_the_claim(asks: str | None) -> None:
    body = copy.deepcopy(tenants_template())
    resources = body["Resources"]
    triggered()(resources)
    table = {"Fn::GetAtt": ["Members", "Arn"]}

    def invokes(name: str) -> Document:
        return allow("lambda:InvokeFunction", {"Fn::GetAtt": [name, "Arn"]})

    rights = {"TriggerRole": [invokes(asks)] if asks else [], "AskedRole": [invokes("Reads")],
              "ReadsRole": [allow("dynamodb:GetItem", table)]}  # fmt: skip
    for name, statements in rights.items():
        resources[name] = role(*statements, policy={"Version": "2012-10-17", "Statement": []})
    for name in ("Asked", "Reads"):
        settings = {"Role": {"Fn::GetAtt": [f"{name}Role", "Arn"]}, "Code": {"ZipFile": "x"}}
        resources[name] = {"Type": "AWS::Lambda::Function", "Properties": settings}
    add(allow("dynamodb:PutItem", table), role="User")(resources)
    report = proof_of(body)
    assert report.status is (Status.UNDECIDED if asks else Status.PROVED), stories(report)
    assert ("Members, which Reads reads for tokens" in stories(report)) is bool(asks)


PUTS = allow("dynamodb:PutItem", {"Fn::GetAtt": ["Members", "Arn"]})
STARTS = allow("states:StartExecution", {"Ref": "Machine"})
GRAPHQL = {
    "Graph": of("AWS::AppSync::GraphQLApi", Name="g", AuthenticationType="AMAZON_COGNITO_USER_POOLS"),
    "Source": of("AWS::AppSync::DataSource", ApiId=att("Graph", "ApiId"), Name="s", Type="AMAZON_DYNAMODB",
                 ServiceRoleArn=att("Acts"), DynamoDBConfig={"TableName": ref("Members"), "AwsRegion": "us-east-1"}),
}  # fmt: skip
MACHINE = {"Machine": of("AWS::StepFunctions::StateMachine", RoleArn=att("Acts"), DefinitionString="{}")}


@pytest.mark.parametrize(
    ("resources", "does", "user", "status"),
    [
        (GRAPHQL, PUTS, SENDS, Status.UNDECIDED),
        (GRAPHQL, {**PUTS, "Action": "dynamodb:GetItem"}, SENDS, Status.PROVED),
        (GRAPHQL, {**PUTS, "Resource": "arn:aws:dynamodb:us-east-1:123456789012:table/news"}, SENDS, Status.PROVED),
        (MACHINE, PUTS, STARTS, Status.UNDECIDED),
        (MACHINE, PUTS, SENDS, Status.PROVED),
    ],
    ids=["a resolver", "a resolver that reads", "a resolver of others' rows", "a machine", "a machine nobody starts"],
)
def test_a_service_may_write_what_a_claim_comes_from(
    resources: Document, does: Document, user: Document, status: Status
) -> None:
    body = copy.deepcopy(tenants_template())
    triggered()(body["Resources"])
    body["Resources"] |= {**resources, "Acts": role(does, policy={"Version": "2012-10-17", "Statement": []})}
    add(user, role="User")(body["Resources"])
    report = proof_of(body)
    assert report.status is status, stories(report)
    told = [each for each in stories(report).splitlines() if "the role Acts, which may" in each and "Members" in each]
    assert bool(told) is (status is Status.UNDECIDED)


def signing_in(trigger: Any, rights: Document, *users: Document) -> Report:
    body = copy.deepcopy(tenants_template())
    resources = body["Resources"]
    triggered()(resources)
    resources["TriggerRole"] = role(rights, policy={"Version": "2012-10-17", "Statement": []})
    config = {trigger: {"Fn::GetAtt": ["Trigger", "Arn"]}} if isinstance(trigger, str) else trigger
    resources["UserPool"]["Properties"]["LambdaConfig"] = config
    for each in users:
        add(each, role="User")(resources)
    return proof_of(body)


def test_a_role_in_no_template_may_read_anything() -> None:
    body = copy.deepcopy(tenants_template())
    triggered()(body["Resources"])
    body["Resources"]["Trigger"]["Properties"]["Role"] = "arn:aws:iam::123456789012:role/elsewhere"
    add(PUTS, role="User")(body["Resources"])
    assert "Members, which Trigger reads for tokens" in stories(proof_of(body))


@pytest.mark.parametrize(
    ("principal", "who"),
    [
        ({"AWS": "arn:aws:iam::210987654321:root"}, "arn:aws:iam::210987654321:root may write to Members"),
        ({"AWS": {"Fn::GetAtt": ["User", "Arn"]}}, "a signed-in user may call dynamodb:PutItem on Members"),
        ({"AWS": {"Fn::GetAtt": ["Worker", "Arn"]}}, ""),
    ],
    ids=["another account", "users", "a role"],
)
def test_the_policy_of_the_table_says_who_writes_there(principal: Document, who: str) -> None:
    body = copy.deepcopy(tenants_template())
    triggered()(body["Resources"])
    said = {**allow("dynamodb:PutItem", "*"), "Principal": principal}
    policy = {"PolicyDocument": {"Version": "2012-10-17", "Statement": [said]}}
    body["Resources"]["Worker"] = role(policy={"Version": "2012-10-17", "Statement": []})
    body["Resources"]["Members"]["Properties"]["ResourcePolicy"] = policy
    report = proof_of(body)
    assert (report.status is Status.PROVED) is (who == ""), stories(report)
    assert who in stories(report)


@pytest.mark.parametrize("principal", ["*", {"AWS": "arn:aws:iam::210987654321:root"}])
def test_a_trigger_may_read_what_anyone_may(principal: Any) -> None:
    body = copy.deepcopy(tenants_template())
    triggered()(body["Resources"])
    body["Resources"]["TriggerRole"] = role(policy={"Version": "2012-10-17", "Statement": []})
    said = {**allow("dynamodb:GetItem", "*"), "Principal": principal}
    policy = {"PolicyDocument": {"Version": "2012-10-17", "Statement": [said]}}
    body["Resources"]["Members"]["Properties"]["ResourcePolicy"] = policy
    add(PUTS, role="User")(body["Resources"])
    assert ("Members, which Trigger reads for tokens" in stories(proof_of(body))) is (principal == "*")


MEMBERS = {"Fn::GetAtt": ["Members", "Arn"]}
GETS, PUTS = allow("dynamodb:GetItem", MEMBERS), allow("dynamodb:PutItem", MEMBERS)


@pytest.mark.parametrize(
    ("trigger", "status"),
    [
        ("DefineAuthChallenge", Status.UNDECIDED),
        ("CreateAuthChallenge", Status.UNDECIDED),
        ("VerifyAuthChallengeResponse", Status.UNDECIDED),
        ("CustomEmailSender", Status.UNDECIDED),
        ("CustomSMSSender", Status.UNDECIDED),
        ("CustomMessage", Status.PROVED),
        ("PostAuthentication", Status.PROVED),
    ],
)
def test_whoever_reads_what_decides_who_signs_in_may_sign_in_as_another_user(trigger: str, status: Status) -> None:
    report = signing_in(trigger, PUTS, GETS)
    assert report.status is status
    told = "uses to decide who signs in: a caller who reads there may sign in as another user"
    assert (told in stories(report)) is (status is Status.UNDECIDED)


def test_a_trigger_that_is_not_named_may_decide_who_signs_in() -> None:
    report = signing_in([{"Fn::GetAtt": ["Trigger", "Arn"]}], PUTS, GETS)
    assert "uses to decide who signs in" in stories(report)


@pytest.mark.parametrize(
    ("rights", "users", "status"),
    [
        (GETS, PUTS, Status.UNDECIDED),
        (GETS, GETS, Status.UNDECIDED),
        (GETS, allow("dynamodb:DescribeTable", MEMBERS), Status.PROVED),
        (allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/others"), PUTS, Status.PROVED),
        (SENDS, allow("sqs:ReceiveMessage", QUEUE), Status.UNDECIDED),
        (allow("sqs:ReceiveMessage", QUEUE), SENDS, Status.UNDECIDED),
        (SENDS, SENDS, Status.PROVED),
        (allow("ssm:GetParameter", f"{PARAMETERS}key"), allow("ssm:GetParameter", f"{PARAMETERS}*"), Status.UNDECIDED),
    ],
    ids=[
        "users write what it reads", "users read what it reads", "users describe the table", "another table",
        "users receive what it sends", "users send what it receives", "both send", "users read a key",
    ],
)  # fmt: skip
def test_what_decides_who_signs_in_is_what_a_trigger_reads_or_writes(
    rights: Document, users: Document, status: Status
) -> None:
    report = signing_in("VerifyAuthChallengeResponse", rights, users)
    assert report.status is status, stories(report)


@pytest.mark.parametrize("blocks", [True, False])
def test_anyone_who_writes_by_a_buckets_policy_is_told_once_unless_s3_refuses_it(*, blocks: bool) -> None:
    body = copy.deepcopy(tenants_template())
    resources = body["Resources"]
    triggered()(resources)
    objects = {"Fn::Join": ["", [{"Fn::GetAtt": ["Settings", "Arn"]}, "/*"]]}
    block = {"BlockPublicPolicy": blocks, "RestrictPublicBuckets": blocks}
    resources["Settings"] = of("AWS::S3::Bucket", PublicAccessBlockConfiguration=block)
    resources["TriggerRole"] = role(allow("s3:GetObject", objects), policy={"Version": "2012-10-17", "Statement": []})
    said = {**allow("s3:PutObject", objects), "Principal": "*"}
    resources["Open"] = of("AWS::S3::BucketPolicy", Bucket=ref("Settings"), PolicyDocument={"Statement": [said]})
    told = (each for each in proof_of(body).findings if "the claim" in each.story)
    found = [each.caller for each in told if each.subject == "Settings"]
    assert [each for each in found if each.startswith("anyone")] == ["anyone on the internet"] * (not blocks)
