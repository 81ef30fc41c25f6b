"""Files on CloudFront reach nobody but their owner: proved from the template, and no longer where it is widened."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.cdn.conftest import only, to_cloudfront
from tests.proofs import proof_of

Resources = dict[str, Any]


def proof(template: dict[str, Any]) -> Report:
    return proof_of(template, name="Stack")


def distribution(resources: Resources, name: str) -> dict[str, Any]:
    config: dict[str, Any] = only(resources, "AWS::CloudFront::Distribution", name)["DistributionConfig"]
    return config


def grant(resources: Resources, folder: str) -> dict[str, Any]:
    [found] = [each for each in to_cloudfront(resources) if folder in str(each["Resource"])]
    return found


def the_policy_names_no_path(resources: Resources) -> None:
    grant(resources, "public")["Resource"]["Fn::Join"][1][-1] = "/*"


def the_policy_names_every_path_but_its_beginning(resources: Resources) -> None:
    grant(resources, "public")["Resource"]["Fn::Join"][1][-1] = "/p*"


def the_policy_names_no_distribution(resources: Resources) -> None:
    del grant(resources, "private")["Condition"]


def the_policy_names_the_other_distribution(resources: Resources) -> None:
    one, other = grant(resources, "public"), grant(resources, "private")
    one["Condition"], other["Condition"] = other["Condition"], one["Condition"]


def the_key_group_is_missing(resources: Resources) -> None:
    del distribution(resources, "Private")["DefaultCacheBehavior"]["TrustedKeyGroups"]


def a_path_needs_no_signature(resources: Resources) -> None:
    config = distribution(resources, "Private")
    opened = {**config["DefaultCacheBehavior"], "PathPattern": "*.jpg"}
    del opened["TrustedKeyGroups"]
    config["CacheBehaviors"] = [opened]


def the_default_needs_no_signature(resources: Resources) -> None:
    config = distribution(resources, "Private")
    config["CacheBehaviors"] = [{**config["DefaultCacheBehavior"], "PathPattern": "private/*"}]
    del config["DefaultCacheBehavior"]["TrustedKeyGroups"]


def users_get(action: str) -> Callable[[Resources], None]:
    def widen(resources: Resources) -> None:
        policy = only(resources, "AWS::IAM::Policy", "AuthAuthenticatedPolicy")["PolicyDocument"]
        policy["Statement"].append({"Effect": "Allow", "Action": action, "Resource": "*"})

    return widen


def anyone_invokes_the_signer(resources: Resources) -> None:
    [name] = [
        name
        for name, each in resources.items()
        if each["Type"] == "AWS::Lambda::Function" and name.startswith("PrivateSigner")
    ]
    resources["Opening"] = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {"Action": "lambda:InvokeFunction", "FunctionName": {"Ref": name}, "Principal": "*"},
    }


ATTACK, UNDECIDED = Status.COUNTEREXAMPLE, Status.UNDECIDED


def test_it_is_proved_and_whoever_signs_is_named(template: dict[str, Any]) -> None:
    report = proof(template)
    assert {finding.status for finding in report.findings} == {Status.PROVED}
    code, key = (
        next(reach for name, reach in report.trusted.items() if words in name)
        for words in ("which signs for PrivateDistribution", "a holder of the private key of PrivateKey")
    )
    assert code == key
    assert key[0].endswith("private/{owner}/*")


@pytest.mark.parametrize(
    ("widen", "status"),
    [
        (the_policy_names_no_path, ATTACK),
        (the_policy_names_every_path_but_its_beginning, ATTACK),
        (the_policy_names_no_distribution, ATTACK),
        (the_policy_names_the_other_distribution, ATTACK),
        (the_key_group_is_missing, ATTACK),
        (a_path_needs_no_signature, ATTACK),
        (the_default_needs_no_signature, UNDECIDED),
        (anyone_invokes_the_signer, ATTACK),
        (users_get("lambda:InvokeFunction"), UNDECIDED),
        (users_get("secretsmanager:GetSecretValue"), UNDECIDED),
        (users_get("cloudfront:UpdateDistribution"), ATTACK),
    ],
)
def test_a_wider_template_is_no_longer_proved(
    template: dict[str, Any], widen: Callable[[Resources], None], status: Status
) -> None:
    widened = json.loads(json.dumps(template))
    widen(widened["Resources"])
    assert widened != template
    assert proof(widened).status is status
