"""The calls to an app's pools that need no credentials: what a client and the callers it lets in share."""

import os
from typing import TYPE_CHECKING

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from constructs_lib.client.core import core_session
from constructs_lib.client.settings import ClientSettings
from constructs_lib.proxies import spare_loopback

if TYPE_CHECKING:
    from mypy_boto3_cognito_identity import CognitoIdentityClient
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


class Connection:
    """The unsigned calls to the pools of one app; `AppClient` describes the parameters and attributes."""

    def __init__(self, settings: ClientSettings, endpoint_url: str | None) -> None:
        self.settings = settings
        self.endpoint_url = endpoint_url
        if endpoint_url is not None:
            spare_loopback(os.environ)
        session = boto3.Session(botocore_session=core_session(), region_name=settings.region)
        unsigned = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 3, "mode": "standard"})
        self.cognito: CognitoIdentityProviderClient = session.client(
            "cognito-idp", endpoint_url=endpoint_url, config=unsigned
        )
        self.identities: CognitoIdentityClient = session.client(
            "cognito-identity", endpoint_url=endpoint_url, config=unsigned
        )
