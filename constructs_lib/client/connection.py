"""Unsigned calls to an app's pools, shared by a client and its callers."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from constructs_lib.client.botocore_sessions import core_session
from constructs_lib.client.observer import Observer
from constructs_lib.client.settings import ClientSettings
from constructs_lib.client.signing import send_signed
from constructs_lib.proxies import exclude_loopback

if TYPE_CHECKING:
    import botocore.session
    import requests
    from botocore.credentials import ReadOnlyCredentials
    from mypy_boto3_cognito_identity import CognitoIdentityClient
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


def _configured_endpoint() -> str | None:
    """Return the endpoint of every service that the environment names: boto3 reads it, but not for requests to an API.

    Documented in "Service-specific endpoints", AWS SDKs and Tools Reference Guide.
    """
    if os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return None
    return os.environ.get("AWS_ENDPOINT_URL") or None


class Connection:
    """The unsigned calls to the pools of one app; `AppClient` describes the parameters and attributes."""

    def __init__(self, settings: ClientSettings, endpoint_url: str | None, observer: Observer | None = None) -> None:
        self.settings = settings
        self.observer = observer or Observer()
        self.endpoint_url = endpoint_url = endpoint_url or _configured_endpoint()
        if endpoint_url is not None:
            exclude_loopback(os.environ)
        session = boto3.Session(botocore_session=self.core(), region_name=settings.region)
        unsigned = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 3, "mode": "standard"})
        self.cognito: CognitoIdentityProviderClient = session.client(
            "cognito-idp", endpoint_url=endpoint_url, config=unsigned
        )
        self.identities: CognitoIdentityClient = session.client(
            "cognito-identity", endpoint_url=endpoint_url, config=unsigned
        )

    def core(self) -> "botocore.session.Session":
        """Return a new botocore session without credentials, whose calls are reported to the observer."""
        session = core_session()
        self.observer.attach(session)
        return session

    def send(
        self,
        method: str,
        url: str,
        *,
        credentials: "ReadOnlyCredentials | None",
        json_body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> "requests.Response":
        """Send a request to a route, a function URL or an Event API, and return the response, whatever its status.

        Args:
            method: The HTTP method.
            url: The address on AWS, as the stack's outputs name it.
            credentials: The signer. None: the request is unsigned.
            json_body: Sent as JSON. Default: the request has no body.
            headers: Sent too, and signed. Default: only those of the signature.
        """
        answer = send_signed(
            method,
            url,
            credentials=credentials,
            region=self.settings.region,
            json_body=json_body,
            headers=headers,
            endpoint_url=self.endpoint_url,
        )
        self.observer.answered(answer)
        return answer
