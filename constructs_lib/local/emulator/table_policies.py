"""Resource policies of DynamoDB tables decide on requests, as those of buckets and queues do.

Stock MiniStack stores the policies of `PutResourcePolicy`, drops those of templates, and evaluates none (measured on
1.5.33). Source: "Using resource-based policies for DynamoDB" (DynamoDB developer guide): a table's policy covers its
indexes, too.
"""

import json
from typing import Any, Final

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import dynamodb

from .ministack_interface import expect_attributes, expect_parameters
from .provisioning import Props, after_put, done, expect_types

_TYPES: Final = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
_POLICY: Final = "ResourcePolicy"


def check() -> None:
    """Refuse a MiniStack that keeps or looks up policies elsewhere."""
    expect_attributes(iam_evaluator, "_RESOURCE_POLICY_LOOKUPS")
    expect_parameters(iam_evaluator._resource_policy, "service", "resource_arn")
    expect_attributes(dynamodb, "_resource_policies")
    for function in (dynamodb._put_resource_policy, dynamodb._delete_resource_policy):
        expect_parameters(function, "data")
    expect_types(*_TYPES)


def install() -> None:
    """Add tables to the resources with a policy, and the policies of templates."""
    dynamodb.table_policy_for_arn = _policy_of
    iam_evaluator._RESOURCE_POLICY_LOOKUPS["dynamodb"] = ("dynamodb", "table_policy_for_arn")
    for name in _TYPES:
        after_put(name, _apply_policy)


def _policy_of(resource_arn: str) -> tuple[str, str] | None:
    """Return the policy of a table, or of an index's table, and the table's account."""
    if ":table/" not in resource_arn:
        return None
    start, _, rest = resource_arn.partition(":table/")
    found = dynamodb._resource_policies.get(f"{start}:table/{rest.partition('/')[0]}")
    return (found["Policy"], resource_arn.split(":")[4]) if found else None


def _apply_policy(table: str, props: Props) -> None:
    arn = f"arn:aws:dynamodb:{get_region()}:{get_account_id()}:table/{table}"
    local: Props = next((each for each in props.get("Replicas") or [] if each.get("Region") == get_region()), {})
    policy: Any = (props.get(_POLICY) or local.get(_POLICY) or {}).get("PolicyDocument")
    if policy:
        text = policy if isinstance(policy, str) else json.dumps(policy)
        done(dynamodb._put_resource_policy({"ResourceArn": arn, "Policy": text}))
    elif arn in dynamodb._resource_policies:
        done(dynamodb._delete_resource_policy({"ResourceArn": arn}))
