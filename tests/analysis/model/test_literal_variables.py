"""A policy with variables whose version does not support them is reported."""

import pytest

from tests.analysis.conftest import BUCKET, SUB, Document, join, template
from tests.proofs import models_of

STATEMENT: Document = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, f"/private/{SUB}/*")}


def notes(body: Document) -> list[str]:
    (model,) = models_of(body)
    return [note for note in model.notes if "is literal text and no variable" in note]


@pytest.mark.parametrize(("version", "says"), [(None, "has no Version"), ("2008-10-17", "has the Version 2008-10-17")])
def test_variables_without_the_version_that_knows_them_are_named(version: str | None, says: str) -> None:
    body = template([STATEMENT], version=version or "")
    if version is None:
        del body["Resources"]["User"]["Properties"]["Policies"][0]["PolicyDocument"]["Version"]
    (note,) = notes(body)
    assert says in note
    assert note.startswith("User: Policies[0].PolicyDocument")


def test_any_resources_policy_counts() -> None:
    statement = {"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringLike": {"aws:x": SUB}}}
    policy: Document = {"Type": "AWS::SQS::QueuePolicy", "Properties": {"PolicyDocument": {"Statement": [statement]}}}
    assert notes(template([], more={"Queue": policy}))[0].startswith("Queue: PolicyDocument has no Version")


def test_policies_of_the_current_version_and_those_without_variables_are_not_named() -> None:
    assert notes(template([STATEMENT])) == []
    assert notes(template([{**STATEMENT, "Resource": join(BUCKET, "/x")}], version="2008-10-17")) == []
