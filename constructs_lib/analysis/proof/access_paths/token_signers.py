"""Keys of AWS KMS with which an issuer may sign its tokens: whoever signs with one signs in as any user.

Sources: "Setting up an OIDC provider as an identity pool IdP" (Amazon Cognito developer guide): a token counts if its
signature is of an RSA key of the issuer; "Sign" (AWS KMS API reference).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.model.owned_places import is_tied
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.policy_principals import untrusted_principals
from constructs_lib.analysis.proof.access_paths.signed_urls import statements_of_stores
from constructs_lib.analysis.proof.principal_rights import own_rights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

SIGN: Final = "kms:Sign"
_LISTS: Final = ("OpenIdConnectProviderARNs", "SamlProviderARNs")
_OF_OTHERS: Final = ("Facebook", "Google", "LoginWithAmazon", "SignInWithApple")
"""Providers of a user pool whose tokens no key of the team signs."""


def trusting_pools(model: Model) -> Iterator[Resource]:
    """Yield the pools, or their providers, that trust an issuer which may sign with a key of AWS KMS."""
    for each in model.resources:
        if each.type == "AWS::Cognito::IdentityPool" and any(map(each.get, _LISTS)):
            yield each
        if each.type == "AWS::Cognito::UserPoolIdentityProvider" and each.get("ProviderType") not in _OF_OTHERS:
            yield each


def may_sign(statement: Statement) -> bool:
    """Return whether a statement may allow signing with a key; conditions are ignored."""
    return statement.allow and applies_to_action(statement, SIGN)


def signer_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the principals who may sign with a key, if a pool trusts an issuer."""
    model = reachable.model
    pool = next(trusting_pools(model), None)
    if pool is None:
        return
    told = f"and so sign in as any user if the key is that of an issuer that {pool.name} trusts"
    for caller in model.callers:
        for each in filter(may_sign, own_rights(caller)):
            if not each.resources or not all(is_tied(text, caller) for text in each.resources):
                yield undecided(str(caller), SIGN, f"{caller} may call {SIGN}, {told}, because of {each}", each)
                break
    for each in filter(may_sign, statements_of_stores(reachable)):
        for who in untrusted_principals(each, reachable):
            yield undecided(who, SIGN, f"{who} may call {SIGN}, {told}, because of {each}", each)
