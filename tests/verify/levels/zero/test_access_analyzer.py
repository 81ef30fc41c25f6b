"""Every policy of the templates is validated by IAM Access Analyzer with its type, and findings are reported."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from constructs_lib.verify.finding import Finding, Outcome
from constructs_lib.verify.levels.zero import access_analyzer
from constructs_lib.verify.run import Run
from tests.verify.document_template import STACK, context, document_template

OPEN = {
    "findingDetails": "Using ForAllValues qualifier with a single-valued key can be overly permissive.",
    "findingType": "SECURITY_WARNING",
    "issueCode": "FORALLVALUES_WITH_SINGLE_VALUED_KEY",
    "learnMoreLink": "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html",
    "locations": [],
}


class _Body:
    """The body of a response, as botocore reads it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Any:
        yield self._content


class Analyzer:
    """Replaces Access Analyzer: returns a finding about policies that contain a text."""

    def __init__(self, finding: dict[str, Any], about: str) -> None:
        self.asked: list[dict[str, str]] = []
        self._finding, self._about = finding, about

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        asked = json.loads(request.body)
        self.asked.append(asked)
        found = [self._finding] if self._about in asked["policyDocument"] else []
        raw: Any = _Body(json.dumps({"findings": found}).encode())
        headers: Any = {"Content-Type": "application/json"}
        return AWSResponse(request.url, 200, headers, raw)


def findings(folder: Path, analyzer: Any, *, local: bool = False) -> list[Finding]:
    session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="eu-west-1")
    session.events.register("before-send.accessanalyzer.ValidatePolicy", analyzer)
    run = Run.begin(account="111122223333", region="eu-west-1", local=local)
    return list(access_analyzer.run(context(folder, session, {STACK: document_template()}, run=run)))


def test_every_policy_is_shown_as_what_it_is(tmp_path: Path) -> None:
    analyzer = Analyzer(OPEN, "no policy says this")
    found = findings(tmp_path, analyzer)
    kinds = [(each["policyType"], each.get("validatePolicyResourceType")) for each in analyzer.asked]
    assert {each.outcome for each in found} == {Outcome.AGREES}
    assert set(kinds) == {
        ("IDENTITY_POLICY", None),
        ("RESOURCE_POLICY", "AWS::S3::Bucket"),
        ("RESOURCE_POLICY", "AWS::IAM::AssumeRolePolicyDocument"),
    }
    assert kinds.count(("RESOURCE_POLICY", "AWS::IAM::AssumeRolePolicyDocument")) == 5
    assert not [each for each in analyzer.asked if "⟦" in each["policyDocument"]]


def test_a_finding_differs_unless_it_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = findings(tmp_path, Analyzer(OPEN, "dynamodb:LeadingKeys"))
    wrong = [each for each in found if each.outcome is Outcome.DIFFERS]
    assert wrong
    assert {each.what.partition(": ")[2] for each in wrong} == {"SECURITY_WARNING FORALLVALUES_WITH_SINGLE_VALUED_KEY"}
    monkeypatch.setattr(access_analyzer, "EXPLAINED", {OPEN["issueCode"]: "a request names several keys"})
    meant = findings(tmp_path, Analyzer(OPEN, "dynamodb:LeadingKeys"))
    assert {each.outcome for each in meant} == {Outcome.AGREES}
    assert any("a request names several keys" in each.what for each in meant)


def test_what_is_explained_is_explained_in_words() -> None:
    assert all(len(why.split()) > 3 for why in access_analyzer.EXPLAINED.values())


def test_the_local_cloud_has_none_and_says_so(tmp_path: Path) -> None:
    [found] = findings(tmp_path, Analyzer(OPEN, ""), local=True)
    assert found.outcome is Outcome.NOT_CHECKED
