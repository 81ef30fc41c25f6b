"""Log lines that are sent on: those of code with owned data, and those of APIs with owned paths, are copies.

Sources: "Real-time processing of log data with subscriptions", "Account-level subscription filters" (Amazon CloudWatch
Logs user guide), "Set up CloudWatch logging for REST APIs" (Amazon API Gateway developer guide), "Sending Lambda
function logs to CloudWatch Logs" (AWS Lambda developer guide), "AWS::CloudWatch::LogAlarm" (CloudFormation template
reference). Who reads logs in CloudWatch is asked by `unreviewed_actions.py`; those that services write elsewhere,
`service_results.py` follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.model.kinds.api import Api
from constructs_lib.analysis.proof.access_paths.data_copies import copy_in
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.access_paths.service_results import with_owned_data
from constructs_lib.analysis.template.atoms import is_unknown, split_around_atoms
from constructs_lib.analysis.template.globs import may_be_equal
from constructs_lib.analysis.template.scalars import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
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
_LOGS: Final = (Kind.CODE, Kind.AGENT)
"""Kinds of what logs: code, which is an agent, too, if it acts with a second role."""
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
    return new


def public_build_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the builds whose log lines anyone may read ("Get public build projects", AWS CodeBuild user guide)."""
    for node in with_owned_data(reachable, *_LOGS):
        visibility = node.resource.get("Visibility") if node.resource and node.resource.type == _BUILD else None
        if visibility not in {None, "PRIVATE"}:
            what = f"the logs and artifacts of {node} (Visibility), which reaches {node.owned}: make it private"
            yield undecided("anyone on the internet", node, f"anyone on the internet may read {what}")


def _sends(by: Resource) -> bool:
    """Return whether a resource sends log lines on; an alarm does if its notifications have some."""
    return by.type in _SENDERS and (by.type != _ALARM or by.get("ActionLogLineCount") is not None)


def _logged(by: Resource, reachable: ReachableResources) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the code and the APIs whose log lines a resource may send on, each with the owned places."""
    group = text_of(by.get("LogGroupName")) if by.type == _FILTER else ""
    for node in with_owned_data(reachable, *_LOGS):
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
    for to in reachable.names.resources_in(value, by, *_RECEIVERS, _DESTINATION):
        yield from _receivers(to, list(to.properties.values()), reachable) if to.type == _DESTINATION else [to]
