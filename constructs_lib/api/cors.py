"""CORS of an API: the origins that may call it, and the response headers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.api.routes import METHODS
from constructs_lib.cors_origins import HEADERS, MAX_AGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.api.routes import Route


def http_cors(origins: Sequence[str], routes: Sequence[Route]) -> dict[str, Any]:
    """Return the CORS settings of an HTTP API, which then responds to OPTIONS and adds the headers itself."""
    return {
        "allowOrigins": list(origins),
        "allowMethods": _methods(routes),
        "allowHeaders": list(HEADERS),
        "maxAge": MAX_AGE,
    }


def preflight(origins: Sequence[str], routes: Sequence[Route]) -> dict[str, Any]:
    """Return the OPTIONS operation of a path of a REST API: API Gateway responds, without authorization.

    There is at least one origin: the response names the requesting one, or the first.
    """
    names = ("Origin", "Methods", "Headers", "Max-Age")
    first, *others = origins
    values = [f"'{first}'", f"'{','.join(_methods(routes))}'", f"'{','.join(HEADERS)}'", f"'{MAX_AGE}'"]
    headers = {f"Access-Control-Allow-{name}": value for name, value in zip(names[:3], values[:3], strict=True)}
    headers["Access-Control-Max-Age"] = values[3]
    headers["Vary"] = "'Origin'"
    choose = (
        f'#set($origin = $input.params("Origin"))\n#if({" || ".join(f"$origin == {json.dumps(o)}" for o in others)})'
    )
    template = f"{choose}\n#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)\n#end"
    return {
        "responses": {
            "204": {"description": "What a page may send", "headers": dict.fromkeys(headers, _TEXT)},
        },
        "security": [],
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": {"application/json": '{"statusCode": 204}'},
            "responses": {
                "default": {
                    "statusCode": "204",
                    "responseParameters": {f"method.response.header.{name}": value for name, value in headers.items()},
                    **({"responseTemplates": {"application/json": template}} if others else {}),
                }
            },
        },
    }


def gateway_responses(origins: Sequence[str]) -> dict[str, Any]:
    """Return the gateway responses of a REST API (401, 403, 429, 5xx) with the headers a page needs to read them.

    With one origin it is named. With several the requesting origin is repeated, because these responses support no
    conditions; they contain only the gateway's error message.
    """
    origin = f"'{origins[0]}'" if len(origins) == 1 else "method.request.header.Origin"
    parameters = {
        "gatewayresponse.header.Access-Control-Allow-Origin": origin,
        "gatewayresponse.header.Access-Control-Allow-Headers": f"'{','.join(HEADERS)}'",
        "gatewayresponse.header.Vary": "'Origin'",
    }
    return {kind: {"responseParameters": parameters} for kind in ("DEFAULT_4XX", "DEFAULT_5XX")}


_TEXT: Final = {"schema": {"type": "string"}}


def _methods(routes: Sequence[Route]) -> list[str]:
    used = {route.method for route in routes}
    return [method for method in METHODS if method in used or "ANY" in used]
