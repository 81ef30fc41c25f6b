"""The tags of a copy's source are condition keys of the permission to read it, `s3:ExistingObjectTag`.

Stock MiniStack authorizes reading the source of `CopyObject` and `UploadPartCopy` without them, so that a Deny
for a tag does not refuse a copy (measured on 1.5.33). Source: "CopyObject" (Amazon S3 API reference): the caller must
have read access to the source.
"""

import contextvars
from typing import Any, Final

from ministack.core import iam_actions, iam_evaluator
from ministack.services import s3

from .ministack_interface import expect_attributes, expect_parameters

_READS: Final = ("s3:GetObject", "s3:GetObjectVersion")
_KEY: Final = "s3:ExistingObjectTag/"
_source: contextvars.ContextVar[tuple[str, dict[str, str]]] = contextvars.ContextVar("copy_source", default=("", {}))
"""The ARN of the current request's source, and its condition keys."""


def check() -> None:
    """Refuse a MiniStack that reads the source or decides otherwise."""
    expect_parameters(
        iam_actions.s3_additional_checks, "method", "path", "headers", "body", "query_params",
    )  # fmt: skip
    expect_parameters(iam_actions._s3_source_object, "headers")
    expect_parameters(s3.object_tags_for_condition, "bucket_name", "key", "query_params")
    expect_attributes(iam_evaluator, "enforce")


def install() -> None:
    """Override the further checks of a request, and the check that reads the source."""
    stock_checks, stock_enforce = iam_actions.s3_additional_checks, iam_evaluator.enforce

    def s3_additional_checks(method: str, path: str, headers: dict[str, str], body: bytes, query_params: Any) -> Any:
        _source.set(_read(headers))
        return stock_checks(method, path, headers, body, query_params)

    def enforce(
        access_key_id: str, iam_action: str, service: str, region: str, resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:  # fmt: skip
        arn, keys = _source.get()
        if iam_action in _READS and resource_arn == arn:
            service_context = {**keys, **(service_context or {})}
        return stock_enforce(access_key_id, iam_action, service, region, resource_arn, service_context)

    iam_actions.s3_additional_checks = s3_additional_checks
    iam_evaluator.enforce = enforce


def _read(headers: dict[str, str]) -> tuple[str, dict[str, str]]:
    found = iam_actions._s3_source_object(headers)
    if not found:
        return "", {}
    arn, version = found
    bucket, _, key = arn.removeprefix("arn:aws:s3:::").partition("/")
    tags = s3.object_tags_for_condition(bucket, key, {"versionId": [version]} if version else {})
    return arn, {f"{_KEY}{name}": value for name, value in tags.items()}
