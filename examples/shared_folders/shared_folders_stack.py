"""Folders with several members: an API checks the membership and signs a URL for one file."""

from pathlib import Path

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from constructs import Construct

from constructs_lib.access import allow
from constructs_lib.api import Api, Route
from constructs_lib.auth import Auth
from constructs_lib.functions import PythonFunction
from constructs_lib.sharing import SharedFolders
from constructs_lib.storage import Storage, presets

HERE = Path(__file__).parent
ROUTES = (
    ("POST", "/folders"),
    ("GET", "/folders/{folder}/members"),
    ("PUT", "/folders/{folder}/members/{member}"),
    ("DELETE", "/folders/{folder}/members/{member}"),
    ("GET", "/folders/{folder}/files"),
    ("POST", "/folders/{folder}/files"),
    ("GET", "/folders/{folder}/files/{name}"),
    ("DELETE", "/folders/{folder}/files/{name}"),
)


class SharedFoldersStack(Stack):
    """A private folder for each user, and folders they share.

    Args:
        scope: The app.
        id: The stack's ID.
        local: Whether it is for the local cloud, whose functions run on this machine.
    """

    def __init__(self, scope: Construct, id: str, *, local: bool) -> None:
        super().__init__(scope, id)
        auth = Auth(self, "Auth", owner="sub", removal_policy=RemovalPolicy.DESTROY)
        function = PythonFunction(
            self,
            "Folders",
            entry=HERE / "lambda_src" / "folders",
            shared=[HERE.parents[1] / "lambda_src" / "caller.py"],
            environment={"OWNER": auth.owner},
            platform="local" if local else "lambda",
        )
        files = Storage(
            self,
            "Files",
            auth=auth,
            access={
                **presets.private(),
                "shared/*": [allow.function(function).to("read", "write", "delete")],
            },
            removal_policy=RemovalPolicy.DESTROY,
        )
        shared = SharedFolders(
            self, "Shared", auth=auth, storage=files, function=function, removal_policy=RemovalPolicy.DESTROY
        )
        routes = [Route(method, path, function, access=[allow.authenticated]) for method, path in ROUTES]
        api = Api(self, "Api", auth=auth, routes=routes, access_logs=False)
        outputs = {
            "Region": self.region,
            "UserPoolId": auth.user_pool.user_pool_id,
            "UserPoolClientId": auth.user_pool_client.user_pool_client_id,
            "IdentityPoolId": auth.identity_pool_id,
            "BucketName": files.bucket_name,
            "MembersTableName": shared.members.table.table_name,
            "ApiUrl": api.url,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
