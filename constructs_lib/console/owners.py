"""Whose a file or a row is, by the places that the templates give owners. For showing it; IAM decides access."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.model.places import VARIABLE, find_places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place

_PART: Final = "[^/#]+"
"""What an owner's value, or another variable's, is written as: a part of a path or of a composed key."""


class Owners:
    """Reads the owner out of keys.

    Args:
        model: The templates' model.
        name: The name of the resource that holds them.
    """

    def __init__(self, model: Model, name: str) -> None:
        """Prepare a pattern for each of the resource's places."""
        held = {each.arn for each in model.holders if each.name == name}
        self._patterns = list(_patterns(each for each in find_places(model) if each.holder in held))

    def of(self, key: str) -> str:
        """Return whose a key is; empty where it is nobody's own."""
        found = (pattern.fullmatch(key) for pattern in self._patterns)
        return next((match["owner"] for match in found if match and "owner" in match.re.groupindex), "")


def _patterns(places: Iterable[Place]) -> Iterator[re.Pattern[str]]:
    for place in places:
        if place.owner is not None:
            yield _pattern(place.text, place.owner.key)


def _pattern(text: str, key: str) -> re.Pattern[str]:
    """Return what finds the owner, known by a condition key, in what a pattern of a policy fits."""
    found, at, named = "", 0, False
    for variable in VARIABLE.finditer(text):
        is_owner = not named and variable.group(1).lower() == key
        found += _literal(text[at : variable.start()]) + (f"(?P<owner>{_PART})" if is_owner else _PART)
        at, named = variable.end(), named or is_owner
    return re.compile(found + _literal(text[at:]), re.DOTALL)


def _literal(text: str) -> str:
    return ".*".join(map(re.escape, text.split("*")))
