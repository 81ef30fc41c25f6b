"""Accepted access: access to other owners' data that the user of the library declares as intended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from constructs_lib.actions import Verb
from constructs_lib.analysis.model.callers import of_kind
from constructs_lib.analysis.model.kinds import verb_by_action

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from constructs_lib.analysis.engine.obligations import Obligation
    from constructs_lib.analysis.proof.findings import Finding

OTHER: Final = "other"


_VERBS: Final = frozenset({*(verb.value for verb in Verb), OTHER})


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """Intended access to other owners' data, which is therefore not reported as a counterexample.

    Args:
        place: The name of a place as the report shows it, such as `Documents protected/{owner}/*`.
        verbs: Verbs of the access language, and other.
        caller: The caller as the report shows it, such as `a signed-in user`; empty for all callers.
    """

    place: str
    verbs: frozenset[str]
    caller: str = ""
    used: set[str] = field(default_factory=set, compare=False, repr=False)
    """The verbs that were checked because some caller has them at the place."""

    @classmethod
    def parse(cls, text: str) -> Accepted:
        """Parse `PLACE:VERBS` or `PLACE:VERBS:CALLER`, where commas separate the verbs.

        The name of a place may contain colons: the verbs are the last part that consists of verbs only.

        Raises:
            ValueError: If the text has another form or an unknown verb.
        """
        parts = text.split(":")
        for number in range(len(parts) - 1, 0, -1):
            verbs = frozenset(word.strip() for word in parts[number].split(","))
            if verbs <= _VERBS and all(parts[:number]):
                caller = ":".join(parts[number + 1 :])
                return cls(place=":".join(parts[:number]), verbs=verbs, caller=caller)
        raise ValueError(
            f"{text!r} is not PLACE:VERBS[:CALLER] with verbs of {', '.join(sorted(_VERBS))}; write one such as "
            "'Documents protected/{owner}/*:get,list'"
        )

    @staticmethod
    def word(place: str, actions: Iterable[str]) -> str:
        """Return the `PLACE:VERBS` text that accepts these actions on a place."""
        return f"{place}:{','.join(sorted({_verb(action) for action in actions}))}"

    def covers(self, obligation: Obligation, action: str) -> bool:
        """Return whether this entry covers an action of an obligation."""
        return (
            self.place == obligation.place.name
            and self.caller in {"", obligation.caller, of_kind(obligation.caller)}
            and self._has(_verb(action))
        )

    def covers_path(self, finding: Finding) -> bool:
        """Return whether this entry covers a path to owned data that is not a request of a caller.

        Its verb is `other`.
        """
        return self.place == finding.subject and self.caller in {"", finding.caller} and self._has(OTHER)

    def _has(self, verb: str) -> bool:
        if verb in self.verbs:
            self.used.add(verb)
        return verb in self.verbs

    def __str__(self) -> str:
        """Return the text that `parse` reads."""
        verbs = ",".join(sorted(self.verbs))
        return f"{self.place}:{verbs}" + (f":{self.caller}" if self.caller else "")


def refuse_unknown(accepted: Iterable[Accepted], places: Collection[str], callers: Collection[str]) -> None:
    """Reject entries with an unknown place or caller: a typo would accept nothing now, and possibly too much later.

    Raises:
        ValueError: If a place or caller is unknown; the message lists the known ones.
    """
    for each in accepted:
        if each.place not in places:
            raise ValueError(f"{str(each)!r} names place {each.place!r}, which does not exist; use {_one_of(places)}")
        if each.caller and each.caller not in callers:
            raise ValueError(f"{str(each)!r} names caller {each.caller!r}, who does not exist; use {_one_of(callers)}")


def refuse_unused(accepted: Iterable[Accepted]) -> None:
    """Reject entries for access that no caller has: they accept nothing now, and would hide access granted later.

    All checks must have run before.

    Raises:
        ValueError: If no caller has the accepted verbs; the message names them.
    """
    for each in accepted:
        if lost := each.verbs - each.used:
            verbs = ",".join(sorted(each.used))
            remedy = f"write {f'{each.place}:{verbs}'!r}" if verbs else "remove it"
            raise ValueError(
                f"{str(each)!r} has no effect, because no caller can {', '.join(sorted(lost))} others' data there, and "
                f"it would hide such access if it is granted later; {remedy}"
            )


def _one_of(names: Collection[str]) -> str:
    return f"one of {', '.join(map(repr, sorted(names)))}" if names else "no entry, because there is none"


def _verb(action: str) -> str:
    verb = verb_by_action().get(action, OTHER)
    return OTHER if verb == "call" else verb
