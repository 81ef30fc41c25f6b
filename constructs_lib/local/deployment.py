"""The real `cdk` command line against the local cloud: it synthesizes and deploys in one process."""

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

from constructs_lib.local.cdk_errors import last_words
from constructs_lib.local.errors import DeployError, LocalCloudError
from constructs_lib.local.toolchain import cdk, older_cdk, written

Say: TypeAlias = Callable[[str], None]
Outputs: TypeAlias = dict[str, dict[str, str]]
_INTERRUPTED: Final = (-signal.SIGINT, 128 + signal.SIGINT)
"""How a command ends that a terminal's Ctrl-C has reached, perhaps before it reaches us."""
_LOOK_SECONDS: Final = 0.5
_FULL: Final = re.compile(r"ENOSPC|No space left on device|EDQUOT|Disk quota exceeded")
_HINTS: Final = (
    ("cdk.out/manifest.json", "A Python app writes its assembly with app.synth(): is it missing?"),
    (
        "/sam/build-nodejs",
        "Without Docker a NodejsFunction is bundled by the project's own: npm install --save-dev esbuild",
    ),
    ("/sam/build-python", "Without Docker a Python function is packaged by constructs_lib.functions.PythonFunction."),
)
"""What the last words of a failed synthesis hold, and what to do then."""
_SYNTHESIZED: Final = "Synthesis time:"
"""What the command line says when the app is synthesized and nothing is deployed yet."""
_NEWS: Final = re.compile(r"_COMPLETE|_FAILED|ROLLBACK|[✅❌]|rror|Bundling|^cognito-app")
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
        script: The command line itself.
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
        if older := older_cdk(project):
            say(f"the project's CDK command line {older} is too old for a local cloud: {self.words[-1]} is used")
        self.script = Path(self.words[-1])

    def deploy(
        self,
        *,
        app: str | None,
        context: Mapping[str, str],
        assembly: Path,
        validate: bool,
        stacks: Sequence[str],
        outputs: Path,
        parameters: Sequence[str] = (),
        synthesized: Callable[[], None] = lambda: None,
    ) -> Outputs:
        """Synthesize the app and deploy its stacks; return their outputs: stack, then key, then value.

        Args:
            app: The app's command. None: the project's `cdk.json` says it.
            context: Context for the synthesis.
            assembly: The folder to synthesize into; what is in it is deleted first, but for the packages that the
                last synthesis used: they are named by the hash of their sources, and the CDK builds no such twice.
            validate: Whether the CDK's own validation of the templates runs, whose errors fail the synthesis.
            stacks: Which stacks; none means all.
            outputs: The file the command writes outputs to.
            parameters: Values of the stacks' parameters, each as `NAME=VALUE` or `STACK:NAME=VALUE`. By default those
                of the last deploy, or of the template.
            synthesized: Called when the app is synthesized and before it is deployed. By default nothing is.

        Raises:
            LocalCloudError: With the app's own error.
            DeployError: With the command's last lines.
        """
        words = ["deploy", "--output", str(assembly), *_context(context), "--require-approval", "never"]
        words += ["--outputs-file", str(outputs), "--concurrency", "4", *(stacks or ["--all"])]
        # Without a change set to make, wait for and execute: nobody looks at it here.
        words.append("--method=direct")
        words += [word for each in parameters for word in ("--parameters", each)]
        if app is not None:
            words += ["--app", app]
        with written(assembly.parent):
            _clear(assembly)
            outputs.unlink(missing_ok=True)
        # `cdk synth --no-validation` sets this too; `cdk deploy` has no such option.
        self._run(words, {} if validate else {"CDK_VALIDATION": "false"}, synthesized)
        try:
            found: Outputs = json.loads(outputs.read_text(encoding="utf-8")) if outputs.exists() else {}
        except (OSError, ValueError) as error:
            raise LocalCloudError(
                f"the outputs of the deployed stacks cannot be read from {outputs} ({error}): is the disk full? "
                "Make room and run the same command again"
            ) from error
        return found

    def _run(self, words: Sequence[str], settings: Mapping[str, str], then: Callable[[], None]) -> None:
        started = time.monotonic()
        command = [*self.words, *words, "--no-notices", "--no-version-reporting", "--no-color"]
        lines: list[str] = []
        synthesized = 0.0
        with subprocess.Popen(
            command, cwd=self._project, env={**self._environment, **settings}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace",
        ) as process:  # fmt: skip
            assert process.stdout is not None  # noqa: S101 - PIPE was asked for
            threading.Thread(target=self._end_with_the_cloud, args=[process], daemon=True).start()
            try:
                for raw in process.stdout:
                    line = raw.rstrip()
                    lines.append(line)
                    if not synthesized and _SYNTHESIZED in line:
                        synthesized = time.monotonic()
                        self._say(f"synthesized in {synthesized - started:.1f} s")
                        _while_stopped(process, then)
                    elif _NEWS.search(line):
                        self._say(line)
            except KeyboardInterrupt:
                process.terminate()
                raise
            except LocalCloudError:
                process.kill()
                raise
        if process.returncode:
            raise self._failure(process.returncode, lines, synthesized=bool(synthesized))
        self._say(f"deployed in {time.monotonic() - (synthesized or started):.1f} s")

    def _failure(self, status: int, lines: Sequence[str], *, synthesized: bool) -> BaseException:
        """Return how a command that failed is told."""
        if status in _INTERRUPTED:
            return KeyboardInterrupt()
        said = "\n".join(last_words(lines))
        if _FULL.search(said):
            return LocalCloudError(
                f"the disk of {self._project} or of the folder for temporary files is full: make room and run the same "
                "command again"
            )
        if status < 0:
            return LocalCloudError(f"the CDK command line was killed (signal {-status}): run the same command again")
        if synthesized:
            return DeployError(f"the deploy failed:\n{said}")
        hints = [hint for sign, hint in _HINTS if sign in said]
        return LocalCloudError("\n".join([f"the app could not be synthesized:\n{said}", *hints]))

    def _end_with_the_cloud(self, process: subprocess.Popen[str]) -> None:
        while process.poll() is None:
            if not self._alive():
                process.terminate()
                return
            time.sleep(_LOOK_SECONDS)


def _while_stopped(process: subprocess.Popen[str], then: Callable[[], None]) -> None:
    """Do something before a command goes on: the CDK synthesizes and deploys in one, twice as fast as in two."""
    process.send_signal(signal.SIGSTOP)
    try:
        then()
    finally:
        process.send_signal(signal.SIGCONT)


def _clear(assembly: Path) -> None:
    """Leave of the last synthesis only its packages: it must not be deployed in place of one that wrote nothing.

    A package that none of its manifests names may be half built.
    """
    if not assembly.is_dir() or assembly.is_symlink():
        assembly.unlink(missing_ok=True)
    manifests = (*assembly.glob("*.assets.json"), *assembly.glob("assembly-*/**/*.assets.json"))
    # What is no text names no package.
    used = "".join(each.read_text(encoding="utf-8", errors="replace") for each in manifests if each.is_file())
    for each in assembly.glob("*"):
        if not each.is_dir() or each.is_symlink():
            each.unlink()
        elif not (each.name.startswith("asset.") and each.name in used):
            shutil.rmtree(each)


def failed_events(events: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return why resources failed, first cause first, from a stack's events (newest first)."""
    return [
        f"{event['LogicalResourceId']} ({event['ResourceType']}): {event['ResourceStatusReason']}"
        for event in reversed(events)
        if str(event.get("ResourceStatus", "")).endswith("_FAILED") and event.get("ResourceStatusReason")
    ]


def _context(context: Mapping[str, str]) -> list[str]:
    return [word for key, value in context.items() for word in ("--context", f"{key}={value}")]
