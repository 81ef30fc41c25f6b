"""Usage plans: API keys and their limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from constructs_lib.argument_checks import checked
from constructs_lib.cdk_tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_apigateway as apigw
    from constructs import Construct

    from constructs_lib.api.routes import Throttle


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class UsagePlan:
    """A limit for the holders of some API keys.

    An API key selects a usage plan; it does not authenticate the caller.

    Args:
        name: Its name; part of the construct ID.
        keys: A name for each key. API Gateway generates the values; read them in the console or with `aws apigateway
            get-api-key --include-value`.
        throttle: The limit of each key. Default: that of the API.
        requests_per_day: The quota of each key. Default: no quota.

    Raises:
        ValueError: Without keys, for duplicate names, a name that is empty or a token, or a limit below 1.
    """

    name: str = field(kw_only=False)
    keys: Sequence[str]
    throttle: Throttle | None = None
    requests_per_day: int | None = None

    def __post_init__(self) -> None:
        """Check the options of the plan."""
        for name in (self.name, *self.keys):
            if not name or is_token(name):
                raise ValueError(
                    f"usage plan {self.name!r} or one of its keys has the name {name!r}, from which no construct ID "
                    "can be made; write a name with at least one letter"
                )
        if not self.keys:
            raise ValueError(f"usage plan {self.name!r} has no keys, so no client could use it; name at least one key")
        if len(set(self.keys)) != len(self.keys):
            raise ValueError(f"usage plan {self.name!r} has two keys of one name; rename one of them")
        if self.requests_per_day is not None and self.requests_per_day < 1:
            raise ValueError(f"usage plan {self.name!r} allows {self.requests_per_day} requests a day; use 1 or more")


def create_usage_plans(scope: Construct, api: apigw.RestApiBase, plans: Sequence[UsagePlan]) -> dict[str, apigw.ApiKey]:
    """Create the plans on the API's stage and their keys; return the keys by name.

    Raises:
        ValueError: For two plans or two keys of one name.
    """
    from aws_cdk import aws_apigateway as apigw  # noqa: PLC0415 - slow to import, and HTTP APIs need none of it

    keys: dict[str, apigw.ApiKey] = {}
    if len({plan.name for plan in plans}) != len(plans):
        raise ValueError("usage_plans contains two plans of one name; rename one of them")
    for plan in plans:
        limit, per_day = plan.throttle, plan.requests_per_day
        created = apigw.UsagePlan(
            scope,
            f"UsagePlan-{plan.name}",
            name=plan.name,
            api_stages=[apigw.UsagePlanPerApiStage(api=api, stage=api.deployment_stage)],
            throttle=apigw.ThrottleSettings(rate_limit=limit.rate, burst_limit=limit.burst) if limit else None,
            quota=apigw.QuotaSettings(limit=per_day, period=apigw.Period.DAY) if per_day else None,
        )
        for name in plan.keys:
            if name in keys:
                raise ValueError(
                    f"key {name!r} is in two usage plans, and API Gateway allows one per stage; remove it from one"
                )
            keys[name] = apigw.ApiKey(scope, f"Key-{name}")
            created.add_api_key(keys[name])
    return keys
