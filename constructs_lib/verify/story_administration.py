"""Administration of the story in a run: an administrator confirms users, no e-mail is sent, everything is journaled."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.client import Observer
from constructs_lib.story.administration import StoryAdministration
from constructs_lib.verify.passwords import password
from constructs_lib.verify.run import TAG

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import botocore.session
    import requests

    from constructs_lib.client import AppClient
    from constructs_lib.verify.context import Context

_SHORTEST: Final = 5
"""The shortest validity of an ID token, in minutes (`IdTokenValidity` of `CreateUserPoolClient`)."""
_EXPIRED_AT_ISSUE: Final = -60
"""The same on the local cloud, which issues tokens to an administrator that have already expired."""
_SLACK: Final = 10.0
"""Permitted difference of clocks, in seconds."""
_MAILING: Final = frozenset(
    {"AdminResetUserPassword", "ForgotPassword", "GetUserAttributeVerificationCode", "ResendConfirmationCode"}
)
"""Operations that make Cognito send a code, whatever the pool's settings."""
NO_MAIL: Final = "a run sends no e-mail and reads no mailbox"


class BlockedCallError(Exception):
    """A call that a run does not make; the message is the reason."""


class StoryObserver(Observer):
    """Blocks the calls of the story's users that would make Cognito send mail, and records all others."""

    def __init__(self, context: Context) -> None:
        """Use the run's recorder."""
        self._recorder = context.recorder

    def attach(self, session: botocore.session.Session) -> None:
        """Block and record a session's calls."""
        session.register("provide-client-params.cognito-identity-provider", _block_mail)  # type: ignore[arg-type] # by keyword
        if self._recorder is not None:
            self._recorder.attach(session)

    def answered(self, response: requests.Response) -> None:
        """Record one HTTP response."""
        if self._recorder is not None:
            self._recorder.answered(response)


def _block_mail(*, params: Mapping[str, Any], model: Any, **_: Any) -> None:
    if model.name in _MAILING or (model.name == "AdminCreateUser" and params.get("MessageAction") != "SUPPRESS"):
        raise BlockedCallError(NO_MAIL)


@dataclass(frozen=True, kw_only=True, slots=True)
class RunStoryAdministration(StoryAdministration):
    """The administration of a run's story.

    Attributes:
        context: The run.
        notes: Deviations from the story since the notes were last cleared.
        wait: Waits for a number of seconds.
    """

    context: Context
    notes: list[str] = field(default_factory=list)
    wait: Callable[[float], None] = time.sleep

    @classmethod
    def of(cls, context: Context) -> RunStoryAdministration:
        """Return the administration of a run, with a random password.

        Raises:
            ValueError: If the user pool verifies addresses, so that a sign-up would send mail.
        """
        pool = context.settings.user_pool_id
        described = context.session.client("cognito-idp").describe_user_pool(UserPoolId=pool)["UserPool"]
        if described.get("AutoVerifiedAttributes"):
            raise ValueError(f"{pool} verifies {described['AutoVerifiedAttributes']}; each sign-up would send mail")
        return cls(
            password=password(),
            name=context.run.prefix,
            tags={TAG: context.run.run_id},
            token_minutes=_EXPIRED_AT_ISSUE if context.run.local else _SHORTEST,
            observer=StoryObserver(context),
            context=context,
        )

    def confirm(self, app: AppClient, address: str) -> None:
        """Confirm a user as an administrator, and note that no code was sent."""
        self.context.session.client("cognito-idp").admin_confirm_sign_up(
            UserPoolId=app.settings.user_pool_id, Username=address
        )
        self.notes.append(f"an administrator confirmed the user: {NO_MAIL}")

    def last_code(self, address: str) -> str:
        """Refuse, because no code was sent.

        Raises:
            BlockedCallError: Always.
        """
        raise BlockedCallError(f"{NO_MAIL}: no code reached {address}")

    def ended(self, token: str) -> str:
        """Wait until a token has expired, and return it."""
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        left = claims["exp"] + _SLACK - time.time()
        if left > 0:
            self.context.say(f"waiting {left:.0f} s until a token expires")
            self.wait(left)
        return token

    def record_resource(self, kind: str, name: str) -> None:
        """Record a resource that the story is about to create; its users are deleted with their user pool."""
        self.context.journal.record_resource(kind, name)
