"""Each kind defines how requests without credentials are decided, and a kind without a definition proves nothing."""

import pytest

from constructs_lib.analysis.model.holder import Holder, Unsigned
from constructs_lib.analysis.model.kinds import kinds
from constructs_lib.analysis.model.kinds.table import Table
from constructs_lib.analysis.proof.findings import Question, Status
from tests.analysis.conftest import SUB, Document, template
from tests.analysis.proof.test_traps import OWN, ROWS, allow
from tests.proofs import proof_of

QUEUES = "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:to-"
MINE = {"Fn::Sub": f"{QUEUES}{SUB.replace('${', '${!')}"}
OTHERS: Document = {
    "Effect": "Deny", "Action": "sqs:*", "NotResource": MINE,
}  # fmt: skip


@pytest.mark.parametrize("kind", [each for each in kinds() if each.has_owners], ids=lambda kind: kind.__name__)
def test_every_kind_that_can_be_somebodys_says_what_decides(kind: type[Holder]) -> None:
    assert kind.unsigned is not Unsigned.UNKNOWN


def test_a_kind_that_does_not_say_leaves_the_proof_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proof_of(template([OWN, ROWS])).status is Status.PROVED
    monkeypatch.setattr(Table, "unsigned", Unsigned.UNKNOWN)
    report = proof_of(template([OWN, ROWS]))
    assert report.status is Status.UNDECIDED
    assert [each.question for each in report.findings if each.status is Status.UNDECIDED] == [Question.INTERNET]


def test_a_queue_whose_policy_lets_in_everyone_is_reached_without_credentials_too() -> None:
    """A Deny for every role still allows principals other than roles."""
    body = template([OWN, allow("sqs:ReceiveMessage", MINE), OTHERS])
    assert proof_of(body).status is Status.PROVED
    document = {"Effect": "Allow", "Principal": "*", "Action": "sqs:ReceiveMessage", "Resource": "*"}
    body["Resources"]["Open"] = {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {
            "Queues": ["https://sqs.us-east-1.amazonaws.com/111122223333/to-x"],
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [document]},
        },
    }
    found = {each.question for each in proof_of(body).findings if each.status is Status.COUNTEREXAMPLE}
    assert found == {Question.INTERNET}
