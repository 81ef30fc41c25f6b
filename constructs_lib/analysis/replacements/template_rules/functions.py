"""Refusals of Lambda: sizes, roles without a permission, and sources that the function cannot read yet."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from constructs_lib.analysis.replacements.refusals import Refusal
from constructs_lib.analysis.replacements.resource import Resource
from constructs_lib.analysis.replacements.template_rules.template_view import (
    Found,
    View,
    allows,
    entries,
    get,
    least_size,
    mapping,
    seconds,
    statements,
)

_FUNCTION: Final = "Lambda::Function"
_ENVIRONMENT: Final = Refusal(
    message="the environment variables you have provided exceeded the 4KB limit",
    way_out="Keep long values in Parameter Store or S3 and hand over their names.",
    source="https://github.com/aws-samples/aws-genai-llm-chatbot/issues/583",
)
_PERMISSIONS: Final = Refusal(
    message="The final policy size is bigger than the limit (20480)",
    way_out="Let one AWS::Lambda::Permission cover several sources by a wildcard in SourceArn.",
    source="https://github.com/serverless/serverless/issues/5357",
)
_VISIBILITY: Final = Refusal(
    message="Queue visibility timeout is less than Function timeout",
    way_out="Give the queue a VisibilityTimeout of at least the function's Timeout; AWS advises six times as much.",
    source="https://github.com/aws/serverless-application-model/issues/1424",
)
_UNREAD: Final = Refusal(
    message="Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, "
    "and ListStreams Actions",
    way_out="Let the event source mapping depend on the policy that lets the function's role read its source.",
    source="https://github.com/aws/aws-cdk/issues/17412",
)
_NETWORK: Final = Refusal(
    message="The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
    way_out="Attach service-role/AWSLambdaVPCAccessExecutionRole to the role, or let the function depend on a policy.",
    source="https://github.com/aws/aws-sam-cli/issues/617",
)
_MOST_ENVIRONMENT: Final = 4_096
_MOST_POLICY: Final = 20_480
_STATEMENT: Final = len(
    '{"Sid":"","Effect":"Allow","Principal":{"Service":""},"Action":"","Resource":"","Condition":{"ArnLike":{"AWS:SourceArn":""}}},'
)
_NAMES: Final = len("arn:aws:lambda:eu-west-1:111122223333:function:") + len("Stack-Logical-1A2B3C4D5E6F")
"""The minimum length of a function's ARN and a generated statement ID."""
_SILENT: Final = ("AWSLambdaBasicExecutionRole", "AWSXRayDaemonWriteAccess")
"""AWS managed policies that allow neither reading a source nor creating a network interface."""
_READS: Final = {
    "DynamoDB::Table": "dynamodb:GetRecords",
    "DynamoDB::GlobalTable": "dynamodb:GetRecords",
    "Kinesis::Stream": "kinesis:GetRecords",
}


def _environments(view: View) -> Iterator[Found]:
    for function in view.of(_FUNCTION):
        variables = mapping(get(function, "Environment.Variables"))
        size = sum(len(str(name).encode()) + least_size(value) - 2 for name, value in variables.items())
        if size > _MOST_ENVIRONMENT:
            what = f"Its variables have {size:,} bytes at the least"
            yield function, _ENVIRONMENT, "Environment", what, True


def _permissions(view: View) -> Iterator[Found]:
    sizes: dict[str, int] = {}
    for permission in view.of("Lambda::Permission"):
        for function in view.named(get(permission, "FunctionName"), _FUNCTION):
            policy_size = sum(least_size(value) for value in permission.properties.values())
            sizes[function.logical_id] = sizes.get(function.logical_id, 0) + policy_size + _STATEMENT + _NAMES
    for logical_id, size in sizes.items():
        if size > _MOST_POLICY:
            what = f"Its permissions come to some {size:,} characters"
            yield view.resources[logical_id], _PERMISSIONS, "AWS::Lambda::Permission", what, False


def _visibility(view: View) -> Iterator[Found]:
    for mapped, function in _mapped(view):
        for queue in view.named(get(mapped, "EventSourceArn"), "SQS::Queue"):
            visible, runs = seconds(get(queue, "VisibilityTimeout"), 30), seconds(get(function, "Timeout"), 3)
            if visible is not None and runs is not None and visible < runs:
                what = f"{queue.logical_id} shows a message again after {visible} s, and the function runs for {runs} s"
                yield mapped, _VISIBILITY, "EventSourceArn", what, True


def _unread(view: View) -> Iterator[Found]:
    for mapped, function in _mapped(view):
        for source in view.named(get(mapped, "EventSourceArn"), *_READS):
            action = _READS[source.type.removeprefix("AWS::")]
            for role in view.named(get(function, "Role"), "IAM::Role"):
                holders = _holders(view, role, action)
                if holders is not None and not holders & (view.needs(mapped.logical_id) | {role.logical_id}):
                    what = f"The role {role.logical_id} cannot read {source.logical_id} yet"
                    yield mapped, _UNREAD, "EventSourceArn", what, not holders


def _networks(view: View) -> Iterator[Found]:
    for function in view.of(_FUNCTION):
        if not get(function, "VpcConfig.SubnetIds"):
            continue
        for role in view.named(get(function, "Role"), "IAM::Role"):
            holders = _holders(view, role, "ec2:CreateNetworkInterface")
            if holders is not None and not holders & (view.needs(function.logical_id) | {role.logical_id}):
                what = f"The role {role.logical_id} may make no network interface yet"
                # A list from a parameter may be empty, which means no VPC.
                certain = not holders and isinstance(get(function, "VpcConfig.SubnetIds"), list)
                yield function, _NETWORK, "VpcConfig", what, certain


def _mapped(view: View) -> Iterator[tuple[Resource, Resource]]:
    """Yield the event source mappings with their functions, named directly or by an alias or version."""
    for mapped in view.of("Lambda::EventSourceMapping"):
        for named in view.named(get(mapped, "FunctionName"), _FUNCTION, "Lambda::Alias", "Lambda::Version"):
            if named.type == f"AWS::{_FUNCTION}":
                yield mapped, named
            else:
                yield from ((mapped, each) for each in view.named(get(named, "FunctionName"), _FUNCTION))


def _holders(view: View, role: Resource, action: str) -> set[str] | None:
    """Return the resources whose policy may allow a role an action; None if a policy is outside the template."""
    arns = get(role, "ManagedPolicyArns") or []
    if not isinstance(arns, list):
        return None
    found: set[str] = set()
    for arn in arns:
        if named := view.named(arn, "IAM::ManagedPolicy"):
            found |= {each.logical_id for each in named if _allows_action(get(each, "PolicyDocument"), action)}
        elif not any(name in str(arn) for name in _SILENT):
            return None
    if any(_allows_action(each.get("PolicyDocument"), action) for each in entries(role, "Policies")):
        found.add(role.logical_id)
    for policy in view.of("IAM::Policy", "IAM::ManagedPolicy", "IAM::RolePolicy"):
        to = get(policy, "Roles") or get(policy, "RoleName")
        if role in view.named(to) and _allows_action(get(policy, "PolicyDocument"), action):
            found.add(policy.logical_id)
    return found


def _allows_action(document: Any, action: str) -> bool:
    # A document from an intrinsic function may allow anything.
    return not mapping(document) or any(allows(each, action) for each in statements(document))


RULES: Final[tuple[Callable[[View], Iterator[Found]], ...]] = (
    _environments, _permissions, _visibility, _unread, _networks,
)  # fmt: skip
