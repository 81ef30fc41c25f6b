"""The target of `cognito-app verify`: an AWS account, after confirmation, or the local cloud."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from constructs_lib.cli.console import err
from constructs_lib.cli.running_cloud import start_cloud
from constructs_lib.local import LocalCloud

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import boto3

    from constructs_lib.verify.session import Identity


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """The target of a run.

    The endpoint is None for AWS.
    """

    session: boto3.Session
    identity: Identity
    endpoint_url: str | None
    journals: Path

    @property
    def local(self) -> bool:
        """Whether it is a local cloud."""
        return self.endpoint_url is not None


@contextmanager
def open_place(*, local: bool, profile: str | None) -> Iterator[Place]:
    """Open the target, and close a local cloud that was started for it.

    Raises:
        click.ClickException: The identity is unknown, or not the one of the configuration.
    """
    import platformdirs

    from constructs_lib.verify import session as sessions

    try:
        if local:
            with LocalCloud.attach() or start_cloud() as cloud:
                session = sessions.local_session(cloud)
                identity, journals = sessions.identify(session), cloud.folder / "verify"
                yield Place(session=session, identity=identity, endpoint_url=cloud.endpoint_url, journals=journals)
            return
        session = sessions.aws_session(profile)
        identity, journals = sessions.identify(session), platformdirs.user_state_path("cognito-app") / "verify"
        sessions.restrict_to_account(session, identity)
        yield Place(session=session, identity=identity, endpoint_url=None, journals=journals)
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def require_consent(place: Place, account: str | None, region: str | None) -> None:
    """Continue only after the account and the region are confirmed; a local cloud has no cost."""
    if place.local:
        return
    from constructs_lib.verify import consent

    ask = (lambda text: str(click.prompt(text, err=True))) if is_interactive() else None
    err.print(f"Your AWS identity is {place.identity.arn} in {place.identity.region}.", soft_wrap=True)
    try:
        consent.require_consent(place.identity, account=account, region=region, ask=ask)
    except consent.RefusedError as error:
        raise click.ClickException(str(error)) from error


def is_interactive() -> bool:
    """Return whether a prompt is possible."""
    # `sys.stdin` is None if the shell has closed it.
    return sys.stdin is not None and sys.stdin.isatty()
