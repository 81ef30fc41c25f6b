"""Requests that load balancers forward, and the authentication they require first.

Sources: "Listener rules for your Application Load Balancer", "Authenticate users using an Application Load Balancer",
"Verify JWTs using an Application Load Balancer" (Elastic Load Balancing); a Network Load Balancer requires no
authentication.
"Restrict access with VPC origins" (Amazon CloudFront developer guide), "Endpoints for standard accelerators" (AWS
Global Accelerator developer guide), "Share your services through AWS PrivateLink" (Amazon VPC user guide), "Load
balancer endpoints" (AWS Verified Access user guide), "Target groups in VPC Lattice", "Resource configurations for VPC
resources" (Amazon VPC Lattice user guide): all take internal load balancers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.template.atoms import ACCOUNT, is_unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.model.resources import Resource

BALANCER: Final = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER: Final = "AWS::ElasticLoadBalancingV2::Listener"
RULE: Final = "AWS::ElasticLoadBalancingV2::ListenerRule"
GROUP: Final = "AWS::ElasticLoadBalancingV2::TargetGroup"
ANYONE: Final = "anyone on the internet"
NETWORK: Final = "anyone in its network"
_ENDPOINTS: Final = "AWS::EC2::VPCEndpointService"
_PERMISSIONS: Final = "AWS::EC2::VPCEndpointServicePermissions"
_LATTICE: Final = "a client of Amazon VPC Lattice"
DOORS: Final = {
    "AWS::CloudFront::VpcOrigin": ("VpcOriginEndpointConfig", ANYONE),
    GROUP: ("Targets", ANYONE),
    "AWS::GlobalAccelerator::EndpointGroup": ("EndpointConfigurations", ANYONE),
    _ENDPOINTS: ("NetworkLoadBalancerArns", "a principal whom its endpoint service admits"),
    "AWS::EC2::VerifiedAccessEndpoint": ("LoadBalancerOptions", "a user of AWS Verified Access"),
    "AWS::VpcLattice::ResourceConfiguration": ("ResourceConfigurationDefinition", _LATTICE),
    "AWS::VpcLattice::TargetGroup": ("Targets", _LATTICE),
}
"""Resources by which others reach an internal load balancer, each with the property that names it, and who they are."""
_ENDS: Final = frozenset({"fixed-response", "redirect"})
"""Actions that respond without forwarding."""
_SIGNS_IN: Final = {"authenticate-cognito": "AuthenticateCognitoConfig", "authenticate-oidc": "AuthenticateOidcConfig"}
"""Actions that authenticate users, with the property that configures it."""
_ASKS: Final = (None, "authenticate", "deny")
"""Values with which such an action does not let unauthenticated requests pass; None is `authenticate`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Forward:
    """A listener or listener rule that forwards requests.

    Args:
        by: The listener or rule.
        actions: Its actions.
        who: The clients whose requests it forwards, for reports.
    """

    by: Resource
    actions: Sequence[Any]
    who: str

    def __str__(self) -> str:
        """Return its name in a sentence, with its paths."""
        return " ".join([self.by.name, *self.paths])

    @property
    def paths(self) -> tuple[str, ...]:
        """The path patterns of its conditions. None: it takes every path."""
        conditions = (each for each in as_list(self.by.get("Conditions")) if isinstance(each, Mapping))
        listener_conditions = [
            each.get("PathPatternConfig") or (each if each.get("Field") == "path-pattern" else {})
            for each in conditions
        ]  # fmt: skip
        return tuple(
            str(path)
            for each in listener_conditions
            if isinstance(each, Mapping)
            for path in as_list(each.get("Values"))
        )

    def may_forward_to(self, group: Resource) -> bool:
        """Return whether its actions name a target group, or may name it."""
        return group.is_named_in(str(self.actions)) or is_unknown(str(self.actions))


def forwards(resources: Sequence[Resource]) -> Iterator[Forward]:
    """Yield the listeners and rules that forward requests."""
    return _forwards(resources, frozenset())


def is_of_network(group: Resource, resources: Sequence[Resource]) -> bool:
    """Return whether a target group gets requests from the network of its load balancers alone."""
    before = [each.who for each in forwards(resources) if each.may_forward_to(group)]
    return bool(before) and set(before) == {NETWORK}


def _forwards(resources: Sequence[Resource], seen: frozenset[str]) -> Iterator[Forward]:
    for resource in resources:
        if resource.type in {LISTENER, RULE}:
            actions = as_list(resource.get("DefaultActions" if resource.type == LISTENER else "Actions"))
            kinds = [str(each.get("Type")) if isinstance(each, Mapping) else "" for each in actions]
            if kinds and not _ENDS.issuperset(kinds):
                yield Forward(by=resource, actions=actions, who=_who(resource, actions, kinds, resources, seen))


def _who(
    by: Resource, actions: Sequence[Any], kinds: Sequence[str], resources: Sequence[Resource], seen: frozenset[str]
) -> str:
    signing = [each for each in actions if isinstance(each, Mapping) and _signs_in(each)]
    if signing:
        by_pool = any(each.get("Type") == "authenticate-cognito" for each in signing)
        return "a signed-in user" if by_pool else "a user of its provider"
    if "jwt-validation" in kinds:
        return "a holder of a token that it accepts"
    if not {"forward", *_ENDS, *_SIGNS_IN}.issuperset(kinds):
        return "an unknown caller"
    listener = next((each for each in resources if each.id == by.get("ListenerArn")), by)
    trusts = listener.get("MutualAuthentication")
    if isinstance(trusts, Mapping) and trusts.get("Mode") == "verify":
        return "a holder of a certificate that it accepts"
    balancer = next((each for each in resources if each.id == listener.get("LoadBalancerArn")), None)
    if balancer is None or balancer.type != BALANCER or balancer.get("Scheme") != "internal":
        return ANYONE
    # A load balancer that leads to itself has no further clients.
    led = set() if balancer.place in seen else set(_led_to(balancer, resources, seen | {balancer.place}))
    return ANYONE if ANYONE in led else min(led - {NETWORK}, default=NETWORK)


def _led_to(balancer: Resource, resources: Sequence[Resource], seen: frozenset[str]) -> Iterator[str]:
    """Yield the clients whose requests other resources lead to an internal load balancer."""
    for each in resources:
        name, who = DOORS.get(each.type, ("", ""))
        named = str(each.get(name)) if name else ""
        # Targets of other types that the template does not determine are addresses, machines and functions.
        may_be = is_unknown(named) and not (each.type == GROUP and _is_of_others(each))
        if not balancer.is_named_in(named) and not may_be:
            continue
        if each.type == GROUP:
            before = [other.who for other in _forwards(resources, seen) if other.may_forward_to(each)]
            yield from before or (who,)
        elif each.type != _ENDPOINTS or _admits_others(each, resources):
            yield who


def _is_of_others(group: Resource) -> bool:
    kind = str(group.get("TargetType", "instance"))
    return kind != "alb" and not is_unknown(kind)


def _admits_others(service: Resource, resources: Sequence[Resource]) -> bool:
    """Return whether an endpoint service admits principals of other accounts: without permissions it does not."""
    permissions = (each for each in resources if each.type == _PERMISSIONS)
    return any(
        f":{ACCOUNT}:" not in str(principal)
        for each in permissions
        if service.is_named_in(str(each.get("ServiceId"))) or is_unknown(str(each.get("ServiceId")))
        for principal in as_list(each.get("AllowedPrincipals"))
    )


def _signs_in(action: Mapping[str, Any]) -> bool:
    settings = action.get(_SIGNS_IN.get(str(action.get("Type")), ""))
    return isinstance(settings, Mapping) and settings.get("OnUnauthenticatedRequest") in _ASKS
