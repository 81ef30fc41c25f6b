"""Passwords of the users that a run makes."""

import secrets


def password() -> str:
    """Return a password that nobody knows and every user pool of this library takes."""
    return f"Aa1-{secrets.token_urlsafe(18)}"
