"""A log stream keeps a limited number of events."""

import time
from typing import Any

import pytest

from constructs_lib.local.emulator.resource_limits import LOG_EVENTS

pytestmark = pytest.mark.slow


def test_a_stream_keeps_its_newest_events(emulator: Any) -> None:
    logs, name = emulator.admin("logs"), emulator.name("group")
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName="s")
    now, sent = int(time.time() * 1000), int(LOG_EVENTS * 1.5)
    for start in range(0, sent, 500):
        events = [{"timestamp": now + number, "message": str(number)} for number in range(start, start + 500)]
        logs.put_log_events(logGroupName=name, logStreamName="s", logEvents=events)
    (stream,) = logs.describe_log_streams(logGroupName=name)["logStreams"]
    assert stream["lastEventTimestamp"] == now + sent - 1
    newest = logs.get_log_events(logGroupName=name, logStreamName="s", limit=1)["events"]
    assert [event["message"] for event in newest] == [str(sent - 1)]
    oldest = logs.get_log_events(logGroupName=name, logStreamName="s", limit=1, startFromHead=True)["events"]
    assert int(oldest[0]["message"]) >= sent - LOG_EVENTS * 1.1
