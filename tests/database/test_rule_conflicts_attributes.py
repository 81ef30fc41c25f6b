"""A rule that opens some attributes of everyone's rows is said in the template, so that the proof calls it meant."""

from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template as Synthesized

from constructs_lib.access import allow
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.auth import Auth, Group
from constructs_lib.database import OwnedTable
from tests.proofs import proof_of

STAFF = allow.group("staff")


def table(*verbs: str) -> dict[str, Any]:
    stack = Stack(App(), "App")
    auth = Auth(stack, "Auth", groups=[Group("staff")])
    opened = STAFF.to(*verbs, everyone=True, attributes=["title"])
    OwnedTable(stack, "Notes", auth=auth, sort_key="id", access=[allow.owner.to("read", "write"), opened])
    return dict(Synthesized.from_stack(stack).to_json())


@pytest.mark.parametrize("verbs", [("read",), ("write",), ("read", "write")], ids=" ".join)
def test_the_proof_calls_it_meant(verbs: tuple[str, ...]) -> None:
    body = table(*verbs)
    (made,) = (each for each in body["Resources"].values() if each["Type"].startswith("AWS::DynamoDB::"))
    (entry,) = made["Metadata"]["cognito-app:opened"]
    assert (entry["caller"], entry["attributes"]) == ("group:staff", ["owner", "id", "title"])
    report = proof_of(body, name="App")
    assert report.status is Status.PROVED, [each.story for each in report.findings if each.story]
    assert {each.caller for each in report.findings if each.status is Status.ACCEPTED} == {"a member of group 'staff'"}


def test_without_the_words_it_is_an_attack() -> None:
    body = table("read")
    for each in body["Resources"].values():
        each.get("Metadata", {}).pop("cognito-app:opened", None)
    report = proof_of(body, name="App")
    assert report.status is Status.COUNTEREXAMPLE
