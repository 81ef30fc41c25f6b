"""Documents: each user has private files and notes, and shares some of them."""

from pathlib import Path

from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from constructs_lib.access import allow
from constructs_lib.api import Api, Route, caller_environment
from constructs_lib.auth import Auth, Group
from constructs_lib.client import ClientConfig
from constructs_lib.database import OwnedTable
from constructs_lib.functions import PythonFunction
from constructs_lib.storage import Storage

LAMBDA_SRC = Path(__file__).parent / "lambda_src"
PAGES = ["http://localhost:5173"]
"""Origins whose pages may call the bucket and the API."""


class MyAppStack(Stack):
    """Files, notes and shares.

    Args:
        scope: The app.
        id: The stack's ID.
        local: Whether it is for the local cloud, whose functions run on this machine.
    """

    def __init__(self, scope: Construct, id: str, *, local: bool) -> None:
        super().__init__(scope, id)
        auth = Auth(self, "Auth", guests=True, groups=[Group("editors")])
        documents = Storage(
            self,
            "Documents",
            auth=auth,
            access={
                "public/*": [
                    allow.guest.to("read"),
                    allow.authenticated.to("read"),
                    allow.group("editors").to("read", "write", "delete"),
                ],
                "private/{owner}/*": [allow.owner.to("read", "write", "delete")],
            },
            cors_origins=PAGES,
        )
        notes = OwnedTable(
            self, "Notes", auth=auth, sort_key="note_id", access=[allow.owner.to("read", "write", "delete")]
        )
        # Announcements of users' documents; only the function reaches it.
        string = dynamodb.AttributeType.STRING
        shares = dynamodb.TableV2(
            self,
            "Shares",
            partition_key=dynamodb.Attribute(name="feed", type=string),
            sort_key=dynamodb.Attribute(name="share_id", type=string),
        )
        handler = PythonFunction(
            self,
            "SharesFunction",
            entry=LAMBDA_SRC / "shares",
            shared=[LAMBDA_SRC / "caller.py"],
            platform="local" if local else "lambda",
            environment={"SHARES_TABLE": shares.table_name, **caller_environment(auth)},
        )
        shares.grant(handler.function, "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query")
        api = Api(
            self,
            "Api",
            auth=auth,
            cors_origins=PAGES,
            routes=[
                Route("GET", "/shares", handler, access=[allow.guest, allow.authenticated]),
                Route("POST", "/shares", handler, access=[allow.authenticated]),
                Route("DELETE", "/shares/{share_id}", handler, access=[allow.group("editors")]),
                Route("DELETE", "/users/{owner}/shares/{share_id}", handler, access=[allow.owner]),
            ],
        )
        ClientConfig(
            self,
            auth=auth,
            storage=[documents],
            apis={"shares": api.url},
            custom={"NotesTableName": notes.table.table_name},
        )
