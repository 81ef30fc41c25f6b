"""The processes that run one function: few, reused, and each call's log its own."""

import base64
import json
import threading
from typing import Any

import pytest

from constructs_lib.local.emulator.resource_limits import PROCESSES
from tests.local.emulator.test_lambda_runtimes import function

pytestmark = pytest.mark.slow
WHO = "import os\ndef handler(event, context):\n    return os.getpid()\n"
TALK = "def handler(event, context):\n    print('heard', event['word'])\n    return 1\n"
ITSELF = """
import boto3, json, os
def handler(event, context):
    if not event["deep"]:
        return 0
    client = boto3.client("lambda", endpoint_url=event["endpoint"], region_name="us-east-1",
                          aws_access_key_id=event["key"], aws_secret_access_key=event["secret"])
    payload = json.dumps({**event, "deep": event["deep"] - 1})
    answer = client.invoke(FunctionName=context.function_name, Payload=payload)
    return 1 + json.loads(answer["Payload"].read())
"""


def test_many_callers_at_once_share_a_few_processes(emulator: Any) -> None:
    found: list[int] = []
    name, clients = function(emulator, WHO), 16

    def call() -> None:
        client = emulator.cloud.session().client("lambda")
        found.extend(json.loads(client.invoke(FunctionName=name)["Payload"].read()) for _ in range(4))

    threads = [threading.Thread(target=call) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 * clients
    assert len(set(found)) <= PROCESSES


def test_a_call_tells_its_own_log_and_no_others(emulator: Any) -> None:
    name, client = function(emulator, TALK), emulator.admin("lambda")
    for word in ("one", "two"):
        answer = client.invoke(FunctionName=name, LogType="Tail", Payload=json.dumps({"word": word}))
        log = base64.b64decode(answer["LogResult"]).decode()
        assert f"heard {word}" in log
        assert log.count("heard") == 1
        assert "end of log" not in log


def test_a_function_that_calls_itself_deeper_than_there_are_processes_ends(emulator: Any) -> None:
    name, session = function(emulator, ITSELF), emulator.cloud.session()
    given = session.get_credentials()
    event = {"deep": PROCESSES + 1, "endpoint": emulator.cloud.endpoint_url, "key": given.access_key,
             "secret": given.secret_key}  # fmt: skip
    answer = emulator.admin("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    assert json.loads(answer["Payload"].read()) == PROCESSES + 1
