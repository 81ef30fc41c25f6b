"""Other principals who can invoke the function behind a route with an owned path, with an event that they forge.

IAM limits callers to their own path at the route only. Sources: "Using resource-based policies for Lambda",
"Creating and managing Lambda function URLs" (AWS Lambda developer guide), "The confused deputy problem" (IAM user
guide).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam.arns import globs_meet, loosened, name_may_be
from constructs_lib.analysis.model.listeners import GROUP, is_of_network
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.proof.access_paths.distribution_caches import CACHING_DISABLED
from constructs_lib.analysis.proof.access_paths.own_texts import is_own_text
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind, rule_of
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.function_permissions import (
    ANYONE,
    FUNCTION_PARTS,
    Code,
    finding_about,
    other_invokers,
    route_finding,
)
from constructs_lib.analysis.proof.other_clients import client_findings
from constructs_lib.analysis.proof.other_routes import by_other_routes, path_of
from constructs_lib.analysis.proof.principal_rights import rights_of
from constructs_lib.analysis.proof.private_backends import backend_of
from constructs_lib.analysis.proof.route_backends import path_sent
from constructs_lib.analysis.proof.route_code import address_in, code_of_route
from constructs_lib.analysis.template.atoms import split_around_atoms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.routes import ApiRoute
    from constructs_lib.analysis.proof.findings import Finding

_INVOKES: Final = ("lambda:InvokeFunction", "lambda:InvokeAsync", "lambda:InvokeFunctionUrl")
_DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
_ASKED: Final = "a request that it authorizes has a path, too"
_HANDS_ON: Final = {
    "AWS::ApiGateway::Authorizer": _ASKED,
    "AWS::ApiGatewayV2::Authorizer": _ASKED,
    "AWS::AppSync::DataSource": "who may ask its GraphQL API is not followed",
    GROUP: "a load balancer itself requires no credentials",
    "AWS::Pipes::Pipe": "who writes to its source, and what it makes of that, is not followed",
    "AWS::VpcLattice::TargetGroup": "who may call its services is not followed",
}
"""Resources that pass requests to a function with a path or arguments that the client writes."""
_TAGS: Final = "Tags"
_STARTER: Final = "AWS::IoT::TopicRule"
"""A type whose resources run a function with an event: `access_paths/code_targets.py`."""


def route_function_findings(
    place: Place, route: ApiRoute, served: Collection[ApiRoute], where: str, model: Model
) -> Iterator[Finding]:
    """Yield findings about invocations of the code behind a route other than by that route.

    `served` are all routes that serve the place: policies are checked for these. `where` is the name of the route in
    reports.
    """
    for code in code_of_route(route, model):
        what = f"{code.name}, which answers {where} for {place.name}"
        yield from called_directly(place.name, code, what, model)
        yield from other_invokers(place.name, code, what, model)
    yield from by_other_routes(place, route, served, where, model)
    sent = path_sent(route, path_of(place.text))
    yield from client_findings(place, backend_of(route, model), sent, where, model)
    yield from _by_address(place, route, where)
    yield from _by_cache(place, where, model)


def _by_address(place: Place, route: ApiRoute, where: str) -> Iterator[Finding]:
    """Yield a finding for an address behind a route that any client can call: one outside the team's network."""
    settings = {str(key).lower(): value for key, value in route.integration.items()}
    address = address_in(str(dict(route.integration)))
    if address and str(settings.get("connectiontype", "")).upper() != "VPC_LINK":
        story = (
            f"any client with the address {address}, which serves {where} for {place.name}, may call it directly: "
            "no template determines its authorization"
        )
        yield route_finding(place, Status.UNDECIDED, "an unknown caller", story)


def _by_cache(place: Place, where: str, model: Model) -> Iterator[Finding]:
    """Yield the distributions in front of an API that may cache a response and serve it to another caller."""
    name = place.holder.rpartition(":")[2]
    for resource in model.resources:
        config = resource.get("DistributionConfig") if resource.type == _DISTRIBUTION else None
        if name in str(config) and not (isinstance(config, Mapping) and _is_uncached(config)):
            story = (
                f"{resource.name} may cache a response of {where} for {place.name} and serve it to the next caller: a "
                "cache behavior has another CachePolicyId than CachingDisabled"
            )
            yield route_finding(place, Status.UNDECIDED, ANYONE, story)


def _is_uncached(config: Mapping[str, Any]) -> bool:
    behaviors = [config.get("DefaultCacheBehavior"), *as_list(config.get("CacheBehaviors"))]
    return all(isinstance(each, Mapping) and each.get("CachePolicyId") == CACHING_DISABLED for each in behaviors)


def called_directly(subject: str, code: Code, what: str, model: Model) -> Iterator[Finding]:
    """Yield the callers who may invoke the function with a forged event, and the resources that pass requests to it."""
    for caller in model.callers:
        found = next((each for each in rights_of(caller, model) if invokes(each, code.arn, model)), None)
        if found is not None:
            story = (
                f"{caller} may invoke {what}, by itself: who calls the event says, and the caller writes it, because "
                f"of {found}"
            )
            yield finding_about(subject, Status.UNDECIDED, str(caller), story)
    for resource in model.resources:
        why = _HANDS_ON.get(resource.type, "what it passes on has not been reviewed")
        for name, value in resource.properties.items() if resource.type != _STARTER else ():
            reviewed = (
                is_of_network(resource, model.resources)
                if resource.type == GROUP
                else resource.type not in _HANDS_ON and rule_of(resource.type, name, Kind.CODE) is not None
            )
            own = name == _TAGS or is_own_text(resource.type, (name,), value)
            if not reviewed and not own and code.named.may_be_in(str(value)):
                story = f"{resource.name} ({resource.type}) hands requests to {what}: {why}"
                yield finding_about(subject, Status.UNDECIDED, "an unknown caller", story)
                break


def invokes(statement: Statement, function: str, model: Model) -> bool:
    """Return whether a statement may allow invoking a function, by its ARN.

    One that names another function of the templates does not.
    """
    if not statement.allow or not any(applies_to_action(statement, action) for action in _INVOKES):
        return False
    functions = {each.arn for each in model.functions}
    # A function that no template has may be any function, also one of the templates.
    others = functions - {function} if function in functions else frozenset[str]()
    # A version or alias runs the function's code, too.
    named = (":".join(split_around_atoms(text, ":")[:FUNCTION_PARTS]) for text in statement.resources)
    return not statement.resources or any(
        text not in others and (globs_meet(loosened(text), function) or name_may_be(_here(text, function), function))
        for text in named
    )


def _here(text: str, function: str) -> str:
    """Return a pattern with the region and account of a function: a star there leaves a name whole."""
    parts = split_around_atoms(text, ":")
    return ":".join([*split_around_atoms(function, ":")[:-1], parts[-1]]) if len(parts) == FUNCTION_PARTS else text
