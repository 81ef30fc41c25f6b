"""AWS calls that a run makes as an administrator, and the IAM actions that they require."""

from __future__ import annotations

from typing import Final

CALLS: Final[dict[str, tuple[str, ...]]] = {
    "accessanalyzer": ("ValidatePolicy",),
    "apigatewayv2": ("DeleteApi", "GetApi", "GetApis", "GetRoutes"),
    "cloudformation": (
        "CreateChangeSet",
        "DeleteChangeSet",
        "DeleteStack",
        "DescribeChangeSet",
        "DescribeStackDriftDetectionStatus",
        "DescribeStackEvents",
        "DescribeStackResource",
        "DescribeStackResourceDrifts",
        "DescribeStacks",
        "DetectStackDrift",
        "DetectStackResourceDrift",
        "ExecuteChangeSet",
        "ListStackResources",
    ),
    "cognito-identity": (
        "CreateIdentityPool",
        "DeleteIdentityPool",
        "DescribeIdentityPool",
        "GetIdentityPoolRoles",
        "ListIdentityPools",
        "SetIdentityPoolRoles",
        "TagResource",
    ),
    "cognito-idp": (
        "AdminAddUserToGroup",
        "AdminConfirmSignUp",
        "AdminCreateUser",
        "AdminDeleteUser",
        "AdminDisableUser",
        "AdminRemoveUserFromGroup",
        "AdminSetUserPassword",
        "CreateUserPool",
        "CreateUserPoolClient",
        "DeleteUserPool",
        "DeleteUserPoolDomain",
        "DescribeUserPool",
        "DescribeUserPoolClient",
        "GetGroup",
        "ListUserPools",
        "TagResource",
        "UpdateUserPoolClient",
    ),
    "dynamodb": ("DeleteTable", "DescribeTable", "ListTables"),
    "iam": (
        "AttachRolePolicy",
        "CreateRole",
        "DeleteRole",
        "DeleteRolePolicy",
        "DetachRolePolicy",
        "GetRole",
        "ListAttachedRolePolicies",
        "ListRolePolicies",
        "ListRoles",
        "SimulateCustomPolicy",
        "SimulatePrincipalPolicy",
    ),
    "kms": ("DescribeKey", "ScheduleKeyDeletion", "UntagResource"),
    "lambda": (
        "AddPermission",
        "CreateFunction",
        "DeleteFunction",
        "GetFunction",
        "GetFunctionConfiguration",
        "ListFunctions",
        "UpdateFunctionConfiguration",
    ),
    "logs": ("DeleteLogGroup", "DescribeLogGroups", "FilterLogEvents"),
    "resourcegroupstaggingapi": ("GetResources",),
    "s3": (
        "AbortMultipartUpload",
        "CreateBucket",
        "DeleteBucket",
        "DeleteObjects",
        "HeadBucket",
        "ListBuckets",
        "ListMultipartUploads",
        "ListObjectVersions",
        "PutBucketTagging",
        "PutObject",
    ),
    "sts": ("GetCallerIdentity",),
}
"""Operations by service, in boto3's names."""
_SERVICES: Final = {"accessanalyzer": "access-analyzer"}
"""Services that have another prefix in IAM."""
_ACTIONS: Final = {
    "apigatewayv2:DeleteApi": ("apigateway:DELETE",),
    "apigatewayv2:GetApi": ("apigateway:GET",),
    "apigatewayv2:GetApis": ("apigateway:GET",),
    "apigatewayv2:GetRoutes": ("apigateway:GET",),
    "resourcegroupstaggingapi:GetResources": ("tag:GetResources",),
    "s3:DeleteObjects": ("s3:DeleteObject", "s3:DeleteObjectVersion"),
    "s3:HeadBucket": ("s3:ListBucket",),
    "s3:ListBuckets": ("s3:ListAllMyBuckets",),
    "s3:ListMultipartUploads": ("s3:ListBucketMultipartUploads",),
    "s3:ListObjectVersions": ("s3:ListBucketVersions",),
}
"""Operations whose actions have other names ("Actions, resources, and condition keys", service authorization
reference)."""


def actions() -> tuple[str, ...]:
    """Return the IAM actions that all calls require, sorted."""
    return tuple(
        sorted({action for service, names in CALLS.items() for name in names for action in _of(service, name)})
    )


def _of(service: str, name: str) -> tuple[str, ...]:
    return _ACTIONS.get(f"{service}:{name}", (f"{_SERVICES.get(service, service)}:{name}",))
