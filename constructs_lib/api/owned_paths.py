"""The parts of a route's path that are the caller's own: IAM limits each caller to these."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

from constructs_lib.access.language import GUESTS, OWNER, OWNERS, SubjectKind
from constructs_lib.access.value_formats import may_be_equal
from constructs_lib.api.routes import Route, segments

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from constructs_lib.access import Subject
    from constructs_lib.access.value_formats import Form


ANY: Final = "{*}"
"""The placeholder for any value of a request in a path."""


def names_in(path: str, placeholders: Collection[str]) -> tuple[str, ...]:
    """Return the placeholders in a path, in order."""
    return tuple(part[1:-1] for part in segments(path) if part.startswith("{") and part[1:-1] in placeholders)


def kept_by(subject: Subject, route: Route, placeholders: Collection[str]) -> int:
    """Return the number of placeholders of a route's path, from the first, that remain the caller's own for a subject.

    `everyone` opens the placeholders after the claim that it names, or all. It applies to the route, but an owner and
    callers who share a claim stay limited to their own. A function has no owner and is not limited.
    """
    names = names_in(route.path, placeholders)
    if subject.kind is SubjectKind.FUNCTION:
        return 0
    if subject.kind in OWNERS:
        return len(names)
    kept = 0 if route.everyone is True else names.index(route.everyone) + 1 if route.everyone else len(names)
    own = names.index(str(subject.name)) + 1 if subject.kind is SubjectKind.CLAIM and subject.name in names else 0
    return max(kept, own)


def path_for(path: str, kept: Collection[str]) -> str:
    """Return a path in which only the placeholders that stay the caller's own have their names."""
    parts = [ANY if part.startswith("{") and part[1:-1] not in kept else part for part in segments(path)]
    return "/" + "/".join(parts)


def check_places(routes: Sequence[Route], forms: Mapping[str, Form]) -> None:
    """Refuse paths whose placeholders IAM cannot restrict to the caller.

    `forms` are those of each placeholder's values.

    Raises:
        ValueError: With the route and the remedy.
    """
    for route in routes:
        _check_order(route, forms)
        names = names_in(route.path, forms)
        _check_subjects(route, names, [name for name in names if name != OWNER])
        _check_opened(route, names, forms)
    places = [_Place(route, segments(route.path), {*_kept_by_some_user(route, forms)}) for route in routes]
    for one, other in combinations(places, 2):
        if one.route.method == other.route.method or "ANY" in {one.route.method, other.route.method}:
            _check_apart(one, other, forms)


def _check_order(route: Route, placeholders: Iterable[str]) -> None:
    known = [f"{{{name}}}" for name in placeholders]
    parts = segments(route.path)
    if greedy := next((part for part in parts if part.endswith("+}") and f"{part[:-2]}}}" in known), None):
        raise ValueError(
            f"route '{route}' has {greedy}, and a placeholder of the caller matches one segment; write {greedy[:-2]}}}"
        )
    named_parts = [part for part in parts if part in known]
    if not named_parts:
        return
    before = parts[: len(parts) - parts[::-1].index(named_parts[-1]) - 1]
    if named := next((part for part in before if part.startswith("{") and part not in known), None):
        # IAM's * also matches /: of /orders/*/ID a request /orders/OTHER/ID is one too.
        begin = parts.index(named)
        rest = [part for part in parts[begin:] if part not in named_parts]
        own = [part for part in named_parts if part in parts[begin:]]
        raise ValueError(
            f"route '{route}' has {named} before {named_parts[-1]}, so IAM could not tell which segment is the "
            f"{named_parts[-1][1:-1]}; write the {named_parts[-1][1:-1]} first, as in "
            f"/{'/'.join([*parts[:begin], *own, *rest])}"
        )
    if f"{{{OWNER}}}" in named_parts[:-1]:
        raise ValueError(f"route '{route}' has {{owner}} before {named_parts[-1]}; write {{owner}} last")


def _check_subjects(route: Route, names: tuple[str, ...], claims: list[str]) -> None:
    opened = [*names, *(name for name in route.parameters if name.startswith("any_"))]
    if isinstance(route.everyone, str) and (route.everyone not in claims or route.everyone == opened[-1]):
        known = " or ".join(["everyone=True", *(f"everyone={name!r}" for name in claims if name != names[-1])])
        raise ValueError(
            f"route '{route}' has everyone={route.everyone!r}, which opens nothing in its path; write {known}, or "
            "remove it"
        )
    if route.everyone is True and not route.parameters:
        raise ValueError(
            f"route '{route}' has everyone=True, which opens nothing in its path and would open a placeholder added "
            "later; remove it"
        )
    for subject in route.subjects:
        if subject.kind is SubjectKind.CLAIM and subject.name not in claims:
            raise ValueError(
                f"route '{route}' has allow.{subject} but not {{{subject.name}}} in its path; write a path such as "
                f"/{subject.name}s/{{{subject.name}}}{route.path}, or use allow.authenticated"
            )
        if claims and subject.kind in GUESTS:
            raise ValueError(
                f"route '{route}' has allow.{subject}, and a guest has no claim {{{claims[0]}}}, so no guest could "
                "call it; use another path for guests"
            )
    if claims and not route.subjects:
        raise ValueError(
            f"route '{route}' has {{{claims[0]}}}, which only IAM can restrict to the caller, but no caller who signs "
            "requests; rename the placeholder and check it in the function"
        )


def _check_opened(route: Route, names: tuple[str, ...], placeholders: Collection[str]) -> None:
    """Refuse implicitly opened paths, and a `{tenant}` that a function would mistake for the caller's own.

    Behind IAM a function gets a caller's tenant only from the path, so `{tenant}` must be the caller's for every
    subject.
    """
    others = {f"any_{name}": name for name in placeholders if name != OWNER}
    if not route.everyone and (open_to_all := next((each for each in route.parameters if each in others), None)):
        raise ValueError(
            f"route '{route}' has {{{open_to_all}}}, which is any {others[open_to_all]} that a caller names; add "
            f"everyone=True if this is intended, or write {{{others[open_to_all]}}}"
        )
    for subject in route.subjects:
        opened = [name for name in names[kept_by(subject, route, placeholders) :] if name != OWNER]
        if subject.kind is SubjectKind.FUNCTION and names and route.everyone is not True:
            raise ValueError(
                f"route '{route}' has allow.function, and a function is not an owner, so it could call the path of "
                f"every {names[-1]}; add everyone=True if this is intended"
            )
        if subject.kind is not SubjectKind.FUNCTION and opened:
            raise ValueError(
                f"route '{route}' has everyone={route.everyone!r}, so {subject} can name any {opened[0]}, which the "
                f"function would read as the caller's own; use {{any_{opened[0]}}} in a route for them, which "
                "Caller.named returns"
            )


class _Place(NamedTuple):
    """A route, its segments, and its placeholders that stay the caller's own for some of its callers."""

    route: Route
    segments: Sequence[str]
    kept: set[str]


def _check_apart(one: _Place, other: _Place, forms: Mapping[str, Form]) -> None:
    """Refuse two paths that are equal for some value: a tenant could have the name of a sibling path."""
    kept = one.kept | other.kept
    different = ""
    for mine, its in zip(one.segments, other.segments, strict=False):
        if any(part.startswith("{") and part[1:-1] not in kept for part in (mine, its)):
            if different:
                # IAM's `*` is there, and matches everything that follows.
                break
        elif mine != its:
            if not may_be_equal(mine, its, forms):
                return
            different = f"{mine} and {its}"
    if different:
        raise ValueError(
            f"route '{one.route}' and route '{other.route}' can have the same path, because {different} can have the "
            "same value; put one of the two below a fixed segment"
        )


def _kept_by_some_user(route: Route, placeholders: Collection[str]) -> tuple[str, ...]:
    """Return the placeholders of a path that stay the caller's own for some of its callers."""
    users = (subject for subject in route.subjects if subject.kind is not SubjectKind.FUNCTION)
    most = max((kept_by(subject, route, placeholders) for subject in users), default=0)
    return names_in(route.path, placeholders)[:most]
