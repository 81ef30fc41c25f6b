"""Services whose state a request may have changed; an unrecognised request may have changed all. Pure."""

import re
from collections.abc import Mapping
from typing import Final

EVERYTHING: Final = frozenset({"*"})
ROWS: Final[frozenset[str]] = frozenset()
"""Services with only table rows and objects, which are written when they change."""

_SIGN_IN: Final = frozenset({"cognito", "sns"})
_TARGETS: Final = {
    "AWSCognitoIdentityProviderService": _SIGN_IN,
    "AWSCognitoIdentityService": _SIGN_IN,
    "AmazonSQS": frozenset({"sqs"}),
    "Logs_20140328": frozenset({"cloudwatch_logs"}),
}
_ITEM_OPERATIONS: Final = frozenset({
    "GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem",
    "BatchWriteItem", "TransactWriteItems", "ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction",
})  # fmt: skip
_INVOKED: Final = re.compile(
    r"/2015-03-31/functions/[^/]+/invocations$|/restapis/[^/]+/[^/]+/_user_request_(/|$)|/_aws/execute-api/|/_cognito_app/"
)
_API_HOST: Final = re.compile(r"[a-z0-9]+\.(execute-api|lambda-url|appsync-api)\.")
_BUCKET_HOST: Final = re.compile(r"(.+\.)?s3[.-]")
_SCOPE: Final = re.compile(r"(?:=|%2F|/)([a-z0-9-]+)(?:%2F|/)aws4_request", re.IGNORECASE)
_OF_AN_OBJECT: Final = re.compile(r"$|(X-Amz-|x-id=|partNumber=|uploadId=|uploads(=|$)|versionId=)")
"""Query parameters that never form the whole query of a call that changes a bucket itself."""
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def touched(method: str, path: str, query: str, headers: Mapping[str, str]) -> frozenset[str]:
    """Return the services whose state a request may have changed, or `EVERYTHING`; header names are in lower case.

    Requests made by a function that this request runs are evaluated separately.
    """
    target, _, operation = headers.get("x-amz-target", "").partition(".")
    if target:
        if target.startswith("DynamoDB_") and operation in _ITEM_OPERATIONS:
            return ROWS
        return _TARGETS.get(target, EVERYTHING)
    host = headers.get("host", "")
    if _API_HOST.match(host) or _INVOKED.match(path):
        return ROWS
    scope = _SCOPE.search(headers.get("authorization", "")) or _SCOPE.search(query)
    service = scope.group(1).lower() if scope else "s3" if _BUCKET_HOST.match(host) else ""
    if service == "s3":
        key = path.strip("/") if _BUCKET_HOST.match(host) else path.strip("/").partition("/")[2]
        of_an_object = key and all(_OF_AN_OBJECT.match(each) for each in query.split("&"))
        return ROWS if method in _READING or of_an_object else frozenset({"s3"})
    return ROWS if service == "sts" else EVERYTHING
