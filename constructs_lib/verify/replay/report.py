"""Result of a replay, as plain data and as lines for a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.verify.replay.replay import Difference, Replayed

SCHEMA: Final = "cognito-app/verify-replay/1"
_REQUEST_MEMBERS: Final = ("service", "operation", "method", "url", "query", "headers", "by", "request")
_INDENT: Final = "    "


def as_json(replayed: Replayed) -> dict[str, Any]:
    """Return the result of a replay as plain data."""
    return {
        "schema": SCHEMA,
        "region": replayed.recording.region,
        "local": replayed.recording.local,
        "played": replayed.played,
        "repeated": replayed.recording.repeated,
        "seconds": round(replayed.seconds, 1),
        "differences": [_difference(each) for each in replayed.differences],
        "not_played": [
            {"call": each.call.number, "check": each.call.check, "name": each.call.name, "why": each.why}
            for each in replayed.not_played
        ],
    }


def text_lines(replayed: Replayed) -> Iterator[str]:
    """Yield the result of a replay as text."""
    for each in replayed.differences:
        difference_data = _difference(each)
        check = f", of {difference_data['check']}" if difference_data["check"] else ""
        yield f"call {difference_data['call']}{check}: {difference_data['name']}"
        yield from (f"{_INDENT}{way}" for way in difference_data["ways"])
        yield from (
            f"{_INDENT}{name}: {json.dumps(difference_data[name], ensure_ascii=False)}"
            for name in ("asked", "recorded", "live")
        )
    for skipped in replayed.not_played:
        yield f"call {skipped.call.number} was not replayed: {skipped.call.name}: {skipped.why}"
    yield (
        f"{replayed.played} calls replayed in {replayed.seconds:.1f} s: {len(replayed.differences)} differences; "
        f"{len(replayed.not_played)} not replayed, {replayed.recording.repeated} repetitions omitted."
    )


def _difference(difference: Difference) -> dict[str, Any]:
    members, live = difference.call.members, difference.answer
    return {
        "call": difference.call.number,
        "check": difference.call.check,
        "name": difference.call.name,
        "ways": list(difference.deviations),
        "asked": {name: members[name] for name in _REQUEST_MEMBERS if name in members},
        "recorded": {
            name: members[name] for name in ("status", "error", "answer_headers", "answer") if name in members
        },
        "live": {"status": live.status, "error": live.error, "answer_headers": live.headers, "answer": live.answer},
    }
