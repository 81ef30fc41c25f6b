"""No text of a template can format a report: it is shown as it is, and mentions nobody."""

import re
from collections.abc import Callable

import pytest

from constructs_lib.analysis import Template, build_model
from constructs_lib.analysis.diff import compare
from constructs_lib.analysis.matrix.build import build_matrix
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.replacements import find_replacements
from constructs_lib.analysis.report import diff, matrix, proof, review
from constructs_lib.analysis.report.review import Review
from tests.analysis.conftest import BUCKET, SUB, Document, join, template, trust

FORGED = "x` | </details> # PROVED @everyone <img src=http://example.com>"
OWN = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, f"/private/{SUB}/*")}
ALL = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/private/*")}


def version(statement: Document) -> list[Template]:
    """Return a template with a group, a bucket and a role whose names imitate a report."""
    path = {"aws:cdk:path": f"App/{FORGED}/Resource"}
    policy = {"PolicyName": FORGED, "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    properties = {"AssumeRolePolicyDocument": trust(), "Policies": [policy]}
    body = template([OWN], more={
        "Role": {"Type": "AWS::IAM::Role", "Metadata": path, "Properties": properties},
        "Group": {"Type": "AWS::Cognito::UserPoolGroup",
                  "Properties": {"GroupName": FORGED, "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}},
    })  # fmt: skip
    body["Resources"]["Bucket"]["Metadata"] = path
    mapping = {"Type": "Token", "AmbiguousRoleResolution": "Deny", "IdentityProvider": "p"}
    body["Resources"]["Attachment"]["Properties"]["RoleMappings"] = {"m": mapping}
    return [Template(name="App", body=body, source="test")]


def reviewed() -> str:
    old, new = version(OWN), version(ALL)
    models = build_model(old), build_model(new)
    return review.as_markdown(Review(
        diff=compare(old, new), before=prove(models[0]), after=prove(models[1]),
        replacements=find_replacements({"App": old[0].body}, {"App": {"Resources": {}}}),
        old=build_matrix(models[0], title=FORGED), new=build_matrix(models[1], title=FORGED),
    ))  # fmt: skip


REPORTS: dict[str, Callable[[], str]] = {
    "proof": lambda: proof.markdown(prove(build_model(version(ALL)))),
    "diff": lambda: diff.as_markdown(compare(version(OWN), version(ALL))),
    "matrix": lambda: matrix.as_markdown(build_matrix(build_model(version(ALL)), title=FORGED)),
    "review": reviewed,
}


@pytest.mark.parametrize("name", REPORTS)
def test_names_of_a_template_are_text(name: str) -> None:
    report = REPORTS[name]()
    assert "example.com" in report
    # Without code, between backticks.
    shown = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", report.replace("\\`", ""))
    assert not re.search(r"(?<!\\)<img|[^\\]</details>.|@everyone|(?<!\\)\| </details", shown)
