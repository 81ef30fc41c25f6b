"""Federated sign-in: mapped attributes, function calls, and the authorization code.

Source: "Mapping IdP attributes to profiles and tokens" (Amazon Cognito developer guide).
"""

from collections.abc import Mapping
from typing import Any, Final

from . import schema, sign_in_steps, triggers, users
from .authorization_codes import Grant, lifetime_from
from .call_context import Call
from .emulator_interface import EmulatorInterface, Pool
from .errors import RefusedError, no_client, no_user
from .sign_in_steps import Authenticated

_KEPT: Final = frozenset({"sub", "identities"})


def admit(emulator: EmulatorInterface, pool: Pool, relayed: Mapping[str, Any]) -> str:
    """Sign in a user that a provider authenticated, and return the authorization code.

    An attribute that the schema or the client does not allow is an error, as on AWS, and no account is created.
    `relayed` is MiniStack's record of the provider's response.

    Raises:
        RefusedError: If an attribute is not allowed, a function refuses, or the account is disabled.
    """
    client = users.client_of(pool, relayed["client_id"])
    user = pool["_users"].get(relayed["username"])
    if client is None:
        raise no_client(relayed["client_id"])
    if user is None:
        raise no_user()
    known = bool(user.get("_federated"))
    schema_names = {each["Name"] for each in pool["SchemaAttributes"]}
    attributes = {
        name: value for name, value in users.attributes(user).items() if name in schema_names | _KEPT and value
    }
    try:
        users.refuse_disabled(user)
        if not known:
            given = {
                name: value for name, value in attributes.items() if name not in _KEPT | {*users.VERIFIED.values()}
            }
            schema.check_write(pool, client, given)
    except RefusedError:
        if not known and user["UserStatus"] == "EXTERNAL_PROVIDER":
            del pool["_users"][relayed["username"]]
        raise
    users.set_attributes(user, attributes, emulator.now())
    call = Call(emulator=emulator, operation="InitiateAuth", data={}, pool=pool, client=client)
    if known:
        triggers.pre_authentication(emulator, pool, user, user["Username"], client["ClientId"], {})
    else:
        user["_federated"] = True
        triggers.post_confirmation(emulator, pool, user, "ConfirmSignUp", client["ClientId"], {})
    sign_in_steps.call_post_authentication(call, Authenticated(user=user))
    grant = Grant(
        pool_id=pool["Id"], client_id=client["ClientId"], username=user["Username"],
        redirect_uri=relayed["redirect_uri"], scope=relayed.get("scopes") or "openid", nonce=relayed.get("nonce", ""),
        code_challenge="", expires=lifetime_from(emulator.now()),
    )  # fmt: skip
    return emulator.grants.open(grant)
