"""Context of a check."""

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
    """Records calls to the cloud, and the responses."""

    def attach(self, session: botocore.session.Session) -> None:
        """Record every call of the clients that a session will create."""

    def answered(self, response: requests.Response) -> None:
        """Record one HTTP response that no client of a session received, such as that of an API or a hosted page."""

    def during(self, check: str) -> AbstractContextManager[None]:
        """Record that the calls in the block belong to a check."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """One run, with everything that its checks use.

    Args:
        run: Its ID, account and region.
        session: An administrator's session for this run: its clients retry with backoff, and are recorded.
        endpoint_url: The local cloud. None: AWS.
        templates: The templates of the stacks, by stack name.
        assembly: The folder of the synthesized app (`cdk.out`).
        journal: Records each resource before it is created.
        say: Receives each line of progress.
        stack: The name of the app's stack.
        outputs: The stack's outputs by key. Empty: it is not deployed (level 0).
        recorder: Records the app's users; the session's own calls are recorded already. None: the run is not recorded.
        costly: Whether checks run that take about twenty minutes more, or cost more than the plan states.
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
        """The deployed app's settings for a client.

        Raises:
            ValueError: If the stack is not deployed.
        """
        return ClientSettings.from_stack(self.outputs)
