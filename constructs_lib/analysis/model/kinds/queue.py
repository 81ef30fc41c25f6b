"""SQS queues. An owned queue contains its owner in its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from constructs_lib.analysis.model.named_resources import Named


@dataclass(frozen=True, kw_only=True, slots=True)
class Queue(Named):
    """The queues of one region and account: receiving is read, sending is write, deleting messages is delete."""

    kind: ClassVar = "queue"
    rank: ClassVar = 6
    noun: ClassVar = "SQS queues"
    service: ClassVar = "sqs"
    verbs: ClassVar = {
        "sqs:ReceiveMessage": "get", "sqs:SendMessage": "write", "sqs:DeleteMessage": "delete",
        "sqs:PurgeQueue": "delete", "sqs:DeleteQueue": "delete",
    }  # fmt: skip
    main: ClassVar = {"get": "sqs:ReceiveMessage", "write": "sqs:SendMessage", "delete": "sqs:DeleteMessage"}
