"""ARNs of condition operators as elements of the automata engine: each of the six parts is compared separately.

Source: "IAM JSON policy elements: Condition operators" (IAM user guide). A colon inside an atom separates nothing; see
`pattern_elements`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.template.atoms import ATOM

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.pattern_elements import Element, Elements
    from constructs_lib.analysis.iam.policies import Statement

_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
_UNKNOWN: Final = "\x00"
_COLON: Final = frozenset(":")
_COLONS: Final = 5
"""The colons that separate the parts of an ARN; a later one belongs to the last part."""


def within_parts(elements: Elements | None, text: str, statement: Statement, *, positive: bool) -> Elements | None:
    """Return a pattern whose wildcards match nothing beyond a part of an ARN; None if it matches nothing.

    A pattern without the six parts matches no ARN, and one with a variable before the last part may have more parts
    than its text: both match like a plain pattern if that allows more, and nothing otherwise. `positive` says whether
    matching makes the statement apply: not for negated operators.
    """
    if elements is None or (text.startswith("⟦") and set("*?").isdisjoint(text)):
        return elements
    parts = ATOM.sub("", _VARIABLE.sub(_UNKNOWN, text) if statement.variables else text).split(":")
    if len(parts) <= _COLONS or any(_UNKNOWN in part for part in parts[:_COLONS]):
        return elements if statement.allow == positive else None
    return _confined(elements)


def _confined(elements: Elements) -> Elements:
    found: list[Element] = []
    colons = 0
    for each in elements:
        colons += each.of == _COLON
        found.append(replace(each, but=_COLON) if each.of is None and colons < _COLONS else each)
    return tuple(found)
