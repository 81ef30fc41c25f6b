"""Roles that others can assume: by the classic flow, by a rule on a writable claim, by accounts and providers."""

from typing import Any

import pytest

from constructs_lib.analysis.proof.findings import Finding, Question, Status
from constructs_lib.analysis.proof.prove import prove
from tests.analysis.conftest import BUCKET, Document, MakeModel, join, trust
from tests.analysis.proof.test_trust_policies import AMR, MINE, OWN, POOL, RIGHT, allowing, document

CEX, PROVED, UNDECIDED = Status.COUNTEREXAMPLE, Status.PROVED, Status.UNDECIDED
READS = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/*")}
USER_POOL = {"Ref": "UserPool"}
PROVIDER = {"Fn::Join": ["", [{"Fn::GetAtt": ["UserPool", "ProviderName"]}, ":", {"Ref": "Client"}]]}


def _role(trust_document: Document, *statements: Document) -> Document:
    policies = [{"PolicyName": "P", "PolicyDocument": document(*statements)}]
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": trust_document, "Policies": policies if statements else []},
    }


def _pool(**settings: Any) -> Document:
    return {"Pool": {"Type": "AWS::Cognito::IdentityPool", "Properties": settings}}


def _users(schema: list[Document] | None = None, **client: Any) -> Document:
    return {
        "UserPool": {"Type": "AWS::Cognito::UserPool", "Properties": {"Schema": schema or []}},
        "Client": {"Type": "AWS::Cognito::UserPoolClient", "Properties": {"UserPoolId": USER_POOL, **client}},
    }


def _attached(mappings: Document | None = None, **roles: Any) -> Document:
    given = {name: {"Fn::GetAtt": [role, "Arn"]} for name, role in {"authenticated": "User", **roles}.items()}
    properties = {"IdentityPoolId": POOL, "Roles": given, "RoleMappings": mappings or {}}
    return {"Attachment": {"Type": "AWS::Cognito::IdentityPoolRoleAttachment", "Properties": properties}}


def _trust_findings(model: Any) -> list[Finding]:
    return [each for each in prove([model]).findings if each.question is Question.TRUST]


def _of(found: list[Finding], role: str) -> dict[str, Status]:
    return {each.caller: each.status for each in found if each.subject == f"role {role}"}


def _told_of(model: Any, role: str) -> list[Finding]:
    """Return the findings on who may assume a role that no caller gets."""
    return [
        each
        for each in prove([model]).findings
        if each.subject.endswith(role)
        and each.status is not PROVED
        and each.question in {Question.TRUST, Question.ANOTHER_WAY}
        and "identity pool" not in each.caller
    ]


EDITORS = {
    **_users(),
    "Editors": _role(document(RIGHT), READS),
    "Group": {
        "Type": "AWS::Cognito::UserPoolGroup",
        "Properties": {"GroupName": "editors", "UserPoolId": USER_POOL, "RoleArn": {"Fn::GetAtt": ["Editors", "Arn"]}},
    },
    **_attached({"users": {"Type": "Token", "IdentityProvider": PROVIDER, "AmbiguousRoleResolution": "Deny"}}),
}


def test_whoever_is_signed_in_takes_a_groups_role_by_the_classic_flow(make_model: MakeModel) -> None:
    who = "a signed-in user who is not member of group 'editors'"
    opened = make_model([OWN], more=EDITORS | _pool(AllowClassicFlow=True))
    assert _of(_trust_findings(opened), "Editors")[who] is CEX
    closed = make_model([OWN], more=EDITORS | _pool(AllowClassicFlow=False))
    assert set(_of(_trust_findings(closed), "Editors").values()) == {PROVED}


def _rule(claim: str, match: str = "Equals", role: str = "Admins", provider: Any = PROVIDER) -> Document:
    rule = {"Claim": claim, "MatchType": match, "Value": "admin", "RoleARN": {"Fn::GetAtt": [role, "Arn"]}}
    return {
        "users": {
            "Type": "Rules",
            "IdentityProvider": provider,
            "AmbiguousRoleResolution": "AuthenticatedRole",
            "RulesConfiguration": {"Rules": [rule]},
        }
    }


ADMINS = {"Admins": _role(document(RIGHT), READS)}
ROLE_ATTRIBUTE = [{"Name": "role", "AttributeDataType": "String", "Mutable": True}]


def test_whoever_is_signed_in_takes_a_rules_role_by_the_classic_flow(make_model: MakeModel) -> None:
    more = ADMINS | _users(WriteAttributes=["email"]) | _attached(_rule("custom:role"))
    opened = _of(_trust_findings(make_model([OWN], more=more | _pool(AllowClassicFlow=True))), "Admins")
    assert CEX in opened.values()
    closed = _of(_trust_findings(make_model([OWN], more=more | _pool(AllowClassicFlow=False))), "Admins")
    assert set(closed.values()) == {PROVED}


def test_an_attack_names_every_login_that_the_token_has(make_model: MakeModel) -> None:
    by_provider = allowing({**MINE, "ForAnyValue:StringLike": {AMR: "login.example.app"}})
    more = {"Guest": _role(document(by_provider), READS)} | _attached(unauthenticated="Guest")
    found = _trust_findings(make_model([OWN], more=more | _pool(AllowClassicFlow=True)))
    (attack,) = (each for each in found if each.caller == "a signed-in user" and each.status is CEX)
    assert f"{AMR} authenticated and login.example.app, because of the Allow in Guest" in attack.story


def test_users_take_the_role_of_guests_who_are_off_by_the_classic_flow(make_model: MakeModel) -> None:
    more = {"Guest": _role(document(allowing(MINE)), READS)} | _attached(unauthenticated="Guest")
    opened = _trust_findings(make_model([OWN], more=more | _pool(AllowClassicFlow=True)))
    assert _of(opened, "Guest")["a signed-in user"] is CEX
    assert set(_of(_trust_findings(make_model([OWN], more=more | _pool())), "Guest").values()) == {PROVED}
    asks = {"Guest": _role(trust(amr="unauthenticated"), READS)}
    opened = _trust_findings(make_model([OWN], more=more | asks | _pool(AllowClassicFlow=True)))
    assert _of(opened, "Guest")["a signed-in user"] is PROVED


def test_strangers_take_a_role_that_nobody_is_given(make_model: MakeModel) -> None:
    more = {"Guest": _role(document(allowing({})), READS)} | _attached(unauthenticated="Guest")
    assert _of(_trust_findings(make_model([OWN], more=more)), "Guest")["a user of another identity pool"] is CEX


def test_a_login_by_one_provider_is_asked_as_such(make_model: MakeModel) -> None:
    provider = {"Fn::Join": ["", [{"Fn::GetAtt": ["UserPool", "ProviderName"]}, ":CognitoSignIn:*"]]}
    asks = document(allowing({**MINE, "ForAnyValue:StringLike": {AMR: provider}}))
    more = EDITORS | {"Editors": _role(asks, READS)} | _pool(AllowClassicFlow=True)
    assert CEX in _of(_trust_findings(make_model([OWN], more=more)), "Editors").values()


@pytest.mark.parametrize("match", ["Equals", "Contains", "StartsWith", "NotEqual"])
def test_anyone_becomes_what_a_rule_on_a_claim_they_write_says(make_model: MakeModel, match: str) -> None:
    more = ADMINS | _users(ROLE_ATTRIBUTE) | _attached(_rule("custom:role", match))
    (finding,) = [each for each in _trust_findings(make_model([OWN], more=more)) if each.status is CEX]
    assert "any signed-in user can become" in finding.story
    assert (
        "'custom:role'; take the attribute from every client's write list, or give the role by a group" in finding.story
    )


@pytest.mark.parametrize("claim", ["email", "name", "custom:role", "preferred_username"])
def test_a_rule_is_open_by_each_attribute_that_a_client_writes(make_model: MakeModel, claim: str) -> None:
    more = ADMINS | _users(ROLE_ATTRIBUTE, WriteAttributes=[claim]) | _attached(_rule(claim))
    assert CEX in {each.status for each in _trust_findings(make_model([OWN], more=more))}
    more = ADMINS | _users(ROLE_ATTRIBUTE, WriteAttributes=["address"]) | _attached(_rule(claim))
    assert {each.status for each in _trust_findings(make_model([OWN], more=more))} == {PROVED}


@pytest.mark.parametrize("claim", ["sub", "aud", "cognito:groups"])
def test_a_rule_on_a_claim_of_cognitos_own_is_not(make_model: MakeModel, claim: str) -> None:
    more = ADMINS | _users(ROLE_ATTRIBUTE) | _attached(_rule(claim))
    assert {each.status for each in _trust_findings(make_model([OWN], more=more))} == {PROVED}


def test_a_rule_that_gives_what_everyone_has_is_no_gain(make_model: MakeModel) -> None:
    more = _users(ROLE_ATTRIBUTE) | _attached(_rule("custom:role", role="User"))
    assert {each.status for each in _trust_findings(make_model([OWN], more=more))} == {PROVED}


@pytest.mark.parametrize(
    "provider", ["arn:aws:iam::111122223333:saml-provider/corp", "accounts.google.com", "login.example.app"]
)
@pytest.mark.parametrize("kind", ["Token", "Rules"])
def test_roles_by_the_tokens_of_another_provider_are_undecided(make_model: MakeModel, provider: str, kind: str) -> None:
    mapping = {"users": {**_rule("role", provider=provider)["users"], "Type": kind}}
    report = prove([make_model([OWN], more=ADMINS | _users() | _attached(mapping))])
    assert any(provider in each.story for each in report.findings if each.status is UNDECIDED)


def _named(principal: Any, condition: Document | None = None, action: str = "sts:AssumeRole") -> Document:
    return allowing(condition or {}, Principal=principal, Action=action)


GITHUB = {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}
REPOSITORY = {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:me/app:*"}}
ANYONE_THERE = {"StringLike": {"token.actions.githubusercontent.com:sub": "*"}}
OTHERS = [
    ({"AWS": "*"}, None, CEX),
    ("*", None, CEX),
    ({"AWS": "*"}, {"StringEquals": {"sts:ExternalId": "x"}}, UNDECIDED),
    ({"AWS": "arn:aws:iam::999999999999:root"}, None, UNDECIDED),
    ({"AWS": {"Fn::ImportValue": "somebody"}}, None, UNDECIDED),
    ({"AWS": {"Fn::Join": ["", ["arn:aws:iam::", {"Ref": "AWS::AccountId"}, ":root"]]}}, None, None),
    ({"AWS": {"Fn::GetAtt": ["User", "Arn"]}}, None, None),
    ({"Service": "lambda.amazonaws.com"}, None, None),
    (GITHUB, {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}, CEX),
    (GITHUB, ANYONE_THERE, CEX),
    (GITHUB, REPOSITORY, UNDECIDED),
    ({"Federated": "graph.facebook.com"}, None, CEX),
    ({"Federated": "arn:aws:iam::111122223333:saml-provider/corp"}, None, UNDECIDED),
]


@pytest.mark.parametrize(("principal", "condition", "status"), OTHERS)
def test_a_role_that_reaches_owned_data_is_asked_whom_it_trusts(
    make_model: MakeModel, principal: Any, condition: Document | None, status: Status | None
) -> None:
    worker = {"Worker": _role(document(_named(principal, condition)), READS)}
    # One finding for all principals.
    told = [each.status for each in _told_of(make_model([OWN], more=worker), "Worker")]
    assert told == ([status] if status else [])
    harmless = {"Worker": _role(document(_named(principal, condition)))}
    if principal not in ("*", {"AWS": "*"}):
        assert _of(_trust_findings(make_model([OWN], more=harmless)), "Worker") == {}


def test_a_trust_of_all_but_some_is_undecided_and_named(make_model: MakeModel) -> None:
    statement = _named({"AWS": "x"})
    statement["NotPrincipal"] = statement.pop("Principal")
    (found,) = _told_of(make_model([OWN], more={"Worker": _role(document(statement), READS)}), "Worker")
    assert found.status is UNDECIDED


@pytest.mark.parametrize("taken", ["auth*", "authenticated"])
def test_a_signed_in_token_names_its_provider_too(make_model: MakeModel, taken: str) -> None:
    but = allowing({"ForAnyValue:StringNotLike": {AMR: taken}, **MINE})
    roles = {**_pool(AllowClassicFlow=True), "Extra": _role(document(but), READS)}
    found = _of(_trust_findings(make_model([OWN], more=roles)), "Extra")
    assert found["a signed-in user"] is CEX


def test_a_provider_that_no_template_names_is_undecided(make_model: MakeModel) -> None:
    but = allowing({"ForAnyValue:StringNotLike": {AMR: ["authenticated", "cognito-idp.*"]}, **MINE})
    roles = {**_pool(AllowClassicFlow=True), "Extra": _role(document(but), READS)}
    assert _of(_trust_findings(make_model([OWN], more=roles)), "Extra")["a signed-in user"] is UNDECIDED


def test_a_trust_by_an_address_and_by_what_a_token_lacks_is_decided(make_model: MakeModel) -> None:
    without = {"StringNotEquals": {"aws:PrincipalArn": "x"}, "NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    found = _of(_trust_findings(make_model([OWN], more={"Extra": _role(document(allowing(without)), READS)})), "Extra")
    assert found["a user of another identity pool"] is CEX


def test_a_role_that_reaches_what_its_sessions_tags_say_is_followed(make_model: MakeModel) -> None:
    theirs = {**READS, "Resource": join(BUCKET, "/private/${aws:PrincipalTag/x}/*")}
    outside = document({**RIGHT, "Principal": {"AWS": "111122223333"}, "Condition": {}})
    told = _told_of(make_model([OWN], more={"Outside": _role(outside, theirs)}), "Outside")
    assert any("reaches Bucket private/{owner}/*" in each.story for each in told)


def test_a_groups_role_without_a_role_mapping_is_undecided_and_a_mapping_remedies_it(make_model: MakeModel) -> None:
    editors = {**EDITORS, "Editors": _role(document(RIGHT))}
    (found,) = [each for each in prove([make_model([OWN], more=editors | _attached())]).findings if each.story]
    assert found.status is UNDECIDED
    assert found.story == (
        "Editors is the role of Group, and no attachment here has a role mapping that gives it to the group's members; "
        "add one of the type Token for their user pool, or remove RoleArn and the role"
    )
    assert prove([make_model([OWN], more=editors)]).status is PROVED
    without = {name: each for name, each in editors.items() if name not in {"Group", "Editors"}} | _attached()
    assert prove([make_model([OWN], more=without)]).status is PROVED
