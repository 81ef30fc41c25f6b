"""A run on the local cloud: everything agrees, nothing stays, and its recording replays."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError

from constructs_lib.verify import Check, Context, Finding, Outcome, Result, Run, all_checks, prices
from constructs_lib.verify.administrator_calls import CALLS
from constructs_lib.verify.recording import FileRecorder
from constructs_lib.verify.recording.redactor import FILLED, PACKAGE
from constructs_lib.verify.replay import replay
from constructs_lib.verify.replay.reading import Call, Recording
from constructs_lib.verify.replay.replay import _played
from constructs_lib.verify.verify import verify
from tests.verify.conftest import Ground

pytestmark = pytest.mark.slow
NOT_HERE = {"access-analyzer", "hosting", "kms-conditions", "snap-start", "table-replicas"}
"""Checks that the local cloud, or a run without `--costly`, cannot run; all others must run."""
LEVEL_2 = [check for check in all_checks() if check.level == 2]


class _Heard(FileRecorder):
    """A recorder that notes which calls the administrator makes, too."""

    def attach(self, session: botocore.session.Session) -> None:
        self.calls: set[tuple[str, str]] = set()
        session.register("before-call.*.*", self._call)
        super().attach(session)

    def _call(self, **event: Any) -> None:
        model = event["model"]
        self.calls.add((model.service_model.service_name, model.name))


@pytest.fixture(scope="module")
def run(ground: Ground) -> Run:
    return ground.begin()


@pytest.fixture(scope="module")
def heard(ground: Ground, run: Run, tmp_path_factory: pytest.TempPathFactory) -> _Heard:
    path = tmp_path_factory.mktemp("recording") / "run.jsonl"
    recorder = _Heard(path, run, endpoint_url=ground.cloud.endpoint_url)
    recorder.learn_app(ground.assembly)
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
    agreed = {each.check for each in verified.findings if each.outcome is Outcome.AGREES}
    assert agreed == {"deploy", *(check.name for check in all_checks())} - NOT_HERE
    assert {each.check for each in verified.findings} == agreed | NOT_HERE


def test_no_resource_remains(verified: Result, ground: Ground) -> None:
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
    found = re.search(r"AKIA|ASIA|LKIA|eyJ|127\.0\.0\.1|(?<![0-9a-f])\d{12}(?![0-9a-f])", text)
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
    replayed = replay(Recording.read(changed))
    assert [
        (each.call.number, each.deviations) for each in replayed.differences if each.call.number != altered["call"]
    ] == []
    assert ["EvalDecision" in way for each in replayed.differences for way in each.deviations] == [True]
    assert not [each.why for each in replayed.not_played if not each.why.startswith(UNPLAYABLE)]
    assert replayed.played > 100 * len(replayed.not_played)


def test_an_impossible_request_is_reported_and_the_replay_continues(ground: Ground) -> None:
    members = {"call": 1, "attempt": 1, "check": "", "by": "administrator", "status": 200, "error": "", "answer": {}}
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
    calls = tuple(Call(number=1, check="", members={**members, **each}) for each in asked)
    recording = Recording(region="us-east-1", local=True, calls=calls, repeated=0, own=frozenset())
    replayed = _played(recording, ground.cloud, print)
    assert (replayed.played, len(replayed.not_played)) == (0, len(asked))
    assert [each.is_fault for each in replayed.not_played] == [False] * 4 + [True] * 4


UNPLAYABLE = ("a signed URL", "its signature", "it was refused, and SRP")
"""Prefixes of the reasons why a call cannot be replayed."""


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
    assert result.findings[-1].detail == "it returned no findings"
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
