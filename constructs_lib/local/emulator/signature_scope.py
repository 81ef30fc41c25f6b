"""Signature checks: a signature is valid only for the service it names and the body it covers.

Stock MiniStack (measured on 1.5.33) routes a request by its target header and checks the signature with the client's
scope, so that a signature for S3 reads a table; and it trusts `X-Amz-Content-SHA256` as the hash of the body without
checking the body, so that a changed body passes. Sources: "Authenticating Requests (AWS Signature Version
4)" (Amazon S3 API reference); only S3 and the services below accept an unsigned body.
"""

import functools
import hashlib
from typing import Any, Final

from ministack.core import iam_actions, iam_evaluator, sigv4

from .ministack_interface import expect_attributes, expect_fields, expect_parameters

_HASH: Final = "x-amz-content-sha256"
_UNSIGNED_BODY: Final = ("s3", "s3express", "s3-object-lambda", "mediastore", "ebs", "lex", "omics", "vpc-lattice-svcs")
"""Signing names of the services whose SDK models have operations with an unsigned body."""
_STREAMS: Final = (
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER",
)  # fmt: skip
"""The values that an S3 client declares for a body that it sends in chunks."""
_ALSO: Final = {"iot-data": {"iotdevicegateway"}}
_MISMATCH: Final = ("SignatureDoesNotMatch", sigv4.SIGNATURE_MISMATCH)


def check() -> None:
    """Refuse a MiniStack that checks signatures elsewhere."""
    expect_parameters(iam_evaluator.check_credentials, "access_key_id", "service")
    expect_attributes(iam_evaluator, "enforce", "_signed_request", "AuthError")
    expect_fields(iam_evaluator.SignedRequest, "headers", "query_params", "presigned", "unverifiable", "sigv2")
    expect_parameters(iam_actions._load_botocore_model, "botocore_service")
    expect_parameters(
        sigv4.header_signature_failure,
        "signature", "secret", "method", "raw_path", "query_params", "headers", "body", "presigned", "explain",
    )  # fmt: skip


def install() -> None:
    """Override both checks; MiniStack looks each up at call time."""
    stock_enforce, stock_check = iam_evaluator.enforce, iam_evaluator.check_credentials
    stock_failure = sigv4.header_signature_failure

    def enforce(access_key_id: str, iam_action: str, service: str, *rest: Any, **options: Any) -> Any:
        # Calls of an API's routes are checked as API Gateway's, but are signed for `execute-api`.
        expected = "execute-api" if iam_action.startswith("execute-api:") else service
        return _scope_failure(expected) or stock_enforce(access_key_id, iam_action, service, *rest, **options)

    def check_credentials(access_key_id: str, service: str | None = None) -> Any:
        return _scope_failure(service) or stock_check(access_key_id, service)

    def header_signature_failure(
        signature: Any, secret: str, method: str, raw_path: str, query_params: Any, headers: Any, body: bytes,
        **options: Any,
    ) -> Any:  # fmt: skip
        if not options.get("presigned") and not _is_of(body, headers.get(_HASH), signature.service):
            return _MISMATCH
        return stock_failure(signature, secret, method, raw_path, query_params, headers, body, **options)

    iam_evaluator.enforce, iam_evaluator.check_credentials = enforce, check_credentials
    sigv4.header_signature_failure = header_signature_failure


def _scope_failure(service: str | None) -> Any:
    """Return the refusal of a signature for another service; None if its service matches."""
    request = iam_evaluator._signed_request.get()
    if request is None or service is None or request.unverifiable or request.sigv2:
        return None
    read = sigv4.parse_query_signature if request.presigned else sigv4.parse_header_signature
    signature = read(request.query_params if request.presigned else request.headers)
    if isinstance(signature, tuple) or signature.service in signing_names(service):
        # Stock MiniStack refuses requests without a valid signature format.
        return None
    named = " or ".join(sorted(signing_names(service)))
    message = f"Credential should be scoped to correct service: '{named}'. "
    return iam_evaluator.AuthError("SignatureDoesNotMatch", message)


@functools.cache
def signing_names(service: str) -> frozenset[str]:
    """Return the signing names of one of MiniStack's services, from the SDK's model."""
    names = iam_actions._BOTOCORE_SERVICE_MAP.get(service) or [service]
    models = [(iam_actions._load_botocore_model(name) or {}).get("metadata", {}) for name in names]
    found = {model.get("signingName") or model.get("endpointPrefix") for model in models} - {None}
    return frozenset(found or {service}) | _ALSO.get(service, set())


def _is_of(body: bytes, declared: str | None, service: str) -> bool:
    """Return whether a body matches the hash that a request declares."""
    if declared is None:
        # S3 refuses a request without the header; other services hash the body.
        return service != "s3"
    if declared == sigv4.UNSIGNED_PAYLOAD:
        return service in _UNSIGNED_BODY
    if declared.startswith("STREAMING-"):
        return service == "s3" and declared in _STREAMS
    return declared.lower() == hashlib.sha256(body).hexdigest()
