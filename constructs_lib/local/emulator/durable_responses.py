"""Responses that wait until the changes they confirm are written; if the write fails, the client gets an error."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol

from .state_database import KeptStateError
from .touched_services import EVERYTHING, touched

_LOG: Final = logging.getLogger("emulator")
_SWEEP_SECONDS: Final = 5


class Keeper(Protocol):
    """Writer of changes."""

    def flush(self, services: Iterable[str]) -> None:
        """Write the changes of some services."""


def keeping(inner: Any, keeper: Keeper) -> Any:
    """Return an ASGI application whose responses are sent after `keeper` has written their changes."""
    sweeper: list[asyncio.Task[None]] = []

    async def announced(message: dict[str, Any], send: Any) -> None:
        if message["type"] == "lifespan.startup.complete":
            sweeper.append(asyncio.create_task(_sweep(keeper)))
        elif message["type"] == "lifespan.shutdown.complete":
            sweeper.pop().cancel()
        await send(message)

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await inner(scope, receive, lambda message: announced(message, send))
            return
        if scope["type"] != "http":
            await inner(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        services = touched(scope["method"], scope["path"], scope["query_string"].decode("latin-1"), headers)
        await inner(scope, receive, _Answer(send, lambda: keeper.flush(services)).send)

    return application


class _Answer:
    def __init__(self, send: Any, write: Callable[[], None]) -> None:
        self._send, self._write, self._failed = send, write, False

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            try:
                self._write()
            except KeptStateError as error:
                self._failed = True
                await self._refuse(str(error))
        if not self._failed:
            await self._send(message)

    async def _refuse(self, why: str) -> None:
        _LOG.error("%s", why)
        body = json.dumps({"__type": "InternalServerError", "message": why}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await self._send({"type": "http.response.start", "status": 500, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


async def _sweep(keeper: Keeper) -> None:
    """Periodically write changes outside of responses, such as the logs of functions."""
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        try:
            keeper.flush(EVERYTHING)
        except KeptStateError as error:
            _LOG.error("%s", error)
