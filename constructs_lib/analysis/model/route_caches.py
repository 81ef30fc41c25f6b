"""Routes of REST APIs whose stage keeps answers, and the parts of a request that choose the answer.

Source: "Cache settings for REST APIs" (Amazon API Gateway developer guide): the key of an answer is the path of the
resource and the parameters in `CacheKeyParameters`; who calls is no part of it, and neither is a path parameter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import is_unknown
from constructs_lib.analysis.model.resources import as_list, may_be_true
from constructs_lib.analysis.template.globs import may_be_equal

if TYPE_CHECKING:
    from constructs_lib.analysis.model.resources import Resource, Resources
    from constructs_lib.analysis.model.routes import ApiRoute

_PARAMETER: Final = re.compile(r"\{([^{}+]*)\+?\}")
_REQUEST: Final = "method.request."
_AUTHORIZATION: Final = "header.authorization"
_ALL: Final = "/*"
_SEES: Final = re.compile(r"context\.|header|\$input|\$stage|override|⟦(?:parameter|import|Fn::)", re.IGNORECASE)
"""What a mapping contains that passes on who calls, or may."""


def note_cached(api: Resource, routes: Iterable[ApiRoute], resources: Resources) -> None:
    """Note the cached routes whose cache key lacks a parameter of their path."""
    for route in cached_routes(api, routes, resources):
        keys = _keys(route)
        lacking = [each for each in _PARAMETER.findall(route.path) if f"path.{each.lower()}" not in keys]
        if lacking:
            resources.gap(
                f"{route.method} {route.path} of {api.name} may be cached, and {lacking[0]} is not a key of the cache: "
                "one caller may get the answer that was made for another"
            )


def cached_routes(api: Resource, routes: Iterable[ApiRoute], resources: Resources) -> list[ApiRoute]:
    """Return the routes whose answers a stage may keep."""
    stages = list(_stages(api, resources))
    return [route for route in routes if any(_is_cached(route, each) for each in stages)]


def missing_identity(api: Resource, route: ApiRoute, resources: Resources) -> str:
    """Return a parameter that says who calls a cached route and is not in its key; empty if the key has them all."""
    missing = sorted(_identity_sources(api, route, resources) - _keys(route)) if _sees_caller(route) else []
    return missing[0] if missing else ""


def _stages(api: Resource, resources: Resources) -> Iterator[list[Mapping[str, Any]]]:
    """Yield the settings of each stage that may cache an answer."""
    for each in resources.of("AWS::ApiGateway::Stage", "AWS::ApiGateway::Deployment"):
        # A stage of an API that the template does not determine may be this one's.
        named = str(each.get("RestApiId"))
        may_be = named == api.id or is_unknown(named)
        for properties in (each.properties, each.get("StageDescription")) if may_be else ():
            if isinstance(properties, Mapping):
                found = [properties, *map(_as_setting, as_list(properties.get("MethodSettings")))]
                settings = [one for one in found if "CachingEnabled" in one]
                if any(may_be_true(one["CachingEnabled"]) for one in settings):
                    yield settings


def _as_setting(value: Any) -> Mapping[str, Any]:
    """Return a setting; one that the template does not spell out may cache every route."""
    return value if isinstance(value, Mapping) else {"CachingEnabled": f"⟦{value}⟧"}


def _is_cached(route: ApiRoute, settings: list[Mapping[str, Any]]) -> bool:
    """Return whether a stage may cache a route: its own setting decides, or else the setting of all routes."""
    own = [each for each in settings if _may_be_path(each, route) and _may_be_method(each, route)]
    wide = [each for each in settings if (_path(each) == _ALL or "⟦" in _path(each)) and _may_be_method(each, route)]
    explicit = {_method(each) for each in settings}
    caught = route.method in {"GET", "ANY", *explicit}
    return caught and any(may_be_true(each["CachingEnabled"]) for each in (own if own and route.known else own + wide))


def _may_be_path(setting: Mapping[str, Any], route: ApiRoute) -> bool:
    return _path(setting) == route.path or not (route.known or _path(setting) == _ALL)


def _may_be_method(setting: Mapping[str, Any], route: ApiRoute) -> bool:
    return "ANY" in {_method(setting), route.method} or _method(setting) == route.method


def _path(setting: Mapping[str, Any]) -> str:
    """Return the path of a setting, in which `~1` stands for each slash after the first."""
    path = str(setting.get("ResourcePath", _ALL)).replace("~1", "/")
    return _ALL if path.strip("/") == "*" else "/" + path.strip("/")


def _method(setting: Mapping[str, Any]) -> str:
    method = str(setting.get("HttpMethod", "*")).upper()
    return "ANY" if method == "*" or "⟦" in method else method


def _keys(route: ApiRoute) -> set[str]:
    """Return the parameters in the key, such as `path.id` and `header.authorization`."""
    held = route.integration
    said = map(str, as_list(held.get("CacheKeyParameters") or held.get("cacheKeyParameters")))
    return {each.removeprefix(_REQUEST).lower() for each in said if each.startswith(_REQUEST)}


def _sees_caller(route: ApiRoute) -> bool:
    """Return whether the integration of a route may be told who calls."""
    held = route.integration
    kind = str(held.get("Type") or held.get("type")).upper()
    if kind == "MOCK":
        return False
    credentials = str(held.get("Credentials") or held.get("credentials") or "")
    return kind not in {"AWS", "HTTP"} or "*" in credentials or _SEES.search(str(dict(held))) is not None


def _identity_sources(api: Resource, route: ApiRoute, resources: Resources) -> set[str]:
    """Return the parameters that say who calls: those that the API's authorizers read, or else `Authorization`."""
    if route.auth not in {"custom", "jwt"}:
        return {_AUTHORIZATION}
    found = {
        source.strip().removeprefix(_REQUEST).lower()
        for each in resources.of("AWS::ApiGateway::Authorizer")
        if each.get("RestApiId") == api.id or may_be_equal(str(each.get("RestApiId")), api.id)
        for source in str(each.get("IdentitySource") or "").split(",")
    }
    body = api.get("Body")
    components = body.get("components") if isinstance(body, Mapping) else None
    schemes = (components.get("securitySchemes") if isinstance(components, Mapping) else None) or (
        body.get("securityDefinitions") if isinstance(body, Mapping) else None
    )
    for scheme in schemes.values() if isinstance(schemes, Mapping) else ():
        if isinstance(scheme, Mapping) and scheme.get("in") == "header":
            found.add(f"header.{scheme.get('name')}".lower())
    return {each for each in found if each} or {_AUTHORIZATION}
