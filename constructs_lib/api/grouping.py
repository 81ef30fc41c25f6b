"""Fewer IAM resources for many routes, without one request more.

IAM holds 10 KB of policy per role and then some managed policies, about 100 routes by their full ARNs. Past a handful,
routes are therefore granted by common beginnings (`GET/files/*`), each of which is first compared with every request
that the subject may not send.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.api import overlap
from constructs_lib.api.routes import Route, segments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["MOST_SPELT_OUT", "Forbidden", "Grant", "grants_of"]

MOST_SPELT_OUT: Final = 20
"""Up to so many routes a subject's rights name each one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Forbidden:
    """Requests a subject may not send.

    Args:
        method: Their method, or ANY.
        requests: Their paths.
    """

    method: str
    requests: overlap.Pattern


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What a few IAM resources grant.

    Args:
        method: A method, ANY for each method by name, or `*` for IAM's own, which also matches `/`.
        path: A path with `{...}` where IAM gets `*`, and `{owner}` where it gets the caller's ID.
    """

    method: str
    path: str


def grants_of(routes: Sequence[Route], forbidden: Sequence[Forbidden], *, only_own: bool) -> list[Grant]:
    """Return grants that cover all of a subject's routes and none of the forbidden requests.

    Args:
        routes: The subject's routes; each by itself reaches nothing forbidden.
        forbidden: What the subject may not send.
        only_own: Whether `{owner}` is the caller's ID rather than any owner's.
    """
    if len(routes) <= MOST_SPELT_OUT:
        return [Grant(method=route.method, path=route.path) for route in routes]
    if not forbidden:
        return [Grant(method="*", path="/{all}")]
    found: list[Grant] = []
    for method in sorted({route.method for route in routes}):
        of_method = [route for route in routes if route.method == method]
        found += _covering(method, of_method, (), forbidden, only_own=only_own)
    return found


def _covering(
    method: str, routes: Sequence[Route], begin: tuple[str, ...], forbidden: Sequence[Forbidden], *, only_own: bool
) -> Iterator[Grant]:
    """Yield one grant for all routes below a beginning if that is safe, else go one segment deeper."""
    if len(routes) > 1:
        below = Grant(method=method, path="/" + "/".join((*begin, "{all}")))
        if _is_safe(below, forbidden, only_own=only_own):
            yield below
            # `/a/*` does not match `/a` itself.
            yield from (Grant(method=method, path=route.path) for route in routes if _ends_at(route, begin))
            return
    deeper: dict[str, list[Route]] = {}
    for route in routes:
        parts = segments(route.path)
        if len(routes) == 1 or len(parts) <= len(begin):
            yield Grant(method=method, path=route.path)
        else:
            deeper.setdefault(parts[len(begin)], []).append(route)
    for part, those in deeper.items():
        yield from _covering(method, those, (*begin, part), forbidden, only_own=only_own)


def _ends_at(route: Route, begin: tuple[str, ...]) -> bool:
    return len(segments(route.path)) == len(begin) and bool(begin)


def _is_safe(grant: Grant, forbidden: Sequence[Forbidden], *, only_own: bool) -> bool:
    pattern = overlap.granted(grant.path, only_own=only_own)
    return not any(
        ("ANY" in {grant.method, other.method} or grant.method == other.method)
        and overlap.shared_request(pattern, other.requests) is not None
        for other in forbidden
    )
