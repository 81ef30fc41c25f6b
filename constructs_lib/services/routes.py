"""Paths of a service as values, with their callers."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from constructs_lib.access import SubjectKind
from constructs_lib.access.public_access import Open
from constructs_lib.api.route_access import Access, Jwt
from constructs_lib.argument_checks import checked

_LONGEST: Final = 128
"""The maximum length of a path pattern (Elastic Load Balancing, "Quotas for your Application Load Balancers")."""
_PATH: Final = re.compile(r"/|(?:/[A-Za-z0-9._~-]+)+/?|(?:/[A-Za-z0-9._~-]+)*/\*")
_STEP: Final = 380
"""Priorities, of 50,000, for each length of a path."""


@checked
@dataclass(frozen=True, slots=True)
class ServiceRoute:
    """One path, or all below one.

    Args:
        path: For example `/`, `/health` or `/api/*`. A load balancer compares character by character and does not
            resolve `..`: a service that reads `/api/../admin` as `/admin` must authorize that path itself.
        access: The callers, one of: `allow.authenticated`, users, who are redirected to hosted sign-in if they are not
            signed in; `jwt()` or `jwt("orders/read")`, programs and pages with an access token, refused without one;
            `anyone`, only on a whole path.

    Raises:
        ValueError: For a path or access that a load balancer cannot enforce.
    """

    path: str
    access: Sequence[Access] = field(kw_only=True)

    def __post_init__(self) -> None:
        """Check the options of the route."""
        if not _PATH.fullmatch(self.path) or len(self.path) > _LONGEST:
            raise ValueError(
                f"path {self.path!r} is not the path of a route; write one such as /health, or /api/* for all paths "
                "below"
            )
        if len(self.access) != 1:
            raise ValueError(
                f"route '{self.path}' must have one kind of caller, because a listener rule has one condition; write "
                "access=[allow.authenticated], access=[jwt('scope')] or access=[anyone]"
            )
        self._check(self.access[0])

    @property
    def prefix(self) -> str:
        """The prefix of every request's path."""
        return self.path.removesuffix("*")

    @property
    def whole(self) -> bool:
        """Whether it is one path, and not all below one."""
        return not self.path.endswith("*")

    @property
    def open(self) -> bool:
        """Whether the route is open to the internet."""
        return isinstance(self.access[0], Open)

    @property
    def token(self) -> Jwt | None:
        """The token that it requires; None if it requires none."""
        return self.access[0] if isinstance(self.access[0], Jwt) else None

    def _check(self, access: Access) -> None:
        match access:
            case Open() if not self.whole:
                raise ValueError(
                    f"route '{self.path}' is open to anyone, who could write {self.prefix}../ before any other path "
                    "of the service; use whole paths, and serve public files from Hosting"
                )
            case Open():
                return
            case Jwt(scopes=scopes) if len(scopes) > 1:
                raise ValueError(
                    f"route '{self.path}' has several scopes, and AWS does not document how a load balancer evaluates "
                    "them; name one, or check the others in the service"
                )
            case Jwt():
                return
        if getattr(access, "kind", None) is not SubjectKind.AUTHENTICATED:
            raise ValueError(
                f"route '{self.path}' has {access}, which a load balancer cannot check; use allow.authenticated, and "
                "check groups in the service with needs(group=...) of constructs_lib.verified"
            )


def priorities(routes: Sequence[ServiceRoute]) -> dict[str, int]:
    """Return the priority of each path's rule, the longer path first.

    A priority depends only on the path: adding or removing rules does not renumber others. CloudFormation cannot swap
    two priorities in one update.

    Raises:
        ValueError: For no routes, or duplicate paths.
    """
    if not routes:
        raise ValueError("routes=[] has no route; add one, as in ServiceRoute('/*', access=[allow.authenticated])")
    found: dict[str, int] = {}
    for route in sorted(routes, key=lambda each: each.path):
        if route.path in found:
            raise ValueError(
                f"route '{route.path}' is listed twice, and a load balancer would use the first; remove one of them"
            )
        # A whole path precedes all paths below it, and therefore counts as one character longer.
        first = (_LONGEST + 1 - len(route.prefix) - route.whole) * _STEP + 1
        chosen = first + int(hashlib.sha256(route.path.encode()).hexdigest(), 16) % _STEP
        while chosen in found.values():
            chosen = first + (chosen + 1 - first) % _STEP
        found[route.path] = chosen
    return found
