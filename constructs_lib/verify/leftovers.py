"""What runs that were killed have left: swept by their journals, or found by their names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.verify.journal import is_under_way, journals
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
    """Sweep every run that was begun here and is not under way, or one from anywhere, and yield what came of each.

    Args:
        session: An administrator's session.
        identity: Whose, and where: the runs of other accounts and regions stay.
        folder: Where the journals are.
        run_id: The one run. None: those with a journal.
        local: Whether it is a local cloud.
        say: Gets each line of progress.

    Raises:
        ValueError: `run_id` is no run's ID, or that run is under way; or a journal is none.
    """
    chosen = None if run_id is None else _run(identity, run_id, local=local)
    found = False
    for journal in journals(folder):
        run = journal.run
        if not _is_here(run, identity, local=local) or run_id not in {None, run.run_id}:
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
        if is_under_way(folder, chosen.run_id):
            raise ValueError(f"run {run_id} is under way on this machine: let it end, or stop its process first")
        yield chosen, sweep(session, chosen, say=say)


def other_runs(session: boto3.Session, identity: Identity, *, local: bool) -> list[Run]:
    """Return the runs of which anything is found here by the names of stacks and buckets, or by the tag."""
    client: Any = session.client("cloudformation")
    stacks = client.get_paginator("describe_stacks").paginate()
    names = [each["StackName"] for page in stacks for each in page["Stacks"]]
    names += [each["Name"] for each in session.client("s3").list_buckets(Prefix=PREFIX).get("Buckets", ())]
    found = {said["id"] for name in names if (said := _NAME.fullmatch(name))}
    tagged: Any = session.client("resourcegroupstaggingapi").get_paginator("get_resources")
    for page in tagged.paginate(TagFilters=[{"Key": TAG}]):
        for each in page["ResourceTagMappingList"]:
            found |= {tag["Value"] for tag in each["Tags"] if tag["Key"] == TAG}
    # Of anything else that somebody has put into the tag no run is known.
    return [_run(identity, each, local=local) for each in sorted(filter(Run.is_id, found))]


def _run(identity: Identity, run_id: str, *, local: bool) -> Run:
    return Run(
        run_id=run_id, account=identity.account, region=identity.region, partition=identity.partition, local=local
    )


def _is_here(run: Run, identity: Identity, *, local: bool) -> bool:
    return (run.account, run.region, run.local) == (identity.account, identity.region, local)
