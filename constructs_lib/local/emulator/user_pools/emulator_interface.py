"""Interface to the emulator for user pools: data, keys, functions, a clock and a mailbox."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from .authorization_codes import Grants
from .sessions import Sessions

Pool: TypeAlias = dict[str, Any]
User: TypeAlias = dict[str, Any]
Client: TypeAlias = dict[str, Any]
Answer: TypeAlias = dict[str, Any]


class FunctionFailedError(Exception):
    """A function could not be called, or failed.

    `raised` says whether the function itself raised; otherwise it could not be called, or timed out.
    """

    def __init__(self, message: str, *, raised: bool) -> None:
        super().__init__(message)
        self.message, self.raised = message, raised


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """An e-mail or SMS.

    The medium is `EMAIL` or `SMS`, whose subject is empty; `kind` finds it in the mailbox.
    """

    medium: str
    to: str
    subject: str
    body: str
    kind: str
    username: str


class Encrypt(Protocol):
    """Encrypts a code for a custom sender."""

    def __call__(self, code: str, key_id: str, pool_id: str) -> str:
        """Return the code encrypted with a KMS key by AWS's encryption SDK, in Base64."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EmulatorInterface:
    """The emulator's interface for user pools.

    Args:
        pool: Returns a user pool by its ID, or None.
        pool_of_client: Returns the user pool of an app client, or None.
        invoke: Calls a function by its ARN with an event and returns its parsed response; raises FunctionFailedError.
        sign: Signs the claims of a token with a pool's key, or without a pool with one that no pool publishes; the last
            argument is `id` or `access`.
        claims: Returns the claims of a token with a valid signature, or None.
        send: Puts a message into the mailbox.
        encrypt: Encrypts a code for a custom sender.
        end_session: Records that the tokens of a sign-in (`origin_jti`) are no longer valid.
        now: The time in seconds.
        sessions: The sessions between two steps of a sign-in.
        grants: Authorization codes.
    """

    pool: Callable[[str], Pool | None]
    pool_of_client: Callable[[str], Pool | None]
    invoke: Callable[[str, dict[str, Any]], Any]
    sign: Callable[[dict[str, Any], str, str], str]
    claims: Callable[[str], dict[str, Any] | None]
    send: Callable[[Message], None]
    encrypt: Encrypt
    end_session: Callable[[str], None]
    now: Callable[[], float]
    sessions: Sessions = field(default_factory=Sessions)
    grants: Grants = field(default_factory=Grants)
