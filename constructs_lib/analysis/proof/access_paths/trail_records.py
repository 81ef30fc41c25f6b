"""Trails that record who signs in, or which objects are decrypted: their events name guests and others' objects.

Sources: "Logging Amazon Cognito API calls with AWS CloudTrail" (Amazon Cognito developer guide), "Logging IAM and AWS
STS API calls with AWS CloudTrail" (IAM user guide), "Using server-side encryption with AWS KMS keys: encryption
context" (Amazon S3 user guide), "Logging management events", "AdvancedFieldSelector" (AWS CloudTrail).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.model.resources import as_list, is_true, may_be_true
from constructs_lib.analysis.model.value_formats import POOL_IDENTITY
from constructs_lib.analysis.template.atoms import is_unknown

if TYPE_CHECKING:
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources

_TRAIL: Final = "AWS::CloudTrail::Trail"
_POOLS: Final = "AWS::Cognito::IdentityPool"
_SIGN_IN: Final = "sts.amazonaws.com"
_KEYS: Final = "kms.amazonaws.com"
_EXCLUDED: Final = "ExcludeManagementEventSources"


def recorded(trail: Resource, node: Node, reachable: ReachableResources) -> str:
    """Return what a trail records of owned data besides its use, before the name of where; empty for nothing."""
    if trail.type != _TRAIL or node.why:
        return ""
    guests = {place.name for place in reachable.places if place.owner is not None and place.owner.form == POOL_IDENTITY}
    if reachable.has_guests and not guests.isdisjoint(node.reach) and (_manages(trail, _SIGN_IN) or _of_pools(trail)):
        return "records of who signs in, with guests' identity IDs, go to:"
    if _is_decrypted(node) and _manages(trail, _KEYS):
        return "records of the keys that decrypt its objects, with their names, go to:"
    return ""


def _manages(trail: Resource, source: str) -> bool:
    """Return whether a trail records the management events of a service that only read."""
    simple, advanced = as_list(trail.get("EventSelectors")), as_list(trail.get("AdvancedEventSelectors"))
    if not simple and not advanced:
        return True
    return any(_is_simple(each, source) for each in simple) or any(
        _meets(each, {"eventCategory": "Management", "readOnly": "true", "eventSource": source}) for each in advanced
    )


def _of_pools(trail: Resource) -> bool:
    """Return whether a trail records the data events of identity pools."""
    advanced = as_list(trail.get("AdvancedEventSelectors"))
    return any(_meets(each, {"eventCategory": "Data", "resources.type": _POOLS}) for each in advanced)


def _is_simple(selector: Any, source: str) -> bool:
    if not isinstance(selector, Mapping):
        return True
    managed = selector.get("IncludeManagementEvents")
    left_out = [str(each) for each in as_list(selector.get(_EXCLUDED))]
    return (
        (managed is None or may_be_true(managed))
        and str(selector.get("ReadWriteType")) != "WriteOnly"
        and source not in left_out
    )


def _meets(selector: Any, event: Mapping[str, str]) -> bool:
    """Return whether an event may meet an advanced selector; fields that are not of it may have any value."""
    fields = as_list(selector.get("FieldSelectors")) if isinstance(selector, Mapping) else []
    if not fields or not all(isinstance(each, Mapping) for each in fields):
        return True
    return all(_may_have(each, event.get(str(each.get("Field")))) for each in fields)


def _may_have(field: Mapping[str, Any], value: str | None) -> bool:
    def texts(name: str) -> list[str]:
        return [str(each) for each in as_list(field.get(name))]

    if value is None or any(map(is_unknown, (each for name in field for each in texts(name)))):
        return True
    if value in texts("NotEquals") or any(map(value.startswith, texts("NotStartsWith"))):
        return False
    wanted = (*texts("Equals"), *texts("StartsWith"), *texts("EndsWith"))
    ends = any(map(value.startswith, texts("StartsWith"))) or any(map(value.endswith, texts("EndsWith")))
    return not wanted or value in texts("Equals") or ends


def _is_decrypted(node: Node) -> bool:
    """Return whether a bucket's objects have keys of their own from AWS KMS, whose use names the object."""
    given = node.resource.get("BucketEncryption") if node.resource is not None else None
    rules = as_list(given.get("ServerSideEncryptionConfiguration")) if isinstance(given, Mapping) else [given]
    return any(_has_own_keys(each) for each in rules if each is not None)


def _has_own_keys(rule: Any) -> bool:
    default = rule.get("ServerSideEncryptionByDefault") if isinstance(rule, Mapping) else rule
    algorithm = str(default.get("SSEAlgorithm")) if isinstance(default, Mapping) else str(default)
    by_kms = algorithm.startswith("aws:kms") or is_unknown(algorithm)
    return by_kms and not (isinstance(rule, Mapping) and is_true(rule.get("BucketKeyEnabled")))


__all__ = ["recorded"]
