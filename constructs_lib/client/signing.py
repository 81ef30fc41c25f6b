"""Signed calls to API Gateway, to function URLs and to Event APIs."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

_SERVICES = {".lambda-url.": "lambda", ".appsync-api.": "appsync"}
"""The signing service by part of the host name; all other hosts are API Gateway's."""
_TIMEOUT_SECONDS = 30
"""API Gateway's own timeout is 29 seconds."""


def send_signed(
    method: str,
    url: str,
    *,
    credentials: ReadOnlyCredentials | None,
    region: str,
    json_body: Any = None,
    headers: Mapping[str, str] | None = None,
    endpoint_url: str | None = None,
) -> requests.Response:
    """Send a request to an API, a function URL or an Event API, signed for the service of its host name.

    Args:
        method: The HTTP method.
        url: The address on AWS, which is also signed.
        credentials: The caller's credentials. None: the request is unsigned.
        region: The region of the API or function.
        json_body: Sent as JSON. Default: no body.
        headers: Sent too, and signed.
        endpoint_url: The endpoint to connect to instead; the `Host` header still names the AWS host, so the signature
            holds.

    Returns:
        The response, with any status. Redirects are not followed, because they would send the signature to another
        address.
    """
    body = None if json_body is None else json.dumps(json_body).encode()
    parts = urlsplit(url)
    sent = {**(headers or {}), "Host": parts.netloc}
    if body is not None:
        sent["Content-Type"] = "application/json"
    signed = AWSRequest(method=method, url=url, data=body, headers=sent)
    if credentials is not None:
        service = next((each for part, each in _SERVICES.items() if part in parts.netloc), "execute-api")
        SigV4Auth(credentials, service, region).add_auth(signed)
    target = url
    if endpoint_url is not None:
        here = urlsplit(endpoint_url)
        target = urlunsplit((here.scheme, here.netloc, parts.path, parts.query, ""))
    prepared = requests.Request(method, target, data=body, headers=dict(signed.headers)).prepare()
    # In the signed form: requests would decode characters that need no encoding.
    prepared.url = target
    with requests.Session() as session:
        environment = session.merge_environment_settings(target, {}, None, None, None)
        return session.send(prepared, timeout=_TIMEOUT_SECONDS, allow_redirects=False, **environment)
