"""The table of shares.

Partition key `feed` (string), always `all`; sort key `share_id` (string), which begins with the time, so that
one query reads the newest first and no index is needed. No TTL. One partition takes 1,000 writes and 3,000
reads a second, far above this app's load.
"""

import functools
import os
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["add", "newest", "remove"]

_FEED: Final = "all"


def add(share: Mapping[str, Any]) -> bool:
    """Store a new share; return False if its `share_id` is taken."""
    return _conditional("put_item", Item={"feed": _FEED, **share}, ConditionExpression="attribute_not_exists(share_id)")


def newest(*, limit: int, after: str | None) -> tuple[list[dict[str, Any]], str | None]:
    """Return up to `limit` shares, newest first, and the `after` of the next page if there is one.

    Args:
        limit: The maximum number of shares.
        after: The ID of the last share of the previous page. None: the page begins with the newest share.
    """
    start = {"ExclusiveStartKey": {"feed": _FEED, "share_id": after}} if after else {}
    page = _table().query(
        KeyConditionExpression="feed = :feed",
        ExpressionAttributeValues={":feed": _FEED},
        ScanIndexForward=False,
        Limit=limit,
        **start,
    )
    last = page.get("LastEvaluatedKey")
    return page["Items"], last["share_id"] if last else None


def remove(share_id: str, *, owner: str | None = None) -> bool:
    """Delete a share; return False if none has this ID, or, with `owner`, if it belongs to another owner."""
    key = {"feed": _FEED, "share_id": share_id}
    if owner is None:
        return _conditional("delete_item", Key=key, ConditionExpression="attribute_exists(share_id)")
    return _conditional(
        "delete_item",
        Key=key,
        ConditionExpression="#owner = :owner",
        ExpressionAttributeNames={"#owner": "owner"},
        ExpressionAttributeValues={":owner": owner},
    )


def _conditional(operation: str, **parameters: Any) -> bool:
    table = _table()
    try:
        getattr(table, operation)(**parameters)
    except table.meta.client.exceptions.ConditionalCheckFailedException:
        return False
    return True


@functools.cache
def _table() -> Any:
    # Imported on first use: it takes longer than all other imports together, and a refused request does not need it.
    import boto3  # noqa: PLC0415 - slow, and tests have their own

    return boto3.resource("dynamodb").Table(os.environ["SHARES_TABLE"])
