"""Clients who reach the code behind a route's load balancer without the API: by a listener, or by its own address.

IAM limits callers to their own path at the route only, and a load balancer asks for no signature. Sources:
"Internet-facing load balancers", "Listener rules for your Application Load Balancer" (Elastic Load Balancing), "Fargate
task networking" (Amazon ECS developer guide).
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import globs_meet, is_unknown
from constructs_lib.analysis.model.listeners import BALANCER, DOORS, GROUP, LISTENER, NETWORK, RULE, forwards
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.function_permissions import route_finding
from constructs_lib.analysis.proof.private_backends import targets_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.listeners import Forward
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.findings import Finding
    from constructs_lib.analysis.proof.private_backends import Backend

_UNKNOWN: Final = "an unknown caller"
_LATTICE_GROUP: Final = "AWS::VpcLattice::TargetGroup"
_REVIEWED: Final = frozenset(
    {
        BALANCER, GROUP, LISTENER, RULE, "AWS::AutoScaling::AutoScalingGroup", "AWS::CodeDeploy::DeploymentGroup",
        "AWS::ECS::Service", "AWS::ECS::TaskSet", "AWS::ServiceDiscovery::Instance", "AWS::ServiceDiscovery::Service",
        # Their routes are compared with the owned one.
        "AWS::ApiGateway::Method", "AWS::ApiGateway::RestApi", "AWS::ApiGateway::VpcLink", "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::VpcLink",
        # They lead to an internal load balancer by another resource only, which `listeners` reads.
        "AWS::CloudFront::Distribution", *(set(DOORS) - {_LATTICE_GROUP}),
        # They have its name or number, and no clients of their own.
        "AWS::ApplicationAutoScaling::ScalableTarget", "AWS::ApplicationAutoScaling::ScalingPolicy",
        "AWS::AutoScaling::LifecycleHook", "AWS::AutoScaling::ScalingPolicy", "AWS::CloudFormation::Stack",
        "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::CloudWatch::Dashboard",
        "AWS::CodePipeline::Pipeline", "AWS::Cognito::UserPoolClient", "AWS::ECS::PrimaryTaskSet",
        "AWS::ECS::TaskDefinition", "AWS::ElasticLoadBalancingV2::ListenerCertificate", "AWS::Events::Rule",
        "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::RolePolicy",
        "AWS::Lambda::Function", "AWS::Lambda::Permission", "AWS::Route53::HealthCheck", "AWS::Route53::RecordSet",
        "AWS::Route53::RecordSetGroup", "AWS::SSM::Parameter", "AWS::SecretsManager::Secret",
        "AWS::Shield::Protection", "AWS::WAFRegional::WebACLAssociation",
        "AWS::WAFv2::WebACLAssociation",
    }
)  # fmt: skip
"""Types that may name a load balancer or the code behind it without leading clients there."""
_ON_ADDRESSES: Final = ("AWS::ECS::Service", "AWS::ECS::TaskSet")
_SECURITY_GROUP: Final = "AWS::EC2::SecurityGroup"
_INGRESS: Final = "AWS::EC2::SecurityGroupIngress"
_PRIVATE: Final = tuple(map(ip_network, ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
_SOURCES: Final = ("CidrIp", "CidrIpv6", "SourcePrefixListId")


def client_findings(place: Place, backend: Backend, sent: str, where: str, model: Model) -> Iterator[Finding]:
    """Yield the clients who may have the code behind a route get another owner's path.

    `sent` are the paths that the code gets from the route, as a glob; `where` is the name of the route in reports.
    """
    groups = [each for each in backend.fronts.values() if each.type == GROUP]
    if not backend.fronts:
        return
    before = set[str]()
    for forward in forwards(model.resources):
        named = [each for each in groups if forward.may_forward_to(each)]
        before.update(each.place for each in named)
        if named and forward.who != NETWORK and _may_take(forward, sent):
            story = (
                f"{forward.who} may send another's path by {forward} to {named[0].name}, the code behind {where}: "
                f"policies decide nothing there for {place.name}; let only internal load balancers forward to it"
            )
            yield route_finding(place, Status.UNDECIDED, forward.who, story)
    for each in groups:
        if each.place not in before:
            story = (
                f"whose requests come to {each.name}, the code behind {where} for {place.name}, is not seen: no "
                "listener of the templates forwards there"
            )
            yield route_finding(place, Status.UNDECIDED, _UNKNOWN, story)
    yield from _by_others(place, backend, where, model)
    for each in backend.runs.values():
        if each.type in _ON_ADDRESSES and _is_open(each, model):
            story = (
                f"any client may send another's path to the address of {each.name}, the code behind {where} for "
                f"{place.name}: AssignPublicIp gives its tasks public addresses, and a security group admits, or may "
                "admit, addresses outside the network"
            )
            yield route_finding(place, Status.UNDECIDED, _UNKNOWN, story)


def _may_take(forward: Forward, sent: str) -> bool:
    changed = forward.by.get("Transforms") is not None
    paths = [path.lstrip("/") for path in forward.paths]
    return changed or not paths or any(is_unknown(path) or globs_meet(path, sent) for path in paths)


def _by_others(place: Place, backend: Backend, where: str, model: Model) -> Iterator[Finding]:
    """Yield the resources without a review that name what leads to the code, or the code itself."""
    known = [*backend.fronts.values(), *backend.runs.values(), *backend.ways.values()]
    targets = {target for each in backend.fronts.values() for target in targets_of(each, model)}
    for resource in model.resources:
        if resource.type not in _REVIEWED:
            text = str(dict(resource.properties))
            named = next((each.name for each in known if each.is_named_in(text) or _serves(resource, each)), "")
            if named or not targets.isdisjoint(targets_of(resource, model)):
                story = (
                    f"clients of {resource.name} ({resource.type}) may send another's path to "
                    f"{named or 'its targets'}, and so to the code behind {where} for {place.name}: the type has not "
                    "been reviewed"
                )
                yield route_finding(place, Status.UNDECIDED, _UNKNOWN, story)


def _serves(group: Resource, run: Resource) -> bool:
    """Return whether code of Amazon ECS is registered with a target group of Amazon VPC Lattice."""
    return group.type == _LATTICE_GROUP and group.is_named_in(str(dict(run.properties)))


def _is_open(service: Resource, model: Model) -> bool:
    """Return whether tasks have public addresses that a security group may admit clients to."""
    network = service.get("NetworkConfiguration") or {}
    settings = _get(network, "AwsvpcConfiguration", "AwsVpcConfiguration")
    if str(_get(settings, "AssignPublicIp") or "DISABLED") == "DISABLED":
        return False
    # The default group of a network admits its own members only.
    named = [str(each) for each in as_list(_get(settings, "SecurityGroups"))]
    return any(_admits_strangers(text, model) for text in named)


def _get(settings: Any, *names: str) -> Any:
    """Return a property by one of its names; all of what is not spelled out."""
    if not isinstance(settings, Mapping):
        return settings
    return next((settings[name] for name in names if name in settings), None)


def _admits_strangers(text: str, model: Model) -> bool:
    group = next((each for each in model.resources if each.type == _SECURITY_GROUP and each.is_named_in(text)), None)
    if group is None:
        return True
    others = (each for each in model.resources if each.type == _INGRESS)
    added = [each.properties for each in others if group.is_named_in(str(each.get("GroupId")))]
    rules = [*as_list(group.get("SecurityGroupIngress")), *added]
    return any(_is_of_strangers(_get(rule, name)) for rule in rules for name in _SOURCES)


def _is_of_strangers(addresses: Any) -> bool:
    if addresses is None:
        return False
    text = str(addresses)
    if text.startswith("⟦") and not is_unknown(text):
        # An attribute of a resource here: the addresses of a network.
        return False
    try:
        given = ip_network(text, strict=False)
    except ValueError:
        return True
    first, last = int(given.network_address), int(given.broadcast_address)
    return not any(
        each.version == given.version and int(each.network_address) <= first and last <= int(each.broadcast_address)
        for each in _PRIVATE
    )
