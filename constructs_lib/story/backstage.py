"""What happens behind the story: how people are confirmed, and what the story makes besides its people."""

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
class Backstage(ABC):
    """What the story needs of where it is played.

    Attributes:
        password: The people's password.
        name: What the names of everything begin with that the story makes besides.
        tags: Their tags. Empty: none.
        token_minutes: How long the ID token lives that is to be past its time.
        observer: Hears the people's calls. None: nobody does.
    """

    password: str = field(repr=False)
    name: str
    tags: Mapping[str, str] = field(default_factory=dict)
    token_minutes: int
    observer: "Observer | None" = None

    @abstractmethod
    def confirm(self, app: "AppClient", address: str) -> None:
        """Confirm somebody who has signed up.

        Args:
            app: The app.
            address: Their address.
        """

    @abstractmethod
    def last_code(self, address: str) -> str:
        """Return the newest code sent to an address."""

    @abstractmethod
    def ended(self, token: str) -> str:
        """Return a token once it is past its time."""

    @abstractmethod
    def about_to_make(self, kind: str, name: str) -> None:
        """Hear what the story is about to make besides its people.

        Args:
            kind: `user pool` or `identity pool`.
            name: Its name.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalBackstage(Backstage):
    """On a local cloud: people confirm by the code that would have been mailed, and tokens are born too old.

    Attributes:
        mailbox: What was mailed to whom.
    """

    password: str = field(default=PASSWORD, repr=False)
    name: str = "cognito-app-try"
    token_minutes: int = -60
    """A lifetime no AWS region grants, but the local cloud does: the token is genuine and was never valid."""
    mailbox: Mailbox

    @classmethod
    def of(cls, endpoint_url: str, admin: "boto3.Session") -> Self:
        """Return the backstage of a local cloud.

        Args:
            endpoint_url: The local cloud.
            admin: An administrator's session there.

        Raises:
            ValueError: The session has no credentials.
        """
        credentials = admin.get_credentials()
        if credentials is None:
            raise ValueError("the administrator's session has no credentials, and so cannot read what was mailed")
        return cls(mailbox=Mailbox(endpoint_url, credentials.secret_key))

    def confirm(self, app: "AppClient", address: str) -> None:
        """Confirm somebody by the code that was sent."""
        app.confirm(address, self.last_code(address))

    def last_code(self, address: str) -> str:
        """Return the newest code sent to an address.

        Raises:
            LocalCloudError: When there is none.
        """
        return self.mailbox.last_code(address)

    def ended(self, token: str) -> str:
        """Return the token, whose time was over before it was given."""
        return token

    def about_to_make(self, kind: str, name: str) -> None:
        """Do nothing: what the local cloud is left with costs nobody anything."""
