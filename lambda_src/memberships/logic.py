"""Operations on memberships and their permissions, independent of the event format."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from memberships import data, directory
from memberships.tokens import MEMBER

__all__ = [
    "RefusedError",
    "Settings",
    "change",
    "choose",
    "create_tenant",
    "invite",
    "leave",
    "list_own",
    "members",
    "remove",
]

_PART: Final = r"[^\s\x00-\x1f\x7f\ud800-\udfff@<>()\",;:\\]+"
_EMAIL: Final = re.compile(rf"(?=.{{3,128}}$){_PART}@{_PART}")
"""A user name of Cognito has at most 128 characters."""
_SUB: Final = re.compile(r"[\w-]{1,128}", re.ASCII)


class RefusedError(Exception):
    """A refused request.

    Args:
        status: The HTTP status.
        message: The message for the caller.
    """

    def __init__(self, status: HTTPStatus, message: str) -> None:
        """Store the status and the message."""
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Settings of the app.

    Args:
        form: The regular expression that tenant names must match.
        roles: The roles in addition to `member`.
        administrators: The role that may manage the members of its tenant.
    """

    form: str
    roles: frozenset[str]
    administrators: str


def list_own(caller: str) -> dict[str, Any]:
    """Return the caller's memberships, and the tenant their next token names."""
    person = data.person(caller)
    active = person.chosen if person.chosen in person.memberships else None
    own = sorted(person.memberships.values(), key=lambda each: str(each["tenant"]))
    return {"active": active, "memberships": [_shown(each, "tenant") for each in own]}


def choose(caller: str, tenant: Any) -> dict[str, Any]:
    """Set which of the caller's tenants their next token names."""
    if not isinstance(tenant, str) or tenant not in data.person(caller).memberships:
        raise RefusedError(HTTPStatus.FORBIDDEN, "you are not a member of this tenant")
    try:
        data.choose(tenant, caller)
    except data.ConflictError as error:
        raise RefusedError(HTTPStatus.FORBIDDEN, "you are not a member of this tenant") from error
    return {"active": tenant}


def create_tenant(settings: Settings, caller: str, tenant: Any, email: Any) -> dict[str, Any]:
    """Create a tenant; its first administrator is the caller, or the holder of `email` if one is given."""
    if not isinstance(tenant, str) or not re.fullmatch(settings.form, tenant, re.ASCII):
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"a tenant's name must be of the form {settings.form}")
    first = {"person": caller, "since": _now()} if email is None else _invited(email)[0]
    try:
        data.create_tenant(tenant, first=first, role=settings.administrators)
    except data.ConflictError as error:
        raise RefusedError(HTTPStatus.CONFLICT, "this name is taken") from error
    return {"tenant": tenant, "administrator": first["person"]}


def members(settings: Settings, caller: str, tenant: str, after: str | None) -> dict[str, Any]:
    """Return a page of a tenant's members, and the `after` of the next page or None."""
    _check_administrator(settings, caller, tenant)
    if after is not None and not _SUB.fullmatch(after):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "after must be the `next` of an earlier response")
    found, following = data.members(tenant, after=after)
    return {"members": [_shown(each, "person", "email") for each in found], "next": following}


def invite(settings: Settings, caller: str, tenant: str, email: Any, role: Any) -> dict[str, Any]:
    """Make the holder of an address a member; the tenant becomes active once they choose it.

    An account created for the invitation starts with this choice, unless it is invited again before its first use.
    """
    _check_administrator(settings, caller, tenant)
    given = _role(settings, role)
    member, account = _invited(email)
    try:
        data.add(tenant, member=member, role=given, administers=given == settings.administrators)
    except (data.ConflictError, data.LastError) as error:
        raise RefusedError(HTTPStatus.CONFLICT, "this person is already a member") from error
    if account.is_new:
        # A member who was removed in the meantime has no active tenant.
        with suppress(data.ConflictError):
            data.choose(tenant, account.sub)
    elif account.is_unused:
        # Two tenants have invited an account that was never used: its holder must choose one.
        data.forget_choice(account.sub)
    return {"person": account.sub, "email": member["email"], "role": given}


def change(settings: Settings, caller: str, tenant: str, person: str, role: Any) -> None:
    """Change a member's role, and sign them out, so that no refreshed token carries the old role."""
    _check_administrator(settings, caller, tenant)
    given, membership = _role(settings, role), _membership(person, tenant)
    if given == membership["role"]:
        return
    administers = (membership["role"] == settings.administrators, given == settings.administrators)
    with _Refusals():
        data.change(tenant, person, role=membership["role"], to=given, administers=administers)
    _sign_out(person, membership)


def remove(settings: Settings, caller: str, tenant: str, person: str) -> None:
    """Remove a member from a tenant, and sign them out, so that no refreshed token names the tenant."""
    _check_administrator(settings, caller, tenant)
    _remove(settings, tenant, person, _membership(person, tenant))


def leave(settings: Settings, caller: str, tenant: str) -> None:
    """Remove the caller from a tenant."""
    _remove(settings, tenant, caller, _membership(caller, tenant))


def _remove(settings: Settings, tenant: str, person: str, membership: Mapping[str, Any]) -> None:
    role = membership["role"]
    with _Refusals():
        data.remove(tenant, person, role=role, administers=role == settings.administrators)
    _sign_out(person, membership)


def _sign_out(person: str, membership: Mapping[str, Any]) -> None:
    directory.sign_out(person, membership.get("username"))


def _check_administrator(settings: Settings, caller: str, tenant: str) -> None:
    """Check the role in the table, because a token may be an hour old."""
    membership = data.person(caller).memberships.get(tenant)
    if membership is None or membership["role"] != settings.administrators:
        raise RefusedError(HTTPStatus.FORBIDDEN, "only administrators of this tenant may do this")


def _membership(person: str, tenant: str) -> Mapping[str, Any]:
    membership = data.person(person).memberships.get(tenant) if _SUB.fullmatch(person) else None
    if membership is None:
        raise RefusedError(HTTPStatus.NOT_FOUND, "there is no such member")
    return membership


def _invited(email: Any) -> tuple[dict[str, Any], directory.Account]:
    # Non-ASCII letters, such as the Kelvin sign, could become another address in lower case; mail needs none.
    if not isinstance(email, str) or not _EMAIL.fullmatch(email) or not email.isascii():
        raise RefusedError(HTTPStatus.BAD_REQUEST, "email must be an address such as ann@example.com")
    address = email.lower()
    try:
        account = directory.invite(address)
    except directory.NotVerifiedError as error:
        message = "this address is not verified; ask its holder to sign in and verify it"
        raise RefusedError(HTTPStatus.CONFLICT, message) from error
    except directory.NoAddressError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "this address cannot be invited") from error
    member = {"person": account.sub, "email": address, "username": account.username, "since": _now()}
    return member, account


def _role(settings: Settings, role: Any) -> str:
    if role is None:
        return MEMBER
    if not isinstance(role, str) or role not in settings.roles | {MEMBER}:
        known = ", ".join(sorted(settings.roles | {MEMBER}))
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"role must be one of {known}")
    return role


class _Refusals:
    """Converts errors of the table into refusals."""

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        """Raise the refusal for a table error."""
        if isinstance(error, data.LastError):
            raise RefusedError(HTTPStatus.CONFLICT, "a tenant must have an administrator; add another one first")
        if isinstance(error, data.ConflictError):
            raise RefusedError(HTTPStatus.CONFLICT, "this member was changed by another request; read it again")


def _shown(membership: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: membership.get(name) for name in (*names, "role", "since")}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
