"""People sign in with Google, with their company, or by e-mail, and keep private files either way."""

from aws_cdk import CfnOutput, RemovalPolicy, SecretValue, Stack
from constructs import Construct

from constructs_lib.auth import Auth, Google, Group, Oidc, PrefixDomain, SignIn, Triggers, WebClient
from constructs_lib.auth.ready_made import default_group, group_claims
from constructs_lib.storage import Storage, presets

PAGES = ["http://localhost:5173/"]


class SocialSignInStack(Stack):
    """Sign-in from several providers, one private folder for each user.

    Args:
        scope: The app.
        id: The stack's ID.
        domain_prefix: The hosted domain's prefix, unique in the region.
    """

    def __init__(self, scope: Construct, id: str, *, domain_prefix: str) -> None:
        super().__init__(scope, id)
        members = default_group(self, "DefaultGroup", "members")
        auth = Auth(
            self,
            "Auth",
            sign_in=SignIn(allowed_email_domains=["example.com"]),
            groups=[Group("members")],
            domain=PrefixDomain(domain_prefix),
            providers=[
                Google(client_id="your-google-client", client_secret=_secret("google")),
                Oidc(
                    name="Company",
                    client_id="your-company-client",
                    client_secret=_secret("company"),
                    issuer_url="https://login.example.com",
                    identifiers=["example.com"],
                ),
            ],
            clients=[WebClient(callback_urls=PAGES, logout_urls=PAGES)],
            triggers=Triggers(
                post_confirmation=members,
                pre_token_generation=group_claims(self, "GroupClaims", {"members": "may_write"}),
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
        auth.allow_admin(members, "cognito-idp:AdminAddUserToGroup")
        files = Storage(self, "Files", auth=auth, access=presets.private(), removal_policy=RemovalPolicy.DESTROY)
        outputs = {
            "Region": self.region,
            "UserPoolId": auth.user_pool.user_pool_id,
            "UserPoolClientId": auth.user_pool_client.user_pool_client_id,
            "IdentityPoolId": auth.identity_pool_id,
            "BucketName": files.bucket.bucket_name,
            "DefaultGroupFunction": members.function.function_name,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)


def _secret(provider: str) -> SecretValue:
    """Return a secret you keep in Secrets Manager as `sign-in`, one field for each provider."""
    return SecretValue.secrets_manager("sign-in", json_field=provider)
