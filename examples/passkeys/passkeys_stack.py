"""Users sign in with a passkey or a code by e-mail; the password is the last resort."""

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from constructs import Construct

from constructs_lib.auth import Auth, Factors, PasswordPolicy, WebClient
from constructs_lib.storage import Storage, presets


class PasskeysStack(Stack):
    """Sign-in without passwords on pages of your own, and private files."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        auth = Auth(
            self,
            "Auth",
            factors=Factors(
                first=["password", "passkey", "email_otp"],
                # The domain of your pages: passkeys work only on it and its subdomains. Localhost is for development.
                relying_party_id=self.node.try_get_context("domain") or "localhost",
                password=PasswordPolicy(min_length=20),
                mfa="off",
            ),
            clients=[
                WebClient(refresh_token_validity=Duration.days(90), refresh_token_rotation=Duration.seconds(30)),
            ],
            removal_policy=RemovalPolicy.DESTROY,
        )
        files = Storage(self, "Files", auth=auth, access=presets.private(), removal_policy=RemovalPolicy.DESTROY)
        outputs = {
            "Region": self.region,
            "UserPoolId": auth.user_pool.user_pool_id,
            "UserPoolClientId": auth.user_pool_client.user_pool_client_id,
            "IdentityPoolId": auth.identity_pool_id,
            "BucketName": files.bucket_name,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
