"""Administration of the story: confirms users, and names the further resources that it creates."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from constructs_lib.local.mailbox import Mailbox

if TYPE_CHECKING:
    import boto3

    from constructs_lib.client import AppClient, Observer

PASSWORD = "Correct-horse-1"  # noqa: S105 - of users that live in the local cloud only


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryAdministration(ABC):
    """The administrator's part of the story.

    Attributes:
        password: The users' password.
        name: The name prefix of further resources that the story creates.
        tags: Their tags. Empty: none.
        token_minutes: The lifetime of the ID token that the story lets expire, in minutes.
        observer: Observes the users' calls. None: the calls are not observed.
    """

    password: str = field(repr=False)
    name: str
    tags: Mapping[str, str] = field(default_factory=dict)
    token_minutes: int
    observer: "Observer | None" = None

    @abstractmethod
    def confirm(self, app: "AppClient", address: str) -> None:
        """Confirm a user who has signed up."""

    @abstractmethod
    def last_code(self, address: str) -> str:
        """Return the newest code sent to an address."""

    @abstractmethod
    def ended(self, token: str) -> str:
        """Return a token once it has expired."""

    @abstractmethod
    def record_resource(self, kind: str, name: str) -> None:
        """Report a further resource that the story is about to create.

        The kind is `user pool` or `identity pool`.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalStoryAdministration(StoryAdministration):
    """Administration on a local cloud: the mailbox has the confirmation codes, and expired tokens are issued expired.

    Attributes:
        mailbox: The messages that were sent.
    """

    password: str = field(default=PASSWORD, repr=False)
    name: str = "cognito-app-try"
    token_minutes: int = -60
    """A lifetime that AWS refuses and the local cloud accepts: the token is genuine, but was never valid."""
    mailbox: Mailbox

    @classmethod
    def of(cls, endpoint_url: str, admin: "boto3.Session") -> Self:
        """Return the administration for a local cloud.

        Raises:
            ValueError: The session has no credentials.
        """
        credentials = admin.get_credentials()
        if credentials is None:
            raise ValueError("the administrator's session has no credentials, and so cannot read the mailbox")
        return cls(mailbox=Mailbox(endpoint_url, credentials.secret_key))

    def confirm(self, app: "AppClient", address: str) -> None:
        """Confirm a user with the code that was sent."""
        app.confirm(address, self.last_code(address))

    def last_code(self, address: str) -> str:
        """Return the newest code sent to an address.

        Raises:
            LocalCloudError: If there is none.
        """
        return self.mailbox.last_code(address)

    def ended(self, token: str) -> str:
        """Return the token, which was issued expired."""
        return token

    def record_resource(self, kind: str, name: str) -> None:
        """Do nothing: resources left on the local cloud cost nothing."""
