"""Templates are shown to CloudFormation in change sets that are never executed, and nothing of these stays."""

from pathlib import Path
from typing import Any

import pytest

from constructs_lib.local import LocalCloud
from constructs_lib.verify.finding import Finding, Outcome
from constructs_lib.verify.levels.zero import change_sets
from constructs_lib.verify.run import Run
from tests.verify.conftest import Ground
from tests.verify.document_template import STACK, context, document_template

pytestmark = pytest.mark.slow


@pytest.fixture
def cloud(ground: Ground) -> LocalCloud:
    return ground.cloud


def found(cloud: LocalCloud, folder: Path, template: dict[str, Any], **hooks: Any) -> tuple[Finding, list[str]]:
    """Run the check; return its finding, and the stacks that were journaled before their creation."""
    session = cloud.session()
    for event, hook in hooks.items():
        session.events.register(f"{event.replace('_', '-')}.cloudformation.DescribeChangeSet", hook)
    account = session.client("sts").get_caller_identity()["Account"]
    run = Run.begin(account=account, region=session.region_name or "us-east-1", local=True)
    asked = context(folder, session, {STACK: template}, run=run)
    [finding] = change_sets.run(asked)
    return finding, [name for _, name in asked.journal.made]


def left(cloud: LocalCloud) -> list[str]:
    listed = cloud.session().client("cloudformation").list_stacks()["StackSummaries"]
    return [each["StackName"] for each in listed if each["StackStatus"] != "DELETE_COMPLETE"]


def test_the_template_of_the_document_app_is_taken_and_nothing_stays(cloud: LocalCloud, tmp_path: Path) -> None:
    finding, made = found(cloud, tmp_path, document_template())
    assert finding.outcome is Outcome.AGREES
    assert len(made) == 1
    assert left(cloud) == []


def test_a_template_that_cloudformation_refuses_differs_by_its_words(cloud: LocalCloud, tmp_path: Path) -> None:
    template = document_template()
    template["Resources"]["Nothing"] = {"Type": "AWS::No::Thing"}
    finding, _ = found(cloud, tmp_path, template)
    assert finding.outcome is Outcome.DIFFERS
    assert "AWS::No::Thing" in finding.detail
    assert left(cloud) == []


def test_a_resource_that_would_not_be_made_differs(cloud: LocalCloud, tmp_path: Path) -> None:
    def forget(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Changes"] = [
            each for each in parsed["Changes"] if each["ResourceChange"]["ResourceType"] != "AWS::S3::BucketPolicy"
        ]

    finding, _ = found(cloud, tmp_path, document_template(), after_call=forget)
    assert finding.outcome is Outcome.DIFFERS
    assert "DocumentsBucketPolicy" in finding.detail


def test_a_template_too_large_for_a_call_is_not_checked(cloud: LocalCloud, tmp_path: Path) -> None:
    template = document_template()
    template["Metadata"] = {"Long": "x" * 51_200}
    finding, made = found(cloud, tmp_path, template)
    assert finding.outcome is Outcome.NOT_CHECKED
    assert made == []
