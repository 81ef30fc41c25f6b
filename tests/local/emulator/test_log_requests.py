"""The resource that authorizes a call for a log group."""

import time
from typing import Any

import pytest

from tests.local.emulator.conftest import outcome

pytestmark = pytest.mark.slow
REFUSED = "AccessDeniedException"


def statement(group: str, suffix: str, effect: str = "Allow") -> dict[str, Any]:
    resource = "*" if not group else f"arn:aws:logs:us-east-1:000000000000:log-group:{group}{suffix}"
    return {"Effect": effect, "Action": "logs:*", "Resource": resource}


@pytest.fixture
def group(emulator: Any) -> str:
    """Create a log group with two streams, and return its name."""
    name, client = emulator.name("group"), emulator.admin("logs")
    client.create_log_group(logGroupName=name, tags={"team": "a"})
    for stream in ("mine", "theirs"):
        client.create_log_stream(logGroupName=name, logStreamName=stream)
    return str(name)


@pytest.mark.parametrize(
    ("suffix", "expected"),
    [(":*", ("allowed", "allowed", "allowed")), (":log-stream:mine", (REFUSED, "allowed", REFUSED)),
     ("", (REFUSED, REFUSED, REFUSED))],
    ids=["group", "stream", "name"],
)  # fmt: skip
def test_a_log_group_is_authorized_with_what_follows_its_name(
    emulator: Any, group: str, suffix: str, expected: tuple[str, ...]
) -> None:
    client = emulator.member([statement(group, suffix)]).client("logs")
    events = [{"timestamp": int(time.time() * 1000), "message": "x"}]
    put = {"logGroupName": group, "logEvents": events}
    assert expected == (
        outcome(client.filter_log_events, logGroupName=group),
        outcome(client.put_log_events, logStreamName="mine", **put),
        outcome(client.put_log_events, logStreamName="theirs", **put),
    )


def test_a_denial_for_a_log_group_covers_its_identifiers(emulator: Any, group: str) -> None:
    client = emulator.member([statement("", ""), statement(group, ":*", "Deny")]).client("logs")
    arn = f"arn:aws:logs:us-east-1:000000000000:log-group:{group}"
    for identifier in (group, arn):
        assert outcome(client.filter_log_events, logGroupIdentifier=identifier) == REFUSED


def test_the_tags_of_a_log_group_are_still_condition_keys(emulator: Any, group: str) -> None:
    for team, expected in (("a", "allowed"), ("b", REFUSED)):
        condition = {"StringEquals": {"aws:ResourceTag/team": team}}
        client = emulator.member([{**statement("", ""), "Condition": condition}]).client("logs")
        assert outcome(client.filter_log_events, logGroupName=group) == expected
