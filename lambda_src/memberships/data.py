"""The table of memberships.

Partition key `person`, sort key `entry`:

- `SUB`, `TENANT`: a membership, with `tenant`, `role`, `since` and, for an invited member, `email`, `username`.
- `SUB`, `#active`: the tenant the person chose, `chosen`.
- `#TENANT`, `#tenant`: a tenant, with the number of its administrators, `admins`, which protects the last one.

Index `by-tenant` (`tenant`, `person`) has the memberships alone. No tenant's name and no `sub` contains `#`.
"""

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import boto3
from boto3.dynamodb.conditions import Key

__all__ = [
    "ConflictError",
    "LastError",
    "Person",
    "add",
    "change",
    "choose",
    "create_tenant",
    "forget_choice",
    "members",
    "person",
    "remove",
]

_ACTIVE: Final = "#active"
_TENANT: Final = "#tenant"
_PAGE: Final = 100


class ConflictError(Exception):
    """The item exists already, or was changed since it was read."""


class LastError(Exception):
    """The write would leave a tenant without an administrator."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """The items of a person.

    Args:
        memberships: Their memberships, by tenant.
        chosen: The tenant they chose last, even if they are no longer a member; None before the first choice.
    """

    memberships: Mapping[str, Mapping[str, Any]]
    chosen: str | None


def person(sub: str) -> Person:
    """Return the current items of a person."""
    rows = _every(KeyConditionExpression=Key("person").eq(sub), ConsistentRead=True)
    chosen = next((row["chosen"] for row in rows if row["entry"] == _ACTIVE), None)
    memberships = {row["entry"]: row for row in rows if row.get("tenant") == row["entry"]}
    return Person(memberships=memberships, chosen=chosen)


def members(tenant: str, *, after: str | None) -> tuple[list[dict[str, Any]], str | None]:
    """Return up to a hundred memberships of a tenant and the `after` of the next page, if there is one."""
    start = {"ExclusiveStartKey": {"tenant": tenant, "person": after, "entry": tenant}} if after else {}
    page = _table().query(IndexName="by-tenant", KeyConditionExpression=Key("tenant").eq(tenant), Limit=_PAGE, **start)
    last = page.get("LastEvaluatedKey")
    return page["Items"], last["person"] if last else None


def create_tenant(tenant: str, *, first: Mapping[str, Any], role: str) -> None:
    """Create a tenant, and make its first administrator a member.

    Args:
        tenant: Its name.
        first: The administrator: `person`, `since` and any further attributes.
        role: The role of administrators.

    Raises:
        ConflictError: For a name that is taken.
    """
    _write(
        _put({"person": f"#{tenant}", "entry": _TENANT, "admins": 1}, new=True),
        _put(_membership(tenant, first, role), new=True),
    )


def add(tenant: str, *, member: Mapping[str, Any], role: str, administers: bool) -> None:
    """Make a person a member.

    Raises:
        ConflictError: For a person who is a member already.
    """
    put = _put(_membership(tenant, member, role), new=True)
    _write(put, *([_count(tenant, 1)] if administers else []))


def change(tenant: str, sub: str, *, role: str, to: str, administers: tuple[bool, bool]) -> None:
    """Change a member's role.

    Args:
        tenant: The tenant.
        sub: The member.
        role: The current role.
        to: The new role.
        administers: Whether the old and the new role administer the tenant.

    Raises:
        LastError: For the last administrator.
        ConflictError: For a member whose role has changed since.
    """
    update = {
        "Key": {"person": sub, "entry": tenant},
        "UpdateExpression": "SET #role = :to",
        "ConditionExpression": "#role = :role",
        "ExpressionAttributeNames": {"#role": "role"},
        "ExpressionAttributeValues": {":role": role, ":to": to},
    }
    step = administers[1] - administers[0]
    _write({"Update": update}, *([_count(tenant, step)] if step else []))


def remove(tenant: str, sub: str, *, role: str, administers: bool) -> None:
    """Remove a member from a tenant.

    Raises:
        LastError: For the last administrator.
        ConflictError: For a person who is no longer a member, or whose role has changed since.
    """
    delete = {
        "Key": {"person": sub, "entry": tenant},
        "ConditionExpression": "#role = :role",
        "ExpressionAttributeNames": {"#role": "role"},
        "ExpressionAttributeValues": {":role": role},
    }
    _write({"Delete": delete}, *([_count(tenant, -1)] if administers else []))


def choose(tenant: str, sub: str) -> None:
    """Set the active tenant of a member.

    Raises:
        ConflictError: For a person who is no longer a member.
    """
    member = {"Key": {"person": sub, "entry": tenant}, "ConditionExpression": "attribute_exists(person)"}
    _write({"ConditionCheck": member}, _put({"person": sub, "entry": _ACTIVE, "chosen": tenant}, new=False))


def forget_choice(sub: str) -> None:
    """Delete a person's choice: they have no active tenant until they choose one."""
    _table().delete_item(Key={"person": sub, "entry": _ACTIVE})


def _membership(tenant: str, member: Mapping[str, Any], role: str) -> dict[str, Any]:
    return {**member, "entry": tenant, "tenant": tenant, "role": role}


def _put(item: Mapping[str, Any], *, new: bool) -> dict[str, Any]:
    condition = {"ConditionExpression": "attribute_not_exists(person)"} if new else {}
    return {"Put": {"Item": item, **condition}}


def _count(tenant: str, step: int) -> dict[str, Any]:
    """Return the update of a tenant's number of administrators, which never goes below one."""
    return {
        "Update": {
            "Key": {"person": f"#{tenant}", "entry": _TENANT},
            "UpdateExpression": "SET admins = admins + :step",
            "ConditionExpression": "admins > :least",
            "ExpressionAttributeValues": {":step": step, ":least": 1 if step < 0 else 0},
        }
    }


def _write(*writes: dict[str, Any]) -> None:
    """Write all items in one transaction.

    Raises:
        LastError: If the condition on the number of administrators is the only one that fails.
        ConflictError: If any other condition fails.
    """
    client = _table().meta.client
    named = [{kind: {"TableName": _table().name, **body} for kind, body in write.items()} for write in writes]
    try:
        client.transact_write_items(TransactItems=named)
    except client.exceptions.TransactionCanceledException as error:
        failed = [reason.get("Code", "None") != "None" for reason in error.response["CancellationReasons"]]
        counted = [":least" in str(write) for write in writes]
        if failed == counted:
            raise LastError from error
        raise ConflictError from error


def _every(**query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    start: dict[str, Any] = {}
    while True:
        page = _table().query(**query, **start)
        found += page["Items"]
        if "LastEvaluatedKey" not in page:
            return found
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


@functools.cache
def _table() -> Any:
    return boto3.resource("dynamodb").Table(os.environ["MEMBERSHIPS_TABLE"])
