"""A multi-tenant app is proved, and every change that opens one tenant's data to another is found."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib.analysis.engine.cvc5_engine import Cvc5
from constructs_lib.analysis.matrix.build import build_matrix
from constructs_lib.analysis.proof.findings import Report, Status
from constructs_lib.ownership_metadata import CLAIMS_KEY, OPENED_KEY, OWNED_KEY
from tests.analysis.conftest import BUCKET, SUB, TABLE, Document, trust
from tests.analysis.tenants import (
    EVERYBODYS,
    ITEMS,
    SHARED,
    TENANT,
    allow,
    called,
    files,
    rows,
    tenants_template,
)
from tests.proofs import models_of, proof_of

TAG = "aws:PrincipalTag/tenant"
NOTES = {"Fn::GetAtt": ["Notes", "Arn"]}
Change = Callable[[Document], Any]


def changed(change: Change) -> Report:
    body = copy.deepcopy(tenants_template())
    change(body["Resources"])
    return proof_of(body)


def stories(report: Report) -> str:
    return "\n".join(each.story for each in report.findings if each.status not in {Status.PROVED, Status.ACCEPTED})


def statements(resources: Document, role: str = "User") -> list[Document]:
    found: list[Document] = resources[role]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    return found


def add(*more: Document, role: str = "User") -> Change:
    return lambda resources: statements(resources, role).extend(more)


def put(resource: str, **properties: Any) -> Change:
    return lambda resources: resources[resource]["Properties"].update(properties)


def form(pattern: str) -> Change:
    return lambda resources: resources["Tags"]["Metadata"][CLAIMS_KEY].update({"custom:tenant": pattern})


def opened(**entry: Any) -> Change:
    return lambda resources: resources["Bucket"]["Metadata"][OPENED_KEY][0].update(entry)


def more(**resources: Document) -> Change:
    return lambda known: known.update(resources)


def mapped(attributes: Any) -> Document:
    return {
        "Type": "AWS::Cognito::UserPoolIdentityProvider",
        "Properties": {"UserPoolId": {"Ref": "UserPool"}, "AttributeMapping": attributes},
    }


def client(**properties: Any) -> Document:
    return {"Type": "AWS::Cognito::UserPoolClient", "Properties": {"UserPoolId": {"Ref": "UserPool"}, **properties}}


def by_rule(claim: Any, **more: Any) -> Document:
    """Return a role mapping that gives the administrators' role by a claim."""
    given = {"Claim": claim, "MatchType": "Equals", "Value": "admins", "RoleARN": {"Fn::GetAtt": ["Admin", "Arn"]}}
    rule = {**given, **more}
    return {
        "Type": "Rules",
        "AmbiguousRoleResolution": "AuthenticatedRole",
        "IdentityProvider": {"Fn::GetAtt": ["UserPool", "ProviderName"]},
        "RulesConfiguration": {"Rules": [rule]},
    }


def test_everybody_is_kept_in_their_tenant_and_out_of_others_folders_there() -> None:
    with Cvc5(seconds=60) as second:
        report = proof_of(tenants_template(), second=second)
    assert report.status is Status.PROVED, stories(report)
    assert not report.one_engine_only
    asked = {each.caller for each in report.findings if "tenants/{tenant}" in each.subject}
    assert asked >= {
        "a guest", "a signed-in user", "a signed-in user without a tenant", "a member of group 'admins'",
        "a member of group 'admins' without a tenant", "anyone on the internet",
    }  # fmt: skip
    accepted = {(each.caller, each.subject) for each in report.findings if each.status is Status.ACCEPTED}
    assert accepted == {("a member of group 'admins'", "Bucket tenants/{tenant}/people/{owner}/*")}


OPENING: dict[str, Change] = {
    "a star for the tenant": add(allow("s3:GetObject", files("tenants/*/shared/*"))),
    "a star for the tenant, for administrators": add(allow("s3:GetObject", files("tenants/*/people/*")), role="Admin"),
    "a member into others' folders": add(allow("s3:GetObject", files(EVERYBODYS))),
    "a member lists others' folders": add(allow("s3:ListBucket", BUCKET, {"StringLike": {"s3:prefix": EVERYBODYS}})),
    "an administrator writes others' files": add(allow("s3:PutObject", files(EVERYBODYS)), role="Admin"),
    "the tenant without an end": add(allow("s3:GetObject", files(f"tenants/{TENANT}*"))),
    "a default for who has no tenant": add(
        allow("s3:GetObject", files("tenants/${aws:PrincipalTag/tenant, 'acme'}/shared/*"))
    ),
    "whoever has no tenant": add(allow("s3:GetObject", files("tenants/*"), {"Null": {TAG: "true"}})),
    "whoever is of another tenant than one": add(
        allow("s3:GetObject", files("tenants/*"), {"StringNotEquals": {TAG: "acme"}})
    ),
    "a tenant that is one if it exists": add(
        allow("s3:GetObject", files("tenants/*"), {"StringEqualsIfExists": {TAG: "ACME"}})
    ),
    "a guest": add(allow("s3:GetObject", files("tenants/*")), role="Guest"),
    "a listing of all tenants": add(allow("s3:ListBucket", BUCKET, {"StringLike": {"s3:prefix": "tenants/*"}})),
    "a listing without its slash": add(
        allow("s3:ListBucket", BUCKET, {"StringLike": {"s3:prefix": f"tenants/{TENANT}"}})
    ),
    "rows of all tenants": add(allow("dynamodb:Query", TABLE)),
    "a Scan of all tenants": add(allow("dynamodb:Scan", TABLE)),
    "rows that begin as the tenant's": add(rows(ITEMS, TABLE, f"{TENANT}*", operator="StringLike")),
    "rows of the tenant by a beginning": add(rows(ITEMS, NOTES, f"TENANT#{TENANT}*", operator="StringLike")),
    "rows of all people of the tenant": add(rows(ITEMS, NOTES, f"TENANT#{TENANT}#*", operator="StringLike")),
    "rows of the person in all tenants": add(rows(ITEMS, NOTES, f"TENANT#*#{SUB}", operator="StringLike")),
    "a route of all tenants": add(allow("execute-api:Invoke", called("GET", "/tenants/*/projects"))),
    "the client writes the claim": put("Client", WriteAttributes=["email", "custom:tenant"]),
    "the client says no attributes": lambda resources: resources["Client"]["Properties"].pop("WriteAttributes"),
    "the client writes no attribute, which is all": put("Client", WriteAttributes=[]),
    "another client writes it": more(Mobile=client(WriteAttributes=["custom:tenant"])),
    "another client says none": more(Mobile=client()),
    "written once, at sign-up": lambda resources: (
        resources["UserPool"]["Properties"]["Schema"][0].update(Mutable=False),
        resources["Client"]["Properties"].update(WriteAttributes=["custom:tenant"]),
    ),
    "a provider fills the claim": more(Corporate=mapped({"custom:tenant": "org"})),
    "a provider fills what is not known": more(Corporate=mapped({"Ref": "Attributes"})),
    "a claim that users write by nature": put("Tags", PrincipalTags={"tenant": "email"}),
    "the client's ID": put("Tags", PrincipalTags={"tenant": "aud"}),
    "the tags of the defaults": put("Tags", UseDefaults=True, PrincipalTags={"tenant": "custom:other"}),
    "a slash in the form": form("[a-z/]{3,36}"),
    "no form": lambda resources: resources["Tags"].pop("Metadata"),
    "the administrators' right is everybody's": opened(caller="authenticated"),
    "nothing is meant": opened(actions=[]),
    "what is meant has an unknown reach": opened(within="tenant"),
    "what is meant stays the owner's": opened(within=["tenant", "owner"]),
    "a role by a claim that users write": put("Attachment", RoleMappings={"users": by_rule("email")}),
    "a role by a list of claims": put("Attachment", RoleMappings={"users": by_rule(["role"])}),
    "a role by a rule that matches by a list": put(
        "Attachment", RoleMappings={"users": by_rule("role", MatchType=["Equals"])}
    ),
    "a role by a mapping whose type is a list": put(
        "Attachment", RoleMappings={"users": {**by_rule("role"), "Type": ["Rules"]}}
    ),
    "anybody's identity pool": put("User", AssumeRolePolicyDocument=trust(aud="none")),
    "guests take the role": put("User", AssumeRolePolicyDocument=trust(amr=None)),
    "a role's own tag for who has no claim": put("User", Tags=[{"Key": "tenant", "Value": "acme"}]),
    "people update accounts": add(allow("cognito-idp:AdminUpdateUserAttributes", "*")),
    "people make accounts": add(allow("cognito-idp:AdminCreateUser", "*")),
    "people map tags": add(allow("cognito-identity:SetPrincipalTagAttributeMap", "*")),
    "people change code": add(allow("lambda:UpdateFunctionCode", "*")),
    "the metadata is kept and the policies are not": lambda resources: [
        each.update(Resource=files("tenants/*")) for each in statements(resources)[:2]
    ],
}  # fmt: skip


@pytest.mark.parametrize("change", OPENING.values(), ids=OPENING)
def test_a_change_that_opens_a_tenants_data_is_not_proved(change: Change) -> None:
    report = changed(change)
    assert report.status is not Status.PROVED


HARMLESS: dict[str, Change] = {
    "nothing": lambda _: None,
    "a public folder": add(allow("s3:GetObject", files("public/*"))),
    "a folder of the tenant more": add(allow("s3:PutObject", files(f"tenants/{TENANT}/inbox/*"))),
    "members write what they share": add(allow("s3:PutObject", files(SHARED))),
    "members delete nothing": lambda resources: statements(resources)[1].update(Action=["s3:GetObject"]),
    "a form of one length": form("[a-z0-9]{12}"),
    "a form of other lengths": form("[a-z]{2,10}"),
    "another client that writes other attributes": more(Mobile=client(WriteAttributes=["email", "name"])),
    "another client of another pool": more(
        Others={"Type": "AWS::Cognito::UserPool"},
        Mobile={"Type": "AWS::Cognito::UserPoolClient", "Properties": {"UserPoolId": {"Ref": "Others"}}},
    ),
    "a provider that fills other attributes": more(Corporate=mapped({"email": "mail"})),
    "an attribute more": lambda resources: resources["UserPool"]["Properties"]["Schema"].append({"Name": "title"}),
    "an attribute that nobody changes": lambda resources: resources["UserPool"]["Properties"]["Schema"][0].update(
        Mutable=False
    ),
    "administrators delete what is shared no more": lambda resources: statements(resources, "Admin").pop(-3),
    "a Deny": add({**allow("s3:DeleteObject", files("tenants/*")), "Effect": "Deny"}),
    "another route of the tenant": add(allow("execute-api:Invoke", called("GET", f"/tenants/{TENANT}/members"))),
    "no guests": lambda resources: (
        resources["Pool"]["Properties"].update(AllowUnauthenticatedIdentities=False),
        resources["Attachment"]["Properties"]["Roles"].pop("unauthenticated"),
        resources.pop("Guest"),
    ),
}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_a_change_that_opens_nothing_is_proved(change: Change) -> None:
    report = changed(change)
    assert report.status is Status.PROVED, stories(report)


@pytest.mark.parametrize(
    ("path", "reached", "status"),
    [
        ("/reports/{tenant}", "/reports/*", Status.UNDECIDED),
        ("/reports/{tenant}/all", f"/reports/{TENANT}/all", Status.PROVED),
        ("/reports/{any_tenant}", "/reports/*", Status.PROVED),
        ("/reports/{tenant}", "/elsewhere/*", Status.PROVED),
    ],
)
def test_code_that_reads_the_tenant_from_the_path_is_called_by_no_other_route(
    path: str, reached: str, status: Status
) -> None:
    """A path parameter with the tag's name counts as the caller's own value, in any path."""
    uri = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Code.Arn}/invocations"

    def change(resources: Document) -> None:
        paths = resources["Api"]["Properties"]["Body"]["paths"]
        operation = paths["/tenants/{tenant}/projects"]["get"]
        operation["x-amazon-apigateway-integration"] = {"type": "aws_proxy", "uri": {"Fn::Sub": uri}}
        paths[path] = {"get": operation}
        resources["Code"] = {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Role": "arn:aws:iam::123456789012:role/x", "Code": {"ZipFile": "x"}},
        }
        statements(resources).append(allow("execute-api:Invoke", called("GET", reached)))

    report = changed(change)
    assert report.status is status, stories(report)


def test_what_is_opened_within_one_person_is_their_own_by_whichever_name_a_policy_knows_them() -> None:
    """An owner who is identified by a tag is still the owner: the entry shares their data in every tenant."""
    person = "${aws:PrincipalTag/sub}"
    place = f"homes/{person}/{TENANT}/*"

    def everywhere(pattern: str) -> Change:
        def change(resources: Document) -> None:
            resources["Tags"]["Properties"]["PrincipalTags"]["sub"] = "sub"
            entry = {"place": place, "caller": "authenticated", "actions": ["s3:GetObject"], "within": ["owner"]}
            resources["Bucket"]["Metadata"][OWNED_KEY].append(place)
            resources["Bucket"]["Metadata"][OPENED_KEY].append(entry)
            statements(resources).append(allow("s3:GetObject", files(pattern)))

        return change

    report = changed(everywhere(f"homes/{person}/*/*"))
    assert report.status is Status.PROVED, stories(report)
    assert changed(everywhere("homes/*/*/*")).status is Status.COUNTEREXAMPLE


def test_two_forms_of_one_claim_leave_it_undecided() -> None:
    report = changed(lambda resources: resources["Bucket"]["Metadata"].update({CLAIMS_KEY: {"custom:tenant": "x{3}"}}))
    assert report.status is Status.UNDECIDED
    assert "declares the form" in stories(report)


def test_who_administers_every_tenant_on_purpose_reaches_people_and_nothing_else_there() -> None:
    def everywhere(*patterns: str) -> Change:
        def change(resources: Document) -> None:
            entry = resources["Bucket"]["Metadata"][OPENED_KEY][0]
            entry.pop("within")
            entry.update(actions=["s3:GetObject", "s3:ListBucket"])
            found = statements(resources, "Admin")
            found.append(allow("s3:GetObject", files(*patterns)))
            found.append(allow("s3:ListBucket", BUCKET, {"StringLike": {"s3:prefix": list(patterns)}}))

        return change

    report = changed(everywhere("tenants/*/people/*/*"))
    assert report.status is Status.PROVED, stories(report)
    assert "Bucket tenants/{tenant}/*" in {each.subject for each in report.findings if each.status is Status.ACCEPTED}
    assert changed(everywhere("tenants/*/shared/*")).status is Status.COUNTEREXAMPLE
    assert changed(everywhere("tenants/*")).status is Status.COUNTEREXAMPLE


def test_a_rule_that_gives_a_groups_role_gives_what_the_group_may_on_purpose() -> None:
    report = changed(put("Attachment", RoleMappings={"users": by_rule("role")}))
    assert report.status is Status.PROVED, stories(report)
    accepted = {each.caller for each in report.findings if each.status is Status.ACCEPTED}
    assert accepted == {"a user whose token says role Equals admins"}


def test_an_attack_says_of_which_tenant_the_data_is() -> None:
    assert "which is another tenant's Bucket tenants/{tenant}/*" in stories(changed(OPENING["a star for the tenant"]))
    said = stories(changed(OPENING["a member into others' folders"]))
    assert "which is another's Bucket tenants/{tenant}/people/{owner}/* of the same tenant" in said


def test_the_matrix_tells_own_from_the_tenants_and_the_tenants_from_everybodys() -> None:
    body = copy.deepcopy(tenants_template())
    add(allow("s3:DeleteObject", files("tenants/*/people/*")), role="Admin")(body["Resources"])
    matrix = build_matrix(models_of(body), title="T")
    place = next(each.id for each in matrix.places if each.where == "tenants/{tenant}/people/{owner}/*")
    cells = {
        subject: {entry.verb: str(entry.reach) for entry in matrix.cell(subject, place)}
        for subject in ("guest", "authenticated", "authenticated without tenant", "group:admins")
    }
    assert cells == {
        "guest": {},
        "authenticated": {"get": "own", "list": "own", "write": "own", "delete": "own"},
        "authenticated without tenant": {},
        "group:admins": {"get": "shared", "list": "shared", "write": "own", "delete": "all"},
    }


def test_keys_of_several_owners_are_told_apart_in_either_order() -> None:
    for key in (f"TENANT#{TENANT}#{SUB}", f"USER#{SUB}#{TENANT}"):
        body = copy.deepcopy(tenants_template())
        for name in ("User", "Admin"):
            statements(body["Resources"], name)[4] = rows(ITEMS, NOTES, key)
        body["Resources"]["Notes"]["Metadata"][OWNED_KEY] = [key]
        report = proof_of(body)
        assert report.status is Status.PROVED, stories(report)
        add(rows(["dynamodb:Query"], NOTES, key.replace(SUB, "*"), operator="StringLike"))(body["Resources"])
        assert proof_of(body).status is not Status.PROVED
