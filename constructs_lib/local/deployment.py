"""Deployment to the local cloud with the real `cdk` command line, which synthesizes and deploys in one process."""

import json
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from constructs_lib.local.cdk_errors import last_lines
from constructs_lib.local.errors import DeployError, LocalCloudError
from constructs_lib.local.toolchain import cdk, older_cdk, reporting_write_errors

if TYPE_CHECKING:
    from constructs_lib.local.session import CloudSession

Say: TypeAlias = Callable[[str], None]
Outputs: TypeAlias = dict[str, dict[str, str]]
_INTERRUPTED: Final = (-signal.SIGINT, 128 + signal.SIGINT)
"""The exit statuses of a command that a terminal's Ctrl-C interrupted, perhaps before it reaches this process."""
_LOOK_SECONDS: Final = 0.5
_FULL: Final = re.compile(r"ENOSPC|No space left on device|EDQUOT|Disk quota exceeded")
_HINTS: Final = (
    ("cdk.out/manifest.json", "A Python app writes its assembly by app.synth(): check that app.py calls it."),
    (
        "/sam/build-nodejs",
        "Without Docker a NodejsFunction is bundled by the project's esbuild: npm install --save-dev esbuild",
    ),
    ("/sam/build-python", "Without Docker a Python function is packaged by constructs_lib.functions.PythonFunction."),
)
"""Texts in the output of a failed synthesis, each with its remedy."""
_SYNTHESIZED: Final = "Synthesis time:"
"""The command line's output between synthesis and deployment."""
NO_STACK: Final = "No stacks match the name(s)"
"""The command line's error if no stack has one of the given names, which it calls a failed synthesis."""
_NEWS: Final = re.compile(r"\| +\d+ \|.*(_COMPLETE|_FAILED|ROLLBACK)|[✅❌]|Bundling|^cognito-app")
"""The lines to report as progress: events, which have a number, and results. Errors are in the message of a failure."""
_FAILED: Final = "❌"
"""The start of the result of a stack that failed; its events come before it."""
_PACKAGE: Final = "asset."
"""The start of the name of a package's folder."""
_PACKAGES: Final = ".packages"
"""The file, in the folder of the synthesis, with the packages of the last one that succeeded."""
_ZIPS: Final = ".cache"
"""The CDK's folder of zip files; it moves each into place when it is complete."""


class Cdk:
    """The CDK command line for one project.

    Args:
        project: The folder of the CDK app.
        environment: From `cloud_environment`: child processes reach the local cloud only.
        say: Receives each line of progress.
        alive: Returns whether the cloud still runs. If the cloud ends, the command is ended too: it would retry for
            more than a minute otherwise.

    Attributes:
        words: The command and arguments that start it.
        script: The path of the command line.
    """

    def __init__(
        self, project: Path, environment: Mapping[str, str], say: Say, *, alive: Callable[[], bool] = lambda: True
    ) -> None:
        """Find the command line, or install it.

        Raises:
            LocalCloudError: If it cannot be installed.
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
            app: The app's command. None: the one in the project's `cdk.json`.
            context: Context for the synthesis.
            assembly: The folder to synthesize into. Its content is deleted first, except the packages that the last
                successful synthesis used: they are named by the hash of their sources, and the CDK reuses them.
            validate: Whether the CDK's own validation of the templates runs, whose errors fail the synthesis.
            stacks: The stacks to deploy. Empty: all.
            outputs: The file the command writes outputs to.
            parameters: Values of the stacks' parameters, each as `NAME=VALUE` or `STACK:NAME=VALUE`. By default, those
                of the last deploy, or of the template.
            synthesized: Called after the synthesis and before the deployment. By default, nothing is called.

        Raises:
            LocalCloudError: If the app cannot be synthesized; the message contains its error.
            DeployError: If the deployment fails; the message contains the last lines of the output.
        """
        words = ["deploy", "--output", str(assembly), *_context(context), "--require-approval", "never"]
        words += ["--outputs-file", str(outputs), "--concurrency", "4", *(stacks or ["--all"])]
        # Without a change set, because there is no review here.
        words.append("--method=direct")
        words += [word for each in parameters for word in ("--parameters", each)]
        if app is not None:
            words += ["--app", app]
        with reporting_write_errors(assembly.parent):
            _clear(assembly)
            outputs.unlink(missing_ok=True)
        # As `cdk synth --no-validation` sets it; `cdk deploy` has no such option.
        self._run(words, {} if validate else {"CDK_VALIDATION": "false"}, synthesized)
        try:
            found: Outputs = json.loads(outputs.read_text(encoding="utf-8")) if outputs.exists() else {}
        except (OSError, ValueError) as error:
            raise LocalCloudError(
                f"the outputs of the deployed stacks cannot be read from {outputs} ({error}); check that the disk "
                "is not full, and run the same command again"
            ) from error
        return found

    def _run(self, words: Sequence[str], settings: Mapping[str, str], then: Callable[[], None]) -> None:
        with reporting_write_errors(self._project):
            # An app or a command that is interrupted leaves its temporary files.
            scratch = tempfile.TemporaryDirectory(prefix="cognito-app-", ignore_cleanup_errors=True)
        with scratch as folder:
            self._run_in(words, {**settings, "TMPDIR": folder}, then)

    def _run_in(self, words: Sequence[str], settings: Mapping[str, str], then: Callable[[], None]) -> None:
        started = time.monotonic()
        command = [*self.words, *words, "--no-notices", "--no-version-reporting", "--no-color"]
        lines: list[str] = []
        synthesized = 0.0
        with subprocess.Popen(
            command, cwd=self._project, env={**self._environment, **settings}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace",
        ) as process:  # fmt: skip
            assert process.stdout is not None  # noqa: S101 - stdout is PIPE
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
        """Return the exception for a failed command."""
        if status in _INTERRUPTED:
            return KeyboardInterrupt()
        output = "\n".join(last_lines(lines))
        if _FULL.search(output):
            return LocalCloudError(
                f"the disk of {self._project} or of the folder for temporary files is full; remove files and run the "
                "same command again"
            )
        if status < 0:
            return LocalCloudError(f"the CDK command line was killed (signal {-status}); run the same command again")
        if synthesized:
            results = [position for position, line in enumerate(lines) if line.lstrip().startswith(_FAILED)]
            output = "\n".join(last_lines(lines[results[0] :])) if results else output
            return DeployError(f"the deployment failed:\n{output}")
        hints = [hint for sign, hint in _HINTS if sign in output]
        return LocalCloudError("\n".join([f"the app could not be synthesized:\n{output}", *hints]))

    def _end_with_the_cloud(self, process: subprocess.Popen[str]) -> None:
        while process.poll() is None:
            if not self._alive():
                process.terminate()
                return
            time.sleep(_LOOK_SECONDS)


def _while_stopped(process: subprocess.Popen[str], then: Callable[[], None]) -> None:
    """Call a function while a command is suspended: synthesis and deployment in one command are twice as fast."""
    process.send_signal(signal.SIGSTOP)
    try:
        then()
    finally:
        process.send_signal(signal.SIGCONT)


def _clear(assembly: Path) -> None:
    """Delete the last synthesis except its packages, so that it is not deployed if the next one writes nothing.

    A package that no manifest names is deleted too, because it may be incomplete. A failed synthesis writes no
    manifest: the packages of the last one that succeeded stay. The CDK names a package's zip file by the same hash.
    """
    if not assembly.is_dir() or assembly.is_symlink():
        assembly.unlink(missing_ok=True)
        return
    manifests = (*assembly.glob("*.assets.json"), *assembly.glob("assembly-*/**/*.assets.json"))
    record = assembly / _PACKAGES
    # A file that is not text names no package.
    named = "".join(
        each.read_text(encoding="utf-8", errors="replace") for each in manifests or (record,) if each.is_file()
    )
    kept = {
        each.name
        for each in assembly.glob(f"{_PACKAGE}*")
        if each.is_dir() and not each.is_symlink() and each.name in named
    }
    zips = {f"{name.removeprefix(_PACKAGE)}.zip" for name in kept}
    for each in assembly.iterdir():
        if each.name == _ZIPS and each.is_dir() and not each.is_symlink():
            for inner in each.iterdir():
                if inner.name not in zips:
                    _delete(inner)
        elif each.name not in kept:
            _delete(each)
    record.write_text("\n".join(sorted(kept)), encoding="utf-8")


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def failed_events(events: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the reasons of failed resources, the first cause first, from a stack's events, the newest first."""
    return [
        f"{event['LogicalResourceId']} ({event['ResourceType']}): {event['ResourceStatusReason']}"
        for event in reversed(events)
        if str(event.get("ResourceStatus", "")).endswith("_FAILED") and event.get("ResourceStatusReason")
    ]


def failure_reasons(session: "CloudSession") -> str:
    """Return CloudFormation's reasons for failed stacks, as text; empty if no stack failed."""
    client: Any = session.client("cloudformation")
    output = []
    for stack in client.describe_stacks()["Stacks"]:
        if stack["StackStatus"].endswith("_FAILED") or "ROLLBACK" in stack["StackStatus"]:
            events = client.describe_stack_events(StackName=stack["StackName"])["StackEvents"]
            output += [f"{stack['StackName']} is {stack['StackStatus']}", *failed_events(events)]
            output += _failed_validations(client, stack["StackName"])
    return "\n\nCloudFormation's reasons:\n  " + "\n  ".join(output) if output else ""


def _failed_validations(client: Any, stack: str) -> list[str]:
    """Return the reasons of a validation before the deployment, which are not among the events of the stack."""
    events = client.describe_events(StackName=stack, Filters={"FailedEvents": True})["OperationEvents"]
    return [
        f"{event['LogicalResourceId']} ({event['ResourceType']}): {event['ValidationStatusReason']}"
        for event in events
        if event.get("ValidationStatusReason")
    ]


def _context(context: Mapping[str, str]) -> list[str]:
    return [word for key, value in context.items() for word in ("--context", f"{key}={value}")]
