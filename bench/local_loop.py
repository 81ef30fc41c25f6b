"""Durations on the local cloud: `up` with and without caches, `up` again, a changed handler, and requests."""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.sections import Section
from constructs_lib.client import AppClient, Caller, ClientSettings
from constructs_lib.local import LocalCloud

ROOT: Final = Path(__file__).parents[1]
_COMMAND: Final = str(Path(sys.executable).parent / "cognito-app")
_REQUESTS: Final = 200
_DEADLINE: Final = 120
_BARE: Final = "\nhandler = lambda event, context: {'statusCode': 200, 'body': 'bare'}\n"


def sections() -> list[Section]:
    """Deploy copies of the document stack to the local cloud, change a handler, and send requests."""
    rows: list[tuple[str | int | float, ...]] = []
    with _project() as project, TemporaryDirectory() as empty:
        cold = {"XDG_CACHE_HOME": empty, "JSII_RUNTIME_PACKAGE_CACHE_ROOT": f"{empty}/jsii"}
        rows.append(("`up`, nothing cached: the emulator is installed first", round(_up(project, **cold), 1), ""))
    with _project() as project:
        rows.append(("`up` in a new folder: start, bootstrap, synth, deploy", round(_up(project), 1), ""))
        rows.append(("`up` again, nothing changed", round(_up(project), 1), ""))
        rows.append(("a request to the shipped handler", *_percentiles(project)))
        rows.append(("`up --watch`: one line of a handler is saved until it answers", round(_saved(project), 2), ""))
        rows.append(("a request to a bare handler", *_percentiles(project)))
    return [
        Section(
            name="local",
            title="The inner loop on the local cloud",
            note="The whole document stack with validation on, once each. 'Nothing cached': the emulator, the "
            "function's packages and the CDK's modules are downloaded or unpacked, so the network contributes to the "
            f"time. Requests are a guest's signed `GET /shares` through the API, {_REQUESTS} in sequence; their "
            "seconds are the median.",
            columns=("", "seconds", "p99"),
            rows=tuple(rows),
        )
    ]


@contextmanager
def _project() -> Iterator[Path]:
    """Copy the project to a temporary folder; stop the folder's local cloud at the end."""
    with TemporaryDirectory() as folder:
        project = Path(folder)
        for name in ("app.py", "cdk.json"):
            shutil.copy(ROOT / name, project)
        for name in ("stacks", "lambda_src"):
            shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
        (project / "node_modules").symlink_to(ROOT / "node_modules")
        try:
            yield project
        finally:
            cloud = LocalCloud.attach(project)
            if cloud is not None:
                cloud.stop()


def _environment(project: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(project), "PYTHONSAFEPATH": "1", **more}


def _up(project: Path, **more: str) -> float:
    started = time.perf_counter()
    done = subprocess.run(
        [_COMMAND, "up"], cwd=project, env=_environment(project, **more), check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"cognito-app up failed:\n{done.stderr[-2000:]}")
    return time.perf_counter() - started


def _saved(project: Path) -> float:
    """Return the seconds from a change of a handler until it answers, with `cognito-app up --watch`."""
    log = project / ".watch.log"
    handler = project / "lambda_src" / "shares" / "handler.py"
    with (
        log.open("w") as output,
        subprocess.Popen(
            [_COMMAND, "up", "--watch"], cwd=project, env=_environment(project), stdout=output, stderr=output
        ) as watching,
    ):
        try:
            _wait(lambda: "Watching" in log.read_text())
            caller, address = _guest(project)
            handler.write_text(handler.read_text() + _BARE)
            started = time.perf_counter()
            _wait(lambda: caller.request("GET", address).text == "bare")
            return time.perf_counter() - started
        finally:
            watching.terminate()


def _percentiles(project: Path) -> tuple[float, float]:
    """Return the median and the 99th percentile of a request, in seconds."""
    caller, address = _guest(project)
    taken = []
    for _ in range(_REQUESTS):
        started = time.perf_counter()
        answer = caller.request("GET", address)
        taken.append(time.perf_counter() - started)
        answer.raise_for_status()
    centiles = statistics.quantiles(taken, n=100)
    return round(centiles[49], 3), round(centiles[98], 3)


def _guest(project: Path) -> tuple[Caller, str]:
    cloud = LocalCloud.attach(project)
    assert cloud is not None  # noqa: S101 - `up` has just started it
    [outputs] = cloud.outputs().values()
    settings = ClientSettings.from_stack(outputs)
    return AppClient(settings, endpoint_url=cloud.endpoint_url).guest(), f"{settings.other('ApiUrl')}/shares"


def _wait(ready: Callable[[], bool]) -> None:
    until = time.monotonic() + _DEADLINE
    while not ready():
        if time.monotonic() > until:
            raise RuntimeError(f"the local cloud was not ready after {_DEADLINE} s; read .local-cloud/emulator.log")
        time.sleep(0.02)
