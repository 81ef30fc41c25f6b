"""MiniStack on two loopback ports, HTTP and HTTPS, answering as AWS would over TLS."""

import asyncio
import json
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

from hypercorn.asyncio import serve
from hypercorn.config import Config

from . import browser_guard
from .certificates import certificates

LOOPBACK: Final = "127.0.0.1"
HEALTH: Final = "/_cognito_app/health"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ready:
    """What the ready file says once the emulator listens."""

    pid: int
    http: str
    https: str
    ca: str
    region: str
    account: str


def bind(port: int) -> socket.socket:
    """Return a listening loopback socket.

    Args:
        port: The port; 0 for a free one.

    Raises:
        OSError: When the port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((LOOPBACK, port))
    listener.listen(128)
    return listener


def run(http: socket.socket, https: socket.socket, *, region: str, account: str, folder: Path, ready: Path) -> None:
    """Serve until SIGTERM or SIGINT. MiniStack reads its settings when it is imported, so they must be set before."""
    from ministack import app as ministack  # noqa: PLC0415
    from ministack.core import lambda_runtime  # noqa: PLC0415

    from . import accepted_types, overrides  # noqa: PLC0415

    installed = overrides.install()
    files = certificates(folder / "tls", region)
    config = Config()
    config.bind, config.insecure_bind = [f"fd://{https.fileno()}"], [f"fd://{http.fileno()}"]
    config.certfile, config.keyfile = str(files.certificate), str(files.key)
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.accesslog = None
    health = {
        "pid": os.getpid(),
        "ministack": version("ministack"),
        "overrides": installed,
        "accepted_but_not_emulated": accepted_types.accepted(),
        "properties_not_emulated": list(accepted_types.PROPERTIES_NOT_EMULATED),
        "region": region,
        "account": account,
        "started": time.time(),
    }
    state = Ready(
        pid=os.getpid(),
        http=f"http://{LOOPBACK}:{http.getsockname()[1]}",
        https=f"https://localhost:{https.getsockname()[1]}",
        ca=str(files.ca),
        region=region,
        account=account,
    )
    try:
        asyncio.run(_serve(_application(ministack.app, health, lambda: _announce(state, ready)), config))
    finally:
        lambda_runtime.reset()


def _application(inner: Any, health: dict[str, Any], announce: Callable[[], None]) -> Any:
    body = json.dumps(health).encode()

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await inner(scope, receive, _announcing(send, announce))
            return
        if scope["type"] == "http":
            if scope["path"] == HEALTH:
                headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                await send({"type": "http.response.body", "body": body})
                return
            if _from_a_page(scope):
                await _refuse(send)
                return
            # Loopback counts as TLS: the bootstrap bucket and `enforce_ssl` deny plain HTTP.
            scope = {**scope, "headers": [*scope["headers"], (b"x-forwarded-proto", b"https")]}
        await inner(scope, receive, send)

    return application


def _from_a_page(scope: dict[str, Any]) -> bool:
    from ministack.core.iam_evaluator import is_root_access_key  # noqa: PLC0415 - after the settings, as in `run`
    from ministack.core.router import extract_access_key_id  # noqa: PLC0415

    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    key = extract_access_key_id(headers, query)
    administrator = bool(key) and is_root_access_key(key)
    return browser_guard.is_refused(scope["path"], headers, administrator=administrator)


async def _refuse(send: Any) -> None:
    body = json.dumps({"__type": "AccessDeniedException", "message": browser_guard.REASON}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _announcing(send: Any, announce: Callable[[], None]) -> Any:
    """Announce once MiniStack has started: the sockets listen already, and kept state is loaded."""

    async def sent(message: dict[str, Any]) -> None:
        await send(message)
        if message["type"] == "lifespan.startup.complete":
            announce()

    return sent


async def _serve(application: Any, config: Config) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(application, config, shutdown_trigger=stop.wait)


def _announce(state: Ready, ready: Path) -> None:
    draft = ready.with_suffix(".tmp")
    draft.write_text(json.dumps(asdict(state)))
    draft.replace(ready)
