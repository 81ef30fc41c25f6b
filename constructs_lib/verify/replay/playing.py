"""Repeats a recorded call as its caller."""

from __future__ import annotations

import copy
import functools
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import boto3
from botocore import UNSIGNED, xform_name
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.response import StreamingBody

from constructs_lib.client.botocore_sessions import core_session
from constructs_lib.client.signing import send_signed
from constructs_lib.verify.recording.asset_packages import named_packages
from constructs_lib.verify.recording.encoded_policies import decode_policies
from constructs_lib.verify.recording.http import answer_of, compared
from constructs_lib.verify.recording.recorder import ADMINISTRATOR, NOBODY
from constructs_lib.verify.recording.redactor import FILLED, PACKAGE
from constructs_lib.verify.replay.binding import UnboundError, as_json, as_text
from constructs_lib.verify.replay.srp_sign_in import Passwords
from constructs_lib.verify.run import Run
from constructs_lib.verify.synthesis import synthesize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.local import LocalCloud
    from constructs_lib.verify.replay.binding import Bindings
    from constructs_lib.verify.replay.reading import Call

# An invalid name must reach the cloud as it did in the recorded run.
_CONFIG: Final = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}, parameter_validation=False)

_MOST_FILLED: Final = 100_000_000
"""The maximum size of a body of equal bytes."""
_MISSIGNED: Final = frozenset({"InvalidSignatureException", "SignatureDoesNotMatch"})
_WRONG_SIGNATURE: Final = "its signature did not match its key, and a recording contains no signatures"


class NotPlayableError(Exception):
    """A call that cannot be repeated."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A live response.

    Attributes:
        status: Its HTTP status; 0 without a response.
        error: The error's code; empty without an error.
        answer: The response, as text.
        headers: The compared headers of an HTTP response.
    """

    status: int
    error: str
    answer: Any
    headers: dict[str, str]


class Player:
    """Makes calls on a local cloud."""

    def __init__(self, cloud: LocalCloud, bindings: Bindings) -> None:
        """Start with the administrator's credentials only."""
        self._cloud, self._bindings = cloud, bindings
        self._admin = self._hearing(cloud.session())
        self._came: dict[str, Any] = {}
        self._credentials: dict[str, ReadOnlyCredentials] = {}
        self._clients: dict[tuple[str, str], Any] = {}
        self._passwords = Passwords(self._admin)

    def play(self, call: Call) -> Answer:
        """Repeat a call.

        Raises:
            NotPlayableError: If it cannot be repeated; the message is the reason.
            UnboundError: If it contains a value that no response has contained.
        """
        if "withheld" in call.members:
            raise NotPlayableError(f"it is not in the recording: {call.members['why']}")
        return self._play_over_http(call) if "method" in call.members else self._play_operation(call)

    def _play_operation(self, call: Call) -> Answer:
        members = call.members
        if members["error"] in _MISSIGNED:
            raise NotPlayableError(_WRONG_SIGNATURE)
        if members["error"] and members["request"].get("ChallengeName") == "PASSWORD_VERIFIER":
            raise NotPlayableError("it was refused, and SRP does not show whether the password was correct")
        try:
            client = self._client(members["service"], members["by"])
            method = client.meta.method_to_api_mapping[xform_name(members["operation"])] == members["operation"]
        except (BotoCoreError, KeyError) as wrong:
            raise NotPlayableError(f"this version of botocore lacks the operation: {wrong}") from wrong
        if not method:
            raise NotPlayableError("this version of botocore lacks the operation")
        params = self._passwords.answered(
            members["operation"], self._unpacked(self._bindings.filled(members["request"]))
        )
        try:
            given = getattr(client, xform_name(members["operation"]))(**params)
        except ClientError as refused:
            given = refused.response
        except (AttributeError, BotoCoreError, KeyError, TypeError, ValueError) as wrong:
            raise NotPlayableError(f"it is not a call of botocore: {wrong}") from wrong
        # The raw names, as in a recording: some of botocore's clients decode names in responses.
        came = {**self._came, **{name: each.read() for name, each in given.items() if _is_stream(each)}}
        error = came.pop("Error", {}).get("Code", "")
        status = came.pop("ResponseMetadata")["HTTPStatusCode"]
        self._passwords.record_response(members["operation"], came)
        self._remember_credentials(members["answer"], came)
        return Answer(status=status, error=error, answer=as_text(came), headers={})

    def _play_over_http(self, call: Call) -> Answer:
        members, by = call.members, call.members["by"]
        if members["answer_headers"].get("x-amzn-errortype") in _MISSIGNED:
            raise NotPlayableError(_WRONG_SIGNATURE)
        if "link" in by:
            raise NotPlayableError("a signed URL is valid for one moment and one key, and is not in the recording")
        headers = self._bindings.filled(members["headers"])
        # `send_signed` sets the content type JSON itself.
        headers.pop("content-type", None)
        if "token" in by:
            headers["authorization"] = f"{by['scheme']}{self._bindings[by['token']]}"
        query = [(each["Key"], each["Value"]) for each in self._bindings.filled(members["query"])]
        response = send_signed(
            members["method"],
            self._bindings.filled(members["url"]) + (f"?{urlencode(query)}" if query else ""),
            credentials=self._signing(by),
            region=self._cloud.region,
            json_body=as_json(self._bindings.filled(members["request"])) if members["request"] else None,
            headers=headers,
            endpoint_url=self._cloud.endpoint_url,
        )
        return Answer(status=response.status_code, error="", answer=answer_of(response), headers=compared(response))

    def _signing(self, by: dict[str, str]) -> ReadOnlyCredentials | None:
        """Return the signer of an HTTP call, with the recorded call's session token, or without one."""
        if "access_key" not in by:
            return None
        keys = self._credentials_of(by["access_key"])
        return ReadOnlyCredentials(keys.access_key, keys.secret_key, self._bindings.filled(by["session_token"]) or None)

    def _client(self, service: str, by: str) -> Any:
        if (service, by) not in self._clients:
            self._clients[service, by] = self._new_client(service, by)
        return self._clients[service, by]

    def _new_client(self, service: str, by: str) -> Any:
        if by == ADMINISTRATOR:
            return self._admin.client(service, config=_CONFIG)
        session: Any = self._hearing(boto3.Session(botocore_session=core_session(), region_name=self._cloud.region))
        if by == NOBODY:
            config = _CONFIG.merge(Config(signature_version=UNSIGNED))
            return session.client(service, endpoint_url=self._cloud.endpoint_url, config=config)
        keys = self._credentials_of(by)
        return session.client(
            service,
            endpoint_url=self._cloud.endpoint_url,
            config=_CONFIG,
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret_key,
            aws_session_token=keys.token,
        )

    def _hearing(self, session: Any) -> Any:
        session._session.register("response-received", self._hear)  # noqa: SLF001 - boto3 has no public attribute for it
        return session

    def _hear(self, parsed_response: dict[str, Any] | None, **_: Any) -> None:
        found = parsed_response or {}
        kept = copy.deepcopy({name: each for name, each in found.items() if not _is_stream(each)})
        self._came = decode_policies(kept)

    def _credentials_of(self, placeholder: str) -> ReadOnlyCredentials:
        if placeholder == ADMINISTRATOR:
            keys = self._cloud.keys
            return ReadOnlyCredentials(keys.access_key, keys.secret_key, None)
        if placeholder not in self._credentials:
            raise UnboundError(placeholder)
        return self._credentials[placeholder]

    def _unpacked(self, value: Any) -> Any:
        """Return parameters with packages instead of their names."""
        if isinstance(value, dict):
            if value.keys() == {FILLED}:
                byte, count = value[FILLED]
                if count > _MOST_FILLED:
                    raise NotPlayableError(f"it would send {count:,} bytes")
                return bytes([byte]) * count
            if value.keys() == {PACKAGE}:
                if value[PACKAGE] not in self._packages:
                    raise NotPlayableError(f"this version's app has no package {value[PACKAGE]!r}")
                return self._packages[value[PACKAGE]]
            return {name: self._unpacked(each) for name, each in value.items()}
        return [self._unpacked(each) for each in value] if isinstance(value, list) else value

    @functools.cached_property
    def _packages(self) -> dict[str, bytes]:
        """The packages that this version builds for the local cloud, whose processor may differ from Lambda's."""
        run = Run.begin(account=self._cloud.account, region=self._cloud.region, local=True)
        with tempfile.TemporaryDirectory(prefix="cognito-verify-replay-") as folder:
            synthesize(run, Path(folder))
            return {name: content for name, _, content in named_packages(Path(folder))}

    def _remember_credentials(self, recorded: Any, live: Any) -> None:
        for members, given in _pairs(recorded, live):
            if (
                isinstance(members, dict)
                and isinstance(given, dict)
                and {"AccessKeyId", "SessionToken"} <= given.keys()
            ):
                secret = given.get("SecretKey", given.get("SecretAccessKey"))
                self._credentials[str(members.get("AccessKeyId"))] = ReadOnlyCredentials(
                    given["AccessKeyId"], secret, given["SessionToken"]
                )


def _pairs(recorded: Any, live: Any) -> Iterator[tuple[Any, Any]]:
    yield recorded, live
    if isinstance(recorded, dict) and isinstance(live, dict):
        for name in recorded.keys() & live.keys():
            yield from _pairs(recorded[name], live[name])


def _is_stream(value: Any) -> bool:
    return isinstance(value, StreamingBody)
