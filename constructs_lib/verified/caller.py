"""The verified caller, the same type for every source."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeAlias

from constructs_lib.argument_checks import checked
from constructs_lib.verified.refusals import Forbidden, Refused

Headers: TypeAlias = Mapping[str, Sequence[str]]
"""A request's headers: every value of each, by its name in lower case."""

_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
"""RFC 6749, section 3.3: `scope-token`, which can be quoted in a header."""


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """The caller, from a verified token.

    Args:
        sub: The user pool's ID of the user; of a program with client credentials, its client ID.
        client_id: The app client that the user signed in with.
        tenant: The claim that `UserPool(tenant_claim=...)` names. Default: None.
        groups: The user-pool groups. Default: none.
        scopes: The scopes of the access token; an ID token has none. Default: none.
        claims: All claims of the token, read-only. Default: none.
    """

    sub: str
    client_id: str
    tenant: str | None = None
    groups: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    claims: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), compare=False, repr=False)

    def __post_init__(self) -> None:
        """Make the claims read-only."""
        object.__setattr__(self, "claims", MappingProxyType(dict(self.claims)))

    def require(self, *, group: str | None = None, scope: str | None = None) -> None:
        """Require that the caller has a group, a scope, or both.

        Args:
            group: A user-pool group. Default: any group, or none.
            scope: A scope, such as `orders/read`. Default: any scope, or none.

        Raises:
            Forbidden: If the caller lacks one of them. The middlewares respond with 403.
            ValueError: If neither is given, or the scope is not one that a token could have.
        """
        check_demand("require", group, scope)
        if group is not None and group not in self.groups:
            raise Forbidden(f"{self.sub} is not in the group {group!r}")
        if scope is not None and scope not in self.scopes:
            raise Forbidden(f"the token of {self.sub} does not contain the scope {scope!r}", scope=scope)


def check_demand(asks: str, group: str | None, scope: str | None) -> None:
    """Refuse a requirement without a condition, or one that no token could meet.

    `asks` is the name of the function that requires it.

    Raises:
        ValueError: With the remedy.
    """
    if group is None and scope is None:
        raise ValueError(f"{asks}() has no condition; name a group or a scope, as in {asks}(group='editors')")
    if scope is not None and not _SCOPE.fullmatch(scope):
        raise ValueError(f"{asks}(scope={scope!r}) is not a scope; write one, as in {asks}(scope='orders/read')")


class Source(Protocol):
    """A source of callers from request headers: a `UserPool`, a `LoadBalancer`, or your own."""

    def caller_of(self, headers: Headers) -> Caller | None:
        """Return the caller; None if the request has nothing that this source reads.

        Raises:
            CallerError: For credentials that do not prove the caller's identity.
        """


def verified_caller(sources: Sequence[Source], headers: Headers) -> Caller:
    """Return the caller from the first source whose header the request has; an invalid one is not skipped.

    Raises:
        CallerError: If no source has credentials, or the first that has them does not prove the caller's identity.
    """
    for source in sources:
        caller = source.caller_of(headers)
        if caller is not None:
            return caller
    raise Refused("the request has no token", presented=False)


def only(headers: Headers, name: str) -> str | None:
    """Return the one value of a header, None without it.

    Raises:
        Refused: If it occurs twice: proxies and services differ in which one they read.
    """
    values = headers.get(name, ())
    if len(values) > 1:
        raise Refused(f"the header {name} occurs {len(values)} times")
    return values[0] if values else None


def texts(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """Return a claim that is a list of texts; empty if the token has none.

    Raises:
        Refused: If it is anything else.
    """
    value = claims.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise Refused(f"the claim {name} is not a list of strings")
    return frozenset(value)
