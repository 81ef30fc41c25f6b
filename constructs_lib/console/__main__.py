"""`python -m constructs_lib.console PROJECT FD`: waits on a listening socket, and loads on the first request."""

import select
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Final

from constructs_lib.console.process import read_record
from constructs_lib.local import emulator_lifecycle
from constructs_lib.local import record as records

_LOOK_SECONDS: Final = 1.0


def main(project: Path, number: int) -> None:
    """Serve the console of a project until its local cloud ends.

    `number` is the file descriptor of the listening socket.
    """
    folder = project / emulator_lifecycle.FOLDER
    cloud, console = records.read(folder), read_record(folder)
    if cloud is None or console is None or console.cloud != cloud.pid:
        sys.exit("no local cloud runs here: `cognito-app console` starts a console beside one")

    def is_running() -> bool:
        return emulator_lifecycle.is_running(folder, cloud)

    with socket.socket(fileno=number) as listener:
        while not select.select([listener], [], [], _LOOK_SECONDS)[0]:
            if not is_running():
                return
        from constructs_lib.console.server import server  # noqa: PLC0415 - takes a second, needed on a request only

        serving = server(project, console.endpoint)

        def end_with_cloud() -> None:
            while is_running():
                time.sleep(_LOOK_SECONDS)
            serving.should_exit = True

        threading.Thread(target=end_with_cloud, daemon=True).start()
        serving.run(sockets=[listener])


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
