"""Resource policies of REST APIs with a Cognito or Lambda authorizer.

Source: "How API Gateway resource policies affect authorization workflow" (API Gateway developer guide): after a Cognito
authorizer, the policy must allow the call; before a Lambda authorizer, it must not deny it. Stock MiniStack evaluates
the policy for methods without authorizer and with IAM only (measured on 1.5.33).
"""

from typing import Any

from ministack.core import iam_evaluator
from ministack.services import apigateway_v1

from .ministack_interface import expect_fields, expect_parameters


def check() -> None:
    """Refuse a MiniStack that authorizes methods elsewhere."""
    expect_parameters(
        apigateway_v1._authorize_request_v1,
        "api_id", "stage_name", "method_obj", "method", "request_path", "resource", "headers", "body", "query_params",
        "path_params", "stage", "owner_account_id", "owner_region",
    )  # fmt: skip
    expect_parameters(
        apigateway_v1._anonymous_policy_error, "api_id", "stage_name", "method", "path", "account_id", "region"
    )
    expect_parameters(apigateway_v1.rest_api_policy_for_arn, "resource_arn")
    expect_parameters(apigateway_v1.execute_api_arn, "region", "account_id", "api_id", "stage", "method", "path")
    expect_fields(
        iam_evaluator.EvalContext, "principal_arn", "principal_type", "principal_account", "action", "resource_arn"
    )


def install() -> None:
    """Override the authorization of a method."""
    stock = apigateway_v1._authorize_request_v1

    async def authorize(
        api_id: str, stage_name: str, method_obj: Any, method: str, request_path: str, *rest: Any
    ) -> Any:
        account, region = rest[-2:]
        call = (api_id, stage_name, method, request_path, account, region)
        kind = (method_obj.get("authorizationType") or "NONE").upper()
        if kind == "CUSTOM" and _denies(*call):
            return apigateway_v1._anonymous_policy_error(*call), None
        error, context = await stock(api_id, stage_name, method_obj, method, request_path, *rest)
        if error is None and kind == "COGNITO_USER_POOLS":
            error = apigateway_v1._anonymous_policy_error(*call)
        return error, None if error else context

    apigateway_v1._authorize_request_v1 = authorize


def _denies(api_id: str, stage: str, method: str, path: str, account: str, region: str) -> bool:
    arn = apigateway_v1.execute_api_arn(region, account, api_id, stage, method, path)
    policy = (apigateway_v1.rest_api_policy_for_arn(arn) or ("",))[0]
    context = iam_evaluator.EvalContext("*", "Anonymous", "", "execute-api:Invoke", arn, region)
    return bool(policy) and iam_evaluator.evaluate_resource_policy(policy, context).decision == "Deny"
