"""The inner loop on the local cloud: up cold, up again, a saved handler, and a request."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.sections import Section
from constructs_lib.local import LocalCloud

ROOT: Final = Path(__file__).parents[1]
_REQUESTS: Final = 100
_DEADLINE: Final = 120


def sections() -> list[Section]:
    """Bring the document stack up in a folder of its own, change it, and call its function."""
    with TemporaryDirectory() as folder:
        project = Path(folder)
        for name in ("app.py", "cdk.json"):
            shutil.copy(ROOT / name, project)
        for name in ("stacks", "lambda_src"):
            shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
        (project / "node_modules").symlink_to(ROOT / "node_modules")
        command = [str(Path(sys.executable).parent / "cognito-app"), "up"]
        environment = {**os.environ, "PYTHONPATH": str(project), "PYTHONSAFEPATH": "1"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)

        def up() -> float:
            started = time.perf_counter()
            subprocess.run(command, cwd=project, env=environment, check=True, capture_output=True)
            return time.perf_counter() - started

        try:
            rows = [("`up` in a new folder: start, bootstrap, synth, deploy", round(up(), 1))]
            rows.append(("`up` again, nothing changed", round(up(), 1)))
            rows.append(("`up --watch`: a handler is saved until it answers anew", round(_saved(command, project), 2)))
            rows += _requests(project)
        finally:
            cloud = LocalCloud.attach(project)
            if cloud is not None:
                cloud.stop()
    return [
        Section(
            name="local",
            title="The inner loop on the local cloud",
            note="The whole document stack with validation on, emulator already installed. Requests are `lambda "
            f"invoke` from boto3 on this machine, {_REQUESTS} one after another.",
            columns=("", "seconds"),
            rows=tuple(rows),
        )
    ]


def _saved(command: list[str], project: Path) -> float:
    """Return how long a saved handler takes to answer; the watch is started and stopped around it."""
    log = project / ".watch.log"
    handler = project / "lambda_src" / "shares" / "handler.py"
    with (
        log.open("w") as output,
        subprocess.Popen([*command, "--watch"], cwd=project, stdout=output, stderr=output) as watching,
    ):
        try:
            _wait(lambda: "Watching" in log.read_text())
            client, name = _function(project)
            handler.write_text(f"{handler.read_text()}\nhandler = lambda event, context: 'saved'\n")
            started = time.perf_counter()
            _wait(lambda: _answer(client, name) == "saved")
            return time.perf_counter() - started
        finally:
            watching.terminate()


def _requests(project: Path) -> list[tuple[str, float]]:
    client, name = _function(project)
    taken = []
    for _ in range(_REQUESTS):
        started = time.perf_counter()
        _answer(client, name)
        taken.append(time.perf_counter() - started)
    centiles = statistics.quantiles(taken, n=100)
    return [("a request, p50", round(centiles[49], 3)), ("a request, p99", round(centiles[98], 3))]


def _function(project: Path) -> tuple[Any, str]:
    cloud = LocalCloud.attach(project)
    assert cloud is not None  # noqa: S101 - it was just brought up
    client: Any = cloud.session().client("lambda")
    names = [each["FunctionName"] for each in client.list_functions()["Functions"]]
    return client, next(name for name in names if "SharesFunction" in name)


def _answer(client: Any, name: str) -> Any:
    return json.loads(client.invoke(FunctionName=name, Payload=b"{}")["Payload"].read())


def _wait(ready: Callable[[], bool]) -> None:
    until = time.monotonic() + _DEADLINE
    while not ready():
        if time.monotonic() > until:
            raise RuntimeError("the local cloud did not come to what was waited for: look at its log")
        time.sleep(0.02)
