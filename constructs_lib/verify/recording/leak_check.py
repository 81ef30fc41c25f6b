"""Inspection of a value before it is written, for identifiers that no rule has replaced."""

from __future__ import annotations

import base64
import html
import json
import re
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from constructs_lib.verify.recording import hosts
from constructs_lib.verify.recording.placeholders import stripped
from constructs_lib.verify.recording.rules import format_of
from constructs_lib.verify.recording.suspicion import suspects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.verify.recording.placeholders import Placeholders
    from constructs_lib.verify.recording.vocabulary import Vocabulary

_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{8,}")
_URL_SAFE: Final = str.maketrans("+/", "-_")


class LeakError(Exception):
    """A possible identifier that no rule recognises.

    The reason says why it is suspicious, and never has the value.
    """

    def __init__(self, place: str, reason: str) -> None:
        """Name the position, not the value."""
        super().__init__(f"{place}: {reason}")
        self.place, self.reason = place, reason


def inspect(value: Any, place: str, placeholders: Placeholders, vocabulary: Vocabulary) -> None:
    """Search a value for identifiers, also obscured ones, before it is written.

    Raises:
        LeakError: If an identifier is found.
    """
    for where, text in _texts(value, place):
        for form in _decodings(text):
            _inspect_text(form, where, placeholders, vocabulary)
        # The original, because decoding `%22` can turn `Version` into an unknown word.
        if next(suspects(form, vocabulary), ""):
            raise LeakError(where, "may be an identifier: long, and not a known word")
        for hidden in _obscured(form):
            _inspect_forms(hidden, where, placeholders)


def _inspect_text(text: str, place: str, placeholders: Placeholders, vocabulary: Vocabulary) -> None:
    _inspect_forms(text, place, placeholders)
    if hosts.replaced(text, vocabulary, lambda _kind, _value: "") != text:
        raise LeakError(place, "contains a host name")


def _inspect_forms(text: str, place: str, placeholders: Placeholders) -> None:
    rest = stripped(text)
    if placeholders.contained_in(rest):
        raise LeakError(place, "contains a known identifier")
    if kind := format_of(rest):
        raise LeakError(place, f"has the format of {kind}")


def _decodings(text: str) -> Iterator[str]:
    """Yield a text and its percent-decodings."""
    yield text
    while (decoded := unquote(text)) != text:
        yield decoded
        text = decoded


def _obscured(text: str) -> Iterator[str]:
    """Yield hidden spellings of a text: homoglyphs, entities and base64, decoded."""
    folded = unicodedata.normalize("NFKC", html.unescape(text))
    plainer = "".join(each for each in folded if unicodedata.category(each) != "Cf")
    if plainer != text:
        yield plainer
    for piece in _BASE64.findall(stripped(text)):
        with suppress(ValueError):
            decoded = base64.urlsafe_b64decode((piece + "=" * (-len(piece) % 4)).translate(_URL_SAFE)).decode("ascii")
            if decoded.isprintable():
                yield decoded


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield every text that will be written; JSON within texts is parsed."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield f"{place}, a key", name
            yield from _texts(each, f"{place}.{name}")
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, f"{place}[]")
    elif isinstance(value, str):
        nested = as_json(value)
        if nested is None:
            yield place, value
        else:
            yield from _texts(nested, place)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield place, str(value)


def as_json(text: str) -> Any:
    """Return the value of a text that is an object, a list or a string in JSON; otherwise None."""
    if not text.lstrip().startswith(("{", "[", '"')):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
