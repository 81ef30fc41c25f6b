"""Functions that callers invoke appear by name in the matrix, the diff, a team's own tests and `why`."""

from typing import Any

import pytest

from constructs_lib.analysis import build_model
from constructs_lib.analysis.diff import compare
from constructs_lib.analysis.matrix.access import Reach
from constructs_lib.analysis.matrix.build import build_matrix
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.template.templates import Template
from constructs_lib.explain.evaluate import explain
from constructs_lib.testing import assert_access
from tests.analysis.conftest import Document, template
from tests.analysis.proof.test_traps import OWN, allow

ARN = {"Fn::GetAtt": ["Code", "Arn"]}
INVOKE, BY_URL = "lambda:InvokeFunction", "lambda:InvokeFunctionUrl"
VIA_URL = {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
WITH_IAM = {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}
URL_RIGHTS = [allow(BY_URL, ARN, WITH_IAM), allow(INVOKE, ARN, VIA_URL)]
MORE = {
    "Code": {"Type": "AWS::Lambda::Function", "Properties": {"Role": {"Fn::GetAtt": ["Runs", "Arn"]}}},
    "Runs": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
}
URL = {"Type": "AWS::Lambda::Url", "Properties": {"TargetFunctionArn": ARN, "AuthType": "AWS_IAM"}}
LIVE = {
    "Type": "AWS::Lambda::Alias",
    "Properties": {"FunctionName": {"Ref": "Code"}, "FunctionVersion": "1", "Name": "live"},
}


def body(*statements: Document, **more: Document) -> Document:
    return template([OWN, *statements], guest=[], more={**MORE, **more})


def of(*statements: Document, **more: Document) -> Template:
    return Template(name="T", body=body(*statements, **more), source="test")


def cells(*statements: Document, **more: Document) -> dict[str, set[tuple[str, Reach]]]:
    """Return the access of signed-in users to the function, from the matrix's row."""
    matrix = build_matrix(build_model([of(*statements, **more)]), title="T")
    rows = [each for each in matrix.places if each.type == "function"]
    assert {each.resource for each in rows} <= {"Code"}
    found = {row.where: {(each.verb, each.reach) for each in matrix.cell("authenticated", row.id)} for row in rows}
    return {where: said for where, said in found.items() if said}


CALL = {("call", Reach.ALL)}


def test_a_function_that_is_opened_is_a_row_of_its_own() -> None:
    assert cells(allow(INVOKE, ARN)) == {"invoke": CALL}
    assert cells() == {}


def test_calls_by_the_url_are_told_from_those_that_write_their_event() -> None:
    assert cells(*URL_RIGHTS, Url=URL) == {"URL": CALL}
    assert cells(allow(INVOKE, ARN), Url=URL) == {"invoke": CALL, "URL": CALL}


def test_a_right_for_calls_by_a_url_that_no_template_has_is_not_passed_over() -> None:
    assert cells(URL_RIGHTS[1]) == {"invoke": CALL}
    assert cells(URL_RIGHTS[0]) == {"URL": CALL}


def test_a_right_for_open_urls_opens_none_that_asks_for_a_signature() -> None:
    other = allow(BY_URL, ARN, {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}})
    assert cells(other, Url=URL) == {}


def test_an_alias_is_called_and_not_its_function() -> None:
    assert cells(allow(INVOKE, {"Ref": "Live"}), Live=LIVE) == {"invoke live": CALL}
    every = {"Fn::Join": ["", [ARN, ":*"]]}
    assert {"invoke (any version)"} <= cells(allow(INVOKE, every), Live=LIVE).keys()


def test_what_is_done_to_a_function_is_told_apart() -> None:
    assert cells(allow("lambda:UpdateFunctionCode", ARN)) == {"as a whole": {("other", Reach.ALL)}}


def test_nothing_is_left_for_other_resources() -> None:
    matrix = build_matrix(build_model([of(allow(INVOKE, ARN))]), title="T")
    assert not [each for each in matrix.places if each.resource == "other resources"]


def test_a_function_outside_the_templates_is_known_by_its_name() -> None:
    outside = allow(INVOKE, "arn:aws:lambda:eu-west-1:123456789012:function:old:live")
    matrix = build_matrix(build_model([of(outside)]), title="T")
    shown = {(each.resource, each.where) for each in matrix.places if each.type == "function"}
    assert shown == {("old", "invoke live")}
    assert any("function old is outside the templates" in note for note in matrix.notes)


def test_who_reaches_a_function_has_reached_nobodys_data() -> None:
    report = prove(build_model([of(allow(INVOKE, ARN))]))
    assert report.status is Status.PROVED
    assert "Code" not in report.shared


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        ([allow(INVOKE, ARN)], "A signed-in user can now call Code by itself"),
        (URL_RIGHTS, "A signed-in user can now call Code by its URL"),
    ],
)
def test_the_diff_says_which_function_and_how(statements: list[Document], sentence: str) -> None:
    found = compare([of(Url=URL)], [of(*statements, Url=URL)])
    assert sentence in [each.sentence for each in found.changes]
    assert all("arn:" not in each.place for each in found.changes)


def test_that_callers_write_the_event_from_now_on_is_a_change() -> None:
    found = compare([of(*URL_RIGHTS, Url=URL)], [of(URL_RIGHTS[0], allow(INVOKE, ARN), Url=URL)])
    assert [each.sentence for each in found.changes] == ["A signed-in user can now call Code by itself"]


def test_a_teams_test_says_who_calls() -> None:
    direct, by_url = body(allow(INVOKE, ARN), Url=URL), body(*URL_RIGHTS, Url=URL)
    assert_access(direct, "authenticated", can=["call Code invoke"], cannot=["call Code URL"])
    assert_access(by_url, "authenticated", can=["call Code URL"], cannot=["call Code invoke"])
    assert_access(by_url, "guest", cannot=["call Code URL", "call Code invoke"])
    with pytest.raises(AssertionError, match="no statement allows lambda:InvokeFunction"):
        assert_access(body(URL_RIGHTS[0], Url=URL), "authenticated", can=["call Code URL"])
    with pytest.raises(AssertionError, match="goes through"):
        assert_access(direct, "authenticated", cannot=["call Code invoke"])
    with pytest.raises(AssertionError, match="goes through"):
        assert_access(body(allow("lambda:*", "*")), "authenticated", cannot=["call Code invoke"])
    with pytest.raises(ValueError, match="'call Code invoke'"):
        assert_access(direct, "authenticated", can=["call Code GET /"])


def test_a_teams_test_knows_aliases() -> None:
    live = body(allow(INVOKE, {"Ref": "Live"}), Live=LIVE)
    assert_access(live, "authenticated", can=["call Code invoke live"])
    with pytest.raises(AssertionError, match="is refused"):
        assert_access(live, "authenticated", can=["call Code invoke"])
    with pytest.raises(AssertionError, match="goes through"):
        assert_access(live, "authenticated", cannot=["call Code invoke"])


@pytest.mark.parametrize(
    ("statements", "question", "status", "said"),
    [
        ([allow(INVOKE, ARN)], "call Code invoke", "allowed", "lambda:InvokeFunction on Code"),
        (URL_RIGHTS, "call Code invoke", "refused", "lambda:InvokeFunction on Code"),
        (URL_RIGHTS, "call Code URL", "allowed", "on Code"),
        (URL_RIGHTS[:1], "call Code URL", "refused", "lambda:InvokeFunction on Code"),
        (URL_RIGHTS[1:], "call Code URL", "refused", "lambda:InvokeFunctionUrl on Code"),
    ],
)
def test_why_names_the_function_and_the_right_that_is_missing(
    statements: list[Document], question: str, status: str, said: str
) -> None:
    answer = explain(build_model([of(*statements, Url=URL)]), "user", question)
    assert answer.status.value == status
    assert said in answer.sentence


def test_a_permission_for_another_role_is_followed() -> None:
    """A permission for a role of callers allows them like their own policies."""
    given: dict[str, Any] = {"FunctionName": {"Ref": "Code"}, "Action": INVOKE}
    for principal, found in (({"Fn::GetAtt": ["User", "Arn"]}, True), ("s3.amazonaws.com", False)):
        more = {"Type": "AWS::Lambda::Permission", "Properties": {**given, "Principal": principal}}
        assert ("invoke" in cells(Lets=more)) is found


def test_a_url_whose_way_in_is_a_parameter_may_be_open() -> None:
    (model,) = build_model([of(Url={**URL, "Properties": {**URL["Properties"], "AuthType": {"Ref": "Auth"}}})])  # type: ignore[dict-item] # a mapping inside
    assert "Code by its function URL, if its AuthType is NONE" in prove([model]).open


@pytest.mark.parametrize("principal", [{"Ref": "Who"}, {"Fn::ImportValue": "who.calls"}])
def test_a_permission_whose_principal_is_not_known_may_be_for_everyone(principal: Document) -> None:
    given: dict[str, Any] = {"FunctionName": {"Ref": "Code"}, "Action": INVOKE, "Principal": principal}
    made = of(Lets={"Type": "AWS::Lambda::Permission", "Properties": given})
    made.body["Parameters"] = {"Who": {"Type": "String"}}
    (model,) = build_model([made])
    assert "Code by its permission for everyone, if its Principal is *" in prove([model]).open
