"""Checks and settings of app clients and pools that MiniStack lacks.

Source: `CreateUserPoolClient` and `RefreshTokenRotationType` (API reference); `AWS::Cognito::UserPool` and
`AWS::Cognito::UserPoolClient` (CloudFormation resource reference).
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from .call_context import Call
from .emulator_interface import Client, Pool
from .errors import invalid
from .schema import STANDARD
from .users import VERIFIED

_KEPT: Final = ("RefreshTokenRotation", "ClientType")
_OK: Final = 200
_DEFAULT_FLOWS: Final = frozenset({"ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"})
_LEGACY: Final = {
    "ADMIN_NO_SRP_AUTH": "ALLOW_ADMIN_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH": "ALLOW_USER_PASSWORD_AUTH",
}  # fmt: skip


def allowed_flows(client: Client) -> frozenset[str]:
    """Return a client's flows, under their newer names."""
    listed = set(client.get("ExplicitAuthFlows") or [])
    if not listed:
        return _DEFAULT_FLOWS
    if any(each.startswith("ALLOW_") for each in listed):
        return frozenset(listed)
    if "CUSTOM_AUTH_FLOW_ONLY" in listed:
        return frozenset({"ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"})
    return _DEFAULT_FLOWS | {_LEGACY[each] for each in listed if each in _LEGACY}


def check_client(call: Call) -> None:
    """Refuse settings of an app client that AWS refuses."""
    if call.operation not in ("CreateUserPoolClient", "UpdateUserPoolClient"):
        return
    doing = "creating" if call.operation.startswith("Create") else "updating"
    known = {each["Name"] for each in call.pool["SchemaAttributes"]}
    for kind, allowed in (
        ("read", known | {*VERIFIED.values()}),
        ("write", (known - {"sub", *VERIFIED.values()}) | STANDARD),
    ):
        named = set(call.data.get(f"{kind.title()}Attributes") or [])
        if not named <= allowed or any(name.startswith("dev:") for name in named):
            raise invalid(f"Invalid {kind} attributes specified while {doing} a client")
    rotation = call.data.get("RefreshTokenRotation") or {}
    if rotation.get("Feature") == "ENABLED" and "ALLOW_REFRESH_TOKEN_AUTH" in (
        call.data.get("ExplicitAuthFlows") or []
    ):
        raise invalid("Refresh token rotation cannot be enabled with ALLOW_REFRESH_TOKEN_AUTH in ExplicitAuthFlows.")


def keep_client_settings(call: Call, answered: Any) -> None:
    """Keep the settings of an app client that MiniStack drops."""
    if call.operation not in ("CreateUserPoolClient", "UpdateUserPoolClient") or answered[0] != _OK:
        return
    client_id = json.loads(answered[2])["UserPoolClient"]["ClientId"]
    keep_client(call.pool["_clients"][client_id], call.data)


def without_empty(answered: Any) -> Any:
    """Return MiniStack's response about a pool or client without empty settings, which AWS omits.

    A caller that reads settings and writes them back would be refused for empty ones.
    """
    status, headers, body = answered
    found = json.loads(body) if status == _OK and body else {}
    described = next((name for name in ("UserPool", "UserPoolClient") if name in found), None)
    if described is None:
        return answered
    kept = {name: value for name, value in found[described].items() if value not in ("", [], {}, None)}
    return status, headers, json.dumps({**found, described: kept}).encode()


def keep_client(client: Client, given: Mapping[str, Any]) -> None:
    """Keep further settings of a client; an omitted setting is reset to its default."""
    client["ClientName"] = client.get("ClientName") or client["ClientId"]
    for name in _KEPT:
        if given.get(name) is None:
            client.pop(name, None)
        else:
            client[name] = given[name]


def keep_pool(pool: Pool, given: Mapping[str, Any]) -> None:
    """Keep the properties of a pool that MiniStack drops."""
    pool["_enabled_mfas"] = list(given.get("EnabledMfas") or [])
    if given.get("EmailAuthenticationMessage") or given.get("EmailAuthenticationSubject"):
        pool["EmailMfaConfiguration"] = {
            "Message": given.get("EmailAuthenticationMessage"), "Subject": given.get("EmailAuthenticationSubject"),
        }  # fmt: skip
