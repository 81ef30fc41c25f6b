"""A kind of resource that a run creates: how each is found by its name, looked up, and removed.

A resource that belongs to another (a policy to its role, a group to its user pool) is removed with it.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any, ClassVar

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import boto3

    from constructs_lib.verify.run import Run


def sweep_command(run: Run, session: boto3.Session) -> str:
    """Return the command that sweeps a run with the profile of this session."""
    return (
        f"cognito-app verify --sweep --run {run.run_id}{' --local' if run.local else ''}"
        f"{'' if run.local else profile_option(session)}"
    )


def profile_option(session: boto3.Session) -> str:
    """Return the option that names a session's profile, with a leading space; empty for the default profile."""
    profile = session.profile_name
    return "" if profile == "default" else f" --profile {shlex.quote(profile)}"


class Kind:
    """One kind of resource.

    Args:
        session: An administrator's session.
        run: The run.

    Attributes:
        name: The name in messages and in journals.
        service: boto3's name of the client.
        arn: The pattern of the ARNs of the resource and of its parts, with its name or ID as the group `id`.
        not_found_codes: The service's error codes for a resource that does not exist.
        command: The command that removes one. Empty: removal takes several commands.
        list_operation: The operation that lists them, and the member of its response that contains them.
        members: The members of a listed resource that contain its name or ID, and its name.
        describe_operation: The operation that describes one.
        delete_operation: The operation that deletes one.
        parameter: The parameter of both for its name or ID.
        page: Further parameters of the operation that lists them.
        has_generated_id: Whether its ID is generated at its creation, so that a journal has only its name.
    """

    name: ClassVar[str]
    service: ClassVar[str]
    arn: ClassVar[str]
    not_found_codes: ClassVar[frozenset[str]]
    command: ClassVar[str]
    list_operation: ClassVar[tuple[str, str]]
    members: ClassVar[tuple[str, str]]
    describe_operation: ClassVar[str]
    delete_operation: ClassVar[str]
    parameter: ClassVar[str]
    page: ClassVar[Mapping[str, Any]] = {}
    has_generated_id: ClassVar[bool] = False

    def __init__(self, session: boto3.Session, run: Run) -> None:
        self.run = run
        self._session = session
        self.client: Any = session.client(self.service)  # type: ignore[call-overload] # its overloads need literal names

    def named(self) -> Iterator[str]:
        """Yield the names or IDs of the resources with the run's name."""
        id, name = self.members
        return (each[id] for each in self._pages(*self.list_operation, **self.page) if self.run.owns(each[name]))

    def describe(self, id: str) -> Any:
        """Return the service's description of one.

        Raises:
            ClientError: If there is none.
        """
        return getattr(self.client, self.describe_operation)(**{self.parameter: id})

    def remove(self, id: str) -> None:
        """Remove one, including the resources that belong to it."""
        getattr(self.client, self.delete_operation)(**{self.parameter: id})

    def exists(self, id: str) -> bool:
        """Return whether one with this name or ID exists."""
        try:
            return self.describe(id) is not None
        except ClientError as error:
            if error.response["Error"]["Code"] in self.not_found_codes:
                return False
            raise

    def removal_command(self, id: str) -> str:
        """Return the command that removes one; the sweep on a local cloud, and if removal takes several calls."""
        if self.run.local or not self.command:
            return sweep_command(self.run, self._session)
        return f"{self.command.format(id=shlex.quote(id))} --region {self.run.region}{profile_option(self._session)}"

    @classmethod
    def of_arn(cls, arn: str) -> str | None:
        """Return the name or ID in an ARN of this kind; None for another kind's ARN."""
        found = re.fullmatch(cls.arn, arn)
        return found["id"] if found else None

    def _pages(self, operation: str, key: str, **options: Any) -> Iterator[Any]:
        for page in self.client.get_paginator(operation).paginate(**options):
            yield from page.get(key, ())
