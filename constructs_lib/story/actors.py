"""The acting user of a row, resolved when the row runs."""

from collections.abc import Callable
from typing import TypeAlias

from constructs_lib.story.users import Cast, Member, Person

Call: TypeAlias = Callable[[Cast], object]
"""The call of a row."""

Who: TypeAlias = Callable[[Cast], Person]
"""Selects a person of the cast."""

Name: TypeAlias = Callable[[Cast], str]
"""Returns a string that depends on the cast: a key, an address, a token."""


def alice(cast: Cast) -> Member:
    """Return Alice."""
    return cast.alice


def bob(cast: Cast) -> Member:
    """Return Bob."""
    return cast.bob


def editor(cast: Cast) -> Member:
    """Return the editor."""
    return cast.editor


def guest(cast: Cast) -> Person:
    """Return the guest."""
    return cast.guest
