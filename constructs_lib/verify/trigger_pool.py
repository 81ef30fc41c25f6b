"""User pool whose triggers all invoke one function, which logs the trigger source."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from constructs_lib.client import AppClient, ClientSettings
from constructs_lib.verify.resource_kinds import Function, LogGroup, Role, UserPool
from constructs_lib.verify.run import TAG
from constructs_lib.verify.story_administration import StoryObserver
from constructs_lib.verify.trigger_function import package

if TYPE_CHECKING:
    from constructs_lib.verify.context import Context
    from constructs_lib.verify.resource_kind import Kind

TRIGGERS: Final = (
    "PreSignUp", "PostConfirmation", "PreAuthentication", "PostAuthentication", "PreTokenGeneration",
    "UserMigration", "CustomMessage",
)  # fmt: skip
_SECONDS: Final = 90
"""The longest wait for a new role to take effect, and for logs to arrive, in seconds."""
_LOCAL_SECONDS: Final = 10
"""The same on the local cloud, where both are fast."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TriggerPool:
    """The user pool, with its function.

    The app is the client of the pool.
    """

    context: Context
    app: AppClient
    pool: str
    function: str

    @classmethod
    def make(cls, context: Context) -> TriggerPool:
        """Create role, function and pool, each recorded in the journal first."""
        name = f"{context.run.prefix}-triggers"
        tags = {TAG: context.run.run_id}
        for kind in ("role", "function", "user pool"):
            context.journal.record_resource(kind, name)
        arn = _function(context, name, _role(context, name, tags), tags)
        idp: Any = context.session.client("cognito-idp")
        config: Any = dict.fromkeys(TRIGGERS, arn)
        pool = idp.create_user_pool(PoolName=name, LambdaConfig=config, UserPoolTags=tags)["UserPool"]
        context.session.client("lambda").add_permission(
            FunctionName=name,
            StatementId="pool",
            Action="lambda:InvokeFunction",
            Principal="cognito-idp.amazonaws.com",
            SourceArn=pool["Arn"],
        )
        flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
        client = idp.create_user_pool_client(UserPoolId=pool["Id"], ClientName=name, ExplicitAuthFlows=flows)
        settings = ClientSettings(
            region=context.run.region,
            user_pool_id=pool["Id"],
            user_pool_client_id=client["UserPoolClient"]["ClientId"],
            identity_pool_id=context.settings.identity_pool_id,
        )
        app = AppClient(settings, endpoint_url=context.endpoint_url, observer=StoryObserver(context))
        return cls(context=context, app=app, pool=pool["Id"], function=name)

    @staticmethod
    def remove(context: Context) -> None:
        """Remove role, function and pool with the function's logs, if they exist."""
        name = f"{context.run.prefix}-triggers"
        for kind in (UserPool, Function, Role, LogGroup):
            each = kind(context.session, context.run)
            for id in list(each.named()):
                if kind is UserPool or id.rpartition("/")[2] == name:
                    _remove(each, id, name)

    def seen(self, username: str, least: int) -> list[str]:
        """Return the trigger sources of a user's calls, in order, once there are as many logs as expected.

        Calls that arrive shortly afterwards are included.
        """
        longest, moment = (_LOCAL_SECONDS, 0.2) if self.context.run.local else (_SECONDS, 5.0)
        deadline = time.monotonic() + longest
        while len(self._seen(username)) < least and time.monotonic() < deadline:
            time.sleep(moment)
        time.sleep(moment)
        return self._seen(username)

    def _seen(self, username: str) -> list[str]:
        client: Any = self.context.session.client("logs")
        try:
            pages = list(
                client.get_paginator("filter_log_events").paginate(
                    logGroupName=f"/aws/lambda/{self.function}", filterPattern='"seen"'
                )
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return []
            raise
        events = sorted((each["timestamp"], each["message"]) for page in pages for each in page["events"])
        lines = [message.strip().split() for _, message in events]
        return [line[1] for line in lines if len(line) == 4 and line[0] == "seen" and line[3] == username]  # noqa: PLR2004 - the number of words in the function's log line


def _remove(kind: Kind, id: str, name: str) -> None:
    """Remove a resource of a kind; of user pools, the one with the name."""
    if isinstance(kind, UserPool) and kind.describe(id)["UserPool"]["Name"] != name:
        return
    kind.remove(id)


def _role(context: Context, name: str, tags: dict[str, str]) -> str:
    iam: Any = context.session.client("iam")
    trusted = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [trusted]})
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Tags=listed)["Role"]
    policy = f"arn:{context.run.partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    return str(role["Arn"])


def _function(context: Context, name: str, role: str, tags: dict[str, str]) -> str:
    """Create the function; Lambda may not accept a new role for some seconds."""
    functions: Any = context.session.client("lambda")
    runtime = "python3.13"
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            functions.create_function(
                FunctionName=name,
                Runtime=runtime,
                Role=role,
                Handler="handler.handler",
                Code={"ZipFile": package()},
                Tags=tags,
            )
            break
        except functions.exceptions.InvalidParameterValueException:
            if time.monotonic() > deadline:
                raise
            time.sleep(3)
    functions.get_waiter("function_active_v2").wait(FunctionName=name)
    return str(functions.get_function_configuration(FunctionName=name)["FunctionArn"])
