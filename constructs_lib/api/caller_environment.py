"""Environment variables by which a function distinguishes callers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aws_cdk import Stack

from constructs_lib.argument_checks import checked

if TYPE_CHECKING:
    from constructs_lib.auth import Auth


@checked
def caller_environment(auth: Auth) -> dict[str, str]:
    """Return environment variables for a function behind an Api, for `lambda_src/caller.py` or code like it.

    `OWNER`: "identity" or "sub", as the Auth chose. `GROUP_ROLES`, with groups: a JSON object of role names by group,
    because credentials carry a role and no groups. `CLAIMS`, with claims: a JSON object of the token's claims by key.
    """
    environment: dict[str, str] = {"OWNER": auth.owner}
    if auth.group_roles:
        names = {group: role.role_name for group, role in auth.group_roles.items()}
        environment["GROUP_ROLES"] = Stack.of(auth).to_json_string(names)
    if auth.claims:
        environment["CLAIMS"] = json.dumps({key: each.claim for key, each in auth.claims.items()})
    return environment
