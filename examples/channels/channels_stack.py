"""A newsroom in real time: news for everyone, a channel for each user, and channels for each company."""

from pathlib import Path

from aws_cdk import RemovalPolicy, Stack
from constructs import Construct

from constructs_lib.access import allow
from constructs_lib.auth import Auth, Group, Tenant
from constructs_lib.channels import Channels
from constructs_lib.client.construct import ClientConfig
from constructs_lib.functions import PythonFunction

_SOURCES = Path(__file__).parent / "lambda_src"


class ChannelsStack(Stack):
    """Channels of four kinds, and a function that publishes to them."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        auth = Auth(
            self,
            "Auth",
            guests=True,
            groups=[Group("editors")],
            tenant=Tenant(),
            removal_policy=RemovalPolicy.DESTROY,
        )
        notifier = PythonFunction(self, "Notifier", entry=_SOURCES / "notifier")
        channels = Channels(
            self,
            "Channels",
            auth=auth,
            access={
                "/news/*": [
                    allow.guest.to("subscribe"),
                    allow.authenticated.to("subscribe"),
                    allow.group("editors").to("publish"),
                ],
                "/private/{owner}/*": [
                    allow.owner.to("subscribe", "publish"),
                    # Trusted code: it selects the recipient.
                    allow.function(notifier).to("publish", everyone=True),
                ],
                "/tenants/{tenant}/*": [
                    allow.tenant.to("subscribe"),
                    allow.group("editors").to("publish"),
                ],
            },
        )
        notifier.function.add_environment("CHANNELS_URL", channels.url)
        ClientConfig(self, auth=auth, channels=channels, custom={"notifier": notifier.function.function_name})
