"""Sessions on AWS with the region that the AWS CLI would use. Needs boto3."""

import os
from typing import Final

import boto3
from botocore.exceptions import ConnectionError as BotocoreConnectionError
from botocore.exceptions import HTTPClientError

UNREACHABLE: Final = (BotocoreConnectionError, HTTPClientError)
"""Botocore's errors of a call that AWS did not answer: no network, no name server, a proxy or its certificate."""


def aws_session(*, profile: str | None = None, region: str | None = None) -> boto3.Session:
    """Return a session on AWS.

    Args:
        profile: The profile of the AWS configuration. Default: that of the environment.
        region: The region. None: `AWS_REGION`, which boto3 ignores, and otherwise that of the AWS settings.
    """
    return boto3.Session(profile_name=profile, region_name=region or os.environ.get("AWS_REGION") or None)
