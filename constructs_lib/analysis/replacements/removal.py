"""Effects on a resource that is removed from its template or replaced."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from constructs_lib.analysis.replacements.consequences import consequence_of
from constructs_lib.analysis.replacements.findings import Effect, Finding, Note
from constructs_lib.analysis.replacements.resource import Resource
from constructs_lib.analysis.replacements.schemas import has_schema
from constructs_lib.analysis.replacements.value_comparison import same, short
from constructs_lib.analysis.replacements.without_consequence import is_without_consequence
from constructs_lib.analysis.template.resource_form import BRINGERS

_KEPT: Final = frozenset({"Retain", "RetainExceptOnCreate"})
_POLICIES: Final = ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot")
_PROTECTION: Final = {
    "AWS::Cognito::UserPool": ("DeletionProtection", "ACTIVE"),
    "AWS::DocDB::DBCluster": ("DeletionProtection", "true"),
    "AWS::DynamoDB::Table": ("DeletionProtectionEnabled", "true"),
    "AWS::Neptune::DBCluster": ("DeletionProtection", "true"),
    "AWS::RDS::DBCluster": ("DeletionProtection", "true"),
    "AWS::RDS::DBInstance": ("DeletionProtection", "true"),
}
_SOURCE: Final = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"
)
_EMPTIES_BUCKETS: Final = "Custom::S3AutoDeleteObjects"


def removed(
    resource: Resource, arrived: Sequence[Resource], template: Mapping[str, Any], *, stack_gone: bool
) -> Iterator[Finding | Note]:
    """Yield the effect on a resource that its stack no longer has.

    `arrived` are the resources that are in the new templates only. CloudFormation applies the deletion policies of the
    old template.
    """
    consequence = consequence_of(resource.type)
    effect, fate = (
        (Effect.ORPHANED, "its stack is no longer part of the app, and stays deployed until it is destroyed")
        if stack_gone
        else _effect(resource, template)
    )
    if consequence is None:
        yield from unlisted(resource, effect, f"It is no longer in the template: {fate}.")
        return
    partner = _partner(resource, arrived)
    what = f"The {consequence.noun} is no longer in the template: {fate}."
    if partner is not None:
        where = "" if partner.stack == resource.stack else f" of stack {partner.stack}"
        what += f" {partner.logical_id}{where} seems to be meant for it, and starts empty."
    yield Finding(
        stack=resource.stack,
        logical_id=resource.logical_id,
        type=resource.type,
        path=resource.path,
        effect=effect,
        cause="logical ID" if partner is not None else "",
        what=what,
        loses=consequence.loses,
        way_out=consequence.way_out
        if partner is not None
        else f"Put it back, if the {consequence.noun} is still needed.",
        certain=stack_gone or _deletion_policy(resource) in _POLICIES,
        partner=partner.logical_id if partner is not None else "",
        source=_SOURCE,
    )


def unlisted(resource: Resource, effect: Effect, what: str) -> Iterator[Note]:
    """Yield a note on the effect on a resource whose type may hold data, users or an address (`uncompared`: others)."""
    kind = resource.type
    if has_schema(kind) and kind not in BRINGERS and not is_without_consequence(kind):
        text = f"{effect} ({kind}). {what} Whether data, users or an address are lost is not known."
        yield Note(stack=resource.stack, logical_id=resource.logical_id, text=text)


def replaced(resource: Resource, new: Mapping[str, Any]) -> str:
    """Return a sentence on the effect on the old resource of a replacement."""
    # The attribute takes effect only if both the new and the old template have it.
    policies = {str(body.get("UpdateReplacePolicy", "Delete")) for body in (resource.body, new)}
    if policies <= _KEPT:
        return " The old one is kept outside the stack (UpdateReplacePolicy: Retain)."
    if policies == {"Snapshot"}:
        return " A snapshot of the old one is kept (UpdateReplacePolicy: Snapshot)."
    return " The old one is deleted (no UpdateReplacePolicy: Retain)."


def _deletion_policy(resource: Resource) -> Any:
    """Return the policy of a resource, or its default: a snapshot of databases ("DeletionPolicy attribute")."""
    in_cluster = "DBClusterIdentifier" in resource.properties
    is_database = resource.type == "AWS::RDS::DBCluster" or (resource.type == "AWS::RDS::DBInstance" and not in_cluster)
    return resource.body.get("DeletionPolicy", "Snapshot" if is_database else "Delete")


def _effect(resource: Resource, template: Mapping[str, Any]) -> tuple[Effect, str]:
    policy = _deletion_policy(resource)
    if policy not in _POLICIES:
        return Effect.DELETED, f"what becomes of it depends on its DeletionPolicy, {short(policy)}"
    if policy in _KEPT:
        return Effect.ORPHANED, "it is kept outside the stack (DeletionPolicy: Retain)"
    if policy == "Snapshot":
        return Effect.DELETED, "it is deleted after a snapshot (DeletionPolicy: Snapshot)"
    if _is_protected(resource):
        return Effect.ORPHANED, "its deletion protection refuses the deletion, and it stays outside the stack"
    if resource.type == "AWS::S3::Bucket" and not _is_emptied(resource, template):
        return Effect.DELETED, "it is deleted if it is empty, and otherwise stays outside the stack"
    return Effect.DELETED, "it is deleted with everything in it (no DeletionPolicy: Retain)"


def _is_protected(resource: Resource) -> bool:
    if resource.type == "AWS::DynamoDB::GlobalTable":
        replicas = resource.properties.get("Replicas") or ()
        return any(
            isinstance(item, Mapping) and same(item.get("DeletionProtectionEnabled"), "true") for item in replicas
        )
    name, value = _PROTECTION.get(resource.type, ("", ""))
    return bool(name) and same(resource.properties.get(name), value)


def _is_emptied(bucket: Resource, template: Mapping[str, Any]) -> bool:
    return any(
        isinstance(other, Mapping)
        and other.get("Type") == _EMPTIES_BUCKETS
        and f'"{bucket.logical_id}"' in json.dumps(other, default=str)
        for other in template["Resources"].values()
    )


def _partner(resource: Resource, arrived: Sequence[Resource]) -> Resource | None:
    """Find the new resource of the same type that most likely is this resource under another ID."""
    candidates = [other for other in arrived if other.type == resource.type]
    if not candidates:
        return None
    return max(candidates, key=lambda other: _likeness(resource, other))


def _likeness(left: Resource, right: Resource) -> tuple[bool, float, bool]:
    names = {*left.properties, *right.properties}
    equal = sum(same(left.properties.get(name), right.properties.get(name)) for name in names)
    # The last part of a construct path survives a move into another scope.
    same_end = bool(left.path) and left.path.rsplit("/", 1)[-1] == right.path.rsplit("/", 1)[-1]
    return same_end, equal / len(names) if names else 1.0, left.stack == right.stack
