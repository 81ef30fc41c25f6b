"""Intended access to the data of others, as a user declares it."""

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
    """Access to others' data that is meant, so that it is no counterexample.

    Args:
        place: The name of a place as the report says it, such as `Documents protected/{owner}/*`.
        verbs: Verbs of the access language, and other.
        caller: The caller as the report says it, such as `a signed-in user`; empty for all.
    """

    place: str
    verbs: frozenset[str]
    caller: str = ""
    used: set[str] = field(default_factory=set, compare=False, repr=False)
    """The verbs that were asked about because somebody has them there."""

    @classmethod
    def parse(cls, text: str) -> Accepted:
        """Read `PLACE:VERBS` or `PLACE:VERBS:CALLER`, verbs with commas between them.

        A place's name may have colons in it: the verbs are the last part that names nothing else.

        Raises:
            ValueError: For another shape or an unknown verb.
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
        """Return the `PLACE:VERBS` that would accept these actions on a place."""
        return f"{place}:{','.join(sorted({_verb(action) for action in actions}))}"

    def covers(self, obligation: Obligation, action: str) -> bool:
        """Whether it speaks of an action of an obligation."""
        return (
            self.place == obligation.place.name
            and self.caller in {"", obligation.caller, of_kind(obligation.caller)}
            and self._has(_verb(action))
        )

    def covers_way(self, finding: Finding) -> bool:
        """Whether it speaks of what leads to owned data without being a request of a caller: its verb is `other`."""
        return self.place == finding.subject and self.caller in {"", finding.caller} and self._has(OTHER)

    def _has(self, verb: str) -> bool:
        if verb in self.verbs:
            self.used.add(verb)
        return verb in self.verbs

    def __str__(self) -> str:
        """Write it down as it is read."""
        verbs = ",".join(sorted(self.verbs))
        return f"{self.place}:{verbs}" + (f":{self.caller}" if self.caller else "")


def refuse_unknown(accepted: Iterable[Accepted], places: Collection[str], callers: Collection[str]) -> None:
    """Refuse what speaks of a place or a caller that is not there: a slip would accept nothing, or later too much.

    Args:
        accepted: What is accepted.
        places: The names of places that can be accepted.
        callers: The callers there are.

    Raises:
        ValueError: With the places or callers there are.
    """
    for each in accepted:
        if each.place not in places:
            raise ValueError(f"there is no place {each.place!r} to accept access to; there {_are(places)}")
        if each.caller and each.caller not in callers:
            raise ValueError(f"there is no caller {each.caller!r} to accept access of: there {_are(callers)}")


def refuse_unused(accepted: Iterable[Accepted]) -> None:
    """Refuse what nobody has: it accepts nothing now, and would hide what comes later.

    Args:
        accepted: What is accepted, after all was asked.

    Raises:
        ValueError: Naming the verbs.
    """
    for each in accepted:
        if lost := each.verbs - each.used:
            verbs = ",".join(sorted(each.used))
            remedy = f"write {f'{each.place}:{verbs}'!r}" if verbs else "leave it out"
            raise ValueError(
                f"{str(each)!r} accepts nothing: nobody has {', '.join(sorted(lost))} of another's there, and it would "
                f"hide who comes to have it; {remedy}"
            )


def _are(names: Collection[str]) -> str:
    return "is " + ", ".join(map(repr, sorted(names))) if names else "is none"


def _verb(action: str) -> str:
    verb = verb_by_action().get(action, OTHER)
    return OTHER if verb == "call" else verb
