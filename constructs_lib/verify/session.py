"""Administrator's session of a run, and its identity."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from constructs_lib import aws_sessions
from constructs_lib.client.botocore_sessions import core_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.credentials import ReadOnlyCredentials

    from constructs_lib.local import LocalCloud

_ATTEMPTS: Final = 8
_CONFIG: Final = Config(retries={"mode": "standard", "total_max_attempts": _ATTEMPTS}, connect_timeout=10)
"""Botocore waits up to 20 s between attempts, twice as long each time ("Retries", boto3 guide)."""
ENDED: Final = frozenset({
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "RequestExpired",
    "TokenRefreshRequired",
    "UnrecognizedClientException",
})  # fmt: skip
"""Error codes of expired credentials ("Common errors" of the services' API references)."""
_ENDPOINT: Final = "AWS_ENDPOINT_URL"
_IGNORED: Final = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"


class OtherAccountError(BotoCoreError):
    """The credentials were renewed, and now belong to another account than the confirmed one."""

    fmt = (
        "the credentials now belong to account {now}, not to the confirmed account {expected}; "
        "no call is made with them"
    )


_NOT_RENEWED: Final = (CredentialRetrievalError, NoCredentialsError, OtherAccountError, SSOError, TokenRetrievalError)
"""Botocore's errors of a failed renewal, and this program's error of a renewal for another account."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """The caller, according to STS."""

    account: str
    arn: str
    region: str

    @property
    def names(self) -> tuple[str, ...]:
        """The parts of the ARN that name the caller, such as `user/ann` and `ann`; empty for the root user."""
        kind, _, name = self.arn.split(":", 5)[5].partition("/")
        return (f"{kind}/{name}", *name.split("/")) if name else ()

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn` or `aws-us-gov`."""
        return self.arn.split(":")[1]


def aws_session(profile: str | None) -> boto3.Session:
    """Return a session on AWS whose clients retry with backoff.

    Without a profile, it is that of the environment.

    Raises:
        ValueError: If the profile does not exist, or the configuration sends calls to another endpoint than AWS's.
    """
    try:
        session = aws_sessions.aws_session(profile=profile)
    except ProfileNotFound as error:
        raise ValueError(
            f"{error}; choose another --profile or AWS_PROFILE, or add it to the AWS configuration"
        ) from error
    _refuse_other_endpoints(session)
    return _prepared(session)


def local_session(cloud: LocalCloud) -> boto3.Session:
    """Return an administrator's session on a local cloud, whose clients retry with backoff."""
    return _prepared(cloud.session())


def identify(session: boto3.Session) -> Identity:
    """Return the caller, from STS.

    Raises:
        ValueError: If there are no credentials or no region, or STS does not respond or rejects them.
    """
    if session.region_name is None:
        raise ValueError(
            "no region is set; set AWS_REGION, or choose a --profile that has one (--region only confirms it)"
        )
    try:
        identity_response = session.client("sts").get_caller_identity()
    except aws_sessions.UNREACHABLE as error:
        raise ValueError(f"AWS cannot be reached ({error}); check the network and HTTPS_PROXY") from error
    except (BotoCoreError, ClientError) as error:
        raise ValueError(
            f"AWS does not accept the credentials ({error}); sign in first, for example with `aws sso login`, or "
            "choose a --profile"
        ) from error
    return Identity(account=identity_response["Account"], arn=identity_response["Arn"], region=session.region_name)


def restrict_to_account(session: boto3.Session, identity: Identity) -> None:
    """Make a session refuse calls with credentials of another account than the confirmed one.

    A profile may renew its credentials during a run, or while the plan is read, and then belong to another account.
    Each access key is checked once, before the first call that uses it. Its clients raise `OtherAccountError` from now
    on.
    """
    known: set[str] = set()

    def ask(**_: Any) -> None:
        credentials = session.get_credentials()
        frozen = credentials.get_frozen_credentials() if credentials else None
        if frozen is None or frozen.access_key is None or frozen.access_key in known:
            return
        now = _account_of(frozen, identity.region)
        if now != identity.account:
            raise OtherAccountError(now=now, expected=identity.account)
        known.add(frozen.access_key)

    session.events.register("before-call", ask)


def principal_of(arn: str) -> str | None:
    """Return the name of the role of an assumed role's session; None for another principal."""
    found = re.fullmatch(r"arn:[^:]+:sts::\d{12}:assumed-role/(?P<role>[^/]+)/[^/]+", arn)
    return found["role"] if found else None


def has_expired(error: Exception) -> bool:
    """Return whether an error of an administrator's call reports expired credentials."""
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"] in ENDED
    return isinstance(error, _NOT_RENEWED)


def has_valid_credentials(session: boto3.Session) -> bool:
    """Return whether STS accepts a session's credentials; a check's error may be about those of a user."""
    try:
        session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError):
        return False
    return True


def _account_of(keys: ReadOnlyCredentials, region: str) -> str:
    sts = boto3.Session(botocore_session=core_session(), region_name=region).client(
        "sts",
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.token,
        config=_CONFIG,
    )
    return str(sts.get_caller_identity()["Account"])


def _refuse_other_endpoints(session: boto3.Session) -> None:
    """Refuse a configuration with other endpoints: STS there could name one account while AWS charges another.

    Raises:
        ValueError: If there is such an endpoint; the message names its setting.
    """
    if os.environ.get(_IGNORED, "").lower() == "true":
        return
    if found := next(_other_endpoints(session), ""):
        raise ValueError(
            f"{found} sends calls to another endpoint than AWS's, which may be another account than the confirmed one; "
            f"unset it, set {_IGNORED}=true, or verify a local cloud with --local"
        )


def _other_endpoints(session: boto3.Session) -> Iterator[str]:
    """Yield the settings with an endpoint; users' clients have no profile and use that of the profile `default`."""
    yield from (f"{name}={value}" for name, value in os.environ.items() if name.startswith(_ENDPOINT) and value)
    profiles: dict[str, dict[str, Any]] = session._session.full_config.get("profiles", {})  # noqa: SLF001 - boto3 has no other way to it
    for name in dict.fromkeys((session.profile_name, "default")):
        for key in ("endpoint_url", "services"):
            if endpoint := profiles.get(name, {}).get(key):
                yield f"{key} = {endpoint} of the profile {name}"


def _prepared(session: boto3.Session) -> boto3.Session:
    core: Any = session._session  # noqa: SLF001 - boto3 has no other way to it
    assert isinstance(core, botocore.session.Session)  # noqa: S101 - boto3 wraps a session of botocore
    core.set_default_client_config(_CONFIG.merge(core.get_default_client_config() or Config()))
    return session
