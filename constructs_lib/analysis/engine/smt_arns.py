"""ARNs of condition operators in SMT-LIB: each of the six parts is compared separately.

Source: "IAM JSON policy elements: Condition operators" (IAM user guide).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.smt_places import PART
from constructs_lib.analysis.engine.smt_terms import UnsupportedError, quote, regex
from constructs_lib.analysis.template.atoms import split_around_atoms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.analysis.iam.policies import Statement

_COLONS: Final = 5
_WILD: Final = frozenset("*?")
_SYMBOL: Final = '(re.diff re.allchar (str.to_re ":"))'


def _atom(depth: int) -> str:
    plain = f"(re.diff re.allchar (re.union (str.to_re {quote('⟦')}) (str.to_re {quote('⟧')})))"
    inner = f"(re.union {plain} {_atom(depth - 1)})" if depth else plain
    return f"(re.++ (str.to_re {quote('⟦')}) (re.* {inner}) (str.to_re {quote('⟧')}))"


_WITHIN: Final = {"*": f"(re.* (re.union {_SYMBOL} {_atom(1)}))", "?": _SYMBOL}
"""Wildcards before the last part; a colon inside an atom separates nothing."""
_ANYWHERE: Final = {"*": "re.all", "?": "re.allchar"}


def is_whole(text: str, statement: Statement) -> bool:
    """Return whether a pattern is an atom for an ARN or has the six parts of one, none but the last with variables."""
    if text.startswith("⟦") and not _WILD & set(text):
        return True
    parts = split_around_atoms(text, ":", _COLONS)
    return len(parts) > _COLONS and not (statement.variables and any("${" in part for part in parts[:_COLONS]))


def separate_parts(text: str, statement: Statement) -> str:
    """Return the language of the ARNs that a whole pattern matches; empty if wildcards stand in its last part alone.

    Raises:
        UnsupportedError: If it has a variable as well.
    """
    parts = split_around_atoms(text, ":", _COLONS)
    start = ":".join(parts[:_COLONS])
    if not _WILD & set(start):
        return ""
    if statement.variables and "${" in text:
        raise UnsupportedError("a variable in an ARN with a wildcard before its last part")
    return regex([*_words(f"{start}:", _WITHIN), *_words(parts[_COLONS], _ANYWHERE)])


def _words(text: str, wildcards: Mapping[str, str]) -> list[str]:
    return [wildcards.get(each, f"(str.to_re {quote(each)})") for each in PART.split(text) if each]
