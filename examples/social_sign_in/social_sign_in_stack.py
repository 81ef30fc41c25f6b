"""Users sign in with Google, with their company, or by e-mail, and have private files with each."""

from aws_cdk import CfnOutput, RemovalPolicy, SecretValue, Stack
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from constructs_lib.auth import (
    Auth,
    DefaultGroup,
    Google,
    Group,
    GroupClaims,
    Oidc,
    PrefixDomain,
    SignIn,
    Triggers,
    WebClient,
)
from constructs_lib.storage import Storage, presets

PAGES = ["http://localhost:5173/"]


class SocialSignInStack(Stack):
    """Sign-in from several providers, one private folder for each user.

    Args:
        scope: The app.
        id: The stack's ID.
        domain_prefix: The hosted domain's prefix, unique in the region.
        local: Whether it is for the local cloud, where no provider can be reached: placeholders replace the secrets.
    """

    def __init__(self, scope: Construct, id: str, *, domain_prefix: str, local: bool) -> None:
        super().__init__(scope, id)
        secrets = (
            _placeholder_secret(self) if local else secretsmanager.Secret.from_secret_name_v2(self, "SignIn", "sign-in")
        )
        members = DefaultGroup(self, "DefaultGroup", group="members")
        auth = Auth(
            self,
            "Auth",
            sign_in=SignIn(allowed_email_domains=["example.com"]),
            groups=[Group("members")],
            domain=PrefixDomain(domain_prefix),
            providers=[
                Google(client_id="your-google-client", client_secret=secrets.secret_value_from_json("google")),
                Oidc(
                    name="Company",
                    client_id="your-company-client",
                    client_secret=secrets.secret_value_from_json("company"),
                    issuer_url="https://login.example.com",
                    identifiers=["example.com"],
                ),
            ],
            clients=[WebClient(callback_urls=PAGES, logout_urls=PAGES)],
            triggers=Triggers(
                post_confirmation=members,
                pre_token_generation=GroupClaims(self, "GroupClaims", claims={"members": "may_write"}),
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
        files = Storage(self, "Files", auth=auth, access=presets.private(), removal_policy=RemovalPolicy.DESTROY)
        outputs = {
            "Region": self.region,
            "UserPoolId": auth.user_pool.user_pool_id,
            "UserPoolClientId": auth.user_pool_client.user_pool_client_id,
            "IdentityPoolId": auth.identity_pool_id,
            "BucketName": files.bucket_name,
            "DefaultGroupFunction": members.function.function_name,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)


def _placeholder_secret(scope: Construct) -> secretsmanager.Secret:
    """Create a placeholder secret; the real one is in Secrets Manager as `sign-in`, with one field per provider."""
    nothing = SecretValue.unsafe_plain_text("stand-in")
    return secretsmanager.Secret(scope, "StandIns", secret_object_value={"google": nothing, "company": nothing})
