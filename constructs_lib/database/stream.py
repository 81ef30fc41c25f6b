"""Event source mapping from a table's stream to a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources

from constructs_lib.cross_stack import beside
from constructs_lib.dead_letter_queues import check_standard
from constructs_lib.invocation_paths import EVENT, reserve_invocation_path
from constructs_lib.resource_limits import check_limits, check_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct

_MAPPING: Final = "AWS::Lambda::EventSourceMapping"
_PATHS: Final = {
    "batch_size": "BatchSize",
    "retry_attempts": "MaximumRetryAttempts",
    "filters": "FilterCriteria.Filters",
}


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
    """Allow a function to read a table's stream, and invoke it with changes, starting with the latest.

    Raises:
        ValueError: When the table has no stream, or for settings that Lambda refuses.
    """
    if stream_arn is None:
        raise ValueError(
            f"{scope.node.path!r} has no stream that could invoke a function; write OwnedTable(..., "
            "stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES), or import an existing table with its stream's ARN"
        )
    if bare := next((each for each in filters if [*each] != ["pattern"]), None):
        raise ValueError(f"filters={dict(bare)!r} is not a filter; write lambda_.FilterCriteria.filter({dict(bare)!r})")
    patterns = [str(each["pattern"]) for each in filters]
    given = {"batch_size": batch_size, "retry_attempts": retry_attempts, "filters": patterns or None}
    check_options(_MAPPING, _PATHS, given)
    for pattern in patterns:
        check_limits("filters", pattern, _MAPPING, "FilterCriteria.Filters[].Pattern")
    check_standard(dead_letter_queue)
    reserve_invocation_path(EVENT, function)
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
