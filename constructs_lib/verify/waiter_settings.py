"""Waiter settings for CloudFormation."""

from __future__ import annotations

from typing import Final

_MINUTES: Final = 30
"""A stack of this size takes less time."""


def patience(*, local: bool) -> dict[str, float]:
    """Return the delay and the maximum number of attempts of a waiter.

    Args:
        local: Whether it waits for a local cloud, which takes seconds instead of minutes.
    """
    delay = 0.2 if local else 5.0
    return {"Delay": delay, "MaxAttempts": int(_MINUTES * 60 / delay)}
