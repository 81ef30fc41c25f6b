"""The real `cdk` command line against the local cloud: bootstrap once, synthesize, deploy."""

import json
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from constructs_lib.local.errors import LocalCloudError
from constructs_lib.local.toolchain import cdk

Say: TypeAlias = Callable[[str], None]
Outputs: TypeAlias = dict[str, dict[str, str]]
_LAST_LINES: Final = 25
_TOOLKIT_RESOURCE: Final = "CDKToolkit |"
_INTERRUPTED: Final = (-signal.SIGINT, 128 + signal.SIGINT)
"""How a command ends that a terminal's Ctrl-C has reached, perhaps before it reaches us."""
_LOOK_SECONDS: Final = 0.5
_UNWRITTEN: Final = "cdk.out/manifest.json"
_NEWS: Final = re.compile(r"_COMPLETE|_FAILED|ROLLBACK|[✅❌]|rror|bootstrapped|Bundling|^cognito-app")
"""What is worth showing while it runs; all of it is shown when the command fails."""


class Cdk:
    """The CDK command line for one project.

    Args:
        project: The folder of the CDK app.
        environment: From `cloud_environment`: everything started here sees the local cloud only.
        say: Gets each line of progress.
        alive: Whether the cloud still runs. A command whose cloud has ended is ended too: by itself it would try to
            reach it for more than a minute.

    Attributes:
        words: The words that start it.
    """

    def __init__(
        self, project: Path, environment: Mapping[str, str], say: Say, *, alive: Callable[[], bool] = lambda: True
    ) -> None:
        """Find the command line, or install it.

        Raises:
            LocalCloudError: When it cannot be installed.
        """
        self._project = project
        self._environment = environment
        self._say = say
        self._alive = alive
        self.words = cdk(project)

    def bootstrap(self, account: str, region: str, *, elsewhere: Path) -> None:
        """Create the CDK's own bucket and roles.

        Args:
            account: The account.
            region: The region.
            elsewhere: An empty folder to run in: in the project the command would synthesize the app first.

        Raises:
            LocalCloudError: With the command's last lines.
        """
        elsewhere.mkdir(parents=True, exist_ok=True)
        self._run(
            ["bootstrap", f"aws://{account}/{region}"],
            cwd=elsewhere,
            failed="bootstrapping failed",
            done="bootstrapped",
        )

    def synthesize(self, *, app: str | None, context: Mapping[str, str], output: Path, validate: bool) -> None:
        """Synthesize the app into a folder.

        Args:
            app: The app's command. None: the project's `cdk.json` says it.
            context: Context for the synthesis.
            output: The folder; what is in it is deleted first.
            validate: Whether the CDK's own validation of the templates runs, whose errors fail the synthesis. It is
                most of a synthesis's time.

        Raises:
            LocalCloudError: With the app's own error.
        """
        words = ["synth", "--quiet", "--output", str(output), *_context(context)]
        if app is not None:
            words += ["--app", app]
        if not validate:
            words.append("--no-validation")
        # What an earlier synthesis left must not be deployed in place of one that wrote nothing.
        shutil.rmtree(output, ignore_errors=True)
        try:
            self._run(words, cwd=self._project, failed="the app could not be synthesized", done="synthesized")
        except LocalCloudError as error:
            hint = (
                "\nA Python app writes its assembly with app.synth(): is it missing?"
                if _UNWRITTEN in str(error)
                else ""
            )
            raise LocalCloudError(f"{error}{hint}") from error

    def deploy(self, assembly: Path, *, stacks: Sequence[str], outputs: Path) -> Outputs:
        """Deploy stacks of a synthesized app and return their outputs: stack, then key, then value.

        Args:
            assembly: The synthesized app.
            stacks: Which stacks; none means all.
            outputs: The file the command writes outputs to.

        Raises:
            LocalCloudError: With CloudFormation's reason.
        """
        words = ["deploy", "--app", str(assembly), "--require-approval", "never", "--outputs-file", str(outputs)]
        words += ["--concurrency", "4", *(stacks or ["--all"])]
        outputs.unlink(missing_ok=True)
        self._run(words, cwd=self._project, failed="the deploy failed", done="deployed")
        found: Outputs = json.loads(outputs.read_text(encoding="utf-8")) if outputs.exists() else {}
        return found

    def _run(self, words: Sequence[str], *, cwd: Path, failed: str, done: str) -> None:
        started = time.monotonic()
        command = [*self.words, *words, "--no-notices", "--no-version-reporting", "--no-color"]
        lines: list[str] = []
        with subprocess.Popen(
            command, cwd=cwd, env=dict(self._environment), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace",
        ) as process:  # fmt: skip
            assert process.stdout is not None  # noqa: S101 - PIPE was asked for
            threading.Thread(target=self._end_with_the_cloud, args=[process], daemon=True).start()
            try:
                for raw in process.stdout:
                    line = raw.rstrip()
                    lines.append(line)
                    if _NEWS.search(line) and not line.startswith(_TOOLKIT_RESOURCE):
                        self._say(line)
            except KeyboardInterrupt:
                process.terminate()
                raise
        if process.returncode in _INTERRUPTED:
            raise KeyboardInterrupt
        if process.returncode:
            raise LocalCloudError(f"{failed}:\n" + "\n".join(lines[-_LAST_LINES:]))
        self._say(f"{done} in {time.monotonic() - started:.1f} s")

    def _end_with_the_cloud(self, process: subprocess.Popen[str]) -> None:
        while process.poll() is None:
            if not self._alive():
                process.terminate()
                return
            time.sleep(_LOOK_SECONDS)


def failed_events(events: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return why resources failed, first cause first, from a stack's events (newest first)."""
    return [
        f"{event['LogicalResourceId']} ({event['ResourceType']}): {event['ResourceStatusReason']}"
        for event in reversed(events)
        if str(event.get("ResourceStatus", "")).endswith("_FAILED") and event.get("ResourceStatusReason")
    ]


def _context(context: Mapping[str, str]) -> list[str]:
    return [word for key, value in context.items() for word in ("--context", f"{key}={value}")]
