"""One template serves ten thousand tenants: nothing in it is made for one, and its policies hold each to its own."""

import importlib.util
import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template as Synthesized

from constructs_lib.analysis import Model
from constructs_lib.analysis.iam.requests import Request
from tests.proofs import models_of

HERE: Final = Path(__file__).parents[2] / "examples" / "tenants"
TENANTS: Final = [f"tenant-{number}" for number in range(10_000)]
MEMBER: Final = "a signed-in user"
ADMINISTRATOR: Final = "a user whose token says tenant_role Equals admins"


@pytest.fixture(scope="module")
def body() -> dict[str, Any]:
    spec = importlib.util.spec_from_file_location("tenants_stack", HERE / "tenants_stack.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(Synthesized.from_stack(module.TenantsStack(App(), "Tenants")).to_json())


@pytest.fixture(scope="module")
def model(body: dict[str, Any]) -> Model:
    (found,) = models_of(body, name="Tenants")
    return found


def reads(model: Model, who: str, tenant: str, key: str) -> bool:
    """Return whether somebody of a tenant reads an object, by the evaluator."""
    caller = next(each for each in model.callers if str(each) == who)
    bucket = next(each for each in model.holders if each.kind == "bucket")
    tags = {"aws:principaltag/tenant": tenant, "aws:principaltag/sub": "somebody"}
    return caller.verdict(Request(action="s3:GetObject", resource=f"{bucket.arn}/{key}", context=tags), bucket).allowed


def test_each_of_ten_thousand_tenants_reads_its_own_and_not_the_next_ones(model: Model) -> None:
    for tenant, following in zip(TENANTS, (*TENANTS[1:], TENANTS[0]), strict=True):
        assert reads(model, MEMBER, tenant, f"tenants/{tenant}/shared/x")
        assert not reads(model, MEMBER, tenant, f"tenants/{following}/shared/x")
    assert reads(model, ADMINISTRATOR, TENANTS[0], f"tenants/{TENANTS[0]}/people/other/x")
    assert not reads(model, ADMINISTRATOR, TENANTS[0], f"tenants/{TENANTS[1]}/people/other/x")


def test_nothing_in_the_template_is_made_for_a_tenant(body: dict[str, Any]) -> None:
    """No resource is there once for each, and whatever names a tenant does so by the variable of the caller's own."""
    kinds = [each["Type"] for each in body["Resources"].values()]
    functions = kinds.count("AWS::Lambda::Function")
    assert kinds.count("AWS::IAM::Role") == 3 + functions, "those of guests, members and administrators, and functions'"
    assert {kinds.count(f"AWS::{each}") for each in ("Cognito::UserPool", "Cognito::IdentityPool", "S3::Bucket")} == {1}
    policies = json.dumps([each for each in body["Resources"].values() if each["Type"] == "AWS::IAM::Policy"])
    named = re.findall(r"tenants/([^/\"]+)", policies.replace("${aws:PrincipalTag/tenant}", "OWN"))
    assert set(named) == {"OWN"}
