"""Alarms on failures that a function's callers would notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions

from constructs_lib.key_policies import grant_key_use, usable_by

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sns as sns
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct


_PERIOD: Final = Duration.minutes(5)
_NEAR_TIMEOUT: Final = 0.8


def create_alarms(
    scope: Construct,
    function: lambda_.IFunction,
    *,
    timeout: Duration,
    topic: sns.ITopic,
    dead_letters: sqs.IQueue | None,
) -> dict[str, cloudwatch.Alarm]:
    """Create alarms that notify a topic of errors, throttled calls, calls near the timeout, and dead letters.

    The function may be an alias, and the timeout is that of the function.
    """
    # Amazon SNS, "Enable compatibility between event sources from AWS services and encrypted topics".
    account = {"StringEquals": {"aws:SourceAccount": Stack.of(scope).account}}
    may = usable_by(["cloudwatch"], ["kms:GenerateDataKey*", "kms:Decrypt"], account)
    grant_key_use(scope, "alarm_topic", topic.master_key, [may])
    millis = timeout.to_milliseconds()
    watched = {
        "Errors": (function.metric_errors(period=_PERIOD), 1, "calls ended in an error"),
        "Throttles": (function.metric_throttles(period=_PERIOD), 1, "calls were refused for lack of concurrency"),
        "Duration": (
            function.metric_duration(period=_PERIOD, statistic="Maximum"),
            _NEAR_TIMEOUT * millis,
            f"a call took {_NEAR_TIMEOUT:.0%} of the timeout of {millis / 1000:g} seconds or more",
        ),
    }
    if dead_letters is not None:
        waiting = dead_letters.metric_approximate_number_of_messages_visible(period=_PERIOD, statistic="Maximum")
        watched["DeadLetters"] = (waiting, 1, "events wait in the queue of dead letters")
    alarms = {}
    for name, (metric, threshold, description) in watched.items():
        alarms[name] = cloudwatch.Alarm(
            scope,
            f"{name}Alarm",
            metric=metric,
            threshold=threshold,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            # Missing data means no calls.
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{scope.node.path}: {description}",
        )
        alarms[name].add_alarm_action(actions.SnsAction(topic))
    return alarms
