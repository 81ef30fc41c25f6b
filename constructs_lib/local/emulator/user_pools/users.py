"""Users of a pool: lookup by name or alias, and attributes as a table.

Source: "Aliases" and "Specifying user pool sign-in attributes" (Amazon Cognito developer guide).
"""

from collections.abc import Mapping
from typing import Any, Final

from .emulator_interface import Client, Pool, User
from .errors import RefusedError, not_authorized

VERIFIED: Final = {"email": "email_verified", "phone_number": "phone_number_verified"}
"""The attributes that a code can be sent to, each with its verification attribute."""


def attributes(user: User) -> dict[str, str]:
    """Return a user's attributes as a table."""
    return {each["Name"]: each.get("Value", "") for each in user.get("Attributes") or []}


def set_attributes(user: User, table: Mapping[str, str], now: float) -> None:
    """Replace a user's attributes."""
    user["Attributes"] = [{"Name": name, "Value": value} for name, value in table.items()]
    user["UserLastModifiedDate"] = now


def sub(user: User) -> str:
    """Return a user's `sub`."""
    return attributes(user)["sub"]


def client_of(pool: Pool, client_id: Any) -> Client | None:
    """Return an app client of a pool, or None."""
    found: Client | None = pool["_clients"].get(client_id)
    return found


def same_name(pool: Pool, one: str, other: str) -> bool:
    """Return whether two names are equal under the pool's case sensitivity."""
    if (pool.get("UsernameConfiguration") or {}).get("CaseSensitive") is False:
        return one.casefold() == other.casefold()
    return one == other


def is_verified(user: User, name: str) -> bool:
    """Return whether a user's e-mail address or number is verified."""
    return attributes(user).get(VERIFIED[name], "").lower() == "true"


def set_verified(user: User, name: str, now: float, *, verified: bool = True) -> None:
    """Mark an address or number as verified, or as not."""
    set_attributes(user, attributes(user) | {VERIFIED[name]: str(verified).lower()}, now)


def find(pool: Pool, name: Any, *, by_sub: bool = True) -> User | None:
    """Return the user with a name, an alias or, with `by_sub`, a `sub`; None if there is none.

    An e-mail address or number that is an alias must be verified. One that is the pool's sign-in name is valid from the
    start, and after a change only once it is verified again.
    """
    if not isinstance(name, str) or not name:
        return None
    exact: User | None = pool["_users"].get(name)
    if exact is not None:
        return exact
    for user in list(pool["_users"].values()):
        if same_name(pool, user["Username"], name) or (by_sub and attributes(user).get("sub") == name):
            return user  # type: ignore[no-any-return] # a record of MiniStack's
    return _by_alias(pool, name)


def _by_alias(pool: Pool, name: str) -> User | None:
    signing_in = set(pool.get("UsernameAttributes") or [])
    aliases = signing_in | set(pool.get("AliasAttributes") or [])
    for user in list(pool["_users"].values()):
        table = attributes(user)
        for alias in aliases:
            value = table.get(alias)
            if value is None or not same_name(pool, value, name):
                continue
            original = alias in signing_in and user.get("_signs_in_as") == value
            if alias not in VERIFIED or is_verified(user, alias) or original:
                return user  # type: ignore[no-any-return] # a record of MiniStack's
    return None


def holder(pool: Pool, alias: str, value: str, *, ignoring: User | None = None) -> User | None:
    """Return the user, except the ignored one, whose alias this value of an attribute is; None if there is none."""
    signing_in = alias in (pool.get("UsernameAttributes") or [])
    if not signing_in and alias not in (pool.get("AliasAttributes") or []):
        return None
    for user in list(pool["_users"].values()):
        if user is ignoring or not same_name(pool, attributes(user).get(alias, ""), value):
            continue
        if signing_in or alias not in VERIFIED or is_verified(user, alias):
            return user  # type: ignore[no-any-return] # a record of MiniStack's
    return None


def refuse_taken(pool: Pool, table: Mapping[str, str], *, ignoring: User | None, verified: bool) -> None:
    """Refuse attributes that are aliases of another user; with `verified`, addresses and numbers are verified at once.

    Raises:
        RefusedError: `AliasExistsException`.
    """
    for alias, value in table.items():
        if alias in VERIFIED and alias not in (pool.get("UsernameAttributes") or []) and not verified:
            continue  # it becomes an alias only after verification, and is compared then
        if value and holder(pool, alias, value, ignoring=ignoring) is not None:
            raise alias_exists(alias)


def alias_exists(alias: str) -> RefusedError:
    """Return the error of an alias that another user has."""
    return RefusedError("AliasExistsException", f"An account with the given {alias} already exists.")


def hides_user_existence(client: Client) -> bool:
    """Return whether a client must not disclose which users exist."""
    return bool(client.get("PreventUserExistenceErrors") == "ENABLED")


def refuse_disabled(user: User) -> None:
    """Refuse a user that an administrator disabled."""
    if not user.get("Enabled", True):
        raise not_authorized("User is disabled.")


def public(user: User, *, readable: frozenset[str] | None = None) -> dict[str, Any]:
    """Return a user in the form of the API's `UserType`, with the readable attributes only, or with all."""
    return {
        "Username": user["Username"],
        "Attributes": [each for each in user.get("Attributes") or [] if readable is None or each["Name"] in readable],
        "UserCreateDate": user["UserCreateDate"],
        "UserLastModifiedDate": user["UserLastModifiedDate"],
        "Enabled": user.get("Enabled", True),
        "UserStatus": user["UserStatus"],
    }
