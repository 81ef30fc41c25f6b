"""How a function is invoked: by a service that writes its event, or by clients that write the event themselves.

Not both: a client could write what the function trusts about its caller, or about a changed object or row.
"""

from __future__ import annotations

from typing import Any, Final
from weakref import WeakKeyDictionary

__all__ = ["CONTEXT", "EVENT", "reserve_invocation_path"]

EVENT: Final = "that trusts its event (of an Api, a FunctionUrl, a user pool, a bucket or a table)"
"""Invocation through a service that writes the event."""
CONTEXT: Final = "that clients invoke directly (access=)"
"""Direct invocation by clients, which write the event."""
_entrances: Final[WeakKeyDictionary[Any, str]] = WeakKeyDictionary()


def reserve_invocation_path(entrance: str, *functions: object) -> None:
    """Remember how clients come to a function.

    Args:
        entrance: EVENT or CONTEXT.
        functions: The function, with its alias where there is one.

    Raises:
        ValueError: When it is already invoked in the other way: a direct caller would write the event.
    """
    for function in functions:
        if _entrances.setdefault(function, entrance) != entrance:
            raise ValueError(
                f"{getattr(function, 'node').path!r} is a function {_entrances[function]}, and cannot also be one "  # noqa: B009 - the type says nothing of it
                f"{entrance}, because a client that invokes it directly writes the whole event, including the "
                "caller's identity; create two functions from the same code"
            )
