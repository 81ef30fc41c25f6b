"""Role selection for signed-in users: by their groups, or by rules on the claims of their token."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from aws_cdk import aws_cognito as cognito

from constructs_lib.argument_checks import checked
from constructs_lib.duplicates import check_once

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from aws_cdk import aws_iam as iam

Match: TypeAlias = Literal["Equals", "Contains", "StartsWith", "NotEqual"]
MAX_RULES: Final = 25
"""Rules of one provider ("Quotas in Amazon Cognito")."""
GROUPS: Final = "cognito:groups"
NONCE: Final = "nonce"
"""A claim of ID tokens that repeats a parameter of the sign-in request ("Authorize endpoint")."""
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+")


@checked
@dataclass(frozen=True, slots=True)
class RoleRule:
    """Assigns the role of a group to users with a claim.

    The first matching rule decides; without a match users get the authenticated role.

    Args:
        claim: The token's claim, such as `custom:department`. Users must not be able to write it.
        value: The value to compare with.
        group: The group whose role they get, a member or not.
        match: The comparison: "Equals", "Contains", "StartsWith" or "NotEqual". Default: "Equals".
        provider: The provider of `identity_providers` whose tokens it applies to: `accounts.google.com`,
            `graph.facebook.com`, `www.amazon.com`, `appleid.apple.com`, `api.twitter.com`, the name of an
            `IamOidcProvider` or `UserPoolProvider`, or the ARN of an existing OpenID Connect or SAML provider. Default:
            the user pool, whose groups then no longer choose roles.

    Raises:
        ValueError: For an unknown comparison, or an empty value.
    """

    claim: str
    value: str
    group: str = field(kw_only=True)
    match: Match = field(default="Equals", kw_only=True)
    provider: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Check the claim and the value."""
        if not self.claim or not self.value:
            raise ValueError(
                f"claim={self.claim!r} and value={self.value!r} must both be set in a role rule; write "
                "RoleRule('cognito:groups', 'editors', group='editors')"
            )


def check_rules(rules: Sequence[RoleRule], groups: Collection[str], *, writable: Mapping[str, Collection[str]]) -> None:
    """Refuse rules that would not work, or that users could exploit.

    `writable` are the attributes users may write, by client.

    Raises:
        ValueError: For more rules than Cognito allows, an unknown group, a group that no rule assigns, or a claim that
            users can write.
    """
    if not rules:
        return
    for provider in {rule.provider for rule in rules}:
        count = sum(rule.provider == provider for rule in rules)
        if count > MAX_RULES:
            raise ValueError(
                f"role_rules has {count} rules for {provider or 'the user pool'}, and Cognito takes at most "
                f"{MAX_RULES}; remove some"
            )
    check_once("role_rules", rules)
    for rule in rules:
        _check_rule(rule, groups, writable)
    if any(rule.provider is None for rule in rules):
        reached = {rule.group for rule in rules}
        if lost := [group for group in groups if group not in reached]:
            raise ValueError(
                "role_rules choose the role of the user pool's users, and none assigns the role of group "
                f"{lost[0]!r}; add one, such as RoleRule('cognito:groups', {lost[0]!r}, match='Contains', "
                f"group={lost[0]!r})"
            )


def _check_rule(rule: RoleRule, groups: Collection[str], writable: Mapping[str, Collection[str]]) -> None:
    if rule.group not in groups:
        known = ", ".join(map(repr, groups)) or "none"
        raise ValueError(
            f"a rule on {rule.claim!r} assigns the role of group {rule.group!r}, which this Auth does not have "
            f"(groups: {known}); add Auth(..., groups=[Group({rule.group!r})])"
        )
    if rule.claim == NONCE:
        raise ValueError(
            f"a rule reads {NONCE!r}, which users choose in their sign-in request; use a claim that only "
            "administrators write, such as 'cognito:groups'"
        )
    if rule.claim == GROUPS and rule.match in {"Contains", "StartsWith"}:
        _check_substrings(rule, groups)
    writers = [client for client, attributes in writable.items() if rule.claim in attributes]
    if writers and rule.provider is None:
        raise ValueError(
            f"users can write {rule.claim!r} through client {writers[0]!r} and would choose their own role; use a "
            "claim that only administrators write, such as 'cognito:groups' or an attribute that is neither "
            "user_writable nor mapped from a provider"
        )


def _check_substrings(rule: RoleRule, groups: Collection[str]) -> None:
    """Refuse a comparison that another group's name also matches: it compares text, not groups."""
    if others := [group for group in groups if group != rule.value and rule.value in group]:
        raise ValueError(
            f"a rule compares group {rule.value!r} with {GROUPS!r} as text, which also matches {others[0]!r}, so "
            "members of that group would get the role; use names that do not contain each other"
        )


def with_identifiers(rules: Sequence[RoleRule], identifiers: Mapping[str, Sequence[str]]) -> list[RoleRule]:
    """Return rules with the identity pool's names of their providers, one rule for each name.

    Raises:
        ValueError: For a provider the identity pool does not have: Cognito says "not a valid RoleMapping ProviderName".
    """
    for rule in rules:
        if rule.provider is not None and rule.provider not in identifiers:
            known = ", ".join(map(repr, identifiers)) or "none"
            raise ValueError(
                f"a rule on {rule.claim!r} reads tokens of {rule.provider!r}, which is not one of the "
                f"identity_providers ({known}); add it there"
            )
    return [
        replace(rule, provider=provider)
        for rule in rules
        for provider in ((None,) if rule.provider is None else identifiers[rule.provider])
    ]


def role_mappings(
    clients: Mapping[str, str], rules: Sequence[RoleRule], roles: Mapping[str, iam.IRole]
) -> dict[str, cognito.CfnIdentityPoolRoleAttachment.RoleMappingProperty] | None:
    """Return the role mapping of the identity pool; None when every signed-in user has the same role.

    `clients` are the user pool's clients as the identity pool names them (`provider:client`), by construct ID.
    """
    mappings = {}
    own = [rule for rule in rules if rule.provider is None]
    if roles:
        for id, provider in clients.items():
            mappings[id] = _by_rules(provider, own, roles) if own else _by_token(provider)
    direct = dict.fromkeys(rule.provider for rule in rules if rule.provider is not None)
    for number, provider in enumerate(direct, 1):
        its = [rule for rule in rules if rule.provider == provider]
        mappings[_key(provider, number)] = _by_rules(provider, its, roles)
    return mappings or None


def _key(provider: str, number: int) -> str:
    """Return a key that CloudFormation accepts: a host name, or the position of an ARN, which may be a token."""
    return provider if _HOST.fullmatch(provider) else f"Provider{number}"


def _by_token(provider: str) -> cognito.CfnIdentityPoolRoleAttachment.RoleMappingProperty:
    return cognito.CfnIdentityPoolRoleAttachment.RoleMappingProperty(
        type="Token",
        # A user in no group keeps the authenticated role; "Deny" would lock them out.
        ambiguous_role_resolution="AuthenticatedRole",
        identity_provider=provider,
    )


def _by_rules(
    provider: str, rules: Sequence[RoleRule], roles: Mapping[str, iam.IRole]
) -> cognito.CfnIdentityPoolRoleAttachment.RoleMappingProperty:
    attachment = cognito.CfnIdentityPoolRoleAttachment
    return attachment.RoleMappingProperty(
        type="Rules",
        ambiguous_role_resolution="AuthenticatedRole",
        identity_provider=provider,
        rules_configuration=attachment.RulesConfigurationTypeProperty(
            rules=[
                attachment.MappingRuleProperty(
                    claim=rule.claim, match_type=rule.match, value=rule.value, role_arn=roles[rule.group].role_arn
                )
                for rule in rules
            ]
        ),
    )
