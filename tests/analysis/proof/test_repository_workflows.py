"""Roles of the GitHub Actions workflows of one repository."""

from collections.abc import Sequence
from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.proof.access_paths.openings import Document, allow, of, reads, ref
from tests.analysis.proof.access_paths.services_with_roles import IAM, NAMES, report

GITHUB: Final = "token.actions.githubusercontent.com"
ARN: Final = f"arn:aws:iam::123456789012:oidc-provider/{GITHUB}"
MAIN: Final = "repo:acme/app:ref:refs/heads/main"
ACTION: Final = "sts:AssumeRoleWithWebIdentity"
REMEDY: Final = (
    f"; to trust one repository, compare {GITHUB}:sub by StringEquals with its name and a branch, as in "
    "repo:OWNER/REPO:ref:refs/heads/main"
)
OF_A_TEMPLATE: Final = of("AWS::IAM::OIDCProvider", Url=f"https://{GITHUB}", ClientIdList=["sts.amazonaws.com"])
OF_THE_CDK: Final = of("Custom::AWSCDKOpenIdConnectProvider", Url=f"https://{GITHUB}", ServiceToken="arn")


def equals(*values: Any, operator: str = "StringEquals", key: str = f"{GITHUB}:sub") -> Document:
    return {operator: {key: list(values)}}


def trusts(condition: Document, *, provider: Any = ARN, action: Any = ACTION, kind: str = "Federated") -> Document:
    return {"Effect": "Allow", "Principal": {kind: provider}, "Action": action, "Condition": condition}


def role(*trust: Document, rights: Sequence[Document] = (IAM,)) -> Document:
    policy = {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(rights)}}
    document = {"Version": "2012-10-17", "Statement": list(trust)}
    return of("AWS::IAM::Role", AssumeRolePolicyDocument=document, Policies=[policy])


def taken(condition: Document, *rights: Document, more: Document | None = None, **other: Any) -> Report:
    """Return the report on an app whose role `Ci`, with some rights, a provider's workflows take."""
    return report({"Ci": role(trusts(condition, **other), rights=rights or (IAM,)), **(more or {})})


@pytest.mark.parametrize(
    "subject",
    [
        MAIN,
        "repo:acme.inc/my_app-1:ref:refs/heads/release/1.0",
        "repo:acme/app:ref:refs/tags/v1",
        "repo:acme/app:environment:Production East",
        "repo:acme@123456/app@456789:ref:refs/heads/main",
    ],
)
def test_a_branch_tag_or_environment_of_a_repository_is_the_teams(subject: str) -> None:
    assert taken(equals(subject)).status is Status.PROVED
    assert taken(equals(MAIN, subject)).status is Status.PROVED


@pytest.mark.parametrize(
    "subject",
    [
        "repo:acme/app:pull_request",
        "repo:acme/app:*",
        "repo:acme/app:ref:refs/heads/*",
        "repo:acme/app:ref:refs/heads/mai?",
        "repo:acme/*:ref:refs/heads/main",
        "repo:*/app:ref:refs/heads/main",
        "repo:acme/app:ref:refs/heads/",
        "repo:acme/app:ref:refs/pull/1/merge",
        "repo:acme/app:environment:",
        "repo:acme/app:environment:prod:job_workflow_ref:x",
        "repo:acme/app:ref:refs/heads/${aws:username}",
        "repo:acme@me/app:ref:refs/heads/main",
        "repo:acme:ref:refs/heads/main",
        "x:repo:acme/app:ref:refs/heads/main",
        "repository_owner:acme",
        {"Ref": "AWS::StackName"},
        {"Fn::Sub": "repo:acme/app:ref:refs/heads/${AWS::StackName}"},
        {"Fn::ImportValue": "x"},
    ],
)
def test_any_other_subject_is_somebody_unknown(subject: Any) -> None:
    assert taken(equals(subject)).status is Status.UNDECIDED
    assert taken(equals(MAIN, subject)).status is Status.UNDECIDED


@pytest.mark.parametrize(
    "condition",
    [
        equals(MAIN, operator="StringLike"),
        equals(MAIN, operator="StringEqualsIgnoreCase"),
        equals(MAIN, operator="StringEqualsIfExists"),
        equals(MAIN, operator="ForAllValues:StringEquals"),
        equals(MAIN, operator="StringNotEquals"),
        equals(MAIN, key=f"{GITHUB}:aud"),
        equals(MAIN, key="gitlab.com:sub"),
        equals(MAIN, key=f"{GITHUB}/acme:sub"),
        {},
    ],
)
def test_any_other_condition_leaves_it_to_somebody_unknown(condition: Document) -> None:
    assert taken(condition).status is not Status.PROVED


@pytest.mark.parametrize(
    ("other", "proved"),
    [
        ({"action": [ACTION, "sts:TagSession"]}, True),
        ({"action": ACTION.lower()}, True),
        ({"action": [ACTION, "sts:AssumeRole"]}, False),
        ({"action": "sts:*"}, False),
        ({"provider": ref("Provider"), "more": {"Provider": OF_A_TEMPLATE}}, True),
        ({"provider": ref("Provider"), "more": {"Provider": OF_THE_CDK}}, True),
        ({"provider": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"}, False),
        ({"provider": f"{ARN}/acme"}, False),
        ({"provider": "*"}, False),
        ({"provider": "999999999999", "kind": "AWS"}, False),
        ({"provider": ref("Provider"), "kind": "AWS", "more": {"Provider": OF_THE_CDK}}, False),
    ],
)
def test_the_provider_is_githubs_and_its_tokens_take_the_role(other: Document, *, proved: bool) -> None:
    assert (taken(equals(MAIN), **other).status is Status.PROVED) is proved


def test_any_action_but_some_is_no_rule_for_workflows() -> None:
    but = {"NotAction" if name == "Action" else name: each for name, each in trusts(equals(MAIN)).items()}
    assert report({"Ci": role(but)}).status is Status.UNDECIDED


def test_a_second_statement_for_others_is_told() -> None:
    trust = [trusts(equals(each)) for each in (MAIN, "repo:acme/app:pull_request")]
    assert report({"Ci": role(*trust)}).status is Status.UNDECIDED


@pytest.mark.parametrize("made", [OF_A_TEMPLATE, OF_THE_CDK])
def test_what_the_workflows_reach_is_listed_as_trusted(made: Document) -> None:
    found = taken(equals(MAIN), *reads(NAMES), provider=ref("Provider"), more={"Provider": made})
    assert found.status is Status.PROVED
    assert found.trusted["the role Ci"] == ("Bucket private/{owner}/*", "Table {owner}")
    assert found.drivers["the role Ci"] == (f"{GITHUB} ({MAIN})",)


@pytest.mark.parametrize("rights", [reads(NAMES), [IAM], [allow("sts:AssumeRole", "arn:aws:iam::*:role/cdk-*")]])
@pytest.mark.parametrize("subject", ["repo:acme/app:*", {"Fn::ImportValue": "x"}])
def test_others_are_named_as_the_template_has_them_with_the_remedy(rights: list[Document], subject: Any) -> None:
    condition = equals(subject, operator="StringLike")
    found = taken(condition, *rights, provider=ref("Provider"), more={"Provider": OF_THE_CDK})
    stories = [each.story for each in found.findings if each.story]
    assert any(each.endswith(REMEDY) for each in stories)
    assert not any("⟦" in each for each in [*stories, *(each.caller for each in found.findings)])


def test_a_provider_other_than_githubs_has_no_such_remedy() -> None:
    elsewhere = "arn:aws:iam::123456789012:oidc-provider/gitlab.com"
    others = [taken({}, provider=elsewhere), taken(equals(MAIN), provider="999999999999", kind="AWS")]
    assert not any(REMEDY in each.story for found in others for each in found.findings)
