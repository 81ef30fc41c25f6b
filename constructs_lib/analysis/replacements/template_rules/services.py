"""Refusals of services behind load balancers: tasks that are registered before a listener exists."""

from collections.abc import Callable, Iterator
from typing import Final

from constructs_lib.analysis.replacements.refusals import Refusal
from constructs_lib.analysis.replacements.template_rules.template_view import Found, View, entries, get

_UNHEARD: Final = Refusal(
    message="The target group does not have an associated load balancer",
    way_out="Let the service depend on the listener or listener rule that forwards to its target group.",
    source="https://github.com/aws/aws-cdk/issues/1160",
)
_LISTENERS: Final = ("ElasticLoadBalancingV2::Listener", "ElasticLoadBalancingV2::ListenerRule")


def _services(view: View) -> Iterator[Found]:
    for service in view.of("ECS::Service"):
        for balanced in entries(service, "LoadBalancers"):
            for group in view.named(balanced.get("TargetGroupArn"), "ElasticLoadBalancingV2::TargetGroup"):
                forwarding = {
                    each.logical_id
                    for each in view.of(*_LISTENERS)
                    if group in view.named([get(each, "DefaultActions"), get(each, "Actions")])
                }
                if not forwarding & view.needs(service.logical_id):
                    what = f"Nothing forwards to {group.logical_id} before the service is made"
                    yield service, _UNHEARD, "LoadBalancers", what, not forwarding


RULES: Final[tuple[Callable[[View], Iterator[Found]], ...]] = (_services,)
