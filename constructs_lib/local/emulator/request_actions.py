"""IAM actions and resources of requests, derived from the operation that the service executes.

Stock MiniStack (measured on 1.5.33) reads the action from `?Action=` before the service's own source: a role that may
read one object deleted it with `DELETE /bucket/key?Action=GetObject`, one that may get rows deleted the table. It
allows unnamed operations to every caller with credentials, authorizes an invocation by the function's name alone,
ignoring `?Qualifier=`, and authorizes a batch of SQS and SNS by an action of its own, so that a Deny for `SendMessage`
does not refuse `SendMessageBatch`.
"""

import functools
from typing import Any, Final

from ministack.core import iam_actions

from .ministack_interface import expect_attributes, expect_parameters
from .request_action_names import ACTION, TARGET, named_actions

_REST: Final = frozenset({"rest-json", "rest-xml"})
_NO_ACTIONS: Final = ("imds", "ecs-metadata")
"""Services outside IAM."""
_UNQUALIFIED: Final = 6
"""The number of colons in a function's ARN without version or alias."""
_LAMBDA_ACTIONS: Final = {"Invoke": "InvokeFunction", "InvokeWithResponseStream": "InvokeFunction"}
"""Lambda operations whose IAM actions have other names."""
_OF_BATCHES: Final = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sns:PublishBatch": "sns:Publish",
}
"""Operations that the action of the single operation authorizes ("Amazon SQS API permissions", SQS developer guide;
"Actions, resources, and condition keys for Amazon SNS", service authorization reference)."""
_NOT_ONLY_REST: Final = "ses"
"""The service whose second version is REST and whose first is not."""


def check() -> None:
    """Refuse a MiniStack that names actions differently."""
    expect_parameters(
        iam_actions.extract_iam_action, "service", "method", "path", "headers", "body", "query_params",
    )  # fmt: skip
    expect_parameters(iam_actions._load_botocore_model, "botocore_service")
    expect_parameters(iam_actions._match_rest_action, "service", "method", "path", "query_params")
    expect_parameters(
        iam_actions.extract_resource_arn,
        "service", "method", "path", "headers", "body", "query_params", "region", "account_id",
    )  # fmt: skip
    expect_attributes(iam_actions, "_BOTOCORE_SERVICE_MAP", "SERVICE_TO_IAM_NAMESPACE")


def install() -> None:
    """Override the functions that name a request's action and resource."""
    stock, stock_resource = iam_actions.extract_iam_action, iam_actions.extract_resource_arn
    iam_actions._BOTOCORE_SERVICE_MAP["lambda"] = ["lambda"]

    def extract_iam_action(
        service: str, method: str, path: str, headers: dict[str, str], body: bytes, query_params: Any
    ) -> Any:
        query = query_params or {}
        if _is_rest(service):
            # The method and the path determine the action.
            headers = {name: value for name, value in headers.items() if name not in (TARGET, "content-type")}
            query = {name: value for name, value in query.items() if name != ACTION}
        elif len(named_actions(headers, body or b"", query)) > 1:
            # It is unknown which of them the service would execute: return an action that no policy allows.
            return f"{iam_actions.SERVICE_TO_IAM_NAMESPACE.get(service, service)}:SeveralActions"
        if service == "lambda":
            operation = iam_actions._match_rest_action(service, method, path, query)
            found = f"lambda:{_LAMBDA_ACTIONS.get(operation, operation)}" if operation else None
        else:
            found = stock(service, method, path, headers, body, query)
        if found is None and not _is_decided_elsewhere(service, method, path, query):
            return f"{iam_actions.SERVICE_TO_IAM_NAMESPACE.get(service, service)}:UnrecognizedOperation"
        return _OF_BATCHES.get(found or "", found)

    def extract_resource_arn(
        service: str, method: str, path: str, headers: Any, body: bytes, query_params: Any, *rest: Any
    ) -> Any:
        arn = stock_resource(service, method, path, headers, body, query_params, *rest)
        qualifier = (query_params or {}).get("Qualifier") or ""
        if service == "lambda" and qualifier and isinstance(arn, str) and arn.count(":") == _UNQUALIFIED:
            return f"{arn}:{qualifier[0] if isinstance(qualifier, list) else qualifier}"
        return arn

    iam_actions.extract_iam_action = extract_iam_action
    iam_actions.extract_resource_arn = extract_resource_arn


def _is_decided_elsewhere(service: str, method: str, path: str, query: Any) -> bool:
    """Return whether a request without an action is decided elsewhere: preflights, and S3's batches, key by key."""
    if service == "appsync-events" and method == "POST" and path == "/event":
        # `event_authorization` decides publications, with the channel.
        return True
    batch = service == "s3" and method == "POST" and "delete" in query and "/" not in path.strip("/")
    return method == "OPTIONS" or batch or service in _NO_ACTIONS


@functools.cache
def _is_rest(service: str) -> bool:
    """Return whether a service derives the action from method and path only."""
    names = iam_actions._BOTOCORE_SERVICE_MAP.get(service) or [service]
    protocols = {(iam_actions._load_botocore_model(name) or {}).get("metadata", {}).get("protocol") for name in names}
    return service != _NOT_ONLY_REST and protocols <= _REST
