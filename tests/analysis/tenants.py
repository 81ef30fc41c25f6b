"""The template of a multi-tenant app, as a literal for tests to change."""

from __future__ import annotations

from typing import Any

from constructs_lib.ownership_metadata import CLAIMS_KEY, OPENED_KEY, OWNED_KEY
from tests.analysis.conftest import BUCKET, SUB, TABLE, Document, join, trust

TENANT = "${aws:PrincipalTag/tenant}"
FORM = "[a-z0-9-]{3,36}"
SHARED = f"tenants/{TENANT}/shared/*"
PEOPLE = f"tenants/{TENANT}/people/{SUB}/*"
EVERYBODYS = f"tenants/{TENANT}/people/*"
ITEMS = ["dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]
API = {"Fn::Join": ["", ["arn:aws:execute-api:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}, ":"]]}


def allow(actions: Any, resource: Any, condition: Document | None = None) -> Document:
    """Return a statement."""
    more = {"Condition": condition} if condition else {}
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def files(*patterns: str) -> list[Any]:
    """Return ARNs of objects."""
    return [join(BUCKET, f"/{each}") for each in patterns]


def rows(actions: list[str], resource: Any, *keys: str, operator: str = "StringEquals") -> Document:
    """Return a statement on rows with the partition keys."""
    condition = {
        f"ForAllValues:{operator}": {"dynamodb:LeadingKeys": list(keys)},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }
    return allow(actions, resource, condition)


def called(method: str, path: str) -> Any:
    """Return the ARN of a route's calls."""
    return {"Fn::Join": ["", [*API["Fn::Join"][1], {"Ref": "Api"}, f"/*/{method}{path}"]]}


def members() -> list[Document]:
    """Return the statements of every member of a tenant."""
    return [
        allow("s3:GetObject", files(SHARED)),
        allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], files(PEOPLE)),
        allow("s3:ListBucket", BUCKET, {"StringLike": {"s3:prefix": [SHARED, PEOPLE]}}),
        rows(ITEMS, TABLE, TENANT),
        rows(ITEMS, {"Fn::GetAtt": ["Notes", "Arn"]}, f"TENANT#{TENANT}#{SUB}"),
        allow("execute-api:Invoke", called("GET", f"/tenants/{TENANT}/projects")),
    ]


def administrators() -> list[Document]:
    """Return the additional statements of the group of administrators."""
    return [
        allow(["s3:PutObject", "s3:DeleteObject"], files(SHARED)),
        allow("s3:GetObject", files(EVERYBODYS)),
        allow("s3:ListBucket", BUCKET, {"StringLike": {"s3:prefix": [EVERYBODYS]}}),
    ]


def role(*statements: Document, policy: Document | None = None) -> Document:
    """Return a role with these statements."""
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": policy or trust(),
            "Policies": [{"PolicyName": "P", "PolicyDocument": document}],
        },
    }


def tenants_template() -> Document:
    """Return a new copy of the template."""
    provider = {"Fn::GetAtt": ["UserPool", "ProviderName"]}
    administration = {
        "place": PEOPLE, "caller": "group:admins", "actions": ["s3:GetObject", "s3:ListBucket"], "within": ["tenant"],
    }  # fmt: skip
    guest = trust(amr="unauthenticated")
    return {
        "Resources": {
            "UserPool": {
                "Type": "AWS::Cognito::UserPool",
                "Properties": {"Schema": [{"Name": "tenant", "AttributeDataType": "String", "Mutable": True}]},
            },
            "Client": {
                "Type": "AWS::Cognito::UserPoolClient",
                "Properties": {"UserPoolId": {"Ref": "UserPool"}, "WriteAttributes": ["email"]},
            },
            "Admins": {
                "Type": "AWS::Cognito::UserPoolGroup",
                "Properties": {
                    "UserPoolId": {"Ref": "UserPool"},
                    "GroupName": "admins",
                    "RoleArn": {"Fn::GetAtt": ["Admin", "Arn"]},
                },
            },
            "Pool": {
                "Type": "AWS::Cognito::IdentityPool",
                "Properties": {
                    "AllowUnauthenticatedIdentities": True,
                    "CognitoIdentityProviders": [{"ProviderName": provider, "ClientId": {"Ref": "Client"}}],
                },
            },
            "Tags": {
                "Type": "AWS::Cognito::IdentityPoolPrincipalTag",
                "Properties": {
                    "IdentityPoolId": {"Ref": "Pool"},
                    "IdentityProviderName": provider,
                    "UseDefaults": False,
                    "PrincipalTags": {"tenant": "custom:tenant"},
                },
                "Metadata": {CLAIMS_KEY: {"custom:tenant": FORM}},
            },
            "Attachment": {
                "Type": "AWS::Cognito::IdentityPoolRoleAttachment",
                "Properties": {
                    "IdentityPoolId": {"Ref": "Pool"},
                    "Roles": {
                        "authenticated": {"Fn::GetAtt": ["User", "Arn"]},
                        "unauthenticated": {"Fn::GetAtt": ["Guest", "Arn"]},
                    },
                    "RoleMappings": {
                        "users": {
                            "Type": "Token",
                            "AmbiguousRoleResolution": "AuthenticatedRole",
                            "IdentityProvider": {"Fn::Join": ["", [provider, ":", {"Ref": "Client"}]]},
                        }
                    },
                },
            },
            "User": role(*members()),
            "Admin": role(*members(), *administrators()),
            "Guest": role(allow("s3:GetObject", files("public/*")), policy=guest),
            "Bucket": {
                "Type": "AWS::S3::Bucket",
                "Metadata": {OWNED_KEY: [SHARED, PEOPLE], OPENED_KEY: [administration]},
            },
            "Table": {
                "Type": "AWS::DynamoDB::Table",
                "Properties": {"KeySchema": [{"AttributeName": "tenant", "KeyType": "HASH"}]},
                "Metadata": {OWNED_KEY: [TENANT]},
            },
            "Notes": {
                "Type": "AWS::DynamoDB::Table",
                "Properties": {"KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}]},
                "Metadata": {OWNED_KEY: [f"TENANT#{TENANT}#{SUB}"]},
            },
            "Api": {
                "Type": "AWS::ApiGateway::RestApi",
                "Properties": {
                    "Name": "api",
                    "Body": {
                        "paths": {
                            "/tenants/{tenant}/projects": {
                                "get": {
                                    "security": [{"sigv4": []}],
                                    "x-amazon-apigateway-integration": {"type": "mock"},
                                }
                            }
                        },
                        "components": {
                            "securitySchemes": {"sigv4": {"type": "apiKey", "x-amazon-apigateway-authtype": "awsSigv4"}}
                        },
                    },
                },
            },
        }
    }
