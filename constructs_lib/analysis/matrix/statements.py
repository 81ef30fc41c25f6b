"""Statements in policy notation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.policies import Statement

_SPELLED: Final = {
    word.lower(): word
    for word in (
        "ForAllValues", "ForAnyValue", "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike", "ArnEquals", "ArnLike", "ArnNotEquals",
        "ArnNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
        "NumericGreaterThan", "NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan",
        "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress",
        "NotIpAddress", "Null", "dynamodb:LeadingKeys", "dynamodb:Attributes", "dynamodb:Select",
        "aws:SecureTransport", "aws:SourceIp", "s3:TlsVersion",
    )
}  # fmt: skip
"""Names in their documented case: policies are parsed in lower case."""


def written(statement: Statement) -> str:
    """Return a statement as indented JSON."""
    return json.dumps(_document(statement), indent=2, ensure_ascii=False)


def _document(statement: Statement) -> dict[str, Any]:
    """Return a statement as a policy writes it."""
    conditions: dict[str, dict[str, list[str]]] = {}
    for each in statement.conditions:
        qualifier = f"{_spelled(each.qualifier)}:" if each.qualifier else ""
        name = f"{qualifier}{_spelled(each.operator)}{'IfExists' if each.if_exists else ''}"
        conditions.setdefault(name, {})[_spelled(each.key)] = list(each.values)
    document = {
        "Sid": statement.sid,
        "Effect": "Allow" if statement.allow else "Deny",
        "Principal": [f"{kind}: {value}" for kind, value in statement.principals],
        "Action": list(statement.actions),
        "NotAction": list(statement.not_actions),
        "Resource": list(statement.resources),
        "NotResource": list(statement.not_resources),
        "Condition": conditions,
    }
    return {key: value for key, value in document.items() if value}


def _spelled(word: str) -> str:
    return _SPELLED.get(word, word)
