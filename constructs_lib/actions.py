"""The verbs of the access language and the IAM actions each stands for.

The one thing the compiler (`constructs_lib.access`) and the analysis (`constructs_lib.analysis`) share.
Sources: the service authorization reference for Amazon S3 and Amazon DynamoDB.
"""

from enum import StrEnum
from typing import Final

__all__ = ["DYNAMODB_BATCH_WRITE", "DYNAMODB_VERBS", "READ", "S3_VERBS", "Verb"]


class Verb(StrEnum):
    """What a subject may do with the objects of a folder or the rows of a table."""

    GET = "get"
    LIST = "list"
    WRITE = "write"
    DELETE = "delete"


READ: Final = frozenset({Verb.GET, Verb.LIST})
"""What the word "read" means in a rule."""

S3_VERBS: Final[dict[Verb, tuple[str, ...]]] = {
    Verb.GET: ("s3:GetObject",),
    Verb.LIST: ("s3:ListBucket",),
    # The two beside PutObject are what an interrupted multipart upload needs to resume or to clean up.
    Verb.WRITE: ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"),
    Verb.DELETE: ("s3:DeleteObject",),
}

DYNAMODB_VERBS: Final[dict[Verb, tuple[str, ...]]] = {
    # ConditionCheckItem reads: a transaction learns from it whether an item meets a condition.
    Verb.GET: ("dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem"),
    # Query only: Scan names no partition key, so dynamodb:LeadingKeys cannot narrow it.
    Verb.LIST: ("dynamodb:Query",),
    Verb.WRITE: ("dynamodb:PutItem", "dynamodb:UpdateItem"),
    Verb.DELETE: ("dynamodb:DeleteItem",),
}

DYNAMODB_BATCH_WRITE: Final = "dynamodb:BatchWriteItem"
"""Puts and deletes alike without asking for PutItem or DeleteItem, so it takes both verbs to grant it."""
