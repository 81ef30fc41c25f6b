"""The rights of a principal that no review covers are one answer, whatever their number."""

from typing import Final

import pytest

from constructs_lib.analysis.model.assemble import build_model
from constructs_lib.analysis.proof.accepted_access import Accepted
from constructs_lib.analysis.proof.findings import Finding, Report, Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.proof.rights_together import RIGHTS
from constructs_lib.analysis.report.proof import as_json
from constructs_lib.analysis.template.templates import Template
from tests.analysis.conftest import template
from tests.analysis.proof.access_paths.openings import Document, Opening, allow, applied, of
from tests.analysis.proof.access_paths.services_with_roles import NAMES
from tests.analysis.proof.test_traps import OWN, ROWS

STAFF: Final = ("kendra:Query", "kendra:List*", "logs:FilterLogEvents", "transcribe:GetVocabulary")
AWS: Final = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"


def report_of(*accepted: str, user: tuple[Document, ...] = (), **holders: Document) -> Report:
    """Return the report of an app with holders of policies."""
    body = applied(template([OWN, ROWS]), NAMES, Opening(resources=holders, user=user))
    models = build_model([Template(name="T", body=body, source="test")])
    return prove(models, accepted=[Accepted.parse(each) for each in accepted])


def person(*actions: str) -> Document:
    document = {"Version": "2012-10-17", "Statement": [allow(list(actions), "*")]}
    return of("AWS::IAM::User", Policies=[{"PolicyName": "p", "PolicyDocument": document}])


def rights(report: Report) -> list[Finding]:
    return [each for each in report.findings if "no review says" in each.story and each.status is Status.UNDECIDED]


def test_the_rights_of_an_iam_user_are_one_answer_with_the_worst_first() -> None:
    (found,) = rights(report_of(Staff=person(*STAFF)))
    assert (found.subject, found.actions, found.caller) == (RIGHTS, STAFF, "IAM user Staff")
    assert found.story.startswith(
        "the IAM user Staff may call logs:FilterLogEvents, kendra:ListTagsForResource, kendra:Query and others, "
        "by 4 actions of Staff: "
    )
    assert found.story.endswith(
        "; remove the right, or tie it to the caller by name or by tag; who has its keys or password no template says"
    )


def test_a_single_right_is_told_as_it_is() -> None:
    (found,) = rights(report_of(Staff=person("kendra:Query")))
    assert (found.subject, found.actions) == ("kendra:Query", ())


def test_few_rights_have_no_others() -> None:
    (found,) = rights(report_of(Staff=person(*STAFF[::2])))
    assert "may call logs:FilterLogEvents, kendra:Query, by 2 actions" in found.story


def test_each_principal_has_its_own_answer() -> None:
    found = rights(report_of(One=person(*STAFF), Two=person(*STAFF[:2])))
    assert [(each.caller, len(each.actions)) for each in found] == [("IAM user One", 4), ("IAM user Two", 2)]


def test_the_rights_of_callers_are_told_by_pattern() -> None:
    found = rights(report_of(user=(allow(list(STAFF), "*"),)))
    assert [each.subject for each in found] == list(STAFF)


def test_accepted_rights_are_left_out() -> None:
    report = report_of("kendra:Query:other", "kendra:List*:other", Staff=person(*STAFF))
    (found,) = rights(report)
    assert found.actions == STAFF[2:]
    assert [each.subject for each in report.findings if each.status is Status.ACCEPTED] == list(STAFF[:2])


def test_rights_are_accepted_by_their_patterns_alone() -> None:
    with pytest.raises(ValueError, match=r"does not exist; use one of .*'kendra:List\*', 'kendra:Query'"):
        report_of(f"{RIGHTS}:other", Staff=person(*STAFF))


def test_a_policy_of_aws_for_staff_fills_no_page() -> None:
    report = report_of(Staff=of("AWS::SSO::PermissionSet", ManagedPolicies=[AWS]))
    open_ = [each for each in report.findings if each.status is Status.UNDECIDED]
    assert [each.subject for each in open_] == [
        "Bucket private/{owner}/*", "Table {owner}", "role the permission set Staff", RIGHTS
    ]  # fmt: skip
    assert max(len(each.story) for each in open_) < 500
    (told,) = [each for each in as_json(report)["findings"] if each["subject"] == RIGHTS]
    assert len(told["actions"]) > 500
    assert all(len(each) > 10_000 for each in told["because"] if "GeneralViewOnly" in each)


POINT: Final = "arn:aws:s3:us-east-1:999999999999:accesspoint/p/object/*"
POINTS: Final = "S3 access points:get"


def test_an_accepted_path_stays_accepted_for_other_principals() -> None:
    holder = of("AWS::IAM::User", Policies=[{"PolicyName": "p", "PolicyDocument": {
        "Version": "2012-10-17", "Statement": [allow("s3:GetObject", POINT)]}}])  # fmt: skip
    assert report_of(Staff=holder).status is Status.UNDECIDED
    report = report_of(POINTS, Staff=holder)
    assert report.status is Status.PROVED
    assert ("IAM user Staff", "S3 access points") in {
        (each.caller, each.subject) for each in report.findings if each.status is Status.ACCEPTED
    }


def test_what_is_accepted_of_a_caller_is_told_of_nobody_else() -> None:
    report = report_of("kendra:Query:other", user=(allow("kendra:Query", "*"),), Staff=person("sns:Publish"))
    assert [each.caller for each in report.findings if each.status is Status.ACCEPTED] == ["a signed-in user"]
