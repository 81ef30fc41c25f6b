"""What a function reads that may let somebody sign in as any user, or sets a claim, decides who that is."""

import copy
from typing import Final

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.conftest import Document, template
from tests.analysis.proof.access_paths.openings import att, of, role
from tests.analysis.proof.test_tenants import add, stories
from tests.analysis.proof.test_traps import OWN, allow
from tests.analysis.tenants import tenants_template
from tests.proofs import proof_of

GETS, PUTS = allow("dynamodb:GetItem", att("Links")), allow("dynamodb:PutItem", att("Links"))
TOLD: Final = "uses to decide who signs in: a caller who writes there may sign in as another user"


def code(*rights: Document, trigger: str = "") -> Document:
    """A function that reads a table, and a user pool that runs it."""
    run = {"LambdaConfig": {trigger: att("Code")}} if trigger else {}
    return {
        "Links": of("AWS::DynamoDB::Table", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}]),
        "Code": of("AWS::Lambda::Function", Role=att("Acts"), Code={"ZipFile": "x"}),
        "Acts": role("lambda.amazonaws.com", GETS, *rights), "People": of("AWS::Cognito::UserPool", **run),
    }  # fmt: skip


def report(resources: Document, *rights: Document) -> Report:
    return proof_of(template([OWN, *rights], more=resources))


DECIDING: Final = {
    "a trigger that links accounts": code(allow("cognito-idp:AdminLinkProviderForUser", "*"), trigger="PreSignUp"),
    "a trigger that migrates users": code(trigger="UserMigration"),
    "a function that gives identities": code(allow("cognito-identity:GetOpenIdTokenForDeveloperIdentity", "*")),
    "a function that sets passwords": code(allow("cognito-idp:AdminSet*", "*")),
}
TRUSTED: Final = {
    "a trigger without a right": code(trigger="PostConfirmation"),
    "a function that looks up users": code(allow("cognito-idp:AdminGetUser", "*")),
    "a function with every right, which names none of Cognito's": code(allow("*", "*")),
}


@pytest.mark.parametrize("name", DECIDING)
def test_whoever_writes_what_such_a_function_reads_may_sign_in_as_another_user(name: str) -> None:
    found = report(DECIDING[name], PUTS)
    assert found.status is Status.UNDECIDED
    assert TOLD in stories(found)
    assert report(DECIDING[name], GETS).status is Status.PROVED


@pytest.mark.parametrize("name", TRUSTED)
def test_what_another_function_reads_decides_nobodys_sign_in(name: str) -> None:
    found = report(TRUSTED[name], PUTS)
    assert found.status is Status.PROVED, stories(found)


def test_a_function_that_no_pool_runs_may_set_the_claim() -> None:
    for right, status in (("AdminUpdateUserAttributes", Status.UNDECIDED), ("AdminGetUser", Status.PROVED)):
        body = copy.deepcopy(tenants_template())
        made = code(allow(f"cognito-idp:{right}", "*"))
        del made["People"]
        body["Resources"].update(made)
        add(PUTS)(body["Resources"])
        found = proof_of(body)
        assert found.status is status, stories(found)
