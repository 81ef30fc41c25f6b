"""What `auth.allow` opens in any AWS service is proved like folders, and each way to widen it is an attack."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template as Synthesized

from constructs_lib.access import Statement, allow
from constructs_lib.analysis.diff import compare
from constructs_lib.analysis.engine.cvc5_engine import Cvc5
from constructs_lib.analysis.matrix.build import build_matrix
from constructs_lib.analysis.proof.findings import Report, Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.template.templates import Template
from constructs_lib.auth import Auth, Group, Tenant
from constructs_lib.explain.evaluate import explain
from constructs_lib.testing import assert_access
from tests.proofs import models_of

NAMES = {
    "iot": ("topic/users/{owner}/*", ["iot:Publish", "iot:Receive"]),
    "sqs": ("inbox-{owner}", ["sqs:ReceiveMessage", "sqs:DeleteMessage"]),
    "sns": ("to-{owner}", ["sns:Subscribe", "sns:Publish"]),
    "ssm": ("parameter/{tenant}/{owner}/*", ["ssm:GetParameter"]),
    "secretsmanager": ("secret:of/{owner}-*", ["secretsmanager:GetSecretValue"]),
}


def said(stack: Stack, service: str, name: str, *actions: str) -> Statement:
    arn = f"arn:{stack.partition}:{service}:{stack.region}:{stack.account}:{name}"
    return Statement(actions=actions, resources=(arn,))


def body(more: Callable[[Stack, Auth], None] | None = None) -> dict[str, Any]:
    """Return a template in which owners have something of their own in five services."""
    stack = Stack(App(context={"aws:cdk:bundling-stacks": []}), "S")
    auth = Auth(stack, "Auth", owner="sub", groups=[Group("admins")], tenant=Tenant(form="[a-z0-9]{3,36}"), guests=True)
    for service, (name, actions) in NAMES.items():
        auth.allow(stack, allow.owner, [said(stack, service, name, *actions)])
    auth.allow(stack, allow.authenticated, [said(stack, "geo", "place-index/Here", "geo:SearchPlaceIndexForText")])
    if more is not None:
        more(stack, auth)
    return dict(Synthesized.from_stack(stack).to_json())


@pytest.fixture(scope="module")
def good() -> dict[str, Any]:
    return body()


def model(document: dict[str, Any]) -> Any:
    return models_of(document, name="S")


def report(document: dict[str, Any], second: Any = None) -> Report:
    return prove(model(document), second=second)


def changed(document: dict[str, Any], before: str, after: str) -> dict[str, Any]:
    """Return a template in which every policy says something else, and the metadata what it said."""
    copy = deepcopy(document)
    for resource in copy["Resources"].values():
        if resource["Type"] == "AWS::IAM::Policy":
            text = json.dumps(resource["Properties"]["PolicyDocument"])
            resource["Properties"]["PolicyDocument"] = json.loads(text.replace(before, after))
    assert copy != document
    return copy


def test_everything_is_owned_and_proved_by_both_engines(good: dict[str, Any]) -> None:
    with Cvc5(seconds=60) as second:
        found = report(good, second)
    assert found.status is Status.PROVED, [each.story for each in found.findings if each.story]
    assert not found.one_engine_only
    owned = " ".join(found.owned)
    names = ("topic/users/{owner}/*", "inbox-{owner}*", "to-{owner}*", "parameter/{tenant}/{owner}/*", "of/{owner}*")
    assert all(name in owned for name in names)


SUB, TENANT = "${aws:PrincipalTag/sub}", "${aws:PrincipalTag/tenant}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"inbox-{SUB}", "inbox-*"),
        (f"to-{SUB}", "*"),
        (f"topic/users/{SUB}/*", "topic/users/*"),
        (f"secret:of/{SUB}-*", "secret:of/*"),
        (f"parameter/{TENANT}/{SUB}/*", f"parameter/{TENANT}/*"),
        (f"parameter/{TENANT}/{SUB}/*", f"parameter/*/{SUB}*"),
        (f"inbox-{SUB}", f"inbox-*{SUB}*"),
    ],
)
def test_a_placeholder_that_is_dropped_everywhere_is_an_attack(good: dict[str, Any], before: str, after: str) -> None:
    """No policy ties the name to anybody any more then; the metadata still says whose it is."""
    assert report(changed(good, before, after)).status is Status.COUNTEREXAMPLE


def test_guests_have_topics_of_their_own_by_their_identity() -> None:
    stack = Stack(App(), "S")
    auth = Auth(stack, "Auth", guests=True)
    for subject in (allow.guest_owner, allow.owner):
        auth.allow(stack, subject, [said(stack, "iot", "topic/of/{owner}/*", "iot:Publish")])
    document = dict(Synthesized.from_stack(stack).to_json())
    assert report(document).status is Status.PROVED
    wide = changed(document, "topic/of/${cognito-identity.amazonaws.com:sub}/*", "topic/of/*")
    assert report(wide).status is Status.COUNTEREXAMPLE


def test_a_wider_right_beside_it_is_an_attack() -> None:
    """One that `grant` gives, which checks nothing."""
    wide = body(
        lambda stack, auth: auth.grant(stack, allow.group("admins"), [said(stack, "sqs", "*", "sqs:ReceiveMessage")])
    )
    assert report(wide).status is Status.COUNTEREXAMPLE


def test_a_claim_that_users_can_write_is_an_attack(good: dict[str, Any]) -> None:
    forged = deepcopy(good)
    for resource in forged["Resources"].values():
        if resource["Type"] == "AWS::Cognito::UserPoolClient":
            resource["Properties"]["WriteAttributes"] = ["custom:tenant", "email"]
        if resource["Type"] == "AWS::Cognito::UserPool":
            resource["Properties"].pop("LambdaConfig", None)
    assert report(forged).status is not Status.PROVED


def test_metadata_that_names_nobody_is_told(good: dict[str, Any]) -> None:
    text = json.dumps(good).replace(f"inbox-{SUB}", "inbox-")
    assert report(json.loads(text)).status is Status.COUNTEREXAMPLE


def test_metadata_that_is_no_arn_is_undecided(good: dict[str, Any]) -> None:
    broken = deepcopy(good)
    policy = next(each for each in broken["Resources"].values() if "cognito-app:owned" in each.get("Metadata", {}))
    policy["Metadata"]["cognito-app:owned"] = ["inbox-" + SUB]
    assert "is not an ARN" in " ".join(each.story for each in report(broken).findings)


def test_what_everyone_may_reach_is_meant_and_no_more() -> None:
    def opened(stack: Stack, auth: Auth) -> None:
        auth.allow(
            stack, allow.group("admins"), [said(stack, "sqs", "inbox-{owner}", "sqs:SendMessage")], everyone=True
        )
        per_tenant = said(stack, "ssm", "parameter/{tenant}/{owner}/*", "ssm:GetParameter")
        auth.allow(stack, allow.group("admins"), [per_tenant], everyone="tenant")

    meant = body(opened)
    assert report(meant).status is Status.PROVED
    assert report(changed(meant, "sqs:SendMessage", "sqs:*")).status is Status.COUNTEREXAMPLE
    assert report(changed(meant, f"parameter/{TENANT}/*", "parameter/*")).status is Status.COUNTEREXAMPLE


def test_the_reports_speak_of_it(good: dict[str, Any]) -> None:
    matrix = build_matrix(model(good), title="S")
    assert {each.where for each in matrix.places if each.owned} >= {"topic/users/{owner}/*", "inbox-{owner}"}
    assert_access(
        good,
        "authenticated",
        can=["sqs:ReceiveMessage sqs inbox-{owner}", "iot:Publish iot topic/users/{owner}/*", "write sns to-{owner}"],
        cannot=[
            "sqs:ReceiveMessage sqs inbox-{other}",
            "iot:Publish iot topic/users/{other}/*",
            "write sns to-{other}",
        ],
    )
    wide = changed(good, f"inbox-{SUB}", "inbox-*")
    change = compare(
        [Template(name="S", body=good, source="old")], [Template(name="S", body=wide, source="new")]
    ).changes
    assert any(each.gained and each.others and "sqs:ReceiveMessage" in each.actions for each in change)
    said_why = explain(model(good), "user", "sqs:ReceiveMessage arn:aws:sqs:us-east-1:123456789012:inbox-{other}")
    assert said_why.status.value == "refused"
