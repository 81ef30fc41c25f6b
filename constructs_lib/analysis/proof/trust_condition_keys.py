"""Condition keys of a request for a role's credentials: set by AWS, chosen by the attacker, or absent.

Sources: "AWS global condition context keys" and "IAM and AWS STS condition context keys" (IAM user guide). A statement
with a key that is in none of the lists is in doubt, and the doubt names the key.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.template.atoms import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.analysis.engine.policy_layers import Layers
    from constructs_lib.analysis.iam.policies import Condition, Policy, Statement

COGNITO: Final = "cognito-identity.amazonaws.com:"
CHOSEN: Final = frozenset(
    {
        "aws:currenttime", "aws:epochtime", "aws:referer", "aws:requestedregion", "aws:resourceorgid",
        "aws:resourceorgpaths", "aws:sourceip", "aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce", "aws:tagkeys",
        "aws:useragent", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths", "aws:vpcsourceip",
        "sts:durationseconds", "sts:rolesessionname", "sts:sourceidentity", "sts:transitivetagkeys",
    }
)  # fmt: skip
"""Keys that the attacker chooses, or that match the role's own account under any name."""
CHOSEN_PREFIXES: Final = ("aws:requesttag/",)
SET: Final = {
    "aws:principalaccount": ("anonymous",),
    "aws:principalisawsservice": ("false",),
    "aws:resourceaccount": (ACCOUNT,),
    "aws:securetransport": ("true",),
    "aws:viaawsservice": ("false",),
}
"""Keys that AWS sets in an unsigned request."""
ABSENT: Final = frozenset(
    {
        "aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:multifactorauthage",
        "aws:multifactorauthpresent", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths",
        "aws:principalservicename", "aws:principalservicenameslist", "aws:sourceaccount", "aws:sourcearn",
        "aws:sourceorgid", "aws:sourceorgpaths", "aws:tokenissuetime", "aws:username", "sts:externalid",
        "sts:awsservicename",
    }
)  # fmt: skip
"""Keys of signed requests and of service requests only."""
ABSENT_PREFIXES: Final = ("aws:principaltag/", "saml:")


def is_known(key: str) -> bool:
    """Return whether it is known if a request with a token has a condition key, and who sets it."""
    return (
        key in CHOSEN
        or key in SET
        or is_absent(key)
        or key.startswith(CHOSEN_PREFIXES)
        or key in {f"{COGNITO}{name}" for name in ("aud", "amr", "sub")}
    )


def is_absent(key: str) -> bool:
    """Return whether a request with an identity pool's token lacks a condition key."""
    # Keys of other providers start with the provider's domain.
    other_provider = "." in key.partition(":")[0] and not key.startswith(COGNITO)
    return key in ABSENT or key.startswith(ABSENT_PREFIXES) or other_provider


def absent_keys(trust: Layers) -> dict[str, tuple[str, ...]]:
    """Return the keys of a trust policy that such a request lacks, without values."""
    keys = {condition.key for each in trust.everything() for condition in each.conditions}
    return {key: () for key in keys if is_absent(key)}


def as_far_as_known(policy: Policy) -> Policy:
    """Return a trust policy in which statements with unknown keys are in doubt."""
    said: list[Statement] = []
    possible = list(policy.possible)
    for statement in policy.statements:
        unknown = [each for each in statement.conditions if not is_known(each.key)]
        if not unknown:
            said.append(statement)
        elif statement.allow:
            possible.append(_without(statement, unknown))
        else:
            said.append(replace(statement, doubt=statement.doubt or _doubt(unknown)))
    return replace(policy, statements=tuple(said), possible=tuple(possible))


def _without(statement: Statement, unknown: Iterable[Condition]) -> Statement:
    left = tuple(each for each in statement.conditions if each not in unknown)
    return replace(statement, conditions=left, doubt=_doubt(list(unknown)))


def _doubt(unknown: list[Condition]) -> str:
    return f"it is not known what {unknown[0].key} is in such a request"
