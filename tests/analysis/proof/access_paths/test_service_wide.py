"""Resources that take the data of a whole service take that of owned log groups, topics and state machines."""

from typing import Any

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.conftest import SUB, Document, template
from tests.analysis.model.test_named_resources import arn
from tests.analysis.proof.test_traps import allow
from tests.proofs import proof_of

LOGS = allow("logs:GetLogEvents", arn("logs", f"log-group:/u/{SUB}:*"))
TOPICS = allow("iot:Receive", arn("iot", f"topic/u/{SUB}/*"))
MACHINES = allow("states:StartExecution", arn("states", f"stateMachine:u-{SUB}"))
METRICS = allow("cloudwatch:DescribeAlarmHistory", arn("cloudwatch", f"alarm:{SUB}"))


def _report(own: Document, kind: str, **said: Any) -> Report:
    more = {"Added": {"Type": kind, "Properties": said}, "Group": {"Type": "AWS::Logs::LogGroup"}}
    return proof_of(template([own], more=more))


@pytest.mark.parametrize(
    ("own", "kind", "said"),
    [
        (LOGS, "AWS::Logs::AccountPolicy", {"PolicyType": "SUBSCRIPTION_FILTER_POLICY"}),
        (LOGS, "AWS::Logs::AccountPolicy", {"PolicyType": {"Fn::ImportValue": "x"}}),
        (LOGS, "AWS::Logs::SubscriptionFilter", {"LogGroupName": {"Fn::ImportValue": "x"}}),
        (LOGS, "AWS::Logs::AccountPolicy", {"PolicyType": ["FIELD_INDEX_POLICY"]}),
        (LOGS, "AWS::Logs::SubscriptionFilter", {"LogGroupName": [{"Ref": "Group"}]}),
        (LOGS, "AWS::Logs::ScheduledQuery", {}),
        (LOGS, "AWS::Oam::Link", {}),
        (METRICS, "AWS::CloudWatch::MetricStream", {}),
        (TOPICS, "AWS::IoT::TopicRule", {"TopicRulePayload": {"Sql": "SELECT * FROM 'u/+/x' WHERE a > 1"}}),
        (TOPICS, "AWS::IoT::TopicRule", {"TopicRulePayload": {"Sql": "SELECT * FROM '#'"}}),
        (TOPICS, "AWS::IoT::TopicRule", {"TopicRulePayload": {"Sql": {"Fn::ImportValue": "x"}}}),
        (TOPICS, "AWS::IoT::TopicRule", {}),
        (TOPICS, "AWS::IoT::Authorizer", {"AuthorizerFunctionArn": "arn", "Status": "ACTIVE"}),
        (TOPICS, "AWS::IoT::Authorizer", {"AuthorizerFunctionArn": "arn", "Status": {"Fn::ImportValue": "x"}}),
        (TOPICS, "AWS::IoT::DomainConfiguration", {"AuthorizerConfig": {"DefaultAuthorizerName": "a"}}),
        (MACHINES, "AWS::Events::Rule", {"EventPattern": {"source": ["aws.states"]}}),
        (MACHINES, "AWS::Events::Rule", {"EventPattern": {"source": [{"prefix": "aws."}]}}),
    ],
)
def test_what_takes_the_data_of_a_service_is_undecided_and_named(own: Document, kind: str, said: Document) -> None:
    report = _report(own, kind, **said)
    assert report.status is Status.UNDECIDED
    assert any(f"Added ({kind})" in each.story for each in report.findings)


@pytest.mark.parametrize(
    ("own", "kind", "said"),
    [
        (LOGS, "AWS::Logs::AccountPolicy", {"PolicyType": "FIELD_INDEX_POLICY"}),
        (LOGS, "AWS::Logs::SubscriptionFilter", {"LogGroupName": {"Ref": "Group"}}),
        (TOPICS, "AWS::Oam::Link", {}),
        (TOPICS, "AWS::IoT::Authorizer", {"AuthorizerFunctionArn": "arn", "Status": "INACTIVE"}),
        (TOPICS, "AWS::IoT::DomainConfiguration", {"DomainName": "iot.example.com"}),
        (LOGS, "AWS::IoT::Authorizer", {"AuthorizerFunctionArn": "arn", "Status": "ACTIVE"}),
        (TOPICS, "AWS::IoT::TopicRule", {"TopicRulePayload": {"Sql": "SELECT * FROM 'devices/+/x'"}}),
        (MACHINES, "AWS::Events::Rule", {"EventPattern": {"source": ["my.app"]}}),
        (MACHINES, "AWS::Events::Rule", {"ScheduleExpression": "rate(1 day)"}),
    ],
)
def test_what_takes_nothing_owned_stays_proved(own: Document, kind: str, said: Document) -> None:
    assert _report(own, kind, **said).status is Status.PROVED


ENDPOINTS = allow("mobiletargeting:*", arn("mobiletargeting", f"apps/a/users/{SUB}"))
DATASETS = allow("cognito-sync:*", arn("cognito-sync", f"identitypool/p/identity/{SUB}/*"))
DEVICES = {
    **allow("geo:GetDevicePosition", arn("geo", "tracker/t")),
    "Condition": {"ForAllValues:StringEquals": {"geo:DeviceIds": [SUB]}},
}
STREAM = {"Fn::GetAtt": ["Stream", "Arn"]}
READS = allow("kinesis:GetRecords", STREAM)
STREAMS = {
    "endpoints": (ENDPOINTS, {"Events": {"Type": "AWS::Pinpoint::EventStream", "Properties": {
        "ApplicationId": "a", "DestinationStreamArn": STREAM}}}),
    "datasets": (DATASETS, {"Synced": {"Type": "AWS::Cognito::IdentityPool", "Properties": {
        "CognitoStreams": {"StreamName": {"Ref": "Stream"}}}}}),
    "devices": (DEVICES, {"Rule": {"Type": "AWS::Events::Rule", "Properties": {
        "EventPattern": {"source": ["aws.geo"]}, "Targets": [{"Id": "1", "Arn": STREAM}]}}}),
}  # fmt: skip


@pytest.mark.parametrize("what", STREAMS)
def test_a_stream_of_a_service_has_the_data_of_all_owners(what: str) -> None:
    own, more = STREAMS[what]
    for user, status in (((own,), Status.PROVED), ((own, READS), Status.UNDECIDED)):
        report = proof_of(template([*user], more={**more, "Stream": {"Type": "AWS::Kinesis::Stream"}}))
        assert report.status is status, [each.story for each in report.findings if each.story]
