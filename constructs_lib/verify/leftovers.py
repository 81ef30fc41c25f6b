"""Leftovers of runs that were killed: swept by their journals, or found by their names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from constructs_lib.verify.journal import is_in_progress, journals
from constructs_lib.verify.resource_kinds import kind_of_arn
from constructs_lib.verify.run import PREFIX, TAG, Run
from constructs_lib.verify.sweep import Swept, sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import boto3

    from constructs_lib.verify.session import Identity

_NAME: Final = re.compile(rf"{PREFIX}(?P<id>[a-z0-9]{{8}})(-.*)?")


def sweep_runs(
    session: boto3.Session,
    identity: Identity,
    folder: Path,
    run_id: str | None = None,
    *,
    local: bool,
    say: Callable[[str], None],
) -> Iterator[tuple[Run, Swept]]:
    """Sweep the runs that were started here and have ended, or one run from anywhere, and yield each result.

    Args:
        session: An administrator's session.
        identity: The session's account and region; runs in other accounts and regions are not swept.
        folder: The folder of the journals.
        run_id: The one run. None: those with a journal.
        local: Whether the session reaches a local cloud.
        say: Receives each line of progress.

    Raises:
        ValueError: If `run_id` is not a run ID, that run is in progress, or a journal is invalid.
    """
    chosen = None if run_id is None else _run(identity, run_id, local=local)
    found = False
    for journal in journals(folder):
        run = journal.run
        if not _is_in_scope(run, identity, local=local) or run_id not in {None, run.run_id}:
            journal.close()
            continue
        found = True
        swept = sweep(session, run, journal.made, say=say)
        if swept.left:
            journal.close()
        else:
            journal.end()
        yield run, swept
    if chosen is not None and not found:
        if is_in_progress(folder, chosen.run_id):
            raise ValueError(
                f"run {run_id} is in progress on this machine; wait until it ends, or stop its process first"
            )
        yield chosen, sweep(session, chosen, say=say)


def other_runs(session: boto3.Session, identity: Identity, *, local: bool) -> list[Run]:
    """Return the runs with resources here, found by the names of stacks and buckets, or by the tag."""
    client: Any = session.client("cloudformation")
    stacks = client.get_paginator("describe_stacks").paginate()
    names = [each["StackName"] for page in stacks for each in page["Stacks"]]
    names += [each["Name"] for each in session.client("s3").list_buckets(Prefix=PREFIX).get("Buckets", ())]
    found = {said["id"] for name in names if (said := _NAME.fullmatch(name))}
    for id, arn in _tagged(session):
        # Other values of the tag do not name a run.
        if Run.is_id(id) and id not in found and _may_exist(session, _run(identity, id, local=local), arn):
            found.add(id)
    return [_run(identity, each, local=local) for each in sorted(found)]


def _tagged(session: boto3.Session) -> Iterator[tuple[str, str]]:
    """Yield the values of the tag, each with the ARN of its resource."""
    client: Any = session.client("resourcegroupstaggingapi")
    for page in client.get_paginator("get_resources").paginate(TagFilters=[{"Key": TAG}]):
        for each in page["ResourceTagMappingList"]:
            yield from ((tag["Value"], each["ResourceARN"]) for tag in each["Tags"] if tag["Key"] == TAG)


def _may_exist(session: boto3.Session, run: Run, arn: str) -> bool:
    """Return whether a tagged resource exists, or that is unknown.

    Tags outlive resources: the list of them is of "tagged or previously tagged resources" ("GetResources", Resource
    Groups Tagging API reference), and a key that waits for its deletion keeps its tags ("Key states", AWS KMS developer
    guide: TagResource and UntagResource fail, ListResourceTags succeeds).
    """
    found = kind_of_arn(arn)
    if found is None:
        return True
    kind, id = found
    try:
        return kind(session, run).exists(id)
    except (BotoCoreError, ClientError):
        return True


def _run(identity: Identity, run_id: str, *, local: bool) -> Run:
    return Run(
        run_id=run_id, account=identity.account, region=identity.region, partition=identity.partition, local=local
    )


def _is_in_scope(run: Run, identity: Identity, *, local: bool) -> bool:
    return (run.account, run.region, run.local) == (identity.account, identity.region, local)
