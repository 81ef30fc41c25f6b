"""What belongs to somebody: folders, rows and paths that some policy ties to the caller's identity.

Owners are found, not configured: whatever a policy writes with a Cognito policy variable is an owned space. So is what
the constructs of this library say in the metadata of a bucket or table that they made it for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.tokens import Identity, pattern
from constructs_lib.analysis.iam.arns import partition_name
from constructs_lib.analysis.iam.evaluator import glob_match, speaks_of
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.engine.tokens import Tokens
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.model import Caller, Model

VARIABLE: Final = re.compile(r"\$\{\s*([^},]+?)\s*(?:,[^}]*)?\}")
LEADING_KEYS: Final = "dynamodb:leadingkeys"
PREFIX: Final = "s3:prefix"


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
        doubt: Why owners may not be told apart as the proof assumes; empty when they are.
    """

    kind: SpaceKind
    holder: str
    name: str
    template: str
    key: str
    identity: Identity
    claim: str = ""
    doubt: str = ""

    def tokens(self, owner: Tokens) -> Tokens:
        """Return what belongs to an owner, as tokens of an ARN or a partition key."""
        found = pattern(self.template, {self.key: owner})
        assert found is not None  # noqa: S101 - the template has this variable only
        return found


def identity_of(key: str, caller: Caller) -> Identity | None:
    """Return what a policy variable says of a caller: an identity, or None when it is no owner's."""
    if key.startswith("cognito-identity") and key.endswith(":sub"):
        return Identity.POOL_IDENTITY
    if (
        key.startswith(PRINCIPAL_TAG)
        and caller.signed_in
        and caller.pool.tags.get(key.removeprefix(PRINCIPAL_TAG)) == "sub"
    ):
        return Identity.SUB
    return None


def find_spaces(model: Model) -> list[Space]:
    """Return every owned space, each once, in the order of the template."""
    found: dict[tuple[str, str], Space] = {}
    listed: list[Space] = []
    for caller in model.callers:
        for statement in _statements_about(caller, model):
            if statement.variables:
                for space in _spaces_of(statement, caller, model):
                    found.setdefault((space.holder, space.template), space)
                listed += _listed_spaces(statement, caller, model)
    # A folder may be tied to its owner where it is listed and nowhere else; most often its objects are, too.
    named = {(space.holder, _upto_owner(space)) for space in found.values()}
    for space in listed:
        if (space.holder, _upto_owner(space)) not in named:
            found.setdefault((space.holder, space.template), space)
    # What the metadata calls owned stays so when no policy ties it to anyone any more.
    for caller in model.callers:
        for space in _declared_spaces(caller, model):
            found.setdefault((space.holder, space.template), space)
    return list(found.values())


def _declared_spaces(caller: Caller, model: Model) -> Iterator[Space]:
    for bucket in model.buckets:
        for place in bucket.declared:
            yield from _space(SpaceKind.FOLDER, bucket.arn, bucket.name, f"{bucket.arn}/{place}", caller, model)
    for table in model.tables:
        for place in table.declared:
            yield from _space(SpaceKind.ROWS, table.arn, table.name, place, caller, model)


def ownerless(model: Model) -> Iterator[str]:
    """Yield the places that metadata calls owned without saying by whom: whatever wrote them left the owner out."""
    declared = [(bucket.name, bucket.declared) for bucket in model.buckets]
    declared += [(table.name, table.declared) for table in model.tables]
    for name, places in declared:
        yield from (f"{name} {place}" for place in places if VARIABLE.search(place) is None)


def _upto_owner(space: Space) -> str:
    return space.template.removesuffix("*").removesuffix("/")


def _listed_spaces(statement: Statement, caller: Caller, model: Model) -> Iterator[Space]:
    """Yield the folders that a statement about listing names by their prefix."""
    resources = statement.resources or ("*",)
    for bucket in model.buckets:
        if any(glob_match(each, bucket.arn) for each in resources):
            for value in _values_of(statement, PREFIX):
                yield from _space(SpaceKind.FOLDER, bucket.arn, bucket.name, f"{bucket.arn}/{value}", caller, model)


def _statements_about(caller: Caller, model: Model) -> Iterator[Statement]:
    policies = [*caller.role.policies, *([caller.role.boundary] if caller.role.boundary else [])]
    for policy in policies:
        yield from policy.statements
    for holder in (*model.holders, *model.apis):
        yield from (each for each in holder.policy.statements if speaks_of(each, caller.role.arn))


def _spaces_of(statement: Statement, caller: Caller, model: Model) -> Iterator[Space]:
    # A Deny ties to the caller what it leaves out, an Allow what it names.
    for resource in statement.resources if statement.allow else statement.not_resources:
        name, slash, place = partition_name(resource)
        for kind, holders in ((SpaceKind.FOLDER, model.buckets), (SpaceKind.PATH, model.apis)):
            for holder in holders:
                if slash and glob_match(name, holder.arn):
                    yield from _space(kind, holder.arn, holder.name, f"{holder.arn}/{place}", caller, model)
    for table in model.tables:
        if _speaks_of_table(statement, table.arn):
            for value in _values_of(statement, LEADING_KEYS):
                yield from _space(SpaceKind.ROWS, table.arn, table.name, value, caller, model)


def _speaks_of_table(statement: Statement, arn: str) -> bool:
    if statement.not_resources:
        return True
    return any(glob_match(each, arn) or each.startswith(f"{arn}/index/") for each in statement.resources)


def _values_of(statement: Statement, key: str) -> Iterator[str]:
    for condition in statement.conditions:
        if condition.key == key:
            yield from condition.values


def _space(kind: SpaceKind, holder: str, name: str, text: str, caller: Caller, model: Model) -> Iterator[Space]:
    match = VARIABLE.search(text)
    if match is None:
        return
    key = match.group(1).lower()
    identity = identity_of(key, caller)
    claim = doubt = ""
    if identity is None and key.startswith(PRINCIPAL_TAG) and caller.signed_in:
        named = caller.pool.tags.get(key.removeprefix(PRINCIPAL_TAG), "")
        identity = Identity.SUB if named else None
        claim = named if named in model.forgeable else ""
        doubt = f"owners are told apart by the claim {named!r}: of what form its values are is not known"
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
        doubt=doubt,
    )


__all__ = ["LEADING_KEYS", "PREFIX", "VARIABLE", "Space", "SpaceKind", "find_spaces", "identity_of", "ownerless"]
