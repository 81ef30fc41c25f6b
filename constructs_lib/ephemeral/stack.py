"""Stack of a run: users with guests and a group, files, owned rows, and an API with a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_logs as logs

from constructs_lib.access import allow
from constructs_lib.api import Api, Route, caller_environment
from constructs_lib.auth import Auth, Group
from constructs_lib.client import ClientConfig
from constructs_lib.database import OwnedTable
from constructs_lib.functions import PythonFunction
from constructs_lib.starters import source
from constructs_lib.storage import Storage

if TYPE_CHECKING:
    from aws_cdk import IStackSynthesizer
    from constructs import Construct

ORIGIN: Final = "https://verify.example.com"
"""The allowed origin of the bucket and the API; no page is served there."""
_UNUSED_FILES: Final = ("aws_lambda_powertools/*/swagger-ui*",)


class EphemeralStack(Stack):
    """The document app, made to be removed: nothing is retained, and no table keeps a backup.

    Args:
        scope: The app.
        id: The stack's name; the names of everything in it begin with it where CloudFormation makes them up.
        local: Whether functions are packaged for the local cloud and not for Lambda.
        synthesizer: Determines the destination of assets.
    """

    def __init__(self, scope: Construct, id: str, *, local: bool, synthesizer: IStackSynthesizer) -> None:
        super().__init__(scope, id, synthesizer=synthesizer)
        gone = RemovalPolicy.DESTROY
        auth = Auth(
            self,
            "Auth",
            guests=True,
            groups=[Group("editors")],
            # CloudFormation would make up names that do not begin with the stack's.
            user_pool_name=self.stack_name,
            identity_pool_name=self.stack_name,
            removal_policy=gone,
        )
        pool = auth.user_pool.node.default_child
        assert isinstance(pool, cognito.CfnUserPool)  # noqa: S101 - what UserPool makes
        for name in ("AutoVerifiedAttributes", "UserAttributeUpdateSettings"):
            # Cognito then verifies nothing by itself, so that no sign-up sends an e-mail.
            pool.add_property_deletion_override(name)
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
            cors_origins=[ORIGIN],
            removal_policy=gone,
        )
        self._notes = OwnedTable(
            self,
            "Notes",
            auth=auth,
            sort_key="note_id",
            access=[allow.owner.to("read", "write", "delete")],
            removal_policy=gone,
        )
        self._shares = self._create_shares()
        handler = PythonFunction(
            self,
            "SharesFunction",
            entry=source("lambda_src/shares"),
            shared=[source("lambda_src/caller.py")],
            exclude=_UNUSED_FILES,
            platform="local" if local else "lambda",
            environment={"SHARES_TABLE": self._shares.table_name, **caller_environment(auth)},
            log_retention=logs.RetentionDays.ONE_DAY,
        )
        self._shares.grant(handler.function, "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query")
        api = Api(
            self,
            "Api",
            auth=auth,
            cors_origins=[ORIGIN],
            log_retention=logs.RetentionDays.ONE_DAY,
            routes=[
                Route("GET", "/shares", handler, access=[allow.guest, allow.authenticated]),
                Route("POST", "/shares", handler, access=[allow.authenticated]),
                Route("DELETE", "/shares/{share_id}", handler, access=[allow.group("editors")]),
                Route("DELETE", "/users/{owner}/shares/{share_id}", handler, access=[allow.owner]),
            ],
        )
        self._write_outputs(auth, documents, api)
        # With point-in-time recovery a table that is deleted leaves a backup for 35 days ("Point-in-time backups for
        # DynamoDB", developer guide).
        self._override_tables("PointInTimeRecoverySpecification", {"PointInTimeRecoveryEnabled": False})

    def tag_tables(self, key: str, value: str) -> None:
        """Tag the tables, whose tags are each replica's own, which neither a stack's tags nor an aspect reach."""
        self._override_tables("Tags", [{"Key": key, "Value": value}])

    def _override_tables(self, name: str, value: Any) -> None:
        for table in (self._notes.table, self._shares):
            made = table.node.default_child
            assert isinstance(made, dynamodb.CfnGlobalTable)  # noqa: S101 - what TableV2 makes
            made.add_property_override(f"Replicas.0.{name}", value)

    def _create_shares(self) -> dynamodb.TableV2:
        string = dynamodb.AttributeType.STRING
        return dynamodb.TableV2(
            self,
            "Shares",
            partition_key=dynamodb.Attribute(name="feed", type=string),
            sort_key=dynamodb.Attribute(name="share_id", type=string),
            billing=dynamodb.Billing.on_demand(),
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _write_outputs(self, auth: Auth, documents: Storage, api: Api) -> None:
        ClientConfig(
            self,
            auth=auth,
            storage=[documents],
            apis={"shares": api.url},
            custom={"NotesTableName": self._notes.table.table_name},
        )
        outputs = {
            "Region": self.region,
            "UserPoolId": auth.user_pool.user_pool_id,
            "UserPoolClientId": auth.user_pool_client.user_pool_client_id,
            "IdentityPoolId": auth.identity_pool_id,
            "BucketName": documents.bucket_name,
            "NotesTableName": self._notes.table.table_name,
            "ApiUrl": api.url,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
