"""Number of projects of the caller's tenant.

Environment: `PROJECTS_TABLE`; `CLAIMS`, as `caller_environment` sets it. The function may read every tenant's rows;
the tenant that API Gateway has verified restricts it to one.
"""

import functools
import json
import os
from http import HTTPStatus
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key
from caller import Caller


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Handle `GET /tenants/{tenant}/projects`."""
    tenant = Caller.of(event, claims=json.loads(os.environ["CLAIMS"])).tenant
    if tenant is None:
        return _response(HTTPStatus.FORBIDDEN, {"message": "choose a tenant first"})
    return _response(HTTPStatus.OK, {"tenant": tenant, "projects": _count(tenant)})


def _count(tenant: str) -> int:
    counted, start = 0, {}
    while True:
        page = _table().query(KeyConditionExpression=Key("tenant").eq(tenant), Select="COUNT", **start)
        counted += page["Count"]
        if "LastEvaluatedKey" not in page:
            return counted
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def _response(status: HTTPStatus, body: Any) -> dict[str, Any]:
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}


@functools.cache
def _table() -> Any:
    return boto3.resource("dynamodb").Table(os.environ["PROJECTS_TABLE"])
