"""Logs of CloudFront: they have the names of the objects that viewers asked for, and their signed URLs.

Sources: "Standard logging" (`cs-uri-stem`, `cs-uri-query`), "Use real-time access logs", "Configure standard logging
(v2)" (Amazon CloudFront developer guide).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.model.resources import as_list

if TYPE_CHECKING:
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources

DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
_SOURCE: Final = "AWS::Logs::DeliverySource"
_DELIVERY: Final = "AWS::Logs::Delivery"
_LOGGING: Final = ("DistributionConfig", "Logging")


def logging_distributions(node: Node, reachable: ReachableResources) -> Iterator[Resource]:
    """Yield the distributions that serve a bucket, and not those that only log there."""
    found = {
        each.by.place: each.by
        for each in reachable.names.mentions(node.name)
        if each.by.type == DISTRIBUTION and each.path[:2] != _LOGGING
    }
    yield from found.values()


def log_destinations(distribution: Resource, reachable: ReachableResources) -> Iterator[tuple[Any, str]]:
    """Yield where the logs of a distribution go: values that name a bucket, a stream or a log group.

    With the beginning of their keys there; empty if the template does not determine it.
    """
    config = distribution.get("DistributionConfig")
    settings = config if isinstance(config, Mapping) else {}
    logging = settings.get("Logging")
    if logging is not None:
        known = isinstance(logging, Mapping)
        yield (logging.get("Bucket", ""), literal_start(logging.get("Prefix"))) if known else (logging, "")
    for behavior in (settings.get("DefaultCacheBehavior"), *as_list(settings.get("CacheBehaviors"))):
        arn = behavior.get("RealtimeLogConfigArn") if isinstance(behavior, Mapping) else None
        if arn is not None:
            yield from ((each, "") for each in _behind(arn, distribution, "EndPoints", reachable))
    sources = {each.place for each in _naming(_SOURCE, "ResourceArn", {distribution.place}, reachable)}
    for delivery in _naming(_DELIVERY, "DeliverySourceName", sources, reachable):
        named = _behind(delivery.get("DeliveryDestinationArn"), delivery, "DestinationResourceArn", reachable)
        yield from ((each, "") for each in named)


def literal_start(prefix: Any) -> str:
    """Return the beginning of keys as far as a template determines it."""
    return prefix.partition("⟦")[0].partition("!{")[0] if isinstance(prefix, str) else ""


def _naming(type_: str, name: str, places: set[str], reachable: ReachableResources) -> Iterator[Resource]:
    """Yield the resources of a type whose property names one of some resources."""
    for each in reachable.model.resources if places else ():
        if each.type == type_ and places & reachable.names.within(each.get(name), each):
            yield each


def _behind(value: Any, by: Resource, name: str, reachable: ReachableResources) -> Iterator[Any]:
    """Yield a property of the resource that a value names; the value itself if no template has the resource."""
    found = [each.get(name) for each in reachable.names.resources_in(value, by)]
    yield from [each for each in found if each is not None] or [value]
