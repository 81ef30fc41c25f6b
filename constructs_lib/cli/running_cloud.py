"""The local cloud that a command asks."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from constructs_lib.local import LocalCloud, LocalCloudError


@contextmanager
def running_cloud() -> Iterator[LocalCloud]:
    """Yield the local cloud of this folder; an error of it ends the command with one line.

    Raises:
        click.ClickException: None runs, or it stops answering meanwhile.
    """
    try:
        cloud = LocalCloud.attach()
        if cloud is None:
            raise click.ClickException("no local cloud runs in this folder; start one with `cognito-app up`")
        yield cloud
    except LocalCloudError as error:
        raise click.ClickException(str(error)) from error
