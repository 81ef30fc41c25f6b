"""Refusals of S3 for a bucket's notifications: targets without permission, and overlapping filters."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from constructs_lib.analysis.replacements.refusals import Refusal
from constructs_lib.analysis.replacements.resource import Resource
from constructs_lib.analysis.replacements.template_rules.template_view import (
    Found,
    View,
    entries,
    get,
    mapping,
    texts,
)

_UNREACHED: Final = Refusal(
    message="Unable to validate the following destination configurations",
    way_out=(
        "Let the bucket depend on the AWS::Lambda::Permission, queue policy or topic policy that lets S3 in; where "
        "that names the bucket, write the bucket's name out, or notify through EventBridge."
    ),
    source="https://github.com/serverless/serverless/issues/12361",
)
_TWICE: Final = Refusal(
    message="Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules",
    way_out="Tell the rules apart by prefix or suffix, or notify one topic (or EventBridge) that hands the event on.",
    source="https://github.com/aws-solutions/aws-waf-security-automations/issues/49",
)
_BUCKETS: Final = ("AWS::S3::Bucket", "Custom::S3BucketNotifications")
_TARGETS: Final = {
    "Lambda::Function": ("Lambda::Permission", "FunctionName"),
    "SQS::Queue": ("SQS::QueuePolicy", "Queues"),
    "SNS::Topic": ("SNS::TopicPolicy", "Topics"),
}
_LISTS: Final = {
    "LambdaConfigurations": "Function",
    "QueueConfigurations": "Queue",
    "TopicConfigurations": "Topic",
    # The CDK's custom resource uses the property names of the API.
    "LambdaFunctionConfigurations": "LambdaFunctionArn",
}
_ARNS: Final = {"Queue": "QueueArn", "Topic": "TopicArn"}


def _unreached(view: View) -> Iterator[Found]:
    for bucket, rule, name in _rules(view):
        for kind, (permission, key) in _TARGETS.items():
            for target in view.named(rule.get(name, rule.get(_ARNS.get(name, ""))), kind):
                let_in = {each.logical_id for each in view.of(permission) if target in view.named(get(each, key))}
                if not let_in & view.needs(bucket.logical_id):
                    what = f"It notifies {target.logical_id} before anything there lets S3 in"
                    yield bucket, _UNREACHED, f"NotificationConfiguration {target.logical_id}", what, True


def _overlapping_filters(view: View) -> Iterator[Found]:
    rules: dict[str, list[tuple[Resource, Mapping[str, Any]]]] = {}
    for bucket, rule, _ in _rules(view):
        rules.setdefault(bucket.logical_id, []).append((bucket, rule))
    for found in rules.values():
        for (bucket, one), (_, other) in itertools.combinations(found, 2):
            events, filters = [_events(one), _events(other)], [_filter(one), _filter(other)]
            if None not in events + filters and _share(*events) and _overlap(*filters):
                what = "Two notifications want the same event of the same objects"
                yield bucket, _TWICE, "NotificationConfiguration", what, True
                break


def _rules(view: View) -> Iterator[tuple[Resource, Mapping[str, Any], str]]:
    for resource in view.resources.values():
        if resource.type in _BUCKETS:
            for path, name in _LISTS.items():
                for rule in entries(resource, f"NotificationConfiguration.{path}"):
                    yield resource, rule, name


def _events(rule: Mapping[str, Any]) -> Any:
    """Return the events, or None if the template does not determine them."""
    return texts([rule["Event"]] if "Event" in rule else rule.get("Events"))


def _filter(rule: Mapping[str, Any]) -> Any:
    """Return prefix and suffix, or None as above; the API's name is `Filter.Key.FilterRules`."""
    whole = mapping(rule.get("Filter"))
    inner = mapping(whole.get("S3Key", whole.get("Key")))
    listed = [each for name in ("Rules", "FilterRules") for each in entries(inner, name)]
    named = {str(each.get("Name", "")).lower(): each.get("Value", "") for each in listed}
    return texts([named.get("prefix", ""), named.get("suffix", "")])


def _share(left: list[str], right: list[str]) -> bool:
    return any(_is_within(one, other) or _is_within(other, one) for one in left for other in right)


def _is_within(event: str, wider: str) -> bool:
    return event == wider or (wider.endswith(":*") and event.startswith(wider[:-1]))


def _overlap(left: list[str], right: list[str]) -> bool:
    (start, end), (other_start, other_end) = left, right
    starts = start.startswith(other_start) or other_start.startswith(start)
    return starts and (end.endswith(other_end) or other_end.endswith(end))


RULES: Final[tuple[Callable[[View], Iterator[Found]], ...]] = (_unreached, _overlapping_filters)
