"""The same routes on both engines, for `test_both_engines.py`."""

from pathlib import Path

from aws_cdk import App, CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb

from constructs_lib.access import allow
from constructs_lib.api import Api, Route, UsagePlan, anyone, api_key, caller_environment, jwt
from constructs_lib.auth import Auth, Group
from constructs_lib.functions import PythonFunction

LAMBDA_SRC = Path(__file__).parents[2] / "lambda_src"
ORIGINS = ["https://a.example.com", "http://localhost:5173"]
SHARE: dict[str, object] = {
    "type": "object",
    "required": ["title", "document"],
    "properties": {"title": {"type": "string"}},
}

# Deployed by many tests, none of which is about what the CDK finds in a synth: 2 s each.
app = App(builtin_cloud_formation_validation=False)
stack = Stack(app, "Engines")
auth = Auth(stack, "Auth", guests=True, groups=[Group("editors")], removal_policy=RemovalPolicy.DESTROY)
string = dynamodb.AttributeType.STRING
table = dynamodb.TableV2(
    stack,
    "Table",
    partition_key=dynamodb.Attribute(name="feed", type=string),
    sort_key=dynamodb.Attribute(name="share_id", type=string),
    removal_policy=RemovalPolicy.DESTROY,
)
handler = PythonFunction(
    stack,
    "Shares",
    entry=LAMBDA_SRC / "shares",
    shared=[LAMBDA_SRC / "caller.py"],
    platform="local",
    snap_start=True,
    environment={
        "SHARES_TABLE": table.table_name,
        "CORS_ORIGINS": ",".join(ORIGINS),
        **caller_environment(auth),
    },
)
table.grant(handler.function, "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem")
outputs = {
    "Region": stack.region,
    "UserPoolId": auth.user_pool.user_pool_id,
    "UserPoolClientId": auth.user_pool_client.user_pool_client_id,
    "IdentityPoolId": auth.identity_pool_id,
}


def routes(*more: Route, body: dict[str, object] | None = None) -> list[Route]:
    """Return the routes of the shares, with a body to check where the engine checks it."""
    return [
        Route("GET", "/shares", handler, access=[allow.guest, allow.authenticated]),
        Route("POST", "/shares", handler, access=[allow.authenticated], body=body),
        Route("DELETE", "/shares/{share_id}", handler, access=[allow.group("editors")]),
        Route("DELETE", "/users/{owner}/shares/{share_id}", handler, access=[allow.owner]),
        Route("GET", "/token", handler, access=[jwt()]),
        Route("ANY", "/open/{rest+}", handler, access=[anyone]),
        *more,
    ]


http = Api(stack, "Http", auth=auth, routes=routes(), cors_origins=ORIGINS)
rest = Api(
    stack,
    "Rest",
    auth=auth,
    kind="rest",
    cors_origins=ORIGINS,
    routes=routes(Route("GET", "/keyed", handler, access=[api_key]), body=SHARE),
    usage_plans=[UsagePlan(name="partners", keys=["acme"])],
)
for name, value in {**outputs, "http": http.url, "rest": rest.url}.items():
    CfnOutput(stack, name, value=value)
app.synth()
