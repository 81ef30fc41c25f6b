"""SRP sign-ins in a replay: recorded numbers are valid once, so they are computed again from the password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.client.srp import Handshake
from constructs_lib.verify.replay.binding import UnboundError

if TYPE_CHECKING:
    import boto3

_SET: Final = ("Password", "TemporaryPassword")
_BEGINS: Final = {"InitiateAuth", "AdminInitiateAuth"}
_ANSWERS: Final = {"RespondToAuthChallenge", "AdminRespondToAuthChallenge"}
_PAGE: Final = 60


class Passwords:
    """Remembers the passwords of users, and computes their side of SRP.

    The session is an administrator's on the local cloud.
    """

    def __init__(self, admin: boto3.Session) -> None:
        """Start without passwords."""
        self._idp = admin.client("cognito-idp")
        self._passwords: dict[str, str] = {}
        self._handshake: Handshake | None = None
        self._challenge: dict[str, str] = {}
        self._name = ""

    def answered(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters of an operation with the SRP values of this sign-in.

        Raises:
            UnboundError: If no call has set the password.
        """
        for name in _SET:
            if name in params and "Username" in params:
                self._passwords[params["Username"]] = params[name]
        sent = params.get("AuthParameters", {})
        if operation in _BEGINS and "SRP_A" in sent:
            self._handshake = Handshake(user_pool_id=self._pool_of(params["ClientId"]))
            self._name = sent["USERNAME"]
            return {**params, "AuthParameters": {**sent, "SRP_A": f"{self._handshake.public:x}"}}
        if operation in _ANSWERS and params.get("ChallengeName") == "PASSWORD_VERIFIER" and self._handshake:
            if self._name not in self._passwords:
                raise UnboundError("the password of a sign-in by SRP")
            answers = self._handshake.answer(self._challenge, self._passwords[self._name])
            return {**params, "ChallengeResponses": {**params["ChallengeResponses"], **answers}}
        return params

    def record_response(self, operation: str, answer: dict[str, Any]) -> None:
        """Remember a user pool's challenge."""
        if operation in _BEGINS and answer.get("ChallengeName") == "PASSWORD_VERIFIER":
            self._challenge = answer["ChallengeParameters"]

    def _pool_of(self, client: str) -> str:
        for pool in self._idp.list_user_pools(MaxResults=_PAGE)["UserPools"]:
            pages = self._idp.get_paginator("list_user_pool_clients").paginate(UserPoolId=pool["Id"])
            if any(each["ClientId"] == client for page in pages for each in page["UserPoolClients"]):
                return pool["Id"]
        raise UnboundError("the user pool of a client")
