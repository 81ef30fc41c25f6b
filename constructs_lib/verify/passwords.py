"""Passwords of the users that a run creates."""

import secrets


def password() -> str:
    """Return a random password that every user pool of this library accepts."""
    return f"Aa1-{secrets.token_urlsafe(18)}"
