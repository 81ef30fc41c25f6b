"""Resources of CloudWatch Logs requests: an ARN after the log group's name, as policies with `:*` expect.

Stock MiniStack authorizes a call by `log-group:NAME`, which no grant of the CDK matches, and by `*` if the call has a
`logGroupIdentifier`, so that a Deny for the group refuses nothing (measured on 1.5.33). Source: "Log group ARN" in
"Overview of managing access permissions to your CloudWatch Logs resources" (CloudWatch Logs user guide): the name
alone is the resource of calls for tags only.
"""

from typing import Any, Final

from ministack.core import iam_actions

from .json_requests import json_object
from .ministack_interface import expect_parameters

_OF_TAGS: Final = ("TagResource", "UntagResource", "ListTagsForResource")
_STREAM: Final = ":log-stream:"


def check() -> None:
    """Refuse a MiniStack that names resources or reads their tags elsewhere."""
    expect_parameters(
        iam_actions.extract_resource_arn,
        "service", "method", "path", "headers", "body", "query_params", "region", "account_id",
    )  # fmt: skip
    expect_parameters(iam_actions.logs_service_context, "action", "body", "resource_arn", "region", "account_id")


def install() -> None:
    """Override the resource, and the look-up of the resource's tags."""
    stock_resource, stock_context = iam_actions.extract_resource_arn, iam_actions.logs_service_context

    def extract_resource_arn(
        service: str, method: str, path: str, headers: Any, body: bytes, query_params: Any, region: str, account: str
    ) -> Any:
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        if service == "logs" and operation not in _OF_TAGS and (named := _named(body)) is not None:
            group, stream = named
            return f"arn:aws:logs:{region}:{account}:log-group:{group}{_STREAM}{stream}"
        return stock_resource(service, method, path, headers, body, query_params, region, account)

    def logs_service_context(action: str, body: bytes, resource_arn: str, region: str, account_id: str) -> Any:
        return stock_context(action, body, resource_arn.partition(_STREAM)[0], region, account_id)

    iam_actions.extract_resource_arn = extract_resource_arn
    iam_actions.logs_service_context = logs_service_context


def _named(body: bytes) -> tuple[str, str] | None:
    """Return the names of a request's log group and stream; None if it names no single group."""
    request = json_object(body)
    group = request.get("logGroupName") or request.get("logGroupIdentifier")
    if not isinstance(group, str) or not group:
        return None
    stream = request.get("logStreamName")
    name = group.partition(":log-group:")[2].removesuffix(":*") if group.startswith("arn:") else group
    return name, stream if isinstance(stream, str) else ""
