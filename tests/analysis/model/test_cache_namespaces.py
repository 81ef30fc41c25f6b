"""Cached routes share their answers if they have one CacheNamespace, or may have."""

from typing import Any

import pytest

from constructs_lib.analysis.model.cache_namespaces import sharing_routes
from constructs_lib.analysis.model.resources import Resource, Resources
from constructs_lib.analysis.model.routes import ApiRoute

UNKNOWN = "⟦parameter P⟧"


def method(name: str, at: str) -> Resource:
    properties = {"ResourceId": at}
    return Resource(
        id=name, logical_id=name, name=name, type="AWS::ApiGateway::Method", properties=properties, place=f"T/{name}"
    )  # fmt: skip


METHODS = Resources(all=[method("M", "⟦T/R⟧"), method("N", "⟦T/S⟧"), method("Same", "⟦T/R⟧")])


def route(by: str, auth: str = "iam", **integration: Any) -> ApiRoute:
    return ApiRoute(method="GET", path=f"/{by}", auth=auth, by=f"T/{by}", integration=integration)


def shared(*routes: ApiRoute) -> set[tuple[str, str]]:
    return {(one.path, other.path) for one, other in sharing_routes(routes, METHODS)}


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"CacheNamespace": "a"}, {"CacheNamespace": "a"}),
        ({"CacheNamespace": "a"}, {"cacheNamespace": "a"}),
        ({"CacheNamespace": "⟦T/S⟧"}, {}),
        ({"CacheNamespace": UNKNOWN}, {"CacheNamespace": "a"}),
        ({"CacheNamespace": UNKNOWN}, {}),
        ({"CacheNamespace": f"x-{UNKNOWN}"}, {"CacheNamespace": "x-prod"}),
    ],
)
def test_routes_with_one_namespace_share(mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert shared(route("M", **mine), route("N", **theirs)) == {("/M", "/N"), ("/N", "/M")}


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [({}, {}), ({"CacheNamespace": "a"}, {}), ({"CacheNamespace": "a"}, {"CacheNamespace": "b"})],
)
def test_routes_of_two_resources_share_nothing_else(mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert not shared(route("M", **mine), route("N", **theirs))
    assert not shared(route("of-a-body", **mine), route("of-another", **theirs))


def test_methods_of_one_resource_share_unless_they_authorize_alike() -> None:
    assert shared(route("M"), route("Same", "none"))
    assert not shared(route("M"), route("Same"))
