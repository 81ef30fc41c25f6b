"""How long is waited for CloudFormation."""

from __future__ import annotations

from typing import Final

_MINUTES: Final = 30
"""What a stack of this size never takes."""


def patience(*, local: bool) -> dict[str, float]:
    """Return the settings of a waiter: how often it looks, and when it gives up.

    Args:
        local: Whether it waits for a local cloud, which needs seconds where AWS needs minutes.
    """
    delay = 0.2 if local else 5.0
    return {"Delay": delay, "MaxAttempts": int(_MINUTES * 60 / delay)}
