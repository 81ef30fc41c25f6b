"""`assert_access` holds for what is said truly, and fails with the request that shows the opposite."""

import copy
import json
from pathlib import Path

import pytest

from constructs_lib.testing import assert_access
from tests.analysis.conftest import BUCKET, LISTED, PUBLIC, SUB, TABLE, Document, join, template

OWN = {
    "Effect": "Allow",
    "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
    "Resource": join(BUCKET, f"/private/{SUB}/*"),
}
ROWS = {
    "Effect": "Allow",
    "Action": ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"],
    "Resource": TABLE,
    "Condition": {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [SUB]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    },
}
ROUTES: Document = {
    "Api": {"Type": "AWS::ApiGatewayV2::Api"},
    "Route": {
        "Type": "AWS::ApiGatewayV2::Route",
        "Properties": {"ApiId": {"Ref": "Api"}, "RouteKey": "GET /notes", "AuthorizationType": "JWT"},
    },
}
APP = template([OWN, PUBLIC, LISTED, ROWS], guest=[PUBLIC], more=ROUTES)


def test_what_is_true_of_a_user_holds() -> None:
    assert_access(
        APP,
        "authenticated",
        can=[
            "get Bucket public/*", "list Bucket public/*", "get Bucket private/{owner}/*",
            "write Bucket private/{owner}/*", "list Bucket private/{owner}/*", "get Table {owner}",
            "write Table {owner}", "call Api GET /notes",
        ],
        cannot=[
            "write Bucket public/*", "get Bucket private/{other}/*", "list Bucket private/{other}/*",
            "get Table {other}", "list Table {other}", "dynamodb:Scan Table *", "delete Table {owner}",
        ],
    )  # fmt: skip


def test_what_is_true_of_a_guest_holds() -> None:
    assert_access(APP, "guest", can=["get Bucket public/*"], cannot=["list Bucket *", "call Api GET /notes"])


def test_a_claim_that_a_part_is_refused_of_fails_with_that_request() -> None:
    with pytest.raises(
        AssertionError, match=r"can get Bucket \*: but s3:GetObject on arn:aws:s3:::Bucket/.* is refused"
    ):
        assert_access(APP, "guest", can=["get Bucket *"])


@pytest.mark.parametrize("asks", ["CUSTOM", "SOMETHING_NEW"])
@pytest.mark.parametrize("who", ["internet", "guest", "authenticated"])
def test_a_route_of_an_authorizer_that_is_not_analyzed_is_said_neither_open_nor_closed(who: str, asks: str) -> None:
    body = copy.deepcopy(APP)
    body["Resources"]["Route"]["Properties"]["AuthorizationType"] = asks
    claim = ["call Api GET /notes"]
    for can, cannot in ((claim, []), ([], claim)):
        with pytest.raises(AssertionError, match=r"call Api GET /notes: not decided, because the route's authorizer"):
            assert_access(body, who, can=can, cannot=cannot)


def test_a_claim_that_no_statement_speaks_of_fails() -> None:
    with pytest.raises(AssertionError, match=r"can write Bucket public/\*: but no statement allows s3:PutObject"):
        assert_access(APP, "guest", can=["write Bucket public/*"])


def test_what_must_be_refused_and_is_not_fails_with_request_and_statement() -> None:
    wide = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/private/*")}
    body = template([OWN, wide])
    with pytest.raises(AssertionError) as caught:
        assert_access(body, "authenticated", cannot=["get Bucket private/{other}/*"])
    lines = str(caught.value).splitlines()
    assert lines[0] == "the template does not keep what is said about 'authenticated':"
    assert lines[1].startswith(
        "  cannot get Bucket private/{other}/*: but s3:GetObject on arn:aws:s3:::Bucket/private/"
    )
    assert "because of Allow s3:GetObject on arn:aws:s3:::Bucket/private/*" in lines[1]


@pytest.mark.parametrize("claim", ["get Table {other}", "list Table {other}", "list Table {owner}"])
def test_a_scan_shows_what_get_and_list_show(claim: str) -> None:
    scan = {"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": TABLE}
    with pytest.raises(AssertionError, match=r"dynamodb:Scan on \S+ goes through"):
        assert_access(template([scan]), "authenticated", cannot=[claim])


def test_a_claim_that_fails_under_one_choice_of_a_condition_says_under_which() -> None:
    body = template([{"Fn::If": ["Open", PUBLIC, {"Ref": "AWS::NoValue"}]}])
    body["Parameters"] = {"Stage": {"Type": "String"}}
    body["Conditions"] = {"Open": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]}}
    with pytest.raises(AssertionError, match=r"\(when Open is true\)"):
        assert_access(body, "authenticated", cannot=["get Bucket public/*"])


def test_a_name_that_several_resources_have_is_refused_with_theirs() -> None:
    two = copy.deepcopy(APP)
    for name in ("Bucket", "Second"):
        two["Resources"][name] = {
            **APP["Resources"]["Bucket"],
            "Metadata": {"aws:cdk:path": f"App/{name}/Files/Resource"},
        }
    with pytest.raises(ValueError, match=r"names 'Files', which several resources have; use one of .*, .*"):
        assert_access(two, "guest", can=["get Files public/*"])


def test_a_path_will_do(tmp_path: Path) -> None:
    path = tmp_path / "app.json"
    path.write_text(json.dumps(APP), encoding="utf-8")
    assert_access(path, "guest", can=["get Bucket public/*"])
    assert_access(str(path), "guest", cannot=["write Bucket public/*"])


@pytest.mark.parametrize(
    ("who", "claim", "message"),
    [
        ("admin", "get Bucket *", "not a caller in the template; use one of internet, guest, authenticated"),
        (
            "guest",
            "get Bucket",
            r"'get Bucket' is not a verb, a resource and a place; write one such as 'get Documents public/\*'",
        ),
        ("guest", "read Bucket *", r"'read Bucket \*' starts with 'read'; use get, list, write, delete, call,"),
        ("guest", "get Bukcet *", "which is not in the template .Api, Bucket, Table.; name"),
        ("guest", "call Bucket *", r"'call Bucket \*' has a verb that the bucket does not have"),
        ("guest", "call Api GET /nothing", "/nothing', which is not in Api .GET /notes.; name one"),
    ],
)
def test_a_claim_that_makes_no_sense_is_refused_with_the_remedy(who: str, claim: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        assert_access(APP, who, can=[claim])
