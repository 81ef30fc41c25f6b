"""Types that are replaced and removed in ordinary updates without a loss of data, users or an address."""

from typing import Final

_RIGHTS: Final = "The update gives the rights anew; `diff` compares them."
_CODE: Final = "Code and settings that the template contains; the addresses and data beside them are other types."
_NETWORK: Final = "Connections of resources, of which those with data or an address are other types."
_OBSERVING: Final = "Rules and alarms that the template contains."
_DEPLOYING: Final = "Steps of a deployment; the functions of custom resources are not analyzed."

REASONS: Final[dict[str, tuple[str, ...]]] = {
    _RIGHTS: ("AWS::IAM::InstanceProfile", "AWS::IAM::Role"),
    _CODE: (
        "AWS::ApiGateway::Account", "AWS::ApiGateway::Authorizer", "AWS::ApiGateway::Deployment",
        "AWS::ApiGateway::GatewayResponse", "AWS::ApiGateway::Method", "AWS::ApiGateway::Model",
        "AWS::ApiGateway::RequestValidator", "AWS::ApiGateway::Resource", "AWS::ApiGateway::UsagePlan",
        "AWS::ApiGatewayV2::Authorizer", "AWS::ApiGatewayV2::Deployment", "AWS::ApiGatewayV2::Integration",
        "AWS::ApiGatewayV2::IntegrationResponse", "AWS::ApiGatewayV2::Model", "AWS::ApiGatewayV2::Route",
        "AWS::ApiGatewayV2::RouteResponse", "AWS::AppSync::ChannelNamespace", "AWS::AppSync::DataSource",
        "AWS::AppSync::FunctionConfiguration", "AWS::AppSync::GraphQLSchema", "AWS::AppSync::Resolver",
        "AWS::CloudFront::CloudFrontOriginAccessIdentity", "AWS::CloudFront::Function",
        "AWS::CloudFront::OriginAccessControl", "AWS::Cognito::LogDeliveryConfiguration",
        "AWS::Cognito::ManagedLoginBranding", "AWS::Cognito::UserPoolRiskConfigurationAttachment",
        "AWS::Cognito::UserPoolUICustomizationAttachment", "AWS::ECS::Service", "AWS::ECS::TaskDefinition",
        "AWS::Lambda::Alias", "AWS::Lambda::CodeSigningConfig", "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::EventSourceMapping", "AWS::Lambda::Function", "AWS::Lambda::LayerVersion",
        "AWS::Lambda::Version", "AWS::RDS::DBClusterParameterGroup", "AWS::RDS::DBParameterGroup",
        "AWS::RDS::DBProxyTargetGroup", "AWS::RDS::OptionGroup", "AWS::SecretsManager::RotationSchedule",
        "AWS::SecretsManager::SecretTargetAttachment",
    ),
    _NETWORK: (
        "AWS::EC2::EIPAssociation", "AWS::EC2::InternetGateway", "AWS::EC2::LaunchTemplate", "AWS::EC2::NatGateway",
        "AWS::EC2::NetworkAcl", "AWS::EC2::NetworkAclEntry", "AWS::EC2::Route", "AWS::EC2::RouteTable",
        "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::Subnet", "AWS::EC2::SubnetNetworkAclAssociation", "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::VPC", "AWS::EC2::VPCCidrBlock", "AWS::EC2::VPCEndpoint", "AWS::EC2::VPCGatewayAttachment",
        "AWS::EFS::MountTarget", "AWS::ElasticLoadBalancingV2::Listener",
        "AWS::ElasticLoadBalancingV2::ListenerCertificate", "AWS::ElasticLoadBalancingV2::ListenerRule",
        "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::ElastiCache::SubnetGroup", "AWS::RDS::DBSubnetGroup",
    ),
    _OBSERVING: (
        "AWS::ApplicationAutoScaling::ScalableTarget", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm",
        "AWS::CloudWatch::Dashboard", "AWS::Events::Rule", "AWS::Logs::MetricFilter", "AWS::Logs::SubscriptionFilter",
        "AWS::Scheduler::Schedule",
    ),
    _DEPLOYING: (
        "AWS::CDK::Metadata", "AWS::CloudFormation::CustomResource", "AWS::CloudFormation::WaitCondition",
        "AWS::CloudFormation::WaitConditionHandle",
    ),
}  # fmt: skip
"""Types by the reason for which nothing is lost; policies besides (`_POLICIES`)."""
_TYPES: Final = frozenset(kind for kinds in REASONS.values() for kind in kinds)
_CUSTOM: Final = "Custom::"
_POLICIES: Final = ("Policy", "Permission", "Permissions")
"""Endings of types that are rights or settings of other resources."""


def is_without_consequence(resource_type: str) -> bool:
    """Return whether replacing or removing a resource of a type loses nothing; of a type of neither list, it may."""
    return resource_type in _TYPES or resource_type.startswith(_CUSTOM) or resource_type.endswith(_POLICIES)
