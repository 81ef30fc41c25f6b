"""What the values of an owner look like: the form of identity IDs, of a user pool's `sub`, of a claim."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.tokens import Many, One

if TYPE_CHECKING:
    from constructs_lib.analysis.engine.tokens import Tokens

_HEX: Final = One(frozenset("0123456789abcdef"))
_LETTER: Final = One(frozenset(string.ascii_lowercase))
_GUID: Final = tuple(
    token
    for index, length in enumerate((8, 4, 4, 4, 12))
    for token in ((One(frozenset("-")),) if index else ()) + (_HEX,) * length
)
_EXAMPLE: Final = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """What an owner is known by.

    Args:
        name: For people: `identity-pool ID`.
        texts: Every value it can have.
        example: The value that a caller has in a counterexample.
        mark: A private-use character that stands for the caller's own value in the automata; no policy contains it.
    """

    name: str
    texts: Tokens
    example: str
    mark: str

    def __str__(self) -> str:
        """Name it for a sentence."""
        return self.name


POOL_IDENTITY: Final = Form(
    name="identity-pool ID",
    texts=(
        _LETTER, _LETTER, One(frozenset("-")), _LETTER, Many(frozenset(string.ascii_lowercase + "-")),
        One(frozenset("-")), One(frozenset(string.digits)), One(frozenset(":")), *_GUID,
    ),
    example=f"us-east-1:{_EXAMPLE}",
    mark="\ue100",
)  # fmt: skip
"""Identity IDs are `REGION:GUID` (Amazon Cognito API reference)."""

SUB: Final = Form(name="user-pool sub", texts=_GUID, example=_EXAMPLE, mark="\ue101")
"""A user pool's `sub` is a UUID."""
