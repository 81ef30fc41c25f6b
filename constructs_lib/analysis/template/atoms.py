"""Opaque atoms, `⟦name⟧`: the texts of values that a template does not determine.

There are two kinds. The name or ID of a resource differs from every other name. A value from outside is unknown text: a
parameter, an import, a part of a text, and a pseudo parameter anywhere but in the region and account of an ARN. It may
be any text that fits, of which an Allow is read as a pattern and a Deny covers nothing. One whose atom begins with
`wildcard ` may also be the name of any resource, or a pattern itself.
"""

import re
from typing import Final

_DEPTH: Final = 4
"""The maximum number of atoms inside each other."""


def _nested(depth: int) -> str:
    return rf"⟦(?:[^⟦⟧]|{_nested(depth - 1)})*⟧" if depth else "⟦[^⟦⟧]*⟧"


ATOM: Final = re.compile(f"({_nested(_DEPTH)})")
WILDCARD: Final = "wildcard "
"""The prefix of the name of an atom that may be any text, because the template does not determine it."""

_UNKNOWN: Final = re.compile(r"⟦(?:(?:wildcard|parameter|import|output|map|select|split|join) |Fn::)")


def atom(name: str) -> str:
    """Return the opaque text for a value that a template does not determine."""
    return f"⟦{name}⟧"


def any_text(name: str) -> str:
    """Return the opaque text for a value that may be any text: a pattern, or the name of a resource here."""
    return atom(WILDCARD + name)


def split_around_atoms(text: str, separator: str, most: int = -1) -> list[str]:
    """Split a text, but not inside `⟦...⟧`."""
    marked = "".join(part if part.startswith("⟦") else part.replace(separator, "\x00") for part in ATOM.split(text))
    return [part.replace("\x00", separator) for part in marked.split("\x00", most)]


REGION: Final = atom("AWS::Region")
ACCOUNT: Final = atom("AWS::AccountId")
_FORMATS: Final = {REGION: "??*-*-?", ACCOUNT: "?" * 12}
"""The pseudo parameters whose values have a format, as globs."""


def is_unknown(text: str) -> bool:
    """Return whether a text has a part that the template does not determine, such as a parameter or import."""
    return _UNKNOWN.search(text) is not None


def is_open(text: str) -> bool:
    """Return whether a text has a part that is unknown, or a pseudo parameter."""
    return "⟦" in text and as_glob(text) != text


def as_glob(text: str) -> str:
    """Return a text as a glob, with stars for unknown parts and the format of pseudo parameters in their place."""
    return "".join(map(_as_glob, ATOM.split(text)))


def _as_glob(part: str) -> str:
    return _FORMATS.get(part, "*") if is_unknown(part) or part.startswith("⟦AWS::") else part
