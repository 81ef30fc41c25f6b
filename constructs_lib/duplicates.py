"""Refuses duplicate values in lists of options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def check_once(option: str, values: Iterable[Any]) -> None:
    """Refuse a list with a duplicate value.

    The option is the name of the list in messages.

    Raises:
        ValueError: With the first duplicate value.
    """
    seen: list[Any] = []
    for value in values:
        if value in seen:
            shown = repr(value) if isinstance(value, str) else str(value)
            raise ValueError(f"{option} contains {shown} more than once; remove the duplicate")
        seen.append(value)
