"""Triggers that come with the library: their code stands in `lambda_src/triggers`, one folder each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from constructs_lib.functions import PythonFunction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

# In a checkout the code stands beside the library; the installed package carries it inside.
_CHECKOUT: Final = Path(__file__).parents[2] / "lambda_src" / "triggers"
_INSTALLED: Final = Path(__file__).parent / "trigger_sources"


def email_domains(scope: Construct, id: str, domains: Sequence[str]) -> PythonFunction:
    """Return a pre sign-up trigger that refuses addresses outside the given domains.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        domains: What may stand after the @; subdomains are others.
    """
    return _function(scope, id, "email_domains", {"EMAIL_DOMAINS": ",".join(domains)})


def default_group(scope: Construct, id: str, group: str) -> PythonFunction:
    """Return a post confirmation trigger that adds each new user to a group.

    It needs `auth.allow_admin(function, "cognito-idp:AdminAddUserToGroup")`.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        group: The group's name.
    """
    return _function(scope, id, "default_group", {"DEFAULT_GROUP": group})


def group_claims(scope: Construct, id: str, claims: Mapping[str, str]) -> PythonFunction:
    """Return a token trigger (V2_0 or V3_0) that adds claims by the groups a user is in.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        claims: The claim of each group, such as `{"editors": "may_edit"}`: its members' tokens say `may_edit: true`.
    """
    # A group's name may hold any separator, so it is JSON.
    return _function(scope, id, "group_claims", {"GROUP_CLAIMS": json.dumps(dict(claims))})


def _function(scope: Construct, id: str, folder: str, environment: dict[str, str]) -> PythonFunction:
    sources = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
    return PythonFunction(scope, id, entry=sources / folder, environment=environment)
