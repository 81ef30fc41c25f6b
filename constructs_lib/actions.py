"""The verbs of the access language and their IAM actions: the complete definition of each verb.

It is the only code that the compiler (`constructs_lib.access`) and the analysis (`constructs_lib.analysis`) share.
Sources: the service authorization reference for Amazon S3, Amazon DynamoDB and AWS AppSync.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class Verb(StrEnum):
    """A verb of the access language, for the objects of a folder, the rows of a table or the events of a channel."""

    GET = "get"
    LIST = "list"
    WRITE = "write"
    DELETE = "delete"
    SUBSCRIBE = "subscribe"
    PUBLISH = "publish"


READ: Final = frozenset({Verb.GET, Verb.LIST})
"""The verbs of "read" in a rule."""

WORDS: Final = f"{', '.join(Verb)}, or read for {' and '.join(sorted(READ))}"
"""The valid words of a rule, for messages."""

S3_VERBS: Final[Mapping[Verb, tuple[str, ...]]] = {
    Verb.GET: ("s3:GetObject",),
    Verb.LIST: ("s3:ListBucket",),
    # An interrupted multipart upload needs the two actions after PutObject to resume or to clean up.
    Verb.WRITE: ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
    Verb.DELETE: ("s3:DeleteObject",),
}
"""The actions on objects of each verb, the main action first; objects do not support other verbs."""

DYNAMODB_VERBS: Final[Mapping[Verb, tuple[str, ...]]] = {
    # ConditionCheckItem counts as reading, because it shows whether an item meets a condition.
    Verb.GET: ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem"),
    # Query only: Scan names no partition key, so dynamodb:LeadingKeys cannot narrow it.
    Verb.LIST: ("dynamodb:Query",),
    Verb.WRITE: ("dynamodb:PutItem", "dynamodb:UpdateItem"),
    Verb.DELETE: ("dynamodb:DeleteItem",),
}
"""The same for rows."""

DYNAMODB_BATCH_WRITE: Final = "dynamodb:BatchWriteItem"
"""It puts and deletes without requiring PutItem or DeleteItem, so only both verbs together grant it."""

CHANNEL_VERBS: Final[Mapping[Verb, tuple[str, ...]]] = {
    Verb.SUBSCRIBE: ("appsync:EventSubscribe",),
    Verb.PUBLISH: ("appsync:EventPublish",),
}
"""The same for events."""

CHANNEL_CONNECT: Final = "appsync:EventConnect"
"""Opens the connection for subscriptions, and returns no data itself."""


def actions_of(service: Mapping[Verb, tuple[str, ...]], verbs: Iterable[Verb]) -> list[str]:
    """Return the actions of verbs on objects, rows or events, sorted.

    The service is `S3_VERBS`, `DYNAMODB_VERBS` or `CHANNEL_VERBS`.

    Raises:
        ValueError: For a verb that these do not support.
    """
    found: set[str] = set()
    for verb in verbs:
        if verb not in service:
            raise ValueError(f"{str(verb)!r} is not a verb for this; use {', '.join(service)}")
        found.update(service[verb])
    return sorted(found)
