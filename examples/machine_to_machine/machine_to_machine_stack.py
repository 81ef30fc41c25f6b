"""Programs without users call an API: one can read orders, the other cannot."""

from pathlib import Path

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from constructs import Construct

from constructs_lib.api import Api, Route, jwt
from constructs_lib.auth import Auth, MachineClient, PrefixDomain, ResourceServer, WebClient
from constructs_lib.functions import PythonFunction

ORDERS = Path(__file__).parent / "lambda_src" / "orders"


class MachineToMachineStack(Stack):
    """An API that accepts tokens with scopes, and two programs with different scopes.

    Args:
        scope: The app.
        id: The stack's ID.
        domain_prefix: The prefix of the token endpoint's domain, unique in the region.
    """

    def __init__(self, scope: Construct, id: str, *, domain_prefix: str) -> None:
        super().__init__(scope, id)
        auth = Auth(
            self,
            "Auth",
            domain=PrefixDomain(domain_prefix),
            resource_servers=[ResourceServer("orders", {"read": "Read orders", "write": "Place orders"})],
            clients=[
                WebClient(),
                MachineClient(name="Report", scopes=["orders/read"]),
                MachineClient(name="Shop", scopes=["orders/write"]),
            ],
            removal_policy=RemovalPolicy.DESTROY,
        )
        orders = PythonFunction(self, "Orders", entry=ORDERS)
        api = Api(self, "Api", auth=auth, routes=[Route("GET", "/orders", orders, access=[jwt("orders/read")])])
        outputs = {
            "UserPoolId": auth.user_pool.user_pool_id,
            "ReportClientId": auth.clients["Report"].user_pool_client_id,
            "ShopClientId": auth.clients["Shop"].user_pool_client_id,
            "ApiUrl": api.url,
            "ApiId": api.api_id,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
