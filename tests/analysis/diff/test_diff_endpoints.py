"""A route with a changed authorization type: the diff names only callers that gain or lose the call."""

import copy
from typing import Any

from constructs_lib.analysis import Template
from constructs_lib.analysis.diff import Diff, compare
from tests.analysis.conftest import PUBLIC, SUB, Document, template, trust

CALL_ARN = "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/prod/"


def call(route: str) -> Document:
    resource = {"Fn::Sub": (CALL_ARN + route).replace(SUB, SUB.replace("${", "${!"))}
    return {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource}


def role(statements: list[Document]) -> Document:
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": trust(),
            "Policies": [{"PolicyName": "P", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}],
        },
    }


def app(
    auth: str | None,
    *,
    user: list[Document],
    guest: list[Document] | None = None,
    group: list[Document] | None = None,
    path: str = "/notes",
) -> Document:
    """Return an API with one route, and the IAM permission to call it."""
    more: Document = {"Api": {"Type": "AWS::ApiGatewayV2::Api"}}
    if auth is not None:
        more["Route"] = {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {"ApiId": {"Ref": "Api"}, "RouteKey": f"GET {path}", "AuthorizationType": auth},
        }
    body = template(user, guest=guest, more=more)
    if group is not None:
        resources = body["Resources"]
        resources["Editor"] = role(group)
        resources["Editors"] = {
            "Type": "AWS::Cognito::UserPoolGroup",
            "Properties": {"GroupName": "editors", "RoleArn": {"Fn::GetAtt": ["Editor", "Arn"]}},
        }
        resources["Attachment"]["Properties"]["RoleMappings"] = {"pool": {"Type": "Token"}}
    return body


def diff(old: Document, new: Document) -> Diff:
    return compare([Template(name="T", body=old, source="t")], [Template(name="T", body=new, source="t")])


def sentences(found: Diff) -> list[str]:
    return [change.sentence for change in found.changes]


def test_from_iam_to_tokens_guests_lose_the_call_and_only_users_without_rights_gain_it() -> None:
    rights: dict[str, Any] = {"user": [call("GET/notes")], "guest": [call("GET/notes")], "group": []}
    found = diff(app("AWS_IAM", **rights), app("JWT", **rights))
    assert sentences(found) == [
        "A member of group 'editors' can now call Api GET /notes",
        "A guest can no longer call Api GET /notes",
    ]
    gained, lost = found.changes
    assert (gained.request, gained.actions) == (None, ())
    assert lost.request is not None
    assert lost.request.resource.endswith("/prod/GET/notes")
    assert lost.because
    assert lost.replayed


def test_from_tokens_to_iam_it_is_the_other_way_round() -> None:
    rights: dict[str, Any] = {"user": [call("GET/notes")], "guest": [call("GET/notes")], "group": []}
    found = diff(app("JWT", **rights), app("AWS_IAM", **rights))
    assert sentences(found) == [
        "A guest can now call Api GET /notes",
        "A member of group 'editors' can no longer call Api GET /notes",
    ]
    assert found.changes[0].because


def test_rights_that_come_with_the_new_way_in_are_no_loss() -> None:
    found = diff(app("JWT", user=[]), app("AWS_IAM", user=[call("GET/*")]))
    assert not found.lost
    assert {change.resource for change in found.gained} == {"Api"}


def test_who_could_call_their_own_path_only_can_now_call_every_path() -> None:
    rights = [call(f"GET/users/{SUB}")]
    old, new = (app(auth, user=rights, path="/users/{id}") for auth in ("AWS_IAM", "JWT"))
    assert sentences(diff(old, new)) == ["A signed-in user can now call Api GET /users/{id} under wider conditions"]
    assert sentences(diff(new, old)) == [
        "A signed-in user can no longer call Api GET /users/{id} under as many conditions"
    ]


def test_a_route_that_was_decided_by_code_is_not_compared_and_says_so() -> None:
    found = diff(app("CUSTOM", user=[]), app("JWT", user=[]))
    assert found.changes == ()
    assert found.undecided == ("a custom authorizer no longer decides calls of Api GET /notes: not compared",)


def test_a_policy_of_unknown_content_may_let_guests_call() -> None:
    old, new = (app(auth, user=[call("GET/notes")], guest=[]) for auth in ("JWT", "AWS_IAM"))
    for body in (old, new):
        body["Parameters"] = {"Elsewhere": {"Type": "String"}}
        body["Resources"]["Guest"]["Properties"]["ManagedPolicyArns"] = [{"Ref": "Elsewhere"}]
    found = diff(old, new)
    assert found.changes == ()
    assert any("A guest may now call Api GET /notes, depending on" in text for text in found.undecided)


def test_a_new_route_with_tokens_is_open_to_everybody_who_signs_in() -> None:
    old = app(None, user=[], group=[])
    new = app("JWT", user=[], group=[])
    assert sentences(diff(old, new)) == ["A signed-in user and a member of group 'editors' can now call Api GET /notes"]
    assert sentences(diff(new, old)) == [
        "A signed-in user and a member of group 'editors' can no longer call Api GET /notes"
    ]


def test_one_of_two_ways_into_a_route_is_enough() -> None:
    old = app("JWT", user=[])
    new = copy.deepcopy(old)
    new["Resources"]["Again"] = copy.deepcopy(old["Resources"]["Route"])
    assert diff(old, new) == Diff(changes=())


def keyed(**more: Any) -> Document:
    method = {
        "RestApiId": {"Ref": "Api"}, "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]}, "HttpMethod": "GET",
        "AuthorizationType": "NONE", **more,
    }  # fmt: skip
    return template(
        [PUBLIC],
        more={
            "Api": {"Type": "AWS::ApiGateway::RestApi"},
            "Method": {"Type": "AWS::ApiGateway::Method", "Properties": method},
        },
    )


def test_a_route_that_needs_no_key_any_more_is_not_compared_and_says_so() -> None:
    found = diff(keyed(ApiKeyRequired=True), keyed())
    assert (found.changes, found.undecided) == ((), ("calls of Api GET / need no API key any more: not compared",))
    assert diff(keyed(), keyed(ApiKeyRequired=True)) == Diff(changes=())


def with_url(auth: str) -> Document:
    permission = {"FunctionName": {"Ref": "Code"}, "Principal": "*"}
    more = {
        "Code": {"Type": "AWS::Lambda::Function", "Properties": {"Role": "r"}},
        "Url": {"Type": "AWS::Lambda::Url", "Properties": {"TargetFunctionArn": {"Ref": "Code"}, "AuthType": auth}},
        "By": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {**permission, "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
        },
        "Via": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {**permission, "Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True},
        },
    }
    return template([PUBLIC], more=more)


def test_a_url_that_opens_to_anyone_takes_nothing_away() -> None:
    found = diff(with_url("AWS_IAM"), with_url("NONE"))
    assert "Anyone on the internet can now call Code URL" in sentences(found)
    assert not found.lost
