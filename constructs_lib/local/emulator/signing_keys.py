"""Signing keys of user pools, made while no request arrives: each takes up to 0.2 s, in which nothing else runs.

A user pool has two. Stock MiniStack makes them when the pool signs its first tokens, so that the first user waits for
them (measured on 1.5.33).
"""

import asyncio
import time
from collections import deque
from typing import Any, Final

from ministack.services import cognito

from .ministack_interface import expect_attributes, expect_parameters

_AHEAD: Final = 4
"""The keys of two user pools."""
_IDLE_SECONDS: Final = 0.3
_OPTIONS: Final = {"public_exponent": 65537, "key_size": 2048}


class KeyStock:
    """The `rsa` module that MiniStack's Cognito uses, with some keys made ahead."""

    def __init__(self, module: Any) -> None:
        """Use the keys of a module."""
        self._module = module
        self._keys: deque[Any] = deque()
        self._last_request = time.monotonic()

    def generate_private_key(self, **options: Any) -> Any:
        """Return a key that was made ahead, or a new one."""
        return self._keys.popleft() if self._keys and options == _OPTIONS else self._generate(options)

    def note_request(self) -> None:
        """Note that a request has arrived."""
        self._last_request = time.monotonic()

    async def make_ahead(self) -> None:
        """Make some keys, each after some time without a request."""
        for _ in range(_AHEAD):
            while (left := self._last_request + _IDLE_SECONDS - time.monotonic()) > 0:  # noqa: ASYNC110 - a time
                await asyncio.sleep(left)
            self._keys.append(self._generate(_OPTIONS))
            await asyncio.sleep(0)

    def _generate(self, options: dict[str, Any]) -> Any:
        return self._module.generate_private_key(**options)


def check() -> None:
    """Refuse a MiniStack that makes keys elsewhere."""
    expect_parameters(cognito._pool_signing_key, "pool_id", "use")
    expect_attributes(cognito, "rsa")


def install() -> None:
    """Give MiniStack's Cognito the stock of keys."""
    cognito.rsa = KeyStock(cognito.rsa)


def stock() -> KeyStock:
    """Return the installed stock."""
    found: KeyStock = cognito.rsa
    return found
