"""Comparison of globs, and of names that a template determines only in part."""

from __future__ import annotations

import functools
import itertools

from constructs_lib.analysis.template.atoms import ATOM, WILDCARD, as_glob


def globs_meet(left: str, right: str) -> bool:
    """Return whether some text matches both patterns."""
    seen, queue = set(), [(0, 0)]
    while queue:
        i, j = queue.pop()
        if (i, j) in seen:
            continue
        seen.add((i, j))
        if i == len(left) and j == len(right):
            return True
        if i < len(left) and left[i] == "*":
            queue.append((i + 1, j))
            if j < len(right):
                queue.append((i, j + 1))
        if j < len(right) and right[j] == "*":
            queue.append((i, j + 1))
            if i < len(left):
                queue.append((i + 1, j))
        both = {left[i], right[j]} if i < len(left) and j < len(right) else {"*"}
        if "*" not in both and (len(both) == 1 or "?" in both):
            queue.append((i + 1, j + 1))
    return False


@functools.lru_cache(maxsize=65536)
def may_be_equal(left: str, right: str) -> bool:
    """Return whether two names may be equal.

    A name that is unknown as a whole is assumed to be none of the templates' names, unless it may be any text. The name
    of a resource differs from those of all other resources.
    """
    if left == right:
        return True
    if f"⟦{WILDCARD}" in left + right:
        return globs_meet(*("*" if ATOM.fullmatch(each) else as_glob(each) for each in (left, right)))
    if any(ATOM.fullmatch(each) and not each.startswith("⟦AWS::") for each in (left, right)):
        return False
    return globs_meet(*map(as_glob, without_common_parts(left, right)))


def without_common_parts(left: str, right: str) -> tuple[str, str]:
    """Return two texts without what both begin and end with: a value that neither shows is the same in both."""
    one, other = pieces(left), pieces(right)
    start = _common(one, other)
    one, other = one[start:], other[start:]
    end = _common(one[::-1], other[::-1])
    return "".join(one[: len(one) - end]), "".join(other[: len(other) - end])


def pieces(text: str) -> list[str]:
    """Return the atoms of a text and its other characters."""
    return [piece for part in ATOM.split(text) for piece in ([part] if part.startswith("⟦") else part)]


def _common(left: list[str], right: list[str]) -> int:
    return sum(
        1
        for _ in itertools.takewhile(
            lambda both: both[0] == both[1] and both[0] not in "*?", zip(left, right, strict=False)
        )
    )
