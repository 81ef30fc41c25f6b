"""Access logs of APIs with owned paths: they hold the paths that others call, and what their format adds.

Sources: "Set up CloudWatch logging for REST APIs", "Log API calls to Amazon Data Firehose" (Amazon API Gateway
developer guide). Who reads logs in CloudWatch is asked by `indirect.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.model.kinds.api import Api
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.template.globs import may_be_equal
from constructs_lib.analysis.template.scalars import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_SETTINGS: Final = ("AccessLogSetting", "AccessLogSettings")
_TYPES: Final = ("AWS::ApiGateway::Deployment", "AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage")
_LOGS: Final = "arn:aws:logs:"
_GROUP: Final = "AWS::Logs::LogGroup"


def access_log_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the stages that send the access logs of owned paths to something other than a log group."""
    owned = {place.holder.rpartition(":")[2]: place.name for place in reachable.places if place.kind == Api.kind}
    for stage in reachable.model.resources:
        api = str(stage.get("RestApiId") or stage.get("ApiId"))
        paths = [path for id_, path in owned.items() if stage.type in _TYPES and may_be_equal(api, id_)]
        for setting in _settings(stage) if paths else ():
            to = setting.get("DestinationArn") if isinstance(setting, Mapping) else setting
            where = _beyond_log_group(to, stage, reachable)
            if where:
                story = (
                    f"{stage.name} sends the access logs of {', '.join(paths)} to {where}: who reads them there is not "
                    "known"
                )
                yield undecided("an unknown caller", stage.name, story)


def _settings(stage: Resource) -> Iterator[Any]:
    """Yield the settings of access logs of a stage, also of one that a deployment describes."""
    described = stage.get("StageDescription")
    for properties in (stage.properties, described if isinstance(described, Mapping) else {}):
        yield from (properties[name] for name in _SETTINGS if properties.get(name) is not None)


def _beyond_log_group(to: Any, stage: Resource, reachable: ReachableResources) -> str:
    """Return where logs go that do not stay in a log group; empty if they stay."""
    named = [*reachable.names.resources_in(to, stage)]
    group = next((each for each in named if each.type == _GROUP), None)
    if group is None and str(to).startswith(_LOGS):
        return ""
    if group is None:
        return named[0].name if named else str(to)
    functions = {each.arn for each in reachable.model.functions}
    sent = (
        each.by for each in reachable.names.mentions(group.place) if each.by.type == "AWS::Logs::SubscriptionFilter"
    )
    return next((each.name for each in sent if text_of(each.get("DestinationArn")) not in functions), "")
