"""Refusals of dead-letter queues that EventBridge or Lambda would reject at deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_cdk import aws_sqs as sqs


def check_standard(queue: sqs.IQueue | None) -> None:
    """Refuse a FIFO queue as a dead-letter queue.

    Sources: "EventBridge DLQs are standard Amazon SQS queues" ("Using dead-letter queues to process undelivered events
    in EventBridge"); "a standard SQS queue" ("Retaining discarded batches for a DynamoDB event source in Lambda").

    Raises:
        ValueError: For such a queue.
    """
    if queue is not None and queue.fifo:
        raise ValueError(
            f"dead_letter_queue={queue.node.path!r} is a FIFO queue, and EventBridge and Lambda send dead letters to "
            "standard queues only; create it without fifo"
        )
