"""What a route calls behind a load balancer or a service of AWS Cloud Map: target groups, and what runs their code.

Sources: "Create private integrations for HTTP APIs", "Private integrations for REST APIs" (Amazon API Gateway developer
guide), "Target groups for your Application Load Balancers" (Elastic Load Balancing), "Use load balancing to distribute
Amazon ECS service traffic" (Amazon ECS developer guide).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.arns import is_unknown
from constructs_lib.analysis.model.listeners import BALANCER, GROUP, LISTENER, RULE
from constructs_lib.analysis.model.resources import as_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.model.kinds.function import Function
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.model.routes import ApiRoute

_LINK: Final = "AWS::ApiGateway::VpcLink"
_REGISTRY: Final = "AWS::ServiceDiscovery::Service"
_STARTS: Final = (BALANCER, LISTENER, _REGISTRY, _LINK)
_FRONTS: Final = (GROUP, _REGISTRY)
_RUNS: Final = (
    "AWS::AutoScaling::AutoScalingGroup", "AWS::CodeDeploy::DeploymentGroup", "AWS::ECS::Service", "AWS::ECS::TaskSet",
    "AWS::ServiceDiscovery::Instance",
)  # fmt: skip
"""Types whose resources put the same code behind all target groups and services of Cloud Map that they name."""
_PARTS: Final = frozenset({*_STARTS, *_FRONTS, *_RUNS, RULE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Backend:
    """What answers the calls of a route, by the places of resources.

    Args:
        fronts: The target groups and services of Cloud Map that lead to it.
        runs: The resources that run it.
        ways: The load balancers, listeners, rules and links that lead to its fronts.
    """

    fronts: Mapping[str, Resource] = field(default_factory=dict)
    runs: Mapping[str, Resource] = field(default_factory=dict)
    ways: Mapping[str, Resource] = field(default_factory=dict)

    def functions(self, model: Model) -> Iterator[Function]:
        """Yield the functions among its targets."""
        targets = [str(each.get("Targets")) for each in self.fronts.values()]
        return (each for each in model.functions if any(each.named.is_in(text) for text in targets))


def backend_of(route: ApiRoute, model: Model) -> Backend:
    """Return what is behind the load balancer, or the service of Cloud Map, that leads to the code of a route."""
    parts = [each for each in model.resources if each.type in _PARTS]
    fronts: dict[str, Resource] = {}
    if any(each.type in _FRONTS for each in parts):
        text = str(dict(route.integration))
        _follow([each for each in parts if each.type in _STARTS and each.is_named_in(text)], parts, fronts)
        functions = [each for each in model.functions if each.named.is_in(text)]
        for group in (each for each in parts if each.type == GROUP):
            if any(each.named.is_in(str(group.get("Targets"))) for each in functions):
                fronts[group.place] = group
    return _completed(fronts, parts, model) if fronts else Backend()


def _leads_to(one: Resource, other: Resource) -> bool:
    """Return whether requests to a resource may come to another one next."""
    match one.type:
        case "AWS::ApiGateway::VpcLink":
            return other.type == BALANCER and other.is_named_in(str(one.get("TargetArns")))
        case "AWS::ElasticLoadBalancingV2::LoadBalancer":
            return other.type == LISTENER and one.is_named_in(str(other.get("LoadBalancerArn")))
        case "AWS::ElasticLoadBalancingV2::Listener" if other.type == RULE:
            return one.is_named_in(str(other.get("ListenerArn")))
        case "AWS::ElasticLoadBalancingV2::Listener" | "AWS::ElasticLoadBalancingV2::ListenerRule":
            return other.type == GROUP and other.is_named_in(str(dict(one.properties)))
        case "AWS::ElasticLoadBalancingV2::TargetGroup":
            return other.type == BALANCER and other.is_named_in(str(one.get("Targets")))
        case _:
            return False


def _follow(starts: Sequence[Resource], parts: Sequence[Resource], fronts: dict[str, Resource]) -> None:
    """Add the target groups and services of Cloud Map to which requests come."""
    waiting, seen = list(starts), set[str]()
    while waiting:
        each = waiting.pop()
        if each.place not in seen:
            seen.add(each.place)
            fronts |= {each.place: each} if each.type in _FRONTS else {}
            waiting += [part for part in parts if _leads_to(each, part)]


def _completed(fronts: dict[str, Resource], parts: Sequence[Resource], model: Model) -> Backend:
    """Return a backend with all that leads to the same code."""
    runs: dict[str, Resource] = {}
    targets = {each.place: targets_of(each, model) for each in parts if each.type == GROUP}
    while True:
        met = {target for place in fronts for target in targets.get(place, ())}
        new = {
            each.place: each
            for each in parts
            if (
                each.type in _RUNS
                and each.place not in runs
                and any(front.is_named_in(str(each.properties)) for front in fronts.values())
            )
            or (
                each.type in _FRONTS
                and each.place not in fronts
                and (
                    any(each.is_named_in(str(run.properties)) for run in runs.values())
                    or not met.isdisjoint(targets.get(each.place, ()))
                )
            )
        }
        if not new:
            return Backend(fronts=fronts, runs=runs, ways=_ways(fronts, parts))
        for each in new.values():
            (fronts if each.type in _FRONTS else runs)[each.place] = each


def _ways(fronts: Mapping[str, Resource], parts: Sequence[Resource]) -> dict[str, Resource]:
    found: dict[str, Resource] = {}
    reached = list(fronts.values())
    while reached:
        ahead = [each for each in parts if each.place not in found and any(_leads_to(each, to) for to in reached)]
        found |= {each.place: each for each in ahead}
        reached = ahead
    return found


def targets_of(group: Resource, model: Model) -> set[str]:
    """Return the targets of a target group that the templates determine: addresses, machines and functions."""
    targets = [each.get("Id") for each in as_list(group.get("Targets")) if isinstance(each, Mapping)]
    known = {str(each) for each in targets if not is_unknown(str(each))}
    return known | {each.name for each in model.functions if any(each.named.is_in(text) for text in known)}
