"""Automatic flows of owned data or its names: replicas, inventories, logs, notifications and backups.

Sources: "Replicating objects", "Cataloging your data with S3 Inventory", "Amazon S3 Event Notifications" (Amazon S3
user guide), "Change data capture with Amazon DynamoDB", "Assigning resources to a backup plan" (AWS Backup), "Logging
using CloudWatch Logs" (AWS Step Functions).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.model.resources import as_list, may_be_true
from constructs_lib.analysis.proof.access_paths.account_wide import receives_all
from constructs_lib.analysis.proof.access_paths.distribution_logs import (
    literal_start,
    log_destinations,
    logging_distributions,
)
from constructs_lib.analysis.proof.access_paths.reviewed_types import Effect, rule_of
from constructs_lib.analysis.proof.access_paths.trail_records import recorded
from constructs_lib.analysis.template.atoms import ATOM

if TYPE_CHECKING:
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources


@dataclass(frozen=True, slots=True)
class End:
    """A destination of data.

    The value is that of the property that names it. `into` is the beginning of the keys of what is stored there; empty
    if the template does not determine it.
    """

    value: Any
    into: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """Data that flows out of a resource automatically.

    Args:
        by: The resource whose property configures the flow.
        why: The description of the flow in reports; the name of the destination follows it.
        ends: The destinations in the template.
        keeps_keys: Whether copies of objects have the same keys there.
        lines: Whether it is records with names alone: see `Node`.
    """

    by: Resource
    why: str
    ends: tuple[End, ...]
    keeps_keys: bool = False
    lines: bool = False


BUCKET_FLOWS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "AnalyticsConfigurations": (("BucketArn",), "an analysis of its objects goes to"),
    "InventoryConfigurations": (("BucketArn",), "lists of the names of all its objects go to"),
    "LoggingConfiguration": (("DestinationBucketName",), "records of who used which of its objects go to"),
    "NotificationConfiguration": (("Function", "Queue", "Topic"), "the names of its objects that change go to"),
    "ReplicationConfiguration": (("Bucket",), "its objects are replicated to"),
}
"""By property of a bucket: the nested properties with the destination, and the data that flows there."""
_OWN_LOGS: Final = "LoggingConfiguration"
_REPLICAS: Final = "ReplicationConfiguration"
_PREFIXES: Final = ("LogFilePrefix", "Prefix", "S3KeyPrefix")
"""Properties beside a destination that begin the keys of what is stored there."""
_LOGS: Final = ("LogGroupArn",)
_FAILED: Final = {"DeadLetterConfig": "Arn", "RedrivePolicy": "deadLetterTargetArn"}
"""By property of a bus, a queue or a subscription: the nested property with where what fails of it goes."""
TABLE_FLOWS: Final = ("KinesisStreamSpecification", "Replicas")


def flows(node: Node, reachable: ReachableResources) -> Iterator[Flow]:
    """Yield the automatic flows out of a resource, configured by its own properties or by those of others."""
    for flow in _flows(node, reachable):
        yield flow
        yield from _by_code(flow, reachable)


def _by_code(flow: Flow, reachable: ReachableResources, seen: frozenset[str] = frozenset()) -> Iterator[Flow]:
    """Yield where code that owned data starts sends its events: what fails, what succeeds, logs of input."""
    named = {name for end in flow.ends for name in reachable.names.within(end.value, flow.by)} - seen
    for code in reachable.model.resources:
        for sent in _out_of_code(code, flow.why, reachable) if code.place in named else ():
            yield sent
            yield from _by_code(sent, reachable, seen | {code.place})


def _out_of_code(code: Resource, why: str, reachable: ReachableResources) -> Iterator[Flow]:
    if code.type == "AWS::StepFunctions::StateMachine":
        yield from _logged(code, f"{why} {code.name}, and ")
    if code.type != "AWS::Lambda::Function":
        return
    dead = tuple(ends_under(code.get("DeadLetterConfig"), ("TargetArn",)))
    if dead:
        yield Flow(by=code, why=f"{why} {code.name}, and what fails there goes to", ends=dead)
    for mention in reachable.names.mentions(code.place):
        if mention.by.type == "AWS::Lambda::EventInvokeConfig":
            ends = tuple(ends_under(mention.by.get("DestinationConfig"), ("Destination",)))
            yield Flow(by=mention.by, why=f"{why} {code.name}, and its events go to", ends=ends)


def _flows(node: Node, reachable: ReachableResources) -> Iterator[Flow]:
    if node.resource is not None:
        yield from _by_itself(node.resource)
    yield from _by_others(node, reachable)


def _by_itself(resource: Resource) -> Iterator[Flow]:
    for name, (keys, why) in BUCKET_FLOWS.items() if resource.type == "AWS::S3::Bucket" else ():
        value = resource.get(name)
        if value is not None:
            ends = tuple(ends_under(value, keys))
            if name == _OWN_LOGS and not ends:
                # Without a destination a bucket stores its own access logs.
                ends = (End(resource.id, _beginning(value)),)
            yield Flow(by=resource, why=why, ends=ends, keeps_keys=name == _REPLICAS)
    for holder in (resource.properties, *as_list(resource.get("Replicas"))):
        stream = holder.get("KinesisStreamSpecification") if isinstance(holder, Mapping) else None
        if stream is not None:
            yield Flow(
                by=resource, why="every change of its rows goes to", ends=tuple(ends_under(stream, ("StreamArn",)))
            )
    yield from _failed(resource)
    if resource.type == "AWS::KinesisFirehose::DeliveryStream":
        yield Flow(by=resource, why="its records go to", ends=tuple(_delivered_to(resource)))
    if resource.type == "AWS::SNS::Topic":
        yield Flow(
            by=resource, why="its messages go to", ends=tuple(ends_under(resource.get("Subscription"), ("Endpoint",)))
        )
    if resource.type == "AWS::StepFunctions::StateMachine":
        yield from _logged(resource, "")


def _failed(resource: Resource) -> Iterator[Flow]:
    for name, key in _FAILED.items():
        if resource.get(name) is not None:
            ends = tuple(ends_under(resource.get(name), (key,)))
            yield Flow(by=resource, why="its messages that fail go to", ends=ends)


def _logged(machine: Resource, before: str) -> Iterator[Flow]:
    logs = machine.get("LoggingConfiguration")
    if not isinstance(logs, Mapping) or may_be_true(logs.get("IncludeExecutionData")):
        why = f"{before}what its states are told and answer goes to"
        yield Flow(by=machine, why=why, ends=tuple(ends_under(logs, _LOGS)))


def _by_others(node: Node, reachable: ReachableResources) -> Iterator[Flow]:
    for each in logging_distributions(node, reachable):
        ends = tuple(End(value, into) for value, into in log_destinations(each, reachable))
        yield Flow(
            by=each,
            why=f"the names of its objects and the signed URLs of others in the logs of {each.name} go to",
            ends=ends,
        )
    for by in reachable.model.resources:
        if by.type in _WIDE and receives_all(by, node):
            yield Flow(by=by, why=f"{_WIDE[by.type]}:", ends=tuple(_handed_to(by, reachable)))
        why = recorded(by, node, reachable)
        if why:
            yield Flow(by=by, why=why, ends=tuple(_handed_to(by, reachable)), lines=True)
    for mention in reachable.names.mentions(node.name):
        rule = rule_of(mention.by.type, mention.path[0] if mention.path else "", node.kind)
        if rule is not None and rule.effect is Effect.HANDS_ON:
            yield Flow(by=mention.by, why=f"{rule.why}:", ends=tuple(_handed_to(mention.by, reachable)))


_WIDE: Final[Mapping[str, str]] = {
    "AWS::Backup::BackupSelection": "backups of it go to",
    "AWS::CloudTrail::EventDataStore": "records of its use go to",
    "AWS::CloudTrail::Trail": "records of its use go to",
    "AWS::Cognito::IdentityPool": "every change of its datasets goes to",
    "AWS::Events::Rule": "events of it go to",
    "AWS::GuardDuty::PublishingDestination": "findings about its objects go to",
    "AWS::Pinpoint::EventStream": "what its users do goes to",
    "AWS::S3::StorageLens": "the beginnings of its objects' names go to",
}
_WITHIN: Final[Mapping[str, str]] = {
    "AWS::Cognito::IdentityPool": "CognitoStreams",
    "AWS::Events::Rule": "Targets",
    "AWS::Lambda::EventSourceMapping": "DestinationConfig",
    "AWS::S3::StorageLens": "StorageLensConfiguration",
}
"""The only property that configures the flow, by type."""
_KEEPING: Final = ("AWS::CloudTrail::EventDataStore", "AWS::KinesisFirehose::DeliveryStream")
_HANDS_TO: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::CloudTrail::Trail": ("S3BucketName", "CloudWatchLogsLogGroupArn"),
    "AWS::Cognito::IdentityPool": ("StreamName",),
    "AWS::Events::Rule": ("Arn",),
    "AWS::GuardDuty::PublishingDestination": ("DestinationArn",),
    "AWS::Lambda::EventSourceMapping": ("Destination",),
    "AWS::Pinpoint::EventStream": ("DestinationStreamArn",),
    "AWS::Pipes::Pipe": ("Arn", "BucketName", "DeliveryStreamArn", "Enrichment", "LogGroupArn", "Target"),
    "AWS::S3::StorageLens": ("Arn",),
    "AWS::SNS::Subscription": ("Endpoint", "RedrivePolicy"),
    "Custom::S3BucketNotifications": ("LambdaFunctionArn", "QueueArn", "TopicArn"),
}


def _handed_to(by: Resource, reachable: ReachableResources) -> Iterator[End]:
    if by.type == "AWS::Backup::BackupSelection":
        yield from _vaults(by, reachable)
    elif by.type in _KEEPING:
        # It stores its own records, or sends on what it has read.
        yield End(by.id)
    elif by.type in _WITHIN:
        yield from ends_under(by.get(_WITHIN[by.type]), _HANDS_TO[by.type])
    else:
        yield from ends_under(by.properties, _HANDS_TO.get(by.type, ()))


def _delivered_to(stream: Resource) -> Iterator[End]:
    """Yield the buckets of a delivery stream, and each destination of another kind by its property."""
    named = {name: value for name, value in stream.properties.items() if name.endswith("DestinationConfiguration")}
    for name, value in named.items():
        # What fails there has other keys.
        yield from (End(each.value) for each in ends_under(value, ("BucketARN",)))
        yield from [] if "S3" in name else [End(name)]
    if not named:
        yield End("a destination that it does not name")


def _vaults(selection: Resource, reachable: ReachableResources) -> Iterator[End]:
    """Yield the vaults in which a selection's plan stores backups, and those it copies them to."""
    names = reachable.names.within(selection.get("BackupPlanId"), selection)
    plan = next((each for each in reachable.model.resources if each.place in names), None)
    if plan is None:
        yield End(selection.get("BackupPlanId"))
        return
    yield from ends_under(plan.properties, ("TargetBackupVault", "DestinationBackupVaultArn"))


def ends_under(value: Any, keys: tuple[str, ...]) -> Iterator[End]:
    """Yield the values of some keys, at any depth; the value itself if it is not an object.

    In lists, only a text that the template does not determine may be such an object.
    """
    if isinstance(value, list):
        for each in value:
            if not isinstance(each, str) or ATOM.fullmatch(each):
                yield from ends_under(each, keys)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key in keys:
                yield End(inner, _beginning(value))
            elif isinstance(inner, Mapping | list):
                yield from ends_under(inner, keys)
    elif value is not None:
        yield End(value)


def _beginning(settings: Any) -> str:
    """Return the beginning of the keys that settings with a destination give; empty if they determine none."""
    given = (settings.get(name) for name in _PREFIXES) if isinstance(settings, Mapping) else ()
    return literal_start(next((each for each in given if each is not None), ""))
