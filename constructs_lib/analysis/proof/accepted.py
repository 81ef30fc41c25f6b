"""Access to others' data that is meant, as a user writes it down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.model.kinds import verb_by_action

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.analysis.engine.obligations import Obligation

OTHER: Final = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """Access to others' data that is meant, so that it is no counterexample.

    Args:
        space: A part of the space's name, such as `protected/{owner}`.
        verbs: Of get, list, write, delete and other.
        caller: A part of the caller's name; empty for all.
    """

    space: str
    verbs: frozenset[str]
    caller: str = ""

    @classmethod
    def parse(cls, text: str) -> Accepted:
        """Read `SPACE:VERBS` or `SPACE:VERBS:CALLER`, verbs with commas between them.

        Raises:
            ValueError: For another shape or an unknown verb.
        """
        space, _, rest = text.partition(":")
        words, _, caller = rest.partition(":")
        verbs = frozenset(word.strip() for word in words.split(",") if word.strip())
        known = {"get", "list", "write", "delete", "other"}
        if not space or not verbs or not verbs <= known:
            raise ValueError(f"{text!r} is not SPACE:VERBS[:CALLER], such as 'protected/{{owner}}:get,list'")
        return cls(space=space, verbs=verbs, caller=caller)

    @staticmethod
    def word(space: str, actions: Iterable[str]) -> str:
        """Return the `SPACE:VERBS` that would accept these actions on a space."""
        return f"{space}:{','.join(sorted({_verb(action) for action in actions}))}"

    def covers(self, obligation: Obligation, action: str) -> bool:
        """Whether it speaks of an action of an obligation."""
        verb = _verb(action)
        return self.space in obligation.place.name and verb in self.verbs and self.caller in obligation.caller


def _verb(action: str) -> str:
    verb = verb_by_action().get(action, OTHER)
    return OTHER if verb == "call" else verb
