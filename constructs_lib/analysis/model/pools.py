"""Identity pools, and who gets which role from them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from constructs_lib.analysis.iam.arns import normalise_arn
from constructs_lib.analysis.model.callers import Caller, CallerKind, IdentityPool, Role, Tag
from constructs_lib.analysis.model.forms import SUB
from constructs_lib.analysis.model.providers import trusted_groups
from constructs_lib.analysis.model.resources import Resource, Resources, as_list, is_true, may_be_true
from constructs_lib.analysis.model.rules import note_provider, rule_in_words, rules_of, writable_rule

_ATTACHMENT: Final = "AWS::Cognito::IdentityPoolRoleAttachment"
_ATTRIBUTES: Final = frozenset(
    {
        "address", "birthdate", "email", "family_name", "gender", "given_name", "locale", "middle_name", "name",
        "nickname", "phone_number", "picture", "preferred_username", "profile", "updated_at", "website", "zoneinfo",
    }
)  # fmt: skip


def callers_of(resources: Resources, roles: Mapping[str, Role]) -> list[Caller]:
    """Return every kind of caller of every identity pool, once."""
    pools = {
        pool.id: pool
        for pool in (_pool(resource, resources) for resource in resources.of("AWS::Cognito::IdentityPool"))
    }
    forgeable = forgeable_claims(resources)
    found: dict[tuple[str, str, str, str], Caller] = {}
    for attachment in resources.of(_ATTACHMENT):
        pool = pools.get(str(attachment.get("IdentityPoolId"))) or _unknown_pool(str(attachment.get("IdentityPoolId")))
        for kind, group, named in _roles(attachment, resources):
            arn = normalise_arn(named)
            role = roles.get(arn)
            if role is None:
                resources.gap(f"{attachment.name} gives the role {arn}, which is not in the templates: not seen")
                continue
            if kind == "guest" and not pool.guests:
                continue
            tags = _tags(pool, forgeable) if kind != "guest" else {}
            claimed = writable_rule(group, attachment, forgeable) if kind == "rule" else ""
            caller = Caller(kind=CallerKind(kind), group=group, pool=pool, role=role, tags=tags, claimed=claimed)
            found.setdefault((pool.id, kind, group, arn), caller)
    given = {caller.role.arn for caller in found.values()}
    for role in roles.values():
        trusts = any(
            statement.allow and kind == "Federated" and "cognito-identity" in value
            for statement in role.trust.statements
            for kind, value in statement.principals
        )
        off = any(_names(role.arn, each) for each in resources.of(_ATTACHMENT))
        if trusts and role.arn not in given and not off:
            resources.gap(f"{role.name} trusts identity pools, and no attachment here says who gets it: not looked at")
    return list(found.values())


def _names(arn: str, attachment: Resource) -> bool:
    """Whether an attachment names a role at all, if only for guests that the pool does not let in."""
    roles = attachment.get("Roles") or {}
    return isinstance(roles, Mapping) and arn in {normalise_arn(str(each)) for each in roles.values()}


def _pool(resource: Resource, resources: Resources) -> IdentityPool:
    tags: dict[str, str] = {}
    for mapping in resources.of("AWS::Cognito::IdentityPoolPrincipalTag"):
        if mapping.get("IdentityPoolId") == resource.id:
            if is_true(mapping.get("UseDefaults")):
                tags |= {"username": "sub", "client": "aud"}
            given = mapping.get("PrincipalTags") or {}
            if not isinstance(given, Mapping):
                resources.gap(f"{mapping.name} takes its principal tags from {given}: not seen")
                continue
            tags |= {str(tag).lower(): str(claim) for tag, claim in given.items()}
    return IdentityPool(
        id=resource.id,
        guests=may_be_true(resource.get("AllowUnauthenticatedIdentities")),
        classic=may_be_true(resource.get("AllowClassicFlow")),
        tags=tags,
        path=resource.name,
    )


def _tags(pool: IdentityPool, forgeable: Collection[str]) -> dict[str, Tag]:
    """Return the principal tags of a pool's users."""
    return {
        name: Tag(claim=claim, form=SUB if claim == "sub" or claim not in forgeable else None)
        for name, claim in pool.tags.items()
    }


def _unknown_pool(pool_id: str) -> IdentityPool:
    """Return a pool of another stack: guests are taken to be on, the classic flow too."""
    return IdentityPool(id=pool_id, guests=True, classic=True, tags={}, path=pool_id, known=False)


def _roles(attachment: Resource, resources: Resources) -> Iterator[tuple[str, str, str]]:
    roles = attachment.get("Roles") or {}
    if isinstance(roles, Mapping):
        if "unauthenticated" in roles:
            yield "guest", "", str(roles["unauthenticated"])
        if "authenticated" in roles:
            yield "authenticated", "", str(roles["authenticated"])
    elif roles:
        resources.gap(f"{attachment.name} takes its roles from {roles}: not seen")
    yield from _mapped(attachment, resources)


def _mapped(attachment: Resource, resources: Resources) -> Iterator[tuple[str, str, str]]:
    mappings = attachment.get("RoleMappings") or {}
    if not isinstance(mappings, Mapping) or not all(isinstance(each, Mapping) for each in mappings.values()):
        resources.gap(f"{attachment.name} takes its role mappings from {mappings}: not seen")
        return
    for key, mapping in mappings.items():
        note_provider(str(key), mapping, attachment, resources)
        if mapping.get("Type") == "Rules":
            for rule in rules_of(mapping, attachment, resources):
                yield "rule", rule_in_words(rule), str(rule.get("RoleARN"))
        else:
            for group in trusted_groups(str(key), mapping, attachment, resources):
                if group.get("RoleArn"):
                    yield "group", str(group.get("GroupName") or group.logical_id), str(group.get("RoleArn"))


def forgeable_claims(resources: Resources) -> frozenset[str]:
    """Return the claims a user can write: attributes that some client of some pool may change.

    A client without a write list may write every mutable attribute; `sub` and `aud` are Cognito's own.
    """
    found: set[str] = set()
    clients = list(resources.of("AWS::Cognito::UserPoolClient"))
    if not clients:
        # The user pool is elsewhere, and so is what its clients may write.
        tags = [mapping.get("PrincipalTags") for mapping in resources.of("AWS::Cognito::IdentityPoolPrincipalTag")]
        claims = {str(claim) for each in tags if isinstance(each, Mapping) for claim in each.values()}
        found |= {claim for claim in claims if claim in _ATTRIBUTES or claim.startswith("custom:")}
    for client in clients:
        listed = as_list(client.get("WriteAttributes"))
        if listed and not any("⟦" in str(name) for name in listed):
            found |= {str(name) for name in listed}
        else:
            found |= _mutable(resources)
    return frozenset(found - {"sub", "aud"})


def _mutable(resources: Resources) -> set[str]:
    names = set(_ATTRIBUTES)
    for pool in resources.of("AWS::Cognito::UserPool"):
        for attribute in as_list(pool.get("Schema")):
            if not isinstance(attribute, Mapping):
                continue
            name = str(attribute.get("Name"))
            mutable = str(attribute.get("Mutable", True)).lower() != "false"
            if name in names:
                names = names if mutable else names - {name}
            elif mutable:
                names = names | {f"custom:{name}"}
    return names
