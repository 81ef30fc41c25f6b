"""Which live value stands where a recording has a placeholder."""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
import uuid
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from constructs_lib.verify.recording.placeholders import MOMENT, PLACEHOLDER, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def _word(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def _password() -> str:
    return f"{secrets.token_urlsafe(12)}-aA1!"


MADE: Final[dict[str, Callable[[], str]]] = {
    "change-set-name": lambda: f"change-{_word(12)}",
    "client-request-token": lambda: str(uuid.uuid4()),
    "client-token": lambda: str(uuid.uuid4()),
    "date": lambda: dt.datetime.now(dt.UTC).isoformat(),
    "email": lambda: f"{_word(12)}@example.com",
    "hex": lambda: uuid.uuid4().hex,
    # `passwords.Passwords` works out what SRP needs in their place.
    "password-claim-signature": lambda: "",
    "srp-a": lambda: "",
    "timestamp": lambda: "",
    "id": lambda: _word(12),
    "password": _password,
    "proposed-password": _password,
    "suffix": lambda: _word(12),
    "temporary-password": _password,
    "username": lambda: _word(12),
    "uuid": lambda: str(uuid.uuid4()),
}
"""What a run makes up by itself: where no answer has given a value of such a kind, the replay makes one up too."""


class UnboundError(Exception):
    """A request needs a value that no answer has given."""

    def __init__(self, placeholder: str) -> None:
        """Name it."""
        super().__init__(f"no answer of the replay has given {placeholder}")


class Bindings:
    """Live values by placeholder."""

    def __init__(self, begun: dict[str, str]) -> None:
        """Begin with what is known before the first call."""
        self._live = dict(begun)

    def __getitem__(self, placeholder: str) -> str:
        """Return the live value of a placeholder.

        Raises:
            UnboundError: None is known, and none can be made up.
        """
        if placeholder not in self._live:
            make = MADE.get(kind_of(placeholder))
            if make is None:
                raise UnboundError(placeholder)
            self._live[placeholder] = make()
        return self._live[placeholder]

    def __contains__(self, placeholder: object) -> bool:
        """Whether a live value is known."""
        return placeholder in self._live

    def bind(self, placeholder: str, value: str) -> None:
        """Remember a live value; the first one stays."""
        self._live.setdefault(placeholder, value)

    def filled(self, value: Any) -> Any:
        """Return a recorded value with live values in it.

        Raises:
            UnboundError: It needs one that is not known.
        """
        if isinstance(value, dict):
            return {self.filled(name): self.filled(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        if isinstance(value, str):
            return PLACEHOLDER.sub(lambda found: self[found[0]], value)
        return value

    def learn(self, recorded: str, live: str) -> bool:
        """Bind the placeholders of a text to what stands there live, and return whether the rest is the same.

        Where a placeholder has been before, the same value must stand again, unless it is a time: two that were one in
        the recording need not be one again.
        """
        kept = [each[0] for each in PLACEHOLDER.finditer(recorded)]
        parts = PLACEHOLDER.split(recorded)[::3]
        forms = [re.escape(part) + form for part, form in zip(parts, [*map(self._form, kept), ""], strict=True)]
        found = re.fullmatch("".join(forms), live, re.DOTALL)
        if found is None:
            return False
        fresh = [each for each in kept if not self._is_settled(each)]
        for placeholder, value in zip(fresh, found.groups(), strict=True):
            self.bind(placeholder, value)
        return True

    def trial(self) -> Bindings:
        """Return bindings that learn by themselves, to see how well something fits."""
        return Bindings(self._live)

    def _is_settled(self, placeholder: str) -> bool:
        return placeholder in self._live and kind_of(placeholder) != MOMENT

    def _form(self, placeholder: str) -> str:
        if not self._is_settled(placeholder):
            return "(.+?)"
        value = self._live[placeholder]
        return f"(?i:{re.escape(value)}|{re.escape(quote(value, safe=''))})"


def as_text(value: Any) -> Any:
    """Return a live value as a recording would have it: bytes and times as text."""
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
    """Return what a text says if it is an object or a list in JSON, else None."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None
