"""How a function is invoked: by a service that writes its event, or by clients that write the event themselves.

A function supports only one of the two: a client could otherwise forge the caller, object or row that the event names.
"""

from __future__ import annotations

from typing import Any, Final
from weakref import WeakKeyDictionary

EVENT: Final = "that trusts its event (of an Api, a FunctionUrl, a user pool, a bucket or a table)"
"""Invocation through a service that writes the event."""
CONTEXT: Final = "that clients invoke directly (access=)"
"""Direct invocation by clients, which write the event."""
_entrances: Final[WeakKeyDictionary[Any, str]] = WeakKeyDictionary()


def reserve_invocation_path(entrance: str, *functions: object) -> None:
    """Record the invocation path of a function.

    The entrance is EVENT or CONTEXT. An alias of the function is given, too.

    Raises:
        ValueError: If the other path is already in use: a direct caller would write the event.
    """
    for function in functions:
        if _entrances.setdefault(function, entrance) != entrance:
            raise ValueError(
                f"{getattr(function, 'node').path!r} is a function {_entrances[function]}, and cannot also be one "  # noqa: B009 - the type says nothing of it
                f"{entrance}, because a client that invokes it directly writes the whole event, including the "
                "caller's identity; create two functions from the same code"
            )
