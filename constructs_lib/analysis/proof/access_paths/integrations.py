"""API Gateway routes that call AWS services directly, with a role and with parameters of the client's request.

Sources: "Set up an API integration request", "Integration subtype reference" (Amazon API Gateway developer guide).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import globs_meet, readable
from constructs_lib.analysis.model.kinds.api import INVOKE, Api
from constructs_lib.analysis.model.routes import CONNECT, ApiRoute, name_of
from constructs_lib.analysis.proof.access_paths.findings import counterexample, undecided
from constructs_lib.analysis.proof.access_paths.integration_calls import (
    called_object,
    called_service,
    has_chosen_object,
    may_be_owned,
    passes_body,
    uri_of,
)
from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, as_glob
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.access_paths.role_powers import power_with, service_roles
from constructs_lib.analysis.proof.access_paths.trigger_events import trigger_code
from constructs_lib.analysis.proof.route_authorizers import objects_of_paths

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.model.callers import Role
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.powers import Power
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding
    from constructs_lib.analysis.proof.function_permissions import Code

_WHO: Final = {
    "none": "anyone on the internet",
    "api key": "anyone on the internet",
    "jwt": "a signed-in user",
    "custom": "a caller that its own code authorizes",
    "iam": "a caller with permission to call it",
    "unknown": "an unknown caller",
}
_AS_CALLER: Final = "arn:aws:iam::*:user/*"
"""The credentials of an integration that acts as the caller, with the caller's own permissions."""
_READS_ALL: Final = re.compile(r":dynamodb:action/(?:Scan|ExecuteStatement|BatchExecuteStatement|ExecuteTransaction)$")
_INTEGRATION: Final = "AWS::ApiGatewayV2::Integration"
_PROXIES: Final = ("AWS_PROXY", "HTTP_PROXY")


def integration_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the routes that access owned data with a role, and the routes and authorizers that start trusted code."""
    triggers = list(trigger_code(reachable))
    for route, api, by in _routes(reachable):
        yield from _of_route(route, api, by, reachable)
        yield from _of_triggers(route, api, triggers, reachable)


def _routes(reachable: ReachableResources) -> Iterator[tuple[ApiRoute, Api, Resource]]:
    """Yield the routes with integrations, each with its API and its resource."""
    resources = {each.place: each for each in reachable.model.resources}
    for api in reachable.model.of(Api):
        for route in api.routes:
            if route.by in resources and route.integration:
                yield route, api, resources[route.by]
    used = {route.by for api in reachable.model.of(Api) for route in api.routes}
    for each in resources.values():
        if each.type == _INTEGRATION and each.place not in used:
            # A route that no template has may call it.
            route = ApiRoute(method=each.name, path="", auth="unknown", integration=each.properties, by=each.place)
            yield route, Api(arn="", name=readable(str(each.get("ApiId"))), routes=(route,), complete=False), each


def _of_triggers(
    route: ApiRoute, api: Api, triggers: Sequence[tuple[Code, str]], reachable: ReachableResources
) -> Iterator[Finding]:
    """Yield a finding for a route that runs a trigger of a user pool with an event of the caller's making.

    The event of a proxy integration has a form that the trigger does not take for one of the user pool.
    """
    settings = {str(key).lower().removeprefix("integration"): value for key, value in route.integration.items()}
    if str(settings.get("type")).upper() in _PROXIES or (route.auth == "iam" and not _is_called(route, api, reachable)):
        return
    for code, what in triggers:
        if code.named.may_be_in(str(dict(route.integration))):
            who, where = _WHO[route.auth], name_of(route, api.name)
            yield undecided(who, where, f"{who} can call {where}, which runs {what}, with an event that the call makes")


def _of_route(route: ApiRoute, api: Api, by: Resource, reachable: ReachableResources) -> Iterator[Finding]:
    settings = route.integration
    referenced = [
        reachable.nodes[name] for name in sorted(reachable.names.within(settings, by)) if name in reachable.nodes
    ]
    credentials = str(
        settings.get("Credentials") or settings.get("credentials") or settings.get("CredentialsArn") or ""
    )
    where = name_of(route, api.name)
    for each in referenced:
        if each.kind is Kind.CODE:
            reachable.drivers.setdefault(each.name, {})[f"{where} ({_WHO[route.auth]})"] = None
    if credentials == _AS_CALLER:
        return
    acting = [each for each in referenced if each.kind in {Kind.ROLE, Kind.STARTER, Kind.RELAY, Kind.AGENT}]
    data = [each for each in referenced if each.kind is Kind.DATA]
    unknown = bool(credentials) and credentials not in reachable.model.roles
    power = power_with(credentials, called_service(settings), reachable)
    # A reference opens no access if the role is absent or cannot reach owned data - unless the role is not known.
    node: Node | None = next(iter(acting or (data if unknown else ())), None)
    if node is not None and node.kind is Kind.ROLE and not _others_objects(route, reachable):
        node = None
    if node is None and unknown and may_be_owned(settings, by, reachable):
        node = Node(name=credentials, kind=Kind.STARTER, resource=None, reach=("what no template says",))
    if (node is None and power is None) or (route.auth == "iam" and not _is_called(route, api, reachable)):
        return
    yield _finding(route, api, node, power, reachable.model.roles.get(credentials))


def _finding(route: ApiRoute, api: Api, node: Node | None, power: Power | None, role: Role | None) -> Finding:
    where, settings = name_of(route, api.name), route.integration
    who = _WHO[route.auth]
    acting = f"the role {role.name}" if node is None and role is not None else _role(node)
    agent = node is not None and node.kind is Kind.AGENT
    reach = "" if node is None else f", which {node.does}" if agent else f" and so reaches {node.owned}"
    more = "" if power is None else f"; the role may {power.words}"
    story = f"{who} can call {where}, which acts on AWS with {acting}{reach}{more}"
    because = () if power is None or power.statement is None else (power.statement,)
    open_ = route.auth in {"none", "api key"} and api.complete
    if open_ and node is not None and node.kind is Kind.ROLE and _passes_on(settings):
        told = f"{story}; what it reads there the call says, and nothing keeps it to one's own"
        return counterexample(who, where, told, *because)
    if open_ and power is not None and power.certain and passes_body(settings):
        return counterexample(who, where, f"{story}; the body of the call is passed on as it is", *because)
    remedy = "" if power is None else "; give the role the permissions that this route needs alone"
    told = f"{story}: whose data it shows or changes by what the call says is not followed{remedy}"
    return undecided(who, where, told, *because)


def _role(node: Node | None) -> str:
    if node is None:
        return "an unknown role"
    return f"the role {node}" if node.kind in {Kind.ROLE, Kind.STARTER} else str(node)


def _is_called(route: ApiRoute, api: Api, reachable: ReachableResources) -> bool:
    """Return whether the policies of some caller, or of a service's role, may allow a call of a route.

    Conditions are ignored.

    A client that may connect to a WebSocket API is asked no more: "IAM policy is not able to Deny access to custom
    WebSocket routes" (a report to the authors of the developer guide, in their GitHub repository
    awsdocs/amazon-api-gateway-developer-guide), although "Control access to WebSocket APIs with IAM authorization"
    (Amazon API Gateway developer guide) denies a route.
    """
    path = re.sub(r"\{[^}]*\}", "*", route.path)
    method = "*" if route.method == "ANY" else route.method
    call = f"{api.arn}/*/{method if path else CONNECT}{path}"
    policies = [policy for caller in reachable.model.callers for policy in caller.identity]
    policies += [policy for _, role in service_roles(reachable) for policy in role.policies]
    for policy in (*policies, api.policy):
        for each in policy.everything:
            named = [re.sub(r"\$\{[^}]*\}", "*", text) for text in each.resources] or ["*"]
            acts = not each.actions or any(globs_meet(text.lower(), INVOKE.lower()) for text in each.actions)
            if each.allow and acts and any(globs_meet(text, call) for text in named):
                return True
    return False


def _others_objects(route: ApiRoute, reachable: ReachableResources) -> bool:
    """Return whether an integration may use owned data with its role: not if it reads S3 objects that are not owned.

    Those that a route with an owned path serves are its caller's own: policies decide the path.
    """
    object_ = called_object(route.integration, reachable)
    if object_ is None:
        return True
    met = {each for one in reachable.of(Kind.DATA) for each in one.globs if globs_meet(object_, each)}
    if met and route.auth == "iam":
        own = (place for each, place in objects_of_paths(reachable.places, reachable.model) if each is route)
        met -= {as_glob(place.before + place.text) for place in own}
    return bool(met)


def _passes_on(settings: Mapping[str, Any]) -> bool:
    """Return whether the integration reads everything, or a part that the request chooses."""
    uri = uri_of(settings)
    if _READS_ALL.search(uri):
        return True
    parameters = settings.get("RequestParameters") or settings.get("requestParameters")
    proxied = str(settings.get("Type") or settings.get("type")).upper() in _PROXIES
    return has_chosen_object(settings) and (proxied or "method.request." in str(parameters))
