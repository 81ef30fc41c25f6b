"""Replaces identifiers, and refuses possible identifiers that no rule recognises."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_plus

from constructs_lib.verify.recording import hosts, member_names
from constructs_lib.verify.recording.leak_check import LeakError, as_json, inspect
from constructs_lib.verify.recording.placeholders import (
    CLOSE,
    OPEN,
    PLACEHOLDER,
    Placeholders,
    outside,
    parts,
    stripped,
)
from constructs_lib.verify.recording.rules import EMAIL, RULES, format_of
from constructs_lib.verify.recording.suspicion import suspects
from constructs_lib.verify.recording.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import Shape

_NAME_OF_RUN: Final = re.compile(rf"(?<={OPEN}run-1{CLOSE})(?:-(?:[A-Za-z0-9]|{PLACEHOLDER.pattern})+)+")
_EPOCHS: Final = ((1_500_000_000, 2_000_000_000), (1_500_000_000_000, 2_000_000_000_000))
"""Numbers in these ranges are times, in seconds and in milliseconds."""
_DEEPEST: Final = 60
_LARGEST: Final = 512 * 1024
"""The maximum size of inspected bytes; larger values are replaced by a placeholder."""
_SHORTEST_SUFFIX: Final = 6
_FORM: Final = re.compile(r"[\w.-]+=[^\s&=]*(?:&[\w.-]+=[^\s&=]*)+")
"""Form fields and values in the encoding of browsers."""
_WORD: Final = re.compile(r"[A-Za-z0-9]+")
FILLED: Final = "one byte, so many times"
"""The key of a value that repeats one byte: the byte, and the count."""
PACKAGE: Final = "package of this library"
"""The key of a package's name, which replaces its bytes."""


class Redactor:
    """Replaces identifiers in JSON values, equal values by the same placeholder.

    Attributes:
        placeholders: The placeholders of the replaced values.
        vocabulary: The words that are not identifiers.
    """

    def __init__(self) -> None:
        """Start without known values."""
        self.placeholders = Placeholders()
        self.vocabulary = Vocabulary()
        self._packages: dict[str, str] = {}

    def names_package(self, name: str, content: bytes) -> None:
        """Replace these bytes, a package built from this library, by the package's name."""
        self._packages[hashlib.sha256(content).hexdigest()] = name

    def redacted(self, value: Any, shape: Shape | None = None, place: str = "") -> Any:
        """Return a value with its identifiers replaced.

        The value is as botocore or a JSON parser returns it, `shape` its shape in the service model, and `place` its
        position, for errors.

        Raises:
            LeakError: If it contains a possible identifier that no rule recognises.
        """
        key = re.split(r"[ .]", place)[-1]
        before = len(self.placeholders)
        found = self._value(value, shape, key, place, 0)
        if len(self.placeholders) > before:
            # An earlier member may contain a value that only a later one makes known.
            found = self._value(value, shape, key, place, 0)
        inspect(found, place, self.placeholders, self.vocabulary)
        return found

    def _value(self, value: Any, shape: Shape | None, key: str, place: str, depth: int) -> Any:
        if depth > _DEEPEST:
            raise LeakError(place, "is nested too deep to be inspected")
        if isinstance(value, dict):
            return {
                self._by_rules(str(name)): self._value(
                    each, _member(shape, name), _key_of(value, name, key), f"{place}.{name}", depth + 1
                )
                for name, each in value.items()
            }
        if isinstance(value, list | tuple):
            inner = getattr(shape, "member", None)
            return [self._value(each, inner, key, f"{place}[]", depth + 1) for each in value]
        return self._scalar(value, shape, key, place, depth)

    def _scalar(self, value: Any, shape: Shape | None, key: str, place: str, depth: int) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._text(value, shape, key, place, depth)
        if isinstance(value, bytes | bytearray):
            return self._bytes(bytes(value), key, place, depth)
        if isinstance(value, int | float):
            return self._number(value, key, shape)
        if isinstance(value, dt.datetime | dt.date):
            return self.placeholders.replacement("date", value.isoformat())
        raise LeakError(place, f"is a {type(value).__name__}, which no rule covers")

    def _number(self, value: float, key: str, shape: Shape | None) -> Any:
        if any(first <= value < last for first, last in _EPOCHS):
            return self.placeholders.replacement("date", str(value))
        text = str(value)
        if _is_sensitive(shape) or member_names.is_password(key) or self.placeholders.contained_in(text):
            return self.placeholders.replacement(member_names.kind_of(key), text)
        return self.placeholders.replacement("account", text) if re.fullmatch(r"\d{12}", text) else value

    def _bytes(self, value: bytes, key: str, place: str, depth: int) -> Any:
        digest = hashlib.sha256(value).hexdigest()
        if digest in self._packages:
            return {PACKAGE: self._packages[digest]}
        if len(value) > _LARGEST and len(set(value)) == 1:
            return {FILLED: [value[0], len(value)]}
        if len(value) <= _LARGEST:
            with suppress(UnicodeDecodeError):
                return self._text(value.decode("utf-8"), None, key, place, depth)
        return self.placeholders.replacement("bytes", digest)

    def _text(self, value: str, shape: Shape | None, key: str, place: str, depth: int) -> Any:
        if OPEN in value or CLOSE in value:
            raise LeakError(place, f"contains {OPEN} or {CLOSE}, the delimiters of placeholders")
        nested = as_json(value)
        if nested is not None:
            return json.dumps(self._value(nested, None, key, place, depth + 1), ensure_ascii=False)
        if _FORM.fullmatch(value):
            return "&".join(self._field(each, place, depth) for each in value.split("&"))
        found = self._by_rules(value)
        if PLACEHOLDER.fullmatch(found) or not value:
            # An address keeps its kind, regardless of its member.
            return found
        return self._by_name(value, found, shape, key)

    def _field(self, text: str, place: str, depth: int) -> str:
        """Return a form field with its value replaced; without a replacement it keeps its spelling."""
        name, _, value = text.partition("=")
        decoded = unquote_plus(value)
        found = self._value(decoded, None, name, f"{place}.{name}", depth + 1)
        return text if found == decoded else f"{name}={found}"

    def _by_name(self, value: str, found: str, shape: Shape | None, key: str) -> str:
        """Return the replacement of a text by its member's name, if its format alone is not sufficient."""
        kind = member_names.kind_of(key)
        if member_names.is_password(key):
            return self._learned(kind if member_names.is_strong(value) else f"weak-{kind}", value)
        if self._is_secret(value, key, shape):
            return self._learned(kind, value)
        if member_names.is_login(key) and not PLACEHOLDER.search(found):
            return self.placeholders.replacement("username", value)
        if member_names.is_prose(key) and next(suspects(found, self.vocabulary), ""):
            return self.placeholders.replacement("prose", value)
        if member_names.names_one(key) and self._has_unknown(found):
            return self.placeholders.replacement(kind, value)
        return found

    def _by_rules(self, text: str) -> str:
        is_plain = self.placeholders.is_known(text) or not format_of(text)
        found = text if is_plain else EMAIL.replaced(text, self.placeholders.replacement)
        found = outside(found, self.placeholders.replaced)
        for rule in RULES if any(map(format_of, parts(found))) else ():
            found = outside(found, lambda part, rule=rule: rule.replaced(part, self.placeholders.replacement))  # type: ignore[misc] # a default binds the loop
        found = _NAME_OF_RUN.sub(self._suffixes, found)
        return hosts.replaced(found, self.vocabulary, self.placeholders.replacement)

    def _suffixes(self, found: re.Match[str]) -> str:
        """Replace the random suffix of a name that CloudFormation generated."""

        def each(word: re.Match[str]) -> str:
            known = len(word[0]) < _SHORTEST_SUFFIX or not self._is_unknown(word[0])
            return word[0] if known else self.placeholders.replacement("suffix", word[0])

        return outside(found[0], lambda part: _WORD.sub(each, part))

    def _learned(self, kind: str, value: str) -> str:
        """Return the placeholder of a secret: one of known words is replaced here only, any other everywhere."""
        unknown = any(map(self._is_unknown, _WORD.findall(value)))
        return self.placeholders.replacement(kind, value) if unknown else self.placeholders.here_only(kind, value)

    def _is_secret(self, value: str, key: str, shape: Shape | None) -> bool:
        if shape is not None and value in shape.metadata.get("enum", ()):
            return False
        if _is_sensitive(shape):
            return value not in {"true", "false"}
        return member_names.is_opaque(key) and any(map(self._is_unknown, _WORD.findall(value)))

    def _is_unknown(self, word: str) -> bool:
        return word.lower() not in self.vocabulary

    def _has_unknown(self, text: str) -> bool:
        """Return whether a value contains a name besides known words and placeholders."""
        if text.startswith("arn:"):
            return any(suspects(text, self.vocabulary))
        return any(map(self._is_unknown, _WORD.findall(stripped(text))))


def _member(shape: Shape | None, name: str) -> Shape | None:
    members: Mapping[str, Shape] = getattr(shape, "members", {})
    return members.get(name, getattr(shape, "value", None))


def _is_sensitive(shape: Shape | None) -> bool:
    return bool(shape is not None and shape.metadata.get("sensitive"))


def _key_of(siblings: Mapping[Any, Any], name: object, outer: str) -> str:
    """Return the name of a value: its member, or the name in `{Name: sub, Value: …}` or of a row's `{S: …}`."""
    if name in {"Value", "value"}:
        found = siblings.get("Name", siblings.get("Key", siblings.get("OutputKey")))
        return found if isinstance(found, str) else str(name)
    return outer if name in {"S", "N", "B", "SS"} and len(siblings) == 1 else str(name)
