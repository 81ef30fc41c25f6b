"""Live values of a recording's placeholders."""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
import uuid
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.verify.recording.placeholders import MOMENT, OPEN, PLACEHOLDER, kind_of, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_WEAK: Final = "weak"
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def _word(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


_FORMS: Final[dict[str, Callable[[], str]]] = {
    "change-set-name": lambda: f"change-{_word(12)}",
    "date": lambda: dt.datetime.now(dt.UTC).isoformat(),
    "email": lambda: f"{_word(12)}@example.com",
    "hex": lambda: uuid.uuid4().hex,
    "suffix": lambda: _word(12),
    "uuid": lambda: str(uuid.uuid4()),
}
"""Generators of the run's own values, by kind; values of other kinds are random letters."""
_NEVER: Final = frozenset({"access-key", "bytes", "jwt"})
"""Kinds whose values have a meaning that random letters lack."""


def _random_value(kind: str) -> str:
    if kind.endswith("password"):
        return _WEAK if kind.startswith("weak-") else f"{secrets.token_urlsafe(12)}-aA1!"
    return _FORMS.get(kind, lambda: _word(24))()


class UnboundError(Exception):
    """A request contains a value that no response has contained."""

    def __init__(self, placeholder: str) -> None:
        """Name the placeholder."""
        super().__init__(f"no response of the replay has contained {placeholder}")


class Bindings:
    """Live values by placeholder.

    `begun` are the values that are known before the first call; `own` are the placeholders of values that the run
    generated itself, as the replay does.
    """

    def __init__(self, begun: Mapping[str, str], own: frozenset[str] = frozenset()) -> None:
        """Start with the known values."""
        self._live, self._own = dict(begun), own

    def __getitem__(self, placeholder: str) -> str:
        """Return the live value of a placeholder.

        Raises:
            UnboundError: If it is unknown, and the run did not generate it.
        """
        placeholder, spell = plain(placeholder)
        if placeholder not in self._live:
            if placeholder not in self._own or kind_of(placeholder) in _NEVER:
                raise UnboundError(placeholder)
            self._live[placeholder] = _random_value(kind_of(placeholder))
        return spell(self._live[placeholder])

    def __contains__(self, placeholder: object) -> bool:
        """Return whether a live value is known."""
        return placeholder in self._live

    def bind(self, placeholder: str, value: str) -> None:
        """Store a live value; the first one stays."""
        self._live.setdefault(placeholder, value)

    def filled(self, value: Any) -> Any:
        """Return a recorded value with live values instead of placeholders.

        Raises:
            UnboundError: If it contains an unknown value.
        """
        if isinstance(value, dict):
            return {self.filled(name): self.filled(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        if isinstance(value, str):
            return PLACEHOLDER.sub(lambda found: self[found[0]], value)
        return value

    def learn(self, recorded: str, live: str) -> bool:
        """Bind the placeholders of a text to the live values in their places; return whether the rest is equal.

        A placeholder that is already bound must have the same value again, unless it is a time: two equal times of the
        recording need not be equal again.
        """
        if OPEN not in recorded:
            return recorded == live
        kept = [each[0] for each in PLACEHOLDER.finditer(recorded)]
        forms = PLACEHOLDER.sub("\0", recorded).split("\0")
        if not (live.startswith(forms[0]) and live.endswith(forms[-1])):
            return False
        pattern = re.escape(forms[0]) + "".join(
            self._form(placeholder) + re.escape(form) for placeholder, form in zip(kept, forms[1:], strict=True)
        )
        found = re.fullmatch(pattern, live, re.DOTALL)
        if found is None:
            return False
        fresh = [each for each in kept if not self._is_settled(each)]
        for placeholder, value in zip(fresh, found.groups(), strict=True):
            if plain(placeholder)[0] == placeholder:
                self.bind(placeholder, value)
        return True

    def trial(self) -> Bindings:
        """Return a copy that learns separately, to measure how well two values match."""
        return Bindings(self._live, self._own)

    def _is_settled(self, placeholder: str) -> bool:
        return plain(placeholder)[0] in self._live and kind_of(placeholder) != MOMENT

    def _form(self, placeholder: str) -> str:
        return f"(?:{re.escape(self[placeholder])})" if self._is_settled(placeholder) else "(.+?)"


def as_text(value: Any) -> Any:
    """Return a live value in the form of a recording: bytes and times as text."""
    if isinstance(value, dict):
        return {str(name): as_text(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_text(each) for each in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value


def as_json(text: str) -> Any:
    """Return the value of a text that is an object or a list in JSON; otherwise None."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None
