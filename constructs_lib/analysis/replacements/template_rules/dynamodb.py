"""Refusals of DynamoDB for tables with incomplete capacity settings."""

from collections.abc import Callable, Iterator
from typing import Final

from constructs_lib.analysis.replacements.refusals import Refusal
from constructs_lib.analysis.replacements.template_rules.template_view import Found, View, entries, get

_INDEX: Final = Refusal(
    message="Both ReadCapacityUnits and WriteCapacityUnits must be specified for index",
    way_out="Give each index a ProvisionedThroughput, or set BillingMode to PAY_PER_REQUEST.",
    source="https://github.com/aws-amplify/amplify-cli/issues/1714",
)
_REPLICA: Final = Refusal(
    message="You must specify ReadCapacityUnits or ReadCapacityAutoScalingSettings for each global table replica",
    way_out="Give each replica its ReadProvisionedThroughputSettings, or set BillingMode to PAY_PER_REQUEST.",
    source="https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1982",
)


def _indexes(view: View) -> Iterator[Found]:
    for table in view.of("DynamoDB::Table"):
        if get(table, "BillingMode") not in (None, "PROVISIONED") or "ProvisionedThroughput" not in table.properties:
            continue
        for index in entries(table, "GlobalSecondaryIndexes"):
            if "ProvisionedThroughput" not in index:
                cause = f"GlobalSecondaryIndexes {index.get('IndexName')}"
                yield table, _INDEX, cause, "The table has a capacity and the index has none", True


def _replicas(view: View) -> Iterator[Found]:
    for table in view.of("DynamoDB::GlobalTable"):
        if get(table, "BillingMode") not in (None, "PROVISIONED"):
            continue
        for replica in entries(table, "Replicas"):
            if "ReadProvisionedThroughputSettings" not in replica:
                what = f"The table has a capacity and its replica in {replica.get('Region')} has none"
                yield table, _REPLICA, "Replicas", what, True


RULES: Final[tuple[Callable[[View], Iterator[Found]], ...]] = (_indexes, _replicas)
