"""CloudFormation resource types and properties that are accepted without effect; `status` lists them.

Stock MiniStack refuses a template that names one of these types before it creates anything.
"""

from typing import Any, Final

from . import provisioning
from .provisioning import Props, add_type, expect_types

NOT_EMULATED: Final = (
    "AWS::ApiGateway::ClientCertificate",
    "AWS::ApiGateway::VpcLink",
    "AWS::ApiGatewayV2::VpcLink",
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::Backup::BackupSelection",
    "AWS::Budgets::Budget",
    "AWS::CloudTrail::Trail",
    "AWS::CloudWatch::AnomalyDetector",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::InsightRule",
    "AWS::Cognito::LogDeliveryConfiguration",
    "AWS::Cognito::ManagedLoginBranding",
    "AWS::Cognito::Terms",
    "AWS::Cognito::UserPoolRiskConfigurationAttachment",
    "AWS::Cognito::UserPoolUICustomizationAttachment",
    "AWS::IAM::SAMLProvider",
    "AWS::IAM::ServiceLinkedRole",
    "AWS::Lambda::CodeSigningConfig",
    "AWS::Logs::Delivery",
    "AWS::Logs::DeliveryDestination",
    "AWS::Logs::DeliverySource",
    "AWS::Logs::LogAnomalyDetector",
    "AWS::Logs::QueryDefinition",
    "AWS::RUM::AppMonitor",
    "AWS::ResourceGroups::Group",
    "AWS::SSM::Document",
    "AWS::Synthetics::Canary",
    "AWS::WAFv2::IPSet",
    "AWS::WAFv2::LoggingConfiguration",
    "AWS::WAFv2::RegexPatternSet",
    "AWS::WAFv2::RuleGroup",
    "AWS::XRay::Group",
    "AWS::XRay::SamplingRule",
)
"""Types that are accepted, so that a stack deploys, but have no effect."""

PROPERTIES_NOT_EMULATED: Final = (
    "AWS::ApiGateway::Stage.AccessLogSetting",
    "AWS::Backup::BackupPlan.BackupPlan",
    "AWS::DynamoDB::GlobalTable.Replicas",
    "AWS::Lambda::Function.TracingConfig",
    "AWS::S3::Bucket.LifecycleConfiguration",
    "AWS::WAFv2::WebACL.Rules",
)
"""Properties of other types that are accepted, but have no effect."""


def check() -> None:
    """Refuse a MiniStack that keeps types elsewhere, or lacks a type whose properties are listed here."""
    provisioning.check()
    expect_types(*(name.partition(".")[0] for name in PROPERTIES_NOT_EMULATED))


def install() -> None:
    """Add the types that MiniStack lacks."""
    for name in NOT_EMULATED:
        add_type(name, {"create": _accept, "update": _keep, "delete": _forget})


def _accept(logical_id: str, props: Props, stack_name: str) -> Any:
    del props
    name = f"{stack_name}-{logical_id}"
    return name, {"Arn": f"arn:aws:local:::{name}", "Id": name}


def _keep(physical_id: str, old: Props, new: Props, stack_name: str) -> Any:
    del old, new, stack_name
    return physical_id, {"Arn": f"arn:aws:local:::{physical_id}", "Id": physical_id}


def _forget(physical_id: str, props: Props) -> None:
    del physical_id, props
