"""What a run may cost at most: AWS's prices in us-east-1, and how much of each a run can use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_DEAREST: Final = 2
"""No region charges more than twice what us-east-1 does for any of these."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """One thing that is paid for. Free tiers are not counted: somebody may have used them up.

    Args:
        what: What is paid for.
        usd: For one, in us-east-1.
        most: How many a run uses at most.
        source: Where AWS says so.
    """

    what: str
    usd: float
    most: int
    source: str

    @property
    def cost(self) -> float:
        """What it costs at most, in USD, in any region."""
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
"""CloudFormation, IAM and its simulator, STS and Access Analyzer's policy validation cost nothing."""


def most() -> float:
    """Return what a run costs at most, in USD."""
    return sum(each.cost for each in PRICES)
