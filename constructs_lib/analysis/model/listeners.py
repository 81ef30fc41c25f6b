"""Requests that load balancers forward, and the authentication they require first.

Sources: "Listener rules for your Application Load Balancer", "Authenticate users using an Application Load Balancer",
"Verify JWTs using an Application Load Balancer" (Elastic Load Balancing); a Network Load Balancer requires no
authentication.
"Restrict access with VPC origins" (Amazon CloudFront developer guide), "Endpoints for standard accelerators" (AWS
Global Accelerator developer guide): both take internal load balancers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.template.atoms import is_unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.model.resources import Resource

_BALANCER: Final = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_LISTENER: Final = "AWS::ElasticLoadBalancingV2::Listener"
_RULE: Final = "AWS::ElasticLoadBalancingV2::ListenerRule"
_DOORS: Final = {
    "AWS::CloudFront::VpcOrigin": "VpcOriginEndpointConfig",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "Targets",
    "AWS::GlobalAccelerator::EndpointGroup": "EndpointConfigurations",
}
"""Resources by which others reach an internal load balancer, each with the property that names it."""
_ENDS: Final = frozenset({"fixed-response", "redirect"})
"""Actions that respond without forwarding."""
_SIGNS_IN: Final = {"authenticate-cognito": "AuthenticateCognitoConfig", "authenticate-oidc": "AuthenticateOidcConfig"}
"""Actions that authenticate users, with the property that configures it."""
_ASKS: Final = (None, "authenticate", "deny")
"""Values with which such an action does not let unauthenticated requests pass; None is `authenticate`."""
ANYONE: Final = "anyone on the internet"


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
        conditions = (each for each in as_list(self.by.get("Conditions")) if isinstance(each, Mapping))
        listener_conditions = [
            each.get("PathPatternConfig") or (each if each.get("Field") == "path-pattern" else {})
            for each in conditions
        ]  # fmt: skip
        paths = [
            str(path)
            for each in listener_conditions
            if isinstance(each, Mapping)
            for path in as_list(each.get("Values"))
        ]
        return " ".join([self.by.name, *paths])


def forwards(resources: Sequence[Resource]) -> Iterator[Forward]:
    """Yield the listeners and rules that forward requests.

    Args:
        resources: The resources of all templates.
    """
    for resource in resources:
        if resource.type in {_LISTENER, _RULE}:
            actions = as_list(resource.get("DefaultActions" if resource.type == _LISTENER else "Actions"))
            kinds = [str(each.get("Type")) if isinstance(each, Mapping) else "" for each in actions]
            if kinds and not _ENDS.issuperset(kinds):
                yield Forward(by=resource, actions=actions, who=_who(resource, actions, kinds, resources))


def _who(by: Resource, actions: Sequence[Any], kinds: Sequence[str], resources: Sequence[Resource]) -> str:
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
    internal = balancer is not None and balancer.type == _BALANCER and balancer.get("Scheme") == "internal"
    return "anyone in its network" if internal and balancer and not _is_led_to(balancer, resources) else ANYONE


def _is_led_to(balancer: Resource, resources: Sequence[Resource]) -> bool:
    """Return whether a resource that is open to the internet may forward requests to an internal load balancer."""
    texts = (str(each.get(_DOORS[each.type])) for each in resources if each.type in _DOORS)
    return any(balancer.is_named_in(each) or is_unknown(each) for each in texts)


def _signs_in(action: Mapping[str, Any]) -> bool:
    settings = action.get(_SIGNS_IN.get(str(action.get("Type")), ""))
    return isinstance(settings, Mapping) and settings.get("OnUnauthenticatedRequest") in _ASKS


__all__ = ["ANYONE", "Forward", "forwards"]
