"""Invoke permissions of each subject from routes, and the refusal of permissions that exceed the routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.access import Statement, Subject
from constructs_lib.access.language import OWNER, caller_of
from constructs_lib.api import route_overlap
from constructs_lib.api.owned_paths import ANY, kept_by, names_in, path_for
from constructs_lib.api.route_pattern_merging import Forbidden, Grant, grants_of
from constructs_lib.api.routes import METHODS, Route, segments, specificity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence


_INVOKE: Final = "execute-api:Invoke"
_SHOWN: Final = {route_overlap.ANYTHING: "x", route_overlap.MINE: "<own ID>", route_overlap.OTHERS: "<another's ID>"}


def subjects_of(routes: Iterable[Route]) -> dict[Subject, list[Route]]:
    """Return the routes of each subject that signs its requests, both in the order they are named in."""
    found: dict[Subject, list[Route]] = {}
    for route in routes:
        for subject in route.subjects:
            found.setdefault(subject, []).append(route)
    return found


def invoke_statements(
    subject: Subject,
    routes: Sequence[Route],
    callers: Iterable[frozenset[Subject]],
    *,
    stage_arn: str,
    variables: Mapping[str, str],
) -> tuple[Statement, ...]:
    """Return what a subject may invoke: exactly its routes.

    The ARN is `arn:...:execute-api:...:<api>/<stage>`. A variable takes the place of its placeholder where it stays the
    caller's own.
    """
    mine = [
        Grant(method=route.method, path=path_for(route.path, _kept(subject, route, variables)))
        for route in routes
        if subject in route.subjects
    ]
    forbidden = [
        Forbidden(method=route.method, requests=requests)
        for subjects in callers
        if subject in subjects
        for route in routes
        for requests in _beyond(route, subjects, variables)
    ]
    resources = {
        f"{stage_arn}/{method}{_resource_path(grant, variables)}"
        for grant in grants_of(mine, forbidden)
        # By name: `*` would also match the method and the beginning of a longer path.
        for method in (METHODS if grant.method == "ANY" else (grant.method,))
    }
    return (Statement(actions=(_INVOKE,), resources=tuple(sorted(resources))),)


def opened_routes(
    routes: Iterable[Route], callers: Iterable[frozenset[Subject]], placeholders: Collection[str]
) -> list[dict[str, Any]]:
    """Return the callers to whom `everyone` of a route opens paths of others, as the template declares them."""
    opened = []
    for subjects in callers:
        for route in routes:
            kept = _kept_by_all(route, subjects, placeholders) if subjects & frozenset(route.subjects) else None
            if kept is not None and len(kept) < len(names_in(route.path, placeholders)):
                within = {"within": list(kept)} if kept else {}
                entry = {"place": str(route), "caller": caller_of(subjects), "actions": [_INVOKE], **within}
                opened.append(entry)
    return opened


def check_reach(
    routes: Sequence[Route], callers: Mapping[str, frozenset[Subject]], placeholders: Collection[str] = (OWNER,)
) -> None:
    """Refuse routes whose rights, written with IAM's `*`, would open another route.

    A permission is harmless if the caller may call the other route anyway, or if its own route is the more specific one
    and receives the request. The names of the callers are for messages.

    Raises:
        ValueError: Naming both routes and a request that shows it.
    """
    for name, subjects in callers.items():
        beyond = [(other, requests) for other in routes for requests in _beyond(other, subjects, placeholders)]
        for given in routes:
            if subjects & frozenset(given.subjects):
                pattern = route_overlap.granted(given.path, _kept_by_all(given, subjects, placeholders))
                for other, requests in beyond:
                    if other is not given and (given.method == other.method or "ANY" in {given.method, other.method}):
                        _check_pair(name, given, pattern, other, requests)


def _check_pair(
    name: str, given: Route, pattern: route_overlap.Pattern, other: Route, requests: route_overlap.Pattern
) -> None:
    answers_itself = specificity(given) > specificity(other)
    unless = route_overlap.requests(given.path) if answers_itself else None
    request = route_overlap.shared_request(pattern, requests, unless=unless)
    if request is not None:
        shown = "".join(_SHOWN.get(character, character) for character in request)
        method = other.method if given.method == "ANY" else given.method
        raise ValueError(
            f"route '{given}' is open to {name}, and IAM's * also matches /, so {name} could also call {method} "
            f"{shown} of route '{other}', which is not open to them; use paths that begin differently, for example "
            f"/admin{other.path}, or open both"
        )


def _beyond(route: Route, subjects: frozenset[Subject], placeholders: Collection[str]) -> list[route_overlap.Pattern]:
    """Return the signed requests to a route that callers may not send; none if they may send all."""
    if not route.subjects:
        return []
    if not subjects & frozenset(route.subjects):
        return [route_overlap.requests(route.path)]
    kept = _kept_by_all(route, subjects, placeholders)
    return [route_overlap.requests(route.path, {name: route_overlap.OTHERS}) for name in kept]


def _kept(subject: Subject, route: Route, placeholders: Collection[str]) -> tuple[str, ...]:
    """Return the placeholders of a route that stay the caller's own for a subject."""
    return names_in(route.path, placeholders)[: kept_by(subject, route, placeholders)]


def _kept_by_all(route: Route, subjects: frozenset[Subject], placeholders: Collection[str]) -> tuple[str, ...]:
    """Return those that stay the caller's own whichever of the subjects they act as."""
    matching = subjects & frozenset(route.subjects)
    return min((_kept(subject, route, placeholders) for subject in matching), key=len)


def _resource_path(grant: Grant, variables: Mapping[str, str]) -> str:
    parts = ["*" if part == ANY else part for part in segments(grant.path)]
    return "/" + "/".join(variables[part[1:-1]] if part.startswith("{") else part for part in parts)
