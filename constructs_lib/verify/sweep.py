"""Removes everything of a run: what its journal says, what has its name, and what has its tag."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from constructs_lib.verify.deletion import NotDeletedError, delete_stack
from constructs_lib.verify.resource_kinds import KINDS, Kind, Stack, again
from constructs_lib.verify.result import Left
from constructs_lib.verify.run import TAG
from constructs_lib.verify.session import has_ended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import boto3

    from constructs_lib.verify.run import Run

_PASSES: Final = 4
"""How often is looked again: what CloudFormation has just removed may be listed for a while, and what was refused for
another's sake may go when that has gone."""
_ERRORS: Final = (ClientError, BotoCoreError, NotDeletedError, OSError)


class _EndedError(Exception):
    """The administrator's credentials have ended."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep has done.

    Args:
        removed: What it has removed, as (kind, name or ID).
        left: What is still there, or could not be looked for.
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
    """Remove everything of a run, and look again until nothing is found.

    Args:
        session: An administrator's session in the run's account and region.
        run: The run.
        journaled: What its journal says was about to be made, as (kind, name). Empty: there is no journal here.
        say: Gets each line of progress.
    """
    state = _Sweep({kind.name: kind(session, run) for kind in KINDS}, say)
    made = tuple(journaled)
    try:
        _sweep(state, session, run, made)
    except _EndedError as error:
        for name, id in made:
            if (name, id) not in state.removed:
                state.left[name, id] = Left(
                    kind=name, name=id, why="it may be there still", command=_removing(state, run, name, id)
                )
        state.left["anything", run.run_id] = Left(
            kind="anything", name=f"of run {run.run_id}", why=str(error), command=again(run, session)
        )
    return Swept(tuple(state.removed), tuple(state.left.values()))


def _sweep(state: _Sweep, session: boto3.Session, run: Run, journaled: tuple[tuple[str, str], ...]) -> None:
    tried: set[str] = set()
    for _ in range(_PASSES):
        found = _find(state, session, run, journaled)
        if not found:
            break
        # Most of it goes with its stack. What a stack could not delete is removed before that is tried again.
        stacks = [(kind, id) for kind, id in found if isinstance(kind, Stack) and id not in tried]
        for kind, id in stacks or found:
            _remove(state, kind, id)
        tried |= {id for _, id in stacks}
    else:
        refused = dict(state.left)
        for kind, id in _find(state, session, run, journaled):
            still = Left(kind=kind.name, name=id, why="it is still there", command=kind.removing(id))
            state.left[kind.name, id] = refused.get((kind.name, id), still)


def _find(
    state: _Sweep, session: boto3.Session, run: Run, journaled: Iterable[tuple[str, str]]
) -> list[tuple[Kind, str]]:
    """Return what is there, in the order in which it is removed; left stays only what cannot be looked for."""
    state.left.clear()
    found: dict[str, dict[str, None]] = {name: {} for name in state.kinds}
    for name, kind in state.kinds.items():
        try:
            found[name] |= dict.fromkeys(kind.named())
        except _ERRORS as error:
            _not_looked_for(state, name, f"named {run.prefix}", error, again(run, session))
    for name, id in [*journaled, *_tagged(state, session, run)]:
        if name not in state.kinds:
            why = "this version of cognito-app does not know how to remove it"
            state.left[name, id] = Left(kind=name, name=id, why=why, command=_removing(state, run, name, id))
        elif state.kinds[name].numbered and run.owns(id):
            # A name in the journal: what has it was found by it.
            continue
        elif id not in found[name] and _exists(state, state.kinds[name], id):
            found[name][id] = None
    return [(state.kinds[name], id) for name, ids in found.items() for id in ids]


def _tagged(state: _Sweep, session: boto3.Session, run: Run) -> list[tuple[str, str]]:
    """Return what has the run's tag, as (kind, name or ID): an ARN that is of no kind is one by itself."""
    client = session.client("resourcegroupstaggingapi")
    filters: Any = [{"Key": TAG, "Values": [run.run_id]}]
    try:
        pages = list(client.get_paginator("get_resources").paginate(TagFilters=filters))
    except _ERRORS as error:
        _not_looked_for(state, "anything", f"tagged {TAG}={run.run_id}", error, again(run, session))
        return []
    arns = [each["ResourceARN"] for page in pages for each in page["ResourceTagMappingList"]]
    return [_kind_of(state, arn) for arn in arns]


def _kind_of(state: _Sweep, arn: str) -> tuple[str, str]:
    for kind in state.kinds.values():
        if (id := kind.of_arn(arn)) is not None:
            return kind.name, id
    return "resource", arn


def _exists(state: _Sweep, kind: Kind, id: str) -> bool:
    """Whether it is there; what cannot be told is left."""
    try:
        return kind.exists(id)
    except _ERRORS as error:
        _not_looked_for(state, kind.name, id, error, kind.removing(id))
        return False


def _not_looked_for(state: _Sweep, kind: str, what: str, error: Exception, command: str) -> None:
    """Note what may be there.

    Raises:
        _EndedError: The administrator's credentials have ended: nothing more can be looked for.
    """
    if has_ended(error):
        raise _EndedError(_said(error)) from error
    state.left[kind, what] = Left(
        kind=kind, name=what, why=f"it could not be looked for: {_said(error)}", command=command
    )


def _remove(state: _Sweep, kind: Kind, id: str) -> None:
    state.say(f"removing {kind.name} {id}")
    try:
        if isinstance(kind, Stack):
            delete_stack(kind, id)
        else:
            kind.remove(id)
    except _ERRORS as error:
        if isinstance(error, ClientError) and error.response["Error"]["Code"] in kind.gone:
            return
        if has_ended(error):
            raise _EndedError(_said(error)) from error
        state.left[kind.name, id] = Left(kind=kind.name, name=id, why=_said(error), command=kind.removing(id))
    else:
        state.removed[kind.name, id] = None


def _removing(state: _Sweep, run: Run, name: str, id: str) -> str:
    known = state.kinds.get(name)
    return known.removing(id) if known else f"remove {id} in the AWS console, region {run.region}"


def _said(error: Exception) -> str:
    return " ".join(str(error).split())
