"""Removes all resources of a run: those in its journal, those with its name, and those with its tag."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from constructs_lib.verify.deletion import NotDeletedError, delete_stack
from constructs_lib.verify.resource_kind import Kind, sweep_command
from constructs_lib.verify.resource_kinds import KINDS, Stack, kind_of_arn
from constructs_lib.verify.result import Left
from constructs_lib.verify.run import TAG
from constructs_lib.verify.session import has_expired

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import boto3

    from constructs_lib.verify.run import Run

_PASSES: Final = 4
"""Maximum number of passes: CloudFormation may list a resource for a while after its removal, and a resource whose
removal another one prevented can be removed after that one."""
_ERRORS: Final = (ClientError, BotoCoreError, NotDeletedError, OSError)


class _EndedError(Exception):
    """The administrator's credentials have expired."""


@dataclass(frozen=True, slots=True)
class Swept:
    """The result of a sweep.

    The removed resources are pairs of kind and name or ID. Those left still exist, or could not be looked up.
    """

    removed: tuple[tuple[str, str], ...]
    left: tuple[Left, ...]


@dataclass(slots=True)
class _Sweep:
    kinds: dict[str, Kind]
    say: Callable[[str], None]
    removed: dict[tuple[str, str], None] = field(default_factory=dict)
    left: dict[tuple[str, str], Left] = field(default_factory=dict)


def sweep(
    session: boto3.Session, run: Run, journaled: Iterable[tuple[str, str]] = (), *, say: Callable[[str], None]
) -> Swept:
    """Remove all resources of a run, in several passes until none is found.

    `journaled` are the journaled resources, as (kind, name); none without a journal here.
    """
    state = _Sweep({kind.name: kind(session, run) for kind in KINDS}, say)
    made = tuple(journaled)
    try:
        _sweep(state, session, run, made)
    except _EndedError as error:
        for name, id in made:
            if (name, id) not in state.removed:
                state.left[name, id] = Left(
                    kind=name, name=id, why="it may still exist", command=_removing(state, run, name, id)
                )
        state.left["anything", run.run_id] = Left(
            kind="anything", name=f"of run {run.run_id}", why=str(error), command=sweep_command(run, session)
        )
    return Swept(tuple(state.removed), tuple(state.left.values()))


def _sweep(state: _Sweep, session: boto3.Session, run: Run, journaled: tuple[tuple[str, str], ...]) -> None:
    tried: set[str] = set()
    for _ in range(_PASSES):
        found = _find(state, session, run, journaled)
        if not found:
            break
        # Stacks first: most resources are deleted with them. What blocks a deletion is removed in the next pass.
        stacks = [(kind, id) for kind, id in found if isinstance(kind, Stack) and id not in tried]
        for kind, id in stacks or found:
            _remove(state, kind, id)
        tried |= {id for _, id in stacks}
    else:
        refused = dict(state.left)
        for kind, id in _find(state, session, run, journaled):
            still = Left(kind=kind.name, name=id, why="it still exists", command=kind.removal_command(id))
            state.left[kind.name, id] = refused.get((kind.name, id), still)


def _find(
    state: _Sweep, session: boto3.Session, run: Run, journaled: Iterable[tuple[str, str]]
) -> list[tuple[Kind, str]]:
    """Return the existing resources, in order of removal; `left` keeps only those that cannot be looked up."""
    state.left.clear()
    found: dict[str, dict[str, None]] = {name: {} for name in state.kinds}
    for name, kind in state.kinds.items():
        try:
            found[name] |= dict.fromkeys(kind.named())
        except _ERRORS as error:
            _note_lookup_failure(state, name, f"named {run.prefix}", error, sweep_command(run, session))
    for name, id in [*journaled, *_tagged(state, session, run)]:
        if name not in state.kinds:
            why = "this version of cognito-app cannot remove this kind"
            state.left[name, id] = Left(kind=name, name=id, why=why, command=_removing(state, run, name, id))
        elif state.kinds[name].has_generated_id and run.owns(id):
            # A name in the journal: the resources with that name were found by it.
            continue
        elif id not in found[name] and _exists(state, state.kinds[name], id):
            found[name][id] = None
    return [(state.kinds[name], id) for name, ids in found.items() for id in ids]


def _tagged(state: _Sweep, session: boto3.Session, run: Run) -> list[tuple[str, str]]:
    """Return the resources with the run's tag, as (kind, name or ID); an ARN of no kind is its own entry."""
    client = session.client("resourcegroupstaggingapi")
    filters: Any = [{"Key": TAG, "Values": [run.run_id]}]
    try:
        pages = list(client.get_paginator("get_resources").paginate(TagFilters=filters))
    except _ERRORS as error:
        _note_lookup_failure(state, "anything", f"tagged {TAG}={run.run_id}", error, sweep_command(run, session))
        return []
    arns = [each["ResourceARN"] for page in pages for each in page["ResourceTagMappingList"]]
    found = ((arn, kind_of_arn(arn)) for arn in arns)
    return [(known[0].name, known[1]) if known else ("resource", arn) for arn, known in found]


def _exists(state: _Sweep, kind: Kind, id: str) -> bool:
    """Return whether a resource exists; if that is unknown, it is added to `left`."""
    try:
        return kind.exists(id)
    except _ERRORS as error:
        _note_lookup_failure(state, kind.name, id, error, kind.removal_command(id))
        return False


def _note_lookup_failure(state: _Sweep, kind: str, what: str, error: Exception, command: str) -> None:
    """Note resources that may exist.

    Raises:
        _EndedError: The administrator's credentials have expired: no further lookup is possible.
    """
    if has_expired(error):
        raise _EndedError(_one_line(error)) from error
    state.left[kind, what] = Left(
        kind=kind, name=what, why=f"it could not be looked up: {_one_line(error)}", command=command
    )


def _remove(state: _Sweep, kind: Kind, id: str) -> None:
    state.say(f"removing {kind.name} {id}")
    try:
        if isinstance(kind, Stack):
            delete_stack(kind, id)
        else:
            kind.remove(id)
    except _ERRORS as error:
        if isinstance(error, ClientError) and error.response["Error"]["Code"] in kind.not_found_codes:
            return
        if has_expired(error):
            raise _EndedError(_one_line(error)) from error
        command = kind.removal_command(id)
        state.left[kind.name, id] = Left(kind=kind.name, name=id, why=_one_line(error), command=command)
    else:
        state.removed[kind.name, id] = None


def _removing(state: _Sweep, run: Run, name: str, id: str) -> str:
    known = state.kinds.get(name)
    return known.removal_command(id) if known else f"remove {id} in the AWS console, region {run.region}"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
