"""An app on a user pool of another team's stack: roles, groups and files are in this app."""

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from constructs_lib.access import allow
from constructs_lib.auth import Auth, Group
from constructs_lib.storage import Storage


class PoolsStack(Stack):
    """An existing user pool, in plain CDK.

    Attributes:
        user_pool: The pool.
        user_pool_client: Its client.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.user_pool = cognito.UserPool(
            self,
            "UserPool",
            sign_in_aliases=cognito.SignInAliases(email=True),
            self_sign_up_enabled=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.user_pool_client = self.user_pool.add_client(
            "Client", auth_flows=cognito.AuthFlow(user_srp=True), disable_o_auth=True
        )


class AppStack(Stack):
    """Files of the pool's users, with an identity pool, groups and roles of this stack.

    Args:
        scope: The app.
        id: The stack's ID.
        user_pool: The existing pool; `cognito.UserPool.from_user_pool_id(...)` if it is not part of this app.
        user_pool_client: Its client.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        user_pool: cognito.IUserPool,
        user_pool_client: cognito.IUserPoolClient,
    ) -> None:
        super().__init__(scope, id)
        auth = Auth.from_existing(
            self,
            "Auth",
            user_pool=user_pool,
            user_pool_client=user_pool_client,
            groups=[Group("editors")],
            owner="sub",
        )
        files = Storage(
            self,
            "Files",
            auth=auth,
            access={
                "news/*": [allow.authenticated.to("read"), allow.group("editors").to("write", "delete")],
                "private/{owner}/*": [allow.owner.to("read", "write", "delete")],
            },
            removal_policy=RemovalPolicy.DESTROY,
        )
        outputs = {
            "Region": self.region,
            "UserPoolId": user_pool.user_pool_id,
            "UserPoolClientId": user_pool_client.user_pool_client_id,
            "IdentityPoolId": auth.identity_pool_id,
            "BucketName": files.bucket_name,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
