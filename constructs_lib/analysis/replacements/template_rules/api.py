"""Refusals of API Gateway: empty deployments, settings of missing routes, and credentials for all origins."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any, Final

from constructs_lib.analysis.replacements.canonical_values import canonical
from constructs_lib.analysis.replacements.refusals import Refusal
from constructs_lib.analysis.replacements.template_rules.template_view import Found, View, get, mapping
from constructs_lib.analysis.replacements.value_comparison import same

CONFLICT: Final = Refusal(
    message="has a conflicting variable on the same hierarchical level",
    way_out="Call the variable at one place of the path by one name in all routes, and keep it in later updates.",
    source="https://github.com/plutomi/plutomi/issues/271",
)
_NO_METHODS: Final = Refusal(
    message="The REST API doesn't contain any methods",
    way_out="Let the deployment depend on every AWS::ApiGateway::Method of the API.",
    source="https://github.com/cloudtools/troposphere/issues/496",
)
_NO_ROUTE: Final = Refusal(
    message="Unable to find Route by key within the provided RouteSettings",
    way_out="Name routes that the API has, and let the stage depend on them.",
    source="https://github.com/DianaIonita/serverless-api-gateway-throttling/issues/33",
)
_ORIGINS: Final = Refusal(
    message="allow-credentials is not supported if 'allow-origin' is *",
    way_out="Name the origins that may send credentials.",
    source="https://github.com/aws/aws-cdk/issues/9076",
)


def conflicting(one: Any, other: Any) -> bool:
    """Return whether two route keys have different names for the variable at one position of their path."""
    if not (isinstance(one, str) and isinstance(other, str)):
        return False
    # The text before the first slash is the method.
    for left, right in zip(one.split("/"), other.split("/"), strict=False):
        if left != right:
            return left.startswith("{") and right.startswith("{") and left.endswith("+}") == right.endswith("+}")
    return False


def _methods(view: View) -> Iterator[Found]:
    for deployment in view.of("ApiGateway::Deployment"):
        for api in view.named(get(deployment, "RestApiId"), "ApiGateway::RestApi"):
            if {"Body", "BodyS3Location", "CloneFrom"} & api.properties.keys():
                continue
            methods = {
                each.logical_id for each in view.of("ApiGateway::Method") if api in view.named(get(each, "RestApiId"))
            }
            if not methods & view.needs(deployment.logical_id):
                what = "The deployment waits for no method" if methods else "The API has no method"
                yield deployment, _NO_METHODS, "RestApiId", what, not methods


def _settings(view: View) -> Iterator[Found]:
    for stage in view.of("ApiGatewayV2::Stage"):
        keys = mapping(get(stage, "RouteSettings"))
        for api in view.named(get(stage, "ApiId"), "ApiGatewayV2::Api"):
            if get(api, "ProtocolType") != "HTTP" or {"Body", "BodyS3Location", "RouteKey"} & api.properties.keys():
                continue
            routes = {
                str(canonical(get(each, "RouteKey"))): each.logical_id
                for each in view.of("ApiGatewayV2::Route")
                if api in view.named(get(each, "ApiId"))
            }
            needed = view.needs(stage.logical_id) if keys else set()
            for key in keys:
                if routes.get(key) not in needed:
                    fault = "it does not wait for" if key in routes else "is no route"
                    what = f"The stage sets {key}, which {fault}"
                    yield stage, _NO_ROUTE, f"RouteSettings {key}", what, key not in routes


def _origins(view: View) -> Iterator[Found]:
    cause = "CorsConfiguration.AllowCredentials"
    for api in view.of("ApiGatewayV2::Api"):
        origins = get(api, "CorsConfiguration.AllowOrigins")
        if same(get(api, cause), True) and isinstance(origins, list) and "*" in origins:
            yield api, _ORIGINS, cause, "Every origin may send credentials", True


def _variables(view: View) -> Iterator[Found]:
    for one, other in itertools.combinations(view.of("ApiGatewayV2::Route"), 2):
        keys = get(one, "RouteKey"), get(other, "RouteKey")
        if conflicting(*keys) and same(get(one, "ApiId"), get(other, "ApiId")):
            yield other, CONFLICT, "RouteKey", f"{keys[1]} stands beside {keys[0]}", True


RULES: Final[tuple[Callable[[View], Iterator[Found]], ...]] = (_methods, _settings, _origins, _variables)
