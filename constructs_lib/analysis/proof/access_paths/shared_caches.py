"""Caches of REST APIs and GraphQL APIs whose key does not say who calls: the next caller may get the last one's answer.

Sources: "Cache settings for REST APIs" (Amazon API Gateway developer guide), "Configuring server-side caching" (AWS
AppSync developer guide): with full request caching the key has `$context.identity`, with other caching what it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import is_unknown
from constructs_lib.analysis.model.cache_namespaces import sharing_routes
from constructs_lib.analysis.model.kinds.api import Api
from constructs_lib.analysis.model.outside_apis import APIS, outside_apis
from constructs_lib.analysis.model.resources import Resources, as_list
from constructs_lib.analysis.model.route_caches import cached_routes, missing_identity
from constructs_lib.analysis.proof.access_paths.appsync import auth_modes, is_of
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.route_authorizers import serving

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.model.routes import ApiRoute
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_CACHE: Final = "AWS::AppSync::ApiCache"
_RESOLVER: Final = "AWS::AppSync::Resolver"
_GRAPHQL: Final = "AWS::AppSync::GraphQLApi"
_WHO: Final = "an unknown caller"
_IDENTITY: Final = re.compile(
    r"\$?\{?(?:context|ctx)\.identity"
    r"(?:\.(?:sub|username|userArn|cognitoIdentityId|claims(?:\.(?:sub|username|cognito:username)|\[['\"]sub['\"]\])?))?\}?"
)
"""A key that differs for each user."""
_SEES: Final = re.compile(r"identity|request|headers|(?:context|ctx)\s*[,)]", re.IGNORECASE)
"""What the text of a resolver contains that passes on who calls, or may."""


def cache_findings(reachable: ReachableResources, places: Sequence[Place]) -> Iterator[Finding]:
    """Yield the cached routes and resolvers whose answer may be another caller's."""
    resources = Resources(all=list(reachable.model.resources))
    apis = [*resources.of(*APIS), *outside_apis(resources)]
    for api in reachable.model.of(Api):
        by = next((each for each in apis if api.arn.endswith(f":{each.id}")), None)
        if by is not None:
            yield from _of_routes(api, by, resources, places)
    for each in resources.of(_CACHE):
        yield from _of_resolvers(each, resources)


def _of_routes(api: Api, by: Resource, resources: Resources, places: Sequence[Place]) -> Iterator[Finding]:
    cached = cached_routes(by, api.routes, resources)
    if not cached:
        return
    # The policies let each caller call their own path alone, and the path is a part of the key.
    owned = [
        route
        for place in places
        if place.holder == api.arn and place.owner is not None
        for route in serving(place, api)
        if route.auth == "iam"
    ]
    for route in cached:
        missing = missing_identity(by, route, resources) if route not in owned else ""
        if missing:
            where = f"{route.method} {route.path} of {api.name}"
            story = (
                f"{where} may be cached, and method.request.{missing} is not a key of the cache: one caller may get "
                "the answer that was made for another; turn CachingEnabled off for the route, or add the parameter to "
                "CacheKeyParameters"
            )
            yield undecided(_WHO, where, story)
    yield from _of_namespaces(api, cached, owned, resources)


def _of_namespaces(
    api: Api, cached: Sequence[ApiRoute], owned: Sequence[ApiRoute], resources: Resources
) -> Iterator[Finding]:
    """Yield the routes that may return what an owned one of the same cache namespace answered its caller."""
    for route, other in sharing_routes(cached, resources):
        # The key of any other answer has what says who calls, or it is reported above.
        if other in owned:
            where = f"{route.method} {route.path} of {api.name}"
            story = (
                f"{where} may return the cached answer of {other.method} {other.path}, which was made for its caller: "
                "they may have one CacheNamespace; give each route a CacheNamespace of its own, or none"
            )
            yield undecided(_WHO, where, story)


def _of_resolvers(cache: Resource, resources: Resources) -> Iterator[Finding]:
    how = str(cache.get("ApiCachingBehavior"))
    api = next((each for each in resources.of(_GRAPHQL) if is_of(cache, each)), None)
    # A caller with an API key has no identity.
    if how == "FULL_REQUEST_CACHING" or (api is not None and set(auth_modes(api)) == {"API_KEY"}):
        return
    whole = how != "PER_RESOLVER_CACHING"
    for each in resources.of(_RESOLVER):
        if api is not None and not is_of(each, api):
            continue
        caching = each.get("CachingConfig")
        if (whole or caching is not None) and not _has_user(caching) and _sees_caller(each, resources):
            story = (
                f"the answers of {each.name} are cached by {cache.name}, and $context.identity is not a key of the "
                "cache: one caller may get the answer that was made for another; add $context.identity.sub to "
                "CachingKeys, or remove CachingConfig"
            )
            yield undecided(_WHO, each.name, story)


def _has_user(caching: Any) -> bool:
    keys = as_list(caching.get("CachingKeys")) if isinstance(caching, Mapping) else []
    return any(_IDENTITY.fullmatch(str(each)) for each in keys)


def _sees_caller(resolver: Resource, resources: Resources) -> bool:
    """Return whether a resolver may be told who calls.

    All but one whose text is known, and that reads rows by arguments.
    """
    source = next((each for each in resources.of("AWS::AppSync::DataSource") if _names(resolver, each)), None)
    said = [resolver.get(name) for name in ("RequestMappingTemplate", "Code") if resolver.get(name) is not None]
    text = str(said)
    known = bool(said) and not is_unknown(text) and resolver.get("PipelineConfig") is None
    rows = source is not None and source.get("Type") == "AMAZON_DYNAMODB"
    return not (known and rows) or _SEES.search(text) is not None


def _names(resolver: Resource, source: Resource) -> bool:
    named = resolver.get("DataSourceName")
    return named is not None and (named == source.get("Name") or source.is_named_in(str(named)))
