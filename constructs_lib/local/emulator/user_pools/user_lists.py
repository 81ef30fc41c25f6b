"""Filtered, paginated lists of users, and updates of a group.

Source: `ListUsers` (API reference); "Searching for user attributes" (Amazon Cognito developer guide).
"""

import re
from collections.abc import Callable
from typing import Any, Final

from . import users
from .call_context import Call
from .emulator_interface import User
from .errors import RefusedError, invalid

_PAGE: Final = 60
_FILTER: Final = re.compile(r'\s*([\w:]+)\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*')
_SEARCHED: Final = frozenset(
    {
        "username", "email", "phone_number", "name", "given_name", "family_name", "preferred_username",
        "cognito:user_status", "status", "sub",
    }
)  # fmt: skip
"""The attributes that a filter may name; custom attributes cannot be searched."""


def list_users(call: Call) -> dict[str, Any]:
    """Handle `ListUsers`."""
    requested = call.data.get("AttributesToGet")
    if requested is not None:
        _refuse_unknown(call, requested)
    fits = _filter(call.data.get("Filter"))
    found = [user for user in call.pool["_users"].values() if fits(user)]
    shown, following = _page(found, call.data.get("Limit"), call.data.get("PaginationToken"))
    readable = None if requested is None else frozenset(requested)
    return {"Users": [users.public(user, readable=readable) for user in shown]} | (
        {"PaginationToken": following} if following else {}
    )


def list_users_in_group(call: Call) -> dict[str, Any]:
    """Handle `ListUsersInGroup`."""
    name = call.data["GroupName"]
    if name not in call.pool["_groups"]:
        raise RefusedError("ResourceNotFoundException", "Group not found.")
    found = [user for user in call.pool["_users"].values() if name in (user.get("_groups") or [])]
    shown, following = _page(found, call.data.get("Limit"), call.data.get("NextToken"))
    return {"Users": [users.public(user) for user in shown]} | ({"NextToken": following} if following else {})


def update_group(call: Call) -> dict[str, Any]:
    """Handle `UpdateGroup`: omitted settings stay unchanged."""
    group = call.pool["_groups"].get(call.data["GroupName"])
    if group is None:
        raise RefusedError("ResourceNotFoundException", "Group not found.")
    group |= {name: call.data[name] for name in ("Description", "RoleArn", "Precedence") if name in call.data}
    group["LastModifiedDate"] = call.now
    return {"Group": {name: value for name, value in group.items() if not name.startswith("_")}}


def _refuse_unknown(call: Call, names: list[str]) -> None:
    known = {each["Name"] for each in call.pool["SchemaAttributes"]}
    if not set(names) <= known:
        raise invalid("One or more requested attributes do not exist.")


def _page(found: list[User], limit: Any, token: Any) -> tuple[list[User], str | None]:
    try:
        start = int(token) if token else 0
    except ValueError as error:
        raise invalid("Invalid pagination token.") from error
    size = _PAGE if limit is None else min(int(limit) or _PAGE, _PAGE)
    following = start + size
    return found[start:following], str(following) if following < len(found) else None


def _filter(text: Any) -> Callable[[User], bool]:
    if not text:
        return lambda _: True
    parsed = _FILTER.fullmatch(text)
    if parsed is None:
        raise invalid("Error while parsing filter.")
    name, operator, value = parsed.group(1), parsed.group(2), re.sub(r"\\(.)", r"\1", parsed.group(3))
    if name not in _SEARCHED:
        raise invalid("Invalid search attribute: " + name)

    def fits(user: User) -> bool:
        actual = _searched(user, name)
        if actual is None:
            return False
        if name not in ("username", "status", "sub", "cognito:user_status"):
            actual, requested = actual.casefold(), value.casefold()
        else:
            requested = value
        return actual.startswith(requested) if operator == "^=" else actual == requested

    return fits


def _searched(user: User, name: str) -> str | None:
    if name == "username":
        return str(user["Username"])
    if name == "status":
        return "Enabled" if user.get("Enabled", True) else "Disabled"
    if name == "cognito:user_status":
        return str(user["UserStatus"])
    return users.attributes(user).get(name)
