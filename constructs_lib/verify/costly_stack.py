"""Stack of the costly checks: created by the first check that needs it, removed by the sweep."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.verify.deletion import delete_stack
from constructs_lib.verify.resource_kinds import Stack
from constructs_lib.verify.stacks import deploy
from constructs_lib.verify.synthesis import assets_bucket, packages, synthesize

if TYPE_CHECKING:
    from constructs_lib.verify.context import Context

WHY_NOT: Final = (
    "a distribution, a replica and a snapshot take about twenty minutes more, and a deleted key stays disabled for "
    "seven days, without cost; add --costly"
)
_made: dict[str, Context | str] = {}
"""The context with the stack's outputs, or the reason why there is no stack, by run ID."""


class NoStackError(Exception):
    """The stack could not be created; the message is the reason."""


def costly_context(context: Context) -> Context:
    """Return the run with the outputs of the costly stack, which the first call creates.

    Raises:
        NoStackError: If the stack cannot be created, or an earlier attempt failed.
    """
    id = context.run.run_id
    if id not in _made:
        _made[id] = "it was being created when the run ended"
        _made[id] = _deployed(context)
    found = _made[id]
    if isinstance(found, str):
        raise NoStackError(found)
    return found


def _deployed(context: Context) -> Context | str:
    with tempfile.TemporaryDirectory(prefix="cognito-verify-") as folder:
        [(name, template)] = synthesize(context.run, Path(folder), replica_region=_replica_region(context)).items()
        s3: Any = context.session.client("s3")
        for key, content in packages(Path(folder)):
            context.say(f"uploading {key} ({len(content):,} bytes)")
            s3.put_object(
                Bucket=assets_bucket(context.run), Key=key, Body=content, ExpectedBucketOwner=context.run.account
            )
    context.journal.record_resource("stack", name)
    context.say(f"creating the stack {name}, which takes some minutes on AWS")
    made = deploy(context.session, context.run, name, template, kind="CREATE")
    return replace(context, outputs=dict(made.outputs), stack=name) if made.done else made.why


def remove_costly_stack(context: Context) -> None:
    """Delete the stack, so that later checks find the app's stack only."""
    stack, name = Stack(context.session, context.run), f"{context.run.prefix}-costly"
    if stack.exists(name):
        context.say(f"deleting the stack {name}, which takes some minutes on AWS")
        delete_stack(stack, name)


def _replica_region(context: Context) -> str:
    """Return another region near the run's.

    Raises:
        NoStackError: If there is none.
    """
    area = context.run.region.partition("-")[0]
    regions = context.session.get_available_regions("dynamodb", partition_name=context.run.partition)
    near = [each for each in sorted(regions) if each.partition("-")[0] == area and each != context.run.region]
    if not near:
        raise NoStackError(f"there is no other region near {context.run.region} for a replica")
    return near[0]
