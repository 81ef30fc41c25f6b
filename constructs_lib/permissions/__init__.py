"""The least permissions to deploy templates, from CloudFormation's resource schemas and IAM's action data."""

from constructs_lib.permissions.policy import DeployPolicy, Omitted, deploy_policy
from constructs_lib.permissions.resources import Where

__all__ = ["DeployPolicy", "Omitted", "Where", "deploy_policy"]
