"""Compiles rules about folders to the IAM statements of one caller. Pure values in, pure values out."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from constructs_lib.access.folders import ANYTHING, Folder, FolderVerbs, contains, is_around, verbs_in
from constructs_lib.access.statements import Conditions, Statement, folder_actions
from constructs_lib.actions import S3_VERBS, Verb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.access.language import Rule, Subject

_LIST_BUCKET = S3_VERBS[Verb.LIST]


def compile_folders(
    folders: Mapping[Folder, Sequence[Rule]],
    subjects: frozenset[Subject],
    *,
    bucket_arn: str,
    variables: Mapping[str, str],
) -> list[Statement]:
    """Compile the statements of one caller for a bucket.

    A rule on a nested folder replaces the outer one there: actions that only the outer folder grants are denied.

    Args:
        folders: The rules, from `parse_folders`.
        subjects: Everything the caller acts for: a group's member is also authenticated and an owner.
        bucket_arn: The bucket's ARN.
        variables: The IAM policy variable of each placeholder: `owner`, and the keys of claims. A statement with a
            variable that the caller lacks matches nothing ("IAM policy elements: Variables and tags").

    Returns:
        Statements in an order that does not depend on the order of the rules.

    Raises:
        ValueError: When a folder grants again what an outer folder denies this caller: IAM's Deny cannot be undone.
    """
    verbs = {folder: verbs_in(folder, rules, subjects) for folder, rules in folders.items()}
    objects: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    listed: set[str] = set()
    for folder, may in verbs.items():
        wider: frozenset[Verb] = frozenset()
        for kept, reached in sorted(may.reach.items()):
            granted, prefix = reached - wider, folder.prefix(variables, kept)
            wider |= reached
            if actions := folder_actions(granted):
                objects[actions].add(f"{bucket_arn}/{prefix}*")
            if Verb.LIST in granted:
                listed.add(f"{prefix}*")
    statements = [
        Statement(actions=actions, resources=tuple(sorted(resources))) for actions, resources in sorted(objects.items())
    ]
    if listed:
        # A request for the whole bucket may have no prefix, which no condition on it would match.
        condition: Conditions = {} if ANYTHING in listed else {"StringLike": {"s3:prefix": sorted(listed)}}
        statements.append(Statement(actions=_LIST_BUCKET, resources=(bucket_arn,), conditions=condition))
    return statements + _denials(verbs, bucket_arn, variables)


def _denials(verbs: Mapping[Folder, FolderVerbs], bucket_arn: str, variables: Mapping[str, str]) -> list[Statement]:
    """Deny in inner folders the actions that only an outer folder grants."""
    objects: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    inner_prefixes: set[str] = set()
    revealing: set[str] = set()
    for inner, may in verbs.items():
        for outer in (folder for folder in verbs if contains(folder, inner)):
            if is_around(outer, inner):
                # Its rules have `everyone` and include the inner folders.
                continue
            lost = verbs[outer].own - may.own
            _check_not_reopened(inner, lost, verbs)
            if actions := folder_actions(lost):
                objects[actions].add(f"{bucket_arn}/{inner.prefix(variables)}*")
            if Verb.LIST in lost:
                inner_prefixes.add(f"{inner.prefix(variables)}*")
                revealing.update(_prefixes_between(outer.prefix(variables), inner.prefix(variables)))
    statements = [
        Statement(actions=actions, resources=tuple(sorted(resources)), deny=True)
        for actions, resources in sorted(objects.items())
    ]
    if inner_prefixes:
        inside: Conditions = {"StringLike": {"s3:prefix": sorted(inner_prefixes)}}
        # Listing the outer folder without a delimiter would show the inner folder's keys.
        through: Conditions = {
            "StringEquals": {"s3:prefix": sorted(revealing)},
            "StringNotEquals": {"s3:delimiter": "/"},
        }
        statements += [
            Statement(actions=_LIST_BUCKET, resources=(bucket_arn,), conditions=inside, deny=True),
            Statement(actions=_LIST_BUCKET, resources=(bucket_arn,), conditions=through, deny=True),
        ]
    return statements


def _prefixes_between(outer: str, inner: str) -> list[str]:
    """Return every string that begins with `outer` and is a proper beginning of `inner`."""
    return [inner[:end] for end in range(len(outer), len(inner))]


def _check_not_reopened(folder: Folder, lost: frozenset[Verb], verbs: Mapping[Folder, FolderVerbs]) -> None:
    for deeper, may in verbs.items():
        if contains(folder, deeper) and (again := may.own & lost):
            raise ValueError(
                f"{str(deeper)!r} allows {', '.join(sorted(again))} again to a caller to whom {str(folder)!r} denies "
                "it, and an IAM Deny cannot be undone in an inner folder; move the inner folder"
            )
