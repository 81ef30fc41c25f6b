"""Who acts in a row, chosen when the row is played."""

from collections.abc import Callable
from typing import TypeAlias

from constructs_lib.story.users import Cast, Member, Person

Call: TypeAlias = Callable[[Cast], object]
"""What a row does."""

Who: TypeAlias = Callable[[Cast], Person]
"""Chooses a person of the cast."""

Name: TypeAlias = Callable[[Cast], str]
"""Makes a string that depends on the cast: a key, an address, a token."""


def alice(cast: Cast) -> Member:
    """Choose Alice."""
    return cast.alice


def bob(cast: Cast) -> Member:
    """Choose Bob."""
    return cast.bob


def editor(cast: Cast) -> Member:
    """Choose the editor."""
    return cast.editor


def guest(cast: Cast) -> Person:
    """Choose the guest."""
    return cast.guest
