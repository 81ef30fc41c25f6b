"""References in a text of `Fn::Sub`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE: Final = re.compile(r"\$\{([^!}][^}]*)\}")
"""A name in a text of `Fn::Sub`; `${!...}` is literal."""


def named_in_text(argument: Any) -> Iterator[str]:
    """Yield the logical IDs (or parameters) that a `Fn::Sub` refers to, without its own variables.

    The argument is the text, or the list of a text and a mapping.
    """
    text, own = (argument, {}) if isinstance(argument, str) else (argument[0], argument[1])
    for match in VARIABLE.finditer(str(text)):
        name = match.group(1).strip()
        if name not in own:
            yield name.split(".")[0]


def named_by(function: str, argument: Any) -> tuple[str, ...]:
    """Return the logical IDs (or parameters) that one function refers to."""
    if function == "Ref":
        return (argument,)
    if function == "Fn::GetAtt":
        return (argument.split(".")[0] if isinstance(argument, str) else argument[0],)
    return tuple(named_in_text(argument)) if function == "Fn::Sub" else ()
