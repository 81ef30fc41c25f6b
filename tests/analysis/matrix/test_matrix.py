"""The access matrix: each cell shows the reach of a subject, and names the statements that allow it."""

import copy
from typing import Any

from constructs_lib.analysis import Template, build_model
from constructs_lib.analysis.matrix import Matrix
from constructs_lib.analysis.matrix.build import build_matrix
from constructs_lib.analysis.model.callers import CallerKind
from tests.analysis.conftest import BUCKET, LISTED, PUBLIC, SUB, TABLE, Document, join, template
from tests.proofs import models_of

OWN = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": join(BUCKET, f"/private/{SUB}/*")}
ROWS = {
    "Effect": "Allow",
    "Action": ["dynamodb:GetItem", "dynamodb:Query"],
    "Resource": TABLE,
    "Condition": {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [SUB]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    },
}
API: Document = {
    "Api": {"Type": "AWS::ApiGatewayV2::Api"},
    **{
        f"{auth}Route": {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {"ApiId": {"Ref": "Api"}, "RouteKey": f"GET /{auth.lower()}", "AuthorizationType": auth},
        }
        for auth in ("NONE", "JWT", "AWS_IAM", "CUSTOM")
    },
}


def matrix(body: Document) -> Matrix:
    return build_matrix(models_of(body), title="T")


def cells(found: Matrix, subject: str) -> dict[str, str]:
    """Return the access of a subject by place: `get own, list all`."""
    said = {
        place.where: ", ".join(f"{entry.verb} {entry.reach}" for entry in found.cell(subject, place.id))
        for place in found.places
    }
    return {where: text for where, text in said.items() if text}


def test_own_shared_and_everything_are_told_apart() -> None:
    found = matrix(template([OWN, PUBLIC, LISTED, ROWS], guest=[PUBLIC]))
    assert cells(found, "authenticated") == {
        "private/{owner}/*": "get own, list own, write own",
        "public/*": "get all, list all",
        "{owner}": "get own, list own",
    }
    assert cells(found, "guest") == {"public/*": "get all"}
    assert cells(found, "internet") == {}


def test_who_may_do_everything_reaches_what_others_own() -> None:
    everything = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/*")}
    found = matrix(template([OWN], guest=[everything]))
    assert cells(found, "guest") == {"private/{owner}/*": "get all", "everything": "get all"}
    assert next(place for place in found.places if place.where == "private/{owner}/*").owned


def test_what_a_deny_leaves_is_only_some_of_a_place() -> None:
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": join(BUCKET, "/public/secret/*")}
    assert cells(matrix(template([PUBLIC, deny])), "authenticated") == {"public/*": "get some"}


def test_a_cell_names_its_actions_and_the_statements_behind_it() -> None:
    found = matrix(template([OWN, PUBLIC]))
    place = next(place for place in found.places if place.where == "public/*")
    (entry,) = found.cell("authenticated", place.id)
    assert entry.actions == ("s3:GetObject",)
    (source,) = [each for each in found.sources if each.id in entry.sources]
    assert source.place == "User, inline P"
    assert '"arn:aws:s3:::Bucket/public/*"' in source.text


def test_routes_are_open_to_whom_their_authorizer_lets_in() -> None:
    call = {
        "Effect": "Allow",
        "Action": "execute-api:Invoke",
        "Resource": {"Fn::Sub": "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/$default/GET/aws_iam"},
    }
    found = matrix(template([call], guest=[], more=API))
    assert cells(found, "internet") == {"GET /none": "call all"}
    assert cells(found, "guest") == {}
    assert cells(found, "authenticated") == {"GET /jwt": "call all", "GET /aws_iam": "call all"}
    assert "Api GET /custom has a custom authorizer, which is not analyzed" in [each.text for each in found.doubts]


def test_a_function_shows_what_its_own_role_reaches() -> None:
    scan = {"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": TABLE}
    role: dict[str, Any] = copy.deepcopy(template([scan])["Resources"]["User"])
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Role": {"Fn::GetAtt": ["Worker", "Arn"]}}}
    found = matrix(template([ROWS], more={"Worker": role, "Reports": function}))
    assert cells(found, "function:Reports") == {"as a whole": "other all"}


def test_of_two_choices_of_a_condition_the_wider_one_is_shown_and_said() -> None:
    body = template([{"Fn::If": ["Open", PUBLIC, {"Ref": "AWS::NoValue"}]}])
    body["Parameters"] = {"Stage": {"Type": "String"}}
    body["Conditions"] = {"Open": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]}}
    found = matrix(body)
    assert cells(found, "authenticated") == {"public/*": "get all"}
    assert any("(Open)" in note for note in found.notes)


def test_resources_of_one_name_in_two_stacks_are_two() -> None:
    stacks = [Template(name=name, body=template([PUBLIC]), source="test") for name in ("Dev", "Prod")]
    found = build_matrix(build_model(stacks), title="both")
    resources = [place.resource for place in found.places if place.where == "public/*"]
    assert resources == ["Bucket in Dev", "Bucket in Prod"]
    reached = {(entry.subject, entry.place) for entry in found.access}
    assert reached == {
        ("authenticated", "bucket:Bucket in Dev:public/*"),
        ("authenticated#2", "bucket:Bucket in Prod:public/*"),
    }


def grouped(name: str, provider: Document | str | None, *, key: str = "app", more: Document | None = None) -> Document:
    """Return an app whose user pool has one group, and whose identity pool maps the groups of a provider."""
    body = template([PUBLIC], more=more)
    resources = body["Resources"]
    resources["Users"] = {"Type": "AWS::Cognito::UserPool"}
    resources["Member"] = copy.deepcopy(resources["User"])
    resources["Members"] = {
        "Type": "AWS::Cognito::UserPoolGroup",
        "Properties": {
            "GroupName": name,
            "UserPoolId": {"Ref": "Users"},
            "RoleArn": {"Fn::GetAtt": ["Member", "Arn"]},
        },
    }
    mapping = {"Type": "Token", **({"IdentityProvider": provider} if provider is not None else {})}
    resources["Attachment"]["Properties"]["RoleMappings"] = {key: mapping}
    return body


OWN_PROVIDER = {"Fn::Join": ["", [{"Fn::GetAtt": ["Users", "ProviderName"]}, ":client"]]}


def groups(*bodies: Document) -> list[str]:
    stacks = [Template(name=f"App{number}", body=body, source="test") for number, body in enumerate(bodies)]
    subjects = build_matrix(build_model(stacks), title="apps").subjects
    return [subject.id for subject in subjects if subject.kind is CallerKind.GROUP]


def test_an_identity_pool_gets_the_groups_of_the_user_pool_that_its_mapping_names() -> None:
    assert groups(grouped("a", OWN_PROVIDER), grouped("b", OWN_PROVIDER)) == ["group:a", "group:b"]


def test_an_identity_pool_gets_the_groups_of_the_user_pools_it_trusts() -> None:
    apps = [grouped("a", None), grouped("b", None)]
    for body in apps:
        body["Resources"]["Pool"]["Properties"]["CognitoIdentityProviders"] = [
            {"ProviderName": {"Fn::GetAtt": ["Users", "ProviderName"]}, "ClientId": "client"}
        ]
    assert groups(*apps) == ["group:a", "group:b"]
    apps[0]["Resources"]["Pool"]["Properties"]["OpenIdConnectProviderARNs"] = ["arn:aws:iam::1:oidc-provider/other"]
    assert groups(*apps) == ["group:a", "group:b", "group:b#2"]


def test_where_it_is_not_known_whom_an_identity_pool_trusts_it_gets_every_group() -> None:
    every = ["group:a", "group:b", "group:a#2", "group:b#2"]
    assert sorted(groups(grouped("a", None), grouped("b", None))) == sorted(every)
    parameter = {"Parameters": {"Provider": {"Type": "String"}}}
    unknown = [{**grouped(name, {"Ref": "Provider"}), **parameter} for name in ("a", "b")]
    assert sorted(groups(*unknown)) == sorted(every)
    written_out = "cognito-idp.us-east-1.amazonaws.com/us-east-1_abc:client"
    assert sorted(groups(grouped("a", written_out), grouped("b", written_out))) == sorted(every)
