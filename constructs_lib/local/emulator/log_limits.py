"""Limit of events in a log stream: only the newest are kept, so that a long session does not fill the memory.

Stock MiniStack keeps every event twice: 100,000 calls of a function took 150 MiB (measured on 1.5.33).
"""

from typing import Any

from ministack.services import cloudwatch_logs

from .ministack_interface import expect_keys, expect_parameters
from .resource_limits import LOG_EVENTS


def check() -> None:
    """Refuse a MiniStack that keeps events elsewhere."""
    expect_parameters(cloudwatch_logs._append_log_events, "stream", "events")
    expect_keys(vars(cloudwatch_logs), "ministack.services.cloudwatch_logs", "_log_records", "_log_events_lock")


def install() -> None:
    """Override the one place where events are added."""
    stock = cloudwatch_logs._append_log_events

    def append_log_events(stream: dict[str, Any], events: Any) -> None:
        stock(stream, events)
        with cloudwatch_logs._log_events_lock:
            kept = stream["events"]
            # A tenth at a time, because removing from the start of a list moves the rest.
            if len(kept) > LOG_EVENTS * 1.1:
                dropped = kept[:-LOG_EVENTS]
                del kept[:-LOG_EVENTS]
                for event in dropped:
                    cloudwatch_logs._log_records.pop(event.get("eventId"), None)

    cloudwatch_logs._append_log_events = append_log_events
