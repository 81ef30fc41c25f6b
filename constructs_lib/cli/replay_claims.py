"""Gives the attacker of a replay the claims of the proof's caller, as the app's administrator would."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import ExitStack

    from constructs_lib.analysis.iam.requests import Request
    from constructs_lib.client import ClientSettings
    from constructs_lib.local import LocalCloud

_TAG: Final = "aws:principaltag/"
RULE: Final = re.compile(r"a user whose token says (?P<claim>\S+) (?:Equals|Contains|StartsWith) (?P<value>.+)")
_CUSTOM: Final = "custom:"
_TENANT, _ROLE, _MEMBER = "tenant", "tenant_role", "member"


class UntriedError(Exception):
    """The proof's caller cannot be created here; the message gives the reason."""


def claims_of(request: Request, caller: str, settings: ClientSettings) -> dict[str, str]:
    """Return the claims that the attacker's token must have: those behind principal tags, and those of a rule.

    The caller is the attacker, as the proof names them. The placeholders of the settings map each tag to its claim.

    Raises:
        UntriedError: For a tag whose claim is not in the app's outputs.
    """
    found: dict[str, str] = {}
    for key, value in request.context.items():
        name = key.removeprefix(_TAG)
        if not key.startswith(_TAG) or name == "sub":
            continue
        claim = settings.placeholders.get(name)
        if claim is None or not isinstance(value, str):
            raise UntriedError(f"the outputs of the stack do not map the tag {name!r} to a claim; add a ClientConfig")
        found[claim] = value
    if rule := RULE.fullmatch(caller.partition(" without ")[0]):
        found[rule["claim"]] = rule["value"]
    return found


def set_claims(
    claims: Mapping[str, str], *, username: str, sub: str, cloud: LocalCloud, pool_id: str, cleanup: ExitStack
) -> None:
    """Give a user claims before sign-in: attributes, or memberships if the library's trigger sets them.

    `claims` are the values by claim; `cleanup` removes the written values.

    Raises:
        UntriedError: For any other claim.
    """
    users = cloud.session().client("cognito-idp")
    attributes = [{"Name": name, "Value": value} for name, value in claims.items() if name.startswith(_CUSTOM)]
    if attributes:
        users.admin_update_user_attributes(UserPoolId=pool_id, Username=username, UserAttributes=attributes)
    set_by_trigger = {name: value for name, value in claims.items() if not name.startswith(_CUSTOM)}
    if not set_by_trigger:
        return
    table = _memberships(users.describe_user_pool(UserPoolId=pool_id)["UserPool"], cloud)
    tenant = set_by_trigger.get(_TENANT)
    if table is None or tenant is None or not set_by_trigger.keys() <= {_TENANT, _ROLE}:
        raise UntriedError(f"a custom token trigger of the app sets {', '.join(sorted(set_by_trigger))}")
    role = set_by_trigger.get(_ROLE, _MEMBER)
    for row in (
        {"person": sub, "entry": tenant, "tenant": tenant, "role": role},
        {"person": sub, "entry": "#active", "chosen": tenant},
    ):
        table.put_item(Item=row)
        cleanup.callback(table.delete_item, Key={"person": row["person"], "entry": row["entry"]})


def _memberships(pool: Mapping[str, Any], cloud: LocalCloud) -> Any:
    """Return the table that the token trigger of `Memberships` reads; None for another trigger or none."""
    triggers = pool.get("LambdaConfig", {})
    config = triggers.get("PreTokenGenerationConfig", {})
    function = config.get("LambdaArn") or triggers.get("PreTokenGeneration")
    if not function:
        return None
    read = cloud.session().client("lambda").get_function_configuration(FunctionName=function)
    name = read.get("Environment", {}).get("Variables", {}).get("MEMBERSHIPS_TABLE")
    return cloud.session().resource("dynamodb").Table(name) if name else None
