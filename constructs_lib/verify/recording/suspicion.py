"""Possible identifiers whose format no rule recognises: long texts that are not known words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.verify.recording.placeholders import stripped

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

_PIECE: Final = re.compile(r"[A-Za-z0-9]+")
_RUN: Final = re.compile(r"[A-Za-z0-9+/_=-]{24,}")
_CAMEL: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_DIGITS: Final = 9
"""The shortest suspicious sequence of digits."""
_MIXED: Final = 8
"""The shortest suspicious sequence of letters and digits."""
_LETTERS: Final = 12
"""The shortest sequence of letters that is inspected."""
_LONGEST_WORD: Final = 15
_LETTERS_A_WORD: Final = 3.0


def suspects(text: str, words: Container[str]) -> Iterator[str]:
    """Yield the possible identifiers in a text.

    Placeholders are none, and neither are the words, which are in lower case.
    """
    rest = stripped(text)
    for piece in _PIECE.findall(rest):
        if piece.lower() not in words and _is_suspicious(piece):
            yield piece
    for run in _RUN.findall(rest):
        pieces = [each for each in _PIECE.findall(run) if each.lower() not in words]
        if len("".join(pieces)) >= len(run) / 2 and _is_mixed("".join(pieces)) and not _are_words(pieces):
            yield run


def _is_suspicious(piece: str) -> bool:
    if piece.isdigit():
        return len(piece) >= _DIGITS
    if not piece.isalpha():
        return len(piece) >= _MIXED
    if len(piece) < _LETTERS:
        return False
    parts = _CAMEL.findall(piece)
    return max(map(len, parts)) > _LONGEST_WORD or len(piece) / len(parts) < _LETTERS_A_WORD


def _is_mixed(text: str) -> bool:
    return any(map(str.isdigit, text)) and any(map(str.isupper, text)) and any(map(str.islower, text))


def _are_words(pieces: list[str]) -> bool:
    parts = [part for piece in pieces for part in _CAMEL.findall(piece)]
    return sum(map(len, parts)) / max(1, len(parts)) >= _LETTERS_A_WORD
