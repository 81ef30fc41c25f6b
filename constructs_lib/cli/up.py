"""`cognito-app up`: the local cloud, the real `cdk deploy`, and the next steps."""

import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import click

from constructs_lib.cli.console import err, out, step
from constructs_lib.cli.needed_modules import check_extras, import_meanwhile
from constructs_lib.cli.running_cloud import start_cloud
from constructs_lib.client.amplify import readable_outputs
from constructs_lib.client.settings import choose_stack
from constructs_lib.local import LocalCloud, LocalCloudError
from constructs_lib.local.deployment import Outputs
from constructs_lib.local.errors import PinnedError

_EDITORS = '"editors"'
"""The group that the story needs, as the outputs of a `ClientConfig` name it."""


@click.command()
@click.argument("stacks", nargs=-1)
@click.option("--app", help="The CDK app's command, such as 'python app.py'. Default: that of cdk.json.")
@click.option("-c", "--context", multiple=True, metavar="KEY=VALUE", help="Context for the app. Repeatable.")
@click.option(
    "--parameters",
    multiple=True,
    metavar="[STACK:]NAME=VALUE",
    help="A value of a stack's parameter. Repeatable. Default: that of the last deploy, or of the template.",
)
@click.option("--stage", default="local", show_default=True, help="Context `stage` for the app.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="HTTP port of the local cloud. Default: 0, a free port."
)
@click.option("--keep", is_flag=True, help="Keep users, files and rows when the cloud stops.")
@click.option(
    "--try", "story", is_flag=True, help="After the deployment, show live what each kind of user can and cannot do."
)
@click.option("--web", is_flag=True, help="After the deployment, serve the page of the app, until Ctrl-C.")
@click.option(
    "--page",
    type=click.Path(file_okay=False, path_type=Path),
    default="examples/web",
    show_default=True,
    help="The page's project, for --web.",
)
@click.option(
    "--web-port", type=click.IntRange(0, 65535), default=5173, show_default=True, help="The page's port, for --web."
)
@click.option(
    "--watch", is_flag=True, help="After the deployment, deploy again whenever the app's files change, until Ctrl-C."
)
def command(
    stacks: tuple[str, ...],
    *,
    app: str | None,
    context: tuple[str, ...],
    parameters: tuple[str, ...],
    stage: str,
    port: int,
    keep: bool,
    story: bool,
    web: bool,
    page: Path,
    web_port: int,
    watch: bool,
) -> int:
    """Start a local cloud for this folder, bootstrap it and deploy the CDK app (all stacks, or STACKS).

    Works for any CDK app. Your AWS profiles, credentials and endpoints are not used. A new cloud has the account and
    the region that the app is pinned to.
    """
    values = {"stage": stage, **_context(context)}
    _check_parameters(parameters)
    if app is None:
        _check_configuration()
    if web:
        from constructs_lib.cli.serve_page import check_page

        check_page(page)
    options: dict[str, Any] = {"app": app, "stacks": stacks, "context": values, "parameters": parameters}
    deploying = False
    try:
        check_extras(story=story, watch=watch)
        import_meanwhile(story=story)
        cloud = _start(port=port, keep=keep)
        deploying = True
        try:
            outputs = _deploy(cloud, options)
        except PinnedError as error:
            if not cloud.started_here:
                raise
            cloud.stop()
            cloud = start_cloud(port=port, keep=keep, account=error.account, region=error.region)
            outputs = _deploy(cloud, options)
    except LocalCloudError as error:
        raise click.ClickException(f"{error}\n\n{_what_remains(failed=deploying)}") from error
    except KeyboardInterrupt:
        err.print(_what_remains(failed=False), soft_wrap=True)
        raise
    _show_outputs(outputs)
    status = 0
    if story:
        from constructs_lib.cli.try_ import run_story

        status = run_story(outputs, cloud)
    _show_next(cloud, outputs, story=story, page=page)
    with _page(outputs, cloud, page, web_port) if web else nullcontext():
        if watch:
            from constructs_lib.cli.watch import watch_and_deploy

            watch_and_deploy(cloud, options)
        elif web:
            _wait()
    return status


def _deploy(cloud: LocalCloud, options: Mapping[str, Any]) -> Outputs:
    with step("Deploying with the CDK") as progress:
        return cloud.deploy(**options, say=progress.note)


def _context(words: tuple[str, ...]) -> dict[str, str]:
    """Return the given context.

    Raises:
        click.BadParameter: A word is not KEY=VALUE.
    """
    found = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not key or not equals:
            raise click.BadParameter(f"{word!r} is not a context value; write KEY=VALUE", param_hint="--context")
        found[key] = value
    return found


def _check_parameters(words: tuple[str, ...]) -> None:
    """Refuse a word that is not a parameter's value; the CDK would ignore it.

    Raises:
        click.BadParameter: A word is not [STACK:]NAME=VALUE.
    """
    for word in words:
        name, equals, _ = word.partition("=")
        if not equals or not all(name.split(":")):
            raise click.BadParameter(
                f"{word!r} is not a parameter's value; write [STACK:]NAME=VALUE", param_hint="--parameters"
            )


def _check_configuration() -> None:
    """Fail before the start if the CDK would find no app's command: without --app it reads these two files.

    Raises:
        click.ClickException: Neither exists.
    """
    if not any((folder / name).is_file() for folder, name in ((Path.cwd(), "cdk.json"), (Path.home(), ".cdk.json"))):
        raise click.ClickException(
            f"{Path.cwd()} has no cdk.json; run this in the app's folder, or add --app 'python app.py'"
        )


@contextmanager
def _page(outputs: Mapping[str, Mapping[str, str]], cloud: LocalCloud, folder: Path, port: int) -> Iterator[None]:
    from constructs_lib.cli.serve_page import served_page

    with served_page(outputs, cloud, folder=folder, port=port) as address:
        err.print(
            f"The page is at {address} (Ctrl-C stops it). After `cognito-app try` sign in as alice@example.com "
            "with Correct-horse-1."
        )
        yield


def _wait() -> None:
    with suppress(KeyboardInterrupt):
        threading.Event().wait()


def _start(*, port: int, keep: bool) -> LocalCloud:
    joined = LocalCloud.attach()
    if joined is not None:
        if port and not joined.endpoint_url.endswith(f":{port}"):
            raise LocalCloudError(
                f"the local cloud of this folder already runs at {joined.endpoint_url}, not on port {port}; stop it "
                "first with `cognito-app down`"
            )
        if keep and joined.state is None:
            raise LocalCloudError(
                f"the local cloud of this folder already runs at {joined.endpoint_url} and keeps no data; stop it "
                "first with `cognito-app down`, which deletes its users, files and rows"
            )
        err.print(f"Using the local cloud at {joined.endpoint_url}")
        return joined
    return start_cloud(port=port, keep=keep)


def _what_remains(*, failed: bool) -> str:
    """Return what still runs, and how to go on."""
    cloud = LocalCloud.attach()
    if cloud is None:
        return "The local cloud does not run; `cognito-app up` starts it again."
    runs = f"The local cloud still runs at {cloud.endpoint_url}"
    if not failed:
        return f"{runs}; `cognito-app down` stops it."
    try:
        cloud.health()
        stacks = ", ".join(f"{stack['StackName']} ({stack['StackStatus']})" for stack in cloud.stacks()) or "none"
    except LocalCloudError:
        stacks = "unknown"
    return (
        f"{runs}. Stacks on it: {stacks}.\n"
        "Correct that and run `cognito-app up` again, or stop the cloud with `cognito-app down`."
    )


def _show_outputs(outputs: Mapping[str, Mapping[str, str]]) -> None:
    from rich.table import Table

    for stack, values in outputs.items():
        table = Table(title=f"Outputs of {stack}", title_justify="left", show_header=False)
        for key, value in readable_outputs(values).items():
            table.add_row(key, value)
        out.print(table)


def _show_next(cloud: LocalCloud, outputs: Mapping[str, Mapping[str, str]], *, story: bool, page: Path) -> None:
    has_client = _has_client(outputs)
    steps = {
        "try": "watch a guest, Alice, Bob and an editor use it" if has_client and not story and _fits(outputs) else "",
        "up --web": "the page of the app, to sign in as alice@example.com" if has_client and page.is_dir() else "",
        "prove .local-cloud/cdk.out": "proof of isolation",
        "status": "the local cloud and its stacks",
        "why --last": "why the last call was refused",
        "outputs --outputs-file .local-cloud/outputs.json": "configuration for an Amplify client" if has_client else "",
        "down": "stop it",
    }
    lines = [
        f"The local cloud runs at {cloud.endpoint_url} (log: {_relative(cloud.folder / 'emulator.log')}).",
        f"Console (the address contains a secret): {_console(cloud)}",
        "Next:",
        *(f"  {_program()} {words:<10} # {purpose}" for words, purpose in steps.items() if purpose),
    ]
    err.print("\n".join(lines), soft_wrap=True)


def _has_client(outputs: Mapping[str, Mapping[str, str]]) -> bool:
    """Return whether one stack has the outputs that a client needs."""
    try:
        choose_stack(outputs)
    except ValueError:
        return False
    return True


def _fits(outputs: Mapping[str, Mapping[str, str]]) -> bool:
    """Return whether `try` fits: it needs a group of editors, or tenants, which have a story of their own."""
    values = choose_stack(outputs)[1]
    return _EDITORS in values.get("groups", _EDITORS) or '"tenant"' in values.get("customOutputs", "")


def _program() -> str:
    """Return how to write this command line: by its path if it is in a virtual environment that is not activated."""
    environment = Path(sys.prefix)
    if os.environ.get("VIRTUAL_ENV") == sys.prefix or not environment.is_relative_to(Path.cwd()):
        return "cognito-app"
    return str(environment.relative_to(Path.cwd()) / "bin" / "cognito-app")


def _console(cloud: LocalCloud) -> str:
    """Return the console's address, or why there is none; the app is deployed in either case."""
    from constructs_lib.console import start_console

    try:
        return start_console(cloud)
    except LocalCloudError as error:
        return f"none, {error}"


def _relative(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
