"""What a check is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from constructs_lib.client.settings import ClientSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    import boto3
    import botocore.session
    import requests

    from constructs_lib.verify.journal import Journal
    from constructs_lib.verify.run import Run


class Recorder(Protocol):
    """Hears what is asked of the cloud, and what it answers."""

    def attach(self, session: botocore.session.Session) -> None:
        """Hear every call of the clients that a session will make."""

    def answered(self, response: requests.Response) -> None:
        """Hear one answer over HTTP that no client of a session got: of an API, of a hosted page."""

    def during(self, check: str) -> AbstractContextManager[None]:
        """Hear that calls belong to a check."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """One run, as its checks see it.

    Args:
        run: Its ID, account and region.
        session: An administrator's session for this run: its clients try again with backoff, and are recorded.
        endpoint_url: The local cloud. None: AWS.
        templates: The templates of the stacks, by stack name.
        assembly: The folder of the synthesized app (`cdk.out`).
        journal: Where what is about to be made is written down first.
        say: Gets each line of progress.
        stack: The name of the app's stack.
        outputs: The stack's outputs by key. Empty: it is not deployed (level 0).
        recorder: Hears the app's users; the session's own calls it hears already. None: the run is not recorded.
        costly: Whether checks run that would take long, or cost more than the plan says.
    """

    run: Run
    session: boto3.Session
    endpoint_url: str | None
    templates: Mapping[str, dict[str, Any]]
    assembly: Path
    journal: Journal
    say: Callable[[str], None]
    stack: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    recorder: Recorder | None = None
    costly: bool = False

    @property
    def settings(self) -> ClientSettings:
        """The deployed app, as a client needs to know it.

        Raises:
            ValueError: The stack is not deployed.
        """
        return ClientSettings.from_stack(self.outputs)
