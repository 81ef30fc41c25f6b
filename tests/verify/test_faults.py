"""Under each fault of AWS a run retries and completes, or names the remaining resources and how to remove them."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError

from constructs_lib.verify import Outcome, Result, all_checks
from constructs_lib.verify.leftovers import sweep_runs
from constructs_lib.verify.session import identify
from constructs_lib.verify.verify import verify
from tests.verify.conftest import Ground
from tests.verify.faults import Fault, answered, error, response

pytestmark = pytest.mark.slow
PAGE = Path(__file__).parents[2] / "docs" / "verify.md"
CHECKS = [check for check in all_checks() if check.name in {"group-changes", "delete"}]
"""Real users with real calls, and the end of the stack."""
THROTTLED = {
    "cloudformation": (400, "Throttling"),
    "iam": (400, "Throttling"),
    "s3": (503, "SlowDown"),
}
FAULTS = (500, 502, 503, 504)
Answer = Callable[[AWSPreparedRequest, str, str, int], AWSResponse | None]


def throttled(request: AWSPreparedRequest, service: str, _: str, before: int) -> AWSResponse | None:
    status, code = THROTTLED.get(service, (429, "TooManyRequestsException"))
    return error(request, service, status, code) if before % 3 == 0 else None


def failing(request: AWSPreparedRequest, service: str, _: str, before: int) -> AWSResponse | None:
    return error(request, service, FAULTS[before // 4 % 4], "InternalError") if before % 4 == 1 else None


def cut_off(request: AWSPreparedRequest, *called: Any) -> AWSResponse | None:
    if called[-1] % 4 == 1:
        raise ConnectionClosedError(endpoint_url=request.url)
    return None


def slow_iam(request: AWSPreparedRequest, service: str, operation: str, before: int) -> AWSResponse | None:
    if operation == "GetCredentialsForIdentity" and before < 2:
        return error(request, service, 400, "InvalidIdentityPoolConfigurationException")
    return error(request, service, 403, "AccessDenied") if operation == "ListObjectsV2" and before < 2 else None


def slow_s3(request: AWSPreparedRequest, service: str, operation: str, before: int) -> AWSResponse | None:
    if operation in {"PutBucketTagging", "PutObject"} and before < 1:
        return error(request, service, 404, "NoSuchBucket")
    return error(request, service, 409, "BucketNotEmpty") if operation == "DeleteBucket" and before < 1 else None


def slow_stacks(request: AWSPreparedRequest, _: str, operation: str, before: int) -> AWSResponse | None:
    if operation != "DescribeStacks" or before % 12 > 8:
        return None
    found = answered(request)
    text = re.sub(r"(?<=<StackStatus>)(CREATE|DELETE)_COMPLETE", r"\1_IN_PROGRESS", found.text)
    return response(request.url, found.status_code, text.encode())


def refused_delete(request: AWSPreparedRequest, service: str, operation: str, _: int) -> AWSResponse | None:
    return error(request, service, 403, "AccessDenied") if operation == "DeleteBucket" else None


def refused_stack_delete(request: AWSPreparedRequest, service: str, operation: str, _: int) -> AWSResponse | None:
    return error(request, service, 403, "AccessDenied") if operation == "DeleteStack" else None


class Ending:
    """Credentials of an administrator that end with the deploy."""

    def __init__(self) -> None:
        self.over = False

    def __call__(self, request: AWSPreparedRequest, service: str, operation: str, _: int) -> AWSResponse | None:
        self.over = self.over or operation == "AdminAddUserToGroup"
        signed = b"AWS4" in bytes(str(request.headers.get("Authorization", "")), "utf-8")
        ended = self.over and signed and not request.headers.get("X-Amz-Security-Token")
        return error(request, service, 403, "ExpiredToken") if ended else None


@dataclass(frozen=True)
class Case:
    """A fault and what a run makes of it.

    Args:
        fault: The fault, in words.
        ends: How the run ends, in words.
        answer: Makes what answers.
        status: The exit status.
        waits: Whether a client has to wait before it tries again.
        left: The kinds of what is left.
    """

    fault: str
    ends: str
    answer: Callable[[], Answer]
    status: int = 0
    waits: bool = False
    left: frozenset[str] = frozenset()


GOES_ON = "retries with backoff, and completes; no resources remain"
CASES = [
    Case("throttling: every third call of an operation", GOES_ON, lambda: throttled, waits=True),
    Case("5xx: every fourth call of an operation", GOES_ON, lambda: failing, waits=True),
    Case("an interrupted connection: every fourth call of an operation", GOES_ON, lambda: cut_off, waits=True),
    Case("a role has not taken effect in IAM: the first credentials and calls are refused", GOES_ON, lambda: slow_iam),
    Case("S3 does not yet list a bucket, or that it is empty", GOES_ON, lambda: slow_s3),
    Case(
        "slow stacks: nine status requests until one is complete",
        "waits and completes; no resources remain",
        lambda: slow_stacks,
    ),
    Case(
        "the deletion of the bucket is refused",
        "completes, exits with 4, names the bucket and the command that removes it",
        lambda: refused_delete,
        status=4,
        left=frozenset({"bucket"}),
    ),
    Case(
        "the deletion of the stack is refused",
        "exits with 4, names the stack and the command that removes it",
        lambda: refused_stack_delete,
        status=4,
        left=frozenset({"stack"}),
    ),
    Case(
        "the credentials expire during the run",
        "stops, exits with 4, names the reason and the sweep to run with new credentials",
        Ending,
        status=4,
        left=frozenset({"stack", "bucket"}),
    ),
]


class Planted(Fault):
    """A fault for everybody of a run, in the recorder's place."""

    @property
    def users(self) -> "Planted":
        """Hear the users, too."""
        return self

    def answered(self, response: requests.Response) -> None:
        """Leave it."""

    def during(self, _: str) -> Any:
        """Belong to no check."""
        return nullcontext()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fault)
def test_a_run_ends_well_under_each_fault(ground: Ground, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    waited = list[float]()
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=waited.append))
    run, planted = ground.begin(), Planted(case.answer())
    result = verify(ground.context(run, recorder=planted), CHECKS)  # type: ignore[arg-type] # hears as one does
    monkeypatch.undo()
    assert planted.planted, "nothing went wrong"
    assert result.status == case.status, (result.findings, result.left, result.stopped)
    assert bool(waited) >= case.waits
    if case.status == 0:
        assert {each.outcome for each in result.findings} == {Outcome.AGREES}
        assert ground.remains(run) == set()
    else:
        _assert_said_and_swept(ground, result, case)


def _assert_said_and_swept(ground: Ground, result: Result, case: Case) -> None:
    assert {each.kind for each in result.left} >= case.left
    assert all(each.why and each.command for each in result.left)
    assert ground.remains(result.run)
    session = ground.cloud.session()
    for run, swept in sweep_runs(session, identify(session), ground.journals, local=True, say=print):
        assert (run, swept.left) == (result.run, ())
    assert ground.remains(result.run) == set()


def test_the_page_has_the_table_of_faults() -> None:
    rows = [f"| {case.fault} | {case.ends} |" for case in CASES]
    assert "\n".join(rows) in PAGE.read_text(encoding="utf-8")
