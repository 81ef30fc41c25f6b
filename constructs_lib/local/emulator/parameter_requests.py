"""Resources of Systems Manager requests: every parameter that a call names, or its path.

Stock MiniStack authorizes `GetParameters`, `DeleteParameters` and `GetParametersByPath` on every resource, and
`GetParameter` by the text of its name, also if that is an ARN or has a version: a Deny for the parameter refuses
nothing, and a grant of it allows nothing (measured on 1.5.33). Source: "Restricting access to Parameter Store
parameters using IAM policies" (AWS Systems Manager user guide).
"""

import contextvars
from typing import Any, Final

from ministack.core import iam_actions, iam_evaluator
from ministack.services import ssm

from .json_requests import json_object
from .ministack_interface import expect_attributes, expect_parameters

_OF_TAGS: Final = ("AddTagsToResource", "RemoveTagsFromResource", "ListTagsForResource")
_others: contextvars.ContextVar[tuple[str, ...]] = contextvars.ContextVar("other_parameters", default=())
"""The resources of the current request after its first."""


def check() -> None:
    """Refuse a MiniStack that names resources or parameters otherwise."""
    expect_parameters(
        iam_actions.extract_resource_arn,
        "service", "method", "path", "headers", "body", "query_params", "region", "account_id",
    )  # fmt: skip
    expect_attributes(iam_evaluator, "enforce")
    expect_parameters(ssm._split_selector, "name_or_arn")
    expect_parameters(ssm._parameter_name_from_arn, "value")


def install() -> None:
    """Override the resource of a request, and the check, which covers the further resources."""
    stock_resource, stock_enforce = iam_actions.extract_resource_arn, iam_evaluator.enforce

    def extract_resource_arn(
        service: str, method: str, path: str, headers: Any, body: bytes, query_params: Any, region: str, account: str
    ) -> Any:
        _others.set(())
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        if service == "ssm" and operation not in _OF_TAGS and (named := _named(body, region, account)):
            _others.set(tuple(named[1:]))
            return named[0]
        return stock_resource(service, method, path, headers, body, query_params, region, account)

    def enforce(
        access_key_id: str, iam_action: str, service: str, region: str, resource_arn: str = "*", *rest: Any, **more: Any
    ) -> Any:
        for arn in (resource_arn, *(_others.get() if service == "ssm" else ())):
            if denied := stock_enforce(access_key_id, iam_action, service, region, arn, *rest, **more):
                return denied
        return None

    iam_actions.extract_resource_arn = extract_resource_arn
    iam_evaluator.enforce = enforce


def _named(body: bytes, region: str, account: str) -> list[str]:
    """Return the ARNs of the parameters or of the path that a request names."""
    request = json_object(body)
    # An operation reads one of these members, and ignores the others: all of them are authorized.
    several = request.get("Names")
    names = [request.get("Name"), request.get("Path"), *(several if isinstance(several, list) else ())]
    return [_arn(name, region, account) for name in names if isinstance(name, str) and name]


def _arn(name: str, region: str, account: str) -> str:
    base = ssm._split_selector(name)[0]
    parsed = ssm._parameter_name_from_arn(base) if base.startswith("arn:") else None
    if parsed:
        account, region, base, _ = parsed
    return f"arn:aws:ssm:{region}:{account}:parameter/{base.lstrip('/')}"
