"""Log lines that are sent on: those of code with owned data, and those of APIs with owned paths, are copies.

Sources: "Real-time processing of log data with subscriptions", "Account-level subscription filters" (Amazon CloudWatch
Logs user guide), "Set up CloudWatch logging for REST APIs" (Amazon API Gateway developer guide), "Sending Lambda
function logs to CloudWatch Logs" (AWS Lambda developer guide), "Custom log routing" (Amazon ECS developer guide),
"AWS::CodeBuild::Project LogsConfig", "AWS::CloudWatch::LogAlarm" (CloudFormation template reference), "AWS Glue job
parameters" (AWS Glue user guide). Who reads logs in CloudWatch is asked by `unreviewed_actions.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.model.kinds.api import Api
from constructs_lib.analysis.proof.access_paths.data_copies import copy_in
from constructs_lib.analysis.proof.access_paths.data_flows import ends_under
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.reachable_resources import WITH_ROLE
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.template.atoms import is_unknown, split_around_atoms
from constructs_lib.analysis.template.globs import may_be_equal
from constructs_lib.analysis.template.scalars import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_FILTER: Final = "AWS::Logs::SubscriptionFilter"
_ALARM: Final = "AWS::CloudWatch::LogAlarm"
_SENDERS: Final = (_FILTER, "AWS::Logs::AccountPolicy", "AWS::Logs::ScheduledQuery", _ALARM)
_RECEIVERS: Final = (
    "AWS::Kinesis::Stream", "AWS::KinesisFirehose::DeliveryStream", "AWS::S3::Bucket", "AWS::SNS::Topic",
)  # fmt: skip
_DESTINATION: Final = "AWS::Logs::Destination"
_FUNCTION: Final = "AWS::Lambda::Function"
_BUILD: Final = "AWS::CodeBuild::Project"
_TASK: Final = "AWS::ECS::TaskDefinition"
_CLUSTER: Final = "AWS::ECS::Cluster"
_SETTINGS: Final = ("--TempDir", "--spark-event-logs-path", "LogConfiguration", "LogsConfig")
"""Settings of code with where its service writes what it logs, or keeps for a time."""
_EXECUTIONS: Final = "API-Gateway-Execution-Logs_"


def add_log_copies(reachable: ReachableResources) -> bool:
    """Add the resources to which log lines with owned data are sent; return whether any is new."""
    new = False
    for by in reachable.model.resources:
        sources = tuple(_logged(by, reachable)) if _sends(by) else ()
        names = ", ".join(dict.fromkeys(name for name, _ in sources))
        reach = tuple(dict.fromkeys(place for _, places in sources for place in places))
        for to in _receivers(by, list(by.properties.values()), reachable) if sources else ():
            why = f"to which {by.name} sends log lines of {names}"
            new |= reachable.add(copy_in(to, reach, why, reachable, lines=True))
    for node in _with_logs(reachable):
        for by in _configuring(node, reachable):
            settings = [each.value for each in ends_under(by.properties, _SETTINGS)]
            for to in _receivers(by, settings, reachable):
                why = f"where {node} keeps what it logs"
                new |= reachable.add(copy_in(to, node.reach, why, reachable, lines=True))
    return new


def public_build_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the builds whose log lines anyone may read ("Get public build projects", AWS CodeBuild user guide)."""
    for node in _with_logs(reachable):
        visibility = node.resource.get("Visibility") if node.resource and node.resource.type == _BUILD else None
        if visibility not in {None, "PRIVATE"}:
            story = (
                f"anyone on the internet may read the logs and artifacts of {node} (Visibility), which reaches "
                f"{', '.join(node.reach)}: make it private"
            )
            yield undecided("anyone on the internet", node, story)


def _sends(by: Resource) -> bool:
    """Return whether a resource sends log lines on; an alarm does if its notifications have some."""
    return by.type in _SENDERS and (by.type != _ALARM or by.get("ActionLogLineCount") is not None)


def _with_logs(reachable: ReachableResources) -> Iterator[Node]:
    """Yield the code that acts with a role that reaches owned data, without its aliases."""
    names = {place.name for place in reachable.places}
    # Code that acts with a second role is an agent, too.
    for node in reachable.of(Kind.CODE, Kind.AGENT):
        reach = tuple(each for each in node.reach if each in names)
        if reach and node.resource is not None and node.why.startswith(WITH_ROLE):
            yield replace(node, reach=reach)


def _configuring(node: Node, reachable: ReachableResources) -> Iterator[Resource]:
    """Yield the resources that say where code logs: itself, and the clusters of tasks."""
    if node.resource is not None:
        yield node.resource
        clusters = (each for each in reachable.model.resources if each.type == _CLUSTER)
        yield from clusters if node.resource.type == _TASK else ()


def _logged(by: Resource, reachable: ReachableResources) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the code and the APIs whose log lines a resource may send on, each with the owned places."""
    group = text_of(by.get("LogGroupName")) if by.type == _FILTER else ""
    for node in _with_logs(reachable):
        if node.resource is not None and _may_log_to(node.resource, group):
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


def _receivers(by: Resource, value: Any, reachable: ReachableResources) -> Iterator[Resource]:
    """Yield the resources that a value of a resource names as receivers, also by a destination for several accounts.

    `data_flows.py` follows what they send on.
    """
    named = reachable.names.within(value, by)
    for to in reachable.model.resources if named else ():
        if to.place in named and to.type in _RECEIVERS:
            yield to
        if to.place in named and to.type == _DESTINATION:
            yield from _receivers(to, list(to.properties.values()), reachable)
