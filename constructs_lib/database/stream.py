"""Changed rows, from a table's stream to a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources

from constructs_lib.placing import beside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct


def create_mapping(
    scope: Construct,
    id: str,
    *,
    table: dynamodb.ITable,
    stream_arn: str | None,
    function: lambda_.IFunction,
    batch_size: int,
    retry_attempts: int,
    filters: Sequence[Mapping[str, Any]],
    dead_letter_queue: sqs.IQueue | None,
) -> lambda_.EventSourceMapping:
    """Let a function read a table's stream and call it with what changes from now on.

    Raises:
        ValueError: When the table has no stream.
    """
    if stream_arn is None:
        raise ValueError(
            f"{scope.node.path!r} has no stream to call a function from: write OwnedTable(..., "
            "stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES), or import an existing table with its stream's ARN"
        )
    table.grant_stream_read(function)
    where, name = beside(function, scope, id)
    return lambda_.EventSourceMapping(
        where,
        name,
        target=function,
        event_source_arn=stream_arn,
        starting_position=lambda_.StartingPosition.LATEST,
        batch_size=batch_size,
        retry_attempts=retry_attempts,
        filters=list(filters) or None,
        bisect_batch_on_error=True,
        report_batch_item_failures=True,
        on_failure=event_sources.SqsDlq(dead_letter_queue) if dead_letter_queue is not None else None,
    )
