"""Comparison of a live response with a recorded one, complete except for `NORMALISATIONS`."""

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
    """A permitted difference.

    `why` says why it shows nothing about the local cloud; `members` are the members of responses that it covers.
    """

    name: str
    why: str
    members: re.Pattern[str] | None = None

    def covers(self, member: str) -> bool:
        """Return whether it covers a member of a response."""
        return self.members is not None and bool(self.members.fullmatch(member))


IDENTIFIERS: Final = Normalisation(
    name="identifiers",
    why="The first occurrence of a placeholder may be any text; later occurrences must be the same text, except for "
    "times. The text around a placeholder must be equal.",
)
PROSE: Final = Normalisation(
    name="prose",
    why="Messages for people, which AWS changes without notice; whether there is one must be equal.",
    members=re.compile(r"(?i)message|.*reason|description|explanation"),
)
AMOUNTS: Final = Normalisation(
    name="amounts",
    why="Sizes of stored data, and counts that services update every few hours; there must be a number.",
    members=re.compile(r"CodeSize|ContentLength|EstimatedNumberOfUsers|ItemCount|Size|TableSizeBytes|storedBytes"),
)
HISTORIES: Final = Normalisation(
    name="histories",
    why="The number and the order of a deployment's events depend on how fast each resource is; each recorded form of "
    "an event must occur.",
    members=re.compile(r"StackEvents|events"),
)
ORDER: Final = Normalisation(
    name="order",
    why="Services return lists without an order; each element must have an equal one, and none may be added.",
)
REPEATED: Final = Normalisation(
    name="repeated",
    why="Of equal requests without a change between them, the last response counts: a client that waits for a stack, "
    "or for permissions to take effect, repeats its request as often as necessary. The replay waits for a response "
    "in progress.",
)
HEADERS: Final = Normalisation(
    name="headers", why="Of HTTP response headers only those are recorded that a browser or a client evaluates."
)
NORMALISATIONS: Final = (IDENTIFIERS, PROSE, AMOUNTS, HISTORIES, ORDER, REPEATED, HEADERS)
"""All permitted differences."""


def compare(recorded: Any, live: Any, bindings: Bindings, at: str = "answer") -> Iterator[str]:
    """Yield the differences of a live response from a recorded one, and learn from the equal parts.

    The live response is text (`binding.as_text`); `at` is the position of the part.
    """
    member = at.rpartition(".")[2].removesuffix("[]")
    if isinstance(recorded, dict) and isinstance(live, dict):
        yield from _objects(recorded, live, bindings, at)
    elif isinstance(recorded, list) and isinstance(live, list):
        yield from _lists(recorded, live, bindings, at, one_for_one=not HISTORIES.covers(member))
    elif _is_number(recorded) and _is_number(live):
        if recorded != live and not AMOUNTS.covers(member):
            yield f"{at} is {live}, recorded: {recorded}"
    elif isinstance(recorded, str) and not isinstance(live, dict | list) and live is not None:
        yield from _texts(recorded, str(live), bindings, at, member)
    elif type(recorded) is not type(live) or recorded != live:
        yield f"{at} is {_kind(live)}, recorded: {_kind(recorded)}"


def _objects(recorded: dict[str, Any], live: dict[str, Any], bindings: Bindings, at: str) -> Iterator[str]:
    names = {name: _live_name(name, live, bindings) for name in recorded}
    for name, here in names.items():
        if here is None:
            yield f"{at}.{name} is missing"
        else:
            yield from compare(recorded[name], live[here], bindings, f"{at}.{name}")
    yield from (f"{at}.{name} is not in the recording" for name in live if name not in names.values())


def _live_name(name: str, live: dict[str, Any], bindings: Bindings) -> str | None:
    if not PLACEHOLDER.search(name):
        return name if name in live else None
    return next((each for each in live if bindings.learn(name, each)), None)


def _lists(recorded: list[Any], live: list[Any], bindings: Bindings, at: str, *, one_for_one: bool) -> Iterator[str]:
    left = list(live)
    for each in recorded:
        if not left:
            break
        likest = _likest(each, left, bindings)
        yield from compare(each, left.pop(likest) if one_for_one else left[likest], bindings, f"{at}[]")
    if len(recorded) != len(live) if one_for_one else bool(recorded) != bool(live):
        yield f"{at}[] has {len(live)} elements, recorded: {len(recorded)}"


def _likest(recorded: Any, live: list[Any], bindings: Bindings) -> int:
    """Return the index of the first element with the fewest differences."""
    distances = list[int]()
    for each in live:
        distances.append(sum(1 for _ in compare(recorded, each, bindings.trial())))
        if not distances[-1]:
            break
    return distances.index(min(distances))


def _texts(recorded: str, live: str, bindings: Bindings, at: str, member: str) -> Iterator[str]:
    inside, inside_live = as_json(recorded), as_json(live)
    if inside is not None and inside_live is not None:
        yield from compare(inside, inside_live, bindings, at)
    elif PROSE.covers(member):
        if bool(recorded) != bool(live):
            yield f"{at} is {'present, recorded: empty' if live else 'empty, recorded: present'}"
    elif not bindings.learn(recorded, live):
        yield f"{at} is {live!r}, recorded: {recorded!r}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(value: Any) -> str:
    return f"{type(value).__name__} {value!r}" if isinstance(value, str | bool | int | float) else type(value).__name__
