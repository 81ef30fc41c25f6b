"""The resource policies in the properties of a resource of any type."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import is_unknown
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.model.possible_policies import possible_policy

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.policies import Policy
    from constructs_lib.analysis.model.resources import Resource

_NO_IAM: Final = frozenset(
    {"DataProtectionPolicy", "DeliveryPolicy", "FilterPolicy", "RedriveAllowPolicy", "RedrivePolicy", "SslPolicy"}
)
"""Properties named policies that let no principal do anything. The statements of one that protects data mask, report or
refuse: "Data protection policy operations in Amazon SNS", "Help protect sensitive log data with masking" (Logs).
"""
_ACCOUNT: Final = "AWS::Logs::AccountPolicy"
"""A type whose documents say what log groups do with their lines: PutAccountPolicy (Amazon CloudWatch Logs API)."""
_PERMISSION: Final = "AWS::Lambda::Permission"
"""A type that another module reads."""


def resource_policies(resources: Iterable[Resource]) -> Iterator[tuple[Resource, Policy]]:
    """Yield the policies in the properties of resources, each with its resource."""
    for resource in resources:
        for document in documents_of(resource):
            yield resource, parse_policy(document, resource.name)
        statement = added_statement(resource)
        if statement is not None:
            policy = parse_policy({"Statement": statement}, resource.name)
            yield resource, possible_policy(policy, "what its other properties name")


def documents_of(resource: Resource) -> Iterator[Mapping[str, Any] | str]:
    """Yield the policies of a resource: a text if the template does not spell it out."""
    documents = {} if resource.type == _ACCOUNT else resource.properties
    found = (_document(name, value) for name, value in documents.items())
    yield from (each for each in found if each is not None)


def _document(name: str, value: Any) -> Mapping[str, Any] | str | None:
    if name in _NO_IAM:
        return None
    spelt = value
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            spelt = json.loads(value)
        except (RecursionError, ValueError):
            return value if _is_of_policies(name) else None
    if isinstance(spelt, Mapping):
        return value if any(str(key).lower() == "statement" for key in spelt) else None
    return value if isinstance(value, str) and _is_of_policies(name) and is_unknown(value) else None


def _is_of_policies(name: str) -> bool:
    """Return whether a property has the name of a policy document."""
    return "polic" in name.lower() and not name.endswith(("Name", "Id", "Arn", "ARN", "Type"))


def added_statement(resource: Resource) -> Any:
    """Return the statement that a resource adds to a policy, such as `AWS::Events::EventBusPolicy`; None without one.

    In the old form of that type, the elements are properties.
    """
    action, principal = resource.get("Action"), resource.get("Principal")
    if resource.get("Statement") is not None:
        return resource.get("Statement")
    if action is None or principal is None or resource.type == _PERMISSION:
        return None
    return {"Effect": "Allow", "Action": action, "Principal": {"AWS": principal}, "Resource": "*"}
