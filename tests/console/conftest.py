"""A console on its own port, in this process."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from constructs_lib.console.app import application
from constructs_lib.console.request_guard import ConsoleEndpoint
from constructs_lib.console.state import ConsoleState

SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Console:
    """A running console, and a client that has opened its address."""

    endpoint: ConsoleEndpoint
    visitor: requests.Session = field(default_factory=requests.Session)

    def address(self, path: str) -> str:
        return f"{self.endpoint.origin}{self.endpoint.root}{path}"

    def get(self, path: str, **query: str) -> requests.Response:
        return self.visitor.get(self.address(path), params=query, timeout=SECONDS)

    def post(self, path: str, **fields: str) -> requests.Response:
        origin = {"Origin": self.endpoint.origin}
        return self.visitor.post(self.address(path), data=fields, headers=origin, timeout=SECONDS)

    def said(self, path: str, **fields: str) -> str:
        """Send a form, and return the message of the page that follows."""
        told = re.findall(r'<p class="said[^>]*>(.*?)</p>', self.post(path, **fields).text, re.DOTALL)
        return "\n".join(told)


@contextmanager
def running(state: Any) -> Iterator[Console]:
    listener = socket.create_server(("127.0.0.1", 0))
    endpoint = ConsoleEndpoint(port=listener.getsockname()[1])
    import uvicorn  # noqa: PLC0415 - other tests are collected without it

    config = uvicorn.Config(application(state, endpoint), lifespan="off", log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        console = Console(endpoint=endpoint)
        console.visitor.trust_env = False
        yield console
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture(scope="session")
def state(documents: Any) -> ConsoleState:
    """Show the document stack on its local cloud."""
    return ConsoleState(documents.cloud)


@pytest.fixture(scope="session")
def console(state: ConsoleState) -> Iterator[Console]:
    """Serve the console to a client that has opened the address."""
    with running(state) as found:
        assert found.visitor.get(found.endpoint.address, timeout=SECONDS).ok
        yield found
