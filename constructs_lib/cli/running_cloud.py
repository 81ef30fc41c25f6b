"""The local cloud of a command."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from constructs_lib.local import LocalCloud, LocalCloudError


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
