"""Who signs URLs of owned data: holders of keys of this account are trusted, and another account is told."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import template
from tests.analysis.proof.access_paths.openings import Names, applied, att, of, ref
from tests.analysis.proof.access_paths.openings_by_distribution import distribution, served, signed_by_a_function
from tests.analysis.proof.test_traps import OWN, ROWS
from tests.proofs import proof_of

NAMES: Final = Names()


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        (["self"], Status.PROVED),
        ([ref("AWS::AccountId")], Status.PROVED),
        (["999999999999"], Status.UNDECIDED),
        (["self", "999999999999"], Status.UNDECIDED),
        (["self", {"Fn::ImportValue": "account"}], Status.UNDECIDED),
    ],
)
def test_another_account_that_signs_is_told(accounts: list[Any], expected: Status) -> None:
    made = served(NAMES, distribution(NAMES, {"TrustedSigners": accounts}))
    assert proof_of(applied(template([OWN, ROWS]), NAMES, made)).status is expected


@pytest.mark.parametrize(("scheme", "expected"), [("internal", Status.PROVED), ("internet-facing", Status.UNDECIDED)])
def test_a_load_balancer_of_the_internet_before_a_signing_function_is_told(scheme: str, expected: Status) -> None:
    kind = "AWS::ElasticLoadBalancingV2"
    forward = {"Type": "forward", "TargetGroupArn": ref("Targets")}
    more: dict[str, Any] = {
        "Balancer": of(f"{kind}::LoadBalancer", Scheme=scheme),
        "Listener": of(f"{kind}::Listener", LoadBalancerArn=ref("Balancer"), DefaultActions=[forward]),
        "Targets": of(f"{kind}::TargetGroup", TargetType="lambda", Targets=[{"Id": att("Signer")}]),
    }
    body = applied(template([OWN, ROWS]), NAMES, signed_by_a_function(NAMES, **more))
    assert proof_of(body).status is expected
