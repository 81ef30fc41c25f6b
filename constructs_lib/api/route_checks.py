"""Checks of routes against each other, and against the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.api.routes import Route, segments, shape_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def check_routes(routes: Sequence[Route], *, kind: str, with_keys: bool) -> None:
    """Refuse routes that API Gateway would reject at deploy, or could not distinguish.

    The kind is "http" or "rest". With keys, there are usage plans, whose keys routes can require.

    Raises:
        ValueError: With the routes and the remedy.
    """
    if not routes:
        raise ValueError("routes=[] has no route; add at least one")
    _check_twins(routes)
    if kind == "http":
        for route in routes:
            _check_http(route)
        return
    _check_names(routes)
    for route in routes:
        if route.body is not None and route.method in {"GET", "HEAD"}:
            raise ValueError(
                f"route '{route}' has body=, and {route.method} requests have no body, so each would be answered with "
                "400; use query=, or POST"
            )
    keyed = [route for route in routes if route.needs_key]
    if keyed and not with_keys:
        raise ValueError(
            f"route '{keyed[0]}' has api_key, and the API has no usage plan; add usage_plans=[UsagePlan(...)]"
        )


def check_http_options(**options: object) -> None:
    """Refuse options that only a REST API has.

    Raises:
        ValueError: With the given options.
    """
    given = [name for name, value in options.items() if value]
    if given:
        raise ValueError(f"Api(kind='http') does not support {', '.join(given)}; use Api(kind='rest'), or remove it")


def _check_twins(routes: Sequence[Route]) -> None:
    seen: dict[tuple[str, tuple[str, ...]], Route] = {}
    for route in routes:
        shape = (route.method, shape_of(route))
        if shape in seen:
            raise ValueError(f"route '{seen[shape]}' and route '{route}' match the same requests; keep one of them")
        seen[shape] = route


def _check_http(route: Route) -> None:
    if route.needs_key:
        raise ValueError(
            f"route '{route}' has api_key, which an HTTP API does not support; use Api(kind='rest'), or remove api_key"
        )
    if route.body is not None or route.query:
        raise ValueError(
            f"route '{route}' has body= or query=, which an HTTP API does not validate; use Api(kind='rest'), or "
            "remove them and check the request in the function"
        )


def _check_names(routes: Sequence[Route]) -> None:
    """Refuse two parameter names for one position: a REST API is a tree, and would be rejected at deploy."""
    named: dict[tuple[str, ...], tuple[str, Route]] = {}
    for route in routes:
        parts = segments(route.path)
        for position, part in enumerate(parts):
            if not part.startswith("{"):
                continue
            place = shape_of(route)[:position]
            other = named.setdefault(place, (part, route))
            if other[0] != part:
                raise ValueError(
                    f"route '{other[1]}' has {other[0]} where route '{route}' has {part}, and a REST API allows one "
                    "name per position; use the same name in both"
                )
