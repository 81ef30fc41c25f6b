"""Access with renewed and revoked tokens, and with those of a disabled user. The story tests expired tokens."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from constructs_lib.verify.app_users import AppUsers, access_finding
from constructs_lib.verify.checks import Check
from constructs_lib.verify.finding import Finding, compared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.verify.context import Context

_REVOKED_CODES: Final = frozenset({"NotAuthorizedException"})
"""The refusal of a revoked token and of a disabled user. Other refusals, such as of a refresh token that rotation has
replaced, show nothing about that."""


def run(context: Context) -> Iterator[Finding]:
    """Renew and revoke tokens, disable their user, and check the access of each."""
    users = AppUsers.of(context)
    client, pool = context.settings.user_pool_client_id, context.settings.user_pool_id
    user = users.sign_up("token-ages").caller
    before = user.tokens
    yield access_finding("renews tokens before the refresh token expires", user.renew_tokens, may=True)
    changed = user.tokens.id_token != before.id_token
    yield compared("gets another ID token from a renewal", "the ID token is the old one", same=changed)
    yield access_finding("gets credentials for the renewed token", user.fetch_credentials, may=True)
    users.app.cognito.revoke_token(Token=user.tokens.refresh_token, ClientId=client)
    refused = partial(access_finding, may=False, refusals=_REVOKED_CODES)
    yield refused("renews tokens with a revoked refresh token", user.renew_tokens)
    token = user.tokens.access_token
    get_user = partial(users.app.cognito.get_user, AccessToken=token)
    yield refused("uses an access token of a revoked refresh token", get_user)
    again = users.sign_in(user.username)
    users.pool.admin_disable_user(UserPoolId=pool, Username=user.username)
    yield refused("renews tokens when disabled", again.renew_tokens)
    yield refused("signs in when disabled", partial(users.sign_in, user.username))


CHECKS: Final = (
    Check(
        name="token-ages",
        level=1,
        title="Renewed tokens have their user's access; revoked ones and those of a disabled user get nothing new",
        assumption=(
            "revoking a refresh token revokes its access tokens, too: "
            '"When you revoke a refresh token, all access tokens that were previously issued by that refresh token '
            'become invalid" ("Revoking tokens", Amazon Cognito developer guide)'
        ),
        run=run,
    ),
)
