"""What a resource that acts with a role gets its input from, directly or by way of topics, queues, buckets and pipes.

Who puts something there says what the resource acts on. A type without a review may read each resource that it names.

Sources: "Amazon EventBridge Pipes sources", "Fanout to Amazon SQS queues" (Amazon SNS developer guide), "Amazon S3
Event Notifications" (Amazon S3 user guide), "Using dead-letter queues in Amazon SQS", "Adding a destination" (AWS
Lambda developer guide), "Using Kinesis Data Streams to capture changes to DynamoDB", "AWS IoT rule actions".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import is_unknown, normalise_arn
from constructs_lib.analysis.proof.access_paths.reviewed_types import WRITES, Kind, rule_of
from constructs_lib.analysis.template.unknown_values import leaves

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources
    from constructs_lib.analysis.proof.access_paths.resource_references import Reference

RULE: Final = "AWS::Events::Rule"
_BY_EVENTS: Final = ("AWS::StepFunctions::", RULE)
"""Types that start by their own actions or by events alone: `event_rules.py`."""
_NO_SOURCES: Final = ("AWS::IAM::", "AWS::KMS::", "AWS::StepFunctions::")
_FUNCTION: Final = "AWS::Lambda::Function"
CARRIERS: Final[Mapping[str, str]] = {
    "AWS::DynamoDB::GlobalTable": "dynamodb", "AWS::DynamoDB::Table": "dynamodb", "AWS::Kinesis::Stream": "kinesis",
    "AWS::KinesisFirehose::DeliveryStream": "firehose", _FUNCTION: "lambda", "AWS::S3::Bucket": "s3",
    "AWS::SNS::Topic": "sns", "AWS::SQS::Queue": "sqs",
}  # fmt: skip
"""Types that hold or pass on what others send there, each with its IAM prefix. A function sends events that fail."""
_SENT_FROM: Final[Mapping[tuple[str, str], str]] = {
    ("AWS::DynamoDB::GlobalTable", "Replicas"): "",
    ("AWS::DynamoDB::Table", "KinesisStreamSpecification"): "",
    ("AWS::Lambda::EventInvokeConfig", "DestinationConfig"): "FunctionName",
    ("AWS::Lambda::EventSourceMapping", "DestinationConfig"): "EventSourceArn",
    (_FUNCTION, "DeadLetterConfig"): "",
    ("AWS::S3::Bucket", "AnalyticsConfigurations"): "",
    ("AWS::S3::Bucket", "InventoryConfigurations"): "",
    ("AWS::S3::Bucket", "LoggingConfiguration"): "",
    ("AWS::S3::Bucket", "NotificationConfiguration"): "",
    ("AWS::S3::Bucket", "ReplicationConfiguration"): "",
    ("AWS::SNS::Subscription", "Endpoint"): "TopicArn",
    ("AWS::SNS::Subscription", "RedrivePolicy"): "TopicArn",
    ("AWS::SNS::Topic", "Subscription"): "",
    ("AWS::SQS::Queue", "RedrivePolicy"): "",
    ("Custom::S3BucketNotifications", "NotificationConfiguration"): "BucketName",
}
"""By type and property that names a carrier: the property with the source of what it sends there; empty: itself."""
_FORWARDERS: Final = (
    "AWS::CodePipeline::", "AWS::DataSync::", "AWS::IoT::TopicRule", "AWS::KinesisFirehose::DeliveryStream",
    "AWS::Pipes::",
)  # fmt: skip
"""Types that send on what they get from their own callers and from the resources that they name."""
_LOCATIONS: Final = "AWS::DataSync::Location"
"""Types that only say where a task of DataSync reads or writes."""
_READS: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::DataSync::Task": ("SourceLocationArn",), "AWS::Pipes::Pipe": ("Source",),
}  # fmt: skip
"""By type: the properties with what it reads; its other properties say where it sends that."""
_SEND_NOTHING: Final = frozenset(
    {
        ("AWS::Kinesis::ResourcePolicy", "ResourceArn"), ("AWS::Kinesis::StreamConsumer", "StreamARN"),
        ("AWS::KinesisFirehose::DeliveryStream", "KinesisStreamSourceConfiguration"), ("AWS::Pipes::Pipe", "Source"),
        ("AWS::Scheduler::Schedule", "Target"),
    }
)  # fmt: skip
"""Types with the property by which they read a carrier, or send it what the template says."""


@dataclass(kw_only=True, slots=True)
class Inputs:
    """What a resource gets its input from.

    Args:
        sources: The resources that it may read, or whose content is sent there, by `place`.
        forwarders: The agent, and the resources that send it what they get from their own callers.
        unknown: The resources that send there what no review says.
        outside: The ARNs, or unknown names, of sources that no template has, each with its IAM prefix; empty for any.
    """

    sources: dict[str, Resource] = field(default_factory=dict)
    forwarders: dict[str, Resource] = field(default_factory=dict)
    unknown: dict[str, Resource] = field(default_factory=dict)
    outside: dict[str, str] = field(default_factory=dict)

    @property
    def carriers(self) -> tuple[str, ...]:
        """The `place` of each source that holds or passes on what others send there."""
        return tuple(place for place, each in self.sources.items() if each.type in CARRIERS)


def inputs_of(agent: Node, reachable: ReachableResources) -> Inputs:
    """Return what an agent gets its input from; nothing for a relay, and for an agent that starts by events alone."""
    found = Inputs()
    if agent.kind is not Kind.AGENT or agent.resource is None or agent.resource.type.startswith(_BY_EVENTS):
        return found
    found.forwarders[agent.name] = agent.resource
    todo = [(each, False) for each in _read_by(agent.resource, found, reachable)]
    while todo:
        source, sends = todo.pop()
        if source.place == agent.name or source.place in found.sources:
            continue
        found.sources[source.place] = source
        if source.type.startswith(_FORWARDERS):
            todo += [(each, False) for each in _read_by(source, found, reachable)]
        # What runs a function is no input of the function's caller.
        if source.type in CARRIERS and (sends or source.type != _FUNCTION):
            for mention in reachable.names.mentions(source.place):
                todo += [(each, True) for each in _sent_by(mention, source, found, reachable)]
    return found


def _sent_by(mention: Reference, to: Resource, found: Inputs, reachable: ReachableResources) -> Iterator[Resource]:
    """Yield the sources of what a resource sends to a carrier that it names; `event_rules.py` asks who sends events."""
    by, name = mention.by, mention.path[0] if mention.path else ""
    source = _SENT_FROM.get((by.type, name))
    if source is not None:
        yield from _named(by, by.get(source), found, reachable) if source else (by,)
    elif by.type == RULE or to.type == _FUNCTION or (by.type, name) in _SEND_NOTHING:
        return
    elif by.type.startswith(_LOCATIONS):
        for task in reachable.names.mentions(by.place):
            found.forwarders[task.by.place] = task.by
            yield from _read_by(task.by, found, reachable)
    elif by.type.startswith(_FORWARDERS):
        found.forwarders[by.place] = by
        yield from _read_by(by, found, reachable)
    else:
        rule = rule_of(by.type, name, Kind.DATA)
        if rule is None or rule.why == WRITES:
            found.unknown[by.place] = by


def _read_by(by: Resource, found: Inputs, reachable: ReachableResources) -> Iterator[Resource]:
    """Yield the resources that one without a review may read: any that it names, if its source is not known."""
    known = _READS.get(by.type)
    for name, value in by.properties.items():
        if (known is None or name in known) and not name.endswith("DestinationConfiguration"):
            yield from _named(by, value, found, reachable)


def _named(by: Resource, value: Any, found: Inputs, reachable: ReachableResources) -> Iterator[Resource]:
    """Yield the resources that a value names, and note the sources that no template has."""
    places = reachable.names.within(value, by)
    for each in reachable.model.resources:
        if each.place in places and not each.type.startswith(_NO_SOURCES):
            yield each
    for text in map(str, leaves(value)):
        arn = normalise_arn(text)
        service = arn.split(":")[2] if arn.startswith("arn:aws:") else ""
        is_source = service in CARRIERS.values() or (text == value and is_unknown(text))
        if is_source and not reachable.names.within(text, by):
            found.outside[arn] = service


__all__ = ["CARRIERS", "RULE", "Inputs", "inputs_of"]
