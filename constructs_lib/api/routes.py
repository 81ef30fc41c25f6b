"""Routes as values: method, path, handler and access rules."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from constructs_lib.access import Subject, SubjectKind
from constructs_lib.access.language import OWNERS
from constructs_lib.access.public_access import Open
from constructs_lib.api.route_access import Access, ApiKey, Jwt
from constructs_lib.argument_checks import checked
from constructs_lib.duplicates import check_once

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_lambda as lambda_

    from constructs_lib.functions import PythonFunction


OWNER: Final = "{owner}"
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
"""The methods of ANY."""
_SEGMENT: Final = re.compile(r"[A-Za-z0-9._~-]+|\{[A-Za-z0-9_]+\}")
_GREEDY: Final = re.compile(r"\{[A-Za-z0-9_]+\+\}")

Handler: TypeAlias = "PythonFunction | lambda_.IFunction"


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Throttle:
    """A limit on requests, over all callers.

    Args:
        rate: Requests a second, in the long run.
        burst: The maximum number of concurrent requests.

    Raises:
        ValueError: For a limit below 1.
    """

    rate: float
    burst: int

    def __post_init__(self) -> None:
        """Refuse a limit that would reject every request."""
        if self.rate < 1 or self.burst < 1:
            raise ValueError(f"Throttle(rate={self.rate}, burst={self.burst}) rejects every request; use 1 or more")


@checked
@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path.

    Args:
        method: GET, HEAD, POST, PUT, PATCH, DELETE, or ANY for all of them. OPTIONS is reserved for preflight requests,
            to which the API responds; it requires no authorization.
        path: For example `/shares/{share_id}`. `{name}` matches one segment, `{name+}` at the end the rest.
            `{owner}` is the caller: IAM allows an owner only the path with their own ID. `{tenant}`, or the key
            of another claim of the Auth, is the caller's own value: another tenant's path is denied. `{any_tenant}`
            is any tenant that a caller names, and requires `everyone`.
        handler: The function that handles requests.
        access: The callers: `allow.guest`, `allow.authenticated`, `allow.owner`, `allow.tenant`, `allow.group(...)` and
            `allow.function(...)` for signed requests; or `jwt(...)`; or `anyone`; and `api_key` alone or with one of
            these.
        everyone: True opens a path with `{owner}` to callers other than its owner, and one with `{tenant}` to
            functions; "tenant", or the key of another claim, opens the part of the path after that to those who share
            it. Required for a path with `{any_tenant}`. Default: a path with `{owner}` is only for its owner, and one
            with `{tenant}` only for its tenant.
        body: The schema of a request's JSON body: a JSON Schema, or a pydantic model. A REST API then refuses others
            with 400 before the function runs. Default: the function validates the body.
        query: Names of the query parameters a request must have, checked by a REST API; further ones are allowed.
            Default: no parameter is required.
        throttle: The limit of the route. Default: that of the API.
        summary: One line for the OpenAPI document. Default: no line.

    Raises:
        ValueError: For a method, path or access that API Gateway or IAM could not enforce.
    """

    method: str
    path: str
    handler: Handler
    access: Sequence[Access] = field(kw_only=True)
    everyone: bool | str = field(default=False, kw_only=True)
    body: Mapping[str, Any] | type[Any] | None = field(default=None, kw_only=True)
    query: Sequence[str] = field(default=(), kw_only=True)
    throttle: Throttle | None = field(default=None, kw_only=True)
    summary: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Check the options of the route."""
        if self.method not in {*METHODS, "ANY"}:
            raise ValueError(f"route '{self}' has method {self.method!r}; use {', '.join(METHODS)} or ANY")
        if "" in self.query or len(set(self.query)) < len(self.query):
            raise ValueError(
                f"route '{self}' has query={list(self.query)!r}, with an empty or duplicate name; name each parameter "
                "once"
            )
        _check_path(self)
        _check_access(self)

    def __str__(self) -> str:
        """Return the method and the path."""
        return f"{self.method} {self.path}"

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """The callers who sign their requests with IAM credentials."""
        return tuple(access for access in self.access if isinstance(access, Subject))

    @property
    def jwt(self) -> Jwt | None:
        """The token that it requires; None if it requires none."""
        return next((access for access in self.access if isinstance(access, Jwt)), None)

    @property
    def needs_key(self) -> bool:
        """Whether it requires an API key."""
        return any(isinstance(access, ApiKey) for access in self.access)

    @property
    def is_open(self) -> bool:
        """Whether everyone on the internet may call it, with a key or without."""
        return any(isinstance(access, Open) for access in self.access)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in its path."""
        return tuple(part.strip("{}+") for part in segments(self.path) if part.startswith("{"))


def segments(path: str) -> list[str]:
    """Return the parts of a path; none for `/`."""
    return [part for part in path.split("/") if part]


def shape_of(route: Route) -> tuple[str, ...]:
    """Return the parts of a path without parameter names: routes of one shape match the same paths."""
    return tuple(
        "{+}" if part.endswith("+}") else "{}" if part.startswith("{") else part for part in segments(route.path)
    )


def specificity(route: Route) -> tuple[tuple[int, ...], int]:
    """Return the precedence of a route among those that match: literals, then parameters, then the rest."""
    ranks = tuple(2 if not part.startswith("{") else 0 if part.endswith("+}") else 1 for part in segments(route.path))
    return ranks, 0 if route.method == "ANY" else 1


def _check_path(route: Route) -> None:
    path = route.path
    if path != "/" and (not path.startswith("/") or path.endswith("/") or "//" in path):
        raise ValueError(
            f"route '{route}' has a path without / at the beginning, with / at the end or with //; write a path such "
            "as /files/{file_id}"
        )
    parts = segments(path)
    for position, part in enumerate(parts):
        last = position == len(parts) - 1
        if not _SEGMENT.fullmatch(part) and not (last and _GREEDY.fullmatch(part)):
            raise ValueError(
                f"route '{route}' has {part!r}, which is not a valid path segment; use letters, digits, . _ ~ -, or a "
                "whole {name}, or {name+} at the end"
            )
    if len(set(route.parameters)) != len(route.parameters):
        raise ValueError(f"route '{route}' has a name twice in its path; rename one of them")
    if "{owner+}" in parts:
        raise ValueError(f"route '{route}' has {{owner}} as part of a segment, or more than one; write {OWNER}")


def _check_access(route: Route) -> None:
    if not route.access:
        raise ValueError(f"route '{route}' has no caller; name the callers in access=[...], or write access=[anyone]")
    check_once(f"access of route '{route}'", route.access)
    options = {
        "signed requests": bool(route.subjects),
        "jwt": route.jwt is not None,
        "anyone": route.is_open,
    }
    chosen = [option for option, used in options.items() if used]
    if len(chosen) > 1:
        raise ValueError(
            f"route '{route}' has {' and '.join(chosen)}, and API Gateway supports one authorization type per route; "
            "use two routes"
        )
    if sum(isinstance(access, Jwt) for access in route.access) > 1:
        raise ValueError(
            f"route '{route}' has more than one jwt(...); put the scopes into one, of which a token needs any"
        )
    owned = OWNER in segments(route.path)
    owners = [subject for subject in route.subjects if subject.kind in OWNERS]
    others = [subject for subject in route.subjects if subject.kind not in OWNERS | {SubjectKind.FUNCTION}]
    if owners and not owned:
        raise ValueError(
            f"route '{route}' has allow.{owners[0]}, but not {OWNER} in its path; write a path such as "
            f"/users/{OWNER}/shares"
        )
    if owned and others and not route.everyone:
        raise ValueError(
            f"route '{route}' would open the path of every owner to {others[0]}; add everyone=True if this is "
            "intended, or everyone='tenant' for owners of the caller's tenant, or use another path"
        )
    if owned and not route.subjects:
        raise ValueError(
            f"route '{route}' has {OWNER}, which only IAM can restrict to the caller, but no caller who signs "
            "requests; rename the placeholder and check it in the function"
        )
