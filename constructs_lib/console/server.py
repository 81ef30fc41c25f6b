"""HTTP server of the console."""

from pathlib import Path

import uvicorn

from constructs_lib.console.app import application
from constructs_lib.console.request_guard import ConsoleEndpoint
from constructs_lib.console.state import ConsoleState
from constructs_lib.local import LocalCloud


def server(project: Path, endpoint: ConsoleEndpoint) -> uvicorn.Server:
    """Return the server of a project's console, to be run on a listening socket."""
    state = ConsoleState(LocalCloud(project))
    return uvicorn.Server(
        uvicorn.Config(
            application(state, endpoint),
            access_log=False,
            lifespan="off",
            log_level="warning",
            loop="asyncio",
            http="h11",
            ws="none",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )
