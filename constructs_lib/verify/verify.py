"""The run: level by level, and the sweep in any case."""

from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from constructs_lib.verify.finding import Finding, Outcome
from constructs_lib.verify.resource_kind import sweep_command
from constructs_lib.verify.result import Left, Result
from constructs_lib.verify.session import has_expired, has_valid_credentials
from constructs_lib.verify.settling import settle, settled
from constructs_lib.verify.stacks import deploy
from constructs_lib.verify.sweep import sweep
from constructs_lib.verify.synthesis import assets_bucket, packages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.verify.checks import Check
    from constructs_lib.verify.context import Context

_DEPLOY: Final = "deploy"
"""The check name of findings about the stack itself."""


class _Stopped(Exception):  # noqa: N818 - not an error of this program
    """The run cannot continue; the message is the reason."""


@dataclass(slots=True)
class _Run:
    context: Context
    checks: Sequence[Check]
    findings: list[Finding] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            self.seconds[part] = time.monotonic() - started


def verify(context: Context, checks: Sequence[Check]) -> Result:
    """Run checks, level by level, and remove everything that was created.

    Nothing is deployed yet.

    Returns:
        The result. An interrupt (Ctrl-C) ends the checks, not the sweep.
    """
    state = _Run(context, checks)
    stopped = ""
    try:
        _run(state)
    except _Stopped as reason:
        stopped = str(reason)
    except KeyboardInterrupt:
        stopped = "it was interrupted"
    except Exception as error:  # noqa: BLE001 - resources are removed after every error
        stopped = f"an error of cognito-app itself: {_message(error)}"
    return _swept(state, stopped)


def _run(state: _Run) -> None:
    _run_level(state, 0)
    if not _has(state, 1) and not _has(state, 2):
        return
    with state.timed("deploy"):
        outputs = _made(state)
    if outputs is None:
        for check in state.checks:
            if check.level:
                state.findings.append(_not_checked(check, "the stack could not be created"))
        return
    state.context = replace(state.context, outputs=outputs)
    settle(state.context)
    _run_level(state, 1)
    _run_level(state, 2)


def _has(state: _Run, level: int) -> bool:
    return any(check.level == level for check in state.checks)


def _run_level(state: _Run, level: int) -> None:
    with state.timed(f"level {level}"):
        for check in state.checks:
            if check.level == level:
                state.context.say(f"{check.name}: {check.title}")
                _run_check(state, check)


def _run_check(state: _Run, check: Check) -> None:
    before, recorder = len(state.findings), state.context.recorder
    try:
        with recorder.during(check.name) if recorder else nullcontext():
            for finding in check.run(state.context):
                state.findings.append(replace(finding, check=check.name))
    except Exception as error:  # noqa: BLE001 - the other checks run after every error
        _stop_if_ended(state, check.name, error)
        state.findings.append(_failed(check.name, check.title, _message(error)))
    if len(state.findings) == before:
        state.findings.append(_failed(check.name, check.title, "it returned no findings"))


def _stop_if_ended(state: _Run, during: str, error: Exception) -> None:
    """Stop if the administrator's credentials have expired.

    Raises:
        _Stopped: They have expired.
    """
    if has_expired(error) and not has_valid_credentials(state.context.session):
        raise _Stopped(f"the administrator's credentials expired during {during} ({_message(error)})") from error


def _made(state: _Run) -> dict[str, str] | None:
    """Create the bucket of the packages and the stack; return its outputs, or None if it could not be created."""
    context = state.context
    what = "CloudFormation creates the stack of the constructs."
    try:
        _upload(context)
        context.journal.record_resource("stack", context.stack)
        context.say(f"creating the stack {context.stack}")
        made = deploy(context.session, context.run, context.stack, context.templates[context.stack], kind="CREATE")
    except (ClientError, BotoCoreError, OSError) as error:
        _stop_if_ended(state, _DEPLOY, error)
        state.findings.append(_failed(_DEPLOY, what, _message(error)))
        return None
    if not made.done:
        state.findings.append(Finding(check=_DEPLOY, outcome=Outcome.DIFFERS, what=what, detail=made.why))
        return None
    state.findings.append(Finding(check=_DEPLOY, outcome=Outcome.AGREES, what=what))
    return dict(made.outputs)


def _upload(context: Context) -> None:
    client: Any = context.session.client("s3")
    run = context.run
    bucket = assets_bucket(run)
    context.journal.record_resource("bucket", bucket)
    # us-east-1 has no location constraint ("CreateBucket", S3 API reference).
    place = {} if run.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": run.region}}
    client.create_bucket(Bucket=bucket, **place)
    client.get_waiter("bucket_exists").wait(Bucket=bucket, ExpectedBucketOwner=run.account)
    ours = {"Bucket": bucket, "ExpectedBucketOwner": run.account}
    settled(partial(client.put_bucket_tagging, Tagging={"TagSet": run.tags}, **ours), local=run.local)
    for key, content in packages(context.assembly):
        context.say(f"uploading {key} ({len(content):,} bytes)")
        settled(partial(client.put_object, Key=key, Body=content, **ours), local=run.local)


def _swept(state: _Run, stopped: str) -> Result:
    context = state.context
    made = context.journal.made
    removed: tuple[tuple[str, str], ...] = ()
    try:
        with state.timed("sweep"):
            swept = sweep(context.session, context.run, made, say=context.say)
        removed, left = swept.removed, swept.left
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001 - the result names the remaining resources
        why = (
            "the sweep was interrupted"
            if isinstance(error, KeyboardInterrupt)
            else f"the sweep failed: {_message(error)}"
        )
        left = (
            Left(
                kind="anything",
                name=f"of run {context.run.run_id}",
                why=why,
                command=sweep_command(context.run, context.session),
            ),
        )
    if left:
        context.journal.close()
    else:
        context.journal.end()
    return Result(
        run=context.run,
        findings=tuple(state.findings),
        made=made,
        removed=removed,
        left=left,
        seconds=state.seconds,
        stopped=stopped,
    )


def _not_checked(check: Check, why: str) -> Finding:
    return Finding(check=check.name, outcome=Outcome.NOT_CHECKED, what=check.title, detail=why)


def _failed(check: str, what: str, why: str) -> Finding:
    return Finding(check=check, outcome=Outcome.FAILED, what=what, detail=why)


def _message(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if isinstance(error, ClientError) else f"{type(error).__name__}: {text}"
