"""Starts the emulator: `python -m emulator --ready FILE --keys FILE [--port N] [--tls-port N] [--state DIR] ...`."""

import argparse
import atexit
import gc
import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Final

REFUSED: Final = 3
"""The exit status of a refused start; the last line of output is the reason. Python's own failures exit with 1."""
_KEPT: Final = ("PATH", "LANG", "LC_ALL", "TZ", "USER")
"""The variables that the emulator, and so every function it runs, inherits from its environment."""
_SCRATCH: Final = "scratch"
"""The file with the path of the folder for temporary files, which `down` removes if the emulator was killed."""


def main() -> int:
    """Parse the options, bind the ports, and serve until a stop signal.

    Returns:
        `REFUSED` if a port is used, the kept state is unusable, a file cannot be written, or the overrides do not
        support the version of MiniStack; the last line on stderr is the reason. Otherwise 0.
    """
    options = _options()
    # Objects loaded during the start are never garbage: they are not collected now, nor after `run` has frozen them.
    gc.disable()
    # Every file written here is accessible to its user only.
    os.umask(0o077)
    try:
        keys = json.loads(options.keys.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"the administrator's keys cannot be read ({error}); stop and start the local cloud again\n")
        return REFUSED
    # Until the server listens, SIGTERM ends the process at once, with cleanup.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    # The parent folder is on the path only to start this package; functions and MiniStack must not import from it.
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).parents[1]]
    from .atomic_bucket_files import KeptFiles  # noqa: PLC0415 - not needed for --help
    from .ministack_interface import UnsupportedError  # noqa: PLC0415
    from .request_log import REQUESTS  # noqa: PLC0415
    from .server import bind, run  # noqa: PLC0415
    from .state_database import KeptState, KeptStateError  # noqa: PLC0415

    sockets = []
    for port in (options.port, options.tls_port):
        try:
            sockets.append(bind(port))
        except OSError as error:
            sys.stderr.write(f"cannot listen on port {port}: {error.strerror}\n")
            return REFUSED
    http, https = sockets
    try:
        scratch = Path(tempfile.gettempdir(), f"cognito-app-{secrets.token_hex(8)}")
        options.ready.with_name(_SCRATCH).write_text(str(scratch), encoding="utf-8")
        scratch.mkdir(mode=0o700)
    except OSError as error:
        sys.stderr.write(f"no folder for temporary files exists ({error}); set TMPDIR\n")
        return REFUSED
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    try:
        if options.node_packages:
            # Node searches the folders above a function's code, which is below this one. It may be installed later.
            (scratch / "node_modules").symlink_to(options.node_packages)
        _settle_environment(port=http.getsockname()[1], options=options, scratch=scratch)
        # MiniStack reads its root's keys here; functions get their own keys instead.
        os.environ.update(AWS_ACCESS_KEY_ID=keys["access_key"], AWS_SECRET_ACCESS_KEY=keys["secret_key"])
        # The lock comes first: another emulator may still be writing.
        kept = KeptState(options.state) if options.state else None
        if kept:
            KeptFiles(options.state)
        run(
            http, https, region=options.region, account=options.account, folder=options.state or scratch,
            ready=options.ready, keys=(keys["access_key"], keys["secret_key"]), kept=kept,
            log=options.ready.with_name(REQUESTS),
        )  # fmt: skip
    except (UnsupportedError, KeptStateError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="HTTP port; 0: a free port")
    parser.add_argument("--tls-port", type=int, default=0, help="HTTPS port; 0: a free port")
    parser.add_argument("--state", type=Path, help="folder for users, files and rows; by default, a stop deletes them")
    parser.add_argument("--ready", type=Path, required=True, help="file that is written once the emulator listens")
    parser.add_argument("--keys", type=Path, required=True, help="file with the administrator's keys")
    parser.add_argument("--account", default="000000000000")
    parser.add_argument(
        "--node-packages", type=Path, help="node_modules for functions on Node, in addition to their own"
    )
    parser.add_argument("--region", default="us-east-1")
    return parser.parse_args()


def _settle_environment(*, port: int, options: argparse.Namespace, scratch: Path) -> None:
    """Remove the host's environment, which functions must not see, and set the variables that MiniStack reads."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    folder = options.state or scratch
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ.clear()
    os.environ.update(
        kept,
        AUTH="true",
        GATEWAY_PORT=str(port),
        BIND_HOST="127.0.0.1",
        MINISTACK_REGION=options.region,
        MINISTACK_ACCOUNT_ID=options.account,
        AWS_DEFAULT_REGION=options.region,
        AWS_EC2_METADATA_DISABLED="true",
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        MINISTACK_COGNITO_PRETOKEN_STRICT="1",  # as on AWS, no token is issued if the trigger fails
        HOME=str(scratch),  # otherwise boto3 in functions would read the developer's ~/.aws
        TMPDIR=str(scratch),
        STATE_DIR=str(folder / "services"),  # signing keys are written there even if no state is kept
        S3_DATA_DIR=str(folder / "s3"),
    )
    tempfile.tempdir = str(scratch)
    if options.state is not None:
        os.environ.update(PERSIST_STATE="1", S3_PERSIST="1")


if __name__ == "__main__":
    sys.exit(main())
