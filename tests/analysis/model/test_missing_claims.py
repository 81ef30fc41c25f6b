"""A user whose token lacks a claim lacks its tag: access that this opens is found for each use of the tag."""

from typing import Any

import pytest

from constructs_lib.analysis.engine.cvc5_engine import Cvc5
from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import BUCKET, Document, join, template
from tests.analysis.proof.test_claims import FOLDERS, FORM, READ_ONLY, TENANT, keys, proved, providers, stories
from tests.analysis.proof.test_traps import OWN, allow, deny

PROVED, ATTACK, UNDECIDED = Status.PROVED, Status.COUNTEREXAMPLE, Status.UNDECIDED
TAG = "aws:PrincipalTag/tenant"
EVERYTHING = join(BUCKET, "/*")


def if_tag(operator: str, value: Any) -> Document:
    return allow("s3:GetObject", EVERYTHING, {operator: {TAG: value}})


def stopped(operator: str, value: Any) -> list[Document]:
    """Return an Allow on everything and a Deny by the tag."""
    return [allow("s3:GetObject", EVERYTHING), deny("s3:GetObject", EVERYTHING, {operator: {TAG: value}})]


@pytest.mark.parametrize(
    ("statements", "right"),
    [
        ([], PROVED),
        ([keys(f"TENANT#{TENANT}")], PROVED),
        ([allow("s3:GetObject", join(BUCKET, "/tenants/${aws:PrincipalTag/tenant, 'acme'}/*"))], ATTACK),
        ([allow("s3:GetObject", join(BUCKET, "/tenants/${aws:PrincipalTag/tenant, 'A/B'}/*"))], PROVED),
        ([if_tag("Null", "true")], ATTACK),
        ([if_tag("StringNotEquals", "AAA")], ATTACK),
        ([if_tag("StringEqualsIfExists", "AAA")], ATTACK),
        ([if_tag("StringLikeIfExists", "AAA*")], ATTACK),
        ([if_tag("ForAllValues:StringEquals", "AAA")], ATTACK),
        ([if_tag("ForAnyValue:StringNotLike", "AAA*")], ATTACK),
        ([if_tag("StringEquals", "AAA")], PROVED),
        ([if_tag("StringLike", "A*")], PROVED),
        (stopped("StringLike", "*"), ATTACK),
        (stopped("Null", "false"), ATTACK),
        (stopped("StringNotEquals", "AAA"), PROVED),
        (
            [
                allow("s3:GetObject", EVERYTHING),
                {"Effect": "Deny", "Action": "s3:GetObject", "NotResource": join(BUCKET, f"/tenants/{TENANT}/*")},
            ],
            ATTACK,
        ),
        ([{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": join(BUCKET, f"/*{TENANT}*")}], ATTACK),
    ],
    ids=[
        "a folder", "rows", "a default that is a tenant's name", "a default that is none's", "Null", "a difference",
        "equal if it exists", "like if it exists", "all values equal", "some value unlike", "equal to what is none's",
        "like what is none's", "a Deny by any tag", "a Deny by the tag's presence", "a Deny by a difference",
        "a Deny of all but their own", "all but their own",
    ],
)  # fmt: skip
def test_whoever_lacks_the_tag_is_asked_about_in_every_use_of_it(statements: list[Document], right: Status) -> None:
    with Cvc5(seconds=60) as second:
        report = proved([FOLDERS, *statements], READ_ONLY, second, tenant=FORM)
    assert report.status is right, stories(report)
    callers = {each.caller for each in report.findings}
    assert "a signed-in user without a tenant" in callers


def test_whoever_lacks_the_claim_has_the_roles_own_tag_of_that_name() -> None:
    role = template([FOLDERS])["Resources"]["User"]
    role["Properties"]["Tags"] = [{"Key": "Tenant", "Value": "acme"}]
    report = proved([FOLDERS], {**READ_ONLY, "User": role}, tenant=FORM)
    assert report.status is UNDECIDED
    assert {each.caller for each in report.findings if each.status is UNDECIDED} == {
        "a signed-in user without a tenant"
    }


DEPT = "aws:PrincipalTag/dept"
DEFAULTS = "${aws:PrincipalTag/tenant, 'x'}${aws:PrincipalTag/dept, 'y'}"


@pytest.mark.parametrize(
    "statements",
    [
        [allow("s3:GetObject", EVERYTHING, {"Null": {TAG: "true", DEPT: "true"}})],
        [allow("s3:GetObject", EVERYTHING, {"ForAllValues:StringEquals": {TAG: "A", DEPT: "A"}})],
        [allow("s3:GetObject", EVERYTHING, {"StringLikeIfExists": {TAG: "A", DEPT: "A"}})],
        [*stopped("StringLike", "*"), deny("s3:GetObject", EVERYTHING, {"StringLike": {DEPT: "*"}})],
        [
            allow("s3:GetObject", EVERYTHING),
            deny("s3:GetObject", [join(BUCKET, f"/*${{{TAG}}}*"), join(BUCKET, f"/*${{{DEPT}}}*")]),
            *stopped("StringLike", "*")[1:],
            deny("s3:GetObject", EVERYTHING, {"StringLike": {DEPT: "*"}}),
        ],
        [allow("s3:GetObject", join(BUCKET, f"/tenants/{DEFAULTS}/*")), *stopped("Bool", "x")[1:]],
        [allow("s3:GetObject", EVERYTHING, {"StringNotLike": {TAG: "*", DEPT: "*"}})],
        [
            allow("s3:GetObject", EVERYTHING),
            deny("s3:GetObject", EVERYTHING, {"ArnNotLike": {"aws:PrincipalArn": f"${{{TAG}}}"}}),
            deny("s3:GetObject", EVERYTHING, {"ArnNotLike": {"aws:PrincipalArn": f"${{{DEPT}}}"}}),
        ],
        [
            allow("s3:GetObject", EVERYTHING),
            {"Effect": "Deny", "Action": "s3:GetObject", "NotResource": join(BUCKET, f"/tenants/{TENANT}/*")},
            {"Effect": "Deny", "Action": "s3:GetObject", "NotResource": join(BUCKET, f"/d/${{{DEPT}}}/*")},
        ],
    ],
    ids=[
        "Null", "all values", "if they exist", "two Denies", "two Denies of places", "two defaults", "two differences",
        "two Denies by a difference", "two Denies of all but theirs",
    ],
)  # fmt: skip
def test_two_claims_are_lacked_together_where_that_opens_more(statements: list[Document]) -> None:
    more = providers({"tenant": "custom:tenant", "dept": "custom:dept"})
    report = proved([FOLDERS, *statements], more, tenant="[a-z]{2}", dept="[A-Z]{4}")
    attackers = {each.caller for each in report.findings if each.status is ATTACK}
    assert attackers == {"a signed-in user without a dept and a tenant"}


def test_every_token_has_a_sub() -> None:
    report = proved([OWN], providers({"owner": "sub"}))
    assert not any("without" in each.caller for each in report.findings)
    assert report.status is PROVED
