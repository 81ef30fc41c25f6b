"""Owned data is followed through code: to what fails, to what succeeds, and to the logs of what was started."""

from typing import Any, Final

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.conftest import template
from tests.analysis.proof.access_paths.openings import Document, Names, Opening, allow, applied, att, of, ref, role
from tests.analysis.proof.access_paths.test_access_paths import NAMES
from tests.analysis.proof.test_traps import OWN, ROWS
from tests.proofs import proof_of

QUEUE: Final = {"Letters": of("AWS::SQS::Queue")}
RECEIVES: Final = allow("sqs:ReceiveMessage", att("Letters"))
READS_LOG: Final = allow("logs:GetLogEvents", att("Log"))


def _function(**properties: Any) -> Document:
    return of("AWS::Lambda::Function", Role="arn:aws:iam::123456789012:role/x", Code={"ZipFile": "x"}, **properties)


def _succeeds(function: str, to: str) -> Document:
    sent = {"OnSuccess": {"Destination": att(to)}}
    return of("AWS::Lambda::EventInvokeConfig", FunctionName=ref(function), Qualifier="$LATEST", DestinationConfig=sent)


def _told(names: Names, *user: Document, target: Any = None, **resources: Document) -> Report:
    started = of("AWS::Events::Rule", EventPattern={"source": ["aws.s3"]}, Targets=[{"Id": "1", "Arn": target}])
    opening = Opening(resources={"Rule": started, **resources}, user=user)
    return proof_of(applied(template([OWN, ROWS]), names, opening))


def test_the_events_of_a_function_are_followed_from_function_to_function() -> None:
    code = {
        "First": _function(), "Second": _function(DeadLetterConfig={"TargetArn": att("Letters")}),
        "On": _succeeds("First", "Second"), "Back": _succeeds("Second", "First"),
    }  # fmt: skip
    report = _told(NAMES, RECEIVES, target=att("First"), **code, **QUEUE)
    assert report.status is Status.UNDECIDED
    assert any(
        "First, and its events and answers go to Second, and what fails there goes to" in each.story
        for each in report.findings
    )
    assert _told(NAMES, target=att("First"), **code, **QUEUE).status is Status.PROVED


def test_the_log_of_a_state_machine_has_the_events_that_start_it() -> None:
    def machine(**said: Any) -> Document:
        logs = {"Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": att("Log")}}], "Level": "ALL", **said}
        return {
            "Machine": of("AWS::StepFunctions::StateMachine", RoleArn=att("Acts"), DefinitionString="{}",
                          LoggingConfiguration=logs),
            "Acts": role("states.amazonaws.com"), "Log": of("AWS::Logs::LogGroup"),
        }  # fmt: skip

    for said, found in (({"IncludeExecutionData": True}, True), ({}, False)):
        report = _told(NAMES, READS_LOG, target=ref("Machine"), **machine(**said))
        assert any("what its states are told and answer goes to" in each.story for each in report.findings) is found


def test_who_names_the_dead_letters_of_an_owned_event_is_asked() -> None:
    code = {"First": _function(DeadLetterConfig={"TargetArn": att("Letters")})}
    other = {"Other": of("AWS::X::Y", Queue=att("Letters"))}
    report = _told(NAMES, target=att("First"), **code, **QUEUE, **other)
    assert any("Other (AWS::X::Y) holds the name of Letters" in each.story for each in report.findings)
    assert _told(NAMES, target=att("First"), **code, **QUEUE).status is Status.PROVED
