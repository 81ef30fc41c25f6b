"""Maximum cost of a run: AWS's prices in us-east-1, and the maximum usage of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_DEAREST: Final = 2
"""No region charges more than twice the price in us-east-1 for any of these."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """One item of the bill. Free tiers are not counted: they may be used up.

    Args:
        what: The item.
        usd: The price of one unit, in us-east-1.
        most: The maximum number of units of a run.
        source: AWS's page with the price.
    """

    what: str
    usd: float
    most: int
    source: str

    @property
    def cost(self) -> float:
        """The maximum cost, in USD, in any region."""
        return self.usd * self.most * _DEAREST


PRICES: Final = (
    Price(
        what="users of Cognito active in the month (plan Essentials)",
        usd=0.015,
        most=25,
        source="https://aws.amazon.com/cognito/pricing/",
    ),
    Price(what="requests to Lambda", usd=0.20 / 1e6, most=2000, source="https://aws.amazon.com/lambda/pricing/"),
    Price(what="GB-seconds of Lambda", usd=0.0000166667, most=1000, source="https://aws.amazon.com/lambda/pricing/"),
    Price(
        what="requests to an HTTP API",
        usd=1.00 / 1e6,
        most=2000,
        source="https://aws.amazon.com/api-gateway/pricing/",
    ),
    Price(
        what="PUT, POST and LIST requests to S3",
        usd=0.005 / 1e3,
        most=2000,
        source="https://aws.amazon.com/s3/pricing/",
    ),
    Price(what="GET requests to S3", usd=0.0004 / 1e3, most=2000, source="https://aws.amazon.com/s3/pricing/"),
    Price(
        what="write request units of DynamoDB",
        usd=0.625 / 1e6,
        most=5000,
        source="https://aws.amazon.com/dynamodb/pricing/on-demand/",
    ),
    Price(
        what="read request units of DynamoDB",
        usd=0.125 / 1e6,
        most=5000,
        source="https://aws.amazon.com/dynamodb/pricing/on-demand/",
    ),
    Price(
        what="MB of logs in CloudWatch", usd=0.50 / 1e3, most=50, source="https://aws.amazon.com/cloudwatch/pricing/"
    ),
)
"""CloudFormation, IAM and its simulator, STS and Access Analyzer's policy validation are free of charge."""


def most() -> float:
    """Return the maximum cost of a run, in USD."""
    return sum(each.cost for each in PRICES)
