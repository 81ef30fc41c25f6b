"""Encryption of codes for custom senders, as on AWS: by the AWS Encryption SDK, with the pool's KMS key.

The SDK requests a data key from KMS. MiniStack's KMS answers the request in this process, without a connection or
credentials. Source: "Custom email sender Lambda trigger" (Amazon Cognito developer guide).
"""

import asyncio
import base64
import contextvars
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import aws_encryption_sdk
import botocore.session
from aws_encryption_sdk import CommitmentPolicy, StrictAwsKmsMasterKeyProvider
from botocore.awsrequest import AWSResponse
from ministack.core.responses import get_account_id
from ministack.services import kms

_CONTEXT: Final = "userpool-id"


def encrypt(code: str, key_id: str, pool_id: str) -> str:
    """Return a code in Base64, encrypted with a pool's key, by its ARN or ID; the encryption context names the pool."""
    region = pool_id.rpartition("_")[0]
    session = botocore.session.Session()
    session.set_credentials(access_key="in-process", secret_key="in-process")  # noqa: S106 - sent nowhere
    session.register("before-send.kms", _answer_here)  # type: ignore[arg-type] # its return value is the response
    arn = key_id if key_id.startswith("arn:") else f"arn:aws:kms:{region}:{get_account_id()}:key/{key_id}"
    client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT)
    provider = StrictAwsKmsMasterKeyProvider(key_ids=[arn], botocore_session=session)
    encrypted, _ = client.encrypt(source=code.encode(), key_provider=provider, encryption_context={_CONTEXT: pool_id})
    return base64.b64encode(encrypted).decode()


def _answer_here(request: Any, **_: Any) -> AWSResponse:
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    # CloudFormation creates users within the server's event loop, which allows no other loop in its thread.
    context, response = contextvars.copy_context(), kms.handle_request(request.method, "/", headers, request.body, {})
    with ThreadPoolExecutor(max_workers=1) as thread:
        status, answered, body = thread.submit(context.run, asyncio.run, response).result()
    return AWSResponse(request.url, status, answered, _Body(body))


class _Body:
    """Response body with botocore's interface."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Any:
        """Yield the content."""
        yield self._content


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
