"""Results that services write for code: destinations, artifacts, reports, answers of queries, files of a job.

What a service writes for code that acts with a role is a copy of the owned data that the role reaches. What code itself
writes, and where, no template says.

Sources: "Capturing records of Lambda asynchronous invocations" (AWS Lambda developer guide), "AWS::CodeBuild::Project
ProjectCache", "AWS::CodeBuild::ReportGroup S3ReportExportConfig", "AWS::Athena::WorkGroup ResultConfiguration",
"AWS::SSM::Association S3OutputLocation" (CloudFormation template reference), "AWS Glue job parameters" (AWS Glue user
guide), "Custom log routing" (Amazon ECS developer guide), "Amazon EventBridge Pipes enrichment" (user guide).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.proof.access_paths.flow_ends import End, Flow, ends_under
from constructs_lib.analysis.proof.access_paths.machine_results import machine_results, rules_on_events
from constructs_lib.analysis.proof.access_paths.reachable_resources import WITH_ROLE
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.access_paths.state_machine_calls import MACHINE
from constructs_lib.analysis.proof.principal_rights import allows_of
from constructs_lib.analysis.template.atoms import is_unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources

_BUILD: Final = "AWS::CodeBuild::Project"
_FUNCTION: Final = "AWS::Lambda::Function"
_CALLS: Final = "AWS::Lambda::EventInvokeConfig"
_WORK_GROUP: Final = "AWS::Athena::WorkGroup"
_QUERY: Final = "athena:StartQueryExecution"
_ARTIFACTS: Final = "its artifacts go to"
_EVENTS: Final = "its events and answers go to"
_KEEPS: Final = "what it logs or keeps for a time goes to"
_COMMANDS: Final = ("AWS::SSM::Association", "OutputLocation", "OutputS3BucketName", "what its commands print goes to")
_BUS: Final = ":event-bus/"
_KEPT: Final = ("--TempDir", "--spark-event-logs-path", "LogConfiguration", "S3Logs")
"""Settings of code with where its service writes what it logs, or keeps for a time."""
_OWN: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    _BUILD: (
        ("Artifacts", "Location", _ARTIFACTS), ("Cache", "Location", _ARTIFACTS),
        ("SecondaryArtifacts", "Location", _ARTIFACTS),
    ),
    _FUNCTION: (("DeadLetterConfig", "TargetArn", "what fails there goes to"),),
}  # fmt: skip
"""By type of code: its property with where its results go, the nested property, and what they are."""
_BESIDE: Final[Mapping[str, tuple[tuple[str, str, str, str], ...]]] = {
    _BUILD: (("AWS::CodeBuild::ReportGroup", "ExportConfig", "Bucket", "its reports go to"),),
    "AWS::EC2::Instance": (_COMMANDS,),
    "AWS::EC2::LaunchTemplate": (_COMMANDS,),
    "AWS::ECS::TaskDefinition": (("AWS::ECS::Cluster", "Configuration", "S3BucketName", _KEEPS),),
}
"""By type of code: other types that say where its results go without naming it."""
_NAMING: Final[Mapping[tuple[str, str], tuple[tuple[str, str, str], ...]]] = {
    (_CALLS, "FunctionName"): (("DestinationConfig", "Destination", _EVENTS),),
    ("AWS::Pipes::Pipe", "Enrichment"): (("Target", "", "its answers go to"),),
}  # fmt: skip
"""By type and property that name code: where the results of the code go."""


def with_owned_data(reachable: ReachableResources, *kinds: Kind) -> Iterator[Node]:
    """Yield the nodes of some kinds that act with a role that reaches owned data, without their aliases."""
    names = {place.name for place in reachable.places}
    for node in reachable.of(*kinds):
        reach = tuple(each for each in node.reach if each in names)
        if reach and node.resource is not None and node.why.startswith(WITH_ROLE):
            yield replace(node, reach=reach)


def result_flows(reachable: ReachableResources) -> Iterator[tuple[Node, Flow]]:
    """Yield what services write for code and state machines that act with a role that reaches owned data."""
    # Code that acts with a second role is an agent, too.
    for node in with_owned_data(reachable, Kind.CODE, Kind.AGENT, Kind.RELAY):
        for flow in results_of(node.resource, reachable) if node.resource is not None else ():
            yield node, flow
        for mention in reachable.names.mentions(node.name) if node.kind is not Kind.RELAY else ():
            # The answer of a function is a result of a state.
            for flow in machine_results(mention.by, reachable) if mention.by.type == MACHINE else ():
                yield node, replace(flow, why=f"{mention.by.name} gets its answers, and {flow.why}")
    groups = [each for each in reachable.model.resources if each.type == _WORK_GROUP]
    for node in reachable.of(Kind.ROLE) if groups else ():
        for by in groups if _may_query(node, reachable) else ():
            ends = tuple(ends_under(by.get("WorkGroupConfiguration"), ("OutputLocation",)))
            yield node, Flow(by=by, why="what its queries find goes to", ends=ends, lines=True)


def results_of(code: Resource, reachable: ReachableResources) -> Iterator[Flow]:
    """Yield what services write for code or a state machine, of what it is given and answers.

    Args:
        code: Any resource.
        reachable: The owned data.
    """
    if code.type == MACHINE:
        yield from machine_results(code, reachable)
        return
    yield from _flows(code, _KEEPS, ends_under(code.properties, _KEPT))
    yield from _by(code, _OWN.get(code.type, ()))
    for type_, name, inner, why in _BESIDE.get(code.type, ()):
        for by in reachable.model.resources:
            yield from _by(by, [(name, inner, why)]) if by.type == type_ else ()
    for mention in reachable.names.mentions(code.place):
        by = mention.by
        yield from _by(by, _NAMING.get((by.type, mention.path[0] if mention.path else ""), ()))
        if by.type == _CALLS and any(_is_other_bus(each, by, reachable) for each in _destinations(by)):
            for rule in rules_on_events("lambda", code, reachable):
                yield from _flows(rule, _EVENTS, ends_under(rule.get("Targets"), ("Arn",)))


def _by(by: Resource, rows: Iterable[tuple[str, str, str]]) -> Iterator[Flow]:
    for name, inner, why in rows:
        yield from _flows(by, why, ends_under(by.get(name), (inner,)))


def _flows(by: Resource, why: str, ends: Iterable[End]) -> Iterator[Flow]:
    found = tuple(ends)
    if found:
        yield Flow(by=by, why=why, ends=found, lines=True)


def _destinations(by: Resource) -> Iterator[End]:
    return ends_under(by.get("DestinationConfig"), ("Destination",))


def _is_other_bus(end: End, by: Resource, reachable: ReachableResources) -> bool:
    """Return whether a destination may be a bus that no template has, such as the default one of the account."""
    text = str(end.value)
    return not reachable.names.within(end.value, by) and (_BUS in text or is_unknown(text))


def _may_query(node: Node, reachable: ReachableResources) -> bool:
    role = reachable.model.roles.get(node.resource.arn) if node.resource is not None else None
    return role is not None and any(applies_to_action(each, _QUERY) for each in allows_of(role, reachable.model))
