"""Scalars as CloudFormation compares and joins them: as texts.

A parameter has no boolean type ("CloudFormation template Parameters syntax"), a mapping's values are texts or lists
("CloudFormation template Mappings syntax"), and a condition compares both with what the template spells out.
"""

from __future__ import annotations

import json
from typing import Any, Final

from constructs_lib.analysis.template.atoms import WILDCARD, atom

_WORDS: Final = {
    **dict.fromkeys(("true", "yes", "on", "y"), "true"),
    **dict.fromkeys(("false", "no", "off", "n"), "false"),
    **dict.fromkeys(("null", "~", ""), "null"),
}
"""Words of YAML 1.1 for truth values and null."""


def text_of(value: Any) -> str:
    """Return a value as text; an opaque text that may be any if it is a list, a mapping or no value at all."""
    if isinstance(value, str):
        return value
    if _is_scalar(value):
        return json.dumps(value)
    return atom(f"{WILDCARD}{value if isinstance(value, list | dict) else 'AWS::NoValue'}")


def are_equal(left: Any, right: Any) -> bool | None:
    """Return whether two values are equal as texts; None if the template does not determine it.

    A text that may be another spelling of a truth value, number or null is undetermined: the spelling in the template's
    source is not known here, nor is it documented whether CloudFormation keeps it.
    """
    if not (_is_scalar(left) and _is_scalar(right)):
        return True if left == right else None
    one, other = text_of(left), text_of(right)
    if one == other:
        return True
    if "⟦" in one or "⟦" in other:
        return None
    if isinstance(left, str) and isinstance(right, str):
        return False
    return None if _meaning(one) == _meaning(other) else False


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def _meaning(text: str) -> str | float:
    """Return what a text means as a scalar of YAML."""
    word = text.casefold()
    try:
        return float(word)
    except ValueError:
        return _WORDS.get(word, text)
