"""Starts the emulator: `python -m emulator --ready FILE [--port N] [--tls-port N] [--state DIR] [--region R]`."""

import argparse
import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

ACCOUNT: Final = "000000000000"
_KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "USER", "VIRTUAL_ENV", "PYTHONPATH")
"""What the emulator, and so every function it runs, sees of the environment it is started from."""


def main() -> int:
    """Parse, bind, and serve until told to stop."""
    options = _options()
    # The sockets first: a taken port should be said before anything else happens.
    from .server import bind, run  # noqa: PLC0415 - hypercorn must not be imported for --help

    try:
        http, https = bind(options.port), bind(options.tls_port)
    except OSError as error:
        sys.stderr.write(f"cannot listen on port {options.port or options.tls_port}: {error.strerror}\n")
        return 1
    scratch = Path(tempfile.mkdtemp(prefix="cognito-app-"))
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    folder = options.state or scratch
    _settle_environment(port=http.getsockname()[1], region=options.region, scratch=scratch, state=options.state)
    run(http, https, region=options.region, account=ACCOUNT, folder=folder, ready=options.ready)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="HTTP port; 0: a free one")
    parser.add_argument("--tls-port", type=int, default=0, help="HTTPS port; 0: a free one")
    parser.add_argument("--state", type=Path, help="folder that keeps users, files and rows; none: nothing is kept")
    parser.add_argument("--ready", type=Path, required=True, help="file to write once it listens")
    parser.add_argument("--region", default="us-east-1")
    return parser.parse_args()


def _settle_environment(*, port: int, region: str, scratch: Path, state: Path | None) -> None:
    """Leave nothing of the host's environment to functions, and set what MiniStack reads at import."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update(
        kept,
        AUTH="true",
        GATEWAY_PORT=str(port),
        BIND_HOST="127.0.0.1",
        MINISTACK_REGION=region,
        AWS_DEFAULT_REGION=region,
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        TMPDIR=str(scratch),
    )
    tempfile.tempdir = str(scratch)
    if state is not None:
        state.mkdir(parents=True, exist_ok=True)
        os.environ.update(
            PERSIST_STATE="1", STATE_DIR=str(state / "services"), S3_PERSIST="1", S3_DATA_DIR=str(state / "s3")
        )


if __name__ == "__main__":
    sys.exit(main())
