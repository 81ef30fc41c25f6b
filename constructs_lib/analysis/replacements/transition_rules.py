"""Refusals of a transition between two templates, during which old and new resources exist together."""

from collections.abc import Callable, Iterator
from typing import Final

from constructs_lib.analysis.replacements.refusals import Refusal
from constructs_lib.analysis.replacements.resource import Resource
from constructs_lib.analysis.replacements.schemas import schema_of
from constructs_lib.analysis.replacements.template_rules.api import CONFLICT, conflicting
from constructs_lib.analysis.replacements.template_rules.iam import INLINE, MOST_INLINE, inline_sizes
from constructs_lib.analysis.replacements.template_rules.template_view import Found, View, entries, get
from constructs_lib.analysis.replacements.value_comparison import same

_TOGETHER: Final = Refusal(
    message=INLINE.message,
    way_out="Put what is new into a managed policy, counted by itself, or take out the old in an update before.",
    source="https://github.com/alienplatform/alien/pull/300",
)
_ATTACHED: Final = Refusal(
    message="Cannot delete authorizer, is referenced in route",
    way_out="Set the route's AuthorizationType to NONE: without it CloudFormation leaves the authorizer attached.",
    source="https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2184",
)
_ALIAS: Final = Refusal(
    message="RRSet of type CNAME is not permitted as it conflicts with other records with the same DNS name",
    way_out="Remove the old record in one update and make the new one in the next; the name is gone in between.",
    source="https://github.com/aws/aws-sdk-java/issues/1996",
)
_TWO_BALANCERS: Final = Refusal(
    message="The following target groups cannot be associated with more than one load balancer",
    way_out="Give the target group a name that follows from the load balancer, so that both are replaced together.",
    source="https://github.com/aws-solutions-library-samples/guidance-for-claude-code-with-amazon-bedrock/pull/643",
)
_EDGE: Final = Refusal(
    message="Lambda was unable to delete because it is a replicated function",
    way_out="Retain the function (DeletionPolicy), and delete it some hours after the distribution has let go of it.",
    source="https://github.com/aws-samples/cloudfront-authorization-at-edge/issues/246",
)
_LISTENER: Final = "ElasticLoadBalancingV2::Listener"
_GROUP: Final = "ElasticLoadBalancingV2::TargetGroup"


def refused_between(old: View, new: View) -> Iterator[Found]:
    """Yield the refusals of one stack's update that neither template alone causes."""
    for rule in _RULES:
        yield from rule(old, new)


def _inline(old: View, new: View) -> Iterator[Found]:
    """Yield exceeded quotas: new policies are attached before old ones are detached, and IAM counts both."""
    for role in new.of("IAM::Role"):
        before, after = old.resources.get(role.logical_id), inline_sizes(new, role)
        if before is None or sum(after.values()) > MOST_INLINE:
            continue
        # Inline policies of a role are put by name first, and removed ones are deleted afterwards.
        size = sum(({**inline_sizes(old, before), **after}).values())
        if size > MOST_INLINE:
            what = f"Its old and new inline policies have {size:,} characters together at the least"
            yield role, _TOGETHER, "Policies", what, False


def _routes(old: View, new: View) -> Iterator[Found]:
    gone = [each for each in old.of("ApiGatewayV2::Route") if each.logical_id not in new.resources]
    for route in new.of("ApiGatewayV2::Route"):
        for other in gone if route.logical_id not in old.resources else ():
            keys = get(route, "RouteKey"), get(other, "RouteKey")
            if conflicting(*keys) and same(get(route, "ApiId"), get(other, "ApiId")):
                yield route, CONFLICT, "RouteKey", f"{keys[0]} is made while {keys[1]} still stands", True


def _authorizers(old: View, new: View) -> Iterator[Found]:
    for route in new.of("ApiGatewayV2::Route"):
        before = old.resources.get(route.logical_id)
        if before is None or "AuthorizationType" in route.properties or "AuthorizerId" in route.properties:
            continue
        for authorizer in old.named(get(before, "AuthorizerId"), "ApiGatewayV2::Authorizer"):
            if authorizer.logical_id not in new.resources:
                what = f"The route keeps {authorizer.logical_id}, which is removed"
                yield route, _ATTACHED, "AuthorizerId", what, True


def _records(old: View, new: View) -> Iterator[Found]:
    kind = "Route53::RecordSet"
    for record in new.of(kind):
        for other in old.of(kind) if record.logical_id not in old.resources else ():
            types = {get(record, "Type"), get(other, "Type")}
            one_name = all(same(get(record, name), get(other, name)) for name in ("HostedZoneId", "HostedZoneName"))
            if len(types) > 1 and "CNAME" in types and one_name and same(get(record, "Name"), get(other, "Name")):
                what = f"It is made while {other.logical_id} of another type still stands under the name"
                yield record, _ALIAS, "Name", what, True
                break


def _balancers(old: View, new: View) -> Iterator[Found]:
    for balancer in new.of("ElasticLoadBalancingV2::LoadBalancer"):
        before = old.resources.get(balancer.logical_id)
        if before is None or _stays(before, balancer):
            continue
        for listener in new.of(_LISTENER):
            if balancer not in new.named(get(listener, "LoadBalancerArn")):
                continue
            for group in new.named(get(listener, "DefaultActions"), _GROUP):
                kept = old.resources.get(group.logical_id)
                if kept is not None and _stays(kept, group):
                    what = f"{group.logical_id} goes to the new load balancer while the old one has it"
                    yield listener, _TWO_BALANCERS, "LoadBalancerArn", what, True


def _stays(before: Resource, after: Resource) -> bool:
    return all(same(get(before, path), get(after, path)) for path in schema_of(after.type).create_only)


def _edges(old: View, new: View) -> Iterator[Found]:
    gone = {each.logical_id for each in old.of("Lambda::Function") if each.logical_id not in new.resources}
    gone -= {name for name in gone if old.resources[name].body.get("DeletionPolicy", "Delete") != "Delete"}
    for distribution in old.of("CloudFront::Distribution") if gone else ():
        config = get(distribution, "DistributionConfig")
        behaviours = [get(distribution, "DistributionConfig.DefaultCacheBehavior"), *entries(config, "CacheBehaviors")]
        for behaviour in behaviours:
            for link in entries(behaviour, "LambdaFunctionAssociations"):
                for version in old.named(link.get("LambdaFunctionARN"), "Lambda::Version", "Lambda::Function"):
                    functions = {version.logical_id, *(each.logical_id for each in old.named(version.properties))}
                    for name in sorted(functions & gone):
                        what = f"It is deleted while {distribution.logical_id} may still run it"
                        yield old.resources[name], _EDGE, "", what, False


_RULES: Final[tuple[Callable[[View, View], Iterator[Found]], ...]] = (
    _inline, _routes, _authorizers, _records, _balancers, _edges,
)  # fmt: skip
