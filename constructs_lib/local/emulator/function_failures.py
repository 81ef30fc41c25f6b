"""A function that fails behind an address: callers do not learn why, and its log group says it, as on AWS.

API Gateway answers with 502 and `{"message": "Internal server error"}` when a function fails, or when a function of a
REST API returns anything but a response ("Invoking a Lambda function using an Amazon API Gateway endpoint", Lambda
developer guide; "Output format of a Lambda function for proxy integration", API Gateway developer guide). Stock
MiniStack sends the text of the error, also by function URLs and load balancers, returns whatever a function of a REST
API returns, and logs nothing if the function's module cannot be imported (measured on 1.5.33).
"""

import json
from typing import Any, Final, TypeAlias

from ministack.services import apigateway_v1, lambda_svc

from .ministack_interface import expect_parameters

_Answer: TypeAlias = tuple[dict[str, Any] | None, str | None]
_RESPONSE: Final = frozenset({"isBase64Encoded", "statusCode", "headers", "multiValueHeaders", "body"})


def check() -> None:
    """Refuse a MiniStack that answers for functions elsewhere."""
    expect_parameters(lambda_svc.lambda_execute_result_to_api_proxy_response, "exec_result")
    expect_parameters(lambda_svc._execute_function_warm, "func", "event", "request_id")
    expect_parameters(apigateway_v1._lambda_proxy_response, "result")


def install() -> None:
    """Override the answers of all addresses, and the result that is logged."""
    stock_answer = lambda_svc.lambda_execute_result_to_api_proxy_response
    stock_execute = lambda_svc._execute_function_warm

    def answer(exec_result: dict[str, Any]) -> _Answer:
        if exec_result.get("error") and not exec_result.get("throttle"):
            return _failed(), None
        found: _Answer = stock_answer(exec_result)
        return found

    def answer_of_rest_api(result: dict[str, Any]) -> _Answer:
        found, problem = answer(result)
        if result.get("throttle") or _is_response(result.get("body")):
            return found, problem
        return _failed(), None

    def execute(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        result: dict[str, Any] = stock_execute(func, event, request_id)
        error = result.get("body")
        if result.get("error") and not result.get("log") and isinstance(error, dict):
            result["log"] = f"[ERROR] {error.get('errorType')}: {error.get('errorMessage')}"
        return result

    lambda_svc.lambda_execute_result_to_api_proxy_response = answer
    lambda_svc._execute_function_warm = execute
    apigateway_v1._lambda_proxy_response = answer_of_rest_api


def _failed() -> dict[str, Any]:
    body = json.dumps({"message": "Internal server error"})
    return {"statusCode": 502, "headers": {"Content-Type": "application/json"}, "body": body}


def _is_response(returned: Any) -> bool:
    return isinstance(returned, dict) and returned.keys() <= _RESPONSE and isinstance(returned.get("body"), str | None)
