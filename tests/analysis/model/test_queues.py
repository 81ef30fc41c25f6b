"""Queues named after a user are owned: the proof, the matrix and a team's own tests show them with verbs."""

import pytest

from constructs_lib.analysis import build_model
from constructs_lib.analysis.matrix.access import Reach
from constructs_lib.analysis.matrix.build import build_matrix
from constructs_lib.analysis.proof.accepted_access import Accepted
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.template.templates import Template
from constructs_lib.testing import assert_access
from tests.analysis.conftest import SUB, Document, template
from tests.analysis.proof.test_traps import OWN, allow

MINE = {"Fn::Sub": f"arn:aws:sqs:${{AWS::Region}}:${{AWS::AccountId}}:to-{SUB.replace('${', '${!')}"}
EVERY = {"Fn::Sub": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:to-*"}


def body(*statements: Document) -> Document:
    return template([OWN, *statements])


def of(*statements: Document) -> Template:
    return Template(name="T", body=body(*statements), source="test")


@pytest.mark.parametrize("action", ["sqs:ReceiveMessage", "sqs:SendMessage", "sqs:PurgeQueue", "sqs:*"])
def test_a_queue_of_anothers_is_not_reached(action: str) -> None:
    own = allow(["sqs:ReceiveMessage", "sqs:SendMessage"], MINE)
    assert prove(build_model([of(own)])).status is Status.PROVED
    report = prove(build_model([of(own, allow(action, EVERY))]))
    assert report.status is Status.COUNTEREXAMPLE


def test_the_matrix_shows_queues_by_verb() -> None:
    matrix = build_matrix(
        build_model([of(allow("sqs:SendMessage", EVERY), allow("sqs:ReceiveMessage", MINE))]), title="T"
    )
    (place,) = (each for each in matrix.places if each.where == "to-{owner}")
    assert (place.type, place.owned) == ("queue", True)
    cell = {(each.verb, each.reach) for each in matrix.cell("authenticated", place.id)}
    assert cell == {("get", Reach.OWN), ("write", Reach.ALL)}


def test_a_teams_test_says_who_sends() -> None:
    own = body(allow(["sqs:ReceiveMessage", "sqs:SendMessage"], MINE))
    assert_access(own, "authenticated", can=["write sqs to-{owner}"], cannot=["write sqs to-{other}"])
    with pytest.raises(AssertionError, match="sqs:SendMessage"):
        assert_access(body(allow("sqs:SendMessage", EVERY), allow("sqs:ReceiveMessage", MINE)), "authenticated",
                      cannot=["write sqs to-{other}"])  # fmt: skip


def test_sending_to_all_can_be_meant() -> None:
    models = build_model([of(allow("sqs:SendMessage", EVERY), allow("sqs:ReceiveMessage", MINE))])
    subject = next(each.subject for each in prove(models).findings if each.status is Status.COUNTEREXAMPLE)
    assert Accepted.word(subject, ["sqs:SendMessage"]) == f"{subject}:write"
    assert prove(models, accepted=[Accepted.parse(f"{subject}:write")]).status is Status.PROVED
