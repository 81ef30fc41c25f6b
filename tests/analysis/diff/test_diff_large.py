"""Among hundreds of equal resources a change is found, and only changed resources are checked."""

import copy
from typing import Any

import pytest

from constructs_lib.analysis import Template
from constructs_lib.analysis.diff import Diff, compare
from constructs_lib.analysis.engine.formula import Formula
from tests.analysis.conftest import SUB, Document, join, template

sizes = pytest.mark.parametrize("pairs", [100, pytest.param(250, marks=pytest.mark.slow)])
"""Pairs of which each has changed."""
MINE = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [SUB]}, "Null": {"dynamodb:LeadingKeys": "false"}}


def arn(name: str) -> Document:
    return {"Fn::GetAtt": [name, "Arn"]}


def large(pairs: int = 250) -> Document:
    """Return a template of pairs of a bucket and a table, each with separate statements."""
    more: Document = {}
    statements: list[Document] = []
    for number in range(pairs):
        bucket, table = f"Files{number}", f"Rows{number}"
        more[bucket] = {"Type": "AWS::S3::Bucket"}
        more[table] = {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {"KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}]},
        }
        statements += [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(arn(bucket), f"/private/{SUB}/*")},
            {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": arn(table), "Condition": copy.deepcopy(MINE)},
        ]
    return template(statements, more=more)


def statements_of(body: Document) -> list[Document]:
    found: list[Document] = body["Resources"]["User"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    return found


def diff(old: Document, new: Document) -> Diff:
    return compare([Template(name="T", body=old, source="t")], [Template(name="T", body=new, source="t")])


def open_folder(body: Document, number: int) -> None:
    statements_of(body)[2 * number]["Resource"] = join(arn(f"Files{number}"), "/private/*")


def open_rows(body: Document, number: int) -> None:
    del statements_of(body)[2 * number + 1]["Condition"]


@pytest.fixture(scope="module")
def questions() -> Any:
    """Count the formulas that are built while a test runs."""
    counted: list[Formula] = []
    original = Formula.__init__

    def counting(self: Formula, obligation: Any) -> None:
        counted.append(self)
        original(self, obligation)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Formula, "__init__", counting)
        yield counted


@pytest.mark.parametrize(
    ("change", "place"),
    [(open_folder, "get Files173 private/*"), (open_rows, "get every row of Rows173")],
    ids=["a folder", "rows"],
)
def test_one_widened_or_narrowed_statement_among_500_resources_is_told_with_a_witness(
    change: Any, place: str, questions: list[Formula]
) -> None:
    narrow = large()
    wide = copy.deepcopy(narrow)
    change(wide, 173)
    for old, new, word, others in (
        (narrow, wide, "can now", ", other users' data included"),
        (wide, narrow, "can no longer", ", other users' data included"),
    ):
        questions.clear()
        found = diff(old, new)
        (told,) = found.changes
        assert told.sentence == f"A signed-in user {word} {place}{others}"
        assert told.replayed
        assert told.request is not None
        assert "173" in told.request.resource
        assert told.because
        assert found.undecided == ()
        assert len(questions) < 10


def test_two_equal_templates_of_500_resources_need_no_question(questions: list[Formula]) -> None:
    old = large()
    new = copy.deepcopy(old)
    statements_of(new).reverse()
    new["Resources"] = dict(reversed(new["Resources"].items()))
    questions.clear()
    assert diff(old, new) == Diff(changes=())
    assert questions == []


def test_a_bucket_policy_that_lets_a_role_in_is_found_among_500_resources() -> None:
    old = large()
    new = copy.deepcopy(old)
    new["Resources"]["Policy"] = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Ref": "Files99"},
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"AWS": arn("User")},
                    "Action": "s3:PutObject",
                    "Resource": join(arn("Files99"), "/inbox/*"),
                },
            },
        },
    }
    assert [each.sentence for each in diff(old, new).changes] == ["A signed-in user can now write Files99 inbox/*"]


@sizes
def test_a_statement_about_everything_is_asked_about_everywhere(pairs: int) -> None:
    old = large(pairs)
    new = copy.deepcopy(old)
    statements_of(new).append({"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": "*"})
    found = diff(old, new)
    assert {each.resource for each in found.gained if not each.elsewhere} >= {f"Files{n}" for n in range(pairs)}


@sizes
def test_a_deny_of_everything_takes_everything(pairs: int) -> None:
    old = large(pairs)
    new = copy.deepcopy(old)
    statements_of(new).append({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"})
    found = diff(old, new)
    assert {each.resource for each in found.lost} == {f"Rows{number}" for number in range(pairs)}
    assert found.gained == ()
