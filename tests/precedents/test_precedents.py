"""Each property that our templates emit has been looked at: AWS's own emit it too, or it is said that none does."""

import copy

import pytest

from tests.apps import APPS, templates
from tests.precedents.document import DOCUMENT, text
from tests.precedents.emitted import emitted
from tests.precedents.ledger import LEDGER, read, written
from tests.precedents.read_by_hand import READ
from tests.precedents.templates import of_apps, of_snapshots

REMEDY = "look whether a template of AWS's own emits it, and write its file, or none, into precedents.json"


@pytest.mark.parametrize("app", APPS)
def test_what_an_app_emits_has_an_entry(app: str) -> None:
    new = set().union(*map(emitted, templates(app).values())) - read().keys()
    assert new == set(), REMEDY


def test_what_the_document_stack_emits_has_an_entry() -> None:
    assert set().union(*map(emitted, of_snapshots())) - read().keys() == set(), REMEDY


def test_an_entry_is_of_something_that_is_emitted() -> None:
    assert read().keys() - set().union(*map(emitted, [*of_snapshots(), *of_apps()])) == set()


def test_a_property_that_is_emitted_anew_is_seen() -> None:
    template = copy.deepcopy(of_snapshots()[0])
    pool = next(each for each in template["Resources"].values() if each["Type"] == "AWS::Cognito::UserPool")
    pool["Properties"]["WebAuthnFactorConfiguration"] = "SINGLE_FACTOR"
    pool["Properties"]["Schema"] = [{"Name": "a", "DeveloperOnlyAttribute": True}]
    new = emitted(template) - read().keys()
    assert new == {
        ("AWS::Cognito::UserPool", name) for name in ("WebAuthnFactorConfiguration", "Schema[].DeveloperOnlyAttribute")
    }


def test_what_a_condition_chooses_is_emitted_both_ways() -> None:
    chosen = {"Fn::If": ["A", {"Status": "Enabled"}, {"MFADelete": "Enabled"}]}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": chosen, "Tags": {"Ref": "Tags"}}}
    assert emitted({"Resources": {"B": bucket, "C": {"Type": "Custom::Own", "Properties": {"A": 1}}}}) == {
        ("AWS::S3::Bucket", "VersioningConfiguration"), ("AWS::S3::Bucket", "VersioningConfiguration.Status"),
        ("AWS::S3::Bucket", "Tags"),
    }  # fmt: skip


def test_the_ledger_is_written_as_it_is_read_and_names_files() -> None:
    ledger = read()
    assert written(ledger) == LEDGER.read_text(encoding="utf-8")
    assert all(file == "" or file.count(":") == 1 for file in ledger.values())
    assert {file for file in ledger.values() if file.startswith("aws/aws-cdk:")} <= READ.keys()


def test_the_page_for_people_is_that_of_the_ledger() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == text(), "run: python -m tests.precedents.document"
