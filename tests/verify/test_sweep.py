"""A sweep removes the resources of a run, killed or not, and no others."""

import multiprocessing
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib.verify import Run, all_checks
from constructs_lib.verify.journal import Journal, journals
from constructs_lib.verify.leftovers import other_runs, sweep_runs
from constructs_lib.verify.resource_kinds import KINDS
from constructs_lib.verify.run import TAG
from constructs_lib.verify.session import identify
from constructs_lib.verify.sweep import Swept, sweep
from constructs_lib.verify.verify import verify
from tests.verify.conftest import Ground, document
from tests.verify.killed import run_until_killed

pytestmark = pytest.mark.slow
LEVEL_2 = [check for check in all_checks() if check.level == 2]


@pytest.mark.parametrize(
    ("call", "number", "check"),
    [
        ("s3.CreateBucket", 1, "delete"),
        ("s3.PutObject", 1, "delete"),
        ("cloudformation.CreateChangeSet", 1, "delete"),
        ("cloudformation.ExecuteChangeSet", 1, "delete"),
        ("cloudformation.ExecuteChangeSet", 2, "update-that-fails"),
        ("cloudformation.DeleteStack", 1, "delete"),
        ("s3.DeleteObjects", 1, "delete"),
    ],
)
def test_a_run_that_is_killed_is_swept_by_the_next(ground: Ground, call: str, number: int, check: str) -> None:
    run = ground.begin()
    started = multiprocessing.get_context("forkserver")
    started.set_forkserver_preload(["tests.verify.killed"])
    arguments = (str(ground.cloud.project), ground.first, str(ground.journals), run, call, number, check)
    process = started.Process(target=run_until_killed, args=arguments)
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    assert ground.remains(run), "it was killed too late to leave anything"
    assert run in [each[0] for each in _sweep_all(ground)]
    assert ground.remains(run) == set()
    assert journals(ground.journals) == []


def _sweep_all(ground: Ground) -> list[tuple[Run, Swept]]:
    session = ground.cloud.session()
    done = list(sweep_runs(session, identify(session), ground.journals, local=True, say=print))
    assert [swept.left for _, swept in done] == [()] * len(done)
    return done


def _tags_of_what_is_there(ground: Ground, run: Run) -> list[Any]:
    """Return the tags of the run's stack and of its bucket."""
    session = ground.cloud.session()
    [stack] = session.client("cloudformation").describe_stacks(StackName=run.prefix)["Stacks"]
    return [stack["Tags"], session.client("s3").get_bucket_tagging(Bucket=f"{run.prefix}-assets")["TagSet"]]


@pytest.fixture
def planted(ground: Ground) -> Iterator[Run]:
    """Create one resource of each kind except a stack, directly, with a run's name."""
    run = ground.begin()
    _plant(ground, run.prefix)
    yield run
    sweep(ground.cloud.session(), run, say=print)


def _plant(ground: Ground, name: str) -> None:
    session = ground.cloud.session()
    trust = document(Effect="Allow", Principal={"Service": "lambda.amazonaws.com"}, Action="sts:AssumeRole")
    policy = document(Effect="Deny", Action="*", Resource="*")
    iam, s3 = session.client("iam"), session.client("s3")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy)
    iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for _ in range(2):
        s3.put_object(Bucket=name, Key="file")
    s3.delete_object(Bucket=name, Key="file")
    s3.create_multipart_upload(Bucket=name, Key="large")
    session.client("lambda").create_function(
        FunctionName=name,
        Role=role,
        Runtime="python3.13",
        Handler="index.handler",
        Code={"ZipFile": b"PK\5\6" + b"\0" * 18},
    )
    session.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    session.client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
    session.client("cognito-idp").create_user_pool(PoolName=name)
    session.client("cognito-identity").create_identity_pool(IdentityPoolName=name, AllowUnauthenticatedIdentities=False)
    session.client("apigatewayv2").create_api(Name=name, ProtocolType="HTTP")


def test_a_sweep_removes_every_kind_and_nothing_of_others(ground: Ground, planted: Run) -> None:
    other = ground.begin()
    _plant(ground, other.prefix)
    assert len(ground.remains(planted)) >= len(KINDS) - 2
    before = ground.remains(other)
    swept = sweep(ground.cloud.session(), planted, say=print)
    assert swept.left == ()
    assert {kind for kind, _ in swept.removed} == {kind.name for kind in KINDS} - {"key", "stack"}
    assert ground.remains(planted) == set()
    assert ground.remains(other) == before
    assert ground.runs() == {other.run_id}
    sweep(ground.cloud.session(), other, say=print)


def test_a_key_that_waits_for_its_removal_is_no_longer_there(ground: Ground) -> None:
    run = ground.begin()
    session = ground.cloud.session()
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in run.tags]
    key = session.client("kms").create_key(Tags=tags)["KeyMetadata"]["KeyId"]
    swept = sweep(session, run, say=print)
    assert swept == Swept(removed=(("key", key),), left=())
    assert session.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert sweep(session, run, say=print) == Swept(removed=(), left=())


def test_a_run_whose_key_was_deleted_with_its_stack_and_kept_its_tag_is_not_there(ground: Ground) -> None:
    run, kms = ground.begin(), ground.cloud.session().client("kms")
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in run.tags]
    key = kms.create_key(Tags=tags)["KeyMetadata"]["KeyId"]
    assert ground.runs() == {run.run_id}
    kms.schedule_key_deletion(KeyId=key)
    assert ground.remains(run), "the tag is still listed, as on AWS"
    assert ground.runs() == set()


def test_a_tagged_resource_that_cannot_be_looked_up_names_its_run(ground: Ground) -> None:
    run, session = ground.begin(), ground.cloud.session()
    pools = session.client("cognito-idp")
    pool = pools.create_user_pool(PoolName="tagged", UserPoolTags={TAG: run.run_id})["UserPool"]["Id"]

    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not allowed"}}, "DescribeUserPool")

    session.events.register("before-call.cognito-identity-provider.DescribeUserPool", refuse)
    found = other_runs(session, identify(session), local=True)
    pools.delete_user_pool(UserPoolId=pool)
    assert found == [run]


def test_a_tag_with_another_value_names_no_run(ground: Ground) -> None:
    session = ground.cloud.session()
    pools = session.client("cognito-idp")
    pool = pools.create_user_pool(PoolName="somebodys", UserPoolTags={TAG: "production"})["UserPool"]["Id"]
    after = ground.runs()
    pools.delete_user_pool(UserPoolId=pool)
    assert after == set()


def test_a_run_that_is_under_way_here_is_not_swept_by_its_id(ground: Ground, tmp_path: Path) -> None:
    session, run = ground.cloud.session(), ground.begin()
    journal = Journal.begin(tmp_path, run)
    sweeping = sweep_runs(session, identify(session), tmp_path, run.run_id, local=True, say=print)
    with pytest.raises(ValueError, match="is in progress on this machine"):
        list(sweeping)
    journal.end()


def test_resources_with_only_the_tag_are_found_or_reported(ground: Ground) -> None:
    run = ground.begin()
    session = ground.cloud.session()
    tags = {run.tags[0]["Key"]: run.run_id}
    session.client("cognito-idp").create_user_pool(PoolName="a-name-of-its-own", UserPoolTags=tags)
    queue = session.client("sqs").create_queue(QueueName="a-queue", tags=tags)["QueueUrl"]
    swept, runs = sweep(session, run, say=print), ground.runs()
    session.client("sqs").delete_queue(QueueUrl=queue)
    assert runs == {run.run_id}
    assert [kind for kind, _ in swept.removed] == ["user pool"]
    [left] = swept.left
    assert left.kind == "resource"
    assert left.name.endswith(":a-queue")
    assert "cannot remove this kind" in left.why


def test_what_is_refused_is_left_with_the_command_that_removes_it(ground: Ground, planted: Run) -> None:
    session = ground.cloud.session()

    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not allowed"}}, "DeleteTable")

    session.events.register("before-call.dynamodb.DeleteTable", refuse)
    session.events.register("before-call.iam.ListRoles", refuse)
    left = {each.kind: each for each in sweep(session, planted, say=print).left}
    assert left.keys() == {"table", "role"}
    assert left["table"].command == f"cognito-app verify --sweep --run {planted.run_id} --local"
    assert "not allowed" in left["table"].why
    assert "could not be looked up" in left["role"].why
    assert left["role"].command == f"cognito-app verify --sweep --run {planted.run_id} --local"


def test_credentials_that_end_halfway_leave_a_journal_and_say_what_there_is(ground: Ground) -> None:
    run = ground.begin()

    def say(text: str) -> None:
        if text.startswith("update-that-fails"):
            credentials: Any = context.session._session.get_credentials()
            credentials.access_key = "AKIAIOSFODNN7EXAMPLE"

    context = replace(ground.context(run), say=say)
    result = verify(context, LEVEL_2)
    assert result.status == 4
    assert result.stopped.startswith("the administrator's credentials expired during update-that-fails")
    assert {(each.kind, each.name) for each in result.left} >= {
        ("stack", run.prefix),
        ("bucket", f"{run.prefix}-assets"),
    }
    assert result.left[-1].command == f"cognito-app verify --sweep --run {run.run_id} --local"
    assert _tags_of_what_is_there(ground, run) == [run.tags, run.tags]
    assert [each[0] for each in _sweep_all(ground)] == [run]
    assert ground.remains(run) == set()
