"""Texts of templates as people may see them: what would change the look of a text around it is a visible escape.

A name with a newline could add a line to a report, one with an escape sequence could erase one on a terminal, and a
bidirectional control reverses what follows ("Trojan Source", CVE-2021-42574; "Unicode Bidirectional Algorithm", UAX 9).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, Final, TypeVar

_T = TypeVar("_T")
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_FORMAT: Final = (
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f"
)
"""The characters of the categories Cf, Zl and Zp ("Unicode Character Database")."""
_UNSEEN: Final = re.compile(rf"[\x00-\x1f\x7f-\x9f\ud800-\udfff{_FORMAT}]")
_AMBIGUOUS: Final = re.compile(rf"{_UNSEEN.pattern}|\\(?=[nrtuU])")
"""A backslash that could be that of an escape is doubled: two names never look the same."""


def printable(value: _T) -> _T:
    """Return a text, or a result with texts in it, whose control and format characters are visible escapes."""
    found: Any = _printable(value)
    return found  # type: ignore[no-any-return] # it has the type of the value


def printable_lines(text: str) -> str:
    """Return a message, which may have lines of its own, with its other control and format characters as escapes."""
    return "\n".join(_UNSEEN.sub(_escape, line) for line in text.split("\n"))


def printable_json(text: str) -> str:
    """Return a JSON document whose texts are the same, with escapes of control and format characters."""
    return _UNSEEN.sub(lambda match: match.group() if match.group() == "\n" else _of_json(match.group()), text)


def _printable(value: Any) -> Any:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return _AMBIGUOUS.sub(_escape, value) if _AMBIGUOUS.search(value) else value
    if isinstance(value, Mapping):
        return {_printable(key): _printable(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return type(value)(map(_printable, value))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    old = {each.name: getattr(value, each.name) for each in fields(value) if each.init}
    new = {name: _printable(inner) for name, inner in old.items()}
    return value if new == old else replace(value, **new)


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if character == "\\":
        return "\\\\"
    code = ord(character)
    return _SHORT.get(character) or (f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}")  # noqa: PLR2004 - one unit


def _of_json(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
