"""Functions, a function URL and other AWS services that clients call directly with their role."""

from pathlib import Path

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from constructs import Construct

from constructs_lib.access import Statement, allow
from constructs_lib.auth import Auth, Group
from constructs_lib.client import ClientConfig
from constructs_lib.functions import FunctionUrl, PythonFunction

HERE = Path(__file__).parent
LAMBDA_SRC = HERE / "lambda_src"
CALLER = HERE.parents[1] / "lambda_src" / "caller.py"


class DirectCallsStack(Stack):
    """Users who call functions without an API, and have their own topics, queues and parameters.

    Args:
        scope: The app.
        id: The stack's ID.
        local: Whether it is for the local cloud, whose functions run on this machine.
    """

    def __init__(self, scope: Construct, id: str, *, local: bool) -> None:
        super().__init__(scope, id)
        auth = Auth(
            self, "Auth", guests=True, owner="sub", groups=[Group("editors")], removal_policy=RemovalPolicy.DESTROY
        )
        greeting, edition = (
            PythonFunction(
                self,
                name,
                entry=LAMBDA_SRC / "greeting",
                shared=[CALLER],
                environment={"GREETING": text},
                auth=auth,
                access=access,
                platform="local" if local else "lambda",
            )
            for name, text, access in (
                ("Greeting", "Hello", [allow.guest, allow.authenticated]),
                ("Edition", "Edited", [allow.group("editors")]),
            )
        )
        feed = PythonFunction(
            self, "Feed", entry=LAMBDA_SRC / "feed", shared=[CALLER], platform="local" if local else "lambda"
        )
        url = FunctionUrl(
            self, "FeedUrl", auth=auth, function=feed, access=[allow.authenticated], origins=["http://localhost:5173"]
        )
        self._open_services(auth)
        ClientConfig(self, auth=auth)
        outputs = {
            "Owner": auth.owner,
            "OpenFunctionName": greeting.function.function_name,
            "EditorsFunctionName": edition.function.function_name,
            "UrlFunctionName": feed.function.function_name,
            "FunctionUrl": url.url,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)

    def _open_services(self, auth: Auth) -> None:
        auth.allow(
            self,
            allow.owner,
            [
                # MQTT over WebSockets, or single messages over HTTPS. Signed-in users also need an IoT policy.
                Statement(actions=("iot:Connect",), resources=(self._arn("iot", "client/{owner}"),)),
                Statement(actions=("iot:Publish", "iot:Receive"), resources=(self._arn("iot", "topic/of/{owner}/*"),)),
                Statement(actions=("iot:Subscribe",), resources=(self._arn("iot", "topicfilter/of/{owner}/*"),)),
                Statement(
                    actions=("sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:DeleteMessage"),
                    resources=(self._arn("sqs", "inbox-{owner}"),),
                ),
                Statement(actions=("sns:Publish",), resources=(self._arn("sns", "from-{owner}"),)),
                Statement(
                    actions=("ssm:GetParameter", "ssm:PutParameter"),
                    resources=(self._arn("ssm", "parameter/settings/{owner}/*"),),
                ),
            ],
        )
        auth.allow(
            self,
            allow.authenticated,
            [
                Statement(
                    actions=("geo:SearchPlaceIndexForText",), resources=(self._arn("geo", "place-index/Everywhere"),)
                )
            ],
        )
        auth.allow(self, allow.group("editors"), [Statement(actions=("translate:TranslateText",), resources=("*",))])

    def _arn(self, service: str, name: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{name}"
