"""Reviewed resource types: the access that a reference to owned data, or to a resource that reaches it, opens.

A type or property that is not here leaves the proof undecided. Read "Template reference" (AWS CloudFormation) and the
service's page on its role before adding a line, and state in it why the reference opens no access, or which file
checks it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """The kind of the referenced resource."""

    DATA = "data"
    """Owned data, or a copy of it."""
    ROLE = "role"
    """A role that may reach owned data."""
    CODE = "code"
    """Code that acts with such a role: trusted."""
    RELAY = "relay"
    """A resource that acts with such a role as its definition and its input determine."""
    STARTER = "starter"
    """A role that may only start a relay."""
    AGENT = "agent"
    """A resource that acts, as its definition and its input determine, with a role that can escalate privileges."""


class Effect(StrEnum):
    """The effect of a reference."""

    NOTHING = "nothing"
    """It opens no access, or another file checks it."""
    ALIAS = "alias"
    """It is an alias of its target: a reference to it is a reference to the target."""
    CODE = "code"
    """It is code that acts with the role."""
    RELAY = "relay"
    """It acts with the role as its definition and its input determine."""
    DRIVES = "drives"
    """It starts its target."""
    HANDS_ON = "hands on"
    """It notifies its other targets of changed objects or rows."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The effect of a reference in one property of one type.

    Args:
        type: The resource type; `X::*` for all that start with `X::`.
        property: The outermost property; `*` for any.
        kinds: The kinds of target that the rule covers.
        effect: The effect of the reference.
        why: The reason, or the file that checks it.
    """

    type: str
    property: str
    kinds: frozenset[Kind]
    effect: Effect
    why: str


_D, _R, _C, _Y, _S = Kind.DATA, Kind.ROLE, Kind.CODE, Kind.RELAY, Kind.STARTER
_ANY: Final = frozenset(Kind)
_N, _DRIVES, _HANDS_ON = Effect.NOTHING, Effect.DRIVES, Effect.HANDS_ON
_NAMES: Final = "it names, measures or scales, and reads no content"
_OWN_ROLE: Final = "a name grants nothing; its role's permissions are checked"
_POLICY: Final = "read as a policy: model/roles.py, other_principals.py"
_ROUTES: Final = "looked at route by route: integrations.py, anonymous_access.py"
_KEY: Final = "a key opens no object and no row without a right to them"
WRITES: Final = "it writes there: data_copies.py asks who reads"
"""The reason of a reference to a destination of what its resource sends."""
_CALLS: Final = "looked at call by call: aws_custom_resource.py"
_COMPUTE: Final = "the team's own code runs with the role"

_ROWS: Final = (
    ("AWS::Amplify::App", "EnvironmentVariables", {_D}, _N, _OWN_ROLE),
    ("AWS::Amplify::Branch", "EnvironmentVariables", {_D}, _N, _OWN_ROLE),
    ("AWS::ApiGateway::Account", "CloudWatchRoleArn", {_R}, _N, "API Gateway writes logs with it and nothing else"),
    ("AWS::ApiGateway::Authorizer", "*", {_C}, _DRIVES, "a request to the API asks it"),
    ("AWS::ApiGateway::Method", "*", _ANY, _N, _ROUTES),
    ("AWS::ApiGateway::RestApi", "Body", _ANY, _N, _ROUTES),
    ("AWS::ApiGatewayV2::Api", "Body", _ANY, _N, _ROUTES),
    ("AWS::ApiGatewayV2::Api", "Target", {_C}, _N, _ROUTES),
    ("AWS::ApiGatewayV2::Authorizer", "*", {_C}, _DRIVES, "a request to the API asks it"),
    ("AWS::ApiGatewayV2::Integration", "*", _ANY, _N, _ROUTES),
    ("AWS::AppRunner::Service", "InstanceConfiguration", {_R}, Effect.CODE, _COMPUTE),
    ("AWS::AppRunner::Service", "SourceConfiguration", {_D}, _N, _OWN_ROLE),
    ("AWS::AppSync::Api", "EventConfig", {_C}, _DRIVES, "a request to the API asks it"),
    ("AWS::AppSync::Api", "EventConfig", {_R}, _N, "AppSync writes logs with it and nothing else"),
    ("AWS::AppSync::ChannelNamespace", "CodeHandlers", {_R}, _N, "read as rules: model/channel_namespaces.py"),
    ("AWS::AppSync::DataSource", "*", _ANY, _N, "looked at: appsync.py"),
    ("AWS::AppSync::GraphQLApi", "AdditionalAuthenticationProviders", {_C}, _DRIVES, "a request to the API asks it"),
    ("AWS::AppSync::GraphQLApi", "LambdaAuthorizerConfig", {_C}, _DRIVES, "a request to the API asks it"),
    ("AWS::AppSync::GraphQLApi", "LogConfig", {_R}, _N, "AppSync writes logs with it and nothing else"),
    ("AWS::ApplicationAutoScaling::ScalableTarget", "*", {_D, _R, _C}, _N, _NAMES),
    ("AWS::ApplicationAutoScaling::ScalingPolicy", "*", {_D, _R, _C}, _N, _NAMES),
    ("AWS::AutoScaling::AutoScalingGroup", "*", {_C}, _DRIVES, "it starts instances"),
    ("AWS::Backup::BackupPlan", "*", {_D}, _N, WRITES),
    ("AWS::Backup::BackupSelection", "BackupSelection", {_D, _R}, _HANDS_ON, "backups of it go to"),
    ("AWS::Batch::JobDefinition", "ContainerProperties", {_R}, Effect.CODE, _COMPUTE),
    ("AWS::Batch::JobDefinition", "*", {_D}, _N, _OWN_ROLE),
    ("AWS::CloudFormation::CustomResource", "ServiceToken", {_C}, _DRIVES, "each deploy runs it"),
    ("AWS::CloudFormation::CustomResource", "*", {_D, _R, _C}, _N, "trusted code receives it at each deployment"),
    ("AWS::CloudFormation::Stack", "Parameters", _ANY, _N, "the nested template is looked at, or is itself a gap"),
    ("AWS::CloudFront::Distribution", "DistributionConfig", {_D}, _N, "looked at: cloudfront.py, distribution_logs.py"),
    ("AWS::CloudFront::Distribution", "DistributionConfig", {_C}, _DRIVES, "requests to it run it"),
    ("AWS::CloudFront::RealtimeLogConfig", "EndPoints", {_D}, _N, WRITES),
    ("AWS::CloudTrail::Trail", "AdvancedEventSelectors", {_D, _C}, _HANDS_ON, "records of its use go to"),
    ("AWS::CloudTrail::Trail", "EventSelectors", {_D, _C}, _HANDS_ON, "records of its use go to"),
    ("AWS::CloudTrail::Trail", "*", {_D}, _N, WRITES),
    ("AWS::CloudWatch::*", "*", _ANY, _N, _NAMES),
    ("AWS::CodeBuild::Project", "ServiceRole", {_R}, Effect.CODE, _COMPUTE),
    ("AWS::CodeBuild::Project", "*", {_D}, _N, _OWN_ROLE),
    ("AWS::CodeDeploy::DeploymentGroup", "ServiceRoleArn", {_R}, Effect.CODE, "reads what the team deploys"),
    ("AWS::CodeDeploy::*", "*", {_C}, _N, "it moves traffic between versions of the same code"),
    ("AWS::Config::ConfigRule", "Scope", {_D}, _N, _NAMES),
    ("AWS::Config::ConfigurationRecorder", "RoleARN", {_R}, _N, "AWS Config records settings with it, and no content"),
    ("AWS::Cognito::IdentityPool", "CognitoStreams", {_D}, _N, WRITES),
    ("AWS::Cognito::IdentityPoolRoleAttachment", "*", {_R}, _N, "its callers are checked: model/identity_pools.py"),
    ("AWS::Cognito::UserPool", "LambdaConfig", {_C}, _DRIVES, "users who sign up or in invoke it"),
    ("AWS::Cognito::UserPoolGroup", "RoleArn", {_R}, _N, "its callers are checked: model/identity_pools.py"),
    ("AWS::DynamoDB::GlobalTable", "Replicas", {_D}, _N, WRITES),
    ("AWS::DynamoDB::GlobalTable", "Replicas", {_R}, _N, "its resource policies are read: model/kinds/table.py"),
    ("AWS::DynamoDB::Table", "KinesisStreamSpecification", {_D}, _N, "data_copies.py asks who reads"),
    ("AWS::DynamoDB::Table", "StreamSpecification", {_R}, _N, "its resource policy is read: model/kinds/table.py"),
    ("AWS::DynamoDB::Table", "ResourcePolicy", {_R}, _N, "read as a policy: model/kinds/table.py"),
    ("AWS::EC2::Instance", "IamInstanceProfile", {_R}, Effect.CODE, _COMPUTE),
    ("AWS::EC2::Instance", "*", {_D}, _N, _OWN_ROLE),
    ("AWS::EC2::Instance", "LaunchTemplate", {_C}, _DRIVES, "it is started by it"),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData", {_R}, Effect.CODE, _COMPUTE),
    ("AWS::EC2::LaunchTemplate", "*", {_D}, _N, _OWN_ROLE),
    ("AWS::EC2::VPCEndpoint", "PolicyDocument", _ANY, _N, "an endpoint's policy takes away and gives nothing"),
    ("AWS::ECS::Service", "*", {_C}, _DRIVES, "it keeps it running"),
    ("AWS::ECS::Service", "*", {_D}, _N, _OWN_ROLE),
    ("AWS::ECS::TaskDefinition", "TaskRoleArn", {_R}, Effect.CODE, _COMPUTE),
    ("AWS::ECS::TaskDefinition", "ExecutionRoleArn", {_R}, Effect.CODE, "it starts the team's containers with it"),
    ("AWS::ECS::TaskDefinition", "*", {_D}, _N, _OWN_ROLE),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Targets", {_C}, _DRIVES, "requests to the load balancer run it"),
    ("AWS::Events::Rule", "Description", _ANY, _N, _NAMES),
    ("AWS::Events::Rule", "EventBusName", {_D}, _HANDS_ON, "events of it go to"),
    ("AWS::Events::Rule", "EventPattern", {_D}, _HANDS_ON, "events of it go to"),
    ("AWS::Events::Rule", "EventPattern", {_R, _C, _Y}, _N, "their own events: service_results.py"),
    ("AWS::Events::Rule", "RoleArn", {_S}, _N, "EventBridge starts the targets that the rule names"),
    ("AWS::Events::Rule", "Targets", {_D}, _N, WRITES),
    ("AWS::Events::Rule", "Targets", {_C, _Y}, _DRIVES, "its events or its schedule start it"),
    ("AWS::Events::Rule", "Targets", {_S}, _N, "EventBridge starts the targets that the rule names"),
    ("AWS::Glue::Job", "Role", {_R}, Effect.CODE, _COMPUTE),
    ("AWS::Glue::Job", "*", {_D}, _N, _OWN_ROLE),
    ("AWS::GuardDuty::MalwareProtectionPlan", "ProtectedResource", {_D}, _N, "its events: account_wide.py"),
    ("AWS::GuardDuty::MalwareProtectionPlan", "Role", {_R}, _N, "GuardDuty scans and tags objects with it, no more"),
    ("AWS::GuardDuty::PublishingDestination", "DestinationProperties", {_D}, _N, WRITES),
    ("AWS::IAM::InstanceProfile", "Roles", {_R}, Effect.ALIAS, "a holder of the profile has the role"),
    ("AWS::IAM::Group", "*", _ANY, _N, _POLICY),
    ("AWS::IAM::GroupPolicy", "*", _ANY, _N, _POLICY),
    ("AWS::IAM::ManagedPolicy", "*", _ANY, _N, _POLICY),
    ("AWS::IAM::Policy", "*", _ANY, _N, _POLICY),
    ("AWS::IAM::Role", "*", _ANY, _N, _POLICY),
    ("AWS::IAM::RolePolicy", "*", _ANY, _N, _POLICY),
    ("AWS::IAM::User", "*", _ANY, _N, _POLICY),
    ("AWS::IAM::UserPolicy", "*", _ANY, _N, _POLICY),
    ("AWS::SSO::PermissionSet", "*", _ANY, _N, _POLICY),
    ("AWS::KMS::*", "*", _ANY, _N, _KEY),
    ("AWS::KinesisFirehose::DeliveryStream", "KinesisStreamSourceConfiguration", {_D}, _HANDS_ON, "its records go to"),
    ("AWS::Lambda::Alias", "*", {_C}, Effect.ALIAS, "a name of the function"),
    ("AWS::Lambda::CapacityProvider", "*", {_D}, _N, _NAMES),
    ("AWS::Lambda::EventInvokeConfig", "*", {_C}, _N, "where its results go: service_results.py"),
    ("AWS::Lambda::EventSourceMapping", "EventSourceArn", {_D}, _HANDS_ON, "what fails of it goes to"),
    ("AWS::Lambda::EventSourceMapping", "DestinationConfig", {_D}, _N, WRITES),
    ("AWS::Lambda::EventInvokeConfig", "DestinationConfig", {_D}, _N, WRITES),
    ("AWS::S3::StorageLens", "StorageLensConfiguration", {_D}, _N, WRITES),
    ("AWS::SNS::Topic", "Subscription", {_D}, _N, WRITES),
    ("AWS::Lambda::EventSourceMapping", "FunctionName", {_C}, _DRIVES, "its events run it"),
    ("AWS::Lambda::Function", "Role", {_R}, Effect.CODE, _COMPUTE),
    ("AWS::Lambda::Function", "*", {_D, _C, _Y}, _N, _OWN_ROLE),
    ("AWS::Lambda::Function", "Environment", {_R}, _N, "its trust policy is checked for assuming a role"),
    ("AWS::Lambda::LayerVersion", "*", {_D}, _N, "it takes code from there when it is made"),
    ("AWS::Lambda::Permission", "FunctionName", {_C}, _DRIVES, "it lets others run it"),
    ("AWS::Lambda::Permission", "SourceArn", _ANY, _N, "it says on whose behalf a service may run the function"),
    ("AWS::Lambda::Permission", "Principal", {_R}, _N, "trusted code is run by the role"),
    ("AWS::Lambda::ResourcePolicy", "*", {_C}, _DRIVES, "it lets others run it"),
    ("AWS::Lambda::Url", "*", {_C}, _DRIVES, "requests to it run it"),
    ("AWS::Lambda::Version", "*", {_C}, Effect.ALIAS, "a name of the function"),
    ("AWS::Logs::DeliveryDestination", "DestinationResourceArn", {_D}, _N, WRITES),
    ("AWS::Logs::LogGroup", "*", _ANY, _N, _NAMES),
    ("AWS::Logs::MetricFilter", "*", _ANY, _N, _NAMES),
    ("AWS::Logs::SubscriptionFilter", "DestinationArn", {_C}, _DRIVES, "log lines run it"),
    ("AWS::Pinpoint::EventStream", "DestinationStreamArn", {_D}, _N, WRITES),
    ("AWS::Pipes::Pipe", "Enrichment", {_C}, _DRIVES, "what its source carries runs it"),
    ("AWS::Pipes::Pipe", "LogConfiguration", {_D}, _N, WRITES),
    ("AWS::Pipes::Pipe", "Source", {_D}, _HANDS_ON, "what it carries goes to"),
    ("AWS::Pipes::Pipe", "SourceParameters", {_D}, _N, WRITES),
    ("AWS::Pipes::Pipe", "Target", {_C}, _DRIVES, "what its source carries runs it"),
    ("AWS::Pipes::Pipe", "Target", {_D}, _N, WRITES),
    ("AWS::ResourceGroups::Group", "*", _ANY, _N, _NAMES),
    ("AWS::S3::Bucket", "AnalyticsConfigurations", {_D}, _N, WRITES),
    ("AWS::S3::Bucket", "InventoryConfigurations", {_D}, _N, WRITES),
    ("AWS::S3::Bucket", "LoggingConfiguration", {_D}, _N, WRITES),
    ("AWS::S3::Bucket", "NotificationConfiguration", {_D}, _N, WRITES),
    ("AWS::S3::Bucket", "NotificationConfiguration", {_C}, _DRIVES, "objects that are written run it"),
    ("AWS::S3::Bucket", "ReplicationConfiguration", {_D, _R}, _N, "it copies there: data_copies.py asks who reads"),
    ("AWS::S3::BucketPolicy", "*", _ANY, _N, "read as a policy: resource_policies.py"),
    ("AWS::SNS::Subscription", "Endpoint", {_D}, _N, WRITES),
    ("AWS::SNS::Subscription", "TopicArn", {_D}, _HANDS_ON, "its messages go to"),
    ("AWS::SNS::Subscription", "RedrivePolicy", {_D}, _N, WRITES),
    ("AWS::SNS::Subscription", "Endpoint", {_C}, _DRIVES, "messages run it"),
    ("AWS::SNS::TopicInlinePolicy", "*", _ANY, _N, "read as a policy: resource_policies.py"),
    ("AWS::SNS::TopicPolicy", "*", _ANY, _N, "read as a policy: resource_policies.py"),
    ("AWS::SQS::Queue", "RedrivePolicy", {_D}, _N, WRITES),
    ("AWS::SQS::Queue", "RedriveAllowPolicy", {_D}, _N, "it says which queues may write there"),
    ("AWS::SQS::QueueInlinePolicy", "*", _ANY, _N, "read as a policy: resource_policies.py"),
    ("AWS::SQS::QueuePolicy", "*", _ANY, _N, "read as a policy: resource_policies.py"),
    ("AWS::SSM::Parameter", "Value", _ANY, Effect.ALIAS, "who reads the parameter has the name"),
    ("AWS::SSM::Parameter", "*", _ANY, _N, _NAMES),
    ("AWS::Scheduler::Schedule", "Target", {_C, _Y}, _DRIVES, "its schedule starts it"),
    ("AWS::Scheduler::Schedule", "Target", {_S}, _N, "the schedule starts the target that it names"),
    ("AWS::ServiceCatalogAppRegistry::*", "*", _ANY, _N, _NAMES),
    ("AWS::ServiceDiscovery::*", "*", {_D, _C}, _N, _NAMES),
    ("AWS::StepFunctions::StateMachine", "RoleArn", {_R, _S}, Effect.RELAY, "its definition says what it does"),
    ("AWS::StepFunctions::StateMachine", "LoggingConfiguration", _ANY, _N, "data_copies.py asks who reads"),
    ("AWS::StepFunctions::StateMachine", "*", {_R}, Effect.RELAY, "a state may act with its own role"),
    ("AWS::StepFunctions::StateMachine", "*", {_C, _Y}, _DRIVES, "its states start it"),
    ("AWS::StepFunctions::StateMachine", "*", {_D}, _N, _OWN_ROLE),
    ("AWS::StepFunctions::StateMachineAlias", "*", {_Y}, Effect.ALIAS, "a name of the state machine"),
    ("AWS::StepFunctions::StateMachineVersion", "*", {_Y}, Effect.ALIAS, "a name of the state machine"),
    ("AWS::Synthetics::Canary", "ArtifactS3Location", {_D}, _N, WRITES),
    ("AWS::XRay::*", "*", _ANY, _N, _NAMES),
    ("Custom::AWS", "Create", {_D}, _N, _CALLS),
    ("Custom::AWS", "Delete", {_D}, _N, _CALLS),
    ("Custom::AWS", "Update", {_D}, _N, _CALLS),
    ("Custom::AWS", "ServiceToken", {_C}, _DRIVES, "each deploy runs it"),
    ("Custom::S3BucketNotifications", "BucketName", {_D}, _HANDS_ON, "the names of its objects go to"),
    ("Custom::S3BucketNotifications", "NotificationConfiguration", {_D}, _N, "data_copies.py asks who reads"),
    ("Custom::S3BucketNotifications", "NotificationConfiguration", {_C}, _DRIVES, "objects that are written run it"),
    ("Custom::S3BucketNotifications", "ServiceToken", {_C}, _DRIVES, "each deploy runs it"),
)  # fmt: skip

RULES: Final = tuple(Rule(type_, name, frozenset(kinds), effect, why) for type_, name, kinds, effect, why in _ROWS)
_CUSTOM: Final = Rule("Custom::*", "*", _ANY, _N, "trusted code receives it at each deployment")
_CUSTOM_RUNS: Final = Rule("Custom::*", "ServiceToken", frozenset({_C}), _DRIVES, "each deploy runs it")
_SPEAK_FOR_THEMSELVES: Final = ("Custom::AWS", "Custom::S3BucketNotifications")
"""Custom resources that act on their properties directly, without code of the team."""


@functools.lru_cache(maxsize=4096)
def rule_of(type_: str, property_: str, kind: Kind) -> Rule | None:
    """Return the effect of a reference in a property of a resource; None if it has not been reviewed.

    `property_` is the outermost property, `kind` that of the target.
    """
    fitting = [each for each in _rules_of(type_) if kind in each.kinds]
    if not fitting and kind is Kind.STARTER:
        return rule_of(type_, property_, Kind.ROLE)
    exact = next((each for each in fitting if each.property == property_), None)
    found = exact or next((each for each in fitting if each.property == "*"), None)
    if found is None and type_.startswith("Custom::") and type_ not in _SPEAK_FOR_THEMSELVES:
        return _CUSTOM_RUNS if property_ == "ServiceToken" and kind is Kind.CODE else _CUSTOM
    return found


@functools.lru_cache(maxsize=4096)
def _rules_of(type_: str) -> tuple[Rule, ...]:
    return tuple(
        each
        for each in RULES
        if each.type == type_ or (each.type.endswith("::*") and type_.startswith(each.type.removesuffix("*")))
    )


HARMLESS_PROPERTIES: Final = {
    "AWS::S3::Bucket": frozenset(
        {
            "AbacStatus", "AccelerateConfiguration", "AccessControl", "BucketEncryption", "BucketName",
            "BucketNamePrefix", "BucketNamespace", "CorsConfiguration", "IntelligentTieringConfigurations",
            "LifecycleConfiguration", "MetricsConfigurations", "ObjectLockConfiguration", "ObjectLockEnabled",
            "OwnershipControls", "PublicAccessBlockConfiguration", "Tags", "VersioningConfiguration",
            "WebsiteConfiguration",
        }
    ),
    "AWS::DynamoDB::Table": frozenset(
        {
            "AttributeDefinitions", "BillingMode", "ContributorInsightsSpecification", "DeletionProtectionEnabled",
            "GlobalSecondaryIndexes", "ImportSourceSpecification", "KeySchema", "LocalSecondaryIndexes",
            "OnDemandThroughput", "PointInTimeRecoverySpecification", "ProvisionedThroughput", "ResourcePolicy",
            "SSESpecification", "StreamSpecification", "TableClass", "TableName", "Tags", "TimeToLiveSpecification",
            "WarmThroughput",
        }
    ),
    "AWS::DynamoDB::GlobalTable": frozenset(
        {
            "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "GlobalTableWitnesses", "KeySchema",
            "LocalSecondaryIndexes", "MultiRegionConsistency", "ReadOnDemandThroughputSettings",
            "ReadProvisionedThroughputSettings", "SSESpecification", "StreamSpecification", "TableName",
            "TimeToLiveSpecification", "WarmThroughput", "WriteOnDemandThroughputSettings",
            "WriteProvisionedThroughputSettings",
        }
    ),
    "AWS::DynamoDB::GlobalTable.Replicas": frozenset(
        {
            "ContributorInsightsSpecification", "DeletionProtectionEnabled", "GlobalSecondaryIndexes",
            "GlobalTableSettingsReplicationMode", "PointInTimeRecoverySpecification",
            "ReadOnDemandThroughputSettings", "ReadProvisionedThroughputSettings", "Region",
            "ReplicaStreamSpecification", "ResourcePolicy", "SSESpecification", "TableClass", "Tags",
        }
    ),
}  # fmt: skip
"""Properties of a bucket or table that expose its content to no other principal: a website serves the objects that
the bucket policy and ACLs open, which are checked; an import reads its source; a restore creates another table.
`model/kinds` reads the policies, and `data_flows.py` follows data that leaves the resource."""
