"""The local cloud of a command: the running one, or a new one."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from constructs_lib.cli.console import step
from constructs_lib.local import LocalCloud, LocalCloudError
from constructs_lib.local.emulator_environment import emulator_python, is_built
from constructs_lib.local.emulator_lifecycle import ACCOUNT, REGION


@contextmanager
def running_cloud() -> Iterator[LocalCloud]:
    """Yield the local cloud of this folder; its errors end the command with one line.

    Raises:
        click.ClickException: None runs, or it stops responding.
    """
    try:
        cloud = LocalCloud.attach()
        if cloud is None:
            raise click.ClickException("no local cloud runs in this folder; start one with `cognito-app up`")
        yield cloud
    except LocalCloudError as error:
        raise click.ClickException(str(error)) from error


def start_cloud(*, port: int = 0, keep: bool = False, account: str = ACCOUNT, region: str = REGION) -> LocalCloud:
    """Start a local cloud for this folder, or join a running one, and show progress. The arguments are `LocalCloud`'s.

    Raises:
        LocalCloudError: If it cannot be installed or does not start.
    """
    if not is_built():
        with step("Installing the emulator (once)"):
            emulator_python()
    with step("Starting the local cloud"):
        return LocalCloud(port=port, keep=keep, account=account, region=region)
