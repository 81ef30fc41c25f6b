"""State machines and similar resources: they act with a role as their definition and input determine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.proof.access_paths.agent_inputs import inputs_of
from constructs_lib.analysis.proof.access_paths.data_copies import allowing_statement
from constructs_lib.analysis.proof.access_paths.feeding import feeding
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.policy_principals import granted_principals
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.principal_rights import own_rights

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_TOPIC_RULE: Final = "AWS::IoT::TopicRule"
_DEVICE_POLICY: Final = "AWS::IoT::Policy"
_LET_DEVICES_IN: Final = ("AWS::IoT::Authorizer", "AWS::IoT::ProvisioningTemplate")
"""Types that give a client a policy which is not in the templates."""
_BY_IAM: Final = tuple(
    f"AWS::{each}"
    for each in (
        "Amplify::", "ApiGateway::", "ApiGatewayV2::", "AppConfig::", "AppRunner::", "AppSync::", "Athena::",
        "AutoScaling::", "Backup::", "Batch::", "Bedrock::", "CloudFormation::", "CloudFront::", "CloudTrail::",
        "CloudWatch::", "CodeBuild::", "CodeDeploy::", "CodePipeline::", "Cognito::", "Config::", "DLM::", "DMS::",
        "DataSync::", "DynamoDB::", "EC2::", "ECS::", "EKS::", "EMR::Cluster", "EMRServerless::",
        "ElasticBeanstalk::", "Elasticsearch::", "Events::", "FIS::", "Glue::", "GuardDuty::", "ImageBuilder::",
        "IoT::TopicRule", "KafkaConnect::", "Kinesis", "LakeFormation::", "Lambda::", "Logs::", "MWAA::", "OSIS::",
        "OpenSearchService::", "Pipes::", "RDS::", "Redshift", "S3::Bucket", "SNS::", "SQS::", "SSM::",
        "SageMaker::Model", "SageMaker::NotebookInstance", "SageMaker::Pipeline", "Scheduler::", "ServiceCatalog::",
        "StepFunctions::", "Synthetics::", "Timestream::",
    )
)  # fmt: skip
"""The beginnings of the types that act with a role on calls which IAM authorizes, on what the template and the team
tell them, and on inputs of which the proof asks who sends them. Others let in clients by themselves: by SSH keys
(Transfer Family), certificates (IoT role aliases, IAM Roles Anywhere), chats, tokens or sign-in pages of their own."""
_PUBLISH: Final = "iot:Publish"


def relay_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the callers who can start a relay or read its results: its input determines whose data it accesses."""
    for relay in reachable.of(Kind.RELAY, Kind.AGENT):
        feeds = feeding(relay, reachable)
        for caller in reachable.model.callers:
            found = allowing_statement(caller, relay) or next(filter(feeds, own_rights(caller)), None)
            if found is not None:
                yield _used(str(caller), relay, found, feeds(found))
        for who, statement in granted_principals(feeds, reachable):
            yield _used(who, relay, statement, feeds(statement))
        yield from _by_inputs(relay, reachable)
        yield from _without_iam(relay, reachable)


def _used(who: str, relay: Node, statement: Statement, services: Collection[str]) -> Finding:
    does = "feed" if services and relay.service not in services else "use"
    story = (
        f"{who} may {does} {relay}, which {relay.does}: whose data it "
        f"shows or changes its input may say, because of {statement}"
    )
    return undecided(who, relay, story, statement)


def _by_inputs(relay: Node, reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the devices, and the resources without a review, that may send what a relay or an agent acts on."""
    inputs = inputs_of(relay, reachable)
    if any(each.type == _TOPIC_RULE for each in inputs.forwarders.values()):
        for by in filter(_lets_devices_publish, reachable.model.resources):
            who = f"a device that {by.name} lets in"
            yield undecided(who, relay, f"{who} may publish messages, on which {relay} acts: it {relay.does}")
    for by in inputs.unknown.values():
        story = (
            f"{by.name} ({by.type}) may send {relay} its input, and who says what it sends has not been reviewed: "
            f"{relay} {relay.does}"
        )
        yield undecided("an unknown caller", relay, story)


def _without_iam(relay: Node, reachable: ReachableResources) -> Iterator[Finding]:
    """Yield an agent that clients without a right of IAM may use, unless it only names one that acts with the role."""
    by = relay.resource
    if by is None or relay.kind is not Kind.AGENT or by.type.startswith(_BY_IAM):
        return
    if reachable.names.within(by.properties, by) & reachable.powers.keys():
        story = f"who may use {relay} ({by.type}) without a right of IAM has not been reviewed: it {relay.does}"
        yield undecided("an unknown caller", relay, story)


def _lets_devices_publish(resource: Resource) -> bool:
    policy = parse_policy(resource.get("PolicyDocument"), resource.name)
    said = policy.everything if resource.type == _DEVICE_POLICY else ()
    return resource.type in _LET_DEVICES_IN or any(each.allow and applies_to_action(each, _PUBLISH) for each in said)
