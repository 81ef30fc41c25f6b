"""What belongs to somebody: folders, rows and paths that some policy ties to the caller's identity.

Owners are found, not configured: whatever a policy writes with a Cognito policy variable is an owned space.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.tokens import Identity, pattern
from constructs_lib.analysis.evaluator import glob_match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.engine.tokens import Tokens
    from constructs_lib.analysis.model import Caller, Model
    from constructs_lib.analysis.policies import Statement

_VARIABLE: Final = re.compile(r"\$\{\s*([^},]+?)\s*(?:,[^}]*)?\}")
LEADING_KEYS: Final = "dynamodb:leadingkeys"
_TAG: Final = "aws:principaltag/"


class SpaceKind(StrEnum):
    """What kind of data an owner has."""

    FOLDER = "folder"
    ROWS = "rows"
    PATH = "path"


@dataclass(frozen=True, kw_only=True, slots=True)
class Space:
    """What each owner has one of.

    Args:
        kind: Folder of a bucket, rows of a table, or path of an API.
        holder: ARN of the bucket, table or API.
        name: For people: the holder's name and the place, `{owner}` in it.
        template: The place as a pattern: an object's ARN, a partition key, or a call's ARN, cut after the owner's
            place, with the variable in it.
        key: The condition key that names the owner, in lower case.
        identity: What the owner is known by.
        claim: The token's claim behind a principal tag that users can write; empty when they cannot.
    """

    kind: SpaceKind
    holder: str
    name: str
    template: str
    key: str
    identity: Identity
    claim: str = ""

    def tokens(self, owner: Tokens) -> Tokens:
        """Return what belongs to an owner, as tokens of an ARN or a partition key."""
        found = pattern(self.template, {self.key: owner})
        assert found is not None  # noqa: S101 - the template has this variable only
        return found


def identity_of(key: str, caller: Caller) -> Identity | None:
    """Return what a policy variable says of a caller: an identity, or None when it is no owner's."""
    if key.startswith("cognito-identity") and key.endswith(":sub"):
        return Identity.POOL_IDENTITY
    if key.startswith(_TAG) and caller.signed_in and caller.pool.tags.get(key.removeprefix(_TAG)) == "sub":
        return Identity.SUB
    return None


def find_spaces(model: Model) -> list[Space]:
    """Return every owned space, each once, in the order of the template."""
    found: dict[tuple[str, str], Space] = {}
    for caller in model.callers:
        for policy in caller.role.policies:
            for statement in policy.statements:
                if statement.allow and statement.variables:
                    for space in _spaces_of(statement, caller, model):
                        found.setdefault((space.holder, space.template), space)
    return list(found.values())


def _spaces_of(statement: Statement, caller: Caller, model: Model) -> Iterator[Space]:
    for resource in statement.resources:
        for bucket in model.buckets:
            if resource.startswith(f"{bucket.arn}/"):
                yield from _space(SpaceKind.FOLDER, bucket.arn, bucket.name, resource, caller, model)
        for api in model.apis:
            if resource.startswith(f"{api.arn}/"):
                yield from _space(SpaceKind.PATH, api.arn, api.name, resource, caller, model)
        for table in model.tables:
            if glob_match(resource, table.arn) or resource.startswith(f"{table.arn}/index/"):
                for value in _leading_keys(statement):
                    yield from _space(SpaceKind.ROWS, table.arn, table.name, value, caller, model)


def _leading_keys(statement: Statement) -> Iterator[str]:
    for condition in statement.conditions:
        if condition.key == LEADING_KEYS:
            yield from condition.values


def _space(kind: SpaceKind, holder: str, name: str, text: str, caller: Caller, model: Model) -> Iterator[Space]:
    match = _VARIABLE.search(text)
    if match is None:
        return
    key = match.group(1).lower()
    identity = identity_of(key, caller)
    claim = ""
    if identity is None and key.startswith(_TAG) and caller.signed_in:
        claim = caller.pool.tags.get(key.removeprefix(_TAG), "")
        identity = Identity.SUB if claim else None
        claim = claim if claim in model.forgeable else ""
    if identity is None:
        return
    place = text[: match.start()].removeprefix(holder).lstrip("/") + "{owner}"
    rest = (
        ""
        if kind is SpaceKind.ROWS and not text[match.end() :]
        else "/*"
        if text[match.end() :].startswith("/")
        else "*"
    )
    yield Space(
        kind=kind,
        holder=holder,
        name=f"{name} {place}{rest}",
        template=text[: match.end()] + rest,
        key=key,
        identity=identity,
        claim=claim,
    )


__all__ = ["LEADING_KEYS", "Space", "SpaceKind", "find_spaces", "identity_of"]
