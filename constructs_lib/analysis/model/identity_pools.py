"""Identity pools, and the roles that their users get."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from constructs_lib.analysis.iam.arns import normalise_arn
from constructs_lib.analysis.model.callers import Caller, CallerKind, IdentityPool, Role
from constructs_lib.analysis.model.principal_tags import Provider, forgeable_claims, providers_of
from constructs_lib.analysis.model.resources import Resource, Resources, may_be_true
from constructs_lib.analysis.model.role_mapping_providers import trusted_groups
from constructs_lib.analysis.model.role_mapping_rules import (
    is_of_everyone,
    may_meet_group,
    note_claims,
    note_provider,
    rule_in_words,
    rules_of,
    writable_rule,
)
from constructs_lib.analysis.model.writable_claims import chosen_claims
from constructs_lib.analysis.template.scalars import text_of

_POOL: Final = "AWS::Cognito::IdentityPool"
_NOBODY: Final = Provider(name="", tags={})
_GROUP: Final = "AWS::Cognito::UserPoolGroup"
_ATTACHMENT: Final = "AWS::Cognito::IdentityPoolRoleAttachment"


def callers_of(resources: Resources, roles: Mapping[str, Role], declared: Mapping[str, str]) -> list[Caller]:
    """Return each kind of caller of each identity pool once.

    `declared` are the formats of claims from the options of the analysis.

    Raises:
        ValueError: If a format cannot be parsed.
    """
    providers = {each.id: providers_of(each, resources, declared) for each in resources.of(_POOL)}
    pools = {each.id: _pool(each, providers[each.id]) for each in resources.of(_POOL)}
    forgeable = forgeable_claims(resources) | chosen_claims(resources)
    found: dict[tuple[str, ...], Caller] = {}
    for attachment in resources.of(_ATTACHMENT):
        pool = pools.get(str(attachment.get("IdentityPoolId"))) or _unknown_pool(str(attachment.get("IdentityPoolId")))
        for kind, group, named in _roles(attachment, resources, declared):
            arn = normalise_arn(named)
            role = roles.get(arn)
            if role is None:
                resources.gap(f"{attachment.name} gives the role {arn}, which is not in the templates: not seen")
                continue
            if kind == "guest" and not pool.guests:
                continue
            claimed = writable_rule(group, attachment, forgeable) if kind == "rule" else ""
            of_some = kind == "rule" and not claimed and not is_of_everyone(group, attachment)
            own, others = _groups_of(arn, resources)
            groups = own if of_some and not may_meet_group(group, attachment, others) else ()
            for provider in [_NOBODY] if kind == "guest" else providers.get(pool.id, [_NOBODY]):
                caller = Caller(
                    kind=CallerKind(kind), group=group, pool=pool, role=role, tags=provider.tags,
                    provider=provider.name, claimed=claimed, role_of=groups,
                )  # fmt: skip
                found.setdefault((pool.id, kind, group, arn, provider.name), caller)
    given = {caller.role.arn for caller in found.values()}
    for role in roles.values():
        trusts = any(
            statement.allow and kind == "Federated" and "cognito-identity" in value
            for statement in role.trust.statements
            for kind, value in statement.principals
        )
        off = any(_names(role.arn, each) for each in resources.of(_ATTACHMENT))
        if trusts and role.arn not in given and not off:
            resources.gap(_unattached(role, resources))
    return list(found.values())


def _unattached(role: Role, resources: Resources) -> str:
    """Return what is not known about a role that no attachment gives to anybody.

    Whether members of a group may name its role themselves (`CustomRoleArn`) if their provider has no role mapping,
    "GetCredentialsForIdentity" (Amazon Cognito federated identities API reference) does not say.
    """
    group = next((each for each in resources.of(_GROUP) if normalise_arn(str(each.get("RoleArn"))) == role.arn), None)
    if group is None:
        return f"{role.name} trusts identity pools, and no attachment here says who gets it: not looked at"
    return (
        f"{role.name} is the role of {group.name}, and no attachment here has a role mapping that gives it to the "
        "group's members; add one of the type Token for their user pool, or remove RoleArn and the role"
    )


def _groups_of(arn: str, resources: Resources) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the groups that have a role as their own, and of the others; rules do not count."""
    roles = {str(each.get("GroupName")): normalise_arn(str(each.get("RoleArn"))) for each in resources.of(_GROUP)}
    own = tuple(name for name, role in roles.items() if role == arn)
    return own, tuple(name for name in roles if name not in own)


def _names(arn: str, attachment: Resource) -> bool:
    """Return whether an attachment names a role, even if only for guests, which the pool does not allow."""
    roles = attachment.get("Roles") or {}
    return isinstance(roles, Mapping) and arn in {normalise_arn(str(each)) for each in roles.values()}


def _pool(resource: Resource, providers: Iterable[Provider]) -> IdentityPool:
    """Return a pool of the templates.

    Without `AllowClassicFlow` the classic flow counts as disabled: "Default: Classic Flow not allowed"
    (`IdentityPoolProps`, AWS CDK API reference). The CloudFormation and Cognito references name no default, so
    the report says so (`Report.assumptions`).
    """
    tags = {name: tag.claim for provider in providers for name, tag in provider.tags.items()}
    return IdentityPool(
        id=resource.id,
        guests=may_be_true(resource.get("AllowUnauthenticatedIdentities")),
        classic=may_be_true(resource.get("AllowClassicFlow")),
        tags=tags,
        path=resource.name,
    )


def _unknown_pool(pool_id: str) -> IdentityPool:
    """Return a pool of another stack: guests and the classic flow count as enabled."""
    return IdentityPool(id=pool_id, guests=True, classic=True, tags={}, path=pool_id, known=False)


def _roles(attachment: Resource, resources: Resources, declared: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    roles = attachment.get("Roles") or {}
    if isinstance(roles, Mapping):
        if "unauthenticated" in roles:
            yield "guest", "", str(roles["unauthenticated"])
        if "authenticated" in roles:
            yield "authenticated", "", str(roles["authenticated"])
        for name in roles.keys() - {"authenticated", "unauthenticated"}:
            resources.gap(f"{attachment.name} gives a role to {name}, which is not a kind of identity: not seen")
    elif roles:
        resources.gap(f"{attachment.name} takes its roles from {roles}: not seen")
    yield from _mapped(attachment, resources, declared)


def _mapped(attachment: Resource, resources: Resources, declared: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    mappings = attachment.get("RoleMappings") or {}
    if not isinstance(mappings, Mapping) or not all(isinstance(each, Mapping) for each in mappings.values()):
        resources.gap(f"{attachment.name} takes its role mappings from {mappings}: not seen")
        return
    for key, mapping in mappings.items():
        note_provider(str(key), mapping, attachment, resources)
        if text_of(mapping.get("Type")) not in {"Rules", "Token"}:
            resources.gap(f"{attachment.name} has a role mapping of the type {mapping.get('Type')}: not seen")
        if mapping.get("Type") == "Rules":
            note_claims(str(key), mapping, attachment, resources, declared)
            for rule in rules_of(mapping, attachment, resources):
                yield "rule", rule_in_words(rule), str(rule.get("RoleARN"))
        else:
            for group in trusted_groups(str(key), mapping, attachment, resources):
                if group.get("RoleArn"):
                    yield "group", str(group.get("GroupName") or group.logical_id), str(group.get("RoleArn"))
