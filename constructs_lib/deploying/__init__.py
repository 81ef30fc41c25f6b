"""Roles for deployments: the CDK's execution role with least privilege, and a role for GitHub Actions without keys."""

from constructs_lib.deploying.execution import ExecutionPolicies
from constructs_lib.deploying.github import GitHubRole

__all__ = ["ExecutionPolicies", "GitHubRole"]
