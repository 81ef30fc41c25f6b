"""A run on the local cloud: everything agrees, nothing stays, and what is killed is swept by the next."""

import json
import multiprocessing
import re
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner

from constructs_lib.cli.main import group
from constructs_lib.verify import Check, Context, Finding, Outcome, Result, Run, all_checks, prices
from constructs_lib.verify import session as sessions
from constructs_lib.verify.calls import CALLS
from constructs_lib.verify.journal import Journal, journals
from constructs_lib.verify.kinds import KINDS
from constructs_lib.verify.leftovers import other_runs, sweep_runs
from constructs_lib.verify.recording import FileRecorder
from constructs_lib.verify.recording.redactor import FILLED, PACKAGE
from constructs_lib.verify.replay import replay
from constructs_lib.verify.replay.reading import Call, Recording
from constructs_lib.verify.replay.replay import _played
from constructs_lib.verify.rights import rights
from constructs_lib.verify.run import TAG
from constructs_lib.verify.session import Identity, identify
from constructs_lib.verify.sweep import Swept, sweep
from constructs_lib.verify.verify import verify
from tests.cli.schemas import fits
from tests.verify.conftest import Ground
from tests.verify.killed import run_until_killed

pytestmark = pytest.mark.slow
LEVEL_2 = [check for check in all_checks() if check.level == 2]


class _Heard(FileRecorder):
    """A recorder that notes which calls the administrator makes, too."""

    def attach(self, session: botocore.session.Session) -> None:
        self.calls: set[tuple[str, str]] = set()
        session.register("before-call.*.*", self._call)
        super().attach(session)

    def _call(self, **said: Any) -> None:
        model = said["model"]
        self.calls.add((model.service_model.service_name, model.name))


@pytest.fixture(scope="module")
def run(ground: Ground) -> Run:
    return ground.begin()


@pytest.fixture(scope="module")
def heard(ground: Ground, run: Run, tmp_path_factory: pytest.TempPathFactory) -> _Heard:
    path = tmp_path_factory.mktemp("recording") / "run.jsonl"
    recorder = _Heard(path, run, endpoint_url=ground.cloud.endpoint_url)
    recorder.knows_app(ground.assembly)
    return recorder


@pytest.fixture(scope="module")
def verified(ground: Ground, run: Run, heard: _Heard) -> Result:
    """Run everything once."""
    result = verify(ground.context(run, recorder=heard), all_checks())
    heard.end()
    return result


def test_everything_agrees(verified: Result) -> None:
    wrong = [each for each in verified.findings if each.outcome in {Outcome.DIFFERS, Outcome.FAILED}]
    assert wrong == []
    assert verified.status == 0
    assert {each.check for each in verified.findings} == {"deploy", *(check.name for check in all_checks())}


def test_nothing_stays(verified: Result, ground: Ground) -> None:
    assert verified.left == ()
    assert {kind for kind, _ in verified.made} == {
        "bucket", "stack", "user pool", "identity pool", "role", "function",
    }  # fmt: skip
    assert ground.remains(verified.run) == set()
    assert not (ground.journals / f"{verified.run.run_id}.jsonl").exists()


def test_the_plan_asks_for_the_rights_of_every_call(verified: Result, heard: _Heard) -> None:
    assert verified.findings
    unknown = {(service, name) for service, name in heard.calls if name not in CALLS.get(service, ())}
    assert unknown == set()


def test_a_run_uses_no_more_than_the_plan_pays_for(verified: Result, heard: _Heard) -> None:
    assert verified.findings
    calls = [json.loads(line) for line in heard.path.read_text(encoding="utf-8").splitlines()[1:-1]]
    used = Counter(each.get("service", "HTTP") for each in calls)
    users = sum(each.get("operation") in {"SignUp", "AdminCreateUser"} for each in calls)
    most = {each.what: each.most for each in prices.PRICES}
    assert 0 < users <= most["users of Cognito active in the month (plan Essentials)"]
    assert 0 < used["s3"] <= most["PUT, POST and LIST requests to S3"]
    assert 0 < used["dynamodb"] <= most["write request units of DynamoDB"]
    assert 0 < used["HTTP"] <= most["requests to an HTTP API"]
    assert most["requests to Lambda"] >= most["requests to an HTTP API"]


def test_the_recording_has_every_call_and_nothing_of_the_run(verified: Result, heard: _Heard) -> None:
    text = heard.path.read_text(encoding="utf-8")
    assert heard.withheld == []
    assert verified.run.run_id not in text
    assert verified.run.account not in text
    found = re.search(r"AKIA|ASIA|LKIA|eyJ|127\.0\.0\.1|\d{12}", text)
    assert not found, text[found.start() - 200 : found.end() + 100]
    checks = {json.loads(line)["check"] for line in text.splitlines()[1:-1]}
    assert checks >= {check.name for check in all_checks() if check.level == 2}


def test_a_replay_finds_the_one_answer_that_was_altered_and_no_other(verified: Result, heard: _Heard) -> None:
    assert verified.findings
    lines = [json.loads(line) for line in heard.path.read_text(encoding="utf-8").splitlines()]
    altered = [each for each in lines if each.get("operation") == "SimulateCustomPolicy"][-1]
    first = altered["answer"]["EvaluationResults"][0]
    first["EvalDecision"] = "implicitDeny" if first["EvalDecision"] == "allowed" else "allowed"
    changed = heard.path.with_name("altered.jsonl")
    changed.write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    replayed = replay(changed)
    assert [(each.call.number, each.ways) for each in replayed.differences if each.call.number != altered["call"]] == []
    assert ["EvalDecision" in way for each in replayed.differences for way in each.ways] == [True]
    assert not [each.why for each in replayed.not_played if not each.why.startswith(UNPLAYABLE)]
    assert replayed.played > 100 * len(replayed.not_played)


def test_a_line_that_nobody_can_ask_is_told_and_ends_no_replay(ground: Ground) -> None:
    said = {"call": 1, "attempt": 1, "check": "", "by": "administrator", "status": 200, "error": "", "answer": {}}
    asked: list[dict[str, Any]] = [
        {"service": "none", "operation": "ListBuckets", "request": {}},
        {"service": "s3", "operation": "GetPaginator", "request": {}},
        {"service": "s3", "operation": "PutObject", "request": {"Bucket": "x", "Key": 3, "Body": {"a": 1}}},
        {"service": "s3", "operation": "PutObject", "request": {"Body": {FILLED: [1, 10**13]}}},
        {"service": "s3", "operation": "PutObject", "request": {"Body": {FILLED: "x"}}},
        {"service": "s3", "operation": "PutObject", "request": {"Body": {PACKAGE: []}}},
        {"service": "cognito-idp", "operation": "InitiateAuth", "request": {"AuthParameters": {"SRP_A": "x"}}},
        {"service": "s3", "operation": "ListBuckets", "by": "⟪access-key-1⟫", "request": {}},
    ]
    calls = tuple(Call(number=1, check="", said={**said, **each}) for each in asked)
    recording = Recording(region="us-east-1", local=True, calls=calls, repeated=0, own=frozenset())
    replayed = _played(recording, ground.cloud, print)
    assert (replayed.played, len(replayed.not_played)) == (0, len(asked))
    assert [each.amiss for each in replayed.not_played] == [False] * 4 + [True] * 4


UNPLAYABLE = ("a signed link", "its signature", "it was refused, and by SRP")
"""How the reasons begin for which a call cannot be made again."""


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
    """Make one thing of each kind but a stack, by hand, with a run's name."""
    run = ground.begin()
    _plant(ground, run.prefix)
    yield run
    sweep(ground.cloud.session(), run, say=print)


def _document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _plant(ground: Ground, name: str) -> None:
    session = ground.cloud.session()
    trust = _document(Effect="Allow", Principal={"Service": "lambda.amazonaws.com"}, Action="sts:AssumeRole")
    policy = _document(Effect="Deny", Action="*", Resource="*")
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
    found = other_runs(ground.cloud.session(), identify(ground.cloud.session()), local=True)
    assert [run.run_id for run in found] == [other.run_id]
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


def test_of_a_tag_that_no_run_has_given_no_run_is_known(ground: Ground) -> None:
    session = ground.cloud.session()
    pools = session.client("cognito-idp")
    pool = pools.create_user_pool(PoolName="somebodys", UserPoolTags={TAG: "production"})["UserPool"]["Id"]
    found = other_runs(session, identify(session), local=True)
    pools.delete_user_pool(UserPoolId=pool)
    assert found == []


def test_a_run_that_is_under_way_here_is_not_swept_by_its_id(ground: Ground, tmp_path: Path) -> None:
    session, run = ground.cloud.session(), ground.begin()
    journal = Journal.begin(tmp_path, run)
    sweeping = sweep_runs(session, identify(session), tmp_path, run.run_id, local=True, say=print)
    with pytest.raises(ValueError, match="is under way on this machine"):
        list(sweeping)
    journal.end()


def test_what_has_only_the_tag_is_found_or_said(ground: Ground) -> None:
    run = ground.begin()
    session = ground.cloud.session()
    tags = {run.tags[0]["Key"]: run.run_id}
    session.client("cognito-idp").create_user_pool(PoolName="a-name-of-its-own", UserPoolTags=tags)
    queue = session.client("sqs").create_queue(QueueName="a-queue", tags=tags)["QueueUrl"]
    swept = sweep(session, run, say=print)
    session.client("sqs").delete_queue(QueueUrl=queue)
    assert [kind for kind, _ in swept.removed] == ["user pool"]
    [left] = swept.left
    assert left.kind == "resource"
    assert left.name.endswith(":a-queue")
    assert "does not know how to remove it" in left.why


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
    assert "could not be looked for" in left["role"].why
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
    assert result.stopped.startswith("the administrator's credentials ended during update-that-fails")
    assert {(each.kind, each.name) for each in result.left} >= {
        ("stack", run.prefix),
        ("bucket", f"{run.prefix}-assets"),
    }
    assert result.left[-1].command == f"cognito-app verify --sweep --run {run.run_id} --local"
    assert _tags_of_what_is_there(ground, run) == [run.tags, run.tags]
    assert [each[0] for each in _sweep_all(ground)] == [run]
    assert ground.remains(run) == set()


ADMINISTRATOR = "arn:aws:iam::000000000000:root in us-east-1"


def _raising(error: Exception) -> Check:
    def run(_: Context) -> Iterator[Finding]:
        yield Finding(check="", outcome=Outcome.AGREES, what="It begins well.")
        raise error

    return Check(name=type(error).__name__.lower(), level=0, title="It holds.", run=run)


def test_a_check_that_ends_by_an_error_has_failed_and_the_others_are_asked(ground: Ground) -> None:
    expired = ClientError({"Error": {"Code": "ExpiredToken", "Message": "a user's"}}, "GetObject")
    silent = Check(name="silent", level=0, title="It asks.", run=lambda _: ())
    checks = [_raising(KeyError("key")), _raising(expired), silent]
    result = verify(ground.context(ground.begin()), checks)
    assert [(each.check, each.outcome) for each in result.findings] == [
        ("keyerror", Outcome.AGREES),
        ("keyerror", Outcome.FAILED),
        ("clienterror", Outcome.AGREES),
        ("clienterror", Outcome.FAILED),
        ("silent", Outcome.FAILED),
    ]
    assert result.findings[-1].detail == "it asked nothing"
    assert result.stopped == ""
    assert result.status == 2


def test_an_error_of_the_command_itself_ends_with_a_sweep(ground: Ground) -> None:
    context = ground.context(ground.begin())
    context.templates[context.stack]["Description"] = "x" * 60_000
    result = verify(context, LEVEL_2)
    assert result.stopped.startswith("an error of cognito-app itself: ValueError: the template of ")
    assert result.removed == (("bucket", f"{context.stack}-assets"),)
    assert result.left == ()
    assert result.status == 2
    assert ground.remains(context.run) == set()


@pytest.fixture
def as_aws(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the command take the local cloud for AWS, by what the environment says."""
    monkeypatch.chdir(ground.cloud.project)
    for name, value in ground.cloud.environment().items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setattr(sessions, "_refuse_other_endpoints", lambda _: None)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ([], "nobody is here to type the account ID"),
        (["--account", "000000000000"], "nobody is here to type the region"),
        (["--account", "111122223333", "--region", "us-east-1"], "the account ID is 000000000000, not '111122223333'"),
        (["--account", "000000000000", "--region", "eu-west-1"], "the region is us-east-1, not 'eu-west-1'"),
        (["--sweep"], "nobody is here to type the account ID"),
    ],
)
@pytest.mark.usefixtures("as_aws")
def test_on_an_account_nothing_is_done_that_nobody_has_said(ground: Ground, flags: list[str], said: str) -> None:
    before = len(ground.cloud.requests.read_text().splitlines())
    done = CliRunner().invoke(group, ["verify", *flags])
    assert isinstance(done.exception, SystemExit)
    assert done.exit_code == 1
    assert said in done.stderr
    assert ADMINISTRATOR in done.stderr
    assert len(ground.cloud.requests.read_text().splitlines()) <= before + 1, "more than who asks was asked"
    assert other_runs(ground.cloud.session(), identify(ground.cloud.session()), local=True) == []


def test_the_plan_says_which_rights_the_simulator_denies(ground: Ground) -> None:
    session, run = ground.cloud.session(), ground.begin()
    iam = session.client("iam")
    trust = _document(Effect="Allow", Principal={"AWS": "*"}, Action="sts:AssumeRole")
    role = iam.create_role(RoleName=run.prefix, Path="/of/a/path/", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    allowed = ["s3:*", "cloudformation:*"]
    iam.put_role_policy(
        RoleName=run.prefix, PolicyName="own", PolicyDocument=_document(Effect="Allow", Action=allowed, Resource="*")
    )
    arn = f"arn:aws:sts::{run.account}:assumed-role/{run.prefix}/ann"
    found = rights(session, Identity(account=run.account, arn=arn, region=run.region), run, ground.templates(run))
    iam.delete_role_policy(RoleName=run.prefix, PolicyName="own")
    iam.delete_role(RoleName=run.prefix)
    assert role.endswith(f"/of/a/path/{run.prefix}")
    assert found.unknown == ""
    services = {each.partition(":")[0] for each in found.denied}
    assert services >= {"cognito-idp", "cognito-identity", "dynamodb", "iam", "lambda", "logs", "apigateway", "tag"}
    assert not services & {"s3", "cloudformation"}
    assert any(each.startswith("iam:PassRole on ") for each in found.denied)


def test_the_local_cloud_needs_no_consent(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ground.cloud.project)
    done = CliRunner().invoke(group, ["verify", "--local", "--level", "0", "--format", "json"], standalone_mode=False)
    document = fits(done.stdout, "verify-1")
    assert done.return_value == 0
    assert "It makes nothing" in done.stderr
    assert document["run"]["local"]
    assert document["left"] == []
    assert {each["outcome"] for each in document["findings"]} == {"agrees", "not checked"}
    assert other_runs(ground.cloud.session(), identify(ground.cloud.session()), local=True) == []
