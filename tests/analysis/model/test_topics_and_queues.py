"""Topics and queues named after a user are owned: the proof, the matrix and a team's own tests show them with verbs."""

from typing import Any

import pytest

from constructs_lib.analysis.matrix.access import Reach
from constructs_lib.analysis.matrix.build import build_matrix
from constructs_lib.analysis.proof.accepted_access import Accepted
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.testing import assert_access
from tests.analysis.conftest import SUB, Document, template
from tests.analysis.proof.test_traps import OWN, allow
from tests.proofs import models_of, proof_of

KINDS = pytest.mark.parametrize(
    ("service", "get", "write"), [("sns", "Subscribe", "Publish"), ("sqs", "ReceiveMessage", "SendMessage")]
)


def body(*statements: Document) -> Document:
    return template([OWN, *statements])


def mine(service: str) -> Any:
    return {"Fn::Sub": f"arn:aws:{service}:${{AWS::Region}}:${{AWS::AccountId}}:to-{SUB.replace('${', '${!')}"}


def every(service: str) -> Any:
    return {"Fn::Sub": f"arn:aws:{service}:${{AWS::Region}}:${{AWS::AccountId}}:to-*"}


def writing_to_all(service: str, get: str, write: str) -> Document:
    return body(allow(f"{service}:{write}", every(service)), allow(f"{service}:{get}", mine(service)))


@KINDS
@pytest.mark.parametrize("more", ["get", "write", "Set*", "*"])
def test_one_of_anothers_is_not_reached(service: str, get: str, write: str, more: str) -> None:
    own = allow([f"{service}:{get}", f"{service}:{write}"], mine(service))
    assert proof_of(body(own)).status is Status.PROVED
    action = {"get": get, "write": write}.get(more, more)
    report = proof_of(body(own, allow(f"{service}:{action}", every(service))))
    assert report.status is Status.COUNTEREXAMPLE


@KINDS
def test_the_matrix_shows_them_by_verb(service: str, get: str, write: str) -> None:
    matrix = build_matrix(models_of(writing_to_all(service, get, write)), title="T")
    (place,) = (each for each in matrix.places if each.where == "to-{owner}")
    assert (place.type, place.owned) == ({"sns": "topic", "sqs": "queue"}[service], True)
    cell = {(each.verb, each.reach) for each in matrix.cell("authenticated", place.id)}
    assert cell == {("get", Reach.OWN), ("write", Reach.ALL)}


@KINDS
def test_a_teams_test_says_who_writes(service: str, get: str, write: str) -> None:
    own = body(allow([f"{service}:{get}", f"{service}:{write}"], mine(service)))
    others = [f"write {service} to-{{other}}"]
    assert_access(own, "authenticated", can=[f"write {service} to-{{owner}}"], cannot=others)
    with pytest.raises(AssertionError, match=f"{service}:{write}"):
        assert_access(writing_to_all(service, get, write), "authenticated", cannot=others)


@KINDS
def test_writing_to_all_can_be_meant(service: str, get: str, write: str) -> None:
    models = models_of(writing_to_all(service, get, write))
    subject = next(each.subject for each in prove(models).findings if each.status is Status.COUNTEREXAMPLE)
    assert Accepted.word(subject, [f"{service}:{write}"]) == f"{subject}:write"
    assert prove(models, accepted=[Accepted.parse(f"{subject}:write")]).status is Status.PROVED
