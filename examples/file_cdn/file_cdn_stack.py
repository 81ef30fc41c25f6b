"""Files on CloudFront: public files for anyone, private files for their owner only."""

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from constructs_lib.access import allow
from constructs_lib.api import Api, anyone
from constructs_lib.auth import Auth
from constructs_lib.cdn import PrivateFiles, PublicFiles
from constructs_lib.storage import Storage


class FileCdnStack(Stack):
    """Public and private folders, each with its own distribution.

    Args:
        scope: The app.
        id: The stack's ID.
        public_key: The public key in PEM; the private key is the secret `file-cdn/private-key`.
        local: Whether it is for the local cloud, whose functions run on this machine.
    """

    def __init__(self, scope: Construct, id: str, *, public_key: str, local: bool) -> None:
        super().__init__(scope, id)
        auth = Auth(self, "Auth", removal_policy=RemovalPolicy.DESTROY)
        files = Storage(
            self,
            "Files",
            auth=auth,
            access={
                "public/*": [allow.authenticated.to("read", "write")],
                "private/{owner}/*": [allow.owner.to("read", "write", "delete")],
            },
            removal_policy=RemovalPolicy.DESTROY,
        )
        public = PublicFiles(self, "Public", storage=files, access={"public/*": [anyone]})
        private = PrivateFiles(
            self,
            "Private",
            auth=auth,
            storage=files,
            public_keys=[public_key],
            private_key=secretsmanager.Secret.from_secret_name_v2(self, "PrivateKey", "file-cdn/private-key"),
            platform="local" if local else "lambda",
        )
        api = Api(self, "Api", auth=auth, routes=[private.route()], access_logs=False)
        outputs = {
            "Region": self.region,
            "UserPoolId": auth.user_pool.user_pool_id,
            "UserPoolClientId": auth.user_pool_client.user_pool_client_id,
            "IdentityPoolId": auth.identity_pool_id,
            "BucketName": files.bucket_name,
            "ApiUrl": api.url,
            "PublicUrl": public.url,
            "PrivateUrl": private.url,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
