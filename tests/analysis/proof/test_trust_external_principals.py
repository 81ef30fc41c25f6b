"""Accounts and third-party providers that a trust policy names."""

from dataclasses import replace

import pytest

from constructs_lib.analysis.iam.policies import Condition, Policy, Statement
from constructs_lib.analysis.model.callers import Role
from constructs_lib.analysis.model.model import Model
from constructs_lib.analysis.proof.findings import Finding, Question, Status
from constructs_lib.analysis.proof.trust_external_principals import external_principals, principal_status
from constructs_lib.analysis.template.atoms import ACCOUNT
from tests.analysis.conftest import MakeModel

CEX, UNDECIDED = Status.COUNTEREXAMPLE, Status.UNDECIDED
GITHUB = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
STRANGER = "arn:aws:iam::999999999999:root"
GITHUB_READABLE = "arn:aws:iam::AWS::AccountId:oidc-provider/token.actions.githubusercontent.com"
REMEDY = (
    "; to trust one repository, compare token.actions.githubusercontent.com:sub by StringEquals with its name and a "
    "branch, as in repo:OWNER/REPO:ref:refs/heads/main"
)
UNSEEN = "may be able to take the role Users, because its trust policy names them; who that is, no template says"


@pytest.fixture
def model(make_model: MakeModel) -> Model:
    return make_model([])


def allowing(*conditions: Condition, kind: str = "Federated", value: str = GITHUB, doubt: str = "") -> Statement:
    return Statement(
        allow=True,
        actions=("sts:AssumeRoleWithWebIdentity", "sts:TagSession"),
        principals=((kind, value),),
        conditions=conditions,
        doubt=doubt,
        source="Role",
    )


def asks(key: str, operator: str = "stringequals", *values: str, if_exists: bool = False) -> Condition:
    found = values or ("repo:octo/app",)
    return Condition(qualifier="", operator=operator, if_exists=if_exists, key=f"provider:{key}", values=found)


def status(model: Model, *conditions: Condition, value: str = GITHUB, kind: str = "Federated") -> Status | None:
    return principal_status(kind, value, allowing(*conditions, kind=kind, value=value), model)


@pytest.mark.parametrize("key", ["sub", "user", "job_workflow_ref"])
@pytest.mark.parametrize("operator", ["stringequals", "stringlike", "arnlike"])
def test_a_public_provider_with_a_condition_on_its_users_is_somebody_unknown(
    model: Model, key: str, operator: str
) -> None:
    assert status(model, asks(key, operator)) is UNDECIDED


@pytest.mark.parametrize(
    "condition",
    [
        asks("aud"),
        asks("sub", "stringnotequals"),
        asks("sub", if_exists=True),
        asks("sub", "null", "false"),
        asks("sub", "stringlike", "*"),
        asks("sub", "stringlike", "repo:octo/app", "?*"),
    ],
)
def test_a_public_provider_without_such_a_condition_is_anyone(model: Model, condition: Condition) -> None:
    assert status(model, condition) is CEX


def test_a_users_name_of_the_letter_x_is_a_name(model: Model) -> None:
    assert status(model, asks("sub", "stringlike", "X*")) is UNDECIDED


def test_a_doubtful_statement_about_a_public_provider_is_undecided(model: Model) -> None:
    assert principal_status("Federated", GITHUB, allowing(doubt="a parameter"), model) is UNDECIDED


OF_SSM = f"arn:aws:ssm:*:{ACCOUNT}:"


@pytest.mark.parametrize(
    "service",
    ["appstream.amazonaws.com", "credentials.iot.amazonaws.com", "rolesanywhere.⟦AWS::URLSuffix⟧", "ssm.amazonaws.com"],
)
def test_a_service_that_hands_out_credentials_is_somebody_unknown(model: Model, service: str) -> None:
    assert status(model, kind="Service", value=service) is UNDECIDED


@pytest.mark.parametrize("service", ["iot.amazonaws.com", "ec2.amazonaws.com", "lambda.amazonaws.com"])
def test_a_service_that_keeps_credentials_in_the_account_is_checked_elsewhere(model: Model, service: str) -> None:
    assert status(model, kind="Service", value=service) is None


def test_automations_of_systems_manager_hand_out_nothing(model: Model) -> None:
    for source, expected in ((f"{OF_SSM}automation-execution/*", None), (f"{OF_SSM}*", UNDECIDED)):
        condition = replace(asks("", "arnlike", source), key="aws:sourcearn")
        assert status(model, condition, kind="Service", value="ssm.amazonaws.com") is expected, source


def test_the_workflows_of_one_repository_are_the_teams(model: Model) -> None:
    main = Condition(
        qualifier="", operator="stringequals", if_exists=False, key="token.actions.githubusercontent.com:sub",
        values=("repo:octo/app:ref:refs/heads/main",),
    )  # fmt: skip
    assert status(model, main) is None
    assert found(model, allowing(main), allowing()) == found(model, allowing())
    assert status(model, replace(main, operator="stringlike")) is UNDECIDED
    assert status(model, replace(main, values=("repo:octo/app:ref:refs/heads/⟦parameter Branch⟧",))) is UNDECIDED
    assert status(model, main, kind="AWS", value="⟦wildcard T/GitHub⟧") is UNDECIDED
    assert principal_status("Federated", GITHUB, allowing(main, doubt="a parameter"), model) is UNDECIDED
    assert status(model, replace(main, key="token.actions.githubusercontent.com:aud")) is CEX


def test_a_private_provider_is_somebody_unknown(model: Model) -> None:
    assert status(model, value=f"arn:aws:iam::{ACCOUNT}:oidc-provider/login.example.com") is UNDECIDED
    assert status(model, value=f"arn:aws:iam::{ACCOUNT}:saml-provider/Office") is UNDECIDED


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (ACCOUNT, None),
        (f"arn:aws:iam::{ACCOUNT}:root", None),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/⟦T/User⟧/session", None),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/⟦T/Other⟧/session", UNDECIDED),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/Role/session", UNDECIDED),
        (f"arn:aws:iam::{ACCOUNT}:role/Role", UNDECIDED),
        (f"role/arn:aws:sts::{ACCOUNT}:assumed-role/⟦T/User⟧/session", UNDECIDED),
        ("arn:aws:sts::999999999999:assumed-role/⟦T/User⟧/session", UNDECIDED),
        (STRANGER, UNDECIDED),
        ("*", CEX),
    ],
)
def test_an_account_of_ones_own_is_covered_elsewhere(model: Model, value: str, expected: Status | None) -> None:
    assert status(model, kind="AWS", value=value) is expected


def test_a_role_of_the_template_is_covered_elsewhere(model: Model) -> None:
    assert [status(model, kind="AWS", value=arn) for arn in model.roles] == [None] * len(model.roles)
    assert model.roles


@pytest.mark.parametrize(
    ("kind", "value"), [("Service", "lambda.amazonaws.com"), ("Federated", "cognito-identity.amazonaws.com")]
)
def test_services_and_identity_pools_are_covered_elsewhere(model: Model, kind: str, value: str) -> None:
    assert status(model, kind=kind, value=value) is None


def test_a_condition_on_everyone_leaves_it_undecided(model: Model) -> None:
    assert status(model, asks("aud"), kind="AWS", value="*") is UNDECIDED


def found(model: Model, *statements: Statement, possible: tuple[Statement, ...] = ()) -> list[Finding]:
    trust = Policy(source="Role", statements=statements, possible=possible)
    return list(external_principals(Role(arn="arn", id="id", name="Users", trust=trust, policies=()), model))


@pytest.mark.parametrize(
    ("statement", "status", "who", "story"),
    [
        (
            allowing(), CEX, GITHUB_READABLE,
            f"{GITHUB_READABLE} can take the role Users, because its trust policy names them{REMEDY}",
        ),
        (
            allowing(value="⟦wildcard T/GitHub⟧", doubt="⟦parameter P⟧"), UNDECIDED, "GitHub",
            "GitHub may be able to take the role Users, because its trust policy names them: parameter P",
        ),
        (
            allowing(kind="AWS", value="*"), CEX, "anyone",
            "anyone can take the role Users, because its trust policy names them",
        ),
        (
            allowing(kind="AWS", value=STRANGER), UNDECIDED, STRANGER,
            f"{STRANGER} {UNSEEN}",
        ),
        (
            allowing(kind="AWS", value=STRANGER, doubt="a parameter"), UNDECIDED, STRANGER,
            f"{STRANGER} may be able to take the role Users, because its trust policy names them: a parameter",
        ),
    ],
)  # fmt: skip
def test_a_finding_says_who_takes_the_role_and_why(
    model: Model, statement: Statement, status: Status, who: str, story: str
) -> None:
    expected = Finding(
        question=Question.TRUST,
        status=status,
        caller=who,
        subject="role Users",
        actions=("sts:AssumeRoleWithWebIdentity",),
        engines=("evaluation",),
        because=(statement,),
        story=story,
    )
    assert found(model, statement) == [expected]
    assert found(model, possible=(statement,)) == [expected]


def test_everyone_but_those_named_is_undecided(model: Model) -> None:
    [finding] = found(model, replace(allowing(kind="AWS", value=ACCOUNT), not_principals=True))
    who = "whoever the trust policy does not name"
    assert (finding.status, finding.caller, finding.story) == (UNDECIDED, who, f"{who} {UNSEEN}")


def test_a_deny_is_no_way_to_a_role_and_hides_no_other(model: Model) -> None:
    deny = replace(allowing(kind="AWS", value="*"), allow=False)
    assert found(model, deny) == []
    assert len(found(model, deny, replace(allowing(), not_principals=True), allowing())) == 2
