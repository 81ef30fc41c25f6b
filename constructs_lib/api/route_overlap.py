"""Requests that an IAM pattern allows and another route receives.

In an IAM resource `*` also matches `/`: what is granted as `/shares/*` reaches `/shares/x/admin` too (IAM: "Wildcards
in ARNs"; API Gateway: "Control access for invoking an API"). Patterns and paths are compared exactly, as automata.
"""

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from constructs_lib.access.language import OWNER
from constructs_lib.api.routes import segments

ANYTHING: Final = "\x00"
"""Stands for any one character that no path spells out."""
MINE: Final = "\x01"
"""Stands for what is the caller's own, as one character."""
OTHERS: Final = "\x02"
"""Stands for another owner's or tenant's, as one character."""

_SEGMENT: Final = "segment"
_OTHER: Final = "other"
_ALL: Final = "all"
_NO_VALUES: Final[Mapping[str, str]] = MappingProxyType({})
Atom: TypeAlias = tuple[str, bool]
"""A character, `segment` (any character but /), `other` (the same, of what is not the caller's own) or `all`; and
whether it may repeat or be left out."""
Pattern: TypeAlias = tuple[Atom, ...]


def granted(path: str, kept: Collection[str]) -> Pattern:
    """Return the pattern IAM matches for a path: the caller's own where that is kept, `*` for each other name."""
    return tuple(_atoms(path, dict.fromkeys(kept, MINE), name=[(_ALL, True)]))


def requests(path: str, values: Mapping[str, str] = _NO_VALUES) -> Pattern:
    """Return the pattern of the requests that match a route's path.

    The value of a placeholder is `OTHERS` for the requests to other owners' or tenants' paths only; without one, any.
    """
    return tuple(_atoms(path, values, name=[(_SEGMENT, False), (_SEGMENT, True)]))


def _atoms(path: str, values: Mapping[str, str], *, name: list[Atom]) -> Iterator[Atom]:
    parts = segments(path)
    if not parts:
        yield ("/", False)
    for part in parts:
        yield ("/", False)
        if part.startswith("{") and part[1:-1] in values:
            yield from _value(part[1:-1], values[part[1:-1]])
        elif part.endswith("+}"):
            yield from ((_ALL, False), (_ALL, True))
        elif part.startswith("{"):
            yield from name
        else:
            yield from ((character, False) for character in part)


def _value(name: str, value: str) -> Iterator[Atom]:
    """Yield what stands for a name: owners' IDs are like no other text, but a tenant may be called as a path is."""
    if value == OTHERS and name != OWNER:
        yield from ((_OTHER, False), (_OTHER, True))
    else:
        yield (value, False)


def shared_request(left: Pattern, right: Pattern, *, unless: Pattern | None = None) -> str | None:
    """Return a shortest request both patterns match and `unless` does not, or None if there is none."""
    if not _may_meet(left, right):
        return None
    patterns = (left, right, unless or ())
    start = (_closed(left, {0}), _closed(right, {0}), _closed(unless, {0}) if unless else frozenset[int]())
    queue = deque([(start, "")])
    seen = {start}
    while queue:
        states, text = queue.popleft()
        if len(left) in states[0] and len(right) in states[1] and not (unless and len(unless) in states[2]):
            return text
        for character in _characters(patterns, states):
            following = tuple(
                _step(pattern, reached, character) for pattern, reached in zip(patterns, states, strict=True)
            )
            after = (following[0], following[1], following[2])
            if after[0] and after[1] and after not in seen:
                seen.add(after)
                queue.append((after, text + character))
    return None


def _may_meet(left: Pattern, right: Pattern) -> bool:
    """Compare the spelt-out beginnings, which tells most pairs apart at once."""
    for (one, one_repeats), (other, other_repeats) in zip(left, right, strict=False):
        if one_repeats or other_repeats or len(one) > 1 or len(other) > 1:
            return True
        if one != other:
            return False
    return True


def _closed(pattern: Pattern, states: set[int]) -> frozenset[int]:
    reached = set(states)
    for state in sorted(states):
        position = state
        while position < len(pattern) and pattern[position][1]:
            position += 1
            reached.add(position)
    return frozenset(reached)


def _step(pattern: Pattern, states: frozenset[int], character: str) -> frozenset[int]:
    after = set()
    for state in states:
        if state < len(pattern) and _matches(pattern[state][0], character):
            after.add(state if pattern[state][1] else state + 1)
    return _closed(pattern, after)


def _matches(kind: str, character: str) -> bool:
    if kind == _OTHER:
        return character not in {"/", MINE, ANYTHING}
    return kind in {_ALL, character} or (kind == _SEGMENT and character != "/")


def _characters(patterns: tuple[Pattern, ...], states: tuple[frozenset[int], ...]) -> list[str]:
    spelt = {
        pattern[state][0]
        for pattern, reached in zip(patterns, states, strict=True)
        for state in reached
        if state < len(pattern) and len(pattern[state][0]) == 1
    }
    return sorted(spelt | {"/", ANYTHING, OTHERS})
