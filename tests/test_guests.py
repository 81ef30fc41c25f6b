"""One list says what a guest's session may do: for the constructs, the analysis and the local cloud."""

from constructs_lib.analysis.iam.guest_session import GUEST_SESSION
from constructs_lib.guests import GUEST_ACTIONS
from constructs_lib.local.emulator.guest_scope import GUEST_SESSION_POLICY


def test_the_analysis_and_the_local_cloud_narrow_a_guest_by_the_same_actions() -> None:
    (statement,) = GUEST_SESSION.statements
    assert statement.actions == GUEST_ACTIONS
    assert GUEST_SESSION_POLICY["Statement"][0]["Action"] == list(GUEST_ACTIONS)


def test_what_only_the_managed_session_policy_lists_is_among_them() -> None:
    assert {"kms:Decrypt", "geo:GetPlace", "rum:PutRumEvents", "s3:*"} <= set(GUEST_ACTIONS)
    assert not any(action.startswith(("iam:", "sts:", "secretsmanager:", "ssm:")) for action in GUEST_ACTIONS)
