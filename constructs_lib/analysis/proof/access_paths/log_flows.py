"""Log lines that are sent on: those of code with owned data, and those of APIs with owned paths, are copies.

Sources: "Real-time processing of log data with subscriptions", "Account-level subscription filters" (Amazon CloudWatch
Logs user guide), "Set up CloudWatch logging for REST APIs" (Amazon API Gateway developer guide), "Sending Lambda
function logs to CloudWatch Logs" (AWS Lambda developer guide). Who reads logs in CloudWatch is asked by
`unreviewed_actions.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.model.kinds.api import Api
from constructs_lib.analysis.proof.access_paths.data_copies import readers
from constructs_lib.analysis.proof.access_paths.reachable_resources import WITH_ROLE, Node
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.template.atoms import is_unknown, split_around_atoms
from constructs_lib.analysis.template.globs import may_be_equal
from constructs_lib.analysis.template.scalars import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_FILTER: Final = "AWS::Logs::SubscriptionFilter"
_SENDERS: Final = (_FILTER, "AWS::Logs::AccountPolicy", "AWS::Logs::ScheduledQuery")
_DELIVERY: Final = "AWS::KinesisFirehose::DeliveryStream"
_STREAM: Final = "AWS::Kinesis::Stream"
_BUCKET: Final = "AWS::S3::Bucket"
_RECEIVERS: Final = (_BUCKET, _DELIVERY, _STREAM)
_DESTINATION: Final = "AWS::Logs::Destination"
_FUNCTION: Final = "AWS::Lambda::Function"
_EXECUTIONS: Final = "API-Gateway-Execution-Logs_"


def log_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the callers who may read where log lines with owned data are sent on."""
    for by in reachable.model.resources:
        sources = tuple(_logged(by, reachable)) if by.type in _SENDERS else ()
        names = ", ".join(dict.fromkeys(name for name, _ in sources))
        reach = tuple(dict.fromkeys(place for _, places in sources for place in places))
        for to in _receivers(by, reachable, set()) if sources else ():
            arn = to.arn if to.type == _BUCKET else ""
            copy = Node(
                name=to.place, kind=Kind.DATA, resource=to, reach=reach, arn=arn,
                globs=(arn, f"{arn}/*") if arn else (), why=f"to which {by.name} sends log lines of {names}",
            )  # fmt: skip
            yield from readers(copy, reachable)


def _logged(by: Resource, reachable: ReachableResources) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the code and the APIs whose log lines a resource may send on, each with the owned places."""
    group = text_of(by.get("LogGroupName")) if by.type == _FILTER else ""
    for node in reachable.of(Kind.CODE):
        if node.resource is not None and node.why.startswith(WITH_ROLE) and _may_log_to(node.resource, group):
            yield str(node), node.reach
    for place in reachable.places:
        api = f"{_EXECUTIONS}{split_around_atoms(place.holder, ':')[-1]}"
        named = split_around_atoms(group, "/", 1)[0]
        if place.kind == Api.kind and (not group or is_unknown(named) or may_be_equal(named, api)):
            yield place.resource, (place.name,)


def _may_log_to(code: Resource, group: str) -> bool:
    """Return whether code may log to a group, by its name; any if it is not known."""
    if not group or is_unknown(group) or code.type != _FUNCTION:
        return True
    config = code.get("LoggingConfig")
    given = config.get("LogGroup") if isinstance(config, Mapping) else config
    own = f"/aws/lambda/{code.id}" if given is None else text_of(given)
    return is_unknown(own) or may_be_equal(group, own)


def _receivers(by: Resource, reachable: ReachableResources, seen: set[str]) -> Iterator[Resource]:
    """Yield the resources that get what a resource sends, also by streams and by a destination for several accounts."""
    named = reachable.names.within(list(by.properties.values()), by)
    reading = {each.by.place for each in reachable.names.mentions(by.place) if each.by.type == _DELIVERY}
    for to in reachable.model.resources:
        if to.place in named | (reading if by.type == _STREAM else set()) and to.place not in seen:
            seen.add(to.place)
            if to.type in _RECEIVERS:
                yield to
            if to.type in (_DELIVERY, _DESTINATION, _STREAM):
                yield from _receivers(to, reachable, seen)


__all__ = ["log_findings"]
