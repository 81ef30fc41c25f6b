"""A load balancer without authentication is open to anyone, and the report names the callers of the code behind it."""

from typing import Any

import pytest

from constructs_lib.analysis import Template, build_model
from constructs_lib.analysis.diff import compare
from constructs_lib.analysis.proof.findings import Report
from tests.analysis.conftest import template
from tests.analysis.proof.access_paths.openings import Document, Opening, applied, att, of, reads, ref, role
from tests.analysis.proof.access_paths.test_access_paths import NAMES
from tests.analysis.proof.test_traps import OWN, ROWS
from tests.proofs import proof_of

ELB = "AWS::ElasticLoadBalancingV2"
FORWARD = {"Type": "forward", "TargetGroupArn": ref("Group")}
ENDS = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
COGNITO = {"Type": "authenticate-cognito", "AuthenticateCognitoConfig": {"UserPoolArn": "arn"}}
ANYONE = "anyone on the internet"


def oidc(**said: Any) -> Document:
    return {"Type": "authenticate-oidc", "AuthenticateOidcConfig": {"Issuer": "https://x", **said}}


def balanced(*actions: Any, scheme: str = "internet-facing", listener: Document | None = None) -> Document:
    """Return a template in which a container behind a rule with these actions reaches owned data."""
    rule = {"PathPatternConfig": {"Values": ["/a/*", "/b"]}, "Field": "path-pattern"}
    resources = {
        "Balancer": of(f"{ELB}::LoadBalancer", Scheme=scheme),
        "Listener": of(
            f"{ELB}::Listener", **{"LoadBalancerArn": ref("Balancer"), "DefaultActions": [ENDS]} | (listener or {})
        ),
        "Rule": of(f"{ELB}::ListenerRule", ListenerArn=ref("Listener"), Actions=list(actions), Conditions=[rule]),
        "Group": of(f"{ELB}::TargetGroup", TargetType="ip", VpcId={"Fn::ImportValue": "vpc"}),
        "Task": of("AWS::ECS::TaskDefinition", TaskRoleArn=att("Acts")),
        "Service": of("AWS::ECS::Service", TaskDefinition=ref("Task"), LoadBalancers=[FORWARD]),
        "Acts": role("ecs-tasks.amazonaws.com", *reads(NAMES)),
    }
    return applied(template([OWN, ROWS]), NAMES, Opening(resources=resources))


def driven(report: Report) -> list[str]:
    (drivers,) = report.drivers.values()
    return [each for each in drivers if each.startswith("Rule")]


@pytest.mark.parametrize(
    ("actions", "who"),
    [
        ([FORWARD], ANYONE),
        ([{"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": ref("Group")}]}}], ANYONE),
        ([COGNITO, FORWARD], "a signed-in user"),
        ([oidc(), FORWARD], "a user of its provider"),
        ([oidc(OnUnauthenticatedRequest="deny"), FORWARD], "a user of its provider"),
        ([oidc(OnUnauthenticatedRequest="allow"), FORWARD], ANYONE),
        ([oidc(OnUnauthenticatedRequest={"Fn::ImportValue": "x"}), FORWARD], ANYONE),
        ([{"Type": "jwt-validation", "JwtValidationConfig": {}}, FORWARD], "a holder of a token that it accepts"),
        ([{"Type": "guess", "GuessConfig": {}}, FORWARD], "an unknown caller"),
    ],
)
def test_whose_requests_reach_code_is_told_by_what_the_rule_asks(actions: list[Document], who: str) -> None:
    report = proof_of(balanced(*actions))
    assert driven(report) == [f"Rule /a/* /b ({who})"]
    assert report.open == (("Rule /a/* /b",) if who == ANYONE else ())


def test_what_no_stranger_comes_to_is_not_open() -> None:
    assert driven(proof_of(balanced(FORWARD, scheme="internal"))) == ["Rule /a/* /b (anyone in its network)"]
    mutual = proof_of(balanced(FORWARD, listener={"MutualAuthentication": {"Mode": "verify"}}))
    assert driven(mutual) == ["Rule /a/* /b (a holder of a certificate that it accepts)"]
    assert proof_of(balanced(FORWARD, listener={"MutualAuthentication": {"Mode": "passthrough"}})).open


@pytest.mark.parametrize(
    "door",
    [
        of("AWS::CloudFront::VpcOrigin", VpcOriginEndpointConfig={"Arn": ref("Balancer"), "Name": "n"}),
        of("AWS::CloudFront::VpcOrigin", VpcOriginEndpointConfig={"Arn": {"Fn::ImportValue": "x"}, "Name": "n"}),
        of("AWS::GlobalAccelerator::EndpointGroup", EndpointConfigurations=[{"EndpointId": ref("Balancer")}]),
        of(f"{ELB}::TargetGroup", TargetType="alb", Targets=[{"Id": ref("Balancer")}]),
    ],
)
def test_an_internal_balancer_to_which_something_public_leads_is_open(door: Document) -> None:
    body = balanced(FORWARD, scheme="internal")
    body["Resources"]["Door"] = door
    assert driven(proof_of(body)) == [f"Rule /a/* /b ({ANYONE})"]


def test_a_listener_that_hands_everything_on_is_open_and_one_that_answers_itself_is_not() -> None:
    assert proof_of(balanced(COGNITO, FORWARD, listener={"DefaultActions": [FORWARD]})).open == ("Listener",)
    assert proof_of(balanced({"Type": "redirect", "RedirectConfig": {}})).open == ()


def test_a_function_behind_a_balancer_says_so() -> None:
    body = balanced(FORWARD)
    made = body["Resources"]
    made["Code"] = of("AWS::Lambda::Function", Role=att("Acts"), Code={"ZipFile": "x"})
    made["Group"]["Properties"] = {"TargetType": "lambda", "Targets": [{"Id": att("Code")}]}
    del made["Task"], made["Service"]
    assert driven(proof_of(body)) == [f"Rule /a/* /b ({ANYONE})"]


def test_the_diff_names_a_rule_that_asks_for_nothing_any_more() -> None:
    old, new = ([Template(name="T", body=balanced(*each), source="t")] for each in ([COGNITO, FORWARD], [FORWARD]))
    (change,) = compare(old, new).changes
    assert (change.gained, change.resource, change.who) == (True, "Rule /a/* /b", ("Anyone on the internet",))
    (change,) = compare(new, old).changes
    assert not change.gained
    assert compare(new, new).changes == ()
    assert build_model(new)
