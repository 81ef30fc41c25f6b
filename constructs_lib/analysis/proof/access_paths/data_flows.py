"""Automatic flows of owned data or its names: replicas, inventories, logs, notifications and backups.

Sources: "Replicating objects", "Cataloging your data with S3 Inventory", "Amazon S3 Event Notifications" (Amazon S3
user guide), "Change data capture with Amazon DynamoDB", "Assigning resources to a backup plan" (AWS Backup), "Logging
using CloudWatch Logs" (AWS Step Functions).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.model.resources import as_list, may_be_true
from constructs_lib.analysis.proof.access_paths.account_wide import receives_all
from constructs_lib.analysis.proof.access_paths.distribution_logs import log_destinations, logging_distributions
from constructs_lib.analysis.proof.access_paths.flow_ends import End, Flow, beginning, ends_under
from constructs_lib.analysis.proof.access_paths.reviewed_types import Effect, rule_of
from constructs_lib.analysis.proof.access_paths.service_results import results_of
from constructs_lib.analysis.proof.access_paths.state_machine_calls import MACHINE
from constructs_lib.analysis.proof.access_paths.trail_records import recorded

if TYPE_CHECKING:
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources


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
_LOGS: Final = ("LogGroupArn",)
_FAILED: Final = {"DeadLetterConfig": "Arn", "RedrivePolicy": "deadLetterTargetArn"}
"""By property of a bus, a queue or a subscription: the nested property with where what fails of it goes."""
_FUNCTION: Final = "AWS::Lambda::Function"
TABLE_FLOWS: Final = ("KinesisStreamSpecification", "Replicas")


def flows(node: Node, reachable: ReachableResources) -> Iterator[Flow]:
    """Yield the automatic flows out of a resource, configured by its own properties or by those of others."""
    for flow in _flows(node, reachable):
        yield flow
        yield from by_code(flow, reachable)


def by_code(flow: Flow, reachable: ReachableResources, known: frozenset[str] = frozenset()) -> Iterator[Flow]:
    """Yield where code that owned data starts sends its events: what fails, what succeeds, logs of input.

    Args:
        flow: What may start code.
        reachable: The owned data.
        known: The code whose results are owned anyway.
    """
    seen, waiting = set(known), [flow]
    while waiting:
        each = waiting.pop()
        named = {name for end in each.ends for name in reachable.names.within(end.value, each.by)} - seen
        seen |= named
        for code in reachable.model.resources if named else ():
            for sent in _out_of_code(code, each.why, reachable) if code.place in named else ():
                yield sent
                waiting.append(sent)


def _out_of_code(code: Resource, why: str, reachable: ReachableResources) -> Iterator[Flow]:
    sent = [*results_of(code, reachable)] if code.type in {MACHINE, _FUNCTION} else []
    sent += _logged(code) if code.type == MACHINE else []
    for flow in sent:
        # What fails of a function is the event that owned data sends.
        lines = flow.lines and code.type != _FUNCTION
        yield replace(flow, why=f"{why} {code.name}, and {flow.why}", lines=lines)


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
                ends = (End(resource.id, beginning(value)),)
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
    if resource.type == MACHINE:
        yield from _logged(resource)


def _failed(resource: Resource) -> Iterator[Flow]:
    for name, key in _FAILED.items():
        if resource.get(name) is not None:
            ends = tuple(ends_under(resource.get(name), (key,)))
            yield Flow(by=resource, why="its messages that fail go to", ends=ends)


def _logged(machine: Resource) -> Iterator[Flow]:
    logs = machine.get("LoggingConfiguration")
    if not isinstance(logs, Mapping) or may_be_true(logs.get("IncludeExecutionData")):
        why = "what its states are told and answer goes to"
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
    plan = next(reachable.names.resources_in(selection.get("BackupPlanId"), selection), None)
    if plan is None:
        yield End(selection.get("BackupPlanId"))
        return
    yield from ends_under(plan.properties, ("TargetBackupVault", "DestinationBackupVaultArn"))
