"""Companies as customers: each has its own folders, users and administrators; users may be members of several."""

import json
from pathlib import Path

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from constructs import Construct

from constructs_lib.access import allow
from constructs_lib.api import Api, Route, caller_environment
from constructs_lib.auth import Auth, Group, Triggers
from constructs_lib.database import OwnedTable
from constructs_lib.functions import PythonFunction
from constructs_lib.memberships import Memberships
from constructs_lib.storage import Storage

HERE = Path(__file__).parent


class TenantsStack(Stack):
    """Files and rows that members of a tenant share, private files of each member, and an API for members.

    Args:
        scope: The app.
        id: The stack's ID.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        members = Memberships(self, "Members", removal_policy=RemovalPolicy.DESTROY)
        auth = Auth(
            self,
            "Auth",
            owner="sub",
            guests=True,
            tenant=members.tenant,
            groups=[Group("admins")],
            role_rules=members.role_rules,
            triggers=Triggers(pre_token_generation=members.pre_token),
            removal_policy=RemovalPolicy.DESTROY,
        )
        admins = allow.group("admins")
        files = Storage(
            self,
            "Files",
            auth=auth,
            access={
                "public/*": [allow.guest.to("read"), allow.authenticated.to("read")],
                "tenants/{tenant}/shared/*": [allow.tenant.to("read", "write"), admins.to("delete")],
                "tenants/{tenant}/people/{owner}/*": [
                    allow.owner.to("read", "write", "delete"),
                    admins.to("read", everyone="tenant"),
                ],
            },
            removal_policy=RemovalPolicy.DESTROY,
        )
        projects = OwnedTable(
            self,
            "Projects",
            auth=auth,
            key="{tenant}",
            owner_key="tenant",
            sort_key="project",
            access=[allow.tenant.to("read", "write"), admins.to("delete")],
            removal_policy=RemovalPolicy.DESTROY,
        )
        counter = PythonFunction(
            self,
            "Counter",
            entry=HERE / "lambda_src" / "projects",
            shared=[HERE.parents[1] / "lambda_src" / "caller.py"],
            environment={"PROJECTS_TABLE": projects.table.table_name, **caller_environment(auth)},
        )
        projects.grant(counter, "list")
        routes = [
            Route("GET", "/tenants/{tenant}/projects", counter, access=[allow.tenant]),
            *members.routes(auth, founders=[allow.authenticated]),
        ]
        api = Api(self, "Api", auth=auth, routes=routes, access_logs=False)
        outputs = {
            "Region": self.region,
            "UserPoolId": auth.user_pool.user_pool_id,
            "UserPoolClientId": auth.user_pool_client.user_pool_client_id,
            "IdentityPoolId": auth.identity_pool_id,
            "BucketName": files.bucket_name,
            "ProjectsTableName": projects.table.table_name,
            "ApiUrl": api.url,
            # For clients: the values of `{owner}` and `{tenant}`.
            "Owner": auth.owner,
            "Claims": json.dumps({key: claim.claim for key, claim in auth.claims.items()}),
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
