"""The table of reviewed actions names real ones, and everything else counts as unreviewed."""

import pytest

from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.escalations import all_escalations
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.reviewed_actions import answers_from_request, reviewed, unreviewed

WHOLE = {"geo-maps", "geo-places", "geo-routes", *catalogue.SERVICES} - {"s3"}
"""Services of which every action is reviewed, or decided by its requests."""


EVERY = reviewed(frozenset({"own", "named", "unowned"}))


@pytest.mark.parametrize("pattern", EVERY)
def test_a_reviewed_pattern_matches_an_action_of_aws(pattern: str) -> None:
    service = pattern.partition(":")[0]
    assert service in catalogue.services()
    assert any(glob_match(pattern, each) for each in catalogue.actions_of(service) if not each.endswith("FutureAction"))
    assert EVERY[pattern]


def test_no_escalation_counts_as_harmless() -> None:
    found = [
        escalation.action
        for escalation in all_escalations()
        for each in EVERY
        if glob_match(each, escalation.action) and not escalation.needs
    ]
    assert found == []


def test_every_service_has_actions_without_a_review() -> None:
    whole = {each for each in catalogue.services() if not unreviewed(f"{each}:*")}
    assert whole == WHOLE


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("polly:SynthesizeSpeech", ()),
        ("POLLY:synthesizespeech", ()),
        ("comprehend:Detect*", ()),
        ("kms:ListAliases", ()),
        ("transcribe:ListTranscriptionJobs", ("transcribe:ListTranscriptionJobs",)),
        ("sqs:Receive*", ("sqs:ReceiveMessage",)),
        ("transcribe:GetTranscriptionJob", ("transcribe:GetTranscriptionJob",)),
        ("TRANSCRIBE:gettranscriptionjob", ("transcribe:GetTranscriptionJob",)),
        ("textract:AnalyzeI?", ()),
        ("newservice:Read", ("newservice:Read",)),
        ("transcribe:NewAction", ("transcribe:NewAction",)),
        ("nothing", ("nothing",)),
        ("s3:GetObject", ()),
    ],
)
def test_a_pattern_has_the_actions_that_no_review_covers(pattern: str, found: tuple[str, ...]) -> None:
    assert unreviewed(pattern) == found


@pytest.mark.parametrize(
    ("action", "alone"),
    [
        ("rekognition:DetectText", True),
        ("appsync:EvaluateCode", True),
        ("rekognition:SearchFacesByImage", False),
        ("rekognition:DetectCustomLabels", False),
        ("rekognition:ListCollections", False),
        ("rekognition:FutureAction", False),
        ("logs:PutLogEvents", False),
        ("xray:PutTraceSegments", False),
    ],
)
def test_an_action_with_a_resource_does_not_answer_from_its_request_alone(action: str, *, alone: bool) -> None:
    assert answers_from_request(action) is alone


def test_some_actions_are_reviewed_for_resources_of_the_templates_alone() -> None:
    assert unreviewed("ssm:GetParameter") == ("ssm:GetParameter",)
    assert unreviewed("ssm:GetParameter", frozenset({"own"})) == ()


def test_some_descriptions_are_reviewed_where_users_own_nothing_of_their_service() -> None:
    assert unreviewed("ec2:DescribeInstances") == ("ec2:DescribeInstances",)
    assert unreviewed("ec2:DescribeInstances", frozenset({"unowned"})) == ()


def test_a_pattern_for_all_services_has_the_actions_of_each() -> None:
    services = {each.partition(":")[0] for each in unreviewed("*")}
    assert services == {*catalogue.services()} - WHOLE
    assert "transcribe:GetTranscriptionJob" in unreviewed("*:GetT*")
