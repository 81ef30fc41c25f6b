"""What a resource does with a role is told by that role, also if it acts with several, or for a resource that does."""

from typing import Final

from tests.analysis.conftest import Document
from tests.analysis.proof.access_paths.openings import allow, att, of, ref, role
from tests.analysis.proof.access_paths.services_with_roles import machine, report

SETS: Final = allow("cognito-idp:AdminSetUserPassword", "*")
SENDS: Final = allow("sqs:SendMessage", att("Queue"))
MAKES: Final = allow("iam:CreateAccessKey", "*")


def piped(*rights: Document) -> Document:
    pipe = of("AWS::Pipes::Pipe", Source=att("Queue"), Target=ref("Machine"), RoleArn=att("Moves"))
    moves = role("pipes.amazonaws.com", *rights)
    return {"Queue": of("AWS::SQS::Queue"), "Pipe": pipe, "Moves": moves, **machine(SETS)}


def test_the_power_of_a_role_is_told_with_that_role() -> None:
    stories = [each.story for each in report(piped(MAKES), SENDS).findings if each.subject == "Pipe"]
    assert stories
    for story in stories:
        assert ("the role Moves" in story) is ("iam:CreateAccessKey" in story), story
        assert ("the role Does" in story) is ("cognito-idp:AdminSetUserPassword" in story), story


def test_the_power_of_what_it_starts_is_told_with_the_role_of_that() -> None:
    stories = [each.story for each in report(piped(), SENDS).findings if each.subject == "Pipe"]
    assert stories
    assert all("the role Does, which may" in story for story in stories)
    assert all("cognito-idp:AdminSetUserPassword" in story for story in stories)
