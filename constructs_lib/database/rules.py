"""Rules about rows that would widen somebody's access unsaid, or that no caller could ever use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.access import Rule, SubjectKind
from constructs_lib.access.language import caller_of
from constructs_lib.actions import DYNAMODB_BATCH_WRITE, DYNAMODB_VERBS, Verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from constructs_lib.auth import Auth

_OWNERS: Final = {SubjectKind.OWNER, SubjectKind.GUEST_OWNER}
_OWNER_ID: Final = re.compile(r"([\w-]+:)?[0-9a-f]+(-[0-9a-f]+)+")
"""An identity ID (`us-east-1:` and a UUID) or a `sub` (a UUID), as botocore's pattern for identity IDs has it."""


def check_rows(access: Iterable[Rule], partitions: Mapping[str, Sequence[Rule]]) -> None:
    """Check the rules of a table.

    Raises:
        ValueError: For a rule that would silently open every owner's rows, or a partition that could be an owner's.
    """
    for rule in access:
        if isinstance(rule.everyone, str):
            raise ValueError(f"everyone={rule.everyone!r} is for folders: a row's key names its owner alone")  # noqa: TRY004 - a bad value
        if rule.subject.kind not in _OWNERS and not rule.everyone:
            raise ValueError(
                f"the rule for {rule.subject} would open every owner's rows: if that is meant say "
                f"allow.{rule.subject}.to(..., everyone=True), else use allow.owner"
            )
    for key, rules in partitions.items():
        if not key or "${" in key or _OWNER_ID.fullmatch(key):
            raise ValueError(f"partition {key!r} could be an owner's; use a plain word, such as 'public'")
        if "*" in key or "?" in key:
            raise ValueError(
                f"partition {key!r} has a wildcard, and IAM compares keys letter by letter; name each partition, such "
                "as 'public', or move the rule to access with everyone=True"
            )
        for rule in rules:
            _check_partition_rule(key, rule)


def opened_rows(access: Sequence[Rule], auth: Auth) -> list[dict[str, Any]]:
    """Return which callers may do what with every owner's rows, for the template to say that it is meant.

    A rule about some attributes is left out: IAM holds it to them, and the proof speaks of rows.
    """
    opened = []
    for subjects, _ in auth.callers():
        meant = [rule for rule in access if rule.subject in subjects and rule.everyone and not rule.attributes]
        verbs = frozenset(verb for rule in meant for verb in rule.verbs)
        actions = {action for verb in verbs for action in DYNAMODB_VERBS[verb]}
        if {Verb.WRITE, Verb.DELETE} <= verbs:
            actions.add(DYNAMODB_BATCH_WRITE)
        if actions:
            opened.append({"place": auth.owner_variable, "caller": caller_of(subjects), "actions": sorted(actions)})
    return opened


def _check_partition_rule(key: str, rule: Rule) -> None:
    if rule.subject.kind in _OWNERS:
        raise ValueError(
            f"partition {key!r} has a rule for its {rule.subject}, but nobody owns it: name who may reach it, "
            "or move the rule to access"
        )
    if rule.everyone:
        raise ValueError(f"everyone=True on partition {key!r} says nothing: it has no owners; leave it out")
