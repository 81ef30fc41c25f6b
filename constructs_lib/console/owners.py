"""Owners of files and rows, by the owned places of the templates. For display only; IAM decides access."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.model.owned_places import find_places
from constructs_lib.analysis.model.places import PERSON, VARIABLE

if TYPE_CHECKING:
    from constructs_lib.analysis.model.model import Model

_PART: Final = "[^/#]+"
"""The pattern of a variable's value: a part of a path or of a composed key."""


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Owner:
    """Owner of a file or row.

    Attributes:
        kind: The placeholder of the place: `owner` for one user; another, such as `tenant`, for several users. Empty:
            no owner.
        value: The identity ID, `sub`, or the value of the tag.
    """

    kind: str = ""
    value: str = ""

    @property
    def is_person(self) -> bool:
        """Whether the owner is one user."""
        return self.kind == PERSON


class Owners:
    """Reads the owner from keys."""

    def __init__(self, model: Model, name: str) -> None:
        """Compile a pattern for each place of the resource, places of one person first."""
        arns = {each.arn for each in model.holders if each.name == name}
        places = [(each.text, each.owner) for each in find_places(model) if each.holder in arns and each.owner]
        places.sort(key=lambda each: each[1].placeholder != PERSON)
        patterns = [(owner.placeholder, _pattern(text, owner.key)) for text, owner in places]
        # If a condition ties a place to an owner, the key alone does not name the owner.
        self._patterns = [(kind, pattern) for kind, pattern in patterns if "owner" in pattern.groupindex]

    def of(self, key: str) -> Owner:
        """Return the owner of a key."""
        for kind, pattern in self._patterns:
            found = pattern.fullmatch(key)
            if found:
                return Owner(kind=kind, value=found["owner"])
        return Owner()


def _pattern(text: str, key: str) -> re.Pattern[str]:
    """Return the expression that finds the owner, named by a condition key, in texts that match a policy's pattern."""
    found, at, named = "", 0, False
    for variable in VARIABLE.finditer(text):
        is_owner = not named and variable.group(1).lower() == key
        found += _literal(text[at : variable.start()]) + (f"(?P<owner>{_PART})" if is_owner else _PART)
        at, named = variable.end(), named or is_owner
    return re.compile(found + _literal(text[at:]), re.DOTALL)


def _literal(text: str) -> str:
    return ".*".join(map(re.escape, text.split("*")))
