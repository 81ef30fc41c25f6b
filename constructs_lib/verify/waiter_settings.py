"""Waiter settings for CloudFormation."""

from __future__ import annotations

from typing import Final

_MINUTES: Final = 30
"""The longest wait; the stacks of a run take less."""


def patience(*, local: bool) -> dict[str, float]:
    """Return the delay and the maximum number of attempts of a waiter; a local cloud takes seconds, not minutes."""
    delay = 0.2 if local else 5.0
    return {"Delay": delay, "MaxAttempts": int(_MINUTES * 60 / delay)}
