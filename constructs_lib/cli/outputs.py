"""`cognito-app outputs`: the client's configuration file, from a deployed stack or from an outputs file."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from constructs_lib.client.amplify import amplify_outputs
from constructs_lib.client.formats import FORMATS
from constructs_lib.client.settings import choose_stack


@click.command()
@click.argument("stack", required=False)
@click.option(
    "--outputs-file",
    type=click.Path(path_type=Path),
    help="The file that `cdk deploy --outputs-file` wrote. Without it, STACK is read from AWS.",
)
@click.option("--format", "shape", type=click.Choice(list(FORMATS)), default="json", show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A file, or a folder for the usual file name. Default: standard output.",
)
@click.option("--region", help="The region of STACK. Default: that of your AWS settings.")
def command(stack: str | None, *, outputs_file: Path | None, shape: str, out: Path | None, region: str | None) -> int:
    """Write amplify_outputs.json (version 1.5) or .dart, .env or outputs.ts for a client of STACK.

    Amplify's libraries for the web, Swift and Android read json, those for Flutter dart.
    STACK may be omitted if the outputs file contains only one app.
    """
    if outputs_file is None and stack is None:
        raise click.UsageError("no stack is named; name a deployed STACK, or add --outputs-file")
    try:
        found = _from_file(outputs_file, stack) if outputs_file else _from_cloudformation(str(stack), region)
        usual_name, write = FORMATS[shape]
        text = write(amplify_outputs(found))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if out is None:
        click.echo(text, nl=False)
        return 0
    target = out / usual_name if out.is_dir() else out
    _replace(target, text)
    click.echo(f"wrote {target}", err=True)
    return 0


def _from_file(path: Path, stack: str | None) -> Mapping[str, str]:
    """Return the outputs of a stack.

    Raises:
        ValueError: With the file's name and the remedy.
    """
    remedy = "write an outputs file with `cdk deploy --outputs-file NAME`"
    if not path.is_file():
        raise ValueError(f"{path} {'is not a file' if path.exists() else 'does not exist'}; {remedy}")
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not JSON ({error}); {remedy}") from error
    if not isinstance(content, dict) or not all(isinstance(values, dict) for values in content.values()):
        raise ValueError(f"{path} is not an outputs file; {remedy}")
    try:
        return choose_stack(content, stack)[1]
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _from_cloudformation(stack: str, region: str | None) -> Mapping[str, str]:
    from botocore.exceptions import BotoCoreError, ClientError

    from constructs_lib.aws_sessions import UNREACHABLE, aws_session

    try:
        cloudformation = aws_session(region=region).client("cloudformation")
        [described] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except UNREACHABLE as error:
        raise ValueError(
            f"AWS cannot be reached ({error}); check the network and HTTPS_PROXY, or use --outputs-file"
        ) from error
    except (BotoCoreError, ClientError) as error:
        message = str(error).rstrip(".")
        raise ValueError(
            f"stack {stack!r} cannot be read ({message}); sign in to AWS and add --region, or use --outputs-file"
        ) from error
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def _replace(target: Path, text: str) -> None:
    """Write the file atomically."""
    partial = target.with_name(target.name + ".partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(target)
    except OSError as error:
        # It may be missing, or as unwritable as the file.
        with suppress(OSError):
            partial.unlink()
        raise click.ClickException(f"{target} cannot be written ({error.strerror}); name another file") from error
