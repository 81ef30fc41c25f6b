"""The format and the log group of access logs."""

from __future__ import annotations

import json
from typing import Final

_COMMON: Final = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "ip": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "status": "$context.status",
    "latency": "$context.responseLatency",
    "length": "$context.responseLength",
    "error": "$context.error.message",
    # The caller: the identity-pool ID with IAM, the user with a token.
    "identityId": "$context.identity.cognitoIdentityId",
}

HTTP_FORMAT: Final = json.dumps(
    {**_COMMON, "route": "$context.routeKey", "sub": "$context.authorizer.claims.sub"}, separators=(",", ":")
)
REST_FORMAT: Final = json.dumps(
    {**_COMMON, "route": "$context.resourcePath", "sub": "$context.authorizer.claims.sub"}, separators=(",", ":")
)
