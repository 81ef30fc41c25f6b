"""Anonymous requests: a request without an access key is anonymous, regardless of its `Authorization` header.

Stock MiniStack treats such a request as root: `Authorization: Bearer x` read every table, and passed the IAM routes of
an HTTP API (measured on 1.5.33). AWS answers `MissingAuthenticationToken`, or `Forbidden`.
"""

import json
from typing import Any, Final

from ministack import app
from ministack.core import iam_evaluator, router
from ministack.core.sigv4 import decode_header_value

from .ministack_interface import UnsupportedError, expect_attributes, expect_parameters

_FORBIDDEN: Final = (403, {"Content-Type": "application/json"}, json.dumps({"message": "Forbidden"}).encode())


def check() -> None:
    """Refuse a MiniStack that stores the current request differently."""
    expect_parameters(
        iam_evaluator.pin_signed_request,
        "method", "raw_path", "query_params", "raw_headers", "handshake",
    )  # fmt: skip
    expect_parameters(router.extract_access_key_id, "headers", "query_params")
    expect_attributes(iam_evaluator, "_anonymous", "_signed_request")
    expect_parameters(
        app._enforce_execute_api,
        "api_id", "stage", "method", "execute_path", "headers", "query_params", "iam_action",
    )  # fmt: skip
    expect_parameters(
        app._execute_api_authorization_type, "api_id", "stage", "method", "execute_path",
    )  # fmt: skip
    if app.pin_signed_request is not iam_evaluator.pin_signed_request:
        raise UnsupportedError("ministack.app.pin_signed_request is not the evaluator's")


def install() -> None:
    """Override the step that stores the caller, and the check of API calls."""
    _record_anonymous_caller()
    _guard_iam_routes()


def _record_anonymous_caller() -> None:
    stock = iam_evaluator.pin_signed_request

    def pin_signed_request(
        method: str,
        raw_path: str,
        query_params: Any,
        raw_headers: Any,
        handshake: bool = False,  # noqa: FBT001, FBT002 - as stock
    ) -> None:
        stock(method, raw_path, query_params, raw_headers, handshake)
        sent = next((value for name, value in raw_headers if name.lower() == b"authorization"), b"")
        key = router.extract_access_key_id({"authorization": decode_header_value(sent)}, query_params)
        if not key and iam_evaluator._signed_request.get() is None:
            iam_evaluator._anonymous.set(True)

    iam_evaluator.pin_signed_request = pin_signed_request
    app.pin_signed_request = pin_signed_request


def _guard_iam_routes() -> None:
    stock = app._enforce_execute_api

    def enforce_execute_api(
        api_id: str, stage: str, method: str, execute_path: str, headers: dict[str, str], *rest: Any, **options: Any
    ) -> Any:
        denied = stock(api_id, stage, method, execute_path, headers, *rest, **options)
        # Without the header MiniStack itself refuses, after its handling of preflights.
        if denied is None and headers.get("authorization") and iam_evaluator._anonymous.get():
            authorization = app._execute_api_authorization_type(api_id, stage, method, execute_path)
            if authorization == "AWS_IAM":
                return _FORBIDDEN
        return denied

    app._enforce_execute_api = enforce_execute_api
