"""Who may do what with memberships; knows no event."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from memberships import data, directory
from memberships.tokens import MEMBER

__all__ = ["RefusedError", "Settings", "change", "choose", "found", "invite", "leave", "list_own", "members", "remove"]

_PART: Final = r"[^\s\x00-\x1f\x7f\ud800-\udfff@<>()\",;:\\]+"
_EMAIL: Final = re.compile(rf"(?=.{{3,128}}$){_PART}@{_PART}")
"""A user name of Cognito has at most 128 characters."""
_SUB: Final = re.compile(r"[\w-]{1,128}", re.ASCII)


class RefusedError(Exception):
    """A request that is not granted.

    Args:
        status: HTTP's status.
        message: What the caller may know.
    """

    def __init__(self, status: HTTPStatus, message: str) -> None:
        """Keep both."""
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What the app decided.

    Args:
        form: What the names of tenants look like, as a regular expression.
        roles: What a member may be besides `member`.
        administrators: The role of those who look after their tenant's members.
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
    """Make a tenant of the caller's the one that their next token names."""
    if not isinstance(tenant, str) or tenant not in data.person(caller).memberships:
        raise RefusedError(HTTPStatus.FORBIDDEN, "you are no member of this tenant")
    try:
        data.choose(tenant, caller)
    except data.ConflictError as error:
        raise RefusedError(HTTPStatus.FORBIDDEN, "you are no member of this tenant") from error
    return {"active": tenant}


def found(settings: Settings, caller: str, tenant: Any, email: Any) -> dict[str, Any]:
    """Make a tenant; its first administrator is the caller, or whoever has the address if one is given."""
    if not isinstance(tenant, str) or not re.fullmatch(settings.form, tenant, re.ASCII):
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"a tenant's name must be of the form {settings.form}")
    first = {"person": caller, "since": _now()} if email is None else _invited(email)[0]
    try:
        data.found(tenant, first=first, role=settings.administrators)
    except data.ConflictError as error:
        raise RefusedError(HTTPStatus.CONFLICT, "this name is taken") from error
    return {"tenant": tenant, "administrator": first["person"]}


def members(settings: Settings, caller: str, tenant: str, after: str | None) -> dict[str, Any]:
    """Return a page of a tenant's members, and the `after` of the next page or None."""
    _check_administrator(settings, caller, tenant)
    if after is not None and not _SUB.fullmatch(after):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "after must be what an answer had as next")
    found, following = data.members(tenant, after=after)
    return {"members": [_shown(each, "person", "email") for each in found], "next": following}


def invite(settings: Settings, caller: str, tenant: str, email: Any, role: Any) -> dict[str, Any]:
    """Make whoever has an address a member; they work in the tenant once they have chosen it.

    An account made for the invitation has chosen it by that, unless somebody else invites it before it is used.
    """
    _check_administrator(settings, caller, tenant)
    given = _role(settings, role)
    member, account = _invited(email)
    try:
        data.add(tenant, member=member, role=given, administers=given == settings.administrators)
    except (data.ConflictError, data.LastError) as error:
        raise RefusedError(HTTPStatus.CONFLICT, "they are a member already") from error
    if account.is_new:
        # Whoever is removed again by now works nowhere.
        with suppress(data.ConflictError):
            data.choose(tenant, account.sub)
    elif account.is_unused:
        # Two have invited somebody who was never here: which of them they meant to join they say themselves.
        data.forget_choice(account.sub)
    return {"person": account.sub, "email": member["email"], "role": given}


def change(settings: Settings, caller: str, tenant: str, person: str, role: Any) -> None:
    """Give a member another role; they are signed out, so that no token says the old one for longer."""
    _check_administrator(settings, caller, tenant)
    given, membership = _role(settings, role), _membership(person, tenant)
    if given == membership["role"]:
        return
    administers = (membership["role"] == settings.administrators, given == settings.administrators)
    with _Refusals():
        data.change(tenant, person, role=membership["role"], to=given, administers=administers)
    _sign_out(person, membership)


def remove(settings: Settings, caller: str, tenant: str, person: str) -> None:
    """Take a member from a tenant; they are signed out, so that no token names it for longer."""
    _check_administrator(settings, caller, tenant)
    _remove(settings, tenant, person, _membership(person, tenant))


def leave(settings: Settings, caller: str, tenant: str) -> None:
    """Take the caller from a tenant."""
    _remove(settings, tenant, caller, _membership(caller, tenant))


def _remove(settings: Settings, tenant: str, person: str, membership: Mapping[str, Any]) -> None:
    role = membership["role"]
    with _Refusals():
        data.remove(tenant, person, role=role, administers=role == settings.administrators)
    _sign_out(person, membership)


def _sign_out(person: str, membership: Mapping[str, Any]) -> None:
    directory.sign_out(person, membership.get("username"))


def _check_administrator(settings: Settings, caller: str, tenant: str) -> None:
    """Ask the table, which knows more than a token of an hour ago."""
    membership = data.person(caller).memberships.get(tenant)
    if membership is None or membership["role"] != settings.administrators:
        raise RefusedError(HTTPStatus.FORBIDDEN, "only administrators of this tenant may do this")


def _membership(person: str, tenant: str) -> Mapping[str, Any]:
    membership = data.person(person).memberships.get(tenant) if _SUB.fullmatch(person) else None
    if membership is None:
        raise RefusedError(HTTPStatus.NOT_FOUND, "there is no such member")
    return membership


def _invited(email: Any) -> tuple[dict[str, Any], directory.Account]:
    # Other letters, such as the Kelvin sign, could become another address in small letters; mail needs none.
    if not isinstance(email, str) or not _EMAIL.fullmatch(email) or not email.isascii():
        raise RefusedError(HTTPStatus.BAD_REQUEST, "email must be an address such as ann@example.com")
    address = email.lower()
    try:
        account = directory.invite(address)
    except directory.NotVerifiedError as error:
        message = "the holder of this address has to verify it first: ask them to sign in and do so"
        raise RefusedError(HTTPStatus.CONFLICT, message) from error
    except directory.NoAddressError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "nobody can be invited at this address") from error
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
    """Says what the table refused."""

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        """Refuse in turn."""
        if isinstance(error, data.LastError):
            raise RefusedError(HTTPStatus.CONFLICT, "a tenant keeps one administrator: make another one first")
        if isinstance(error, data.ConflictError):
            raise RefusedError(HTTPStatus.CONFLICT, "somebody else changed this member just now: look again")


def _shown(membership: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: membership.get(name) for name in (*names, "role", "since")}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
