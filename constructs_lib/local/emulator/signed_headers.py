"""Headers of signed S3 requests: a request with an `x-amz-` header that its signature does not cover is refused.

Otherwise the holder of a presigned URL adds a header that the signer did not mean, such as `x-amz-copy-source`, and
uploads another user's object with the signer's rights; stock MiniStack accepts them (measured on 1.5.33). Sources:
"Authenticating Requests: Using Query Parameters (AWS Signature Version 4)" and "Signature Calculations for the
Authorization Header" (Amazon S3 API reference): the signature must cover `host` and every `x-amz-` header.
"""

from collections.abc import Iterable
from typing import Any, Final

from ministack.core import iam_actions, sigv4
from ministack.services import s3

from .ministack_interface import expect_fields, expect_keys, expect_parameters

_CODE: Final = "HeadersNotSigned"
"""The name of the failure in MiniStack's table of the errors that each service answers."""
_MESSAGE: Final = "There were headers present in the request which were not signed"


def check() -> None:
    """Refuse a MiniStack that checks signatures elsewhere."""
    expect_parameters(
        sigv4.header_signature_failure,
        "signature", "secret", "method", "raw_path", "query_params", "headers", "body", "presigned", "explain",
    )  # fmt: skip
    expect_fields(sigv4.HeaderSignature, "service", "signed_headers")
    expect_parameters(s3._verify_presigned_sigv4, "method", "path", "headers", "query_params")
    expect_keys(iam_actions._AUTH_FAILURES, "MiniStack's table of failures", "RequestExpired")
    expect_parameters(sigv4.parse_query_signature, "query_params")


def install() -> None:
    """Override both checks of a signature; MiniStack looks each up at call time."""
    iam_actions._AUTH_FAILURES[_CODE] = (_CODE, 403, _CODE, ("AccessDenied", 403, _MESSAGE))
    stock_failure, stock_presigned = sigv4.header_signature_failure, s3._verify_presigned_sigv4

    def header_signature_failure(
        signature: Any, secret: str, method: str, raw_path: str, query_params: Any, headers: Any, body: bytes,
        **options: Any,
    ) -> Any:  # fmt: skip
        failure = stock_failure(signature, secret, method, raw_path, query_params, headers, body, **options)
        if failure is None and signature.service == "s3" and _unsigned(headers, signature.signed_headers):
            return _CODE, _MESSAGE
        return failure

    def verify_presigned_sigv4(method: str, path: str, headers: Any, query_params: Any) -> Any:
        failure = stock_presigned(method, path, headers, query_params)
        signature = sigv4.parse_query_signature(query_params)
        if failure is None and not isinstance(signature, tuple):
            unsigned = _unsigned(headers, signature.signed_headers)
            if unsigned:
                return s3._error("AccessDenied", _MESSAGE, 403, path, extra={_CODE: ", ".join(unsigned)})
        return failure

    sigv4.header_signature_failure = header_signature_failure
    s3._verify_presigned_sigv4 = verify_presigned_sigv4


def _unsigned(headers: Iterable[str], signed: str) -> list[str]:
    covered = frozenset(signed.lower().split(";"))
    return [name for name in headers if name.startswith("x-amz-") and name not in covered]
