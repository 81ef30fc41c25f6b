"""Permissions of S3 requests: for tags, ACLs and locks set with an object, and for each object of a batch.

Stock MiniStack (measured on 1.5.33) checks `s3:PutObject` alone whatever the headers set; checks `s3:DeleteObject` for
a version that `DeleteObjects` names; refuses the whole batch for one key; answers 404 for a missing key to a caller who
may not list; creates and lists buckets for callers without credentials; completes uploads of parts below 5 MiB; and
has none of the condition keys of `s3_condition_keys`, so that a Deny with one of them refuses nothing.
"""

import contextvars
from typing import Any, Final
from urllib.parse import unquote
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.ElementTree import fromstring
from ministack import app
from ministack.core import iam_actions, iam_evaluator, router
from ministack.core.responses import get_region
from ministack.core.sigv4 import decode_header_value
from ministack.services import s3

from .ministack_interface import UnsupportedError, expect_parameters
from .s3_condition_keys import condition_keys
from .s3_header_rights import copies_tags, header_rights

_SMALLEST_PART: Final = 5 * 2**20
_READS_TAGS: Final = ("ObjectTagging", "ObjectVersionTagging", "ObjectAcl", "ObjectVersionAcl")
"""The ends of the names of the actions that have the object's tags as condition keys, besides those that read it."""
_NAMESPACE: Final = "{http://s3.amazonaws.com/doc/2006-03-01/}"
_caller: contextvars.ContextVar[str] = contextvars.ContextVar("s3_caller", default="")
"""The request's access key; empty for an anonymous request."""


def check() -> None:
    """Refuse a MiniStack that decides S3 requests elsewhere."""
    expect_parameters(iam_actions._s3_action, "method", "path", "query_params")
    expect_parameters(
        iam_actions.s3_additional_checks, "method", "path", "headers", "body", "query_params",
    )  # fmt: skip
    expect_parameters(iam_actions.s3_service_context, "iam_action", "query_params", "path", "headers")
    expect_parameters(s3.object_tags_for_condition, "bucket_name", "key", "query_params")
    expect_parameters(iam_actions.s3_access_point_resources, "resource_arn")
    expect_parameters(s3._delete_objects, "bucket_name", "body", "headers")
    expect_parameters(s3._complete_multipart_upload, "bucket_name", "key", "body", "query_params", "headers")
    expect_parameters(
        s3._foreign_bucket_allows,
        "owner_account", "bucket_name", "key", "method", "query_params", "caller", "headers",
    )  # fmt: skip
    for name in ("_get_object", "_head_object"):
        expect_parameters(getattr(s3, name), "bucket_name", "key", "headers", "query_params")
    expect_parameters(s3._create_bucket, "name", "body", "headers", "endpoint_region")
    expect_parameters(app._handle_options_request, "method", "path", "headers", "query_params", "request_id")
    if app.pin_signed_request is not iam_evaluator.pin_signed_request:
        raise UnsupportedError("ministack.app.pin_signed_request is not the evaluator's")


def install() -> None:
    """Override the checks; MiniStack looks each up at call time."""
    _remember_caller()
    _add_condition_keys()
    _require_header_permissions()
    _authorize_each_object()
    _hide_missing_keys()
    _refuse_anonymous_bucket_calls()
    _refuse_small_parts()


def _remember_caller() -> None:
    stock = iam_evaluator.pin_signed_request

    def pin_signed_request(method: str, raw_path: str, query_params: Any, raw_headers: Any, *rest: Any) -> None:
        stock(method, raw_path, query_params, raw_headers, *rest)
        sent = next((value for name, value in raw_headers if name.lower() == b"authorization"), b"")
        _caller.set(router.extract_access_key_id({"authorization": decode_header_value(sent)}, query_params) or "")

    iam_evaluator.pin_signed_request = pin_signed_request
    app.pin_signed_request = pin_signed_request


def _add_condition_keys() -> None:
    stock = iam_actions.s3_service_context

    def s3_service_context(
        iam_action: str, query_params: Any, path: str = "", headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        found: dict[str, Any] = stock(iam_action, query_params, path, headers)
        bucket, _, key = path.lstrip("/").partition("/")
        if key and iam_action.endswith(_READS_TAGS):
            tags = s3.object_tags_for_condition(bucket, key, query_params or {})
            found |= {f"s3:ExistingObjectTag/{name}": value for name, value in tags.items()}
        return found | condition_keys(iam_action, headers or {}, query_params or {})

    iam_actions.s3_service_context = s3_service_context


def _require_header_permissions() -> None:
    stock = iam_actions.s3_additional_checks

    def s3_additional_checks(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: Any
    ) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = stock(method, path, headers, body, query_params)
        bucket, _, key = path.lstrip("/").partition("/")
        if key and iam_actions._s3_action(method, path, query_params) == "PutObject":
            arn = f"arn:aws:s3:::{bucket}/{key}"
            found += header_rights(headers, arn)
            if copies_tags(headers):
                found += _rights_of_copied_tags(headers["x-amz-copy-source"], arn)
        return found

    iam_actions.s3_additional_checks = s3_additional_checks


def _rights_of_copied_tags(source: str, target: str) -> list[tuple[str, str]]:
    """Return the actions required to copy tags; none for an object without tags."""
    path, _, query = source.partition("?")
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    version = query.removeprefix("versionId=") if query.startswith("versionId=") else ""
    if not s3.object_tags_for_condition(bucket, key, {"versionId": [version]} if version else {}):
        return []
    read = "s3:GetObjectVersionTagging" if version else "s3:GetObjectTagging"
    return [(read, f"arn:aws:s3:::{bucket}/{key}"), ("s3:PutObjectTagging", target)]


def _authorize_each_object() -> None:
    """Decide the objects of a batch one by one, during its execution."""
    stock_action, stock_delete = iam_actions._s3_action, s3._delete_objects

    def s3_action(method: str, path: str, query_params: Any) -> Any:
        batch = method == "POST" and "delete" in query_params and "/" not in path.strip("/")
        return None if batch else stock_action(method, path, query_params)

    def delete_objects(bucket_name: str, body: bytes, headers: dict[str, str] | None = None) -> Any:
        if not _caller.get() and iam_evaluator._anonymous.get():
            # The bucket's own policy and ACL have been evaluated before.
            return stock_delete(bucket_name, body, headers)
        try:
            tree = fromstring(body)
        except Exception:  # noqa: BLE001 - stock returns MalformedXML for text that is not XML, or forbidden XML
            return stock_delete(bucket_name, body, headers)
        bypass = (headers or {}).get("x-amz-bypass-governance-retention", "").strip().lower() == "true"
        refused = []
        for entry in [each for each in tree if each.tag.rpartition("}")[2] == "Object"]:
            key, version = _named(entry)
            if key is None or not _may_delete(bucket_name, key, version, bypass=bypass):
                refused.append((key or "", version))
                tree.remove(entry)
        status, answered, answer = stock_delete(bucket_name, tostring(tree) if refused else body, headers)
        return (status, answered, _with_errors(answer, refused)) if refused else (status, answered, answer)

    iam_actions._s3_action = s3_action
    s3._delete_objects = delete_objects


def _named(entry: Element) -> tuple[str | None, str]:
    """Return the key and version of an entry; no key if it names several, of which the service reads one."""
    keys = [each.text for each in entry if each.tag.rpartition("}")[2] == "Key"]
    versions = [each.text or "" for each in entry if each.tag.rpartition("}")[2] == "VersionId"]
    if len(keys) != 1 or len(versions) > 1:
        return None, ""
    return keys[0], versions[0] if versions else ""


def _may_delete(bucket: str, key: str, version: str, *, bypass: bool) -> bool:
    actions = ["s3:DeleteObjectVersion" if version else "s3:DeleteObject"]
    if bypass:
        actions.append("s3:BypassGovernanceRetention")
    return all(_may(action, f"arn:aws:s3:::{bucket}/{key}") for action in actions)


def _may(action: str, arn: str) -> bool:
    return all(
        iam_evaluator.enforce(_caller.get(), action, "s3", get_region(), resource_arn=each, service_context=keys)
        is None
        for each, keys in iam_actions.s3_access_point_resources(arn)
    )


def _with_errors(answer: bytes, refused: list[tuple[str, str]]) -> bytes:
    result = fromstring(answer)
    for key, version in refused:
        error = SubElement(result, f"{_NAMESPACE}Error")
        SubElement(error, f"{_NAMESPACE}Key").text = key
        if version:
            SubElement(error, f"{_NAMESPACE}VersionId").text = version
        SubElement(error, f"{_NAMESPACE}Code").text = "AccessDenied"
        SubElement(error, f"{_NAMESPACE}Message").text = "Access Denied"
    written: bytes = tostring(result, encoding="utf-8", xml_declaration=True)
    return written


def _hide_missing_keys() -> None:
    """Return 403 for a missing key unless the caller may list the bucket, as GetObject and HeadObject do."""

    def hiding(stock: Any) -> Any:
        def read(bucket_name: str, key: str, headers: Any, query_params: Any = None) -> Any:
            found = stock(bucket_name, key, headers, query_params)
            if found[0] == 404 and bucket_name in s3._buckets and not _may_list(bucket_name):  # noqa: PLR2004 - an HTTP status
                return _denied(bucket_name, key)
            return found

        return read

    for name in ("_get_object", "_head_object"):
        setattr(s3, name, hiding(getattr(s3, name)))


def _may_list(bucket: str) -> bool:
    if _caller.get():
        return _may("s3:ListBucket", f"arn:aws:s3:::{bucket}")
    if not iam_evaluator._anonymous.get():
        return True  # an internal call of the emulator
    owner = s3._bucket_owner_account(bucket)
    return owner is not None and bool(s3._foreign_bucket_allows(owner, bucket, "", "GET", {}, ""))


def _denied(bucket: str, key: str = "") -> Any:
    return s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}/{key}" if key else f"/{bucket}")


def _refuse_anonymous_bucket_calls() -> None:
    """Refuse bucket creation and listing without credentials, and preflights without a bucket."""
    stock_create, stock_list = s3._create_bucket, s3._list_buckets
    stock_options = app._handle_options_request

    def create_bucket(name: str, *rest: Any, **options: Any) -> Any:
        return _denied(name) if iam_evaluator._anonymous.get() else stock_create(name, *rest, **options)

    def list_buckets(*rest: Any, **options: Any) -> Any:
        return _denied("") if iam_evaluator._anonymous.get() else stock_list(*rest, **options)

    def handle_options_request(method: str, path: str, headers: dict[str, str], query_params: Any, request: str) -> Any:
        no_bucket = app._s3_cors_target(headers.get("host", ""), path) is None
        if method == "OPTIONS" and no_bucket and app.detect_service(method, path, headers, query_params) == "s3":
            return s3._cors_error("AccessForbidden", "CORSResponse: CORS is not enabled for this bucket.", 403)
        return stock_options(method, path, headers, query_params, request)

    s3._create_bucket, s3._list_buckets = create_bucket, list_buckets
    app._handle_options_request = handle_options_request


def _refuse_small_parts() -> None:
    stock = s3._complete_multipart_upload

    def complete(bucket_name: str, key: str, body: bytes, query_params: Any, headers: Any = None) -> Any:
        upload = s3._multipart_uploads.get(s3._qp(query_params, "uploadId"))
        if upload and (small := _small_part(upload, body)):
            message = "Your proposed upload is smaller than the minimum allowed size"
            return s3._error("EntityTooSmall", message, 400, f"/{bucket_name}/{key}", extra={"PartNumber": small})
        return stock(bucket_name, key, body, query_params, headers)

    s3._complete_multipart_upload = complete


def _small_part(upload: dict[str, Any], body: bytes) -> str | None:
    """Return the number of a part below 5 MiB that is not the last."""
    try:
        named = [each.text or "" for each in fromstring(body).iter() if each.tag.rpartition("}")[2] == "PartNumber"]
    except Exception:  # noqa: BLE001 - stock returns MalformedXML for text that is not XML
        return None
    numbers = sorted(int(each) for each in named if each.isdigit())
    parts = upload["parts"]
    return next(
        (str(each) for each in numbers[:-1] if each in parts and len(parts[each]["body"]) < _SMALLEST_PART), None
    )
