"""Tokens that still work: renewed, revoked, and those of a disabled user. The story tests expired ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.verify.app_users import ALLOWED, AppUsers, outcome
from constructs_lib.verify.checks import Check
from constructs_lib.verify.finding import Finding, compared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.verify.context import Context

_NO_LONGER: Final = frozenset({"NotAuthorizedException"})
"""The refusal of a revoked token and of a disabled user. Other refusals, such as of a refresh token that rotation has
replaced, show nothing about that."""


def run(context: Context) -> Iterator[Finding]:
    """Renew and revoke tokens, disable their user, and check the access of each."""
    users = AppUsers.of(context)
    client, pool = context.settings.user_pool_client_id, context.settings.user_pool_id
    user = users.sign_up("token-ages").caller
    before = user.tokens
    yield _stands("renews tokens before the refresh token expires", user.renew_tokens, may=True)
    changed = user.tokens.id_token != before.id_token
    yield compared("gets another ID token from a renewal", "the ID token is the old one", same=changed)
    yield _stands("gets credentials for the renewed token", user.fetch_credentials, may=True)
    users.app.cognito.revoke_token(Token=user.tokens.refresh_token, ClientId=client)
    yield _stands("renews tokens with a revoked refresh token", user.renew_tokens, may=False)
    token = user.tokens.access_token
    yield _stands(
        "uses an access token of a revoked refresh token", lambda: users.app.cognito.get_user(AccessToken=token),
        may=False,
    )  # fmt: skip
    again = users.sign_in(user.username)
    users.pool.admin_disable_user(UserPoolId=pool, Username=user.username)
    yield _stands("renews tokens when disabled", again.renew_tokens, may=False)
    yield _stands("signs in when disabled", lambda: users.sign_in(user.username), may=False)


def _stands(what: str, call: Callable[[], object], *, may: bool) -> Finding:
    got = outcome(call)
    expectation = f"a user {what}: {'allowed' if may else 'refused'}"
    return compared(expectation, f"it was {got}", same=got == ALLOWED if may else got in _NO_LONGER)


CHECKS: Final = (
    Check(
        name="token-ages",
        level=1,
        title="Renewed tokens have their user's access; revoked ones and those of a disabled user get nothing new",
        doubt=(
            "revoking a refresh token revokes its access tokens, too: "
            '"When you revoke a refresh token, all access tokens that were previously issued by that refresh token '
            'become invalid" ("Revoking tokens", Amazon Cognito developer guide)'
        ),
        run=run,
    ),
)
