"""Ready-made triggers; their code is in `lambda_src/triggers`, one folder each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from constructs_lib.argument_checks import checked
from constructs_lib.auth.sign_in import check_email_domains
from constructs_lib.auth.user_claims import is_trigger_claim
from constructs_lib.functions import PythonFunction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

# In a checkout the code is beside the library; the installed package contains it.
_CHECKOUT: Final = Path(__file__).parents[2] / "lambda_src" / "triggers"
_INSTALLED: Final = Path(__file__).parent / "trigger_sources"


@checked
class EmailDomains(PythonFunction):
    """A pre sign-up trigger that refuses addresses outside the given domains.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        domains: The allowed domains after the @; subdomains do not match.
    """

    def __init__(self, scope: Construct, id: str, *, domains: Sequence[str]) -> None:
        if not domains:
            raise ValueError("domains=[] allows no user to sign up; add a domain, such as ['example.com']")
        check_email_domains("domains", domains)
        super().__init__(scope, id, entry=_code("email_domains"), environment={"EMAIL_DOMAINS": ",".join(domains)})


@checked
class DefaultGroup(PythonFunction):
    """A post confirmation trigger that adds each new user to a group of the pool.

    The Auth that uses it grants the permission, and refuses a group that it does not have.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        group: The group's name.

    Attributes:
        group_names: The groups that it names.
        admin_actions: Its administrator actions on the pool that invokes it.
    """

    admin_actions: Final = ("cognito-idp:AdminAddUserToGroup",)

    def __init__(self, scope: Construct, id: str, *, group: str) -> None:
        super().__init__(scope, id, entry=_code("default_group"), environment={"DEFAULT_GROUP": group})
        self.group_names = (group,)


@checked
class ClaimForms(PythonFunction):
    """A token trigger (any version) that refuses tokens whose claims do not have the required form.

    An Auth with claims creates it if it has no other token trigger.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        forms: The form of each claim, such as `{"custom:tenant": "[a-z0-9-]{3,36}"}`.

    Attributes:
        kept_claims: The value of the argument.
    """

    def __init__(self, scope: Construct, id: str, *, forms: Mapping[str, str]) -> None:
        environment = {"CLAIM_FORMS": json.dumps(dict(forms))}
        super().__init__(scope, id, entry=_code("claim_forms"), environment=environment)
        self.kept_claims = dict(forms)


@checked
class GroupClaims(PythonFunction):
    """A token trigger (V2_0 or V3_0) that adds claims by a user's groups.

    The Auth that uses it refuses a group that it does not have.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        claims: The claim of each group, such as `{"editors": "may_edit"}`: its members' tokens have `may_edit: true`.

    Raises:
        ValueError: For a claim that Cognito or users write.

    Attributes:
        group_names: The groups that it names.
        event_versions: The versions of the event that it answers.
    """

    event_versions: Final = ("V2_0", "V3_0")

    def __init__(self, scope: Construct, id: str, *, claims: Mapping[str, str]) -> None:
        for group, claim in claims.items():
            if not is_trigger_claim(claim):
                raise ValueError(
                    f"claims={{{group!r}: {claim!r}}} is a claim that Cognito or users write; use another name, such "
                    "as 'may_edit'"
                )
        # A group's name may contain any separator, so it is JSON.
        environment = {"GROUP_CLAIMS": json.dumps(dict(claims))}
        super().__init__(scope, id, entry=_code("group_claims"), environment=environment)
        self.group_names = (*claims,)


def _code(folder: str) -> Path:
    return (_INSTALLED if _INSTALLED.is_dir() else _CHECKOUT) / folder
