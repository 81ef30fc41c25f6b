"""Accounts of the user pool.

Environment: `USER_POOL_ID`. Users of the pool sign in with their e-mail address.
"""

import functools
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import boto3

__all__ = ["Account", "NoAddressError", "NotVerifiedError", "invite", "sign_out"]


class NoAddressError(Exception):
    """Cognito, or the app's pre sign-up trigger, refuses to create an account with this address."""


class NotVerifiedError(Exception):
    """An account with this address exists, but the address is not verified."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """An account.

    Args:
        sub: The account's ID in tokens.
        username: The account's name in the user pool.
        is_new: Whether it was created for the invitation.
        is_unused: Whether another person created it and its holder has not signed in yet.
    """

    sub: str
    username: str
    is_new: bool
    is_unused: bool


def invite(email: str) -> Account:
    """Return the account of an address; if there is none, create one, and Cognito sends a temporary password there.

    Only a verified address identifies an account: a user may write another user's address into their own account.

    Args:
        email: The address, in lower case.

    Raises:
        NotVerifiedError: For an account whose address is not verified.
        NoAddressError: For an address with which no account can be created.
    """
    users = _users()
    try:
        user = users.admin_get_user(UserPoolId=_pool(), Username=email)
    except users.exceptions.UserNotFoundException:
        return _create(email)
    held = _attributes(user["UserAttributes"])
    if held.get("email", "").lower() != email or held.get("email_verified") != "true":
        raise NotVerifiedError
    unused = user["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    return Account(sub=held["sub"], username=user["Username"], is_new=False, is_unused=unused)


def sign_out(sub: str, username: str | None) -> None:
    """End every session of an account: revoke its refresh tokens and, at an identity pool that checks, its ID tokens.

    AWS credentials issued before remain valid until they expire ("AdminUserGlobalSignOut", user pools API). That
    operation identifies federated users by their user name alone, not by `sub`.

    Args:
        sub: The account's ID in tokens.
        username: Its name in the user pool. None: the function looks it up.
    """
    users = _users()
    try:
        users.admin_user_global_sign_out(UserPoolId=_pool(), Username=username or _username(sub))
    except users.exceptions.UserNotFoundException:
        return  # the account was deleted, and its sessions with it


def _username(sub: str) -> str:
    """Return an account's user name; its `sub`, which also identifies local accounts, if a search does not find it."""
    found = _users().list_users(UserPoolId=_pool(), Filter=f'sub = "{sub}"', Limit=1)["Users"]
    return str(found[0]["Username"]) if found else sub


def _create(email: str) -> Account:
    users = _users()
    try:
        user = users.admin_create_user(
            UserPoolId=_pool(),
            Username=email,
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
            DesiredDeliveryMediums=["EMAIL"],
        )["User"]
    except users.exceptions.UsernameExistsException as error:
        raise NotVerifiedError from error  # another sign-up has used the address since
    except (users.exceptions.InvalidParameterException, users.exceptions.UserLambdaValidationException) as error:
        raise NoAddressError from error
    sub = _attributes(user["Attributes"])["sub"]
    return Account(sub=sub, username=user["Username"], is_new=True, is_unused=True)


def _attributes(listed: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in listed}


def _pool() -> str:
    return os.environ["USER_POOL_ID"]


@functools.cache
def _users() -> Any:
    return boto3.client("cognito-idp")
