"""A result that shows nothing is not an agreement: a service error, an invalid signature, an unstarted update."""

from types import SimpleNamespace
from typing import Any

import boto3
import pytest
import requests
from botocore.stub import Stubber

from constructs_lib.verify.finding import Outcome
from constructs_lib.verify.levels.one import cors
from constructs_lib.verify.levels.two import drift, updates
from constructs_lib.verify.simulator import NoAnswerError, Simulation, simulate
from constructs_lib.verify.stacks import Deployed


def answer(status: int, **headers: str) -> requests.Response:
    found = requests.Response()
    found.status_code, found.request = status, requests.Request("OPTIONS", "https://example.com").prepare()
    found.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return found


def client(service: Any) -> Any:
    return boto3.client(service, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(204, Outcome.AGREES), (403, Outcome.AGREES), (429, Outcome.DIFFERS), (500, Outcome.DIFFERS)],
)
def test_an_error_without_headers_is_no_refusal_of_a_page(status: int, outcome: Outcome) -> None:
    told = cors._finding("a preflight", answer(status), "https://x.example.com", may=False, status=(204, 403))
    assert told.outcome is outcome


REASON = "VerifySecondGroup (AWS::Cognito::UserPoolGroup): A group with the name already exists."


@pytest.mark.parametrize(
    ("ended", "agrees"),
    [
        (Deployed(status="UPDATE_ROLLBACK_COMPLETE", done=False, reasons=(REASON,)), True),
        (Deployed(status="UPDATE_COMPLETE", done=True), False),
        (Deployed(status="change set FAILED", done=False, reasons=("Rate exceeded",)), False),
        (Deployed(status="UPDATE_ROLLBACK_FAILED", done=False, reasons=(REASON,)), False),
        (Deployed(status="UPDATE_ROLLBACK_COMPLETE", done=False, reasons=("Role (AWS::IAM::Role): denied",)), False),
    ],
)
def test_an_update_is_refused_by_a_rollback_for_what_was_said(ended: Deployed, agrees: bool) -> None:
    assert (updates._not_rolled_back(ended, ["VerifySecondGroup"]) == "") is agrees


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("IN_SYNC", Outcome.AGREES), ("NOT_CHECKED", Outcome.NOT_CHECKED), ("MODIFIED", Outcome.DIFFERS)],
)
def test_absence_of_drift_requires_a_checked_resource(status: str, outcome: Outcome) -> None:
    cloudformation, id = client("cloudformation"), "b78ac9b0-dec1-11e7-a451-503a3example"
    resource = {
        "StackId": "x",
        "LogicalResourceId": "Pool",
        "ResourceType": "AWS::Cognito::UserPool",
        "StackResourceDriftStatus": status,
        "Timestamp": 1,
    }
    ended = {"StackId": "x", "StackDriftDetectionId": id, "DetectionStatus": "DETECTION_COMPLETE", "Timestamp": 1}
    context: Any = SimpleNamespace(stack="x", run=SimpleNamespace(local=True))
    with Stubber(cloudformation) as stub:
        stub.add_response("detect_stack_drift", {"StackDriftDetectionId": id})
        stub.add_response("describe_stack_drift_detection_status", ended)
        stub.add_response("describe_stack_resource_drifts", {"StackResourceDrifts": [resource]})
        [found] = drift._whole_stack(context, cloudformation)
    assert found.outcome is outcome


def test_a_decision_that_iam_does_not_have_is_no_refusal() -> None:
    iam = client("iam")
    asked = Simulation(policies=("{}",), boundary="", resource="*", context={}, kinds={})
    with Stubber(iam) as stub:
        stub.add_response(
            "simulate_custom_policy",
            {"EvaluationResults": [{"EvalActionName": "s3:GetObject", "EvalDecision": "undecided"}]},
        )
        with pytest.raises(NoAnswerError, match="the response has 'undecided' for s3:GetObject"):
            list(simulate(iam, asked, ["s3:GetObject"]))
