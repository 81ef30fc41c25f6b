"""Companies as customers: each has its own folders, projects and administrators; users may be members of several."""

from pathlib import Path

from aws_cdk import Stack
from constructs import Construct

from constructs_lib.access import allow
from constructs_lib.api import Api, Route, caller_environment
from constructs_lib.auth import Auth, Group, Triggers
from constructs_lib.client import ClientConfig
from constructs_lib.database import OwnedTable
from constructs_lib.functions import PythonFunction
from constructs_lib.memberships import Memberships
from constructs_lib.storage import Storage

LAMBDA_SRC = Path(__file__).parent / "lambda_src"
PAGES = ["http://localhost:5173"]
"""Origins whose pages may call the bucket and the API."""


class MyAppStack(Stack):
    """Files and rows that members of a tenant share, private files of each member, and an API for members.

    Args:
        scope: The app.
        id: The stack's ID.
        local: Whether it is for the local cloud, whose functions run on this machine.
    """

    def __init__(self, scope: Construct, id: str, *, local: bool) -> None:
        super().__init__(scope, id)
        members = Memberships(self, "Members")
        auth = Auth(
            self,
            "Auth",
            owner="sub",
            guests=True,
            tenant=members.tenant,
            groups=[Group("admins")],
            role_rules=members.role_rules,
            triggers=Triggers(pre_token_generation=members.pre_token),
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
            cors_origins=PAGES,
        )
        projects = OwnedTable(
            self,
            "Projects",
            auth=auth,
            key="{tenant}",
            owner_key="tenant",
            sort_key="project",
            access=[allow.tenant.to("read", "write"), admins.to("delete")],
        )
        counter = PythonFunction(
            self,
            "Counter",
            entry=LAMBDA_SRC / "projects",
            shared=[LAMBDA_SRC / "caller.py"],
            platform="local" if local else "lambda",
            environment={"PROJECTS_TABLE": projects.table.table_name, **caller_environment(auth)},
        )
        projects.grant(counter, "list")
        routes = [
            Route("GET", "/tenants/{tenant}/projects", counter, access=[allow.tenant]),
            *members.routes(auth, founders=[allow.authenticated]),
        ]
        api = Api(self, "Api", auth=auth, cors_origins=PAGES, routes=routes)
        ClientConfig(
            self,
            auth=auth,
            storage=[files],
            apis={"projects": api.url},
            custom={"ProjectsTableName": projects.table.table_name},
        )
