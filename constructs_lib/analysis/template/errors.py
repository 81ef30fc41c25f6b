"""Errors of templates, each in one line."""

from __future__ import annotations


class TemplateError(ValueError):
    """A template could not be read; the message names it, the place in it and the remedy.

    Args:
        text: The message; line breaks in quoted text are removed.
    """

    def __init__(self, text: str) -> None:
        super().__init__(" ".join(text.split()))


def place(*keys: str | int) -> str:
    """Return the path of a value in a template: `Resources.Role.Properties.Policies[0]`."""
    parts = [f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys]
    return "".join(parts).removeprefix(".")
