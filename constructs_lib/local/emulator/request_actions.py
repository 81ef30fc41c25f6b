"""A request is authorized for what it does, not for what it says besides.

Stock MiniStack takes the action from `?Action=` before it looks at what a service reads: a role that may read one
object deleted it with `DELETE /bucket/key?Action=GetObject`, one that may get a row deleted the table (measured on
1.5.33).
"""

import functools
from typing import Any, Final

from ministack.core import iam_actions

from .named_actions import ACTION, TARGET, named_actions
from .surface import expect_attributes, expect_parameters

_REST: Final = frozenset({"rest-json", "rest-xml"})
_NOT_ONLY_REST: Final = "ses"
"""Its second version is REST, its first is not."""


def check() -> None:
    """Refuse a MiniStack that names actions otherwise."""
    expect_parameters(
        iam_actions.extract_iam_action, "service", "method", "path", "headers", "body", "query_params",
    )  # fmt: skip
    expect_parameters(iam_actions._load_botocore_model, "botocore_service")  # noqa: SLF001
    expect_attributes(iam_actions, "_BOTOCORE_SERVICE_MAP", "SERVICE_TO_IAM_NAMESPACE")


def install() -> None:
    """Override the function that names a request's action."""
    stock = iam_actions.extract_iam_action

    def extract_iam_action(
        service: str, method: str, path: str, headers: dict[str, str], body: bytes, query_params: Any
    ) -> Any:
        query = query_params or {}
        if _speaks_rest(service):
            # The method and the path say it all.
            headers = {name: value for name, value in headers.items() if name not in (TARGET, "content-type")}
            query = {name: value for name, value in query.items() if name != ACTION}
        elif len(named_actions(headers, body or b"", query)) > 1:
            # Which of them the service would follow is its own: an action that nobody is allowed.
            return f"{iam_actions.SERVICE_TO_IAM_NAMESPACE.get(service, service)}:SeveralActions"
        return stock(service, method, path, headers, body, query)

    iam_actions.extract_iam_action = extract_iam_action


@functools.cache
def _speaks_rest(service: str) -> bool:
    """Whether a service reads no action but the method and path."""
    names = iam_actions._BOTOCORE_SERVICE_MAP.get(service) or [service]  # noqa: SLF001
    spoken = {
        (iam_actions._load_botocore_model(name) or {}).get("metadata", {}).get("protocol")  # noqa: SLF001
        for name in names
    }
    return service != _NOT_ONLY_REST and spoken <= _REST
