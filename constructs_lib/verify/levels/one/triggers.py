"""Functions that a user pool invokes, and their trigger sources, as users sign up, sign in and renew tokens."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from constructs_lib.verify.checks import Check
from constructs_lib.verify.finding import Finding, compared
from constructs_lib.verify.passwords import password
from constructs_lib.verify.trigger_pool import TriggerPool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.verify.context import Context

_SIGNS_UP: Final = (
    "PreSignUp_SignUp", "PostConfirmation_ConfirmSignUp", "PreAuthentication_Authentication",
    "PostAuthentication_Authentication", "TokenGeneration_Authentication", "TokenGeneration_RefreshTokens",
)  # fmt: skip
"""Trigger sources of a user who signs up, is confirmed, signs in and renews tokens, in order."""
_INVITED: Final = ("PreSignUp_AdminCreateUser",)
_UNKNOWN: Final = ("UserMigration_Authentication",)


def run(context: Context) -> Iterator[Finding]:
    """Sign up, confirm, sign in and renew tokens; create a user; sign in with an unknown user name."""
    try:
        yield from _findings(TriggerPool.make(context))
    finally:
        TriggerPool.remove(context)


def _findings(made: TriggerPool) -> Iterator[Finding]:
    secret, idp = password(), made.context.session.client("cognito-idp")
    made.app.sign_up("newcomer", secret)
    idp.admin_confirm_sign_up(UserPoolId=made.pool, Username="newcomer")
    made.app.sign_in("newcomer", secret).renew_tokens()
    yield _compared(made, "newcomer", _SIGNS_UP, "who signs up, is confirmed, signs in and renews tokens")
    idp.admin_create_user(UserPoolId=made.pool, Username="invited", MessageAction="SUPPRESS")
    yield _compared(made, "invited", _INVITED, "who is created without a message")
    with suppress(ClientError):
        made.app.cognito.initiate_auth(
            ClientId=made.app.settings.user_pool_client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "nobody", "PASSWORD": secret},
        )
    yield _compared(made, "nobody", _UNKNOWN, "who does not exist and signs in with a password")


def _compared(made: TriggerPool, username: str, expected: tuple[str, ...], whose: str) -> Finding:
    seen = made.seen(username, len(expected))
    what = f"the pool invokes its functions for a user {whose}: {', '.join(expected)}"
    return compared(what, f"it invoked them for {', '.join(seen) or 'nothing'}", same=tuple(seen) == expected)


CHECKS: Final = (
    Check(
        name="triggers",
        level=1,
        title="A user pool invokes the functions that the local cloud invokes, in the same order",
        assumption=(
            "the tables of trigger sources in the guide are complete for these flows "
            '("Customizing user pool workflows with Lambda triggers", Amazon Cognito developer guide)'
        ),
        run=run,
    ),
)
