"""Usage plans and their keys."""

from typing import Any

import pytest

from constructs_lib.api import Route, Throttle, UsagePlan, api_key


def test_each_plan_has_its_limit_and_its_keys(bench: Any) -> None:
    api = bench.api(
        Route("GET", "/a", bench.shares, access=[api_key]),
        kind="rest",
        usage_plans=[
            UsagePlan(name="free", keys=["x"], throttle=Throttle(rate=1, burst=2), requests_per_day=100),
            UsagePlan(name="paid", keys=["y", "z"]),
        ],
    )
    plans = {plan["UsagePlanName"]: plan for plan in bench.resources("AWS::ApiGateway::UsagePlan").values()}
    assert plans["free"]["Quota"] == {"Limit": 100, "Period": "DAY"}
    assert plans["free"]["Throttle"] == {"RateLimit": 1, "BurstLimit": 2}
    assert plans["paid"].keys() == {"ApiStages", "UsagePlanName"}
    assert len(bench.resources("AWS::ApiGateway::UsagePlanKey")) == 3
    assert api.api_keys.keys() == {"x", "y", "z"}


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({"keys": []}, "has no keys"),
        ({"keys": ["a", "a"]}, "usage plan 'free' has two keys of one name"),
        ({"keys": ["a"], "requests_per_day": 0}, "allows 0 requests a day"),
    ],
)
def test_a_plan_nobody_could_use_is_refused(plan: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        UsagePlan(name="free", **plan)


@pytest.mark.parametrize(
    ("first", "second", "message"), [("free", "free", "one name"), ("free", "paid", "'x' is in two usage plans")]
)
def test_plans_do_not_share_names_or_keys(bench: Any, first: str, second: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bench.api(
            Route("GET", "/a", bench.shares, access=[api_key]),
            kind="rest",
            usage_plans=[UsagePlan(name=name, keys=["x"]) for name in (first, second)],
        )
