"""To-dos behind an API: IAM allows each user only their own paths, before your code runs."""

from pathlib import Path

from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from constructs_lib.access import allow
from constructs_lib.api import Api, Route, caller_environment
from constructs_lib.auth import Auth
from constructs_lib.client import ClientConfig
from constructs_lib.functions import PythonFunction

LAMBDA_SRC = Path(__file__).parent / "lambda_src"


class MyAppStack(Stack):
    """An API and the table behind it.

    Args:
        scope: The app.
        id: The stack's ID.
        local: Whether it is for the local cloud, whose functions run on this machine.
    """

    def __init__(self, scope: Construct, id: str, *, local: bool) -> None:
        super().__init__(scope, id)
        auth = Auth(self, "Auth")
        string = dynamodb.AttributeType.STRING
        table = dynamodb.TableV2(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="owner", type=string),
            sort_key=dynamodb.Attribute(name="todo_id", type=string),
        )
        todos = PythonFunction(
            self,
            "Todos",
            entry=LAMBDA_SRC / "todos",
            shared=[LAMBDA_SRC / "caller.py"],
            platform="local" if local else "lambda",
            environment={"TODOS_TABLE": table.table_name, **caller_environment(auth)},
        )
        table.grant(todos.function, "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query")
        api = Api(
            self,
            "Api",
            auth=auth,
            cors_origins=["http://localhost:5173"],
            routes=[
                Route("GET", "/users/{owner}/todos", todos, access=[allow.owner]),
                Route("PUT", "/users/{owner}/todos/{todo_id}", todos, access=[allow.owner]),
                Route("DELETE", "/users/{owner}/todos/{todo_id}", todos, access=[allow.owner]),
                Route("GET", "/help", todos, access=[allow.authenticated]),
            ],
        )
        ClientConfig(self, auth=auth, apis={"todos": api.url})
