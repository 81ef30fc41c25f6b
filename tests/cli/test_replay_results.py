"""A replayed attack fails only where it is refused, and is tried only by the proof's caller."""

from unittest.mock import MagicMock

import pytest
from botocore.exceptions import ClientError

from constructs_lib.analysis.iam.requests import Request
from constructs_lib.analysis.proof.findings import Finding, Question, Status
from constructs_lib.cli.replay_attacks import _attempt
from constructs_lib.cli.replay_claims import UntriedError
from constructs_lib.cli.replay_users import group_of

ATTACK = Finding(
    question=Question.OTHERS_DATA,
    status=Status.COUNTEREXAMPLE,
    caller="a signed-in user",
    subject="Documents private/{owner}/*",
    actions=("s3:GetObject",),
    story="an attack",
    request=Request(action="s3:GetObject", resource="arn:aws:s3:::⟦App/Bucket⟧/private/x", context={}),
)


@pytest.mark.parametrize(("code", "succeeded"), [("AccessDenied", False), ("NoSuchBucket", None)])
def test_an_attack_that_ends_in_another_error_than_a_refusal_has_no_result(code: str, succeeded: bool | None) -> None:
    cloud, users = MagicMock(), MagicMock()
    cloud.outputs.return_value = {"App": {}}
    resources = [{"LogicalResourceId": "Bucket", "PhysicalResourceId": "files"}]
    cloud.session().client().describe_stack_resources.return_value = {"StackResources": resources}
    scenario = users.scenario.return_value
    scenario.written.side_effect = scenario.of_victim.side_effect = lambda text, *_: text
    scenario.client().get_object.side_effect = ClientError({"Error": {"Code": code}}, "GetObject")
    attempt = _attempt(ATTACK, cloud, users)
    assert attempt.succeeded is succeeded
    assert code in attempt.message


@pytest.mark.parametrize(
    ("caller", "group"),
    [
        ("a guest", ""),
        ("a signed-in user", ""),
        ("a signed-in user without a tenant", ""),
        ("a member of group 'editors'", "editors"),
        ("a member of group 'editors' without a tenant", "editors"),
        ("a user whose token says custom:role Equals admin", ""),
    ],
)
def test_the_attacker_joins_the_group_of_the_proofs_caller(caller: str, group: str) -> None:
    assert group_of(caller) == group


@pytest.mark.parametrize(
    "caller", ["anyone on the internet", "the function Shares", "a member of group 'editors' who signs in with login.x"]
)
def test_a_caller_whom_no_user_can_be_is_not_tried(caller: str) -> None:
    with pytest.raises(UntriedError, match="no user who signs up is"):
        group_of(caller)
