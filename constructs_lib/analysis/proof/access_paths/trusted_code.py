"""Code and definitions of the templates, and what their authors can do with the role that these run with.

A role that reaches no owned data may still change who does: it may escalate privileges, start what can, or be unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.proof.access_paths.policy_powers import policy_powers
from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, role_names
from constructs_lib.analysis.proof.access_paths.reviewed_types import Effect, Kind, rule_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources

CODE_PROPERTIES: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::AppRunner::Service": ("SourceConfiguration",),
    "AWS::AutoScaling::LaunchConfiguration": ("UserData",),
    "AWS::Batch::JobDefinition": ("ContainerProperties", "EcsProperties", "EksProperties", "NodeProperties"),
    "AWS::CodeBuild::Project": ("Source", "SecondarySources", "Cache", "Environment", "FileSystemLocations"),
    "AWS::EC2::Instance": ("UserData",),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateData",),
    "AWS::ECS::TaskDefinition": ("ContainerDefinitions", "Volumes"),
    "AWS::Glue::Job": ("Command", "DefaultArguments", "NonOverridableArguments"),
    "AWS::Lambda::Function": ("Code", "Environment"),
    "AWS::StepFunctions::StateMachine": ("DefinitionS3Location",),
}
"""By type: the properties that determine the code it runs, and the source of the code."""
TRUSTED: Final = "is trusted with the requests of all its callers"
"""What code is and does whose role can do nothing of its own: a trigger, an authorizer, the code behind a route."""
_ACTS: Final = (Kind.CODE, Kind.RELAY, Kind.AGENT)
_PROFILE: Final = "AWS::IAM::InstanceProfile"


def code_nodes(reachable: ReachableResources, *types: str) -> Iterator[Node]:
    """Yield all code and definitions of the templates, also those whose role reaches no owned data.

    `types` are the resource types to look at; none: all that run code or a definition.
    """
    yield from (each for each in reachable.of(*_ACTS) if not types or (each.resource and each.resource.type in types))
    for resource in reachable.model.resources:
        known = reachable.nodes.get(resource.place)
        if resource.type in (types or CODE_PROPERTIES) and (known is None or known.kind not in _ACTS):
            yield Node(name=resource.place, kind=Kind.CODE, resource=resource, reach=())


def does_with_role(node: Node, reachable: ReachableResources) -> str:
    """Return what code can do with its role, as a verb phrase; empty if it neither reaches owned data nor escalates."""
    if node.kind is Kind.AGENT:
        return node.does
    if node.reach:
        return f"may reach {node.owned} {node.why}"
    return next(_by_roles(node, reachable), "")


def _by_roles(node: Node, reachable: ReachableResources) -> Iterator[str]:
    roles = role_names(reachable.model)
    for value in _role_properties(node):
        places = _with_profiles(reachable.names.within(value, node.resource) if node.resource else set(), reachable)
        named = [arn for arn, each in roles.items() if each.place in places]
        for arn in named:
            powers = reachable.powers.get(roles[arn].place) or policy_powers(reachable.model.roles[arn], reachable)
            yield from (f"acts with the role {roles[arn].name}, which may {each.words}" for each in powers.values())
        if isinstance(value, str) and not named:
            yield f"acts with {value}, which may do anything: no template has it"


def _role_properties(node: Node) -> Iterator[object]:
    for name, value in node.resource.properties.items() if node.resource is not None else ():
        rule = rule_of(node.resource.type, name, Kind.ROLE) if node.resource is not None else None
        if rule is not None and rule.property == name and rule.effect in {Effect.CODE, Effect.RELAY}:
            yield value


def _with_profiles(places: set[str], reachable: ReachableResources) -> set[str]:
    profiles = (each for each in reachable.model.resources if each.type == _PROFILE and each.place in places)
    return places.union(*(reachable.names.within(as_list(each.get("Roles")), each) for each in profiles))
