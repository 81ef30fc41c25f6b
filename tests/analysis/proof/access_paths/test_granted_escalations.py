"""Whom the policy of a resource lets change that policy may do everything there."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.access_paths.granted_escalations import granted_escalations
from constructs_lib.analysis.proof.access_paths.owned_nodes import name_everything
from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import Document, MakeModel
from tests.analysis.proof.access_paths.openings import att, of, role, sub
from tests.analysis.proof.test_holes import proved
from tests.analysis.proof.test_traps import OWN, allow

USERS: Final = {"AWS": att("User")}
VIA: Final = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}


def key(action: str, principal: Any, condition: Document | None = None) -> Document:
    said = {**allow(action, "*", condition), "Principal": principal}
    return of("AWS::KMS::Key", KeyPolicy={"Version": "2012-10-17", "Statement": [said]})


KEYS: Final[dict[str, tuple[Document, Status]]] = {
    "users change its policy": (key("kms:PutKeyPolicy", USERS), Status.UNDECIDED),
    "anyone changes its policy": (key("kms:PutKeyPolicy", "*"), Status.UNDECIDED),
    "users decrypt": (key("kms:Decrypt", USERS), Status.PROVED),
    "the account": (key("kms:*", {"AWS": sub("arn:aws:iam::${AWS::AccountId}:root")}), Status.PROVED),
    "a role that nobody takes": (key("kms:*", {"AWS": att("Acts")}), Status.PROVED),
    "a service for users": (key("kms:CreateGrant", {"AWS": "*"}, VIA), Status.PROVED),
}


@pytest.mark.parametrize("name", KEYS)
def test_who_may_change_the_policy_of_a_key_is_told(name: str) -> None:
    made, status = KEYS[name]
    report = proved([OWN], more={"Key": made, "Acts": role("lambda.amazonaws.com")})
    told = [each.story for each in report.findings if each.status is not Status.PROVED]
    assert report.status is status, told
    assert any("decide what others may do there" in each for each in told) is (status is Status.UNDECIDED)


def test_a_policy_opens_no_escalation_on_other_resources(make_model: MakeModel) -> None:
    model = make_model([OWN], more={"Key": key("*", USERS)})
    told = [each.story for each in granted_escalations(name_everything(model, ()))]
    assert len(told) == 1
    assert "may call kms:CreateGrant, kms:PutKeyPolicy, kms:RetireGrant, and so" in told[0]
