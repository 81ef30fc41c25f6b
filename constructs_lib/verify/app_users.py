"""Users that sign up to the app of a run, for checks that need a user."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Self

from botocore.exceptions import ClientError

from constructs_lib.client import AppClient
from constructs_lib.story.refusals import ACCESS_DENIED
from constructs_lib.story.users import Member
from constructs_lib.verify.finding import Finding, compared
from constructs_lib.verify.story_administration import RunStoryAdministration

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from constructs_lib.client import User
    from constructs_lib.verify.context import Context

_NUMBERS: Final = count(1)
"""Distinguishes users with the same name; the numbers are the same in each process."""
ALLOWED: Final = "allowed"


@dataclass(frozen=True, kw_only=True, slots=True)
class AppUsers:
    """Signs users up and in.

    Attributes:
        context: The run.
        app: The client of the app.
        administration: Confirms users.
    """

    context: Context
    app: AppClient
    administration: RunStoryAdministration

    @classmethod
    def of(cls, context: Context) -> Self:
        """Return the users of a run.

        Raises:
            ValueError: If a sign-up would send mail.
        """
        administration = RunStoryAdministration.of(context)
        app = AppClient(context.settings, endpoint_url=context.endpoint_url, observer=administration.observer)
        return cls(context=context, app=app, administration=administration)

    @property
    def pool(self) -> Any:
        """The administrator's client of user pools."""
        return self.context.session.client("cognito-idp")

    def sign_up(self, name: str, *groups: str) -> Member:
        """Sign a user up, confirm them, add them to groups, and sign them in.

        The name is the first part of their address, whose domain receives no mail.
        """
        address = f"{name}-{next(_NUMBERS)}@example.com"
        self.app.sign_up(address, self.administration.password)
        self.administration.confirm(self.app, address)
        for group in groups:
            self.join(address, group)
        user = self.sign_in(address)
        return Member(user, user.value("owner"))

    def sign_in(self, address: str) -> User:
        """Sign a user in."""
        return self.app.sign_in(address, self.administration.password)

    def join(self, address: str, group: str) -> None:
        """Add a user to a group."""
        self.pool.admin_add_user_to_group(
            UserPoolId=self.context.settings.user_pool_id, Username=address, GroupName=group
        )

    def leave(self, address: str, group: str) -> None:
        """Remove a user from a group."""
        self.pool.admin_remove_user_from_group(
            UserPoolId=self.context.settings.user_pool_id, Username=address, GroupName=group
        )


def access_finding(
    what: str, call: Callable[[], object], *, may: bool, refusals: Collection[str] = ACCESS_DENIED
) -> Finding:
    """Make a user's call; return whether it is allowed or refused as expected.

    `what` is the call, as the predicate of "a user"; `refusals` are the codes of an expected refusal.
    """
    got = outcome(call)
    expectation = f"a user {what}: {'allowed' if may else 'refused'}"
    return compared(expectation, f"it was {got}", same=got == ALLOWED if may else got in refusals)


def outcome(call: Callable[[], object]) -> str:
    """Make a call; return `allowed` or the code of the refusal."""
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ALLOWED
