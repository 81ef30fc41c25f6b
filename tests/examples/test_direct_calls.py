"""Functions and AWS services that people call without an API, on the local cloud: with boto3, Amplify and AWS's SDK."""

import io
import json
import os
import subprocess
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from rich.console import Console

from constructs_lib.cli.serve_page import build_page
from constructs_lib.client.amplify import amplify_outputs
from constructs_lib.client.settings import ClientSettings
from constructs_lib.local.toolchain import node
from constructs_lib.story import play
from tests.conftest import Deployed
from tests.examples.test_auth_examples import PASSWORD, App, refused

pytestmark = pytest.mark.slow

HERE: Final = Path(__file__).parent
REPOSITORY: Final = HERE.parents[1]
DEPLOYS: Final = ["examples/direct_calls/app.py"]


@pytest.fixture(scope="module")
def calls(deployed: Deployed) -> App:
    return App(deployed, "DirectCalls")


def test_the_story_of_functions_has_no_surprises(calls: App) -> None:
    told = io.StringIO()
    verdicts = play(
        ClientSettings.from_stack(calls.outputs),
        endpoint_url=calls.cloud.endpoint_url,
        admin=calls.cloud.session(),
        console=Console(file=told, width=200),
    )
    assert [f"{each.row.who} {each.row.what}: {each.got}" for each in verdicts if not each.as_expected] == []
    assert "left out: the stack has no output BucketName" in told.getvalue()
    assert "invokes the function for editors" in told.getvalue()


def test_each_user_reaches_what_is_named_after_them_in_each_service(calls: App) -> None:
    assert calls.proved_isolated()
    ann, ben = calls.join("ann@direct.example.com"), calls.join("ben@direct.example.com")
    queues = {each: calls.admin("sqs").create_queue(QueueName=f"inbox-{each.sub}")["QueueUrl"] for each in (ann, ben)}
    topics = {each: calls.admin("sns").create_topic(Name=f"from-{each.sub}")["TopicArn"] for each in (ann, ben)}
    calls.admin("sqs").send_message(QueueUrl=queues[ann], MessageBody="for Ann")
    session = ann.session()
    [message] = session.client("sqs").receive_message(QueueUrl=queues[ann])["Messages"]
    assert message["Body"] == "for Ann"
    assert refused(session.client("sqs").receive_message, QueueUrl=queues[ben]).startswith("AccessDenied")
    session.client("sns").publish(TopicArn=topics[ann], Message="x")
    assert refused(session.client("sns").publish, TopicArn=topics[ben], Message="x").startswith("Authorization")
    ssm: Any = session.client("ssm")
    ssm.put_parameter(Name=f"/settings/{ann.sub}/theme", Value="dark", Type="String")
    assert ssm.get_parameter(Name=f"/settings/{ann.sub}/theme")["Parameter"]["Value"] == "dark"
    assert refused(ssm.get_parameter, Name=f"/settings/{ben.sub}/theme").startswith("AccessDenied")
    mqtt = session.client("iot-data")
    mqtt.publish(topic=f"of/{ann.sub}/seen", payload=b"x")
    for topic in (f"of/{ben.sub}/seen", "of/all", f"of/{ann.sub}"):
        assert refused(mqtt.publish, topic=topic, payload=b"x").startswith(("AccessDenied", "Forbidden"))


def test_unmodified_clients_of_amplify_and_the_sdk_call_them(calls: App, tmp_path: Path) -> None:
    web = REPOSITORY / "examples" / "web"
    build_page(web)
    file = tmp_path / "amplify_outputs.json"
    file.write_text(json.dumps(amplify_outputs(calls.outputs)))
    names = {"user": "una@direct.example.com", "editor": "eve@direct.example.com"}
    for each in names.values():
        calls.join(each)
    calls.admin("cognito-idp").admin_add_user_to_group(
        UserPoolId=calls.client().settings.user_pool_id, Username=names["editor"], GroupName="editors"
    )
    said = {
        "region": calls.client().settings.region,
        "open": calls.outputs["OpenFunctionName"],
        "editors": calls.outputs["EditorsFunctionName"],
        "url": calls.outputs["FunctionUrl"],
    }
    environment = {
        "PATH": os.environ["PATH"],
        "NODE_EXTRA_CA_CERTS": str(calls.cloud.ca_file),
        "LOCAL_CLOUD_TLS_PORT": str(urlsplit(calls.cloud.tls_endpoint_url).port),
    }
    command = [
        str(node()), "--import", str(REPOSITORY / "tests" / "web" / "redirect.mjs"), str(HERE / "direct_calls.mjs"),
        str(web), str(file), json.dumps(said), PASSWORD, *names.values(),
    ]  # fmt: skip
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    guest, user, editor = json.loads(done.stdout)
    for each in (guest, user, editor):
        assert each["open"] == each["streamed"] == {"ok": {"message": "Hello, Ann", "identity_id": each["identityId"]}}
    denied = {"refused": "AccessDeniedException"}
    assert (guest["editors"], user["editors"]) == (denied, denied)
    assert editor["editors"]["ok"]["identity_id"] == editor["identityId"]
    assert guest["url"] == {"refused": 403}
    roles = {each["url"]["ok"]["role"] for each in (user, editor)}
    assert len(roles) == 2
