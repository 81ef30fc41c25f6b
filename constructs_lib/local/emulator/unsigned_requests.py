"""A request that names no access key is anonymous, whatever its `Authorization` header says.

Stock MiniStack takes such a request for its root: `Authorization: Bearer x` read every table (measured on 1.5.33).
AWS answers `MissingAuthenticationToken`.
"""

from typing import Any

from ministack import app
from ministack.core import iam_evaluator, router
from ministack.core.sigv4 import decode_header_value

from .surface import UnsupportedError, expect_attributes, expect_parameters


def check() -> None:
    """Refuse a MiniStack that remembers requests otherwise."""
    expect_parameters(
        iam_evaluator.pin_signed_request,
        "method", "raw_path", "query_params", "raw_headers", "handshake",
    )  # fmt: skip
    expect_parameters(router.extract_access_key_id, "headers", "query_params")
    expect_attributes(iam_evaluator, "_anonymous", "_signed_request")
    if app.pin_signed_request is not iam_evaluator.pin_signed_request:
        raise UnsupportedError("ministack.app.pin_signed_request is not the evaluator's")


def install() -> None:
    """Override the step that remembers who asks."""
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
        if not key and iam_evaluator._signed_request.get() is None:  # noqa: SLF001
            iam_evaluator._anonymous.set(True)  # noqa: SLF001

    iam_evaluator.pin_signed_request = pin_signed_request
    app.pin_signed_request = pin_signed_request
