"""Compares a live answer with a recorded one: all of it, but for what `NORMALISATIONS` names and explains."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.verify.recording.placeholders import PLACEHOLDER
from constructs_lib.verify.replay.binding import as_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.verify.replay.binding import Bindings


@dataclass(frozen=True, kw_only=True, slots=True)
class Normalisation:
    """Something that may differ.

    Args:
        name: What.
        why: Why it says nothing about the local cloud.
        members: The members of answers that it is about.
    """

    name: str
    why: str
    members: re.Pattern[str] | None = None

    def covers(self, member: str) -> bool:
        """Whether it is about a member of an answer."""
        return self.members is not None and bool(self.members.fullmatch(member))


IDENTIFIERS: Final = Normalisation(
    name="identifiers",
    why="Where a placeholder of the recording comes first any text may stand, and then the same one wherever it comes "
    "again, times left out; what stands around it must be the same.",
)
PROSE: Final = Normalisation(
    name="prose",
    why="Messages for people, which AWS changes without notice; that there is one must be the same.",
    members=re.compile(r"(?i)message|.*reason|description|explanation"),
)
AMOUNTS: Final = Normalisation(
    name="amounts",
    why="Sizes of what is stored, and counts that services bring up to date every few hours; a number must be there.",
    members=re.compile(r"CodeSize|ContentLength|EstimatedNumberOfUsers|ItemCount|Size|TableSizeBytes|storedBytes"),
)
HISTORIES: Final = Normalisation(
    name="histories",
    why="How many events a deployment writes, and in which order, depends on how fast each resource is; each recorded "
    "form of an event must be there.",
    members=re.compile(r"StackEvents|events"),
)
ORDER: Final = Normalisation(
    name="order", why="Services return lists in no order; each element must have its like, and no more may be there."
)
REPEATED: Final = Normalisation(
    name="repeated",
    why="Of a question that was asked again before anything changed the last answer counts: what waits for a stack, or "
    "for rights that AWS spreads slowly, asks as often as it takes. Answers in progress are waited for.",
)
HEADERS: Final = Normalisation(
    name="headers", why="Of the headers of HTTP answers only those that a browser or a client acts on are recorded."
)
NORMALISATIONS: Final = (IDENTIFIERS, PROSE, AMOUNTS, HISTORIES, ORDER, REPEATED, HEADERS)
"""All there are. Whatever else differs is a difference."""


def compare(recorded: Any, live: Any, bindings: Bindings, at: str = "answer") -> Iterator[str]:
    """Yield where a live answer differs from a recorded one, in words, and learn from what is the same.

    Args:
        recorded: The recorded answer, or a part of it.
        live: The live one, as text (`binding.as_text`).
        bindings: Learn what stands in a placeholder's place.
        at: Where the part stands.
    """
    member = at.rpartition(".")[2].removesuffix("[]")
    if isinstance(recorded, dict) and isinstance(live, dict):
        yield from _objects(recorded, live, bindings, at)
    elif isinstance(recorded, list) and isinstance(live, list):
        yield from _lists(recorded, live, bindings, at, one_for_one=not HISTORIES.covers(member))
    elif _is_number(recorded) and _is_number(live):
        if recorded != live and not AMOUNTS.covers(member):
            yield f"{at} is {live}, recorded was {recorded}"
    elif isinstance(recorded, str) and not isinstance(live, dict | list) and live is not None:
        yield from _texts(recorded, str(live), bindings, at, member)
    elif type(recorded) is not type(live) or recorded != live:
        yield f"{at} is {_kind(live)}, recorded was {_kind(recorded)}"


def _objects(recorded: dict[str, Any], live: dict[str, Any], bindings: Bindings, at: str) -> Iterator[str]:
    names = {name: _live_name(name, live, bindings) for name in recorded}
    for name, here in names.items():
        if here is None:
            yield f"{at}.{name} is missing"
        else:
            yield from compare(recorded[name], live[here], bindings, f"{at}.{name}")
    yield from (f"{at}.{name} was not there in the recording" for name in live if name not in names.values())


def _live_name(name: str, live: dict[str, Any], bindings: Bindings) -> str | None:
    if not PLACEHOLDER.search(name):
        return name if name in live else None
    return next((each for each in live if bindings.learn(name, each)), None)


def _lists(recorded: list[Any], live: list[Any], bindings: Bindings, at: str, *, one_for_one: bool) -> Iterator[str]:
    left = list(live)
    for each in recorded:
        if not left:
            break
        likest = min(range(len(left)), key=lambda one: _distance(each, left[one], bindings))
        yield from compare(each, left.pop(likest) if one_for_one else left[likest], bindings, f"{at}[]")
    if len(recorded) != len(live) if one_for_one else bool(recorded) != bool(live):
        yield f"{at}[] has {len(live)}, recorded were {len(recorded)}"


def _distance(recorded: Any, live: Any, bindings: Bindings) -> int:
    return sum(1 for _ in compare(recorded, live, bindings.trial()))


def _texts(recorded: str, live: str, bindings: Bindings, at: str, member: str) -> Iterator[str]:
    inside, inside_live = as_json(recorded), as_json(live)
    if inside is not None and inside_live is not None:
        yield from compare(inside, inside_live, bindings, at)
    elif PROSE.covers(member):
        if bool(recorded) != bool(live):
            yield f"{at} is {'there' if live else 'empty'}, which it was not in the recording"
    elif not bindings.learn(recorded, live):
        yield f"{at} is {live!r}, recorded was {recorded!r}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(value: Any) -> str:
    return f"{type(value).__name__} {value!r}" if isinstance(value, str | bool | int | float) else type(value).__name__
