"""Serverless document app: public and private files, private notes, and shares through an API."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb

from constructs_lib.access import allow
from constructs_lib.api import Api, Route, caller_environment
from constructs_lib.auth import Auth, Group
from constructs_lib.client import ClientConfig
from constructs_lib.database import OwnedTable
from constructs_lib.functions import PythonFunction
from constructs_lib.storage import Storage
from stacks.acknowledged import acknowledge_findings

if TYPE_CHECKING:
    from constructs import Construct

    from constructs_lib.hosting import Hosting
    from stacks.settings import Settings

_LAMBDA_SRC: Final = Path(__file__).parents[1] / "lambda_src"
UNUSED_FILES: Final = ("aws_lambda_powertools/*/swagger-ui*",)
"""Powertools' page of API documentation: half of the package's size, and no route serves it."""


class DocumentStack(Stack):
    """Files, notes and shares of a document app.

    Guests read public files. Users have a private folder and private notes, and announce documents as shares. Editors
    manage public files and remove shares.

    Args:
        scope: The app.
        id: The stack's ID.
        settings: The settings of the stage.
        account: The account to deploy to. None: the stack is not pinned to an account.
        region: The region to deploy to. None: the stack is not pinned to a region.
        page: The folder of a built page, which CloudFront serves. None: the stack has no page.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: Settings,
        account: str | None,
        region: str | None,
        page: Path | None = None,
    ) -> None:
        super().__init__(scope, id, env={"account": account, "region": region})
        self.page = self._create_page(page, settings) if page else None
        origins = (*settings.cors_origins, *([self.page.url] if self.page else []))
        self.auth = Auth(self, "Auth", guests=True, groups=[Group("editors")], removal_policy=settings.removal_policy)
        self.documents = Storage(
            self,
            "Documents",
            auth=self.auth,
            access={
                "public/*": [
                    allow.guest.to("read"),
                    allow.authenticated.to("read"),
                    allow.group("editors").to("read", "write", "delete"),
                ],
                "private/{owner}/*": [allow.owner.to("read", "write", "delete")],
            },
            cors_origins=origins,
            removal_policy=settings.removal_policy,
        )
        self.notes = OwnedTable(
            self,
            "Notes",
            auth=self.auth,
            sort_key="note_id",
            access=[allow.owner.to("read", "write", "delete")],
            removal_policy=settings.removal_policy,
        )
        self.shares = self._create_shares(settings)
        self.handler = PythonFunction(
            self,
            "SharesFunction",
            entry=_LAMBDA_SRC / "shares",
            shared=[_LAMBDA_SRC / "caller.py"],
            exclude=UNUSED_FILES,
            compiled=settings.compiled,
            platform=settings.function_platform,
            environment={"SHARES_TABLE": self.shares.table_name, **caller_environment(self.auth)},
            log_retention=settings.log_retention,
        )
        self.shares.grant(self.handler.function, "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query")
        self.api = Api(
            self,
            "Api",
            auth=self.auth,
            cors_origins=origins,
            log_retention=settings.log_retention,
            routes=[
                Route("GET", "/shares", self.handler, access=[allow.guest, allow.authenticated]),
                Route("POST", "/shares", self.handler, access=[allow.authenticated]),
                Route("DELETE", "/shares/{share_id}", self.handler, access=[allow.group("editors")]),
                Route("DELETE", "/users/{owner}/shares/{share_id}", self.handler, access=[allow.owner]),
            ],
        )
        self._write_outputs()
        acknowledge_findings(
            self, auth=self.auth, documents=self.documents, handler=self.handler, api=self.api, page=self.page
        )

    def _create_page(self, build: Path, settings: Settings) -> Hosting:
        """Serve a built page with CloudFront, whose modules are imported here: that takes a tenth of a synthesis."""
        from constructs_lib.hosting import Hosting  # noqa: PLC0415 - only for a stack with a page

        return Hosting(self, "Page", build=build, removal_policy=settings.removal_policy)

    def _create_shares(self, settings: Settings) -> dynamodb.TableV2:
        """Create the table of shares, to which only the function has access."""
        string = dynamodb.AttributeType.STRING
        return dynamodb.TableV2(
            self,
            "Shares",
            partition_key=dynamodb.Attribute(name="feed", type=string),
            sort_key=dynamodb.Attribute(name="share_id", type=string),
            billing=dynamodb.Billing.on_demand(),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=settings.removal_policy is not RemovalPolicy.DESTROY,
            removal_policy=settings.removal_policy,
        )

    def _write_outputs(self) -> None:
        """Write the client's configuration file, and the outputs that the story reads."""
        config = ClientConfig(
            self,
            auth=self.auth,
            storage=[self.documents],
            apis={"shares": self.api.url},
            custom={"NotesTableName": self.notes.table.table_name},
        )
        if self.page is not None:
            self.page.configure(config.content)
        outputs = {
            "Region": self.region,
            "UserPoolId": self.auth.user_pool.user_pool_id,
            "UserPoolClientId": self.auth.user_pool_client.user_pool_client_id,
            "IdentityPoolId": self.auth.identity_pool_id,
            "BucketName": self.documents.bucket_name,
            "NotesTableName": self.notes.table.table_name,
            "ApiUrl": self.api.url,
            **({"PageUrl": self.page.url} if self.page else {}),
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
