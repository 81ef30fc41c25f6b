"""Who can assume a role: attacker-chosen keys are free, AWS sets its own keys, and other keys are undecided."""

from typing import Any

import pytest

from constructs_lib.analysis.engine.cvc5_engine import Cvc5
from constructs_lib.analysis.engine.policy_layers import Layers
from constructs_lib.analysis.iam.policies import Condition, Statement
from constructs_lib.analysis.iam.requests import Verdict
from constructs_lib.analysis.proof import trust_policies
from constructs_lib.analysis.proof.findings import Finding, Question, Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.proof.trust_policies import trust_findings
from tests.analysis.conftest import BUCKET, SUB, Document, MakeModel, join, trust

OWN = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": join(BUCKET, f"/private/{SUB}/*")}
COGNITO = "cognito-identity.amazonaws.com"
AUD, AMR = f"{COGNITO}:aud", f"{COGNITO}:amr"
POOL = {"Ref": "Pool"}
STRANGER, STRANGE_GUEST = "a user of another identity pool", "a guest of another identity pool"
CEX, PROVED, UNDECIDED = Status.COUNTEREXAMPLE, Status.PROVED, Status.UNDECIDED
ELSEWHERE = "us-east-1:12345678-1234-1234-1234-123456789012"


def document(*statements: Document, version: str = "2012-10-17") -> Document:
    return {"Version": version, "Statement": list(statements)}


def allowing(condition: Document, **more: Any) -> Document:
    return {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": COGNITO},
        "Condition": condition,
        **more,
    }


def denying(condition: Document, **more: Any) -> Document:
    return {**allowing(condition, **more), "Effect": "Deny"}


MINE = {"StringEquals": {AUD: POOL}}
SIGNED_IN = {"ForAnyValue:StringLike": {AMR: "authenticated"}}
RIGHT = allowing({**MINE, **SIGNED_IN})


def findings(make_model: MakeModel, user_trust: Document, **options: Any) -> dict[str, Finding]:
    report = prove([make_model([OWN], user_trust=user_trust, **options)])
    return {each.caller: each for each in report.findings if each.question is Question.TRUST}


def statuses(make_model: MakeModel, *statements: Document, **options: Any) -> dict[str, Status]:
    return {who: each.status for who, each in findings(make_model, document(*statements), **options).items()}


def test_a_trust_that_asks_for_pool_and_login_is_proved_by_both_engines(make_model: MakeModel) -> None:
    with Cvc5() as second:
        report = prove([make_model([OWN], guest=[])], second=second)
    found = [each for each in report.findings if each.question is Question.TRUST]
    assert {each.status for each in found} == {PROVED}
    assert {each.caller for each in found} == {STRANGER, STRANGE_GUEST, "a guest"}
    assert {each.engines for each in found} == {("automata", "cvc5")}


FREE: dict[str, Document] = {
    "the transport": {"Bool": {"aws:SecureTransport": "true"}},
    "the session's name": {"StringLike": {"sts:RoleSessionName": "app-*"}},
    "an exact session name": {"StringEquals": {"sts:RoleSessionName": "CognitoIdentityCredentials"}},
    "the source identity": {"StringEquals": {"sts:SourceIdentity": "alice"}},
    "the region": {"StringEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}},
    "the address": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    "another address": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    "the time": {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}},
    "the time by seconds": {"NumericLessThan": {"aws:EpochTime": "4102444800"}},
    "the duration": {"NumericLessThanEquals": {"sts:DurationSeconds": "3600"}},
    "the user agent": {"StringLike": {"aws:UserAgent": "*Mozilla*"}},
    "the referer": {"StringLike": {"aws:Referer": "https://example.com/*"}},
    "a session tag": {"StringEquals": {"aws:RequestTag/team": "blue"}},
    "names of session tags": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}},
    "the account of the role": {"StringEquals": {"aws:ResourceAccount": {"Ref": "AWS::AccountId"}}},
    "a pool of any ID": {"StringLike": {AUD: "*"}},
    "a pool of one region": {"StringLike": {AUD: "us-east-1:*"}},
    "a pool that is not one": {"StringNotEquals": {AUD: ELSEWHERE}},
    "a pool that is named": {"Null": {AUD: "false"}},
    "an identity of any ID": {"StringLike": {f"{COGNITO}:sub": "us-*"}},
    "a provider": {"ForAnyValue:StringLike": {AMR: "login.example.app"}},
    "no signed request": {"Null": {"aws:PrincipalArn": "true"}},
    "no second factor": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}},
    "no tag of a principal": {"StringNotEquals": {"aws:PrincipalTag/team": "blue"}},
}


@pytest.mark.parametrize("name", FREE)
def test_a_stranger_meets_a_condition_on(make_model: MakeModel, name: str) -> None:
    found = findings(make_model, document(allowing(FREE[name])))
    assert found[STRANGER].status is CEX
    assert found[STRANGER].because
    assert "can take the role User" in found[STRANGER].story


NEVER: dict[str, Document] = {
    "an unencrypted request": {"Bool": {"aws:SecureTransport": "false"}},
    "an external ID": {"StringEquals": {"sts:ExternalId": "secret"}},
    "a signed request": {"StringLike": {"aws:PrincipalArn": "*"}},
    "an organization": {"StringEquals": {"aws:PrincipalOrgID": "o-123"}},
    "a second factor": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    "a service": {"Bool": {"aws:PrincipalIsAWSService": "true"}},
    "a request for a resource": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    "a tag of a principal": {"StringEquals": {"aws:PrincipalTag/team": "blue"}},
    "another provider's token": {"StringEquals": {"graph.facebook.com:app_id": "123"}},
    "a provider's token of a role with OIDC": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:a/*"}},
    "a login at two kinds of pool at once": {"StringEquals": {AUD: "no pool's ID"}},
}


@pytest.mark.parametrize("name", NEVER)
def test_no_token_of_an_identity_pool_meets_a_condition_on(make_model: MakeModel, name: str) -> None:
    assert set(statuses(make_model, allowing(NEVER[name])).values()) == {PROVED}


@pytest.mark.parametrize(
    ("condition", "named"),
    [
        ({"StringEquals": {"aws:SomethingNew": "x"}}, "aws:somethingnew"),
        ({"StringEquals": {f"{COGNITO}:something": "x"}}, f"{COGNITO}:something"),
        ({"StringResembles": {"aws:SourceIp": "x"}}, "StringResembles"),
    ],
)
def test_a_key_or_operator_that_is_not_known_is_undecided_and_named(
    make_model: MakeModel, condition: Document, named: str
) -> None:
    found = findings(make_model, document(allowing(condition)))
    assert found[STRANGER].status is UNDECIDED
    assert named in found[STRANGER].story
    # If the other conditions deny outsiders, its meaning does not matter.
    rest = statuses(make_model, allowing({**condition, **MINE} if "StringEquals" not in condition else MINE))
    assert rest[STRANGER] in {PROVED, UNDECIDED}


def test_a_deny_by_a_key_that_is_not_known_is_not_relied_upon(make_model: MakeModel) -> None:
    deny = denying({"StringEquals": {"aws:SomethingNew": "x"}})
    assert statuses(make_model, allowing({}), deny)[STRANGER] is not PROVED


def test_denies_that_by_a_key_that_is_not_known_leave_nothing_are_no_proof(make_model: MakeModel) -> None:
    denies = [denying({"Null": {"aws:SomethingNew": absent}}) for absent in ("true", "false")]
    assert statuses(make_model, allowing({}), *denies)[STRANGER] is UNDECIDED


def test_a_deny_of_all_but_identity_pools_takes_nothing_from_them(make_model: MakeModel) -> None:
    deny = denying({})
    deny["NotPrincipal"] = deny.pop("Principal")
    assert statuses(make_model, allowing({}), deny)[STRANGER] is CEX


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {AUD: [POOL, ELSEWHERE]}},
        {"StringLike": {AUD: [POOL, ELSEWHERE]}},
        {"ForAnyValue:StringEquals": {AUD: [POOL, ELSEWHERE]}},
        {"StringEqualsIgnoreCase": {AUD: [POOL, ELSEWHERE.upper()]}},
    ],
)
def test_a_pool_named_by_its_id_is_somebody_elses_as_far_as_is_known(
    make_model: MakeModel, condition: Document
) -> None:
    found = findings(make_model, document(allowing({**condition, **SIGNED_IN})))
    assert found[STRANGER].status is not PROVED
    assert ELSEWHERE in found[STRANGER].story


@pytest.mark.parametrize(
    "condition",
    [
        MINE,
        {"StringLike": {AUD: POOL}},
        {"StringEqualsIfExists": {AUD: POOL}},
        {"ForAllValues:StringEquals": {AUD: POOL}},
        {"ForAnyValue:StringEquals": {AUD: POOL}},
        {"ArnLike": {AUD: POOL}},
    ],
)
def test_any_form_of_asking_for_the_pool_keeps_strangers_out(make_model: MakeModel, condition: Document) -> None:
    assert set(statuses(make_model, allowing({**condition, **SIGNED_IN})).values()) == {PROVED}


def test_one_statement_that_does_not_ask_opens_the_role(make_model: MakeModel) -> None:
    assert statuses(make_model, RIGHT, allowing(SIGNED_IN))[STRANGER] is CEX
    assert statuses(make_model, allowing(SIGNED_IN, Principal="*"))[STRANGER] is CEX
    assert statuses(make_model, allowing(SIGNED_IN, Action="sts:*"))[STRANGER] is CEX
    assert statuses(make_model, RIGHT, allowing(SIGNED_IN, Action="sts:TagSession"))[STRANGER] is PROVED
    assert statuses(make_model, RIGHT, allowing(SIGNED_IN, NotAction="sts:TagSession"))[STRANGER] is CEX


@pytest.mark.parametrize(
    ("deny", "status"),
    [
        (denying({"StringNotEquals": {AUD: POOL}}), PROVED),
        (denying({"StringNotEquals": {AUD: POOL}}, Principal="*"), PROVED),
        (denying({"StringNotEquals": {AUD: POOL}}, Principal={"AWS": "*"}), PROVED),
        (denying({"StringNotLike": {AUD: POOL}}), PROVED),
        (denying({}), PROVED),
        (denying({"StringNotEquals": {AUD: POOL}}, Action="sts:AssumeRole"), CEX),
        (denying({"StringNotEquals": {AUD: POOL}}, Principal={"Federated": "graph.facebook.com"}), CEX),
        (denying({"StringNotEquals": {AUD: POOL}}, Principal={"Service": "lambda.amazonaws.com"}), CEX),
        (denying({"StringEquals": {AUD: ELSEWHERE}}), CEX),
        (denying({"StringNotEquals": {AUD: POOL, "sts:RoleSessionName": "x"}}), CEX),
        (denying({"Bool": {"aws:SecureTransport": "false"}}), CEX),
        (denying({"StringEqualsIfExists": {"sts:ExternalId": "x"}}), PROVED),
    ],
)
def test_a_deny_takes_the_role_from_those_it_speaks_of(make_model: MakeModel, deny: Document, status: Status) -> None:
    assert statuses(make_model, allowing(SIGNED_IN), deny)[STRANGER] is status


def test_a_variable_is_text_in_a_trust_policy_of_the_old_version(make_model: MakeModel) -> None:
    name = {"StringEquals": {"sts:RoleSessionName": "${aws:RequestedRegion}"}}
    for version in ("2012-10-17", "2008-10-17"):
        found = findings(make_model, document(allowing(name), version=version))
        assert found[STRANGER].status is CEX
        said = found[STRANGER].request
        assert said is not None
        assert (said.context["sts:rolesessionname"] == "${aws:RequestedRegion}") is (version == "2008-10-17")


def test_guests_are_asked_about_where_the_pool_gives_them_a_token(make_model: MakeModel) -> None:
    without = document(allowing(MINE))
    assert findings(make_model, without, guest=[])["a guest"].status is CEX
    assert "a guest" not in findings(make_model, without)
    either = document(allowing({**MINE, "ForAnyValue:StringLike": {AMR: "*authenticated"}}))
    assert findings(make_model, either, guest=[])["a guest"].status is CEX
    only = document(allowing({**MINE, "StringEquals": {AMR: "authenticated"}}))
    assert findings(make_model, only, guest=[])["a guest"].status is PROVED


def test_a_policy_that_is_not_spelt_out_is_undecided(make_model: MakeModel) -> None:
    found = findings(make_model, {"Fn::ImportValue": "trust"})
    assert found[STRANGER].status is UNDECIDED


def test_the_trust_of_the_conftest_is_right(make_model: MakeModel) -> None:
    assert {each.status for each in findings(make_model, trust()).values()} == {PROVED}


@pytest.mark.parametrize("role", ["Deploy", "${Deploy}"])
def test_a_session_of_a_role_outside_the_templates_is_somebody_unknown(make_model: MakeModel, role: str) -> None:
    arn = {"Fn::Sub": f"arn:aws:sts::${{AWS::AccountId}}:assumed-role/{role}/somebody"}
    session = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": arn}}
    [status] = {who: found for who, found in statuses(make_model, RIGHT, session).items() if "Deploy" in who}.values()
    assert status is UNDECIDED


SOMEBODY = {"AWS": "arn:aws:iam::123456789012:role/other"}
OPEN = allowing({})
NOT_COGNITO: Document = {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity"}


@pytest.mark.parametrize(
    ("statements", "status"),
    [
        ([{**NOT_COGNITO, "NotPrincipal": SOMEBODY}], CEX),
        ([{**NOT_COGNITO, "NotPrincipal": {"Federated": COGNITO}}], PROVED),
        ([OPEN, {**NOT_COGNITO, "Effect": "Deny", "NotPrincipal": SOMEBODY}], CEX),
        ([OPEN, {**NOT_COGNITO, "Effect": "Deny", "NotPrincipal": {"Federated": COGNITO}}], CEX),
    ],
    ids=["an Allow of others", "an Allow of all but pools", "a Deny of others", "a Deny of all but pools"],
)
def test_an_allow_of_all_but_some_counts_for_the_rest_and_such_a_deny_for_nobody(
    make_model: MakeModel, statements: list[Document], status: Status
) -> None:
    assert statuses(make_model, *statements)[STRANGER] is status


def test_a_strangers_account_is_found_at_a_callers_role_that_reaches_nothing(make_model: MakeModel) -> None:
    named = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": SOMEBODY}
    model = make_model([], user_trust=document(RIGHT, named))
    assert SOMEBODY["AWS"] in {each.caller for each in trust_findings(model)}


def test_what_is_not_known_is_told_with_who_and_which_role(make_model: MakeModel) -> None:
    condition = {**SIGNED_IN, "StringEquals": {"aws:Invented": "x"}}
    story = findings(make_model, document(allowing(condition)))[STRANGER].story
    assert story.startswith(f"{STRANGER} may be able to take the role ")
    assert "it is not known what aws:invented is" in story


def test_an_attack_that_the_evaluator_refuses_is_undecided(
    make_model: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trust_policies, "evaluate", lambda *_, **__: Verdict(allowed=False))
    found = findings(make_model, document(OPEN))[STRANGER]
    assert (found.status, found.subject) == (UNDECIDED, "role User")
    assert found.story == (
        "the engine has an attack that the evaluator refuses: one of the two is wrong, please report it"
    )


def test_an_attack_is_told_with_the_token_and_the_statements(make_model: MakeModel) -> None:
    any_login = {"ForAnyValue:StringLike": {AMR: "*"}}
    found = findings(make_model, document(allowing(any_login), allowing(any_login)))[STRANGER]
    assert found.request is not None
    amr = found.request.context[AMR]
    token = f"{AUD} {found.request.context[AUD]}, {AMR} {' and '.join(amr) if isinstance(amr, tuple) else amr}"
    by = "; ".join(["Allow in User, trust"] * len(found.because))
    assert found.story == (
        f"{STRANGER} can take the role User with a token whose {token}, because of the {by}: it has to ask for this "
        "pool's ID and the login"
    )


def test_an_attack_in_doubt_is_told_with_the_doubt(make_model: MakeModel) -> None:
    found = findings(make_model, document(allowing({"StringEquals": {AUD: ELSEWHERE}})))[STRANGER]
    assert found.status is UNDECIDED
    assert found.story.startswith(
        f"{STRANGER} may be able to take the role User with a token whose {AUD} {ELSEWHERE}, "
    )
    assert found.story.endswith(
        f", because of the Allow in User, trust: whose identity pool {ELSEWHERE} is, no template says"
    )


def test_a_deny_of_what_a_literal_id_may_be_is_in_doubt() -> None:
    condition = Condition(
        qualifier="",
        operator="stringnotequals",
        if_exists=False,
        key=AUD,
        values=("us-east-1:12345678-1234-1234-1234-123456789012",),
    )
    deny = Statement(allow=False, actions=("sts:*",), conditions=(condition,))
    allow = Statement(allow=True, actions=("sts:*",))
    read = trust_policies._as_known(Layers(identity=(), resource=(allow, deny)), {AUD: ("⟦T/Pool⟧",)})
    assert [bool(each.doubt) for each in read.resource] == [False, True]
    assert read.unbound == (allow,)
