"""Resources that are expected to have owners: a forgotten owner leaves the proof undecided, a typo is an error."""

from pathlib import Path
from typing import Any

import pytest

from constructs_lib.analysis import build_model, load_templates
from constructs_lib.analysis.proof.findings import Report, Status
from constructs_lib.analysis.proof.prove import prove
from tests.analysis.conftest import BUCKET, join, template
from tests.analysis.proof.test_traps import OWN, ROWS, allow
from tests.proofs import models_of, proof_of

SHARED = allow("s3:GetObject", join(BUCKET, "/public/*"))


def proved(statements: list[dict[str, Any]], *owned: str) -> Report:
    return proof_of(template(statements), owned=owned)


@pytest.mark.parametrize("name", ["Bucket", "Bucket private/{owner}/*", "Table"])
def test_what_a_policy_ties_to_the_caller_has_owners(name: str) -> None:
    assert proved([OWN, ROWS], name).status is Status.PROVED


@pytest.mark.parametrize("name", ["Bucket", "Bucket public/{owner}/*"])
def test_a_bucket_whose_owner_was_forgotten_is_undecided_and_named(name: str) -> None:
    assert proved([SHARED, ROWS]).status is Status.PROVED
    report = proved([SHARED, ROWS], name)
    (finding,) = [each for each in report.findings if each.status is Status.UNDECIDED]
    assert finding.subject == name
    assert f"{name} is expected to have owners, but no policy ties it to a caller" in finding.story


def test_another_place_of_the_bucket_is_no_owner_of_this_one() -> None:
    assert proved([OWN, ROWS], "Bucket public/{owner}/*").status is Status.UNDECIDED


def test_a_resource_of_one_branch_is_asked_for_where_it_exists() -> None:
    body = template([OWN, SHARED, ROWS])
    body["Parameters"] = {"Stage": {"Type": "String"}}
    body["Conditions"] = {"IsDev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]}}
    body["Resources"]["Extra"] = {"Type": "AWS::S3::Bucket", "Condition": "IsDev"}
    models = models_of(body)
    assert prove(models).status is Status.PROVED
    assert prove(models, owned=["Bucket"]).status is Status.PROVED
    assert prove(models, owned=["Extra"]).status is Status.UNDECIDED


def test_a_bucket_that_a_policy_may_mean_by_a_part_of_its_name_may_have_no_owners() -> None:
    mine = "arn:aws:s3:::${AWS::StackName}-*/private/${!cognito-identity.amazonaws.com:sub}/*"
    doubtful = allow("s3:GetObject", {"Fn::Sub": mine})
    assert "Bucket private/{owner}/* (owner: identity-pool ID)" in proved([doubtful, ROWS]).owned
    report = proved([doubtful, ROWS], "Bucket")
    assert "Bucket" in {each.subject for each in report.findings if "expected to have owners" in each.story}


WRITTEN = allow("s3:PutObject", join(BUCKET, "/documents/*"))


@pytest.mark.parametrize("statement", [WRITTEN, {**WRITTEN, "Action": "s3:*"}])
def test_an_open_part_that_users_write_beside_what_has_owners_is_undecided_and_named(statement: dict[str, Any]) -> None:
    assert proved([OWN, ROWS, statement]).status is Status.PROVED
    report = proved([OWN, ROWS, statement], "Bucket")
    (finding,) = [each for each in report.findings if each.status is Status.UNDECIDED]
    assert (finding.subject, finding.caller) == ("Bucket documents/*", "a signed-in user")
    assert "expect owners of places alone, such as 'Bucket private/{owner}/*'" in finding.story
    assert proved([OWN, ROWS, statement], "Bucket private/{owner}/*").status is Status.PROVED
    assert proved([OWN, ROWS, statement], "Table").status is Status.PROVED


def test_an_open_part_that_users_only_read_is_listed() -> None:
    report = proved([OWN, SHARED, ROWS], "Bucket")
    assert report.status is Status.PROVED
    assert "Bucket public/*" in report.shared
    assert "Bucket public/*" not in proved([OWN, SHARED, ROWS]).shared


@pytest.mark.parametrize("name", ["Bucket", "Table"])
def test_an_open_part_that_a_guest_writes_is_undecided(name: str) -> None:
    rows = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["board-*"]}, "Null": {"dynamodb:LeadingKeys": "false"}}
    posts = allow("dynamodb:PutItem", {"Fn::GetAtt": ["Table", "Arn"]}, Condition=rows)
    report = proof_of(template([OWN, ROWS], guest=[{"Bucket": WRITTEN, "Table": posts}[name]]), owned=[name])
    (finding,) = [each for each in report.findings if each.status is Status.UNDECIDED]
    assert (finding.subject, finding.caller) == (
        {"Bucket": "Bucket documents/*", "Table": "Table board-*"}[name],
        "a guest",
    )


def test_a_part_that_a_group_writes_and_others_read_is_no_forgotten_owner() -> None:
    name = "test_the_template_is_the_committed_one[dev].template.json"
    stack = Path(__file__).parents[2] / "stacks" / "__snapshots__" / "test_document_stack" / name
    report = prove(build_model(load_templates(stack)), owned=["Documents", "Notes"])
    assert report.status is Status.PROVED
    assert "Documents public/*" in report.shared


def test_a_typo_is_refused_with_the_names_of_the_templates() -> None:
    with pytest.raises(ValueError, match=r"'Buckets' is expected to have owners.*use one of 'Bucket'"):
        proved([OWN, ROWS], "Buckets")
