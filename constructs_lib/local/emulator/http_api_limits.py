"""Preflights and throttling of HTTP APIs.

If an `ANY` or `$default` route with authorization matches a preflight, the authorizer refuses it ("Configuring CORS for
an HTTP API", API Gateway developer guide, which recommends an open OPTIONS route). Requests beyond the throttling
settings of a stage or route are refused with 429. Stock MiniStack answers every preflight from the CORS configuration
and does not throttle (measured on 1.5.33).
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ministack.services import apigateway, apigateway_v1

from .ministack_interface import expect_attributes, expect_parameters

_JSON: Final = {"Content-Type": "application/json"}


def check() -> None:
    """Refuse a MiniStack that serves HTTP APIs elsewhere."""
    expect_parameters(
        apigateway._handle_execute_in_scope,
        "api_id", "stage", "path", "method", "headers", "body", "query_params",
        "owner_account_id", "owner_region", "raw_query_string",
    )  # fmt: skip
    expect_parameters(apigateway._match_route, "api_id", "method", "path")
    expect_parameters(apigateway_v1._take_token, "slot", "limits")
    expect_attributes(apigateway, "_stages", "_jwt_forbidden", "_jwt_unauthorized")


def install() -> None:
    """Check each request before its route."""
    stock = apigateway._handle_execute_in_scope

    async def handle_execute_in_scope(
        api_id: str, stage: str, path: str, method: str, headers: Mapping[str, str], *rest: Any
    ) -> Any:
        route = apigateway._match_route(api_id, method, "/" + path.lstrip("/"))
        if route is not None:
            if method == "OPTIONS" and (refused := _refused_preflight(route, headers)):
                return refused
            for slot, limits in _limits(api_id, stage, route):
                if not apigateway_v1._take_token(slot, limits):
                    return 429, dict(_JSON), json.dumps({"message": "Too Many Requests"}).encode()
        return await stock(api_id, stage, path, method, headers, *rest)

    apigateway._handle_execute_in_scope = handle_execute_in_scope


def _refused_preflight(route: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
    """Return the authorizer's response to a request without credentials; None if the route requires none."""
    authorization = str(route.get("authorizationType") or "NONE").upper()
    if authorization == "NONE" or any(name.lower() == "authorization" for name in headers):
        return None
    return apigateway._jwt_forbidden() if authorization == "AWS_IAM" else apigateway._jwt_unauthorized()


def _limits(api_id: str, stage: str, route: Mapping[str, Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield the token buckets of a request: its route's, if the stage has settings for it or for all routes."""
    found = apigateway._stages.get(api_id, {}).get(stage) or {}
    key = route.get("routeKey", "$default")
    settings = (found.get("routeSettings") or {}).get(key) or {}
    # API calls use camel case, templates Pascal case.
    given = (found.get("defaultRouteSettings") or {}) | settings
    every = {name[:1].lower() + name[1:]: value for name, value in given.items()}
    rate, burst = every.get("throttlingRateLimit"), every.get("throttlingBurstLimit")
    if rate is not None or burst is not None:
        yield ("http", api_id, stage, key), {"rateLimit": rate, "burstLimit": burst}
