"""The client of an app: sign-up, sign-in and guest access."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

from constructs_lib.argument_checks import checked
from constructs_lib.client.caller import Guest, Tokens, User
from constructs_lib.client.connection import Connection
from constructs_lib.client.observer import Observer
from constructs_lib.client.settings import ClientSettings
from constructs_lib.client.srp import Handshake

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.type_defs import RespondToAuthChallengeResponseTypeDef


@checked
class AppClient(Connection):
    """A client of one deployed app, as a browser or a phone would be.

    Requires no AWS credentials and ignores those of the environment: sign-up and sign-in are unsigned calls.

    Attributes:
        settings: The IDs of the app.
        endpoint_url: The endpoint of every AWS call, for a local cloud; None for AWS.
        cognito: The open (unsigned) calls of the user pool.
        identities: The open (unsigned) calls of the identity pool.
        observer: Receives every call of this client and of the callers that signed in with it.
    """

    def __init__(
        self, settings: ClientSettings, *, endpoint_url: str | None = None, observer: Observer | None = None
    ) -> None:
        """Create a client.

        Args:
            settings: The IDs of the app.
            endpoint_url: Sends every AWS call there, for a local cloud, and no longer through a proxy of the process's
                environment. Default: `AWS_ENDPOINT_URL` of the environment, as for boto3; without it calls go to AWS.
            observer: Receives every call, before it is sent and after the response. Default: none.
        """
        super().__init__(settings, endpoint_url, observer)

    @classmethod
    def from_file(cls, path: str | Path, *, stack: str | None = None, endpoint_url: str | None = None) -> Self:
        """Create a client from an `amplify_outputs.json` or a `cdk` outputs file (see `ClientSettings.from_file`).

        Args:
            path: The file.
            stack: The stack in the outputs file of `cdk deploy`. Default: the only one with a user pool and an identity
                pool.
            endpoint_url: Sends every AWS call there, for a local cloud. Default: `AWS_ENDPOINT_URL` of the environment,
                as for boto3; without it calls go to AWS.

        Raises:
            ValueError: The file is not a JSON object, or names no app or more than one.
        """
        return cls(ClientSettings.from_file(path, stack=stack), endpoint_url=endpoint_url)

    def sign_up(self, username: str, password: str, *, attributes: Mapping[str, str] | None = None) -> str:
        """Sign up a user; the user pool then sends a code for `confirm`.

        Args:
            username: The e-mail address, or another sign-in name of the pool.
            password: The password. Sign-up sends it over TLS; `sign_in` does not send it.
            attributes: User attributes. Default: `email`, when the username is an address.

        Returns:
            The new user's `sub`.
        """
        if attributes is None:
            attributes = {"email": username} if "@" in username else {}
        response = self.cognito.sign_up(
            ClientId=self.settings.user_pool_client_id,
            Username=username,
            Password=password,
            UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
        )
        return response["UserSub"]

    def confirm(self, username: str, code: str) -> None:
        """Confirm a sign-up with the code that was sent."""
        self.cognito.confirm_sign_up(
            ClientId=self.settings.user_pool_client_id, Username=username, ConfirmationCode=code
        )

    def sign_in(self, username: str, password: str) -> User:
        """Sign in by SRP: the password itself never leaves this process.

        Raises:
            ValueError: The pool requires more than a password (a second factor, a new password).
            botocore.exceptions.ClientError: `NotAuthorizedException` for a wrong password,
                `UserNotConfirmedException` before `confirm`.
        """
        answer = self.answer_to_password(username, password)
        if "AuthenticationResult" not in answer:
            raise ValueError(
                f"{username} must complete the challenge {answer.get('ChallengeName')!r}, which this client does not "
                "support; sign in with a browser"
            )
        return User(self, username, Tokens.from_result(answer["AuthenticationResult"]))

    def answer_to_password(self, username: str, password: str) -> "RespondToAuthChallengeResponseTypeDef":
        """Prove knowledge of the password by SRP, and return the pool's response: tokens, or the next challenge.

        Raises:
            ValueError: The pool does not request the password.
            botocore.exceptions.ClientError: As in `sign_in`.
        """
        client, handshake = self.settings.user_pool_client_id, Handshake(user_pool_id=self.settings.user_pool_id)
        parameters = {"USERNAME": username, "SRP_A": f"{handshake.public:x}"}
        challenge = self.cognito.initiate_auth(ClientId=client, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
        if challenge.get("ChallengeName") != "PASSWORD_VERIFIER":
            raise ValueError(
                f"{username} gets the challenge {challenge.get('ChallengeName')!r} instead of a password challenge; "
                "sign in with a browser"
            )
        responses = handshake.answer(challenge["ChallengeParameters"], password)
        return self.cognito.respond_to_auth_challenge(
            ClientId=client, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=responses
        )

    def guest(self) -> Guest:
        """Return a guest. The identity pool assigns a new identity ID at the first call.

        The first call raises `NotAuthorizedException` if the app has no guests.
        """
        return Guest(self)
