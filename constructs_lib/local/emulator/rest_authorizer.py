"""Cognito authorizers of REST methods: without scopes, only ID tokens are accepted, and the audience may be compared.

Sources: "Integrate a REST API with a user pool" (API Gateway developer guide), "CreateAuthorizer" (API Gateway API
reference, `identityValidationExpression`). Stock MiniStack accepts access tokens and every audience.
"""

import re
from typing import Any

from ministack.services import apigateway_v1

from .ministack_interface import expect_parameters


def check() -> None:
    """Refuse a MiniStack whose authorizer takes other arguments."""
    expect_parameters(
        apigateway_v1._validate_cognito_authorizer,
        "authorizer", "method_obj", "headers", "query_params", "stage",
    )  # fmt: skip


def install() -> None:
    """Override the authorizer."""
    stock = apigateway_v1._validate_cognito_authorizer

    async def validate(authorizer: Any, method_obj: Any, headers: Any, query_params: Any, stage: Any) -> Any:
        claims, error = await stock(authorizer, method_obj, headers, query_params, stage)
        expression = authorizer.get("identityValidationExpression")
        if not error and expression and re.fullmatch(expression, str(claims.get("aud", ""))) is None:
            return None, apigateway_v1._gw_error("UNAUTHORIZED", "Unauthorized")
        if not error and not method_obj.get("authorizationScopes") and claims.get("token_use") != "id":
            return None, apigateway_v1._gw_error("UNAUTHORIZED", "Unauthorized")
        return claims, error

    apigateway_v1._validate_cognito_authorizer = validate
