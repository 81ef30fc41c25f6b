"""Checks of rules for rows: rules that would widen access implicitly, or that no caller could use."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.access import Rule, SubjectKind, allow
from constructs_lib.access.folder_checks import check_subject_at
from constructs_lib.access.folders import ONLY_OWNERS
from constructs_lib.access.language import OWNER, OWNERS, caller_of, everyone_options
from constructs_lib.access.partition_keys import OWNER_KEY, KeyTemplate
from constructs_lib.access.row_policies import attribute_actions
from constructs_lib.actions import DYNAMODB_BATCH_WRITE, DYNAMODB_VERBS, Verb, actions_of
from constructs_lib.database.index import Index, key_name
from constructs_lib.duplicates import check_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from constructs_lib.access.value_formats import Form
    from constructs_lib.auth import Auth

_OWNER_ID: Final = re.compile(r"([\w-]+:)?[0-9a-f]+(-[0-9a-f]+)+")
"""An identity ID (`us-east-1:` and a UUID) or a `sub` (a UUID), as in botocore's pattern for identity IDs."""


def check_rows(
    access: Iterable[Rule],
    partitions: Mapping[str, Sequence[Rule]],
    key: KeyTemplate = OWNER_KEY,
    forms: Mapping[str, Form] = ONLY_OWNERS,
) -> None:
    """Check the rules of a table.

    `partitions` are the rules for rows without an owner, by partition key.

    Raises:
        ValueError: For a rule that would implicitly open other owners' rows or a partition, or a partition that could
            have an owner.
    """
    check_once("access", access)
    for partition, rules in partitions.items():
        check_once(f"partitions[{partition!r}]", rules)
    for rule in access:
        _check_subject(f"key={key.text!r}", key, rule)
        if key.owned and rule.subject.kind not in OWNERS and not rule.everyone:
            raise ValueError(
                f"the rule for {rule.subject} would open every owner's rows; write allow.{rule.subject}.to(..., "
                f"{everyone_options(key.claims)}) if this is intended, or use allow.owner"
            )
        if isinstance(rule.everyone, str) and key.kept_by(rule) == len(key.placeholders):
            raise ValueError(
                f"everyone={rule.everyone!r} at key={key.text!r} has no effect, because a rule there already applies "
                f"to the caller's own {rule.everyone}; remove it, or write everyone=True to open the rows of every "
                f"{rule.everyone}"
            )
    for partition, rules in partitions.items():
        if not partition or "${" in partition or _OWNER_ID.fullmatch(partition) or key.may_be(partition, forms):
            whose = "an owner" if key.owned else f"a {key.placeholders[-1]}"
            raise ValueError(
                f"partition {partition!r} could be the key of {whose}; use a plain word, such as "
                f"{_ownerless_partition(key, forms)!r}"
            )
        if "*" in partition or "?" in partition:
            raise ValueError(
                f"partition {partition!r} has a wildcard, and IAM compares keys character by character; name each "
                "partition, such as 'public', or move the rule to access with everyone=True"
            )
        for rule in rules:
            _check_partition_rule(partition, rule)
        _check_beside(partition, rules, access)


def check_index(
    index: Index,
    key: KeyTemplate,
    access: Iterable[Rule],
    table_key: KeyTemplate,
    key_attributes: Sequence[str],
) -> None:
    """Check the rules of an index with a separate key.

    Every write of some attributes includes the table's key attributes.

    Raises:
        ValueError: For a rule that would implicitly show other owners' rows, or a table whose users write the index's
            key: IAM cannot limit the values that a user writes into an attribute.
    """
    place = f"index {index.name!r} with key={key.text!r}"
    narrower = [name for name in table_key.placeholders if name not in key.placeholders]
    for rule in index.access:
        _check_subject(place, key, rule)
        if (narrower or (key.owned and rule.subject.kind not in OWNERS)) and not rule.everyone:
            raise ValueError(
                f"the rule for {rule.subject} at {place} would open the rows of every {(narrower or [OWNER])[-1]}; "
                f"write allow.{rule.subject}.to('list', {everyone_options(key.claims)}) if this is intended, or "
                "remove the rule"
            )
        if isinstance(rule.everyone, str) and key.kept_by(rule) == len(key.placeholders) and not narrower:
            raise ValueError(
                f"everyone={rule.everyone!r} at {place} has no effect, because each row there already has the "
                "caller's value; remove it"
            )
    attribute = key_name(index.partition_key or "")
    if attribute == key_attributes[0]:
        raise ValueError(f"{place} has the table's own partition key {attribute!r}; name another attribute")
    for rule in access:
        named = {*key_attributes, *rule.attributes} if rule.attributes else {attribute}
        writes = Verb.WRITE in rule.verbs and attribute in named
        if writes and rule.subject.kind is not SubjectKind.FUNCTION:
            raise ValueError(
                f"the rule for {rule.subject} allows them to write {attribute!r}, the key of {place}, so they could "
                "assign rows to other owners; use a function to write it, or name the attributes that they can write"
            )


def opened_rows(
    access: Sequence[Rule], auth: Auth, key_attributes: Sequence[str], key: KeyTemplate = OWNER_KEY
) -> list[dict[str, Any]]:
    """Return the access to other owners' rows that rules open, to declare it in the template.

    Every request names the table's key attributes.
    """
    opened = []
    for subjects, _ in auth.callers():
        verbs_by: dict[tuple[int, tuple[str, ...]], frozenset[Verb]] = {}
        for rule in access:
            if rule.subject in subjects and rule.everyone:
                what = key.kept_by(rule), tuple(sorted(rule.attributes))
                verbs_by[what] = verbs_by.get(what, frozenset()) | rule.verbs
        for (kept, attributes), verbs in sorted(verbs_by.items()):
            names = [*key_attributes, *(each for each in attributes if each not in key_attributes)]
            opened.append(
                {
                    "place": key.value(auth.variables),
                    "caller": caller_of(subjects),
                    "actions": attribute_actions(verbs) if attributes else _row_actions(verbs),
                    **({"attributes": names} if attributes else {}),
                    **({"within": list(key.placeholders[:kept])} if kept else {}),
                }
            )
    return opened


def _row_actions(verbs: frozenset[Verb]) -> list[str]:
    actions = {*actions_of(DYNAMODB_VERBS, verbs)}
    if {Verb.WRITE, Verb.DELETE} <= verbs:
        actions.add(DYNAMODB_BATCH_WRITE)
    return sorted(actions)


def _check_subject(place: str, key: KeyTemplate, rule: Rule) -> None:
    check_subject_at(
        place,
        key.placeholders,
        rule,
        with_owner=f"key={key.text + '#{owner}'!r}",
        with_claim=f"key={f'{{{rule.subject.name}}}#{key.text}'!r}",
    )


def _ownerless_partition(key: KeyTemplate, forms: Mapping[str, Form]) -> str:
    """Return a partition name that cannot be an owner's key."""
    return next((word for word in ("public", "PUBLIC") if not key.may_be(word, forms)), "#public")


def _check_beside(partition: str, rules: Sequence[Rule], access: Iterable[Rule]) -> None:
    """Refuse a rule for the rows of every owner that would open a partition beside them: IAM cannot exclude one."""
    for rule in access:
        if rule.everyone is True and rule.subject.kind is not SubjectKind.FUNCTION and not _includes(rules, rule):
            raise ValueError(
                f"{rule} in access would also open partition {partition!r}; add {replace(rule, everyone=False)} to "
                "the partition if this is intended, or use another table"
            )


def _includes(rules: Iterable[Rule], wide: Rule) -> bool:
    """Return whether the rules of a partition grant what a rule for every row of the table grants."""
    who = {wide.subject, allow.authenticated} if wide.subject.kind is SubjectKind.GROUP else {wide.subject}
    granting = [each for each in rules if each.subject in who]
    verbs = (each.verbs for each in granting if not each.attributes or set() < wide.attributes <= each.attributes)
    return wide.verbs <= frozenset[Verb]().union(*verbs)


def _check_partition_rule(key: str, rule: Rule) -> None:
    if rule.subject.kind in OWNERS:
        raise ValueError(
            f"partition {key!r} has a rule for allow.{rule.subject}, but no owner; name who can access it, or move "
            "the rule to access"
        )
    if rule.subject.kind is SubjectKind.CLAIM:
        raise ValueError(
            f"partition {key!r} has a rule for allow.{rule.subject}, but not its placeholder; use "
            "allow.authenticated, or a key with the claim in it"
        )
    if rule.everyone:
        raise ValueError(
            f"everyone=True on partition {key!r} has no effect, because the partition has no owners; remove it"
        )
