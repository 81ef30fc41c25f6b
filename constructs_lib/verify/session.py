"""The administrator's session of a run, and whose it is."""

from __future__ import annotations

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

if TYPE_CHECKING:
    from constructs_lib.local import LocalCloud
    from constructs_lib.verify.context import Recorder

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
"""How services say that credentials have ended ("Common errors" of the services' API references)."""
_NOT_RENEWED: Final = (CredentialRetrievalError, NoCredentialsError, SSOError, TokenRetrievalError)
"""How botocore says that it could not renew them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """Who asks, as STS says.

    Args:
        account: The account's ID.
        arn: The user or the session of a role.
        region: The region that is asked in.
    """

    account: str
    arn: str
    region: str

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn` or `aws-us-gov`."""
        return self.arn.split(":")[1]


def aws_session(*, profile: str | None, region: str | None, recorder: Recorder | None = None) -> boto3.Session:
    """Return a session on AWS whose clients try again with backoff.

    Args:
        profile: The profile of the AWS configuration. None: what the environment says.
        region: The region. None: what the profile or the environment says.
        recorder: Hears its clients. None: nobody does.

    Raises:
        ValueError: The AWS configuration has no such profile.
    """
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
    except ProfileNotFound as error:
        raise ValueError(
            f"{error}: choose another --profile or AWS_PROFILE, or add it to the AWS configuration"
        ) from error
    return _prepared(session, recorder)


def local_session(cloud: LocalCloud, recorder: Recorder | None = None) -> boto3.Session:
    """Return such a session on a local cloud."""
    return _prepared(cloud.session(), recorder)


def identify(session: boto3.Session) -> Identity:
    """Ask STS who asks.

    Raises:
        ValueError: There are no credentials, or no region, or STS does not know them.
    """
    if session.region_name is None:
        raise ValueError(
            "no region is set: set AWS_REGION, or choose a --profile that has one; --region only confirms it"
        )
    try:
        said = session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise ValueError(
            f"AWS does not say who asks ({error}): sign in first, as with `aws sso login`, or choose a --profile"
        ) from error
    return Identity(account=said["Account"], arn=said["Arn"], region=session.region_name)


def principal_of(arn: str) -> str | None:
    """Return the name of the role of an assumed role's session; None for another principal."""
    found = re.fullmatch(r"arn:[^:]+:sts::\d{12}:assumed-role/(?P<role>[^/]+)/[^/]+", arn)
    return found["role"] if found else None


def has_ended(error: Exception) -> bool:
    """Whether an error of a call of the administrator says that the credentials have ended."""
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"] in ENDED
    return isinstance(error, _NOT_RENEWED)


def is_still_known(session: boto3.Session) -> bool:
    """Whether STS knows a session's credentials; those that a check's error speaks of may be a user's."""
    try:
        session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError):
        return False
    return True


def _prepared(session: boto3.Session, recorder: Recorder | None) -> boto3.Session:
    core: Any = session._session  # noqa: SLF001 - boto3 has no other way to it
    assert isinstance(core, botocore.session.Session)  # noqa: S101 - what boto3 wraps
    core.set_default_client_config(_CONFIG.merge(core.get_default_client_config() or Config()))
    if recorder is not None:
        recorder.attach(core)
    return session
