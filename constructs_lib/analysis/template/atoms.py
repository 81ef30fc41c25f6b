"""Opaque atoms, `⟦name⟧`: the texts of values that a template does not determine.

An atom equals only itself and is never a wildcard. The region, the account and every resource are such atoms.
"""

import re
from typing import Final

_ATOM: Final = re.compile(r"(⟦(?:[^⟦⟧]|⟦[^⟦⟧]*⟧)*⟧)")
WILDCARD: Final = "wildcard "
"""The prefix of the name of an atom that may be a pattern, because the template does not determine it."""


def atom(name: str) -> str:
    """Return the opaque text for a value that a template does not determine."""
    return f"⟦{name}⟧"


def split_around_atoms(text: str, separator: str, most: int = -1) -> list[str]:
    """Split a text, but not inside `⟦...⟧`."""
    marked = "".join(part if part.startswith("⟦") else part.replace(separator, "\x00") for part in _ATOM.split(text))
    return [part.replace("\x00", separator) for part in marked.split("\x00", most)]


REGION: Final = atom("AWS::Region")
ACCOUNT: Final = atom("AWS::AccountId")
