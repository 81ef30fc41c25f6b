"""Cached routes of a REST API that keep their answers together.

Source: "Integration", `cacheNamespace` (Amazon API Gateway REST API reference): routes with one namespace return the
same cached data for requests to different resources; without one, the namespace is the ID of the route's resource.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.template.atoms import as_glob
from constructs_lib.analysis.template.globs import globs_meet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.model.resources import Resources
    from constructs_lib.analysis.model.routes import ApiRoute

_METHOD: Final = "AWS::ApiGateway::Method"


def sharing_routes(routes: Sequence[ApiRoute], resources: Resources) -> Iterator[tuple[ApiRoute, ApiRoute]]:
    """Yield each pair of cached routes of which one may return what the other answered."""
    for one, other in itertools.permutations(routes, 2):
        if _may_share(one, other, resources):
            yield one, other


def _may_share(one: ApiRoute, other: ApiRoute, resources: Resources) -> bool:
    given, theirs = _given(one), _given(other)
    if given is None and theirs is None:
        # Whether the method is a part of the key is not documented.
        return _default(one, resources) == _default(other, resources) and one.auth != other.auth
    return globs_meet(as_glob(given or _default(one, resources)), as_glob(theirs or _default(other, resources)))


def _given(route: ApiRoute) -> str | None:
    value = route.integration.get("CacheNamespace", route.integration.get("cacheNamespace"))
    return None if value is None else str(value)


def _default(route: ApiRoute, resources: Resources) -> str:
    """Return the ID of a route's resource; its path, if it is in an OpenAPI document."""
    by = next((each for each in resources.of(_METHOD) if each.place == route.by), None)
    return route.path if by is None else str(by.get("ResourceId"))
