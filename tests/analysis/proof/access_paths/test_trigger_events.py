"""Whoever else runs a trigger that decides who gets a claim or signs in, with an event of their own, is told."""

import copy
from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.conftest import Document, template
from tests.analysis.proof.access_paths.openings import att, of, ref, role, sub
from tests.analysis.proof.test_tenants import add, stories
from tests.analysis.proof.test_traps import OWN, allow
from tests.analysis.tenants import tenants_template
from tests.proofs import proof_of

LINKS: Final = allow("cognito-idp:AdminLinkProviderForUser", "*")
RUNS: Final = allow("lambda:InvokeFunction", att("Trigger"))
ROWS: Final = {"Rows": of("AWS::DynamoDB::Table", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])}
PATH: Final = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Trigger.Arn}/invocations"


def function(acts: str) -> Document:
    return of("AWS::Lambda::Function", Role=att(acts), Code={"ZipFile": "x"})


def trigger(*rights: Document, name: str = "PreSignUp", **more: Document) -> Document:
    """A user pool with a trigger."""
    return {
        "People": of("AWS::Cognito::UserPool", LambdaConfig={name: att("Trigger")}),
        "Trigger": function("Acts"), "Acts": role("lambda.amazonaws.com", *rights), **more,
    }  # fmt: skip


def permission(principal: Any, **more: Any) -> Document:
    given = {"FunctionName": ref("Trigger"), "Action": "lambda:InvokeFunction", "Principal": principal}
    return of("AWS::Lambda::Permission", **given, **more)


def route(auth: str = "NONE", kind: str = "AWS") -> Document:
    integration = {"Type": kind, "IntegrationHttpMethod": "POST", "Uri": sub(PATH)}
    return {
        "Api": of("AWS::ApiGateway::RestApi", Name="a"),
        "Join": of(
            "AWS::ApiGateway::Method", RestApiId=ref("Api"), ResourceId=att("Api", "RootResourceId"),
            HttpMethod="POST", AuthorizationType=auth, Integration=integration,
        ),
        "Calls": permission("apigateway.amazonaws.com", SourceArn=sub(
            "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*")),
    }  # fmt: skip


def rule(**target: Any) -> Document:
    return of("AWS::Events::Rule", EventPattern={"source": ["app"]}, Targets=[{"Arn": att("Trigger"), **target}])


OF_POOL: Final = permission("cognito-idp.amazonaws.com", SourceArn=att("People", "Arn"))
OPEN: dict[str, tuple[Document, tuple[Document, ...]]] = {
    "users": (trigger(LINKS), (RUNS,)),
    "pools of any account": (trigger(LINKS, Given=permission("cognito-idp.amazonaws.com")), ()),
    "everyone": (trigger(LINKS, Given=permission("*")), ()),
    "a route": (trigger(LINKS, **route()), ()),
    "a route for IAM that users may call": (trigger(LINKS, **route("AWS_IAM")), (allow("execute-api:Invoke", "*"),)),
    "a rule on events that users send": (trigger(LINKS, Sent=rule(InputPath="$.detail")), (
        allow("events:PutEvents", "*"),)),
    "users, a trigger that sets passwords": (trigger(allow("cognito-idp:AdminSetUserPassword", "*")), (RUNS,)),
    "users, a trigger of challenges": (trigger(name="CreateAuthChallenge"), (RUNS,)),
    "users, a function that a trigger asks": (
        trigger(allow("lambda:InvokeFunction", att("Asked")), Asked=function("Links"),
                Links=role("lambda.amazonaws.com", LINKS)), (allow("lambda:InvokeFunction", att("Asked")),)
    ),
    "users, a trigger that writes what one of migrated users reads": (
        {**ROWS, **trigger(allow("dynamodb:PutItem", att("Rows")), Old=function("Reads"),
                           Reads=role("lambda.amazonaws.com", allow("dynamodb:GetItem", att("Rows")))),
         "More": of("AWS::Cognito::UserPool", LambdaConfig={"UserMigration": att("Old")})}, (RUNS,)
    ),
}  # fmt: skip
SHUT: dict[str, tuple[Document, tuple[Document, ...]]] = {
    "the user pool": (trigger(LINKS, Given=OF_POOL), ()),
    "users, a trigger that decides nothing": (trigger(name="CustomMessage"), (RUNS,)),
    "a route that hands on the request": (trigger(LINKS, **route(kind="AWS_PROXY")), ()),
    "a route for IAM that nobody may call": (trigger(LINKS, **route("AWS_IAM")), ()),
    "a rule that sends a text of its own": (
        trigger(LINKS, Sent=rule(Input="{}")), (allow("events:PutEvents", "*"),)
    ),
}  # fmt: skip


def report(resources: Document, *rights: Document) -> Report:
    return proof_of(template([OWN, *rights], more=resources))


@pytest.mark.parametrize("name", OPEN)
def test_whoever_runs_a_trigger_with_an_event_of_their_own_is_told(name: str) -> None:
    resources, rights = OPEN[name]
    found = report(resources, *rights)
    assert found.status is Status.UNDECIDED
    assert "decides for a user pool who gets a claim or signs in" in stories(found)


@pytest.mark.parametrize("name", SHUT)
def test_what_gives_a_trigger_no_event_of_ones_own_stays_proved(name: str) -> None:
    resources, rights = SHUT[name]
    found = report(resources, *rights)
    assert found.status is Status.PROVED, stories(found)


@pytest.mark.parametrize(("right", "status"), [
    ("cognito-idp:AdminUpdateUserAttributes", Status.UNDECIDED), ("cognito-idp:AdminGetUser", Status.PROVED),
])  # fmt: skip
def test_a_trigger_that_sets_attributes_decides_the_tenant(right: str, status: Status) -> None:
    body = copy.deepcopy(tenants_template())
    made = trigger(allow(right, "*"), name="PostConfirmation")
    body["Resources"]["UserPool"]["Properties"]["LambdaConfig"] = made.pop("People")["Properties"]["LambdaConfig"]
    body["Resources"].update(made)
    add(RUNS)(body["Resources"])
    found = proof_of(body)
    assert found.status is status, stories(found)
