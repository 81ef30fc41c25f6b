"""How a function is invoked: by a service that writes its event, or by clients that write the event themselves.

A function supports only one of the two: a client could otherwise forge the caller, object or row that the event names.
For the same reason it serves an API or a function URL: the routes of the API authorize paths, and a URL has no routes.
"""

from __future__ import annotations

from typing import Any, Final
from weakref import WeakKeyDictionary

EVENT: Final = "that trusts its event (of a user pool, a bucket or a table)"
"""Invocation through a service that writes the event."""
API: Final = "that trusts its event (of an Api)"
"""Invocation through an API, whose routes decide who may call which path."""
URL: Final = "that trusts its event (of a FunctionUrl)"
"""Invocation through a function URL, which passes on requests to every path."""
CONTEXT: Final = "that clients invoke directly (access=)"
"""Direct invocation by clients, which write the event."""
_entrances: Final[WeakKeyDictionary[Any, set[str]]] = WeakKeyDictionary()


def reserve_invocation_path(entrance: str, *functions: object) -> None:
    """Record an invocation path of a function: EVENT, API, URL or CONTEXT. An alias of the function is given, too.

    Raises:
        ValueError: If the function has another path already, and its callers could forge what that one guarantees.
    """
    for function in functions:
        reserved = _entrances.setdefault(function, set())
        for other in sorted(reserved - {entrance}):
            if why := _conflict(entrance, other):
                raise ValueError(
                    f"{getattr(function, 'node').path!r} is a function {other}, and cannot also be one {entrance}, "  # noqa: B009 - the type says nothing of it
                    f"because {why}; create two functions from the same code"
                )
        reserved.add(entrance)


def _conflict(entrance: str, other: str) -> str | None:
    """Return why a function cannot have both paths; None if it can."""
    if CONTEXT in {entrance, other}:
        return "a client that invokes it directly writes the whole event, including the caller's identity"
    if {entrance, other} == {API, URL}:
        return "a URL passes on every method and path, also of routes that are not open to the URL's callers"
    return None
