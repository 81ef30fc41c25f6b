"""Event APIs: each connection, subscription and publication needs valid credentials, policies and the handler."""

import base64
import json
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from constructs_lib.local.toolchain import node
from tests.local.emulator.conftest import Caller, RunningEmulator

pytestmark = pytest.mark.slow
HERE: Final = Path(__file__).parent
MODES: Final = ("AWS_IAM", "AMAZON_COGNITO_USER_POOLS", "API_KEY")
IDENTITY_ID: Final = """\
import { util } from '@aws-appsync/utils'
export function onSubscribe(ctx) {
  if (ctx.info.channel.segments[1] !== ctx.identity.cognitoIdentityId.split(':')[1]) util.unauthorized()
}
export function onPublish(ctx) {
  if (ctx.identity.userArn.split('/')[2] !== 'CognitoIdentityCredentials') util.unauthorized()
  return ctx.events.filter((event) => event.payload.kept)
}
"""


def told(modes: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"authType": mode} for mode in modes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Events:
    """An Event API whose namespaces are named after their authorization mode."""

    emulator: RunningEmulator
    id: str
    arn: str
    host: str

    def signed(self, caller: Caller, said: Any, *, host: str = "") -> dict[str, str]:
        """Return the headers of a request that a caller signs."""
        keys = caller.credentials
        secret = keys.get("SecretKey") or keys["SecretAccessKey"]
        credentials = Credentials(keys["AccessKeyId"], secret, keys["SessionToken"])
        request = AWSRequest(method="POST", url=f"https://{host or self.host}/event", data=compact(said))
        SigV4Auth(credentials, "appsync", "us-east-1").add_auth(request)
        return {**dict(request.headers), "host": host or self.host}

    def publish(self, headers: Mapping[str, str], said: Any) -> int:
        """Send a request unchanged, and return the status."""
        address = f"{self.emulator.cloud.endpoint_url}/event"
        answer = requests.post(address, data=compact(said), headers={**headers, "Host": self.host}, timeout=10)
        return answer.status_code

    def converse(self, headers: Mapping[str, str], *frames: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Connect with headers, send messages, and return the answers."""
        encoded = base64.urlsafe_b64encode(json.dumps(dict(headers)).encode()).decode().rstrip("=")
        realtime = self.host.replace("appsync-api", "appsync-realtime-api")
        asked = {
            "url": f"wss://{realtime}/event/realtime",
            "protocols": ["aws-appsync-event-ws", f"header-{encoded}"],
            "frames": frames,
        }
        cloud = self.emulator.cloud
        environment = {
            "PATH": os.environ["PATH"],
            "NODE_EXTRA_CA_CERTS": str(cloud.ca_file),
            "LOCAL_CLOUD_TLS_PORT": str(urlsplit(cloud.tls_endpoint_url).port),
        }
        redirect = HERE.parents[1] / "web" / "redirect.mjs"
        command = [str(node()), "--import", str(redirect), str(HERE / "socket.mjs")]
        done = subprocess.run(
            command, input=json.dumps([asked]), env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout)[0]
        return found

    def allow(self, *actions: str) -> list[dict[str, Any]]:
        """Return the statement that allows some actions on every channel of this API."""
        return [{"Effect": "Allow", "Action": list(actions), "Resource": [self.arn, f"{self.arn}/*"]}]


def compact(said: Any) -> str:
    return json.dumps(said, separators=(",", ":"))


def said(channel: str, **event: Any) -> dict[str, Any]:
    return {"channel": channel, "events": [compact(event)]}


def new_events(emulator: RunningEmulator, **clients: str) -> Events:
    client = emulator.admin("appsync")
    cognito = {"userPoolId": emulator.user_pool, "awsRegion": "us-east-1", **clients}
    providers = [*told(("AWS_IAM", "API_KEY")), {"authType": "AMAZON_COGNITO_USER_POOLS", "cognitoConfig": cognito}]
    config = {
        "authProviders": providers,
        "connectionAuthModes": told(MODES),
        "defaultPublishAuthModes": told(("AWS_IAM",)),
        "defaultSubscribeAuthModes": told(("AWS_IAM",)),
    }
    api = client.create_api(name=emulator.name("events"), eventConfig=config)["api"]
    for name, mode in zip(("signed", "token", "key"), MODES, strict=True):
        modes = told((mode,))
        client.create_channel_namespace(apiId=api["apiId"], name=name, publishAuthModes=modes, subscribeAuthModes=modes)
    signed = told(("AWS_IAM",))
    client.create_channel_namespace(
        apiId=api["apiId"], name="held", publishAuthModes=signed, subscribeAuthModes=signed, codeHandlers=IDENTITY_ID
    )
    return Events(emulator=emulator, id=api["apiId"], arn=api["apiArn"], host=api["dns"]["HTTP"])


@pytest.fixture(scope="module")
def events(emulator: RunningEmulator) -> Events:
    return new_events(emulator, appIdClientRegex=f"^({emulator.app_client})$")


def test_a_signature_publishes_what_its_policies_allow_and_it_was_made_for(
    emulator: RunningEmulator, events: Events
) -> None:
    news, other = said("/signed/news", a=1), said("/signed/news", a=2)
    publisher = emulator.member(events.allow("appsync:EventPublish"))
    listener = emulator.member(events.allow("appsync:EventSubscribe", "appsync:EventConnect"))
    elsewhere = emulator.member([{"Effect": "Allow", "Action": "appsync:EventPublish", "Resource": f"{events.arn}x/*"}])
    assert events.publish(events.signed(publisher, news), news) == 200
    assert events.publish(events.signed(publisher, news), other) == 401
    another_host = f"{'a' * 26}.appsync-api.us-east-1.amazonaws.com"
    assert events.publish(events.signed(publisher, news, host=another_host), news) == 401
    assert [events.publish(events.signed(each, news), news) for each in (listener, elsewhere)] == [401, 401]
    for authorization in ("", "Bearer x", "AWS4-HMAC-SHA256", emulator.user()["IdToken"]):
        assert events.publish({"Authorization": authorization}, news) == 401, authorization


def test_a_token_publishes_if_the_apis_pool_made_it_for_its_client(emulator: RunningEmulator, events: Events) -> None:
    news, tokens = said("/token/news", a=1), emulator.user()
    assert [events.publish({"Authorization": tokens[name]}, news) for name in ("IdToken", "AccessToken")] == [200, 200]
    head, body, signature = tokens["IdToken"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    changed = base64.urlsafe_b64encode(compact(claims | {"sub": "x"}).encode()).decode().rstrip("=")
    none = base64.urlsafe_b64encode(compact({"alg": "none"}).encode()).decode().rstrip("=")
    idp = emulator.admin("cognito-idp")
    client = idp.create_user_pool_client(
        UserPoolId=emulator.user_pool, ClientName="other", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    strange = RunningEmulator(
        cloud=emulator.cloud, user_pool=emulator.user_pool, app_client=client, _names=emulator._names
    ).user()
    pool = idp.create_user_pool(PoolName="others")["UserPool"]["Id"]
    theirs = idp.create_user_pool_client(
        UserPoolId=pool, ClientName="app", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    foreign = RunningEmulator(cloud=emulator.cloud, user_pool=pool, app_client=theirs, _names=emulator._names).user()
    refused = [
        *(f"{head}.{changed}.{signature}", f"{none}.{body}.", tokens["IdToken"] + "x", tokens["RefreshToken"]),
        *(strange["IdToken"], foreign["IdToken"], "x", ""),
    ]
    for each in refused:
        assert events.publish({"Authorization": each}, news) == 401, each
    member = emulator.member(events.allow("appsync:*"))
    assert events.publish(events.signed(member, news), news) == 401
    of_any_client = new_events(emulator)
    found = [of_any_client.publish({"Authorization": each["IdToken"]}, news) for each in (strange, foreign)]
    assert found == [200, 401]


def test_a_key_publishes_until_it_expires(emulator: RunningEmulator, events: Events) -> None:
    news, client = said("/key/news", a=1), emulator.admin("appsync")
    key = client.create_api_key(apiId=events.id)["apiKey"]["id"]
    old = client.create_api_key(apiId=events.id, expires=int(time.time()) - 60)["apiKey"]["id"]
    assert [events.publish({"x-api-key": each}, news) for each in (key, old, "da2-x", "")] == [200, 401, 401, 401]
    assert events.publish({"x-api-key": key}, said("/signed/news", a=1)) == 401


def test_each_message_of_a_connection_is_authorized_separately(emulator: RunningEmulator, events: Events) -> None:
    listener = emulator.member(events.allow("appsync:EventSubscribe", "appsync:EventConnect"))
    asked = {"type": "subscribe", "id": "1", "channel": "/signed/news"}
    another_host = f"{'a' * 26}.appsync-api.us-east-1.amazonaws.com"
    answers = events.converse(
        events.signed(listener, {}),
        {"type": "connection_init"},
        {**asked, "authorization": events.signed(listener, {"channel": "/signed/news"})},
        {**asked, "id": "2", "authorization": events.signed(listener, {"channel": "/signed/other"})},
        {**asked, "id": "3"},
        {**asked, "id": "4", "authorization": {"Authorization": emulator.user()["IdToken"]}},
        {
            "type": "publish",
            "id": "5",
            **(news := said("/signed/news", a=1)),
            "authorization": events.signed(listener, news),
        },
        {**asked, "id": "6", "authorization": events.signed(listener, {"channel": "/signed/news"}, host=another_host)},
    )
    assert [(each["type"], each.get("id")) for each in answers] == [
        ("connection_ack", None),
        ("subscribe_success", "1"),
        *(("subscribe_error", number) for number in "234"),
        ("publish_error", "5"),
        ("subscribe_error", "6"),
    ]


def test_a_message_without_authorization_is_not_authorized_by_its_connection(
    emulator: RunningEmulator, events: Events
) -> None:
    headers = {"Authorization": emulator.user()["IdToken"], "host": events.host}
    asked = {"type": "subscribe", "channel": "/token/news"}
    answers = events.converse(
        headers, {"type": "connection_init"}, {**asked, "id": "1"}, {**asked, "id": "2", "authorization": headers}
    )
    assert [each["type"] for each in answers] == ["connection_ack", "subscribe_error", "subscribe_success"]


def test_a_connection_takes_the_right_to_connect(emulator: RunningEmulator, events: Events) -> None:
    stranger = emulator.member(events.allow("appsync:EventSubscribe"))
    for headers in (events.signed(stranger, {}), {"Authorization": "x"}, {}):
        answers = [each["type"] for each in events.converse(headers, {"type": "connection_init"})]
        assert "connection_ack" not in answers, headers


def test_a_handler_decides_on_who_asks_and_keeps_what_it_returns(emulator: RunningEmulator, events: Events) -> None:
    member = emulator.member(events.allow("appsync:EventSubscribe", "appsync:EventConnect", "appsync:EventPublish"))
    own = f"/held/{member.identity_id.partition(':')[2]}/inbox"
    other = f"/held/{'0' * 8}-0000-4000-8000-{'0' * 12}/inbox"
    sent = {"channel": own, "events": [compact({"kept": kept}) for kept in (False, True)]}
    frames = [
        {
            "type": "subscribe",
            "id": str(number),
            "channel": channel,
            "authorization": events.signed(member, {"channel": channel}),
        }
        for number, channel in enumerate((own, other, "/held/*"))
    ]
    answers = events.converse(
        events.signed(member, {}),
        *frames,
        {"type": "publish", "id": "3", **sent, "authorization": events.signed(member, sent)},
    )
    assert [(each["type"], each.get("id")) for each in answers if each["type"] != "data"] == [
        ("subscribe_success", "0"),
        ("subscribe_error", "1"),
        ("subscribe_error", "2"),
        ("publish_success", "3"),
    ]
    assert [json.loads(each["event"]) for each in answers if each["type"] == "data"] == [{"kept": True}]


@pytest.mark.parametrize(
    "code",
    [
        "export function onPublish(ctx) { for (let i = 0; i < 2; i += 1) {} return ctx.events }",
        "export function onPublish(ctx) { try { return ctx.events } catch (e) { return null } }",
        "export async function onPublish(ctx) { return ctx.events }",
        "class A {}\nexport function onPublish(ctx) { return ctx.events }",
        "export function onPublish(ctx) { let i = 0; i++; return ctx.events }",
        "import fs from 'node:fs'\nexport function onPublish(ctx) { return ctx.events }",
        "export const onPublish = { request(ctx) {}, response(ctx) {} }",
        "export function onPublish(ctx) { return ctx.events ",
    ],
)
def test_code_that_the_runtime_does_not_support_is_not_deployed(
    emulator: RunningEmulator, events: Events, code: str
) -> None:
    with pytest.raises(ClientError, match="The code contains an error"):
        emulator.admin("appsync").create_channel_namespace(apiId=events.id, name="bad", codeHandlers=code)
