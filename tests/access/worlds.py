"""A small world of tenants and people, and IAM in the plainest words, to hold what the compiler says against."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.access import Subject, allow
from constructs_lib.access.value_formats import Form

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.access import Statement

FORMS: Final = {
    "owner": Form.parse("[0-9]{4}"),
    "tenant": Form.parse("[a-z]{3,5}"),
    "department": Form.parse("[A-Z]{2}"),
}
VARIABLES: Final = {name: f"${{{name}}}" for name in FORMS}
ADMINS: Final = allow.group("admins")
_SIGNED_IN: Final = frozenset({allow.authenticated, allow.owner, allow.tenant, allow.claim("department")})


@dataclass(frozen=True, kw_only=True, eq=False)
class Person:
    """Somebody who sends requests: what they act as, and what is theirs; a claim may be missing."""

    subjects: frozenset[Subject]
    own: Mapping[str, str]


def person(owner: str, tenant: str | None, department: str | None, *groups: Subject) -> Person:
    own = {"owner": owner, "tenant": tenant, "department": department}
    return Person(subjects=_SIGNED_IN | {*groups}, own={name: value for name, value in own.items() if value})


PEOPLE: Final = (
    person("1111", "acme", "HR"),
    person("2222", "acme", "IT", ADMINS),
    # Whose name begins as another tenant's does.
    person("3333", "acm", "HR"),
    person("4444", "acm", "IT", ADMINS),
    person("5555", None, "HR"),
    person("6666", None, None, ADMINS),
    person("7777", "acme", None),
    Person(subjects=frozenset({allow.guest, allow.guest_owner}), own={"owner": "8888"}),
)
VALUES: Final = {"owner": ("1111", "3333", "6666"), "tenant": ("acme", "acm"), "department": ("HR", "IT")}


def allowed(statements: Sequence[Statement], who: Person, action: str, resource: str, **keys: Any) -> bool:
    """Return whether IAM lets a request through: some Allow, and no Deny."""
    matching = [each for each in statements if action in each.actions and _matches(each, who, resource, keys)]
    return bool(matching) and not any(each.deny for each in matching)


def _matches(statement: Statement, who: Person, resource: str, keys: Mapping[str, Any]) -> bool:
    return any(_like(each, who, resource) for each in statement.resources) and all(
        _holds(operator, wanted, who, keys.get(key))
        for operator, conditions in statement.conditions.items()
        for key, wanted in conditions.items()
    )


def _holds(operator: str, wanted: Any, who: Person, value: Any) -> bool:
    texts = [wanted] if isinstance(wanted, str) else list(wanted)
    if operator == "Null":
        return (value is None) is bool(wanted == "true")
    if operator == "StringEqualsIfExists":
        return value is None or any(_equal(text, who, str(value)) for text in texts)
    if operator == "StringNotEquals":
        return value is None or not any(_equal(text, who, value) for text in texts)
    match = {"StringEquals": _equal, "StringLike": _like}[operator.removeprefix("ForAllValues:")]
    if operator.startswith("ForAllValues:"):
        return all(any(match(text, who, each) for text in texts) for each in value or ())
    return value is not None and any(match(text, who, str(value)) for text in texts)


def _filled(text: str, who: Person) -> list[str] | None:
    """Split a text at the variables and fill them in; None where the person lacks one."""
    parts = re.split(r"\$\{(\w+)\}", text)
    if any(name not in who.own for name in parts[1::2]):
        return None
    return [who.own[part] if place % 2 else part for place, part in enumerate(parts)]


def _equal(text: str, who: Person, value: str) -> bool:
    filled = _filled(text, who)
    return filled is not None and "".join(filled) == value


def _like(text: str, who: Person, value: str) -> bool:
    pattern = _pattern(text, who)
    return pattern is not None and pattern.fullmatch(value) is not None


@cache
def _pattern(text: str, who: Person) -> re.Pattern[str] | None:
    filled = _filled(text, who)
    if filled is None:
        return None
    # What a variable stands for is no pattern.
    texts = [re.escape(part) for part in filled]
    texts[::2] = [each.replace(r"\*", ".*") for each in texts[::2]]
    return re.compile("".join(texts))
