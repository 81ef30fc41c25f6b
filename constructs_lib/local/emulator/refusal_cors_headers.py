"""CORS headers on refusals: without them a browser reports a network error and hides the reason from the page.

AWS sends them: DynamoDB, Cognito and similar services to every origin, an HTTP API to the origins of its CORS
configuration, a REST API to the origins of its gateway responses.
Stock MiniStack sends them with successful responses only (measured on 1.5.33). A bucket's refusals have them already.
"""

from collections.abc import Mapping
from typing import Any

from ministack import app as ministack
from ministack.services import apigateway

from .ministack_interface import expect_attributes, expect_parameters
from .rest_api_body import gateway_headers

_ALLOW_ORIGIN = b"access-control-allow-origin"
_FIRST_ERROR = 400


def check() -> None:
    """Refuse a MiniStack that keeps HTTP APIs, or builds their CORS headers, elsewhere."""
    expect_attributes(ministack, "app", "_EXECUTE_API_RE")
    expect_attributes(apigateway, "_apis")
    expect_parameters(apigateway._cors_response_headers, "cors_cfg", "origin")


def install() -> None:
    """Wrap the whole application."""
    stock = ministack.app

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope.get("headers", ())}

        async def answer(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start" and message["status"] >= _FIRST_ERROR:
                sent = list(message.get("headers", ()))
                if _ALLOW_ORIGIN not in {name.lower() for name, _ in sent}:
                    added = [(name.lower().encode(), value.encode()) for name, value in cors_headers(headers).items()]
                    message = {**message, "headers": [*sent, *added]}
            await send(message)

        await stock(scope, receive, answer if "origin" in headers else send)

    ministack.app = application


def cors_headers(request: Mapping[str, str]) -> dict[str, str]:
    """Return AWS's CORS headers for a refusal of this request."""
    api = ministack._EXECUTE_API_RE.match(request.get("host", ""))
    if api:
        if rest := gateway_headers(api.group(1), request):
            return rest
        configuration = (apigateway._apis.get(api.group(1)) or {}).get("corsConfiguration") or {}
        found: dict[str, str] = apigateway._cors_response_headers(configuration, request["origin"])
        return found
    if "x-amz-target" in request:
        return {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*"}
    return {}
