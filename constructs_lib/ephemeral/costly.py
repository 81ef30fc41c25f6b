"""Stack of the costly checks: a page on CloudFront, a table in two regions, a KMS key, a function with SnapStart."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from constructs_lib.access import allow
from constructs_lib.auth import Auth
from constructs_lib.database import OwnedTable
from constructs_lib.functions import PythonFunction
from constructs_lib.hosting import Hosting

if TYPE_CHECKING:
    from aws_cdk import IStackSynthesizer
    from constructs import Construct

PAGE: Final = "<!doctype html><title>verify</title>"
"""The page that CloudFront serves."""
_ECHO: Final = "def handler(event, context):\n    return {'seen': event}\n"


class CostlyStack(Stack):
    """Users with rows under a key of the app's own, and in two regions; a page; a function that starts from a snapshot.

    Args:
        scope: The app.
        id: The stack's name.
        region: Its region, which replicas have to know.
        replica_region: Where the second table has its copy.
        local: Whether functions are packaged for the local cloud and not for Lambda.
        synthesizer: Determines the destination of assets.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        region: str,
        replica_region: str,
        local: bool,
        synthesizer: IStackSynthesizer,
    ) -> None:
        super().__init__(scope, id, synthesizer=synthesizer, env={"region": region})
        gone = RemovalPolicy.DESTROY
        auth = Auth(
            self, "Auth", user_pool_name=self.stack_name, identity_pool_name=self.stack_name, removal_policy=gone
        )
        pool = auth.user_pool.node.default_child
        assert isinstance(pool, cognito.CfnUserPool)  # noqa: S101 - what UserPool makes
        for name in ("AutoVerifiedAttributes", "UserAttributeUpdateSettings"):
            pool.add_property_deletion_override(name)
        own = [allow.owner.to("read", "write", "delete")]
        key = kms.Key(self, "Key", removal_policy=gone, enable_key_rotation=True)
        sealed = OwnedTable(self, "Sealed", auth=auth, access=own, encryption_key=key, removal_policy=gone)
        copied = OwnedTable(
            self, "Copied", auth=auth, access=own, replica_regions=[replica_region], removal_policy=gone
        )
        folder = Path(tempfile.mkdtemp())
        (folder / "echo").mkdir()
        (folder / "echo" / "handler.py").write_text(_ECHO, encoding="utf-8")
        function = PythonFunction(
            self,
            "Echo",
            entry=folder / "echo",
            platform="local" if local else "lambda",
            snap_start=True,
            log_retention=logs.RetentionDays.ONE_DAY,
        )
        outputs = {
            "Region": self.region,
            "UserPoolId": auth.user_pool.user_pool_id,
            "UserPoolClientId": auth.user_pool_client.user_pool_client_id,
            "IdentityPoolId": auth.identity_pool_id,
            "KeyArn": key.key_arn,
            "SealedTableName": sealed.table_name,
            "CopiedTableName": copied.table_name,
            "ReplicaRegion": replica_region,
            "EchoFunctionName": function.function.function_name,
        }
        if not local:
            # A page is put into its bucket by the AWS CLI in a layer, which the local cloud does not unpack.
            (folder / "page").mkdir()
            (folder / "page" / "index.html").write_text(PAGE, encoding="utf-8")
            page = Hosting(self, "Page", build=folder / "page", removal_policy=gone)
            outputs |= {"PageUrl": page.url, "PageBucketName": page.bucket.bucket_name}
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
