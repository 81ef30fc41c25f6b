"""A document app without a server of its own: public and private files, private notes, and shares by API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, Stack

from constructs_lib.access import allow
from constructs_lib.auth import Auth, Group
from constructs_lib.database import OwnedTable
from constructs_lib.storage import Storage
from stacks.acknowledged import acknowledge_findings

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.settings import Settings


class DocumentStack(Stack):
    """Files, notes and shares of a document app.

    Guests read what is public. Users keep a private folder and private notes, and share what they choose to.
    Editors look after what is public.
    """

    def __init__(
        self, scope: Construct, id: str, *, settings: Settings, account: str | None, region: str | None
    ) -> None:
        super().__init__(scope, id, env={"account": account, "region": region})
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
            cors_origins=settings.cors_origins,
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
        outputs = {
            "Region": self.region,
            "UserPoolId": self.auth.user_pool.user_pool_id,
            "UserPoolClientId": self.auth.user_pool_client.user_pool_client_id,
            "IdentityPoolId": self.auth.identity_pool_id,
            "BucketName": self.documents.bucket.bucket_name,
            "NotesTableName": self.notes.table.table_name,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
        acknowledge_findings(self)
