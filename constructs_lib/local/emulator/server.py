"""Server of MiniStack on two loopback ports, HTTP and HTTPS."""

import asyncio
import gc
import json
import os
import signal
import socket
import time
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from hypercorn.asyncio import serve
from hypercorn.config import Config

from . import durable_responses, request_admission
from .certificates import certificates
from .request_log import RequestLog
from .state_database import KeptState

LOOPBACK: Final = "127.0.0.1"
_LAST_SECONDS: Final = 2
"""The longest wait of a stop for requests, and then again for their functions."""
HEALTH: Final = "/_cognito_app/health"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ready:
    """Content of the ready file, written once the emulator listens."""

    pid: int
    http: str
    https: str
    ca: str
    region: str
    account: str
    state: str
    access_key: str


def bind(port: int) -> socket.socket:
    """Return a listening loopback socket.

    Port 0 is a free one.

    Raises:
        OSError: If the port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((LOOPBACK, port))
    listener.listen(128)
    return listener


def run(
    http: socket.socket,
    https: socket.socket,
    *,
    region: str,
    account: str,
    folder: Path,
    ready: Path,
    keys: tuple[str, str],
    log: Path,
    kept: KeptState | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. MiniStack reads its settings at import, so they must be set before.

    Args:
        http: The listening socket for HTTP.
        https: The listening socket for HTTPS.
        region: The region.
        account: The account.
        folder: The folder for certificates and, if state is kept, files.
        ready: The file to write once it listens.
        keys: The administrator's access key ID and secret access key.
        log: The log of decisions on requests.
        kept: The open kept state. None: no state is kept.
    """
    from ministack import app as ministack  # noqa: PLC0415 - after the environment is set
    from ministack.core import lambda_runtime  # noqa: PLC0415 - after the environment is set

    from . import accepted_types, durable_state, overrides, request_recording, signing_keys  # noqa: PLC0415 - after the environment is set

    installed = overrides.install()
    keeper = durable_state.keep(kept) if kept else None
    files = certificates(folder / "tls", region)
    config = Config()
    config.bind, config.insecure_bind = [f"fd://{https.fileno()}"], [f"fd://{http.fileno()}"]
    config.certfile, config.keyfile = str(files.certificate), str(files.key)
    config.keep_alive_timeout = 75
    config.graceful_timeout = _LAST_SECONDS
    config.accesslog = None
    state = Ready(
        pid=os.getpid(),
        http=f"http://{LOOPBACK}:{http.getsockname()[1]}",
        https=f"https://localhost:{https.getsockname()[1]}",
        ca=str(files.ca),
        region=region,
        account=account,
        state=str(folder) if kept else "",
        access_key=keys[0],
    )
    health = {
        "record": asdict(state),
        "ministack": version("ministack"),
        "overrides": installed,
        "accepted_but_not_emulated": list(accepted_types.NOT_EMULATED),
        "properties_not_emulated": list(accepted_types.PROPERTIES_NOT_EMULATED),
        "started": time.time(),
    }
    inner = durable_responses.keeping(ministack.app, keeper) if keeper else ministack.app
    pool_keys = signing_keys.stock()
    application = _application(inner, health, keys, lambda: _announce(state, ready), pool_keys.note_request)
    recorded = request_recording.recorded(application, RequestLog(log), administrator=keys[0])
    gc.freeze()
    gc.enable()
    try:
        asyncio.run(_serve(recorded, config, pool_keys.make_ahead))
    finally:
        lambda_runtime.reset()
        if keeper:
            keeper.close()


def _application(
    inner: Any, health: dict[str, Any], keys: tuple[str, str], announce: Callable[[], None], note: Callable[[], None]
) -> Any:
    body = json.dumps(health).encode()

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await inner(scope, receive, _announcing(send, announce))
            return
        note()
        if scope["type"] in {"http", "websocket"}:
            refused = request_admission.refusal(
                scope["path"], scope["query_string"], scope["headers"], access_key=keys[0], secret_key=keys[1]
            )
            if refused:
                await (_refuse(send, refused) if scope["type"] == "http" else send({"type": "websocket.close"}))
                return
        if scope["type"] == "http":
            if scope["path"] == HEALTH:
                headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                await send({"type": "http.response.body", "body": body})
                return
            # Loopback is treated as TLS, because the bootstrap bucket and `enforce_ssl` deny plain HTTP.
            scope = {**scope, "headers": [*scope["headers"], (b"x-forwarded-proto", b"https")]}
        await inner(scope, receive, send)

    return application


async def _refuse(send: Any, why: str) -> None:
    body = json.dumps({"__type": "AccessDeniedException", "message": why}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _announcing(send: Any, announce: Callable[[], None]) -> Any:
    """Call `announce` once MiniStack has started: the sockets listen, and kept state is loaded."""

    async def sent(message: dict[str, Any]) -> None:
        await send(message)
        if message["type"] == "lifespan.startup.complete":
            announce()

    return sent


async def _serve(application: Any, config: Config, when_idle: Callable[[], Coroutine[Any, Any, None]]) -> None:
    from ministack.core import lambda_runtime  # noqa: PLC0415 - after the settings, as in `run`

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    async def end_functions() -> None:
        # A stop waits for requests that wait for a function, which may run for minutes.
        while await stop.wait():
            await asyncio.sleep(_LAST_SECONDS)
            lambda_runtime.reset()

    beside = [asyncio.create_task(end_functions()), asyncio.create_task(when_idle())]
    await serve(application, config, shutdown_trigger=stop.wait)
    for task in beside:
        task.cancel()


def _announce(state: Ready, ready: Path) -> None:
    draft = ready.with_suffix(".tmp")
    draft.write_text(json.dumps(asdict(state)))
    draft.replace(ready)
