"""Fewer IAM resources for many routes, without additional access.

IAM allows 10 KB of inline policies per role and some managed policies, about 100 routes by their full ARNs. Beyond a
limit, routes are therefore granted by common prefixes (`GET/files/*`), each of which is first compared with every
request that the subject may not make.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.api import route_overlap
from constructs_lib.api.owned_paths import ANY
from constructs_lib.api.routes import segments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


MOST_SPELT_OUT: Final = 20
"""The number of routes up to which a subject's permissions name each route."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Forbidden:
    """Requests that a subject may not make.

    Args:
        method: Their method, or ANY.
        requests: Their paths.
    """

    method: str
    requests: route_overlap.Pattern


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """The requests that a few IAM resources grant.

    Args:
        method: A method, ANY for each method by name, or `*` for IAM's own, which also matches `/`.
        path: A path with `{*}` for IAM's `*`, and a placeholder for the caller's own value.
    """

    method: str
    path: str


def grants_of(routes: Sequence[Grant], forbidden: Sequence[Forbidden]) -> list[Grant]:
    """Return grants that cover all of a subject's routes and none of the forbidden requests.

    The routes are the patterns of each separately; they match nothing forbidden.
    """
    if len(routes) <= MOST_SPELT_OUT:
        return [*routes]
    if not forbidden:
        return [Grant(method="*", path=f"/{ANY}")]
    found: list[Grant] = []
    for method in sorted({route.method for route in routes}):
        of_method = [route for route in routes if route.method == method]
        found += _covering(method, of_method, (), forbidden)
    return found


def _covering(
    method: str, routes: Sequence[Grant], begin: tuple[str, ...], forbidden: Sequence[Forbidden]
) -> Iterator[Grant]:
    """Yield one grant for all routes below a prefix if that is safe, else descend one segment."""
    if len(routes) > 1:
        below = Grant(method=method, path="/" + "/".join((*begin, ANY)))
        if _is_safe(below, forbidden):
            yield below
            # `/a/*` does not match `/a` itself.
            yield from (route for route in routes if begin and len(segments(route.path)) == len(begin))
            return
    deeper: dict[str, list[Grant]] = {}
    for route in routes:
        parts = segments(route.path)
        if len(routes) == 1 or len(parts) <= len(begin):
            yield route
        else:
            deeper.setdefault(parts[len(begin)], []).append(route)
    for part, children in deeper.items():
        yield from _covering(method, children, (*begin, part), forbidden)


def _is_safe(grant: Grant, forbidden: Sequence[Forbidden]) -> bool:
    pattern = route_overlap.granted(grant.path, _kept(grant))
    return not any(
        ("ANY" in {grant.method, other.method} or grant.method == other.method)
        and route_overlap.shared_request(pattern, other.requests) is not None
        for other in forbidden
    )


def _kept(grant: Grant) -> list[str]:
    return [part[1:-1] for part in segments(grant.path) if part.startswith("{") and part != ANY]
